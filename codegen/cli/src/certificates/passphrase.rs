//! Passphrases: from a terminal, or from a variable where there is none. Not
//! from arguments, which every user of a machine can list.

#[cfg(unix)]
mod hidden;
#[cfg(not(unix))]
mod hidden {
    use std::io;

    use extyped_package::Zeroizing;

    pub(super) fn ask(text: &str) -> io::Result<Zeroizing<String>> {
        rpassword::prompt_password(text).map(Zeroizing::new)
    }
}

use std::env::{self, VarError};
use std::io::{self, IsTerminal as _};

use extyped_package::Zeroizing;

use crate::failure::Failure;

/// The variable with the passphrase of a developer's key.
pub(super) const DEVELOPER: &str = "EXTYPED_PASSPHRASE";

/// What opens something: from the variable, or else asked for.
pub(super) fn of(what: &str, variable: &str) -> Result<Zeroizing<String>, Failure> {
    if let Some(passphrase) = set(variable)? {
        return Ok(passphrase);
    }
    if !is_interactive() {
        return Err(nobody(what, variable));
    }
    let passphrase = prompt(&format!("Passphrase of {what}: "))?;
    if passphrase.is_empty() {
        return Err(Failure::new(format!("{what} is encrypted")).help("type its passphrase"));
    }
    Ok(passphrase)
}

/// The same, and nothing where nobody can be asked.
pub(super) fn of_anybody(what: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    if is_interactive() {
        return of(what, DEVELOPER).map(Some);
    }
    set(DEVELOPER)
}

/// What is to open something that is made: from the variable, or else asked for
/// until it was typed twice alike.
pub(super) fn choose(what: &str, variable: &str) -> Result<Zeroizing<String>, Failure> {
    if let Some(passphrase) = set(variable)? {
        return Ok(passphrase);
    }
    if !is_interactive() {
        return Err(nobody(what, variable));
    }
    loop {
        let passphrase = prompt(&format!("New passphrase for {what}: "))?;
        if passphrase.is_empty() {
            say("It has to have a character at least.")?;
        } else if prompt("The same again: ")? == passphrase {
            return Ok(passphrase);
        } else {
            say("These were two different ones.")?;
        }
    }
}

/// The value of a variable, if it has one.
pub(super) fn set(variable: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    match env::var(variable) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(Zeroizing::new(value))),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => {
            Err(Failure::new(format!("{variable} is not encoded in UTF-8")))
        }
    }
}

fn nobody(what: &str, variable: &str) -> Failure {
    Failure::new(format!(
        "{what} needs a passphrase, and there is no terminal to ask on"
    ))
    .help(format!("set {variable}, or run this on a terminal"))
}

fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn say(text: &str) -> io::Result<()> {
    use io::Write as _;

    writeln!(anstream::stderr(), "{text}")
}

fn prompt(text: &str) -> Result<Zeroizing<String>, Failure> {
    hidden::ask(text).map_err(|cause| Failure::new("there is no passphrase").cause(cause))
}
