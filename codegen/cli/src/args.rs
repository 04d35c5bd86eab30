//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum, ValueHint};
use extyped_codegen::Options;
use extyped_manifest::contract::{Kind, Overrides};
use extyped_manifest::levels::{Level, Levels};

/// The manifest is the type system: checks extension.yaml and writes the Rust
/// code that belongs to it.
#[derive(Debug, Parser)]
#[command(name = "extyped", version, propagate_version = true)]
pub(crate) struct Args {
    /// Color the output: on a terminal, always or never
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, global = true)]
    pub color: Color,
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Check(CheckArgs),
    Generate(GenerateArgs),
    Diff(DiffArgs),
    Docs(DocsArgs),
    Activation(ActivationArgs),
    Explain(ExplainArgs),
    #[cfg(feature = "simulate")]
    Simulate(Box<crate::simulate::args::SimulateArgs>),
    #[cfg(feature = "package")]
    New(crate::new::args::NewArgs),
    #[cfg(feature = "package")]
    Build(Box<crate::build::args::BuildArgs>),
    #[cfg(feature = "package")]
    Gencerts(crate::certificates::args::GencertsArgs),
    #[cfg(feature = "package")]
    Sign(crate::certificates::args::SignArgs),
    #[cfg(feature = "package")]
    Verify(crate::certificates::args::VerifyArgs),
    #[cfg(feature = "package")]
    Upload(Box<crate::tenant::args::UploadArgs>),
    #[cfg(feature = "package")]
    Config(Box<crate::tenant::args::ConfigArgs>),
    Completions(CompletionsArgs),
}

/// Find what is wrong with a manifest, and mend what a machine can
///
/// Ends with 0 when there is nothing worse than a warning, with 1 on errors,
/// and with 2 when a file cannot be read or written.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// Manifests, or folders: the one that holds `extension.yaml` or
    /// `extension/extension.yaml`, else all such folders below
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Apply the fixes that findings bring along, then check again; a metric is
    /// renamed in the JSON files too that the manifest names
    #[arg(long)]
    pub fix: bool,
    /// With --fix: show what would be done as a diff and change nothing
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
    /// Check again whenever a manifest, a file it names or extyped.toml changes
    #[arg(long, conflicts_with = "fix")]
    pub watch: bool,
    #[command(flatten)]
    pub meaning: MeaningArgs,
    #[command(flatten)]
    pub levels: LevelArgs,
}

/// Write the Rust code of a manifest
///
/// For code that is checked in. Ends with 1, and writes nothing, when the
/// manifest has errors.
#[derive(Debug, clap::Args)]
pub(crate) struct GenerateArgs {
    /// The manifest, or the folder that holds it
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub path: PathBuf,
    /// The file to write; standard output without it
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Write nothing; end with 1 if FILE is not what would be written
    #[arg(long, requires = "output")]
    pub check: bool,
    #[command(flatten)]
    pub meaning: MeaningArgs,
    /// The path of the `extyped` crate in your code
    #[arg(long = "crate", value_name = "PATH")]
    pub crate_path: Option<String>,
    /// The visibility of the generated items
    #[arg(long, value_name = "VIS")]
    pub visibility: Option<String>,
    #[command(flatten)]
    pub levels: LevelArgs,
}

/// Write a configuration for development, or say what is wrong with one
///
/// Works with the activation schemas that the manifest names, by the code with
/// which the extension reads its configuration. Ends with 0 when all is well,
/// with 1 when the extension would refuse the configuration, and with 2 when a
/// file cannot be read or written.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("task").required(true))]
pub(crate) struct ActivationArgs {
    /// The manifest, or the folder that holds it
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub path: PathBuf,
    /// Write activation.json, and secrets.json for its placeholders, with values
    /// that the schema accepts
    #[arg(long, group = "task")]
    pub sample: bool,
    /// Hold an activation file against the schema
    #[arg(long, value_name = "FILE", group = "task", value_hint = ValueHint::FilePath)]
    pub validate: Option<PathBuf>,
    /// With --sample: the side to write for [default: remote, if there is one]
    #[arg(long, value_enum, conflicts_with = "validate")]
    pub side: Option<SideArg>,
    /// With --sample: the folder to write into
    #[arg(short, long, value_name = "DIR", default_value = ".", conflicts_with = "validate", value_hint = ValueHint::DirPath)]
    pub output: PathBuf,
    /// With --validate: an object with the values of `{{name}}` in the
    /// activation [default: secrets.json if it is there]
    #[arg(long, value_name = "FILE", requires = "validate", value_hint = ValueHint::FilePath)]
    pub secrets: Option<PathBuf>,
}

/// A side of an activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SideArg {
    /// On an `ActiveGate`
    Remote,
    /// On a `OneAgent`
    Local,
}

/// Say what a new version of an extension changes for those who use it
///
/// Compares metrics, kinds, units, dimensions, entities, feature sets and
/// activation options, and says of each change whether it asks for a patch,
/// minor or major version, and why. Ends with 0 when the version of NEW rose
/// accordingly, with 1 when it did not, and with 2 when either cannot be read.
/// Below 1.0.0 the second number stands for the first, as with Cargo.
#[derive(Debug, clap::Args)]
pub(crate) struct DiffArgs {
    /// A manifest or its folder, `git:REV:PATH`, or a built package (.zip)
    #[arg(value_name = "OLD", value_hint = ValueHint::AnyPath)]
    pub old: String,
    /// What to compare it with, named in the same ways
    #[arg(value_name = "NEW", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub new: String,
    /// How to print the changes
    #[arg(long, value_enum, default_value_t)]
    pub format: DiffFormat,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// Lines for people
    #[default]
    Human,
    /// An object for programs
    Json,
}

/// Write a reference for those who use an extension
///
/// Its metrics by entity and feature set, its dimensions, entities and their
/// relationships, and the options of its configuration: one page that needs
/// nothing else (index.html), and Markdown with a picture (reference.md,
/// entities.svg). The same extension always gives the same files.
#[derive(Debug, clap::Args)]
pub(crate) struct DocsArgs {
    /// A manifest or its folder, `git:REV:PATH`, or a built package (.zip)
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub path: String,
    /// The folder to write to; it is made if it is not there
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output: PathBuf,
}

/// Show what a check looks for, why, and how to mend it
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// The code or name of a check, `EXT030`; without it all are listed
    pub code: Option<String>,
}

/// Print a script that lets your shell complete commands and options
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// What the manifest leaves open; say here what `extension!` is told.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "What the manifest leaves open")]
pub(crate) struct MeaningArgs {
    /// The kind of a metric, whatever its key says
    #[arg(long = "kind", value_name = "KEY=gauge|count", value_parser = kind)]
    pub kinds: Vec<(String, Kind)>,
    /// The Rust name of a metric, dimension, entity type or feature set
    #[arg(long = "name", value_name = "ORIGINAL=NAME", value_parser = name)]
    pub names: Vec<(String, String)>,
    /// A declared dimension that may be left out
    #[arg(long = "optional", value_name = "KEY")]
    pub optional: Vec<String>,
}

/// How much checks matter: what `[lints]` in extyped.toml says, for one run.
///
/// A check named by itself outweighs a group, and the strictest of several
/// words on the same one counts.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "How much checks matter")]
pub(crate) struct LevelArgs {
    /// Do not report a check (its code or name) or a group (all, hints,
    /// warnings)
    #[arg(short = 'A', long, value_name = "CODE", value_delimiter = ',', value_parser = allowed)]
    pub allow: Vec<String>,
    /// Report it as a warning
    #[arg(short = 'W', long, value_name = "CODE", value_delimiter = ',', value_parser = warned)]
    pub warn: Vec<String>,
    /// Report it as an error; `-D warnings` is for CI
    #[arg(short = 'D', long, value_name = "CODE", value_delimiter = ',', value_parser = denied)]
    pub deny: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Excerpts for people
    #[default]
    Human,
    /// An array with an object for each finding
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands, which GitHub shows at the lines of a pull request
    Github,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    /// Makes every stream of the process follow the choice.
    pub(crate) fn write_global(self) {
        match self {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

impl MeaningArgs {
    /// The options of the generator; what is not said here is the default.
    pub(crate) fn options(&self) -> Options {
        Options {
            overrides: Overrides {
                kinds: self.kinds.clone(),
                optional: self.optional.clone(),
            },
            names: self.names.clone(),
            ..Options::default()
        }
    }

    /// The arguments again, as words of a command line.
    fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for (key, kind) in &self.kinds {
            let kind = match kind {
                Kind::Gauge => "gauge",
                Kind::Count => "count",
            };
            words.extend(["--kind".to_owned(), format!("{key}={kind}")]);
        }
        for (original, name) in &self.names {
            words.extend(["--name".to_owned(), format!("{original}={name}")]);
        }
        for key in &self.optional {
            words.extend(["--optional".to_owned(), key.clone()]);
        }
        words
    }
}

impl LevelArgs {
    fn each(&self) -> impl Iterator<Item = (&str, Level, &'static str)> {
        [
            (&self.allow, Level::Allow, "-A"),
            (&self.warn, Level::Warn, "-W"),
            (&self.deny, Level::Deny, "-D"),
        ]
        .into_iter()
        .flat_map(|(list, level, flag)| list.iter().map(move |check| (check.as_str(), level, flag)))
    }

    fn levels(&self) -> Levels {
        let mut levels = Levels::default();
        for (check, level, _) in self.each() {
            // What cannot be set was refused with the arguments.
            let _ = levels.set(check, level);
        }
        levels
    }
}

impl CheckArgs {
    /// The options for a manifest in a folder with these settings.
    pub(crate) fn options(&self, settings: &Levels) -> Options {
        Options {
            levels: self.levels.levels().over(settings),
            ..self.meaning.options()
        }
    }
}

impl GenerateArgs {
    pub(crate) fn options(&self) -> Options {
        let mut options = self.meaning.options();
        options.levels = self.levels.levels();
        if let Some(path) = &self.crate_path {
            options.crate_path.clone_from(path);
        }
        if let Some(visibility) = &self.visibility {
            options.visibility.clone_from(visibility);
        }
        options
    }

    /// The command that writes the file, for a shell.
    pub(crate) fn command(&self) -> String {
        let mut words = vec![
            "extyped".to_owned(),
            "generate".to_owned(),
            self.path.display().to_string(),
        ];
        if let Some(output) = &self.output {
            words.extend(["-o".to_owned(), output.display().to_string()]);
        }
        words.extend(self.meaning.words());
        if let Some(path) = &self.crate_path {
            words.extend(["--crate".to_owned(), path.clone()]);
        }
        if let Some(visibility) = &self.visibility {
            words.extend(["--visibility".to_owned(), visibility.clone()]);
        }
        for (check, _, flag) in self.levels.each() {
            words.extend([flag.to_owned(), check.to_owned()]);
        }
        words
            .iter()
            .map(|word| quoted(word))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// A word as a POSIX shell has to see it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-=:,+@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn kind(argument: &str) -> Result<(String, Kind), String> {
    let (key, kind) = pair(argument)?;
    let kind = match kind {
        "gauge" => Kind::Gauge,
        "count" => Kind::Count,
        other => return Err(format!("`{other}` is no kind: write gauge or count")),
    };
    Ok((key.to_owned(), kind))
}

fn allowed(check: &str) -> Result<String, String> {
    leveled(check, Level::Allow)
}

fn warned(check: &str) -> Result<String, String> {
    leveled(check, Level::Warn)
}

fn denied(check: &str) -> Result<String, String> {
    leveled(check, Level::Deny)
}

/// The name of a check, if it can have this level.
fn leveled(check: &str, level: Level) -> Result<String, String> {
    match Levels::default().set(check, level) {
        Ok(()) => Ok(check.to_owned()),
        Err(refused) => Err(refused.to_string()),
    }
}

fn name(argument: &str) -> Result<(String, String), String> {
    let (original, name) = pair(argument)?;
    Ok((original.to_owned(), name.to_owned()))
}

/// Splits at the last `=`: originals may hold one, names and kinds do not.
fn pair(argument: &str) -> Result<(&str, &str), String> {
    match argument.rsplit_once('=') {
        Some((left, right)) if !left.is_empty() && !right.is_empty() => Ok((left, right)),
        _ => Err("write both sides of the `=`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn generate(arguments: &[&str]) -> GenerateArgs {
        let words = ["extyped", "generate"].iter().chain(arguments);
        match Args::try_parse_from(words)
            .expect("arguments that parse")
            .verb
        {
            Verb::Generate(args) => args,
            other => panic!("not generate: {other:?}"),
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_option_reaches_the_generator() {
        let args = generate(&[
            "extension.yaml",
            "--kind=lb.in=count",
            "--name=state=UP=Running",
            "--optional=region",
            "--crate=crate::extyped",
            "--visibility=pub(crate)",
        ]);
        assert_eq!(
            args.options(),
            Options {
                overrides: Overrides {
                    kinds: vec![("lb.in".to_owned(), Kind::Count)],
                    optional: vec!["region".to_owned()],
                },
                names: vec![("state=UP".to_owned(), "Running".to_owned())],
                crate_path: "crate::extyped".to_owned(),
                visibility: "pub(crate)".to_owned(),
                levels: Levels::default(),
            }
        );
    }

    #[test]
    fn without_options_the_generator_has_its_defaults() {
        assert_eq!(generate(&["extension.yaml"]).options(), Options::default());
    }

    #[test]
    fn the_command_repeats_what_was_said_and_survives_a_shell() {
        let args = generate(&[
            "my extension",
            "-osrc/metrics.rs",
            "--check",
            "--kind=lb.in=count",
            "--name=it's=Its",
            "--visibility=pub(crate)",
            "-A=EXT032,EXT040",
            "-Dwarnings",
        ]);
        assert_eq!(
            args.command(),
            r"extyped generate 'my extension' -o src/metrics.rs --kind lb.in=count --name 'it'\''s=Its' --visibility 'pub(crate)' -A EXT032 -A EXT040 -D warnings"
        );
    }

    /// The verbs behind the feature `package`.
    const PACKAGE: [&str; 7] = [
        "build", "config", "gencerts", "new", "sign", "upload", "verify",
    ];

    fn second(line: &str) -> &str {
        line.split(' ').nth(1).unwrap_or_default()
    }

    #[test]
    fn the_commands_of_the_readme_are_understood() {
        let readme = include_str!("../../../README.md");
        let commands: Vec<_> = readme
            .lines()
            .filter(|line| line.starts_with("extyped "))
            .filter(|line| cfg!(feature = "simulate") || !line.contains(" simulate "))
            .filter(|line| cfg!(feature = "package") || !PACKAGE.contains(&second(line)))
            .collect();
        assert!(commands.len() >= 5, "{commands:?}");
        for command in commands {
            Args::try_parse_from(command.split(' ')).expect(command);
        }
    }

    #[test]
    fn the_strictest_word_on_a_check_counts() {
        let args = generate(&["e.yaml", "-DEXT032", "-A", "EXT032", "-A", "all"]);
        let mut levels = Levels::default();
        for (check, level) in [("EXT032", Level::Deny), ("all", Level::Allow)] {
            levels.set(check, level).expect("a check");
        }
        assert_eq!(args.options().levels, levels);
    }

    #[test]
    fn half_a_pair_is_refused() {
        for argument in ["lb.in", "=count", "lb.in=", "lb.in=histogram"] {
            assert!(kind(argument).is_err(), "{argument}");
        }
    }
}
