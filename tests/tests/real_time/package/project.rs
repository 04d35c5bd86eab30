//! A project that `extyped new` has made, outside of this workspace.

use std::ffi::OsString;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use serde_json::json;
use tempfile::TempDir;

use super::api;
use crate::programs;
use crate::sdk::trace::Trace;

/// What it is called.
pub(super) const NAME: &str = "probe";

/// What the first poll reports; a count comes with the second.
const FIRST: &str = "probe.node.cpu";

const DAY: Duration = Duration::from_hours(24);

pub(super) struct Project {
    home: TempDir,
    pub(super) folder: PathBuf,
}

/// How the extension is started.
#[derive(Clone)]
pub(super) struct Starts {
    pub words: Vec<OsString>,
    pub python_path: Option<PathBuf>,
}

impl Starts {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]);
        self.with_path(&mut command);
        command
    }

    fn with_path(&self, command: &mut Command) {
        match &self.python_path {
            Some(path) => command.env("PYTHONPATH", path),
            None => command.env_remove("PYTHONPATH"),
        };
    }

    /// How it ends with these arguments.
    pub(super) fn code(&self, arguments: &[&str]) -> Option<i32> {
        let output = self.command().args(arguments).stdin(Stdio::null()).output();
        output.expect("it starts").status.code()
    }
}

fn told(output: &Output) -> String {
    let stdout = String::from_utf8_lossy(&output.stdout);
    format!("{stdout}{}", String::from_utf8_lossy(&output.stderr))
}

impl Project {
    /// Made as an author makes it, and told of an API on this machine.
    pub(super) fn new(api: SocketAddr) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let folder = home.path().join(NAME);
        let project = Project { home, folder };
        let mut new = Command::new(programs::extyped());
        new.args(["new", NAME]).current_dir(project.home.path());
        run(&mut new);
        // The versions that this workspace has been tested with, and fetched.
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        fs::copy(root.join("Cargo.lock"), project.folder.join("Cargo.lock")).expect("a lock file");
        let activation = json!({
            "pythonRemote": {
                "urls": [format!("http://{api}/api/nodes")],
                "api_token": api::TOKEN,
            },
        });
        let path = project.folder.join("activation.json");
        fs::write(path, activation.to_string()).expect("a file");
        project
    }

    /// A command in the project. What it builds lies with what else the tests
    /// build, and is built quickly, not well.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", target())
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .stdin(Stdio::null());
        command
    }

    /// Its own tests.
    pub(super) fn cargo_test(&self) {
        let mut test = self.command(Path::new(env!("CARGO")));
        test.args(["test", "--quiet", "--release", "--bin", NAME]);
        let output = run(&mut test);
        let said = told(&output);
        assert!(said.contains("test result: ok. 2 passed"), "{said}");
    }

    /// `extyped build`, and what it has made.
    pub(super) fn build(&self) -> Vec<u8> {
        let mut build = self.command(programs::extyped());
        let output = run(build.args(["build", "--no-sign"]));
        let said = told(&output);
        assert!(said.contains("no findings"), "{said}");
        fs::read(self.folder.join("dist/extension.zip")).expect("a package")
    }

    /// All files were written a day later, so that everything of the project is
    /// built again.
    pub(super) fn let_a_day_pass(&self) {
        let mut open = vec![self.folder.clone()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let file = File::options().append(true).open(path).expect("a file");
                    file.set_modified(SystemTime::now() + DAY).expect("a time");
                }
            }
        }
        let package = ["clean", "--quiet", "--release", "--package", NAME];
        run(self.command(Path::new(env!("CARGO"))).args(package));
    }

    /// The program itself, where no later build replaces it.
    pub(super) fn program(&self) -> Starts {
        let program = self.home.path().join("program");
        fs::copy(target().join("release").join(NAME), &program).expect("the program");
        Starts {
            words: vec![program.into()],
            python_path: None,
        }
    }

    /// The wheel in the package, unpacked into a folder of wheels.
    pub(super) fn wheel(&self) -> PathBuf {
        let lib = self.home.path().join("package");
        run(Command::new("python3")
            .args(["-m", "zipfile", "-e"])
            .arg(self.folder.join("dist/extension.zip"))
            .arg(&lib));
        let mut wheels = fs::read_dir(lib.join("lib")).expect("wheels");
        wheels.next().expect("a wheel").expect("an entry").path()
    }

    /// A folder of its own.
    pub(super) fn folder_for(&self, what: &str) -> PathBuf {
        self.home.path().join(what)
    }

    /// Runs the extension under `extyped simulate`, with nothing amiss.
    pub(super) fn simulate(&self, options: &[&str], starts: &Starts) {
        let mut simulate = self.command(programs::extyped());
        simulate
            .arg("simulate")
            .args(options)
            .arg("--forbid-invalid");
        starts.with_path(&mut simulate);
        run(simulate.arg("--").args(&starts.words));
    }

    /// The same, and what came in.
    pub(super) fn record(&self, options: &str, starts: &Starts) -> Trace {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("run.jsonl");
        let recording = path.to_str().expect("UTF-8");
        self.simulate(&[options, "--expect", FIRST, "--record", recording], starts);
        Trace::read(&path)
    }
}

/// Where the project is built.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(NAME)
}

/// Runs a command that has to succeed.
#[track_caller]
pub(super) fn run(command: &mut Command) -> Output {
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{command:?}\n{}", told(&output));
    output
}
