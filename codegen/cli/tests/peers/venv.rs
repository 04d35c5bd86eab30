//! Python with packages, in an environment of its own below the target folder:
//! made once, used by all later runs.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// Says why a test had nothing to test.
pub(crate) fn skipped(why: &str) {
    // Not with `eprintln!`, which the test runner keeps to itself.
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// A Python that has these packages, known by what can be imported then; or what
/// there is instead.
pub(crate) fn python(packages: &[&str], import: &str) -> Result<PathBuf, String> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let wanted = packages.join(" ");
    let name = wanted.replace("==", "-").replace([' ', '[', ']'], "_");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let python = folder.join("bin/python");
    let works = || run(Command::new(&python).args(["-c", &format!("import {import}")])).is_ok();
    // Written last: an environment that was not finished is made anew.
    let finished = folder.join("finished");
    if finished.exists() && works() {
        return Ok(python);
    }
    // One that is not there needs no removing.
    let _ = fs::remove_dir_all(&folder);
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
    ];
    run(Command::new(&python).args(install).args(packages))?;
    if !works() {
        return Err(format!("{wanted} is installed and cannot be imported"));
    }
    fs::write(&finished, wanted).map_err(|error| error.to_string())?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), String> {
    let told = format!("{command:?}");
    let output = command
        .output()
        .map_err(|error| format!("{told}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let last = stderr.lines().rfind(|line| !line.trim().is_empty());
    Err(format!("{told}: {}", last.unwrap_or("it failed")))
}
