//! `extyped config apply`: monitoring configurations, and what became of each.

use std::io::{self, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use extyped_manifest::beside::Folder;
use extyped_manifest::contract::{Contract, Overrides};
use extyped_manifest::source::SourceFile;
use serde_json::{Value, json};
use ureq::http::Method;

use super::answer::{Answer, Refusal, Violation, one_line};
use super::args::{ApplyArgs, ConfigArgs, ConfigVerb};
use super::client::{Call, Client};
use super::endpoints::{Api, Purpose};
use super::monitoring::{Configurations, Element};
use super::say;
use crate::activation::validate::judge;
use crate::extension::identity;
use crate::failure::Failure;
use crate::{Outcome, files};

const TIMEOUT: Duration = Duration::from_secs(30);

const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const WARNING: Style = AnsiColor::BrightYellow.on_default().bold();
const GOOD: Style = AnsiColor::BrightGreen.on_default().bold();

/// What became of a configuration.
enum Fate {
    Created(String),
    Replaced,
    Refused(u64, Refusal),
    /// The tenant said nothing of it.
    Untold,
}

pub(crate) fn run(args: &ConfigArgs) -> Result<Outcome, Failure> {
    let ConfigVerb::Apply(args) = &args.verb;
    apply(args)
}

fn apply(args: &ApplyArgs) -> Result<Outcome, Failure> {
    args.tenant.refuse_token()?;
    let configurations = Configurations::read(&args.file, args.secrets.as_deref())?;
    for remark in &configurations.remarks {
        say(&format!(
            "{WARNING}warning{WARNING:#}: {}",
            one_line(remark)
        ));
    }
    let manifest = manifest(args)?;
    let extension = match (&args.extension, &manifest) {
        (Some(name), _) => name.clone(),
        (None, Some(manifest)) => manifest.name.clone(),
        (None, None) => {
            return Err(Failure::new("it is not known which extension to configure").help(
                "run it where the manifest is, name that with --manifest, or the extension with \
                 --extension",
            ));
        }
    };
    if let Some(manifest) = manifest.filter(|it| it.name == extension && !args.no_check) {
        let mut out = anstream::stdout().lock();
        if !check(&manifest.contract, &configurations, &mut out)? {
            writeln!(out, "nothing was sent; --no-check sends it all the same")?;
            return Ok(Outcome::Unsound);
        }
    }
    let mut client = Client::open(&args.tenant, TIMEOUT)?;
    client.conceal(configurations.secrets.iter().cloned());
    send(&client, &extension, &configurations)
}

/// What the manifest says of the extension.
struct Manifest {
    name: String,
    contract: Contract,
}

/// The manifest beside; none is needed where the extension is named.
fn manifest(args: &ApplyArgs) -> Result<Option<Manifest>, Failure> {
    let Ok(path) = files::manifest(&args.manifest) else {
        return Ok(None);
    };
    let Ok(source) = SourceFile::read(&path) else {
        return if args.extension.is_some() {
            Ok(None)
        } else {
            Err(Failure::new(format!("{} cannot be read", path.display())))
        };
    };
    let name = match identity(&source) {
        Ok((name, _)) => name,
        Err(_) if args.extension.is_some() => return Ok(None),
        Err(failure) => return Err(failure),
    };
    let checked = extyped_manifest::check(&source, &Overrides::default(), &Folder::of(&path));
    Ok(Some(Manifest {
        name,
        contract: checked.contract,
    }))
}

/// Holds all of them against the activation schema; whether they may be sent.
fn check(
    contract: &Contract,
    configurations: &Configurations,
    out: &mut impl Write,
) -> io::Result<bool> {
    let mut is_sound = true;
    for (index, element) in configurations.elements.iter().enumerate() {
        let judgment = judge(contract, &element.value);
        let refused = judgment.refused.iter().map(|it| (ERROR, "error", it));
        let doubted = judgment.doubted.iter().map(|it| (WARNING, "warning", it));
        for (style, word, (path, told)) in refused.chain(doubted) {
            let place = configurations.place(
                Some(index),
                &Violation {
                    path: path.clone(),
                    ..Violation::default()
                },
            );
            let space = if path.is_empty() { "" } else { " " };
            writeln!(out, "{style}{word}{style:#}: {place}: {path}{space}{told}")?;
        }
        is_sound &= judgment.refused.is_empty();
    }
    Ok(is_sound)
}

fn send(
    client: &Client,
    extension: &str,
    configurations: &Configurations,
) -> Result<Outcome, Failure> {
    let mut out = anstream::stdout().lock();
    let mut outcome = Outcome::Sound;
    for batch in batches(client.tenant.api, &configurations.elements) {
        // What follows a request that failed would fail as well.
        let answer = client.send(&Call {
            method: batch.method.clone(),
            url: match &batch.id {
                Some(id) => client.tenant.configuration(extension, id),
                None => client.tenant.configurations(extension),
            },
            content: Some(("application/json", batch.body.as_bytes())),
            // The same value again changes nothing; another one is one more.
            repeatable: batch.id.is_some(),
        });
        let fates = answer.and_then(|answer| fates(client, &answer, &batch));
        let fates = match fates {
            Ok(fates) => fates,
            Err(failure) => {
                let first = batch.indexes.first().copied().unwrap_or_default();
                let last = configurations.elements.len().saturating_sub(1);
                if first > 0 {
                    say(&format!("not sent or not told of: [{first}] to [{last}]"));
                }
                return Err(failure);
            }
        };
        for (index, fate) in batch.indexes.iter().zip(fates) {
            outcome = outcome.max(tell(&mut out, configurations, *index, &fate)?);
        }
    }
    if outcome == Outcome::Sound {
        let count = configurations.elements.len();
        let plural = if count == 1 { "" } else { "s" };
        let shown = configurations.shown();
        let tenant = client.tenant.shown();
        writeln!(
            out,
            "{shown}: {GOOD}{tenant} has taken {count} configuration{plural}{GOOD:#} of {extension}"
        )?;
    }
    Ok(outcome)
}

/// A request, and the elements that are in it.
struct Batch {
    indexes: Vec<usize>,
    method: Method,
    id: Option<String>,
    body: String,
}

/// The requests for the elements, in their order. The classic API makes any
/// number of configurations at once, the platform one; each replaces one.
fn batches(api: Api, elements: &[Element]) -> Vec<Batch> {
    let created = |element: &Element| {
        let scope = element.scope.as_deref().unwrap_or_default();
        json!({"scope": scope, "value": element.value})
    };
    let mut batches = Vec::new();
    let mut together: Vec<(usize, Value)> = Vec::new();
    let all = |together: &mut Vec<(usize, Value)>| {
        let (indexes, values): (Vec<usize>, Vec<Value>) = together.drain(..).unzip();
        (!indexes.is_empty()).then(|| Batch {
            indexes,
            method: Method::POST,
            id: None,
            body: Value::Array(values).to_string(),
        })
    };
    for (index, element) in elements.iter().enumerate() {
        match (&element.id, api) {
            (Some(id), _) => {
                // Those before it first: so is the order of the file kept.
                batches.extend(all(&mut together));
                batches.push(Batch {
                    indexes: vec![index],
                    method: Method::PUT,
                    id: Some(id.clone()),
                    body: json!({"value": element.value}).to_string(),
                });
            }
            (None, Api::Classic) => together.push((index, created(element))),
            (None, Api::Platform) => batches.push(Batch {
                indexes: vec![index],
                method: Method::POST,
                id: None,
                body: created(element).to_string(),
            }),
        }
    }
    batches.extend(all(&mut together));
    batches
}

/// What an answer says of each element of a request.
fn fates(client: &Client, answer: &Answer, batch: &Batch) -> Result<Vec<Fate>, Failure> {
    // Where the tenant judged each by itself: 207, or a status that holds for
    // all of them.
    if let Some(Value::Array(items)) = answer.json()
        && matches!(answer.status, 200..=299 | 400 | 404 | 422)
    {
        let mut items = items.iter();
        let told = batch.indexes.iter();
        return Ok(told
            .map(|_| items.next().map_or(Fate::Untold, fate))
            .collect());
    }
    if answer.is_success() {
        let fate = match (&batch.id, answer.json()) {
            (Some(_), _) => Fate::Replaced,
            (None, Some(item)) => fate(item),
            (None, None) => Fate::Untold,
        };
        return Ok(vec![fate]);
    }
    // The request as a whole: none was taken, each may be at fault.
    let refusal = answer
        .refusal()
        .filter(|_| matches!(answer.status, 400 | 422));
    let refusal = refusal.ok_or_else(|| client.failure(answer, Purpose::Configure))?;
    let status = u64::from(answer.status);
    let shares = shares(&refusal, batch.indexes.len()).into_iter();
    Ok(shares.map(|share| Fate::Refused(status, share)).collect())
}

/// A refusal of a request as one of each element: a violation of the second one
/// is under `[1]`, and one that names no element is told once.
fn shares(refusal: &Refusal, count: usize) -> Vec<Refusal> {
    let mut shares: Vec<Refusal> = (0..count)
        .map(|_| Refusal {
            violations: Vec::new(),
            ..refusal.clone()
        })
        .collect();
    for violation in &refusal.violations {
        let bare = violation.path.trim_start_matches(['$', '#', '/', '[', '.']);
        let end = bare.find(|c: char| !c.is_ascii_digit());
        let (index, rest) = bare.split_at(end.unwrap_or(bare.len()));
        let named = index.parse::<usize>().ok().filter(|index| *index < count);
        let path = match named {
            Some(_) => rest.trim_start_matches([']', '.', '/']).to_owned(),
            None => violation.path.clone(),
        };
        if let Some(share) = shares.get_mut(named.unwrap_or_default()) {
            share.violations.push(Violation {
                path,
                ..violation.clone()
            });
        }
    }
    shares
}

/// What an item of an answer says.
fn fate(item: &Value) -> Fate {
    let code = item.get("code").and_then(Value::as_u64);
    let refusal = item.get("error").and_then(Refusal::read);
    let id = item.get("objectId").and_then(Value::as_str);
    match (code, refusal, id) {
        (_, Some(refusal), _) => {
            let code = refusal.code.or(code).unwrap_or_default();
            Fate::Refused(code, refusal)
        }
        (Some(code), None, _) if code >= 300 => {
            Fate::Refused(code, Refusal::read(item).unwrap_or_default())
        }
        (_, None, Some(id)) => Fate::Created(id.to_owned()),
        (_, None, None) => Fate::Untold,
    }
}

fn tell(
    out: &mut impl Write,
    configurations: &Configurations,
    index: usize,
    fate: &Fate,
) -> io::Result<Outcome> {
    let element = configurations.elements.get(index);
    let scope = element.and_then(|it| it.scope.as_deref());
    let id = element.and_then(|it| it.id.as_deref());
    let whom = one_line(scope.or(id).unwrap_or_default());
    match fate {
        Fate::Created(id) => {
            writeln!(
                out,
                "[{index}] {whom}: {GOOD}created{GOOD:#} as {}",
                one_line(id)
            )?;
            return Ok(Outcome::Sound);
        }
        Fate::Replaced => {
            let id = one_line(id.unwrap_or_default());
            writeln!(out, "[{index}] {whom}: {GOOD}replaced{GOOD:#} {id}")?;
            return Ok(Outcome::Sound);
        }
        Fate::Untold => {
            writeln!(
                out,
                "[{index}] {whom}: {ERROR}unknown{ERROR:#}: the tenant does not say what became of it"
            )?;
        }
        Fate::Refused(code, refusal) => {
            let message = match one_line(&refusal.message) {
                message if message.is_empty() => "the tenant does not say why".to_owned(),
                message => message,
            };
            writeln!(
                out,
                "[{index}] {whom}: {ERROR}refused{ERROR:#} ({code}): {message}"
            )?;
            for violation in &refusal.violations {
                let place = configurations.place(Some(index), violation);
                let path = match violation.path.as_str() {
                    "" => String::new(),
                    path => format!("{} ", one_line(path)),
                };
                writeln!(out, "    {place}: {path}{}", one_line(&violation.message))?;
            }
        }
    }
    Ok(Outcome::Unsound)
}
