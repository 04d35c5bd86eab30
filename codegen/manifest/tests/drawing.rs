//! Renderings against the library that draws as the compiler does.
//!
//! It can do far more than a manifest needs, and would be a good part of what
//! everyone compiles who uses the macro.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use extyped_manifest::codes;
use extyped_manifest::diagnostic::{Diagnostic, Severity};
use extyped_manifest::render::{Style, harmless, human};
use extyped_manifest::source::{SourceFile, Span};
use proptest::prelude::*;
use proptest::sample::Index;

/// A range of characters of one line, and what is there.
#[derive(Debug, Clone)]
struct Mark {
    line: Index,
    start: Index,
    len: usize,
    label: &'static str,
}

fn mark(longest: usize) -> impl Strategy<Value = Mark> {
    let labels = ["", "x", "here", "it is also here", "\u{e4}\u{6f22}"];
    let label = prop::sample::select(labels.to_vec());
    let mark = (any::<Index>(), any::<Index>(), 0..longest, label);
    mark.prop_map(|(line, start, len, label)| Mark {
        line,
        start,
        len,
        label,
    })
}

/// Several, or some so long that their middle may be left out. Of several such
/// ones on a line, the library moves what is under them.
fn marks() -> impl Strategy<Value = Vec<Mark>> {
    prop_oneof![
        4 => prop::collection::vec(mark(8), 1..5),
        1 => prop::collection::vec(mark(1_000), 1..3),
    ]
}

fn lines() -> impl Strategy<Value = Vec<String>> {
    let indentation = prop_oneof![4 => 0..6_usize, 1 => 0..300_usize];
    let pieces = [
        "a", "b c", "\u{e4}", "\u{6f22}", "\t", "\u{1b}", "\u{200d}", "\u{301}", "\u{202e}",
        "key: ",
    ];
    let piece = prop::sample::select(pieces.to_vec());
    let content = prop_oneof![
        4 => prop::collection::vec(piece.clone(), 0..12),
        1 => prop::collection::vec(piece, 0..400),
    ];
    let indicator = prop::sample::select(vec!["", "\t", "- "]);
    let line = (indentation, indicator, content).prop_map(|(spaces, indicator, content)| {
        let spaces = " ".repeat(spaces);
        // What has no width is no indentation here, but is to the library.
        let content = content.concat();
        let content = content.trim_start_matches(['\t', '\u{200d}']);
        format!("{spaces}{indicator}{content}")
    });
    prop::collection::vec(line, 1..16)
}

/// The place in the text.
fn place(lines: &[String], mark: &Mark) -> Span {
    let line = mark.line.index(lines.len());
    let before: usize = lines[..line].iter().map(|line| line.len() + 1).sum();
    let text = &lines[line];
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let start = mark.start.index(starts.len() + 1);
    let offset = |character: usize| {
        let byte = starts.get(character).copied().unwrap_or(text.len());
        u32::try_from(before + byte).expect("texts are short")
    };
    Span::new(offset(start), offset(start + mark.len))
}

fn finding(places: &[(Span, &str)], severity: Severity) -> Diagnostic {
    let (place, label) = places[0];
    let mut finding = Diagnostic::new(&codes::WRONG_TYPE, place, "odd\u{1b}")
        .label(label)
        .severity(severity)
        .help("several\nlines");
    for &(place, label) in &places[1..] {
        finding = finding.related(place, label);
    }
    finding
}

fn oracle(text: &str, places: &[(Span, &str)], severity: Severity, style: Style) -> String {
    let level = match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Hint => Level::INFO.with_name("hint"),
    };
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colored => Renderer::styled(),
    };
    let annotations = places.iter().enumerate().map(|(at, (place, label))| {
        let kind = if at == 0 {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        kind.span(place.start as usize..place.end as usize)
            .label(harmless(label))
    });
    let snippet = Snippet::source(text)
        .path("a.yaml")
        .annotations(annotations);
    let id = codes::WRONG_TYPE.id;
    let group = level
        .primary_title("odd\u{1b}")
        .id(id)
        .element(snippet)
        .element(Level::HELP.message("several\nlines"))
        .element(Level::NOTE.message(format!("`extyped explain {id}` says more")));
    renderer.render(&[group])
}

proptest! {
    #[test]
    fn a_rendering_looks_as_those_of_the_compiler(
        lines in lines(),
        marks in marks(),
        severity in prop::sample::select(vec![Severity::Error, Severity::Warning, Severity::Hint]),
        style in prop::sample::select(vec![Style::Plain, Style::Colored]),
    ) {
        let text = lines.join("\n") + "\n";
        let places: Vec<_> = marks.iter().map(|mark| (place(&lines, mark), mark.label)).collect();
        // To the library, the start of line 10 is on line 9, and needs one digit.
        let end = places.iter().map(|(place, _)| place.end).max().unwrap_or_default();
        let before = &text[..end as usize];
        prop_assume!(!before.ends_with('\n') || before.lines().count() != 9);
        let ours = human(&SourceFile::new("a.yaml", &*text), &finding(&places, severity), style);
        let theirs = oracle(&text, &places, severity, style);
        prop_assert_eq!(&ours, &theirs, "\n{}\n\n{}", ours, theirs);
    }
}
