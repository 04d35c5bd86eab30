//! `EXT051`: declared dimensions that lack what an entity type needs.

use super::{Subject, enumerate, mend};
use crate::codes;
use crate::diagnostic::{Diagnostic, Edit, Report, Severity};
use crate::fix;
use crate::model::ConditionText;
use crate::resolve::{Match, Metric};
use crate::suggest;
use crate::topology::Condition;
use crate::yaml::Node;

/// Metrics whose lines an entity type wants and cannot use.
struct Gap<'g, 'm, 't> {
    /// The type, as one of the metrics meets it.
    wanted: &'g Match<'m, 't>,
    /// The dimensions that all of the metrics lack.
    missing: Vec<&'m str>,
    /// Whether no other type takes them either.
    attaches_nowhere: bool,
    metrics: Vec<&'g Metric<'m, 't>>,
}

/// How many metrics a finding points at.
const SHOWN: usize = 4;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    for gap in gaps(&subject.meaning.metrics) {
        report.push(finding(subject, &gap));
    }
}

fn gaps<'g, 'm, 't>(metrics: &'g [Metric<'m, 't>]) -> Vec<Gap<'g, 'm, 't>> {
    let mut gaps: Vec<Gap<'g, 'm, 't>> = Vec::new();
    for metric in metrics {
        let attaches_nowhere = !metric.matches.iter().any(|matched| metric.covers(matched));
        let wanted = metric
            .matches
            .iter()
            .filter(|matched| !matched.is_conditional || is_chosen(metric, matched));
        for wanted in wanted.filter(|matched| !metric.covers(matched)) {
            let missing = least_missing(metric, wanted);
            let same = |gap: &&mut Gap<'_, '_, '_>| {
                gap.wanted.index == wanted.index
                    && gap.missing == missing
                    && gap.attaches_nowhere == attaches_nowhere
            };
            match gaps.iter_mut().find(same) {
                Some(gap) => gap.metrics.push(metric),
                None => gaps.push(Gap {
                    wanted,
                    missing,
                    attaches_nowhere,
                    metrics: vec![metric],
                }),
            }
        }
    }
    gaps
}

/// Whether a rule that chooses its lines by their dimensions chooses those of a
/// metric that declares all of these: then the author means the type.
fn is_chosen(metric: &Metric<'_, '_>, matched: &Match<'_, '_>) -> bool {
    metric.declarations.iter().any(|declaration| {
        matched.rules.iter().any(|matched| {
            let mut required = matched.rule.required.iter();
            required.all(|required| declaration.has(&required.key))
        })
    })
}

/// What the declaration that comes closest lacks.
fn least_missing<'m>(metric: &Metric<'m, '_>, wanted: &Match<'m, '_>) -> Vec<&'m str> {
    metric
        .declarations
        .iter()
        .map(|declaration| wanted.missing(declaration))
        .min_by_key(Vec::len)
        .unwrap_or_default()
        .iter()
        .map(|mentioned| mentioned.key)
        .collect()
}

fn finding(subject: &Subject<'_, '_, '_>, gap: &Gap<'_, '_, '_>) -> Diagnostic {
    let entity = gap.wanted.entity.name.as_str();
    let missing = enumerate(&gap.missing);
    let metrics: Vec<&str> = gap.metrics.iter().map(|m| m.key.as_str()).collect();
    let metrics = enumerate(&metrics);
    let (verb, severity, label) = match (gap.metrics.len(), gap.attaches_nowhere) {
        (1, true) => ("does", Severity::Error, "attaches to no entity".to_owned()),
        (_, true) => ("do", Severity::Error, "attaches to no entity".to_owned()),
        (1, false) => ("does", Severity::Warning, format!("creates no `{entity}`")),
        (_, false) => ("do", Severity::Warning, format!("creates no `{entity}`")),
    };
    let first = gap.metrics.first().map(|metric| metric.place.span());
    let mut finding = Diagnostic::new(
        &codes::UNCOVERED_ENTITY,
        first,
        format!("`{entity}` needs {missing}, which {metrics} {verb} not declare"),
    )
    .severity(severity)
    .label(label);
    for metric in gap.metrics.iter().skip(1).take(SHOWN - 1) {
        finding = finding.related(metric.place.span(), "nor does this one");
    }
    if let Some(rule) = gap.wanted.rules.first() {
        finding = finding.related(rule.condition.text.span(), "this rule wants the metric");
    }
    if let Some((condition, narrow)) = missing_dot(subject, gap) {
        let text = condition.text.as_str();
        return finding
            .help(format!(
                "`{text}` catches more than its own metrics: end the prefix with a dot, `{narrow}`"
            ))
            .write_instead(subject.source, condition.text.span(), &narrow);
    }
    let never = !subject.meaning.metrics.iter().any(|metric| {
        let mut own = metric
            .matches
            .iter()
            .filter(|m| m.index == gap.wanted.index);
        own.any(|matched| metric.covers(matched))
    });
    let consequence = if never {
        format!("; as it is, no `{entity}` can ever appear")
    } else {
        String::new()
    };
    // Declaring a slip would only hide it.
    if let Some((slip, close)) = slip(gap) {
        return finding.help(format!(
            "did you mean `{close}`, which is declared? If the rule is right, declare \
             `{slip}` as well{consequence}"
        ));
    }
    let by_source = |metric: &&Metric<'_, '_>| {
        let mut declarations = metric.declarations.iter();
        declarations.any(|declaration| declaration.entry.is_none())
    };
    let place = if gap.metrics.iter().any(by_source) {
        "with the dimensions"
    } else {
        "in `metadata.dimensions`"
    };
    mend(
        finding.help(format!(
            "declare {missing} {place} of the metric, or keep the rule's condition from \
             matching it{consequence}"
        )),
        format!("declare {missing}"),
        declare(subject, gap),
    )
}

/// The only missing dimension and a declared one that is spelled alike, if the
/// type itself does not ask for that one too.
fn slip<'g>(gap: &'g Gap<'_, '_, '_>) -> Option<(&'g str, &'g str)> {
    let [missing] = gap.missing.as_slice() else {
        return None;
    };
    let asked = |key: &str| gap.wanted.need.iter().any(|need| need.key == key);
    let mut declared = Vec::new();
    for declaration in &gap.metrics.first()?.declarations {
        for named in &declaration.keys {
            if !asked(&named.key) {
                declared.push(named.key.as_str());
            }
        }
    }
    Some((missing, suggest::closest(missing, declared)?))
}

/// The condition with a dot at its end, if that dot is all that lets it catch
/// these metrics: they go on in the middle of a word, others after a dot.
fn missing_dot<'g>(
    subject: &Subject<'_, '_, '_>,
    gap: &'g Gap<'_, '_, '_>,
) -> Option<(&'g ConditionText<'g>, String)> {
    let [rule] = gap.wanted.rules.as_slice() else {
        return None;
    };
    let Condition::Prefix(prefix) = &rule.condition.condition else {
        return None;
    };
    let rest =
        |metric: &Metric<'_, '_>| Some(metric.key.strip_prefix(prefix.as_str())?.chars().next());
    let goes_on = |metric: &&Metric<'_, '_>| matches!(rest(metric), Some(Some(c)) if c != '.');
    let stays = |metric: &Metric<'_, '_>| rest(metric) == Some(Some('.'));
    let mends = !prefix.ends_with('.')
        && gap.metrics.iter().all(goes_on)
        && subject.meaning.metrics.iter().any(stays);
    mends.then(|| {
        (
            rule.condition,
            Condition::Prefix(format!("{prefix}.")).to_string(),
        )
    })
}

/// The edits that declare the missing dimensions. Where a data source declares
/// them only the author knows where their values come from.
fn declare(subject: &Subject<'_, '_, '_>, gap: &Gap<'_, '_, '_>) -> Vec<Edit> {
    let items: Vec<String> = gap
        .missing
        .iter()
        .map(|key| format!("key: {}", fix::scalar(key)))
        .collect();
    let mut edits = Vec::new();
    for metric in &gap.metrics {
        let list = list(metric).filter(|list| !is_shared(subject, gap, *list));
        let edit = list.and_then(|list| fix::insert_items(subject.source, list, &items));
        match edit {
            Some(edit) => edits.push(edit),
            None => return Vec::new(),
        }
    }
    // Metrics may share one list through an alias.
    fix::in_order(edits)
}

/// The list in which a metric declares its dimensions.
fn list<'t>(metric: &Metric<'_, 't>) -> Option<Node<'t>> {
    let declaration = metric.declarations.first()?;
    declaration.entry?.metadata.dimensions_node
}

/// Whether a list is, through an alias or a merge, also that of a metric that
/// the type does not ask for the dimensions. To grow it would ask them of that
/// metric too.
fn is_shared(subject: &Subject<'_, '_, '_>, gap: &Gap<'_, '_, '_>, of: Node<'_>) -> bool {
    subject.meaning.metrics.iter().any(|metric| {
        let is_asked = |m: &Match<'_, '_>| m.index == gap.wanted.index;
        let nodes = metric.declarations.iter().filter_map(|declaration| {
            let entry = declaration.entry?;
            entry.metadata.dimensions_node
        });
        !metric.matches.iter().any(is_asked)
            && nodes.into_iter().any(|node| node.span() == of.span())
    })
}
