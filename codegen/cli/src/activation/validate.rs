//! `extyped activation --validate`.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use extyped_activation::{Checked, Side};
use extyped_manifest::contract::Contract;
use extyped_manifest::diagnostic::Report;
use extyped_manifest::source::{SourceFile, Span};
use extyped_manifest::suggest;
use extyped_manifest::yaml::{self, Node, Tree};
use serde_json::{Map, Value};

use super::file::{self, ActivationFile};
use super::{forms, no_form};
use crate::Outcome;
use crate::args::ActivationArgs;
use crate::failure::Failure;

const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const WARNING: Style = AnsiColor::BrightYellow.on_default().bold();
const GOOD: Style = AnsiColor::BrightGreen.on_default().bold();

/// What is wrong with an activation, in the order it is told.
#[derive(Debug, Default)]
pub(crate) struct Judgment {
    /// What the extension refuses: path, and what is wrong there.
    pub(crate) refused: Vec<(String, String)>,
    /// What it takes all the same.
    pub(crate) doubted: Vec<(String, String)>,
}

pub(super) fn run(
    args: &ActivationArgs,
    path: &Path,
    contract: &Contract,
) -> Result<Outcome, Failure> {
    let file = file::read(Some(path), args.secrets.as_deref())?;
    if contract.activation.schemas.is_empty() {
        return Err(no_form(contract, &args.path.display().to_string()));
    }
    let judgment = judge(contract, &file.fields);
    print(&mut anstream::stdout().lock(), &file, &judgment)?;
    Ok(if judgment.refused.is_empty() {
        Outcome::Sound
    } else {
        Outcome::Unsound
    })
}

/// Holds an activation against the schemas and the feature sets of a manifest.
pub(crate) fn judge(contract: &Contract, fields: &Map<String, Value>) -> Judgment {
    let mut judgment = Judgment::default();
    let forms = forms::of(&contract.activation);
    // Without a schema there is nothing to hold it against.
    let sides: &[Side] = if forms.is_empty() { &[] } else { &Side::ALL };
    let given = |side: &Side| fields.get(side.field()).filter(|value| !value.is_null());
    let mut is_any = false;
    for &side in sides {
        let Some(configuration) = given(&side) else {
            continue;
        };
        is_any = true;
        let Some((_, schema)) = forms.iter().find(|(form, _)| *form == side) else {
            let told = "is no side that the manifest activates".to_owned();
            judgment.refused.push((side.field().to_owned(), told));
            continue;
        };
        let Checked {
            violations,
            unknown,
            ..
        } = schema.check(side, configuration);
        let told = violations.into_iter().map(|violation| {
            let told = format!("{} [{}]", violation.told(), violation.rule);
            (violation.path, told)
        });
        judgment.refused.extend(told);
        let told = "is no field of the schema".to_owned();
        let unknown = unknown.into_keys().map(|path| (path, told.clone()));
        judgment.doubted.extend(unknown);
    }
    if !is_any && !forms.is_empty() {
        let told = "holds neither `pythonRemote` nor `pythonLocal`".to_owned();
        judgment.refused.push((String::new(), told));
    }
    feature_sets(contract, fields, &mut judgment);
    judgment
}

/// What the activation names and the manifest lacks, and the reverse.
fn feature_sets(contract: &Contract, fields: &Map<String, Value>, judgment: &mut Judgment) {
    let names = match fields.get("featureSets") {
        None | Some(Value::Null) => return,
        Some(names) => names,
    };
    let path = "featureSets".to_owned();
    let texts = |names: &Vec<Value>| {
        let names = names.iter().map(|name| name.as_str().map(str::to_owned));
        names.collect::<Option<Vec<String>>>()
    };
    let Some(on) = names.as_array().and_then(texts) else {
        let told = "is no list of names".to_owned();
        judgment.refused.push((path, told));
        return;
    };
    let known = || {
        let sets = contract.feature_sets.iter();
        sets.map(|set| set.name.as_str())
            .filter(|name| *name != "default")
    };
    for name in on.iter().filter(|name| *name != "default") {
        if known().all(|known| known != name) {
            let near = match suggest::closest(name, known()) {
                Some(near) => format!("; did you mean `{near}`?"),
                None => String::new(),
            };
            let told = format!("names `{name}`, which the manifest does not have{near}");
            judgment.doubted.push((path.clone(), told));
        }
    }
    let off: Vec<String> = known()
        .filter(|name| on.iter().all(|on| on != name))
        .map(|name| format!("`{name}`"))
        .collect();
    if !off.is_empty() {
        let told = format!("leaves {} off, whose metrics are not sent", off.join(", "));
        judgment.doubted.push((path, told));
    }
}

fn print(out: &mut impl Write, file: &ActivationFile, judgment: &Judgment) -> io::Result<()> {
    let source = SourceFile::new(file.shown.as_str(), file.written.as_str());
    // Placeholders outside of texts are no JSON; the paths have to do then.
    let tree = yaml::parse_json(&source, &mut Report::default());
    let mut line = |style: Style, word: &str, (path, told): &(String, String)| {
        let place = place(&source, tree.as_ref(), path);
        let space = if path.is_empty() { "" } else { " " };
        writeln!(out, "{style}{word}{style:#}: {place}: {path}{space}{told}")
    };
    for refused in &judgment.refused {
        line(ERROR, "error", refused)?;
    }
    for doubted in &judgment.doubted {
        line(WARNING, "warning", doubted)?;
    }
    if judgment.refused.is_empty() {
        writeln!(out, "{}: {GOOD}the extension takes it{GOOD:#}", file.shown)?;
    }
    Ok(())
}

/// File, line and column of a path; of what is not there, of what it would be
/// in.
fn place(source: &SourceFile, tree: Option<&Tree>, path: &str) -> String {
    let Some(tree) = tree else {
        return source.name().to_owned();
    };
    let position = source.position(span(tree.root(), path).start);
    format!("{}:{}:{}", source.name(), position.line, position.column)
}

fn span(root: Node<'_>, path: &str) -> Span {
    let mut node = root;
    let mut span = root.span();
    for part in path.split(['.', '[']) {
        let next = match part.strip_suffix(']') {
            Some(index) => index
                .parse()
                .ok()
                .and_then(|index: usize| node.items().nth(index))
                .map(|item| (item.span(), item)),
            None => node
                .entries()
                .find(|entry| entry.name() == part)
                .map(|entry| (entry.key.span(), entry.value)),
        };
        let Some((at, value)) = next else {
            break;
        };
        (span, node) = (at, value);
    }
    span
}
