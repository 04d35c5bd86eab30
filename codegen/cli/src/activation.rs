//! `extyped activation`: a configuration for development, or what is wrong with
//! one.

pub(crate) mod file;
pub(crate) mod forms;
mod sample;
pub(crate) mod validate;

use extyped_manifest::beside::Folder;
use extyped_manifest::contract::{Contract, Overrides};
use extyped_manifest::diagnostic::Severity;
use extyped_manifest::source::SourceFile;

use crate::args::ActivationArgs;
use crate::failure::Failure;
use crate::{Outcome, files, human};

pub(crate) fn run(args: &ActivationArgs) -> Result<Outcome, Failure> {
    let path = files::manifest(&args.path)?;
    let source = match SourceFile::read(&path) {
        Ok(source) => source,
        Err(unreadable) => {
            let mut stderr = anstream::stderr().lock();
            human::findings(&mut stderr, &unreadable.source, [&unreadable.diagnostic])?;
            return Ok(Outcome::Failed);
        }
    };
    let checked = extyped_manifest::check(&source, &Overrides::default(), &Folder::of(&path));
    let mut has_errors = false;
    for companion in checked.companions {
        let companion = companion.beside(source.name());
        let findings = companion.report.diagnostics().iter();
        let errors = findings.filter(|finding| finding.severity == Severity::Error);
        human::findings(&mut anstream::stderr().lock(), &companion.source, errors)?;
        has_errors |= companion.report.has_errors();
    }
    if has_errors {
        return Ok(Outcome::Unsound);
    }
    let contract = checked.contract;
    match &args.validate {
        Some(file) => validate::run(args, file, &contract),
        None => sample::run(args, &contract, source.name()),
    }
}

/// Why there is no form to fill in.
fn no_form(contract: &Contract, manifest: &str) -> Failure {
    let help = if contract.activation.has_code {
        "name one under `python.activation.remote.path`, `local.path` or both: \
         `extyped explain no-activation` shows how"
    } else {
        "only the extensions of `python`, which have code of their own, have one; the others \
         are configured by `vars` and the fields of their data source"
    };
    Failure::new(format!(
        "{manifest} has no activation schema that can be read"
    ))
    .help(help)
}
