//! `extyped activation --sample`.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use extyped_activation::{Ordered, Sample, Side};
use extyped_manifest::contract::Contract;
use serde_json::{Value, json};

use super::{forms, no_form};
use crate::args::{ActivationArgs, SideArg};
use crate::failure::Failure;
use crate::{Outcome, files};

/// The feature set that is on without being named.
const DEFAULT_SET: &str = "default";

pub(crate) fn run(
    args: &ActivationArgs,
    contract: &Contract,
    manifest: &str,
) -> Result<Outcome, Failure> {
    let forms = forms::of(&contract.activation);
    let wanted = args.side.map(|side| match side {
        SideArg::Remote => Side::Remote,
        SideArg::Local => Side::Local,
    });
    let form = forms
        .iter()
        .find(|(side, _)| wanted.is_none_or(|wanted| wanted == *side));
    let Some((side, schema)) = form else {
        return Err(match wanted {
            Some(side) if !forms.is_empty() => {
                Failure::new(format!("{manifest} has no form for `{}`", side.field()))
                    .help("leave --side out to take the one that it has")
            }
            _ => no_form(contract, manifest),
        });
    };
    let Some(sample) = schema.sample(*side) else {
        return Err(no_form(contract, manifest));
    };
    let activation = files::join(&args.output, "activation.json");
    let secrets = files::join(&args.output, "secrets.json");
    let mut files = vec![(activation, pretty(&document(contract, *side, &sample))?)];
    if !sample.secrets.is_empty() {
        let named = sample.secrets.iter();
        let named = named.map(|(name, value)| (name.clone(), Ordered::Value(json!(value))));
        files.push((secrets, pretty(&Ordered::Object(named.collect()))?));
    }
    // Neither is written where one cannot be: half a sample is none.
    for (path, _) in &files {
        if path.exists() {
            return Err(Failure::new(format!("{} is there already", path.display()))
                .help("write the sample into another folder with -o, or remove the file"));
        }
    }
    for (path, text) in &files {
        write(path, text)?;
    }
    report(&files, &sample)?;
    Ok(Outcome::Sound)
}

/// The activation around the configuration, as development mode reads it.
fn document(contract: &Contract, side: Side, sample: &Sample) -> Ordered {
    let sets = contract.feature_sets.iter();
    let sets = sets.map(|set| set.name.as_str());
    let sets: Vec<Value> = sets
        .filter(|name| *name != DEFAULT_SET)
        .map(Value::from)
        .collect();
    let value = |value| Ordered::Value(value);
    Ordered::Object(vec![
        ("enabled".to_owned(), value(json!(true))),
        ("description".to_owned(), value(json!("development"))),
        ("version".to_owned(), value(json!(contract.version))),
        ("featureSets".to_owned(), value(Value::Array(sets))),
        (side.field().to_owned(), sample.configuration.clone()),
    ])
}

fn pretty(value: &Ordered) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|error| Failure::new(format!("the sample cannot be written as JSON: {error}")))
}

/// Writes a file that is not there yet.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |cause| Failure::new(format!("{} cannot be written", path.display())).cause(cause);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

fn report(files: &[(PathBuf, String)], sample: &Sample) -> io::Result<()> {
    let mut out = anstream::stderr().lock();
    for (path, _) in files {
        writeln!(out, "wrote {}", path.display())?;
    }
    if !sample.secrets.is_empty() {
        writeln!(
            out,
            "put the real secrets into secrets.json, and keep that file out of version control"
        )?;
    }
    for path in &sample.open {
        writeln!(
            out,
            "{path} is null: no value was found that its rules allow"
        )?;
    }
    Ok(())
}
