//! `EXT080`: metrics that selectors and queries ask for under a name that
//! nothing stores.

use std::collections::{HashMap, HashSet};

use super::Subject;
use crate::codes;
use crate::contract::Kind;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::fix;
use crate::model::catalog::References;
use crate::model::{CALCULATED_PREFIX, DataSources};
use crate::resolve::COUNT_SUFFIX;
use crate::source::{SourceFile, Span};
use crate::suggest;

/// What the keys of the platform and of other sources start with.
const FOREIGN: [&str; 10] = [
    "apps.",
    "builtin:",
    "calc:",
    "cloud.",
    "dsfm:",
    "dt.",
    "ext:",
    "isfm:",
    "kubernetes.",
    "legacy.",
];

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let references = &subject.manifest.catalog.references;
    check_references(subject, subject.source, references, None, report);
}

/// What is known of metrics under the names that the ingest gives them.
struct Stored<'s> {
    /// Stored key → itself; key as written → stored key.
    names: HashMap<&'s str, String>,
    /// The stored keys, in order.
    sorted: Vec<String>,
    namespace: Namespace<'s>,
    sources: &'s DataSources<'s>,
    /// Whether pipelines may make metrics of their own.
    may_be_made: bool,
}

/// How many unknown keys are compared with all known ones: what is odd a hundred
/// times is no slip.
const COMPARED: usize = 100;

impl<'s> Stored<'s> {
    fn of(subject: &'s Subject<'_, '_, '_>) -> Self {
        let mut names = HashMap::new();
        for metric in &subject.meaning.metrics {
            let stored = if metric.kind == Kind::Gauge && metric.key.ends_with(COUNT_SUFFIX) {
                format!("{}.gauge", metric.key)
            } else {
                metric.key.clone()
            };
            names.insert(metric.written, stored.clone());
            names.insert(metric.key.as_str(), stored);
        }
        for entry in &subject.manifest.metrics {
            if entry.is_calculated() {
                names.insert(entry.key.as_str(), entry.key.to_string());
            }
        }
        let mut sorted: Vec<String> = names.values().cloned().collect();
        sorted.sort_unstable();
        Stored {
            names,
            sorted,
            namespace: Namespace::of(subject),
            sources: &subject.manifest.sources,
            may_be_made: subject.manifest.root.get("openpipeline").is_some(),
        }
    }

    /// Whether a histogram or a summary is stored under a name.
    fn is_series(&self, key: &str) -> bool {
        self.sources.has_series(key)
    }
}

/// Checks the metrics that texts refer to, of the manifest or of a file beside
/// it. `made` are those that pipelines make, as far as these are known.
pub(super) fn check_references(
    subject: &Subject<'_, '_, '_>,
    source: &SourceFile,
    references: &References<'_>,
    made: Option<&HashSet<String>>,
    report: &mut Report,
) {
    let mut stored = Stored::of(subject);
    stored.may_be_made &= made.is_none();
    // Without a data source, the extension shows what others report.
    let reports = subject.manifest.python.is_some() || !subject.manifest.sources.names.is_empty();
    if stored.names.is_empty() || !reports {
        return;
    }
    let mut seen: HashSet<(&str, Span)> = HashSet::new();
    let mut compared = 0;
    for reference in &references.metrics {
        let is_template = reference.place.is_template() || reference.key.contains(['$', '{']);
        // `"key".count` is the stored key of a count.
        let key = reference.key.replace('"', "");
        if is_template
            || FOREIGN.iter().any(|foreign| key.starts_with(foreign))
            || !key.contains('.')
            || made.is_some_and(|made| made.contains(&key))
            || stored.is_series(&key)
            || !seen.insert((reference.key, reference.place.span()))
        {
            continue;
        }
        let finding = match stored.names.get(key.as_str()) {
            Some(name) if *name == key || reference.in_query => continue,
            Some(name) => renamed(source, reference, &key, name),
            None => {
                compared += 1;
                unknown(source, &stored, reference, &key, compared <= COMPARED)
            }
        };
        report.push(finding);
    }
}

type Reference<'t> = crate::model::catalog::MetricReference<'t>;

/// The ingest stores the metric under another name.
fn renamed(source: &SourceFile, reference: &Reference<'_>, key: &str, name: &str) -> Diagnostic {
    let place = reference.place.span();
    let edits = fix::replace_within_scalar(source, place, key, name);
    super::mend(
        Diagnostic::new(
            &codes::UNKNOWN_METRIC,
            place,
            format!("`{key}` is stored as `{name}`, so this finds nothing"),
        )
        .label(format!("stored as `{name}`"))
        .help(format!("write `{name}`")),
        format!("write `{name}`"),
        edits,
    )
}

fn unknown(
    source: &SourceFile,
    stored: &Stored<'_>,
    reference: &Reference<'_>,
    key: &str,
    compare: bool,
) -> Diagnostic {
    let place = reference.place.span();
    let finding = Diagnostic::new(
        &codes::UNKNOWN_METRIC,
        place,
        format!("the manifest has no metric `{key}`"),
    )
    .label("finds nothing");
    // The same key with another suffix, with or without `func:`, or a slip.
    let calculated = format!("{CALCULATED_PREFIX}{key}");
    let suffixed = format!("{key}{COUNT_SUFFIX}");
    let variants = [
        Some(calculated.as_str()),
        key.strip_prefix(CALCULATED_PREFIX),
        Some(suffixed.as_str()),
        key.strip_suffix(COUNT_SUFFIX),
    ];
    let variant = variants
        .into_iter()
        .flatten()
        .find_map(|variant| stored.names.get(variant).map(String::as_str));
    let names = stored.sorted.iter().map(String::as_str);
    let near = || compare.then(|| suggest::closest(key, names)).flatten();
    if let Some(close) = variant.or_else(near) {
        let edits = fix::replace_within_scalar(source, place, key, close);
        // Only a variant of the very key is surely meant.
        let finding = finding.help(format!("did you mean `{close}`?"));
        return if variant.is_some() {
            super::mend(finding, format!("write `{close}`"), edits)
        } else {
            finding
        };
    }
    if stored.may_be_made {
        finding
            .severity(Severity::Hint)
            .label("made by a pipeline?")
            .help("if no pipeline makes it, describe it under `metrics`, or correct the key")
    } else if stored.namespace.has(key) {
        finding.help("describe the metric under `metrics`, or correct the key")
    } else {
        finding
            .severity(Severity::Hint)
            .label("reported by another extension?")
            .help("it finds something only where the extension that reports it is active")
    }
}

/// The sections that all keys of a manifest start with.
pub(super) struct Namespace<'s>(Vec<&'s str>);

impl<'s> Namespace<'s> {
    pub(super) fn of(subject: &'s Subject<'_, '_, '_>) -> Self {
        let mut keys = subject.meaning.metrics.iter().map(|metric| &metric.key);
        let Some(first) = keys.next() else {
            return Namespace(Vec::new());
        };
        let mut shared: Vec<&str> = first.split('.').collect();
        shared.pop();
        for key in keys {
            let same = shared.iter().zip(key.split('.'));
            let length = same.take_while(|(a, b)| **a == *b).count();
            shared.truncate(length);
        }
        Namespace(shared)
    }

    /// Whether a key, or the start of one, belongs to it. Nothing belongs to the
    /// empty one.
    pub(super) fn has(&self, text: &str) -> bool {
        let text = text.strip_prefix(CALCULATED_PREFIX).unwrap_or(text);
        let same = text
            .split('.')
            .zip(&self.0)
            .filter(|(a, b)| a == *b)
            .count();
        !self.0.is_empty() && same == self.0.len()
    }
}
