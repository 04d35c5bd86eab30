//! The processes of this machine, as the `OneAgent` saw them.

mod locate;
mod read;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::PollError;
pub(crate) use locate::Installation;

/// The largest file that is read: far above that of a busy machine.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The processes of this machine by process group, as the `OneAgent` wrote
/// them down last: how an extension finds on its host what it is to monitor.
///
/// [`Cycle::snapshot`](crate::Cycle::snapshot) and
/// [`Setup::snapshot`](crate::Setup::snapshot) read the one of the `OneAgent`.
///
/// ```
/// use extyped::Snapshot;
///
/// let snapshot = Snapshot::from_json(
///     r#"{"host_id": "0X1F2E3D4C5B6A7988", "entries": [{
///         "group_id": "0X0123456789ABCDEF",
///         "group_instance_id": "0XFEDCBA9876543210",
///         "group_name": "PostgreSQL db-1",
///         "processes": [{"pid": "4711", "process_name": "postgres",
///                        "properties": [{"ListeningPorts": "5432"}]}],
///         "properties": [{"Technologies": "POSTGRE_SQL"}]
///     }]}"#,
/// )?;
/// assert_eq!(snapshot.host_id, "HOST-1F2E3D4C5B6A7988");
/// for group in snapshot.with_technology("POSTGRE_SQL") {
///     assert_eq!(group.group_instance_id, "PROCESS_GROUP_INSTANCE-FEDCBA9876543210");
///     assert_eq!(group.processes[0].listening_ports, [5432]);
/// }
/// # Ok::<(), extyped::SnapshotError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The entity of the host, `HOST-…`.
    pub host_id: String,
    /// The process groups in the order of the file.
    pub process_groups: Vec<ProcessGroup>,
}

/// The processes that the `OneAgent` takes for one service.
///
/// What the file does not say is empty, and zeros in an identifier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessGroup {
    /// The entity of the group, `PROCESS_GROUP-…`.
    pub group_id: String,
    /// The entity of the group on this host, `PROCESS_GROUP_INSTANCE-…`.
    pub group_instance_id: String,
    /// Tells nodes of a cluster on one host apart, as the file holds it.
    pub node_id: String,
    /// The kind of process by the number that the `OneAgent` has for it; zero
    /// is unknown.
    pub process_type: i64,
    /// The name of the group.
    pub group_name: String,
    /// Its processes.
    pub processes: Vec<Process>,
    /// The technologies of its processes, `POSTGRE_SQL`.
    pub technologies: Vec<String>,
    /// The technologies of the group.
    pub group_technologies: Vec<String>,
    /// What else is known of it, such as `mssql_instance_name`.
    pub properties: BTreeMap<String, String>,
}

/// A process. What the file does not say is `None` or empty.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Process {
    /// Its number.
    pub pid: Option<u32>,
    /// Its name.
    pub name: String,
    /// With which arguments it was started. They may hold secrets.
    pub command_line: Option<String>,
    /// The file it was started from.
    pub executable: Option<String>,
    /// The number of the process that started it.
    pub parent_pid: Option<u32>,
    /// The folder it works in.
    pub working_directory: Option<String>,
    /// The ports it listens at.
    pub listening_ports: Vec<u16>,
    /// The addresses and ports it listens at.
    pub port_bindings: Vec<PortBinding>,
    /// The folder of its container.
    pub docker_mount: Option<String>,
    /// Its container.
    pub docker_container_id: Option<String>,
    /// The ports it listens at within its container, as the file holds them.
    pub listening_internal_ports: Option<String>,
}

/// An address that a process listens at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PortBinding {
    /// The address, of version 4 or 6.
    pub ip: String,
    /// The port.
    pub port: u16,
}

/// Why there is no snapshot: which file, what is wrong with it, what to do. It
/// quotes nothing from the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotError(String);

impl Snapshot {
    /// Reads a snapshot from the text of its file.
    pub fn from_json(text: &str) -> Result<Self, SnapshotError> {
        read::snapshot(text)
            .map_err(|problem| SnapshotError(format!("the snapshot of processes {problem}")))
    }

    /// Reads a snapshot file. `None` if there is none. Waits for the disk.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Option<Self>, SnapshotError> {
        let path = path.as_ref();
        let told = |problem: String| {
            SnapshotError(format!(
                "the snapshot of processes {} {problem}",
                path.display()
            ))
        };
        let mut text = String::new();
        match File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_string(&mut text)) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(told(format!(
                    "cannot be read: {error}: let the user that runs the extension read it"
                )));
            }
        }
        if text.len() as u64 > MAX_BYTES {
            return Err(told(format!(
                "is larger than {} MiB, which no OneAgent writes",
                MAX_BYTES / 1024 / 1024
            )));
        }
        read::snapshot(&text).map(Some).map_err(told)
    }

    /// The process groups one of whose processes has this technology,
    /// `POSTGRE_SQL`.
    pub fn with_technology<'s>(
        &'s self,
        technology: &'s str,
    ) -> impl Iterator<Item = &'s ProcessGroup> {
        self.process_groups
            .iter()
            .filter(move |group| group.technologies.iter().any(|own| own == technology))
    }
}

/// Reads the snapshot of this machine, on a thread that may wait for the disk.
pub(crate) async fn of_this_machine(
    file: Option<PathBuf>,
) -> Result<Option<Snapshot>, SnapshotError> {
    let reading = tokio::task::spawn_blocking(move || match file {
        Some(file) => Snapshot::from_file(file),
        None => match Installation::of_this_machine().snapshot_file() {
            Some(file) => Snapshot::from_file(file),
            None => Ok(None),
        },
    });
    reading
        .await
        .unwrap_or_else(|_| Err(SnapshotError("the process is about to end".to_owned())))
}

// Arguments often hold passwords: they are not shown.
impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("pid", &self.pid)
            .field("name", &self.name)
            .field("executable", &self.executable)
            .field("listening_ports", &self.listening_ports)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SnapshotError {}

/// No endpoint is at fault for it, so it raises no event.
impl From<SnapshotError> for PollError {
    fn from(error: SnapshotError) -> Self {
        PollError::other(error).with_event(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_of_a_process_are_never_shown() {
        let text = r#"{"entries": [{"processes": [{"pid": 5, "properties": [
            {"CmdLine": "--password=hunter2"}]}]}]}"#;
        let shown = format!("{:?}", Snapshot::from_json(text));
        assert!(shown.contains("pid: Some(5)"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_file_that_is_not_there_is_no_error() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let absent = Snapshot::from_file(dir.path().join("snapshot.json"));
        assert_eq!(absent, Ok(None));
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named_with_what_is_wrong_and_nothing_of_it() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("snapshot.json");
        let cases: [(&[u8], &str); 4] = [
            (b"{\"entries\": [", "is cut off"),
            (b"{\"entries\": \"hunter2\"}", "line 1 column 21"),
            (b"{,}", "is no JSON: line 1 column 2"),
            (b"\xff\xfe", "cannot be read"),
        ];
        for (bytes, problem) in cases {
            std::fs::write(&path, bytes).expect("a file");
            let error = Snapshot::from_file(&path).expect_err("broken").to_string();
            assert!(error.contains(problem), "{error}");
            assert!(error.contains("snapshot.json"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
            let status = PollError::from(SnapshotError(error.clone())).status();
            assert_eq!(status.message(), error);
        }
    }
}
