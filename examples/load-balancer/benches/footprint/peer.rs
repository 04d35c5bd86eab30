//! The sample extension of Dynatrace's SDK for Python.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What to say where it is not.
pub(crate) const MISSING: &str = "set EXTYPED_SHARED to the folder that holds tools/python_sample, \
     and EXTYPED_PEER_PYTHON to a Python that has dt-extensions-sdk";

pub(crate) struct Peer {
    pub(crate) name: String,
    python: PathBuf,
    sample: PathBuf,
}

impl Peer {
    /// `None` if it is not on this machine.
    pub(crate) fn find() -> Option<Self> {
        let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let shared = variable("EXTYPED_SHARED")
            .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
        let sample = shared.join("tools/python_sample");
        let python = variable("EXTYPED_PEER_PYTHON").unwrap_or_else(|| "python3".into());
        let version = "import importlib.metadata as m; print(m.version('dt-extensions-sdk'))";
        let asked = Command::new(&python).args(["-c", version]).output().ok()?;
        let there = asked.status.success() && sample.join("interop_ext/__main__.py").is_file();
        there.then(|| Peer {
            name: format!(
                "Python SDK {}",
                String::from_utf8_lossy(&asked.stdout).trim()
            ),
            python,
            sample,
        })
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.python);
        command
            .args(["-m", "interop_ext"])
            .current_dir(&self.sample);
        command
    }
}
