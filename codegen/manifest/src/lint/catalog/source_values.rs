//! `EXT107`: values of metrics and dimensions that a data source cannot give.

use super::{Subject, mend};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::fix;
use crate::model::{SourceLevel, SourceValue, Text};
use crate::suggest;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    for level in &subject.manifest.sources.levels {
        let Some(grammar) = Grammar::of(level.source) else {
            continue;
        };
        for &value in &level.values {
            if !value.text.is_template() {
                report.extend(check_value(subject, level, &grammar, value));
            }
        }
    }
}

/// Where the values of a data source come from: the words before the colon.
struct Grammar {
    metrics: &'static [&'static str],
    dimensions: &'static [&'static str],
    /// Whether the value of a metric may go without such a word.
    bare_metrics: bool,
}

impl Grammar {
    fn of(source: &str) -> Option<Self> {
        let (metrics, dimensions, bare_metrics): (&[_], &[_], _) = match source {
            "snmp" => (
                &["oid", "const"],
                &["oid", "const", "this", "var", "snmp"],
                false,
            ),
            "wmi" => (
                &["column", "const"],
                &["column", "const", "this", "var"],
                false,
            ),
            // A name without a word before it is that of a series.
            "prometheus" => (
                &["metric", "const"],
                &["label", "metric", "const", "this", "var"],
                true,
            ),
            "jmx" => (
                &["attribute", "const"],
                &["property", "attribute", "const", "this", "var"],
                false,
            ),
            "gcp" => (
                &["metric", "const"],
                &["label", "const", "this", "var"],
                true,
            ),
            source if source == "jdbc" || source.starts_with("sql") => {
                (&["col", "const"], &["col", "const", "this", "var"], false)
            }
            _ => return None,
        };
        Some(Grammar {
            metrics,
            dimensions,
            bare_metrics,
        })
    }

    fn known(&self, value: SourceValue<'_>) -> &'static [&'static str] {
        if value.of_metric {
            self.metrics
        } else {
            self.dimensions
        }
    }
}

/// Every word that some data source knows.
const ORIGINS: [&str; 11] = [
    "attribute",
    "col",
    "column",
    "const",
    "label",
    "metric",
    "oid",
    "property",
    "snmp",
    "this",
    "var",
];

/// What a value can be made of by a function, as in `$inetAddress(oid:1.3.6)`.
const FUNCTIONS: [&str; 4] = ["inetAddress", "networkFormat", "reference", "timestamp"];

fn check_value(
    subject: &Subject<'_, '_, '_>,
    level: &SourceLevel<'_>,
    grammar: &Grammar,
    value: SourceValue<'_>,
) -> Option<Diagnostic> {
    let text = value.text;
    let known = grammar.known(value);
    if let Some(call) = text.strip_prefix('$') {
        return check_function(subject, text, call);
    }
    let origin = text.split_once(':').filter(|(origin, _)| is_word(origin));
    let Some((origin, rest)) = origin else {
        let must_say = value.of_metric && !grammar.bare_metrics;
        return must_say.then(|| bare(subject, text, known));
    };
    if known.contains(&origin) {
        return None;
    }
    let finding = Diagnostic::new(
        &codes::SOURCE_VALUE,
        text.span(),
        format!(
            "{} of `{}` knows no values of the form `{origin}:…`",
            if value.of_metric {
                "a metric"
            } else {
                "a dimension"
            },
            level.source
        ),
    )
    .label("stays empty");
    let meant = match origin {
        "col" | "column" => known.iter().find(|known| known.starts_with("col")).copied(),
        "label" | "property" | "metric" | "attribute" if value.of_metric => {
            known.first().copied().filter(|first| *first != "oid")
        }
        _ if ORIGINS.contains(&origin) => None,
        // A text that merely has a colon in it stands for itself.
        _ => Some(suggest::closest(origin, known.iter().copied())?),
    };
    Some(match meant {
        Some(meant) => better(subject, finding, text, &format!("{meant}:{rest}")),
        None => finding.help(format!("values here start with `{}:`", known.join(":`, `"))),
    })
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic())
}

fn better(
    subject: &Subject<'_, '_, '_>,
    finding: Diagnostic,
    text: Text<'_>,
    better: &str,
) -> Diagnostic {
    let edit = fix::replace_scalar(subject.source, text.span(), better);
    mend(
        finding.help(format!("write `{better}`")),
        format!("write `{better}`"),
        vec![edit],
    )
}

/// A metric needs a number, and nothing says where from.
fn bare(subject: &Subject<'_, '_, '_>, text: Text<'_>, known: &[&str]) -> Diagnostic {
    let finding = Diagnostic::new(
        &codes::SOURCE_VALUE,
        text.span(),
        format!(
            "`{}` does not say where the metric gets its value",
            text.as_str()
        ),
    )
    .label("stays empty");
    let is_number = text.trim().parse::<f64>().is_ok();
    match known.first() {
        _ if is_number => better(subject, finding, text, &format!("const:{}", text.trim())),
        Some(first) => better(subject, finding, text, &format!("{first}:{}", text.trim())),
        None => finding,
    }
}

fn check_function(subject: &Subject<'_, '_, '_>, text: Text<'_>, call: &str) -> Option<Diagnostic> {
    let (name, rest) = call.split_once('(')?;
    if FUNCTIONS.contains(&name) {
        return None;
    }
    let close = suggest::closest(name, FUNCTIONS)?;
    let finding = Diagnostic::new(
        &codes::SOURCE_VALUE,
        text.span(),
        format!("there is no function `${name}`"),
    )
    .label("stays empty");
    Some(better(subject, finding, text, &format!("${close}({rest}")))
}
