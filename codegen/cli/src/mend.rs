//! Applying the fixes that findings bring along.

pub(crate) mod beside;
pub(crate) mod preview;

#[cfg(test)]
mod properties;

use std::collections::HashSet;
use std::path::PathBuf;
use std::slice;

use extyped_manifest::codes;
use extyped_manifest::diagnostic::{Fix, Rename, Report, Severity};
use extyped_manifest::fix;
use extyped_manifest::source::SourceFile;

/// One fix may make room for another. Far fewer rounds settle any manifest.
const MAX_ROUNDS: usize = 50;

/// A manifest after its fixes.
#[derive(Debug)]
pub(crate) struct Mended {
    /// The text as it is now.
    pub source: SourceFile,
    /// What is still to be found in it.
    pub report: Report,
    /// What was done, in order.
    pub titles: Vec<String>,
    /// The metrics that have another key now, in order.
    pub renames: Vec<Rename>,
}

/// A file before and after.
#[derive(Debug)]
pub(crate) struct Change {
    pub path: PathBuf,
    pub before: SourceFile,
    pub after: String,
    /// What was done to it, in order.
    pub done: Vec<String>,
}

/// Applies fixes until none is left that helps. What `check` says of the
/// result decides: a fix that makes the text unreadable, adds an error or
/// leads back to where it was before is not applied, nor is one that
/// `is_possible` refuses.
pub(crate) fn mend(
    source: SourceFile,
    is_possible: impl Fn(&Fix) -> bool,
    check: impl Fn(&SourceFile) -> Report,
) -> Mended {
    let mut seen = HashSet::from([source.text().to_owned()]);
    let mut mended = Mended {
        report: check(&source),
        source,
        titles: Vec::new(),
        renames: Vec::new(),
    };
    for _ in 0..MAX_ROUNDS {
        let fixes: Vec<Fix> = mended
            .report
            .diagnostics()
            .iter()
            .filter_map(|diagnostic| diagnostic.fix.clone())
            .filter(&is_possible)
            .collect();
        let attempt = |fixes: &[Fix]| {
            let step = step(&mended, fixes, &check)?;
            (!seen.contains(step.source.text())).then_some(step)
        };
        // All at once; where together they do harm, one that does none.
        let one_by_one = || fixes.iter().find_map(|fix| attempt(slice::from_ref(fix)));
        let Some(step) = attempt(&fixes).or_else(one_by_one) else {
            break;
        };
        seen.insert(step.source.text().to_owned());
        mended.source = step.source;
        mended.report = step.report;
        mended.titles.extend(step.titles);
        mended.renames.extend(step.renames);
    }
    mended
}

/// The manifest with these fixes, if it is the better for them.
fn step(before: &Mended, fixes: &[Fix], check: &impl Fn(&SourceFile) -> Report) -> Option<Mended> {
    let edited = fix::apply(before.source.text(), fixes);
    let source = SourceFile::new(before.source.name(), edited.text);
    let report = check(&source);
    let errors = |report: &Report| report.count(Severity::Error);
    let helps = is_readable(&report) && errors(&report) <= errors(&before.report);
    let applied = || edited.applied.iter().filter_map(|&at| fixes.get(at));
    let mut renames: Vec<Rename> = Vec::new();
    for rename in applied().filter_map(|fix| fix.rename.as_ref()) {
        // Two findings may ask for the same new name.
        if !renames.contains(rename) {
            renames.push(rename.clone());
        }
    }
    helps.then(|| Mended {
        source,
        report,
        titles: applied().map(|fix| fix.title.clone()).collect(),
        renames,
    })
}

fn is_readable(report: &Report) -> bool {
    let unreadable = [
        &codes::YAML_SYNTAX,
        &codes::DUPLICATE_KEY,
        &codes::TOO_LARGE,
        &codes::SEVERAL_DOCUMENTS,
    ];
    !report
        .diagnostics()
        .iter()
        .any(|diagnostic| unreadable.contains(&diagnostic.code))
}

#[cfg(test)]
mod tests {
    use extyped_manifest::codes::Code;
    use extyped_manifest::diagnostic::{Diagnostic, Edit};
    use extyped_manifest::source::Span;

    use super::*;

    /// Finds each text of `faults` that the manifest contains; some findings
    /// know what to put in its place.
    fn mended(text: &str, faults: &[(&str, &'static Code, Option<&str>)]) -> (String, Vec<String>) {
        let source = SourceFile::new("extension.yaml", text);
        let mended = mend(
            source,
            |_| true,
            |source| {
                let mut report = Report::default();
                for (fault, code, replacement) in faults {
                    let Some(at) = source.text().find(fault) else {
                        continue;
                    };
                    let at = u32::try_from(at).expect("a short text");
                    let len = u32::try_from(fault.len()).expect("a short text");
                    let span = Span::new(at, at + len);
                    let mut found = Diagnostic::new(code, span, *fault);
                    if let Some(replacement) = replacement {
                        let edit = Edit {
                            span,
                            replacement: (*replacement).to_owned(),
                        };
                        found = found.fix(format!("{fault} to {replacement}"), vec![edit]);
                    }
                    report.push(found);
                }
                report
            },
        );
        (mended.source.text().to_owned(), mended.titles)
    }

    #[test]
    fn a_fix_that_makes_room_for_another_is_followed_by_it() {
        let (text, titles) = mended(
            "one",
            &[
                ("one", &codes::UNKNOWN_UNIT, Some("two")),
                ("two", &codes::UNKNOWN_UNIT, Some("three")),
            ],
        );
        assert_eq!(text, "three");
        assert_eq!(titles, ["one to two", "two to three"]);
    }

    #[test]
    fn a_fix_that_does_harm_is_left_out_and_holds_up_no_other() {
        let harms = [
            &codes::YAML_SYNTAX,
            &codes::DUPLICATE_KEY,
            &codes::METRIC_KEY,
        ];
        for harm in harms {
            let (text, titles) = mended(
                "one two",
                &[
                    ("one", &codes::UNKNOWN_UNIT, Some("bad")),
                    ("bad", harm, None),
                    ("two", &codes::UNKNOWN_UNIT, Some("good")),
                ],
            );
            assert_eq!(text, "one good", "{}", harm.id);
            assert_eq!(titles, ["two to good"]);
        }
    }

    #[test]
    fn fixes_that_undo_each_other_come_to_an_end() {
        let (text, titles) = mended(
            "one",
            &[
                ("one", &codes::UNKNOWN_UNIT, Some("two")),
                ("two", &codes::UNKNOWN_UNIT, Some("one")),
            ],
        );
        assert_eq!(text, "two");
        assert_eq!(titles, ["one to two"]);
    }

    #[test]
    fn fixes_that_never_end_are_stopped() {
        let (text, titles) = mended("one", &[("o", &codes::UNKNOWN_UNIT, Some("oo"))]);
        assert_eq!(titles.len(), MAX_ROUNDS);
        assert_eq!(text.len(), "one".len() + MAX_ROUNDS);
    }

    #[test]
    fn a_fix_that_is_not_possible_is_left_out() {
        let mut source = SourceFile::new("extension.yaml", "one");
        for (title, expected) in [("refused", "one"), ("taken", "two")] {
            let mended = mend(
                source,
                |fix| fix.title != "refused",
                |source| {
                    let mut report = Report::default();
                    if source.text() == "one" {
                        let edit = Edit {
                            span: Span::new(0, 3),
                            replacement: "two".to_owned(),
                        };
                        let found = Diagnostic::new(&codes::UNKNOWN_UNIT, None, "one");
                        report.push(found.fix(title, vec![edit]));
                    }
                    report
                },
            );
            source = mended.source;
            assert_eq!(source.text(), expected);
        }
    }

    #[test]
    fn without_fixes_nothing_changes() {
        let (text, titles) = mended("one", &[("one", &codes::METRIC_KEY, None)]);
        assert_eq!((text.as_str(), titles.len()), ("one", 0));
    }
}
