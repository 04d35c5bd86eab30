//! From `extyped new` to a wheel that Python runs: a project outside of this
//! workspace, made, tested and packed by the command alone, then installed in
//! every way there is and run under `extyped simulate`.
//!
//! Needs Python with pip and venv; what is missing is said, and the test goes
//! on without.

#[path = "../../../codegen/cli/src/new/template/examples/api.rs.in"]
#[allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::pedantic,
    clippy::print_stdout,
    reason = "a file of a new project, which has a `main` and lints of its own"
)]
mod api;
mod project;
mod python;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use self::project::{Project, Starts};
use self::python::Python;
use crate::sdk::trace::Trace;
use crate::venv::skipped;

/// How long the program and the wheel are compared for: a minute, and what
/// happens at its end.
const RUN: &str = "--for=62s";

pub(crate) fn from_nothing_to_a_wheel_that_runs() {
    let api = api::start("127.0.0.1:0").expect("a port");
    let project = Project::new(api);
    let package = project.build();
    let wheel = project.wheel();
    let program = project.program();
    let pythons = Python::all();
    if pythons.is_empty() {
        skipped("no Python from 3.10 on, so that no wheel is installed");
    }
    // Most of it is waiting.
    thread::scope(|scope| {
        scope.spawn(|| {
            project.cargo_test();
            // Everything is built anew on what is another day to the files.
            project.let_a_day_pass();
            assert!(project.build() == package, "the packages differ");
        });
        for python in &pythons {
            scope.spawn(|| each_way_starts_and_ends(python, &project, &wheel));
        }
        if let Some(newest) = pythons.last() {
            scope.spawn(|| {
                the_wheel_does_what_the_program_does(newest, &project, &wheel, &program);
            });
            scope.spawn(|| a_noexec_mount_is_no_obstacle(newest, &project, &wheel));
        }
    });
}

/// Installed by pip, and unpacked by what keeps no executable bits.
fn each_way_starts_and_ends(python: &Python, project: &Project, wheel: &Path) {
    let installed = match python.install(project, wheel, "started") {
        Ok(installed) => installed,
        Err(why) => return skipped(&why),
    };
    for starts in [installed, python.unpack(project, wheel)] {
        project.simulate(&["--fastcheck"], &starts);
        for signal in ["int", "term"] {
            let options = ["--for=1s", "--signal", signal, "--grace=20s"];
            project.simulate(&options, &starts);
        }
        assert_eq!(starts.code(&["--help"]), Some(0), "{python}");
        // An EEC that gives no address.
        assert_eq!(starts.code(&["--dsid", "1"]), Some(2), "{python}");
    }
}

/// Where the system forbids to run what lies in the folder, and to make it
/// executable.
fn a_noexec_mount_is_no_obstacle(python: &Python, project: &Project, wheel: &Path) {
    let unpacked = python.unpack_into(project, wheel, "kept");
    let mount = project.folder_for("mounted");
    fs::create_dir(&mount).expect("a folder");
    let mut alone = Command::new("unshare");
    alone.args(["--mount", "--map-root-user", "sh", "-c", FORBIDDEN, "sh"]);
    let output = alone.arg(unpacked).arg(&mount).arg(python.path()).output();
    let output = match output {
        Ok(output) if output.status.code() != Some(NO_MOUNT) => output,
        _ => return skipped("nothing can be mounted here, so that no file system is `noexec`"),
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(
        said.contains("--fastcheck"),
        "the help of the program: {said}"
    );
}

/// What the script ends with if it cannot begin.
const NO_MOUNT: i32 = 77;

/// Copies the unpacked wheel to a place where the program itself cannot be run,
/// and lets Python start it there.
const FORBIDDEN: &str = r#"
mount -t tmpfs -o noexec tmpfs "$2" || exit 77
cp -R "$1/." "$2" && chmod 755 "$2/probe/probe" || exit 1
"$2/probe/probe" --help && exit 2
mount -o remount,ro,noexec "$2" || exit 77
PYTHONPATH="$2" exec "$3" -B -m probe --help
"#;

fn the_wheel_does_what_the_program_does(
    python: &Python,
    project: &Project,
    wheel: &Path,
    program: &Starts,
) {
    let installed = match python.install(project, wheel, "compared") {
        Ok(installed) => installed,
        Err(why) => return skipped(&why),
    };
    let runs = [program.clone(), installed];
    let [program, wheel] = thread::scope(|scope| {
        runs.map(|starts| scope.spawn(move || project.record(RUN, &starts)))
            .map(|run| run.join().expect("a run"))
    });
    assert_eq!(counted(&wheel), counted(&program), "\n{wheel}\n{program}");
    assert_eq!(wheel.headers(), program.headers());
    assert_eq!(wheel.metrics(), program.metrics());
    assert_eq!(program.metrics().len(), 2, "a metric of two nodes");
}

/// How often each call was made. In how many batches metrics come depends on
/// the second in which the first poll was due, which is another in every run.
fn counted(trace: &Trace) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for call in trace.calls() {
        *counts.entry(call).or_default() += 1;
    }
    counts
        .entry("POST /mint".to_owned())
        .and_modify(|count| *count = 1);
    counts
}
