//! `docs/reliability.md` names a test for each fault, and each of them exists.

use std::fs;

use crate::assert_none;
use crate::workspace::root;

/// How many faults there are, `w01` and up.
const FAULTS: usize = 29;

/// What is wrong with the table, where `source` is the text of a test file.
fn broken(table: &str, source: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut broken = Vec::new();
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| w"))
        .collect();
    for number in 1..=FAULTS {
        let id = format!("| w{number:02} |");
        let Some(row) = rows.iter().find(|row| row.starts_with(&id)) else {
            broken.push(format!("w{number:02} has no row"));
            continue;
        };
        let cell = row.trim_end_matches([' ', '|']).rsplit(" | ").next();
        let tests: Vec<&str> = cell
            .unwrap_or_default()
            .split('`')
            .skip(1)
            .step_by(2)
            .collect();
        if tests.is_empty() {
            broken.push(format!("w{number:02} names no test"));
        }
        for test in tests {
            let found = test.split_once(": ").is_some_and(|(file, name)| {
                source(file).is_some_and(|text| text.contains(&format!("fn {name}(")))
            });
            if !found {
                broken.push(format!("w{number:02} names `{test}`, which is no test"));
            }
        }
    }
    broken
}

#[test]
fn every_fault_has_a_test() {
    let table = fs::read_to_string(root().join("docs/reliability.md")).expect("the table");
    assert_none(&broken(&table, |file| {
        fs::read_to_string(root().join("runtime").join(file)).ok()
    }));
}

#[test]
fn a_missing_row_or_test_is_found() {
    let rows: Vec<String> = (2..=FAULTS)
        .map(|n| format!("| w{n:02} | fault | outcome | `a.rs: seen` |"))
        .collect();
    let rows = rows.join("\n");
    let rows = rows.replacen("`a.rs: seen`", "by eye", 1);
    let rows = rows.replacen("a.rs: seen", "a.rs: forgotten", 1);
    let found = broken(&rows, |file| {
        (file == "a.rs").then(|| "async fn seen() {}".to_owned())
    });
    assert_eq!(
        found,
        [
            "w01 has no row",
            "w02 names no test",
            "w03 names `a.rs: forgotten`, which is no test",
        ]
    );
}
