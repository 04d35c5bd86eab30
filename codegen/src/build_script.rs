//! The face for build.rs.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use extyped_manifest::beside::Folder;
use extyped_manifest::contract::Kind;
use extyped_manifest::diagnostic::{Diagnostic, Report, Severity};
use extyped_manifest::levels::{Level, Settings};
use extyped_manifest::render;
use extyped_manifest::source::SourceFile;

use crate::{GeneratedFile, Options, generate_file};

/// Begins to generate code in build.rs, for the manifest at `path` from the
/// folder of Cargo.toml.
///
/// The `main` of build.rs:
///
/// ```no_run
/// extyped_codegen::build("extension/extension.yaml").emit();
/// ```
///
/// And in src/main.rs:
///
/// ```ignore
/// include!(concat!(env!("OUT_DIR"), "/extension.rs"));
/// ```
pub fn build(path: impl Into<PathBuf>) -> Build {
    Build {
        path: path.into(),
        options: Options::default(),
        levels: Vec::new(),
        out_file: PathBuf::from("extension.rs"),
    }
}

/// What build.rs generates; made by [`build`].
#[derive(Debug, Clone)]
#[must_use = "nothing is generated before `emit()`"]
pub struct Build {
    path: PathBuf,
    options: Options,
    levels: Vec<(String, Level)>,
    out_file: PathBuf,
}

impl Build {
    /// Says what kind of metric a key is, where the manifest does not.
    pub fn kind(mut self, metric: impl Into<String>, kind: Kind) -> Self {
        self.options.overrides.kinds.push((metric.into(), kind));
        self
    }

    /// Makes a declared dimension optional.
    pub fn optional(mut self, dimension: impl Into<String>) -> Self {
        self.options.overrides.optional.push(dimension.into());
        self
    }

    /// Names what the manifest calls `original` in other words; see
    /// [`Options::names`].
    pub fn name(mut self, original: impl Into<String>, name: impl Into<String>) -> Self {
        self.options.names.push((original.into(), name.into()));
        self
    }

    /// Says by what path the code knows the `extyped` crate; see
    /// [`Options::crate_path`].
    pub fn crate_path(mut self, path: impl Into<String>) -> Self {
        self.options.crate_path = path.into();
        self
    }

    /// Says how visible the generated items are; `pub` unless said otherwise.
    pub fn visibility(mut self, visibility: impl Into<String>) -> Self {
        self.options.visibility = visibility.into();
        self
    }

    /// Says how much a check matters, by its code or name, or all checks of a
    /// group (`all`, `hints`, `warnings`). It goes over what `extyped.toml`
    /// says; see [`Levels`](extyped_manifest::levels::Levels).
    pub fn level(mut self, check: impl Into<String>, level: Level) -> Self {
        self.levels.push((check.into(), level));
        self
    }

    /// Replaces all options.
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// The name of the file in `OUT_DIR`; `extension.rs` unless said otherwise.
    pub fn out_file(mut self, name: impl Into<PathBuf>) -> Self {
        self.out_file = name.into();
        self
    }

    /// Writes the file, and tells cargo what it depends on and everything that
    /// is wrong with the manifest. Cargo stops the build at an error.
    pub fn emit(self) {
        let folder = |variable| env::var_os(variable).map(PathBuf::from);
        let directives = match (folder("CARGO_MANIFEST_DIR"), folder("OUT_DIR")) {
            (Some(manifest_dir), Some(out_dir)) => self.run(&manifest_dir, &out_dir),
            _ => vec![
                "cargo::error=extyped_codegen::build works in build.rs, where cargo sets \
                 CARGO_MANIFEST_DIR and OUT_DIR"
                    .to_owned(),
            ],
        };
        for directive in directives {
            tell_cargo(&directive);
        }
    }

    /// Does the work, and gives the lines that cargo reads.
    fn run(&self, manifest_dir: &Path, out_dir: &Path) -> Vec<String> {
        let name = self.path.display().to_string();
        let mut directives = vec![format!("cargo::rerun-if-changed={name}")];
        let path = manifest_dir.join(&self.path);
        let mut options = self.options.clone();
        for (check, level) in &self.levels {
            if let Err(refused) = options.levels.set(check, *level) {
                directives.push(format!("cargo::error=the option `level`: {refused}"));
            }
        }
        let settings = Settings::near(&path);
        options.levels = options.levels.over(&settings.levels);
        if let Some(file) = &settings.file {
            directives.push(format!("cargo::rerun-if-changed={}", file.path.display()));
            let findings = file.report.diagnostics().iter();
            directives.extend(findings.map(|finding| directive(&file.source, finding)));
        }
        let source = match SourceFile::read(&path) {
            Ok(source) => source.named(name),
            Err(unreadable) => {
                let source = unreadable.source.named(name);
                directives.push(directive(&source, &unreadable.diagnostic));
                return directives;
            }
        };
        let GeneratedFile {
            text,
            report,
            companions,
        } = generate_file(&source, &options, &Folder::of(&path));
        directives.extend(findings(&source, &report));
        for companion in companions {
            let companion = companion.beside(source.name());
            let name = companion.source.name();
            directives.push(format!("cargo::rerun-if-changed={name}"));
            directives.extend(findings(&companion.source, &companion.report));
        }
        let out_file = out_dir.join(&self.out_file);
        if let Err(error) = write_if_changed(&out_file, &text) {
            let out_file = out_file.display();
            directives.push(format!(
                "cargo::error={out_file}: cannot be written: {error}"
            ));
        }
        directives
    }
}

fn findings(source: &SourceFile, report: &Report) -> Vec<String> {
    let findings = report.diagnostics().iter();
    findings
        .filter(|finding| finding.severity > Severity::Hint)
        .map(|finding| directive(source, finding))
        .collect()
}

/// A finding on one line, which is all that a directive can hold.
fn directive(source: &SourceFile, finding: &Diagnostic) -> String {
    let kind = match finding.severity {
        Severity::Error => "error",
        Severity::Warning | Severity::Hint => "warning",
    };
    let headline = render::headline(source, finding);
    match &finding.help {
        Some(help) => {
            let help = help.replace(['\r', '\n'], " ");
            format!("cargo::{kind}={headline}; {help}")
        }
        None => format!("cargo::{kind}={headline}"),
    }
}

/// Leaves a file with the same text alone: cargo compiles what is newer.
fn write_if_changed(path: &Path, text: &str) -> io::Result<()> {
    if fs::read(path).is_ok_and(|current| current == text.as_bytes()) {
        return Ok(());
    }
    fs::write(path, text)
}

#[allow(
    clippy::print_stdout,
    reason = "the standard output of build.rs is what cargo reads"
)]
fn tell_cargo(directive: &str) {
    println!("{directive}");
}

#[cfg(test)]
mod tests {
    use extyped_manifest::contract::Overrides;
    use extyped_manifest::levels::Levels;

    use super::*;

    const MANIFEST: &str = "\
name: custom:lb
version: 1.0.0
minDynatraceVersion: '1.285'
author:
  name: me
metrics:
  - key: lb.cpu
    metadata:
      displayName: CPU
      dimensions:
        - key: node.name
          displayName: Node
python:
  runtime:
    module: lb
    version:
      min: '3.10'
";

    fn package(manifest: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("extension.yaml"), manifest).expect("it can be written");
        folder
    }

    fn run(folder: &tempfile::TempDir, build: &Build) -> Vec<String> {
        build.run(folder.path(), folder.path())
    }

    #[test]
    fn a_file_is_written_and_cargo_told_what_it_depends_on() {
        let folder = package(MANIFEST);
        let directives = run(&folder, &build("extension.yaml"));
        assert_eq!(directives, ["cargo::rerun-if-changed=extension.yaml"]);
        let text = fs::read_to_string(folder.path().join("extension.rs")).expect("it is there");
        assert!(text.starts_with("// @generated by extyped"), "{text}");
        assert!(text.contains("pub fn cpu("), "{text}");
    }

    #[test]
    fn a_file_that_does_not_change_is_not_touched() {
        let folder = package(MANIFEST);
        run(&folder, &build("extension.yaml"));
        let file = folder.path().join("extension.rs");
        let mut permissions = fs::metadata(&file).expect("it is there").permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&file, permissions).expect("it is ours");
        // Writing to it would be an error now, even for root on most systems;
        // the time stamp is what cargo looks at.
        let before = fs::metadata(&file)
            .and_then(|it| it.modified())
            .expect("it is there");
        assert_eq!(run(&folder, &build("extension.yaml")).len(), 1);
        let after = fs::metadata(&file)
            .and_then(|it| it.modified())
            .expect("it is there");
        assert_eq!(before, after);
    }

    #[test]
    fn findings_carry_file_line_and_column() {
        let folder = package(&MANIFEST.replace("  name: me", "  name: me\n  name: you"));
        let directives = run(&folder, &build("extension.yaml"));
        assert!(
            directives
                .iter()
                .any(|line| line.starts_with("cargo::error=extension.yaml:6:3: ")),
            "{directives:?}"
        );
    }

    #[test]
    fn levels_are_heeded_wherever_they_are_set() {
        let counted = MANIFEST.replace("lb.cpu", "lb.cpu_count");
        let folder = package(&counted);
        let warnings = |directives: &[String]| {
            let is_warning = |line: &&String| line.starts_with("cargo::warning=");
            directives.iter().filter(is_warning).count()
        };
        assert_eq!(warnings(&run(&folder, &build("extension.yaml"))), 1);
        let allowed = build("extension.yaml").level("EXT032", Level::Allow);
        assert_eq!(warnings(&run(&folder, &allowed)), 0);
        let refused = build("extension.yaml").level("EXT32", Level::Allow);
        let directives = run(&folder, &refused);
        assert_eq!(
            directives[1],
            "cargo::error=the option `level`: there is no check `EXT32`: did you mean `EXT032` \
             (underscore-count)?"
        );

        fs::write(
            folder.path().join("extyped.toml"),
            "[lints]\nEXT032 = \"deny\"\n",
        )
        .expect("it can be written");
        let directives = run(&folder, &build("extension.yaml"));
        assert!(directives[1].ends_with("extyped.toml"), "{directives:?}");
        assert!(
            directives[2].starts_with("cargo::error=extension.yaml:7:10: "),
            "{directives:?}"
        );
        assert_eq!(run(&folder, &allowed).len(), 2);

        let comment = "lb.cpu_count # extyped: allow(EXT032) the name of the API";
        let folder = package(&counted.replace("lb.cpu_count", comment));
        assert_eq!(warnings(&run(&folder, &build("extension.yaml"))), 0);
    }

    #[test]
    fn a_missing_file_is_an_error() {
        let folder = package(MANIFEST);
        let directives = run(&folder, &build("extension/extension.yaml"));
        assert_eq!(directives.len(), 2);
        assert!(
            directives[1].starts_with("cargo::error=extension/extension.yaml: "),
            "{directives:?}"
        );
    }

    #[test]
    fn options_reach_the_generator() {
        let build = build("extension.yaml")
            .name("lb.cpu", "load")
            .kind("lb.cpu", Kind::Gauge)
            .optional("node.name")
            .crate_path("crate::vendored")
            .visibility("pub(crate)");
        assert_eq!(
            build.options,
            Options {
                overrides: Overrides {
                    kinds: vec![("lb.cpu".to_owned(), Kind::Gauge)],
                    optional: vec!["node.name".to_owned()],
                },
                names: vec![("lb.cpu".to_owned(), "load".to_owned())],
                crate_path: "crate::vendored".to_owned(),
                visibility: "pub(crate)".to_owned(),
                levels: Levels::default(),
            }
        );
        let folder = package(MANIFEST);
        let directives = run(&folder, &build.out_file("generated.rs"));
        assert_eq!(directives.len(), 1, "{directives:?}");
        let text = fs::read_to_string(folder.path().join("generated.rs")).expect("it is there");
        assert!(text.contains("pub(crate) fn load("), "{text}");
        assert!(text.contains("pub(crate) fn with_node_name<"), "{text}");
        assert!(!text.contains(" ::extyped::"), "{text}");
    }

    #[test]
    fn an_option_that_is_wrong_is_an_error_that_says_what_is_right() {
        let folder = package(MANIFEST);
        for (build, said) in [
            (
                build("extension.yaml").kind("lb.cpuu", Kind::Gauge),
                "`lb.cpuu`, which the manifest does not have [EXT071]; did you mean `lb.cpu`?",
            ),
            (
                build("extension.yaml").optional("node.nam"),
                "`node.nam`, which the manifest does not have [EXT071]; did you mean `node.name`?",
            ),
            (
                build("extension.yaml").name("lb.gpu", "load"),
                "`lb.gpu`, which the manifest does not have [EXT071]; did you mean `lb.cpu`?",
            ),
            (
                build("extension.yaml").name("lb.cpu", ""),
                "which has no letter [EXT072]; write the words of the name, `pool_member`",
            ),
            (
                build("extension.yaml").crate_path("super::extyped"),
                "is not a path: `super::extyped` [EXT072]; write the path of the crate, `::extyped`",
            ),
            (
                build("extension.yaml").visibility("public"),
                "is not a visibility: `public` [EXT072]; write `pub`",
            ),
        ] {
            let directives = run(&folder, &build);
            let [_, error] = directives.as_slice() else {
                panic!("one error is expected: {directives:?}");
            };
            assert!(
                error.starts_with("cargo::error=extension.yaml: "),
                "{error}"
            );
            assert!(error.contains(said), "{error}");
        }
    }
}
