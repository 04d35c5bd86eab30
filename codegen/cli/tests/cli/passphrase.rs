//! Passphrases, asked for on a terminal.

use std::process::Command;

use extyped_package::archive::{self, Compression, Entry};

use crate::pty::Terminal;
use crate::sandbox::Sandbox;

fn command(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let mut command = sandbox.command(arguments);
    for variable in [
        "EXTYPED_PASSPHRASE",
        "EXTYPED_CA_PASSPHRASE",
        "EXTYPED_DEV_PASSPHRASE",
    ] {
        command.env_remove(variable);
    }
    command
}

/// Waits for a question and answers it.
#[track_caller]
fn answer(terminal: &mut Terminal, question: &str, answer: &str) {
    terminal.until(|written| {
        let written = String::from_utf8_lossy(written);
        written.ends_with(question)
    });
    terminal.press(answer);
}

#[test]
fn passphrases_are_asked_for_on_a_terminal_and_never_shown() {
    let sandbox = Sandbox::new();
    let entries = [Entry::new(
        "extension.yaml",
        "name: custom:pond\nversion: 1.2.3\n",
    )];
    let zip = archive::write(&entries, Compression::Deflated).expect("an archive");
    std::fs::write(sandbox.path("extension.zip"), zip).expect("the file");

    let mut gencerts = command(&sandbox, &["gencerts", "--encrypt", "-o", "."]);
    let mut terminal = Terminal::start(&mut gencerts);
    answer(
        &mut terminal,
        "New passphrase for the key in ca.key: ",
        "\r",
    );
    answer(
        &mut terminal,
        "It has to have a character at least.\r\nNew passphrase for the key in ca.key: ",
        "hunter1\r",
    );
    answer(&mut terminal, "The same again: ", "hunter2\r");
    answer(
        &mut terminal,
        "These were two different ones.\r\nNew passphrase for the key in ca.key: ",
        "hunter1\r",
    );
    answer(&mut terminal, "The same again: ", "hunter1\r");
    answer(
        &mut terminal,
        "New passphrase for the key in developer.pem: ",
        "hunter2\r",
    );
    answer(&mut terminal, "The same again: ", "hunter2\r");
    let written = terminal.until(|written| written.ends_with(b"all of these hosts\r\n"));
    assert!(!String::from_utf8_lossy(written).contains("hunter"));
    assert!(terminal.is_cooked());
    assert_eq!(terminal.end(), Some(0));

    let mut sign = command(
        &sandbox,
        &["sign", "extension.zip", "--cert", "developer.pem"],
    );
    let mut terminal = Terminal::start(&mut sign);
    let question = "Passphrase of the key in developer.pem: ";
    answer(&mut terminal, question, "hunter2\r");
    terminal
        .until(|written| String::from_utf8_lossy(written).contains("wrote custom_pond-1.2.3.zip"));
    assert_eq!(terminal.end(), Some(0));
}

#[test]
fn an_interrupted_question_leaves_the_terminal_as_it_was() {
    let sandbox = Sandbox::new();
    let mut gencerts = command(&sandbox, &["gencerts", "--encrypt", "-o", "."]);
    let mut terminal = Terminal::start(&mut gencerts);
    answer(
        &mut terminal,
        "New passphrase for the key in ca.key: ",
        "hun\u{3}",
    );
    terminal.until(|written| String::from_utf8_lossy(written).contains("there is no passphrase"));
    assert!(terminal.is_cooked());
    assert_eq!(terminal.end(), Some(2));
    assert!(sandbox.names().is_empty());
}
