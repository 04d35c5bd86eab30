//! `extyped verify`: whether an agent would take a package.

use std::io::Write as _;
use std::path::Path;
use std::time::SystemTime;

use anstyle::{AnsiColor, Style};
use extyped_package::certificate::Certificate;
use extyped_package::key::{KeyError, PrivateKey};
use extyped_package::layout;
use extyped_package::verify::{self as checks, Authority, Developer, Question, Report};

use super::args::VerifyArgs;
use super::{passphrase, read, read_pem, refused};
use crate::Outcome;
use crate::failure::Failure;

const PASSED: Style = AnsiColor::Green.on_default().bold();
const FAILED: Style = AnsiColor::BrightRed.on_default().bold();
const OPEN: Style = AnsiColor::Yellow.on_default().bold();
const HELP: Style = AnsiColor::BrightCyan.on_default().bold();

/// The width of the names of checks.
const WIDTH: usize = 11;

const WHERE: &str = "ca.pem belongs into the credential vault and on every ActiveGate and OneAgent \
                     that runs the extension, developer.pem to who signs, ca.key offline";

pub(crate) fn run(args: &VerifyArgs) -> Result<Outcome, Failure> {
    let package = read(&args.package, layout::MAX_BYTES)?;
    let mut authorities = Vec::new();
    for path in &args.ca {
        authorities.extend(trusted(path)?);
    }
    let developer = match &args.cert {
        None => None,
        Some(path) => {
            let content = read_pem(path)?;
            let name = path.display().to_string();
            let passphrase = if is_locked(&content) {
                passphrase::of_anybody(&format!("the key in {name}"))?
            } else {
                None
            };
            Some((name, content, passphrase))
        }
    };
    let developer = developer
        .as_ref()
        .map(|(file, content, passphrase)| Developer {
            file,
            content,
            passphrase: passphrase.as_ref().map(|it| it.as_str()),
        });
    let report = checks::verify(&Question {
        package: &package,
        authorities: &authorities,
        developer,
        now: SystemTime::now(),
    });
    show(&report)?;
    Ok(if report.is_sound() {
        Outcome::Sound
    } else {
        Outcome::Unsound
    })
}

/// The CAs in a file, which may have several.
fn trusted(path: &Path) -> Result<Vec<Authority>, Failure> {
    let certificates = Certificate::read_all(&read_pem(path)?);
    let certificates = certificates.map_err(|error| refused(path, &error, None))?;
    let file = path.display().to_string();
    Ok(certificates
        .into_iter()
        .map(|certificate| Authority {
            file: file.clone(),
            certificate,
        })
        .collect())
}

fn is_locked(content: &[u8]) -> bool {
    PrivateKey::read(content, None).is_err_and(|error| error == KeyError::PassphraseNeeded)
}

fn show(report: &Report) -> std::io::Result<()> {
    let mut out = anstream::stdout().lock();
    for check in &report.checks {
        let (style, mark, lead) = match check.outcome {
            checks::Outcome::Passed => (PASSED, '✔', ""),
            checks::Outcome::Failed => (FAILED, '✘', ""),
            checks::Outcome::Open => (OPEN, '?', "not checked: "),
        };
        let (about, text) = (check.about, &check.text);
        writeln!(out, "{style}{mark}{style:#} {about:WIDTH$} {lead}{text}")?;
        if let Some(help) = check.help {
            writeln!(out, "  {:WIDTH$} {HELP}help{HELP:#}: {help}", "")?;
        }
    }
    writeln!(out, "{WHERE}")
}
