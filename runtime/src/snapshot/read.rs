//! The format of the snapshot file.
//!
//! It grew over the years: numbers are texts in one version and numbers in
//! another, and properties are a list of objects that together are one.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::error::Category;

use super::{PortBinding, Process, ProcessGroup, Snapshot};

#[derive(Deserialize)]
struct Document {
    host_id: Option<String>,
    entries: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    group_id: Option<String>,
    node_id: Option<String>,
    group_instance_id: Option<String>,
    #[serde(default)]
    process_type: Value,
    group_name: Option<String>,
    processes: Option<Vec<Member>>,
    properties: Option<Vec<Properties>>,
}

#[derive(Deserialize)]
struct Member {
    #[serde(default)]
    pid: Value,
    process_name: Option<String>,
    properties: Option<Vec<Properties>>,
}

type Properties = BTreeMap<String, Value>;

/// Reads a snapshot. The error is the rest of a sentence that begins with the
/// file.
pub(super) fn snapshot(text: &str) -> Result<Snapshot, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // The messages of serde_json quote values, among them command lines.
    let document: Document = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            Category::Eof => "is cut off: the OneAgent may be about to write it".to_owned(),
            Category::Data => format!(
                "is not as the OneAgent writes it, line {line} column {column}: it holds an object \
                 with `host_id` and `entries`"
            ),
            Category::Io | Category::Syntax => {
                format!("is no JSON: line {line} column {column}")
            }
        }
    })?;
    let groups = document.entries.unwrap_or_default();
    Ok(Snapshot {
        host_id: entity("HOST", document.host_id),
        process_groups: groups.into_iter().map(process_group).collect(),
    })
}

/// The identifier of an entity from the last 16 characters of a number such as
/// `0X1F2E3D4C5B6A7988`.
fn entity(kind: &str, number: Option<String>) -> String {
    let number = number.unwrap_or_default();
    let start = number.char_indices().rev().nth(15).map_or(0, |(at, _)| at);
    let digits = number.get(start..).unwrap_or_default();
    format!("{kind}-{digits:0>16}")
}

fn process_group(group: Entry) -> ProcessGroup {
    let mut read = ProcessGroup {
        group_id: entity("PROCESS_GROUP", group.group_id),
        group_instance_id: entity("PROCESS_GROUP_INSTANCE", group.group_instance_id),
        node_id: group.node_id.unwrap_or_default(),
        process_type: number(&group.process_type).unwrap_or_default(),
        group_name: group.group_name.unwrap_or_default(),
        processes: group
            .processes
            .unwrap_or_default()
            .into_iter()
            .map(process)
            .collect(),
        ..ProcessGroup::default()
    };
    for (name, value) in group.properties.into_iter().flatten().flatten() {
        let Some(value) = text(value) else { continue };
        match name.as_str() {
            "Technologies" => read.technologies.extend(names(&value)),
            "pgTechnologies" => read.group_technologies.extend(names(&value)),
            _ => {
                read.properties.insert(name, value);
            }
        }
    }
    read
}

fn names(list: &str) -> impl Iterator<Item = String> {
    let names = list.split(',').map(str::trim);
    names.filter(|name| !name.is_empty()).map(str::to_owned)
}

fn process(member: Member) -> Process {
    let mut properties: Properties = member.properties.into_iter().flatten().flatten().collect();
    let mut take = |name| properties.remove(name).and_then(text);
    Process {
        pid: number(&member.pid),
        name: member.process_name.unwrap_or_default(),
        command_line: take("CmdLine"),
        executable: take("ExePath"),
        parent_pid: take("ParentPid").and_then(|pid| pid.trim().parse().ok()),
        working_directory: take("WorkDir"),
        listening_ports: take("ListeningPorts").map_or_else(Vec::new, |ports| {
            let ports = ports.split_whitespace();
            ports.filter_map(|port| port.parse().ok()).collect()
        }),
        port_bindings: take("PortBindings").map_or_else(Vec::new, |bindings| {
            bindings.split(';').filter_map(port_binding).collect()
        }),
        docker_mount: take("DockerMount"),
        docker_container_id: take("DockerContainerId"),
        listening_internal_ports: take("ListeningInternalPorts"),
    }
}

/// `10.0.0.1_8080`.
fn port_binding(text: &str) -> Option<PortBinding> {
    let (ip, port) = text.trim().rsplit_once('_')?;
    Some(PortBinding {
        ip: ip.to_owned(),
        port: port.parse().ok()?,
    })
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// A number, or a text that holds one.
fn number<N: TryFrom<i64>>(value: &Value) -> Option<N> {
    let number = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    N::try_from(number?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILE: &str = r#"{
        "host_id": "0X1F2E3D4C5B6A7988",
        "version": 7,
        "entries": [
            {
                "group_id": "0X0123456789ABCDEF",
                "node_id": "0X0000000000000001",
                "group_instance_id": "0XFEDCBA9876543210",
                "process_type": "12",
                "group_name": "PostgreSQL",
                "processes": [
                    {
                        "pid": "4711",
                        "process_name": "postgres",
                        "properties": [
                            {"CmdLine": "-D /data"},
                            {"ExePath": "/usr/bin/postgres", "ParentPid": "1"},
                            {"WorkDir": "/data"},
                            {"ListeningPorts": "5432 x 5433 70000"},
                            {"PortBindings": "10.0.0.1_5432;::1_5432;odd"},
                            {"DockerMount": "/m", "DockerContainerId": "c1"},
                            {"ListeningInternalPorts": "5432"}
                        ]
                    },
                    {"pid": 12}
                ],
                "properties": [
                    {"Technologies": "POSTGRE_SQL,C"},
                    {"Technologies": "LINUX", "mssql_instance_name": "main"},
                    {"pgTechnologies": "POSTGRE_SQL"}
                ]
            },
            {}
        ]
    }"#;

    #[test]
    fn everything_of_the_file_is_there() {
        let read = snapshot(FILE).expect("a snapshot");
        assert_eq!(read.host_id, "HOST-1F2E3D4C5B6A7988");
        let group = &read.process_groups[0];
        assert_eq!(group.group_id, "PROCESS_GROUP-0123456789ABCDEF");
        assert_eq!(
            group.group_instance_id,
            "PROCESS_GROUP_INSTANCE-FEDCBA9876543210"
        );
        assert_eq!(group.node_id, "0X0000000000000001");
        assert_eq!(
            (group.process_type, group.group_name.as_str()),
            (12, "PostgreSQL")
        );
        assert_eq!(group.technologies, ["POSTGRE_SQL", "C", "LINUX"]);
        assert_eq!(group.group_technologies, ["POSTGRE_SQL"]);
        assert_eq!(group.properties["mssql_instance_name"], "main");
        let binding = |ip: &str| PortBinding {
            ip: ip.to_owned(),
            port: 5432,
        };
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            group.processes,
            [
                Process {
                    pid: Some(4711),
                    name: "postgres".to_owned(),
                    command_line: text("-D /data"),
                    executable: text("/usr/bin/postgres"),
                    parent_pid: Some(1),
                    working_directory: text("/data"),
                    listening_ports: vec![5432, 5433],
                    port_bindings: vec![binding("10.0.0.1"), binding("::1")],
                    docker_mount: text("/m"),
                    docker_container_id: text("c1"),
                    listening_internal_ports: text("5432"),
                },
                Process {
                    pid: Some(12),
                    ..Process::default()
                },
            ]
        );
        assert_eq!(read.with_technology("LINUX").count(), 1);
        assert_eq!(read.with_technology("JAVA").count(), 0);
    }

    #[test]
    fn what_is_not_there_is_empty_and_zeros_in_an_identifier() {
        let read = snapshot("{\"entries\": [{}]}").expect("a snapshot");
        assert_eq!(read.host_id, "HOST-0000000000000000");
        let group = &read.process_groups[0];
        assert_eq!(group.group_id, "PROCESS_GROUP-0000000000000000");
        assert!(group.processes.is_empty() && group.technologies.is_empty());
    }

    #[test]
    fn an_identifier_is_the_last_sixteen_characters() {
        let table = [
            (Some("0X1F2E3D4C5B6A7988"), "HOST-1F2E3D4C5B6A7988"),
            (Some("1F2E3D4C5B6A7988"), "HOST-1F2E3D4C5B6A7988"),
            (Some("7988"), "HOST-0000000000007988"),
            (None, "HOST-0000000000000000"),
        ];
        for (number, expected) in table {
            assert_eq!(entity("HOST", number.map(str::to_owned)), expected);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = snapshot(&text);
            let _ = entity("HOST", Some(text.clone()));
            let _ = port_binding(&text);
        }
    }
}
