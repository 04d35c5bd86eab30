//! Where the `OneAgent` keeps its snapshot.

use std::path::{Path, PathBuf};

const FILE: &str = "oneagent_latest_snapshot.log";

/// The `OneAgent` on this machine.
pub(crate) struct Installation {
    /// The folder `agent`, unless it is not there.
    agent: Option<PathBuf>,
    /// Where it logs if its configuration does not say.
    usual_log: PathBuf,
}

impl Installation {
    /// Where it is installed if nobody chose another place, else where this
    /// program runs from: an extension lies below the folder `agent`.
    pub(crate) fn of_this_machine() -> Self {
        let base = base();
        let usual = base.join("dynatrace/oneagent/agent");
        let program = std::env::current_exe().unwrap_or_default();
        Installation {
            agent: find_agent(&usual, &program),
            usual_log: if cfg!(windows) {
                base.join("dynatrace/oneagent/log")
            } else {
                PathBuf::from("/var/log/dynatrace/oneagent")
            },
        }
    }

    /// The snapshot file: where newer versions keep it, else where older ones
    /// did. `None` if there is no `OneAgent`.
    pub(crate) fn snapshot_file(&self) -> Option<PathBuf> {
        let agent = self.agent.as_ref()?;
        let newer = agent.join("runtime/extensions").join(FILE);
        if newer.exists() {
            return Some(newer);
        }
        let log = std::fs::read_to_string(agent.join("config/installation.conf"))
            .ok()
            .and_then(|text| log_folder(&text))
            .unwrap_or_else(|| self.usual_log.clone());
        Some(log.join("plugin").join(FILE))
    }
}

fn base() -> PathBuf {
    if cfg!(windows) {
        std::env::var_os("ProgramData").map_or_else(|| PathBuf::from("C:/ProgramData"), Into::into)
    } else {
        PathBuf::from("/var/lib")
    }
}

fn find_agent(usual: &Path, program: &Path) -> Option<PathBuf> {
    if usual.join("config").exists() {
        return Some(usual.to_owned());
    }
    let mut above = program.ancestors().skip(1);
    let found = above.find(|folder| folder.file_name().is_some_and(|name| name == "agent"))?;
    Some(found.to_owned())
}

/// The folder that `LogDir` names in `installation.conf`, unless it is empty.
fn log_folder(configuration: &str) -> Option<PathBuf> {
    let folder = configuration.lines().find_map(|line| {
        let (name, folder) = line.split_once('=')?;
        (name.trim() == "LogDir").then(|| folder.trim())
    })?;
    (!folder.is_empty()).then(|| PathBuf::from(folder))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn installed(dir: &Path) -> Installation {
        let agent = dir.join("agent");
        fs::create_dir_all(agent.join("config")).expect("a folder");
        Installation {
            agent: find_agent(&agent, Path::new("/bin/extension")),
            usual_log: dir.join("usual"),
        }
    }

    fn configured(dir: &Path, log: &str) {
        let text = format!("Tenant=abc\nLogDir={log}\n");
        fs::write(dir.join("agent/config/installation.conf"), text).expect("a file");
    }

    #[test]
    fn newer_versions_keep_it_in_the_runtime_folder() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let installation = installed(dir.path());
        configured(dir.path(), "/elsewhere");
        let folder = dir.path().join("agent/runtime/extensions");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(FILE), "{}").expect("a file");
        assert_eq!(installation.snapshot_file(), Some(folder.join(FILE)));
    }

    #[test]
    fn older_versions_keep_it_where_the_configuration_says_they_log() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let installation = installed(dir.path());
        let usual = dir.path().join("usual/plugin").join(FILE);
        assert_eq!(installation.snapshot_file(), Some(usual.clone()), "silent");
        configured(dir.path(), " /elsewhere/log ");
        let elsewhere = Path::new("/elsewhere/log/plugin").join(FILE);
        assert_eq!(installation.snapshot_file(), Some(elsewhere));
        configured(dir.path(), "");
        assert_eq!(installation.snapshot_file(), Some(usual), "empty");
    }

    #[test]
    fn an_agent_in_another_place_is_found_from_the_program() {
        let nowhere = Path::new("/nowhere/agent");
        let program = Path::new("/opt/dt/agent/plugins/x/bin/extension");
        let found = find_agent(nowhere, program);
        assert_eq!(found.as_deref(), Some(Path::new("/opt/dt/agent")));
        assert_eq!(find_agent(nowhere, Path::new("/usr/bin/agent")), None);
    }

    #[test]
    fn without_an_agent_there_is_no_file() {
        let none = Installation {
            agent: None,
            usual_log: PathBuf::new(),
        };
        assert_eq!(none.snapshot_file(), None);
    }
}
