//! `extyped upload`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use extyped_manifest::codes::Code;
use extyped_manifest::diagnostic::{Diagnostic, Report, Severity};
use extyped_manifest::render;
use extyped_manifest::source::SourceFile;
use extyped_manifest::yaml::{self, Node, Tree};
use serde_json::Value;
use ureq::http::Method;

use super::activate;
use super::answer::{Answer, Body, Refusal, Violation, one_line};
use super::args::UploadArgs;
use super::client::{Call, Client};
use super::endpoints::Purpose;
use super::package::Package;
use super::violations::{find, other_file};
use crate::failure::Failure;
use crate::{Outcome, human};

/// A package of 25 MB needs its time.
const TIMEOUT: Duration = Duration::from_mins(2);

const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const GOOD: Style = AnsiColor::BrightGreen.on_default().bold();

/// What a tenant says is no check of ours: there is nothing to explain, and
/// nothing to switch off.
static REFUSED: Code = Code {
    id: "",
    name: "tenant",
    severity: Severity::Error,
    explanation: "",
};

pub(crate) fn run(args: &UploadArgs) -> Result<Outcome, Failure> {
    args.tenant.refuse_token()?;
    let package = Package::find(&args.path)?;
    let client = Client::open(&args.tenant, TIMEOUT)?;
    let answer = client.send(&Call {
        method: Method::POST,
        url: client.tenant.upload(args.validate_only),
        content: Some(("application/octet-stream", &package.bytes)),
        // Nothing is stored, so nothing can be stored twice.
        repeatable: args.validate_only,
    })?;
    if !answer.is_success() {
        return refused(&client, &answer, &package, args.validate_only);
    }
    let (name, version) = (&package.name, &package.version);
    let tenant = client.tenant.shown();
    let shown = &package.shown;
    let mut out = anstream::stdout().lock();
    if args.validate_only {
        writeln!(
            out,
            "{shown}: {GOOD}{tenant} would take it{GOOD:#} as {name} {version}"
        )?;
        return Ok(Outcome::Sound);
    }
    writeln!(
        out,
        "{shown}: {GOOD}{tenant} has taken it{GOOD:#} as {name} {version}"
    )?;
    if args.activate {
        return activate::run(&client, name, version, &mut out);
    }
    writeln!(out, "it is not active yet; --activate would make it so")?;
    Ok(Outcome::Sound)
}

/// Tells what the tenant has against the package, or why it cannot say.
fn refused(
    client: &Client,
    answer: &Answer,
    package: &Package,
    validate_only: bool,
) -> Result<Outcome, Failure> {
    let refusal = answer.refusal().filter(|refusal| match answer.status {
        400 | 422 => true,
        409 => refusal.is_duplicate(),
        // Some faults of an extension make the validation itself stumble.
        500.. => refusal.mentions("validation failed"),
        _ => false,
    });
    let Some(refusal) = refusal else {
        let failure = client.failure(answer, Purpose::Upload);
        let is_mute = answer.status == 500 && !validate_only && !matches!(answer.body, Body::Html);
        return Err(if is_mute {
            failure.help(
                "`extyped upload --validate-only` may say why: where the upload only fails, the \
                 validation tells the reason",
            )
        } else {
            failure
        });
    };
    print(&mut anstream::stdout().lock(), &refusal, package)?;
    Ok(Outcome::Unsound)
}

fn print(out: &mut impl Write, refusal: &Refusal, package: &Package) -> io::Result<()> {
    let manifest = &package.extension.source;
    let own = manifest.name();
    let mut violations = refusal.violations.clone();
    if violations.is_empty() {
        violations.push(Violation {
            message: refusal.message.clone(),
            ..Violation::default()
        });
    }
    let mut of_manifest = Vec::new();
    let mut of_others: BTreeMap<String, Vec<Violation>> = BTreeMap::new();
    for violation in violations {
        match other_file(&violation, own) {
            Some(file) => of_others.entry(file).or_default().push(violation),
            None => of_manifest.push(violation),
        }
    }
    let mut silent = Report::default();
    let tree = yaml::parse(manifest, &mut silent);
    let mut found = report(manifest, tree.as_ref(), &of_manifest, refusal);
    found.sort();
    human::findings(out, manifest, found.diagnostics())?;
    // Files are named from the folder of the manifest.
    let folder = own.strip_suffix("extension.yaml").unwrap_or_default();
    for (file, violations) in &of_others {
        let shown = format!("{folder}{file}");
        let source = package.extension.companion(file);
        let source = source
            .unwrap_or_else(|| SourceFile::new("", ""))
            .named(shown);
        let tree = yaml::parse_json(&source, &mut silent);
        let mut found = report(&source, tree.as_ref(), violations, refusal);
        found.sort();
        human::findings(out, &source, found.diagnostics())?;
    }
    let said = if refusal.violations.is_empty() {
        String::new()
    } else {
        format!(": {}", one_line(&refusal.message))
    };
    let shown = render::harmless(&package.shown);
    writeln!(out, "{shown}: {ERROR}the tenant refuses it{ERROR:#}{said}")
}

/// The violations as findings in a file.
fn report(
    source: &SourceFile,
    tree: Option<&Tree>,
    violations: &[Violation],
    refusal: &Refusal,
) -> Report {
    let root = tree.map(Tree::root);
    let mut report = Report::default();
    for violation in violations {
        let mut found = find(violation, source, root.as_slice());
        let is_duplicate = refusal.is_duplicate();
        if is_duplicate && found.span.is_none() {
            found.span = root.and_then(|root| root.get("version")).map(Node::span);
            found.is_exact = true;
        }
        let message = match violation.message.as_str() {
            "" => "the tenant refuses this and does not say why",
            message => message,
        };
        let place = match violation.path.as_str() {
            "" => violation.location.as_str(),
            path => path,
        };
        let mut diagnostic = Diagnostic::new(&REFUSED, found.span, message);
        if found.is_exact {
            diagnostic = diagnostic.label(place);
        } else if found.span.is_some() {
            let label = format!("the tenant names `{place}`, which is not there");
            diagnostic = diagnostic.label(label);
        } else if !place.is_empty() {
            diagnostic = diagnostic.help(format!("the tenant names `{place}` as the place"));
        }
        if let Some(help) = help(violation, is_duplicate) {
            diagnostic = diagnostic.help(help);
        }
        report.push(diagnostic);
    }
    report
}

/// What to do where the text of the tenant leaves that open.
fn help(violation: &Violation, is_duplicate: bool) -> Option<&'static str> {
    let text = violation.message.to_ascii_lowercase();
    if is_duplicate {
        return Some(
            "raise `version` in the manifest: what a tenant has once is not replaced \
             (`extyped diff` says by how much), or delete that version there first",
        );
    }
    let is_about_trust = ["signature", "certificate", "not signed"]
        .iter()
        .any(|word| text.contains(word));
    is_about_trust.then_some(
        "the certificate of the CA that signed it has to be in the credential vault of the \
         tenant: type Public certificate, scope Extension validation",
    )
}

/// The version that an answer tells.
pub(super) fn version_of(answer: &Answer) -> Option<&str> {
    answer.json()?.get("version").and_then(Value::as_str)
}
