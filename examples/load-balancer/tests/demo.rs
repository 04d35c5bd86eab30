//! The demo as somebody sees it who pipes it into a file.

use std::process::{Command, Output};

fn demo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_load-balancer"));
    command.arg("--demo").args(arguments);
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

/// Finds the parts in the text, each after the one before.
#[track_caller]
fn check(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some(at) = rest.find(part) else {
            panic!("`{part}` is missing from what follows in:\n{text}");
        };
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn twelve_cycles_show_every_outcome_with_its_status_and_its_event() {
    let output = demo(&["--cycles", "12"]).output().expect("the demo runs");
    let text = text(&output);
    check(
        &text,
        &[
            "polls two load balancers once a minute",
            "cycle 1: lb-1.example answers 200",
            "status  OK",
            r#"lb.node.cpu,device.address="lb-1.example",node.name="node-a" gauge,"#,
            r#"lb.pool.health,device.address="lb-1.example",pool.name="web" gauge,100 18"#,
            "lb-1.example answers 200",
            r#"lb.node.bytes.in.count,device.address="lb-1.example",node.name="node-a" count,delta="#,
            "lb-1.example takes the request and never answers",
            "status  DEVICE_CONNECTION_ERROR",
            "no answer from GET http://lb-1.example/api/v1/health",
            "AVAILABILITY_EVENT opened: Endpoint does not answer in time: lb-1.example",
            "lines of lb-2.example",
            "lb-1.example answers 401 Unauthorized",
            "status  AUTHENTICATION_ERROR",
            "check the token",
            "AVAILABILITY_EVENT closed: Endpoint does not answer in time: lb-1.example",
            "ERROR_EVENT opened: Endpoint refuses the credentials: lb-1.example",
            "lb-1.example answers 403 Forbidden",
            "status  AUTHENTICATION_ERROR",
            "the token lacks permission",
            "ERROR_EVENT opened: Credentials lack a permission: lb-1.example",
            "lb-1.example answers 404 Not Found",
            "status  INVALID_CONFIG_ERROR",
            "wrong endpoint URL",
            "lb-1.example answers 500 Internal Server Error",
            "status  DEVICE_CONNECTION_ERROR",
            "AVAILABILITY_EVENT opened: Endpoint fails: lb-1.example",
            "lb-1.example answers 200 with broken JSON",
            "status  DEVICE_CONNECTION_ERROR",
            "at `nodes[0].cpu_percent`",
            "ERROR_EVENT opened: Answer is not the expected JSON: lb-1.example",
            "lb-1.example answers 429 Too Many Requests, Retry-After: 90",
            "status  WARNING",
            "lb-1.example is not polled",
            "lb-1.example answers 200, with a member of its pool down",
            "status  OK",
            r#"lb.pool.health,device.address="lb-1.example",pool.name="web" gauge,75 18"#,
            "12 cycles: ",
            "the status is OK",
            "The extension is examples/load-balancer/src/main.rs",
        ],
    );
    assert!(!text.contains('\u{1b}'), "no color in a pipe");
    assert!(!text.contains("demo-token"), "no secret anywhere");
}

#[test]
fn color_is_shown_where_it_is_asked_for() {
    let mut command = demo(&["--cycles", "1"]);
    command.env("CLICOLOR_FORCE", "1");
    let text = text(&command.output().expect("the demo runs"));
    assert!(text.contains("\u{1b}[32mOK\u{1b}[0m"), "{text}");
}

#[test]
fn a_number_of_cycles_that_is_none_is_explained() {
    let output = demo(&["--cycles", "many"]).output().expect("the demo runs");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("--cycles 12"), "{text}");
}
