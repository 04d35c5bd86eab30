//! Fields of groups, subgroups and metrics that belong to another data source,
//! and those that they cannot do without.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::model::catalog::shape::{self, GCP_OPTIONS, JDBC};
use crate::model::{SourceLevel, anchor};
use crate::source::Span;
use crate::yaml::{Node, NodeKind};

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let sources = &subject.manifest.sources;
    for level in &sources.levels {
        if Family::of(level.source).is_some() {
            foreign(level, report);
            required(level, report);
        }
        for metric in items(level.node, "metrics") {
            if let Some(options) = metric.get("gcpOptions") {
                shape::check(subject.source, options, "`gcpOptions`", GCP_OPTIONS, report);
            }
        }
    }
    let jdbc = subject.manifest.root.get("jdbc");
    if let Some(jdbc) = jdbc.filter(|jdbc| jdbc.kind() == NodeKind::Mapping) {
        shape::check(subject.source, jdbc, "`jdbc`", JDBC, report);
    }
}

fn items<'t>(node: Node<'t>, list: &str) -> impl Iterator<Item = Node<'t>> {
    node.get(list).into_iter().flat_map(Node::items)
}

/// Data sources whose groups have the same fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Gcp,
    Jmx,
    Prometheus,
    Snmp,
    SnmpTraps,
    Sql,
    Wmi,
}

impl Family {
    /// None for a data source that this version does not know.
    pub(super) fn of(source: &str) -> Option<Self> {
        Some(match source {
            "gcp" => Family::Gcp,
            "jmx" => Family::Jmx,
            "prometheus" => Family::Prometheus,
            "snmp" => Family::Snmp,
            "snmptraps" => Family::SnmpTraps,
            "wmi" => Family::Wmi,
            "jdbc" => Family::Sql,
            source if source.starts_with("sql") => Family::Sql,
            _ => return None,
        })
    }

    /// Whether its groups have queries.
    pub(super) fn asks(self) -> bool {
        matches!(self, Family::Jmx | Family::Sql | Family::Wmi)
    }
}

/// Fields of groups that not all data sources have.
const PARTICULAR: [(&str, &[Family]); 11] = [
    ("attributes", &[Family::Sql]),
    ("gcpMonitoringFilter", &[Family::Gcp]),
    ("ingest", &[Family::Sql]),
    ("query", &[Family::Jmx, Family::Sql, Family::Wmi]),
    ("queryFilters", &[Family::Jmx]),
    ("schedule", &[Family::Sql]),
    ("service", &[Family::Gcp]),
    ("table", &[Family::Snmp]),
    ("timeout", &[Family::Sql]),
    ("type", &[Family::Wmi]),
    ("wmiNamespace", &[Family::Wmi]),
];

fn foreign(level: &SourceLevel<'_>, report: &mut Report) {
    let family = Family::of(level.source);
    for entry in level.node.entries() {
        let particular = PARTICULAR.iter().find(|(name, _)| *name == entry.name());
        let Some((name, owners)) = particular else {
            continue;
        };
        if family.is_some_and(|family| owners.contains(&family)) {
            continue;
        }
        let name = *name;
        report.push(
            Diagnostic::new(
                &codes::UNKNOWN_FIELD,
                entry.key.span(),
                format!(
                    "{} of `{}` has no field `{name}`",
                    what(level),
                    level.source
                ),
            )
            .label("a field of other data sources")
            .help("the platform ignores or refuses it; remove it"),
        );
    }
}

fn what(level: &SourceLevel<'_>) -> &'static str {
    if level.is_subgroup {
        "a subgroup"
    } else {
        "a group"
    }
}

fn required(level: &SourceLevel<'_>, report: &mut Report) {
    let name = match Family::of(level.source) {
        Some(Family::Gcp) => "service",
        // Subgroups of JMX are told apart by their queries.
        Some(Family::Jmx) if level.is_subgroup => "query",
        _ if level.is_subgroup => "subgroup",
        _ => "group",
    };
    if !level.is_subgroup || name != "service" {
        need(level.node, level.place, what(level), name, report);
    }
    for dimension in items(level.node, "dimensions") {
        need(dimension, anchor(dimension), "a dimension", "value", report);
    }
    for attribute in items(level.node, "attributes") {
        need(
            attribute,
            anchor(attribute),
            "an attribute",
            "value",
            report,
        );
    }
    for metric in items(level.node, "metrics") {
        need(metric, anchor(metric), "a metric", "value", report);
        for dimension in items(metric, "dimensions") {
            need(dimension, anchor(dimension), "a dimension", "value", report);
        }
    }
    for filter in items(level.node, "queryFilters") {
        need(
            filter,
            anchor(filter),
            "a filter of a query",
            "field",
            report,
        );
        need(
            filter,
            anchor(filter),
            "a filter of a query",
            "filter",
            report,
        );
    }
}

/// Reports a field that is missing. What exactly the platform refuses of data
/// sources is not published, so none of these is an error.
fn need(node: Node<'_>, place: Span, what: &str, field: &str, report: &mut Report) {
    if node.kind() != NodeKind::Mapping || node.get(field).is_some() {
        return;
    }
    report.push(
        Diagnostic::new(
            &codes::MISSING_FIELD,
            place,
            format!("{what} of a data source has no `{field}`"),
        )
        .severity(Severity::Warning)
        .label(format!("`{field}` is missing"))
        .help(format!("add `{field}:` with its value")),
    );
}
