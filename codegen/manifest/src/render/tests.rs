//! Renderings as people see them.

use super::{Style, compile_error, headline, human, summary};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::source::{SourceFile, Span};

const MANIFEST: &str = "\
name: custom:load-balancer
version: 1.0.0

metrics:
  - key: lb.cpu
    metadata:
      displayName: CPU
      unit: Percent
  - key: lb.bytes
    metadata:
      displayName: Bytes received since start
      unit: Byte

snmp:
  - group: traffic
    metrics:
      - key: lb.bytes
        value: oid:1.2.3
        type: count
";

fn manifest() -> SourceFile {
    SourceFile::new("extension/extension.yaml", MANIFEST)
}

/// The `occurrence`-th place of a text, counted from 0.
fn place(source: &SourceFile, text: &str, occurrence: usize) -> Span {
    let (start, found) = source
        .text()
        .match_indices(text)
        .nth(occurrence)
        .expect("the text occurs in the manifest");
    let start = u32::try_from(start).expect("the manifest is short");
    Span::new(
        start,
        start + u32::try_from(found.len()).expect("so is the text"),
    )
}

fn count_without_suffix(source: &SourceFile) -> Diagnostic {
    Diagnostic::new(
        &codes::COUNT_WITHOUT_SUFFIX,
        place(source, "lb.bytes", 1),
        "the key of the count `lb.bytes` does not end in `.count`",
    )
    .label("must be `lb.bytes.count`")
    .related(place(source, "count", 0), "declared a count here")
    .related(place(source, "lb.bytes", 0), "its metadata")
    .help("rename it to `lb.bytes.count` here and wherever the manifest names it")
    .fix("rename `lb.bytes` to `lb.bytes.count`", Vec::new())
}

#[test]
fn a_finding_with_related_places() {
    let source = manifest();
    let finding = count_without_suffix(&source);
    insta::assert_snapshot!(human(&source, &finding, Style::Plain));
}

#[test]
fn a_compile_error_names_the_place_in_its_first_line() {
    let source = manifest();
    let finding = count_without_suffix(&source);
    insta::assert_snapshot!(compile_error(&source, &finding));
}

#[test]
fn a_finding_in_color() {
    let source = manifest();
    let finding = Diagnostic::new(
        &codes::UNKNOWN_UNIT,
        place(&source, "Percent", 0),
        "`Percentage` is no unit",
    );
    insta::assert_snapshot!(human(&source, &finding, Style::Colored).replace('\u{1b}', "ESC"));
}

#[test]
fn a_hint_without_a_place() {
    let finding = Diagnostic::new(&codes::NO_DIMENSIONS, None, "no metric has dimensions")
        .help("add `dimensions` to the metrics");
    insta::assert_snapshot!(human(&manifest(), &finding, Style::Plain));
    assert_eq!(
        headline(&manifest(), &finding),
        "extension/extension.yaml: no metric has dimensions [EXT055]"
    );
}

/// What is no check of ours cannot be looked up.
#[test]
fn a_finding_of_others_has_no_code() {
    static OTHERS: codes::Code = codes::Code {
        id: "",
        name: "others",
        severity: Severity::Error,
        explanation: "",
    };
    let source = manifest();
    let finding = Diagnostic::new(&OTHERS, place(&source, "lb.cpu", 0), "is refused").help("ask");
    let text = human(&source, &finding, Style::Plain);
    assert!(text.starts_with("error: is refused\n"), "{text}");
    assert!(text.ends_with("help: ask"), "{text}");
}

#[test]
fn a_headline_is_one_line() {
    let source = manifest();
    let finding = Diagnostic::new(
        &codes::METRIC_KEY,
        place(&source, "lb.cpu", 0),
        "the key\nis bad",
    );
    assert_eq!(
        headline(&source, &finding),
        "extension/extension.yaml:5:10: the key is bad [EXT020]"
    );
}

#[test]
fn only_the_first_line_of_a_long_value_is_marked() {
    let source = manifest();
    let finding = Diagnostic::new(
        &codes::WRONG_TYPE,
        place(
            &source,
            MANIFEST[MANIFEST.find("- key").unwrap_or(0)..].trim_end(),
            0,
        ),
        "this list is too long",
    )
    .label("the list");
    insta::assert_snapshot!(human(&source, &finding, Style::Plain));
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let text = format!(
        "a: [{}, here, {}]\n",
        "x, ".repeat(2_000),
        "y, ".repeat(100_000)
    );
    let source = SourceFile::new("long.yaml", text);
    let finding =
        Diagnostic::new(&codes::WRONG_TYPE, place(&source, "here", 0), "odd").label("this one");
    insta::assert_snapshot!(human(&source, &finding, Style::Plain));
}

#[test]
fn places_at_the_edges_of_a_file() {
    let texts = [
        "",
        "\n",
        "a",
        "a\n",
        "\u{feff}a: b",
        "a\rb",
        "a\r\nb\r\n",
        "ä\tö",
    ];
    for text in texts {
        let source = SourceFile::new("edge.yaml", text);
        let len = u32::try_from(text.len()).expect("the texts are short");
        for (start, end) in [(0, 0), (0, len), (len, len), (len, len + 7)] {
            let finding =
                Diagnostic::new(&codes::YAML_SYNTAX, Span::new(start, end), "odd").label("here");
            let rendered = human(&source, &finding, Style::Plain);
            let place = format!("edge.yaml:{}", source.position(start));
            assert!(
                rendered.contains(&place),
                "{text:?} {start}..{end}:\n{rendered}"
            );
        }
    }
}

#[test]
fn a_file_cannot_steer_the_terminal() {
    let source = SourceFile::new("\u{1b}[2J.yaml", "a: \u{1b}[31m\u{202e}\n");
    let finding = Diagnostic::new(&codes::YAML_SYNTAX, Span::new(3, 4), "odd \u{1b}[31m")
        .label("\u{1b}[1m")
        .related(Span::new(0, 1), "\u{7}")
        .help("\u{202e}")
        .fix("\u{1b}", Vec::new());
    let rendered = compile_error(&source, &finding) + &headline(&source, &finding);
    let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!rendered.contains(steers), "{rendered:?}");
}

#[test]
fn a_summary_counts_what_there_is() {
    let mut report = Report::default();
    assert_eq!(summary(&report), "no findings");
    let finding = |severity| Diagnostic::new(&codes::METRIC_KEY, None, "odd").severity(severity);
    report.push(finding(Severity::Warning));
    assert_eq!(summary(&report), "1 warning");
    report.push(finding(Severity::Error));
    report.push(finding(Severity::Error));
    report.push(finding(Severity::Hint));
    assert_eq!(summary(&report), "2 errors, 1 warning, 1 hint");
}
