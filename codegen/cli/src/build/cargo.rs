//! The programs of a package: built by cargo, or built before.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use extyped_package::glibc::Glibc;
use serde_json::Value;

use super::args::BuildArgs;
use super::stages::Stages;
use super::target::Target;
use crate::failure::Failure;
use crate::files;

/// A program, and what was promised of it.
#[derive(Debug)]
pub(super) struct Built {
    pub path: PathBuf,
    /// Read at once: cargo puts what it builds next for the same triple, and
    /// another glibc, into the same place.
    pub bytes: Vec<u8>,
    /// The oldest glibc that it has to start with.
    pub glibc: Option<Glibc>,
}

impl Built {
    fn read(path: PathBuf, glibc: Option<Glibc>) -> Result<Built, Failure> {
        let bytes = fs::read(&path).map_err(|cause| {
            Failure::new(format!("{} cannot be read", path.display())).cause(cause)
        })?;
        Ok(Built { path, bytes, glibc })
    }
}

/// The programs that were asked for, one for each target.
pub(super) fn programs(args: &BuildArgs, stages: &mut Stages) -> Result<Vec<Built>, Failure> {
    if !args.programs.is_empty() {
        let given = args.programs.iter().cloned();
        return given.map(|path| Built::read(path, None)).collect();
    }
    let project = project(&args.path)?;
    let bin = project.program(args.bin.as_deref())?;
    let targets = args.targets.iter().map(Some);
    // Without a target it is built for this machine.
    let targets = targets.chain(args.targets.is_empty().then_some(None));
    let mut programs = Vec::new();
    for target in targets {
        let path = project.build(&bin, target, args)?;
        let machine = target.map_or("this machine".to_owned(), Target::to_string);
        stages.done("Built", format_args!("{bin} for {machine}"));
        programs.push(Built::read(path, target.and_then(|target| target.glibc))?);
    }
    Ok(programs)
}

/// What cargo says of the package in the folder.
struct Project {
    folder: PathBuf,
    manifest: PathBuf,
    metadata: Value,
}

fn project(folder: &Path) -> Result<Project, Failure> {
    let manifest = files::join(folder, "Cargo.toml");
    if !manifest.is_file() {
        return Err(Failure::new(format!("there is no {}", manifest.display())).help(
            "name the folder of the project, or give a program that is built already: --program",
        ));
    }
    let asked = cargo(folder)
        .args(["metadata", "--no-deps", "--format-version=1"])
        .stderr(Stdio::inherit())
        .output();
    let answer = asked.map_err(|cause| Failure::new("cargo cannot be run").cause(cause))?;
    let metadata = serde_json::from_slice(&answer.stdout);
    match metadata {
        Ok(metadata) if answer.status.success() => Ok(Project {
            folder: folder.to_owned(),
            manifest,
            metadata,
        }),
        _ => Err(Failure::new(format!(
            "cargo cannot read {}",
            manifest.display()
        ))),
    }
}

/// The cargo that calls us, if it does. It runs in the project, whose settings
/// and toolchain count, wherever the build was asked for.
fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder).stdin(Stdio::null());
    cargo
}

impl Project {
    /// The name of the program to build.
    fn program(&self, asked: Option<&str>) -> Result<String, Failure> {
        let packages = self.metadata["packages"].as_array();
        let canonical = self.manifest.canonicalize().ok();
        let own = packages.into_iter().flatten().find(|package| {
            let path = package["manifest_path"].as_str().map(Path::new);
            path.and_then(|path| path.canonicalize().ok()) == canonical
        });
        let Some(own) = own else {
            return Err(Failure::new(format!(
                "{} is of a workspace and has no package itself",
                self.manifest.display()
            ))
            .help("name the folder of the package that is the extension"));
        };
        let targets = own["targets"].as_array().into_iter().flatten();
        let is_bin = |target: &&Value| {
            let mut kinds = target["kind"].as_array().into_iter().flatten();
            kinds.any(|kind| kind == "bin")
        };
        let names: Vec<&str> = targets
            .filter(is_bin)
            .filter_map(|target| target["name"].as_str())
            .collect();
        let chosen = asked.or(own["default_run"].as_str());
        match (chosen, names.as_slice()) {
            (Some(chosen), names) if names.contains(&chosen) => Ok(chosen.to_owned()),
            (Some(chosen), names) => Err(Failure::new(format!(
                "the package has no program `{chosen}`"
            ))
            .help(format!("it has {}", names.join(", ")))),
            (None, [one]) => Ok((*one).to_owned()),
            (None, []) => Err(Failure::new(format!(
                "{} is of a package without a program",
                self.manifest.display()
            ))
            .help("an extension is a program: it needs a `src/main.rs`")),
            (None, names) => Err(Failure::new("the package has several programs")
                .help(format!("choose one with --bin: {}", names.join(", ")))),
        }
    }

    /// Builds the program and says where it is.
    fn build(
        &self,
        bin: &str,
        target: Option<&Target>,
        args: &BuildArgs,
    ) -> Result<PathBuf, Failure> {
        let mut command = cargo(&self.folder);
        if target.is_some_and(|target| target.glibc.is_some()) {
            command.arg("zigbuild");
        } else {
            command.arg("build");
        }
        command
            .args(["--profile", &args.profile, "--bin", bin])
            .arg("--message-format=json-render-diagnostics");
        if let Some(target) = target {
            command.args(["--target", &target.to_string()]);
        }
        command.args(&args.cargo).stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|cause| Failure::new("cargo cannot be run").cause(cause))?;
        let mut found = None;
        for line in child
            .stdout
            .take()
            .map(BufReader::new)
            .into_iter()
            .flat_map(BufReader::lines)
        {
            found = line
                .ok()
                .as_deref()
                .and_then(|line| executable(line, bin))
                .or(found);
        }
        let status = child
            .wait()
            .map_err(|cause| Failure::new("cargo cannot be run").cause(cause))?;
        if status.success() {
            return found
                .ok_or_else(|| Failure::new(format!("cargo does not say where it has put {bin}")));
        }
        let failure = Failure::new(format!("cargo could not build {bin}"));
        Err(match target {
            Some(Target { glibc: Some(_), .. }) => failure.help(
                "for a glibc that is not this machine's, cargo-zigbuild and zig have to be \
                 installed: `pip install cargo-zigbuild`",
            ),
            Some(Target { triple, .. }) => failure.help(format!(
                "if it is the target that is missing: `rustup target add {triple}`"
            )),
            None => failure,
        })
    }
}

/// The path of the program, if this message of cargo's is about it.
fn executable(message: &str, bin: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let is_it = message["reason"] == "compiler-artifact" && message["target"]["name"] == bin;
    let path = message["executable"].as_str().filter(|_| is_it)?;
    Some(PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_says_where_the_program_is() {
        let message = |reason, name, executable| {
            serde_json::json!({
                "reason": reason,
                "target": {"name": name},
                "executable": executable,
            })
            .to_string()
        };
        let path = Some("target/release/lb");
        let found = |message: String| executable(&message, "lb");
        assert_eq!(
            found(message("compiler-artifact", "lb", path)),
            path.map(PathBuf::from)
        );
        assert_eq!(found(message("compiler-artifact", "lb", None)), None);
        assert_eq!(found(message("compiler-artifact", "other", path)), None);
        assert_eq!(found(message("build-finished", "lb", path)), None);
        assert_eq!(found("a line of a build script".to_owned()), None);
    }
}
