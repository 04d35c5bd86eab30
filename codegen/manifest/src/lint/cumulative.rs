//! `EXT033`: a gauge whose words say that it only ever grows.

use super::{Subject, rename, words};
use crate::codes;
use crate::contract::Kind;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::Text;
use crate::resolve::{COUNT_SUFFIX, KindFrom, Metric};

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    for metric in &subject.meaning.metrics {
        let decided = matches!(metric.kind_from, KindFrom::Option);
        if metric.kind == Kind::Count || decided || metric.key.ends_with(COUNT_SUFFIX) {
            continue;
        }
        if let Some((text, phrase)) = cumulative_words(metric) {
            report.push(finding(subject, metric, text, phrase));
        }
    }
}

/// The text that says it, and how.
fn cumulative_words<'t>(metric: &Metric<'_, 't>) -> Option<(Text<'t>, &'static str)> {
    let metadata = &metric.entry?.metadata;
    let unit = metadata.unit.map(Text::as_str);
    [metadata.display_name, metadata.description]
        .into_iter()
        .flatten()
        .find_map(|text| Some((text, words::cumulative(&text, unit)?)))
}

fn finding(
    subject: &Subject<'_, '_, '_>,
    metric: &Metric<'_, '_>,
    text: Text<'_>,
    phrase: &str,
) -> Diagnostic {
    let key = &metric.key;
    let suffixed = format!("{key}{COUNT_SUFFIX}");
    let finding = Diagnostic::new(
        &codes::CUMULATIVE_GAUGE,
        metric.place.span(),
        format!("`{key}` is a gauge, but its words say that it only ever grows"),
    )
    .label("a gauge, for its key has no `.count`")
    .related(text.span(), format!("says {phrase}"));
    if let KindFrom::Declared(kind) = metric.kind_from {
        return finding
            .related(kind.span(), "declared as a gauge")
            .help(format!(
                "if it is a running total, declare it as `type: count` and name it `{suffixed}`"
            ));
    }
    rename::mend(
        subject,
        finding.help(format!(
            "if it is a running total, rename it to `{suffixed}` and report it as \
             `Cumulative(n)`; if not, say so in its description or set the option `kinds`"
        )),
        format!("rename `{key}` to `{suffixed}` everywhere"),
        (key, &suffixed),
    )
}
