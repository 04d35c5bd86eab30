//! For each code, manifests that have the fault and manifests that only look
//! like it, under `fixtures/EXTnnn`. Beside each `bad*.yaml` stands what is said
//! about it; run with `EXTYPED_BLESS=1` to write that anew, and read the
//! difference before committing it.
//!
//! A fixture may start with comments that set options: `# kinds: key=count` and
//! `# optional: key`. With the comment `# files`, the files that it names are
//! read from its folder.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use extyped_manifest::beside::{Alone, Companion, Files, Folder, Lookup};
use extyped_manifest::codes;
use extyped_manifest::contract::{Kind, Overrides};
use extyped_manifest::diagnostic::{Diagnostic, Fix, Report, Severity};
use extyped_manifest::levels::Levels;
use extyped_manifest::source::SourceFile;
use extyped_manifest::{Checked, check, check_all, fix};

/// Codes that no text of a manifest can have: they are about files and names in
/// Rust.
const FOUND_ELSEWHERE: [&str; 2] = ["EXT005", "EXT070"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The fixtures of a code whose names start with `kind`.
fn fixtures(code: &str, kind: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder().join(code))
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("the folder is readable").path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(kind) && name.ends_with(".yaml")
        })
        .collect();
    files.sort();
    files
}

fn read(path: &Path) -> SourceFile {
    let text = std::fs::read_to_string(path).expect("the fixture is readable");
    SourceFile::new("extension.yaml", text)
}

/// The options in the comments at the start.
fn options(source: &SourceFile) -> Overrides {
    let mut overrides = Overrides::default();
    for line in source.text().lines() {
        if let Some(kinds) = line.strip_prefix("# kinds: ") {
            for (key, kind) in kinds.split(", ").filter_map(|pair| pair.split_once('=')) {
                let kind = match kind {
                    "count" => Kind::Count,
                    _ => Kind::Gauge,
                };
                overrides.kinds.push((key.to_owned(), kind));
            }
        } else if let Some(keys) = line.strip_prefix("# optional: ") {
            let keys = keys.split(", ").map(str::to_owned);
            overrides.optional.extend(keys);
        }
    }
    overrides
}

/// What is found in a manifest, and in the files beside it.
fn checked(path: &Path, source: &SourceFile) -> Checked {
    let overrides = options(source);
    let levels = Levels::default();
    if source.text().lines().any(|line| line == "# files") {
        let mut checked = check_all(source, &overrides, &Folder::of(path));
        (checked.report, checked.companions) =
            levels.apply_to_all(source, checked.report, checked.companions);
        checked
    } else {
        let mut checked = check(source, &overrides, &Alone);
        (checked.report, _) = levels.apply(source, checked.report, Vec::new());
        checked
    }
}

/// Everything of [`checked`] in one report.
fn findings(path: &Path, source: &SourceFile) -> Report {
    let Checked {
        mut report,
        companions,
        ..
    } = checked(path, source);
    for companion in companions {
        report.extend(companion.report.diagnostics().iter().cloned());
    }
    report
}

/// What is said about a manifest and the files beside it.
fn said(path: &Path, source: &SourceFile) -> String {
    let checked = checked(path, source);
    let mut text = listing(source, &checked.report);
    for Companion { source, report } in &checked.companions {
        if !report.diagnostics().is_empty() {
            let _ = writeln!(text, "{}:", source.name());
            text.push_str(&listing(source, report));
        }
    }
    text
}

/// What is said about a manifest, one line for each part.
fn listing(source: &SourceFile, report: &Report) -> String {
    let mut text = String::new();
    for finding in report.diagnostics() {
        let severity = format!("{:?}", finding.severity).to_lowercase();
        let place = finding.span.map_or("-".to_owned(), |span| {
            source.position(span.start).to_string()
        });
        let _ = writeln!(
            text,
            "{severity}[{}] {place} {}",
            finding.code.id, finding.message
        );
        if !finding.label.is_empty() {
            let _ = writeln!(text, "  here: {}", finding.label);
        }
        for related in &finding.related {
            let place = source.position(related.span.start);
            let _ = writeln!(text, "  {place}: {}", related.label);
        }
        if let Some(help) = &finding.help {
            let _ = writeln!(text, "  help: {help}");
        }
        if let Some(fix) = &finding.fix {
            let _ = writeln!(text, "  fix: {}", fix.title);
            for edit in &fix.edits {
                let place = source.position(edit.span.start);
                let old = source.slice(edit.span);
                let _ = writeln!(text, "    {place}: {old:?} → {:?}", edit.replacement);
            }
        }
    }
    text
}

fn has(report: &Report, code: &str) -> bool {
    report
        .diagnostics()
        .iter()
        .any(|finding| finding.code.id == code)
}

fn fixable(report: &Report, code: &str) -> Vec<Fix> {
    let own = report
        .diagnostics()
        .iter()
        .filter(|finding| finding.code.id == code);
    own.filter_map(|finding: &Diagnostic| finding.fix.clone())
        .collect()
}

#[test]
fn every_code_has_a_bad_and_a_good_manifest() {
    for code in codes::ALL {
        if !FOUND_ELSEWHERE.contains(&code.id) {
            assert!(
                !fixtures(code.id, "bad").is_empty(),
                "{} has no bad fixture",
                code.id
            );
            assert!(
                !fixtures(code.id, "good").is_empty(),
                "{} has no good fixture",
                code.id
            );
        }
    }
}

#[test]
fn every_code_has_a_page_that_explains_it() {
    for code in codes::ALL {
        let title = format!("# {}: {}\n", code.id, code.name);
        assert!(code.explanation.starts_with(&title), "{}", code.id);
        for section in ["## Bad\n\n```", "## Good\n\n```", "## Source\n\n"] {
            assert!(
                code.explanation.contains(section),
                "{} lacks `{section}`",
                code.id
            );
        }
    }
}

#[test]
fn every_fixture_belongs_to_a_code() {
    let known: BTreeSet<&str> = codes::ALL.iter().map(|code| code.id).collect();
    for entry in std::fs::read_dir(folder()).expect("there are fixtures") {
        let name = entry.expect("the folder is readable").file_name();
        let name = name.to_string_lossy();
        assert!(known.contains(name.as_ref()), "no code is called {name}");
    }
}

#[test]
fn bad_manifests_are_found_out() {
    for code in codes::ALL {
        for path in fixtures(code.id, "bad") {
            let source = read(&path);
            let report = findings(&path, &source);
            assert!(
                has(&report, code.id),
                "{} is not found in {}",
                code.id,
                path.display()
            );
            let said = said(&path, &source);
            let expected = path.with_extension("txt");
            if std::env::var_os("EXTYPED_BLESS").is_some() {
                std::fs::write(&expected, &said).expect("the fixture is writable");
            }
            let expected = std::fs::read_to_string(expected).unwrap_or_default();
            assert_eq!(said, expected, "{}", path.display());
        }
    }
}

#[test]
fn good_manifests_have_nothing_to_say_about() {
    for code in codes::ALL {
        for path in fixtures(code.id, "good") {
            let source = read(&path);
            let report = findings(&path, &source);
            let said = said(&path, &source);
            let worst = report
                .diagnostics()
                .iter()
                .map(|finding| finding.severity)
                .max();
            assert!(!has(&report, code.id), "{}:\n{said}", path.display());
            assert!(worst <= Some(Severity::Hint), "{}:\n{said}", path.display());
        }
    }
}

#[test]
fn fixes_mend_what_they_belong_to() {
    for code in codes::ALL {
        for path in fixtures(code.id, "bad") {
            let source = read(&path);
            // Fixes of the manifest; those of other files belong to these.
            let report = checked(&path, &source).report;
            let fixes = fixable(&report, code.id);
            if fixes.is_empty() {
                continue;
            }
            let mended = fix::apply(source.text(), &fixes);
            assert_eq!(mended.skipped, 0, "{}", path.display());
            let mended = SourceFile::new("extension.yaml", mended.text);
            let again = checked(&path, &mended).report;
            let left = fixable(&again, code.id);
            let said = listing(&mended, &again);
            assert!(
                left.is_empty(),
                "{} after its fixes:\n{said}\n{}",
                path.display(),
                mended.text()
            );
            let errors = |report: &Report| report.count(Severity::Error);
            assert!(
                errors(&again) <= errors(&report),
                "{} after its fixes:\n{said}",
                path.display()
            );
        }
    }
}

/// A folder in which one file has another text.
struct Mended<'f> {
    folder: Folder,
    file: &'f SourceFile,
}

impl Files for Mended<'_> {
    fn read(&self, path: &str) -> Lookup {
        if path == self.file.name() {
            Lookup::Found(self.file.clone())
        } else {
            self.folder.read(path)
        }
    }

    fn is_bare(&self) -> bool {
        self.folder.is_bare()
    }
}

#[test]
fn fixes_mend_the_files_beside() {
    for code in codes::ALL {
        for path in fixtures(code.id, "bad") {
            let manifest = read(&path);
            for Companion { source, report } in checked(&path, &manifest).companions {
                let fixes = fixable(&report, code.id);
                if fixes.is_empty() {
                    continue;
                }
                let mended = fix::apply(source.text(), &fixes);
                assert_eq!(mended.skipped, 0, "{}", path.display());
                let mended = Mended {
                    folder: Folder::of(&path),
                    file: &SourceFile::new(source.name(), mended.text),
                };
                let again = check_all(&manifest, &options(&manifest), &mended).companions;
                let again = again.iter().find(|it| it.source.name() == source.name());
                let again = &again.expect("the file is still named").report;
                let said = listing(mended.file, again);
                assert!(
                    fixable(again, code.id).is_empty(),
                    "{} after its fixes:\n{said}\n{}",
                    path.display(),
                    mended.file.text()
                );
                assert!(
                    again.count(Severity::Error) <= report.count(Severity::Error),
                    "{} after its fixes:\n{said}",
                    path.display()
                );
            }
        }
    }
}
