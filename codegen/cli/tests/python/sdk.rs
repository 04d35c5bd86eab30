//! The Python SDK in an environment of its own, below the target folder: made
//! once, used by all later runs.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

const PACKAGE: &str = "dt-extensions-sdk==1.11.2";

/// Says why a test had nothing to test.
pub(crate) fn skipped(why: &str) {
    // Not with `eprintln!`, which the test runner keeps to itself.
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// A Python that has the SDK; or what there is instead.
pub(crate) fn python() -> Result<PathBuf, String> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(PACKAGE.replace("==", "-"));
    let python = folder.join("bin/python");
    // Written last: an environment that was not finished is made anew.
    let finished = folder.join("finished");
    if finished.exists() && works(&python) {
        return Ok(python);
    }
    // One that is not there needs no removing.
    let _ = fs::remove_dir_all(&folder);
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    run(Command::new(&python).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        PACKAGE,
    ]))?;
    if !works(&python) {
        return Err(format!("{PACKAGE} is installed and cannot be imported"));
    }
    fs::write(&finished, PACKAGE).map_err(|error| error.to_string())?;
    Ok(python)
}

fn works(python: &Path) -> bool {
    let import = ["-c", "import dynatrace_extension"];
    run(Command::new(python).args(import)).is_ok()
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
