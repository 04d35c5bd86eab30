//! Levels, comments and settings as an author meets them.

use proptest::prelude::*;

use super::settings::{Settings, read};
use super::{FIXED, Level, Levels, is_fixed};
use crate::codes;
use crate::contract::Overrides;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::fix;
use crate::source::SourceFile;

fn levels(settings: &[(&str, Level)]) -> Levels {
    let mut levels = Levels::default();
    for (selector, level) in settings {
        levels.set(selector, *level).expect("a selector");
    }
    levels
}

/// The severity of a finding after levels, `None` if it is not seen.
fn weighed(severity: Severity, settings: &[(&str, Level)]) -> Option<Severity> {
    let code = match severity {
        Severity::Error => &codes::COUNT_WITHOUT_SUFFIX,
        Severity::Warning => &codes::UNDERSCORE_COUNT,
        Severity::Hint => &codes::NO_DIMENSIONS,
    };
    let report = Report::from_iter([Diagnostic::new(code, None, "x")]);
    let weighed = levels(settings)
        .apply(&SourceFile::new("", ""), report, Vec::new())
        .0;
    weighed
        .diagnostics()
        .first()
        .map(|finding| finding.severity)
}

#[test]
fn a_level_decides_and_the_nearest_selector_wins() {
    use Level::{Allow, Deny, Warn};
    use Severity::{Error, Hint, Warning};
    for (severity, settings, expected) in [
        (Warning, &[][..], Some(Warning)),
        (Warning, &[("EXT032", Allow)], None),
        (Warning, &[("underscore-count", Deny)], Some(Error)),
        (Error, &[("ext030", Warn)], Some(Warning)),
        (Hint, &[("EXT055", Warn)], Some(Warning)),
        (Warning, &[("EXT030", Deny)], Some(Warning)),
        // One word about a check outweighs any about a group.
        (Warning, &[("EXT032", Allow), ("all", Deny)], None),
        (Warning, &[("EXT032", Deny), ("all", Allow)], Some(Error)),
        (Warning, &[("EXT032", Allow), ("warnings", Deny)], None),
        // `hints` and `warnings` are about what is one in the end.
        (Warning, &[("warnings", Deny)], Some(Error)),
        (Hint, &[("warnings", Deny)], Some(Hint)),
        (Error, &[("EXT030", Warn), ("warnings", Deny)], Some(Error)),
        (Hint, &[("hints", Warn), ("warnings", Deny)], Some(Error)),
        (Hint, &[("hints", Allow)], None),
        (Error, &[("all", Allow)], None),
        // The last word on the same check counts.
        (Warning, &[("EXT032", Deny), ("EXT032", Allow)], None),
    ] {
        assert_eq!(weighed(severity, settings), expected, "{settings:?}");
    }
}

#[test]
fn what_leaves_nothing_to_generate_code_from_stays_an_error() {
    let mut all = levels(&[("all", Level::Allow), ("warnings", Level::Allow)]);
    for code in FIXED {
        assert!(is_fixed(code));
        let refused = all.set(code.id, Level::Allow).expect_err(code.id);
        assert!(refused.message.contains("cannot be switched off"));
        all.set(code.name, Level::Warn).expect_err(code.name);
        all.set(code.id, Level::Deny).expect("an error it is");
        let report = Report::from_iter([Diagnostic::new(code, None, "x")]);
        assert!(
            all.apply(&SourceFile::new("", ""), report, Vec::new())
                .0
                .has_errors()
        );
    }
}

#[test]
fn an_unknown_check_is_refused_with_the_one_that_was_meant() {
    for (selector, help) in [
        ("EXT32", "did you mean `EXT032` (underscore-count)?"),
        (
            "underscore-cuont",
            "did you mean `EXT032` (underscore-count)?",
        ),
        ("warning", "did you mean `warnings`?"),
        (
            "???",
            "`extyped explain` lists all checks; the groups are `all`, `hints` and `warnings`",
        ),
    ] {
        let refused = Levels::default()
            .set(selector, Level::Allow)
            .expect_err(selector);
        assert_eq!(refused.message, format!("there is no check `{selector}`"));
        assert_eq!(refused.help, help, "{selector}");
    }
}

#[test]
fn levels_of_a_run_go_over_those_of_the_file() {
    let file = levels(&[
        ("EXT032", Level::Allow),
        ("hints", Level::Allow),
        ("EXT040", Level::Deny),
    ]);
    let run = levels(&[("EXT032", Level::Deny), ("warnings", Level::Deny)]);
    let expected = levels(&[
        ("EXT032", Level::Deny),
        ("EXT040", Level::Deny),
        ("hints", Level::Allow),
        ("warnings", Level::Deny),
    ]);
    assert_eq!(run.over(&file), expected);
}

/// The codes of the findings on a manifest with these metrics, comments heeded.
fn found(metrics: &str) -> Vec<&'static str> {
    let source = manifest(metrics);
    let findings = check(&source);
    findings
        .diagnostics()
        .iter()
        .map(|finding| finding.code.id)
        .collect()
}

fn manifest(metrics: &str) -> SourceFile {
    let text = format!(
        "name: custom:lb\nversion: 1.0.0\nminDynatraceVersion: '1.285'\nauthor:\n  name: me\n{metrics}"
    );
    SourceFile::new("extension.yaml", text)
}

fn check(source: &SourceFile) -> Report {
    let report = crate::check(source, &Overrides::default(), &crate::beside::Alone).report;
    let settings = [
        ("hints", Level::Allow),
        ("EXT044", Level::Allow),
        ("EXT075", Level::Warn),
    ];
    levels(&settings).apply(source, report, Vec::new()).0
}

#[test]
fn a_comment_allows_what_begins_on_its_line_or_the_next() {
    for (metrics, expected) in [
        ("metrics:\n  - key: lb.a_count\n", &["EXT032"][..]),
        (
            "metrics:\n  - key: lb.a_count # extyped: allow(EXT032) why\n",
            &[],
        ),
        (
            "metrics:\n  - key: lb.a_count # extyped: allow(underscore-count): why\n",
            &[],
        ),
        (
            "metrics:\n  # extyped: allow(EXT032) why\n  - key: lb.a_count\n",
            &[],
        ),
        (
            "metrics:\n  # extyped: allow(EXT032) why\n  # and more\n  - key: lb.a_count\n",
            &[],
        ),
        (
            "# extyped: allow(EXT032) why\nmetrics:\n  - key: lb.a_count\n",
            &[],
        ),
        (
            "metrics: # extyped: allow(EXT032) why\n  - key: lb.a_count\n",
            &[],
        ),
        (
            "metrics: [{key: lb.a_count}] # extyped: allow(EXT032) why\n",
            &[],
        ),
        // A whole item, but not the one after it.
        (
            "metrics:\n  # extyped: allow(EXT032, EXT040) why\n  - key: lb.a_count\n    metadata:\n      unit: parsec\n",
            &[],
        ),
        (
            "metrics:\n  # extyped: allow(EXT032) why\n  - key: lb.a_count\n  - key: lb.b_count\n",
            &["EXT032"],
        ),
        // Elsewhere it does nothing, and is told so.
        (
            "metrics:\n  - key: lb.a # extyped: allow(EXT032) why\n  - key: lb.b_count\n",
            &["EXT074", "EXT032"],
        ),
        (
            "metrics:\n  - key: lb.a_count\n# extyped: allow(EXT032) why\n",
            &["EXT032", "EXT074"],
        ),
        (
            "metrics:\n  # extyped: allow(EXT032) why\n\n  - key: lb.a_count\n",
            &["EXT074", "EXT032"],
        ),
        // A text is no comment.
        (
            "metrics:\n  - key: lb.a_count\n    metadata:\n      description: |\n        # extyped: allow(EXT032) x\n",
            &["EXT032"],
        ),
        (
            "metrics:\n  - key: lb.a_count\n    metadata:\n      description: 'a # extyped: allow(EXT032) x'\n",
            &["EXT032"],
        ),
        (
            "metrics:\n  - key: lb.a_count # see extyped: allow\n",
            &["EXT032"],
        ),
    ] {
        assert_eq!(found(metrics), expected, "{metrics}");
    }
}

#[test]
fn a_comment_that_is_wrong_is_a_finding() {
    for (comment, expected) in [
        ("# extyped: allow(EXT032)", &["EXT075"][..]),
        ("# extyped: allow(EXT032) -", &["EXT075"]),
        ("# extyped: allow(EXT32) why", &["EXT032", "EXT073"]),
        ("# extyped: allow(all) why", &["EXT032", "EXT073"]),
        ("# extyped: allow(EXT020) why", &["EXT032", "EXT073"]),
        ("# extyped: allow() why", &["EXT032", "EXT073"]),
        ("# extyped: allow EXT032", &["EXT032", "EXT073"]),
        ("# extyped: deny(EXT032) why", &["EXT032", "EXT073"]),
        ("# extyped:allow( EXT032,EXT040 ) why", &["EXT074"]),
    ] {
        let metrics = format!("metrics:\n  - key: lb.a_count {comment}\n");
        assert_eq!(found(&metrics), expected, "{comment}");
    }
}

/// The metrics after the fixes of the comments.
fn mended(metrics: &str) -> String {
    let source = manifest(metrics);
    let start = source.text().len() - metrics.len();
    let fixes: Vec<_> = check(&source)
        .into_iter()
        .filter_map(|finding| finding.fix)
        .collect();
    let text = fix::apply(source.text(), &fixes).text;
    text[start..].to_owned()
}

#[test]
fn what_allows_nothing_is_removed_and_nothing_else() {
    for (metrics, expected) in [
        (
            "metrics:\n  - key: lb.a   # extyped: allow(EXT032) why\n",
            "metrics:\n  - key: lb.a\n",
        ),
        (
            "metrics:\n  # extyped: allow(EXT032, EXT040) why\n  - key: lb.a\n",
            "metrics:\n  - key: lb.a\n",
        ),
        (
            "metrics:\r\n  # extyped: allow(EXT032) why\r\n  - key: lb.a\r\n",
            "metrics:\r\n  - key: lb.a\r\n",
        ),
        (
            "metrics:\n  # extyped: allow(EXT040, EXT032) why\n  - key: lb.a_count\n",
            "metrics:\n  # extyped: allow(EXT032) why\n  - key: lb.a_count\n",
        ),
        (
            "metrics:\n  # extyped: allow(EXT032, EXT040) why\n  - key: lb.a_count\n",
            "metrics:\n  # extyped: allow(EXT032) why\n  - key: lb.a_count\n",
        ),
        (
            "metrics:\n  - key: lb.a_count # extyped: allow(EXT32) why\n",
            "metrics:\n  - key: lb.a_count # extyped: allow(EXT032) why\n",
        ),
        (
            "metrics:\n  - key: lb.a\n# extyped: allow(EXT032) why\nvars: []",
            "metrics:\n  - key: lb.a\nvars: []",
        ),
        // It may only stand in the wrong place.
        (
            "metrics:\n  - key: lb.a_count\n# extyped: allow(EXT032) why",
            "metrics:\n  - key: lb.a_count\n# extyped: allow(EXT032) why",
        ),
    ] {
        assert_eq!(mended(metrics), expected, "{metrics}");
    }
}

fn settings(text: &str) -> (Levels, Vec<String>) {
    let source = SourceFile::new("extyped.toml", text);
    let mut report = Report::default();
    let levels = read(&source, &mut report);
    let said = report.diagnostics().iter().map(|finding| {
        let place = finding
            .span
            .map(|span| source.position(span.start).to_string());
        assert_eq!(finding.code, &codes::LINT_SETTING);
        assert_eq!(finding.severity, Severity::Error);
        let help = finding.help.as_deref().unwrap_or_default();
        format!("{} {}; {help}", place.unwrap_or_default(), finding.message)
    });
    (levels, said.collect())
}

#[test]
fn the_file_sets_levels() {
    let (read, said) =
        settings("[lints]\nEXT032 = \"allow\"\nunknown-unit = 'deny'\nall = \"warn\"\n");
    assert_eq!(said, [""; 0]);
    let expected = [
        ("EXT032", Level::Allow),
        ("EXT040", Level::Deny),
        ("all", Level::Warn),
    ];
    assert_eq!(read, levels(&expected));
    assert_eq!(settings("").0, Levels::default());
}

#[test]
fn everything_wrong_with_the_file_is_said_at_once_and_in_its_place() {
    let (read, said) = settings(
        "[lint]\nx = 1\n[lints]\nEXT032 = \"alow\"\nEXT9 = \"warn\"\nEXT001 = \"allow\"\nEXT040 = \"deny\"\n",
    );
    assert_eq!(
        said,
        [
            "1:2 extyped.toml has no `lint`; did you mean `lints`?",
            "4:10 `EXT032` has no level; write \"allow\", \"warn\" or \"deny\"",
            "5:1 there is no check `EXT9`; `extyped explain` lists all checks; the groups are \
             `all`, `hints` and `warnings`",
            "6:1 `EXT001` (yaml-syntax) cannot be switched off; without it there is nothing to \
             generate code from; mend what it finds",
        ]
    );
    assert_eq!(read, levels(&[("EXT040", Level::Deny)]));
    for (text, expected) in [
        (
            "[lints\nEXT032 = \"allow\"\n",
            "1:1 this line is not understood; ",
        ),
        ("lints = 3\n", "1:1 `lints` stands in no table; "),
        (
            "[lints]\nEXT032: allow\n",
            "2:1 this line is not understood; ",
        ),
        (
            "[lints]\n  EXT032 = allow # x\n",
            "2:12 `EXT032` has no level; ",
        ),
        ("[lints]\nEXT032 =\n", "2:9 `EXT032` has no level; "),
        (
            "[lints]\nEXT032 = \"warn\"\n\"EXT032\" = \"deny\"\n",
            "3:1 `EXT032` comes twice; ",
        ),
        (
            "[lints]\nEXT032 = \"warn\"\nunderscore-count = \"deny\"\n",
            "3:1 `underscore-count` comes twice; ",
        ),
        ("[lints]\n[lints]\n", "2:2 `lints` comes twice; "),
    ] {
        let (_, said) = settings(text);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with(expected), "{said:?}");
    }
}

/// Lines of the file, and what looks like them.
fn line() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("EXT032".to_owned()),
        Just("unknown-unit".to_owned()),
        Just("all".to_owned()),
        "[a-zA-Z0-9_.-]{1,8}",
    ];
    let quoted = ("['\"]", "allow|warn|deny|[a-z\\\\#\"' ]{0,6}", "['\"]")
        .prop_map(|(open, text, close)| format!("{open}{text}{close}"));
    let value = prop_oneof![3 => quoted.clone(), 1 => "[a-z0-9\\[\\]{}= ]{0,6}"];
    prop_oneof![
        Just("[lints]".to_owned()),
        Just(" [ 'lints' ] # x".to_owned()),
        Just("# [lints]".to_owned()),
        Just(String::new()),
        (prop_oneof![word, quoted], "[ \t]{0,2}", value, "|[ \t]# x").prop_map(
            |(key, space, value, end)| format!("{space}{key}{space}={space}{value}{end}")
        ),
        "[\\[\\]a-z=\"' #.]{0,10}",
    ]
}

proptest! {
    #[test]
    fn what_is_understood_is_toml_and_means_the_same(lines in prop::collection::vec(line(), 0..6)) {
        let text = lines.join("\n");
        let mut report = Report::default();
        let found = read(&SourceFile::new("extyped.toml", text.as_str()), &mut report);
        if report.diagnostics().is_empty() {
            let table = toml::de::DeTable::parse(&text).expect(&text).into_inner();
            let mut expected = Levels::default();
            for (name, lints) in &table {
                prop_assert_eq!(name.get_ref(), "lints");
                for (selector, level) in lints.get_ref().as_table().expect("a table") {
                    let level = level.get_ref().as_str().and_then(Level::named);
                    expected
                        .set(selector.get_ref(), level.expect("a level"))
                        .expect("a check");
                }
            }
            let sorted = |mut levels: Levels| {
                levels.codes.sort_by_key(|(code, _)| code.id);
                levels
            };
            prop_assert_eq!(sorted(found), sorted(expected), "{}", text);
        }
    }
}

#[test]
fn the_nearest_file_above_the_manifest_counts() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        std::fs::write(&path, text).expect("the file");
        path
    };
    let manifest = write("a/extension/extension.yaml", "");
    let other = write("extension.yaml", "");
    write("extyped.toml", "[lints]\nEXT032 = \"deny\"\n");
    let near = Settings::near(&manifest);
    assert_eq!(near.levels, levels(&[("EXT032", Level::Deny)]));
    let path = write("a/extyped.toml", "[lints]\nEXT032 = \"allow\"\n");
    let near = Settings::near(&manifest);
    assert_eq!(near.levels, levels(&[("EXT032", Level::Allow)]));
    let file = near.file.expect("the file");
    assert_eq!(file.path, path.canonicalize().expect("a path"));
    assert_eq!(file.report.diagnostics().len(), 0);
    assert_eq!(
        Settings::near(&other).levels,
        levels(&[("EXT032", Level::Deny)])
    );
    assert!(
        Settings::near(&folder.path().join("missing.yaml"))
            .file
            .is_none()
    );
    std::fs::write(&path, b"\xff").expect("the file");
    let file = Settings::near(&manifest).file.expect("the file");
    assert!(file.report.has_errors());
}
