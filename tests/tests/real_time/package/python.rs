//! The Pythons of this machine, and what they do with a wheel.

use std::fmt;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::project::{NAME, Project, Starts, run};

/// Minor versions of Python 3 that a host may have.
const VERSIONS: std::ops::Range<u32> = 10..20;

/// A Python.
pub(super) struct Python {
    minor: u32,
    path: PathBuf,
}

impl fmt::Display for Python {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Python 3.{}", self.minor)
    }
}

impl Python {
    /// One of each version, the oldest first: those in the path, and those that
    /// pyenv keeps.
    pub(super) fn all() -> Vec<Python> {
        let home = std::env::var_os("HOME")
            .map(PathBuf::from)
            .unwrap_or_default();
        let kept = fs::read_dir(home.join(".pyenv/versions"));
        let kept: Vec<PathBuf> = kept
            .into_iter()
            .flatten()
            .flatten()
            .map(|version| version.path().join("bin"))
            .collect();
        let found = VERSIONS.filter_map(|minor| {
            let name = format!("python3.{minor}");
            let paths = kept.iter().map(|folder| folder.join(&name));
            let mut paths = std::iter::once(PathBuf::from(&name)).chain(paths);
            let path = paths.find(|path| is_python(path, minor))?;
            Some(Python { minor, path })
        });
        found.collect()
    }

    /// Installs the wheel into an environment of its own.
    pub(super) fn install(
        &self,
        project: &Project,
        wheel: &Path,
        purpose: &str,
    ) -> Result<Starts, String> {
        let venv = project.folder_for(&format!("{purpose}-{}", self.minor));
        let made = Command::new(&self.path)
            .args(["-m", "venv"])
            .arg(&venv)
            .output();
        if !made.is_ok_and(|output| output.status.success()) {
            return Err(format!("{self} makes no virtual environments"));
        }
        let python = venv.join("bin/python");
        let lib = wheel.parent().expect("the folder of wheels");
        run(Command::new(&python)
            .args(["-m", "pip", "install", "--quiet"])
            .args(["--disable-pip-version-check", "--no-index", "--find-links"])
            .arg(lib)
            .arg(NAME));
        Ok(Starts {
            words: vec![python.into(), "-m".into(), NAME.into()],
            python_path: None,
        })
    }

    /// Unpacks the wheel as one does who knows nothing of executable bits.
    pub(super) fn unpack(&self, project: &Project, wheel: &Path) -> Starts {
        let folder = self.unpack_into(project, wheel, "unpacked");
        let program = folder.join(NAME).join(NAME);
        fs::set_permissions(program, Permissions::from_mode(0o644)).expect("permissions");
        Starts {
            words: vec![self.path.clone().into(), "-m".into(), NAME.into()],
            python_path: Some(folder),
        }
    }

    pub(super) fn unpack_into(&self, project: &Project, wheel: &Path, purpose: &str) -> PathBuf {
        let folder = project.folder_for(&format!("{purpose}-{}", self.minor));
        run(Command::new(&self.path)
            .args(["-m", "zipfile", "-e"])
            .arg(wheel)
            .arg(&folder));
        folder
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

fn is_python(path: &Path, minor: u32) -> bool {
    let asked = Command::new(path).arg("--version").output();
    let version = asked.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    version.is_ok_and(|version| version.starts_with(&format!("Python 3.{minor}.")))
}
