//! `EXT112`: objects of SNMP that are used as what they are not. Of the objects
//! that every device has, no MIB is needed to know what they are.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::{SourceLevel, Text};
use crate::yaml::Node;

use Kind::{Counter, Gauge, Text as Words, Ticks};
use Place::{Column, Scalar};

/// What an object holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A number that only grows.
    Counter,
    /// Any other number.
    Gauge,
    /// A time, which grows until the device starts anew: either will do.
    Ticks,
    /// Something else than a number.
    Text,
}

/// Where an object stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It is there once.
    Scalar,
    /// It is there for each row of a table.
    Column,
}

type Object = (&'static str, &'static str, Kind, Place);

/// Of the system, interfaces, TCP, UDP, SNMP itself, and host resources.
#[rustfmt::skip]
const OBJECTS: [Object; 78] = [
    ("1.3.6.1.2.1.1.1", "sysDescr", Words, Scalar),
    ("1.3.6.1.2.1.1.2", "sysObjectID", Words, Scalar),
    ("1.3.6.1.2.1.1.3", "sysUpTime", Ticks, Scalar),
    ("1.3.6.1.2.1.1.4", "sysContact", Words, Scalar),
    ("1.3.6.1.2.1.1.5", "sysName", Words, Scalar),
    ("1.3.6.1.2.1.1.6", "sysLocation", Words, Scalar),
    ("1.3.6.1.2.1.1.7", "sysServices", Gauge, Scalar),
    ("1.3.6.1.2.1.2.1", "ifNumber", Gauge, Scalar),
    ("1.3.6.1.2.1.2.2.1.1", "ifIndex", Gauge, Column),
    ("1.3.6.1.2.1.2.2.1.2", "ifDescr", Words, Column),
    ("1.3.6.1.2.1.2.2.1.3", "ifType", Gauge, Column),
    ("1.3.6.1.2.1.2.2.1.4", "ifMtu", Gauge, Column),
    ("1.3.6.1.2.1.2.2.1.5", "ifSpeed", Gauge, Column),
    ("1.3.6.1.2.1.2.2.1.6", "ifPhysAddress", Words, Column),
    ("1.3.6.1.2.1.2.2.1.7", "ifAdminStatus", Gauge, Column),
    ("1.3.6.1.2.1.2.2.1.8", "ifOperStatus", Gauge, Column),
    ("1.3.6.1.2.1.2.2.1.9", "ifLastChange", Ticks, Column),
    ("1.3.6.1.2.1.2.2.1.10", "ifInOctets", Counter, Column),
    ("1.3.6.1.2.1.2.2.1.11", "ifInUcastPkts", Counter, Column),
    ("1.3.6.1.2.1.2.2.1.12", "ifInNUcastPkts", Counter, Column),
    ("1.3.6.1.2.1.2.2.1.13", "ifInDiscards", Counter, Column),
    ("1.3.6.1.2.1.2.2.1.14", "ifInErrors", Counter, Column),
    ("1.3.6.1.2.1.2.2.1.15", "ifInUnknownProtos", Counter, Column),
    ("1.3.6.1.2.1.2.2.1.16", "ifOutOctets", Counter, Column),
    ("1.3.6.1.2.1.2.2.1.17", "ifOutUcastPkts", Counter, Column),
    ("1.3.6.1.2.1.2.2.1.18", "ifOutNUcastPkts", Counter, Column),
    ("1.3.6.1.2.1.2.2.1.19", "ifOutDiscards", Counter, Column),
    ("1.3.6.1.2.1.2.2.1.20", "ifOutErrors", Counter, Column),
    ("1.3.6.1.2.1.2.2.1.21", "ifOutQLen", Gauge, Column),
    ("1.3.6.1.2.1.31.1.1.1.1", "ifName", Words, Column),
    ("1.3.6.1.2.1.31.1.1.1.2", "ifInMulticastPkts", Counter, Column),
    ("1.3.6.1.2.1.31.1.1.1.3", "ifInBroadcastPkts", Counter, Column),
    ("1.3.6.1.2.1.31.1.1.1.4", "ifOutMulticastPkts", Counter, Column),
    ("1.3.6.1.2.1.31.1.1.1.5", "ifOutBroadcastPkts", Counter, Column),
    ("1.3.6.1.2.1.31.1.1.1.6", "ifHCInOctets", Counter, Column),
    ("1.3.6.1.2.1.31.1.1.1.7", "ifHCInUcastPkts", Counter, Column),
    ("1.3.6.1.2.1.31.1.1.1.8", "ifHCInMulticastPkts", Counter, Column),
    ("1.3.6.1.2.1.31.1.1.1.9", "ifHCInBroadcastPkts", Counter, Column),
    ("1.3.6.1.2.1.31.1.1.1.10", "ifHCOutOctets", Counter, Column),
    ("1.3.6.1.2.1.31.1.1.1.11", "ifHCOutUcastPkts", Counter, Column),
    ("1.3.6.1.2.1.31.1.1.1.12", "ifHCOutMulticastPkts", Counter, Column),
    ("1.3.6.1.2.1.31.1.1.1.13", "ifHCOutBroadcastPkts", Counter, Column),
    ("1.3.6.1.2.1.31.1.1.1.15", "ifHighSpeed", Gauge, Column),
    ("1.3.6.1.2.1.31.1.1.1.18", "ifAlias", Words, Column),
    ("1.3.6.1.2.1.11.1", "snmpInPkts", Counter, Scalar),
    ("1.3.6.1.2.1.11.2", "snmpOutPkts", Counter, Scalar),
    ("1.3.6.1.2.1.11.3", "snmpInBadVersions", Counter, Scalar),
    ("1.3.6.1.2.1.11.4", "snmpInBadCommunityNames", Counter, Scalar),
    ("1.3.6.1.2.1.11.5", "snmpInBadCommunityUses", Counter, Scalar),
    ("1.3.6.1.2.1.11.6", "snmpInASNParseErrs", Counter, Scalar),
    ("1.3.6.1.2.1.11.31", "snmpSilentDrops", Counter, Scalar),
    ("1.3.6.1.2.1.11.32", "snmpProxyDrops", Counter, Scalar),
    ("1.3.6.1.2.1.6.5", "tcpActiveOpens", Counter, Scalar),
    ("1.3.6.1.2.1.6.6", "tcpPassiveOpens", Counter, Scalar),
    ("1.3.6.1.2.1.6.7", "tcpAttemptFails", Counter, Scalar),
    ("1.3.6.1.2.1.6.8", "tcpEstabResets", Counter, Scalar),
    ("1.3.6.1.2.1.6.9", "tcpCurrEstab", Gauge, Scalar),
    ("1.3.6.1.2.1.6.10", "tcpInSegs", Counter, Scalar),
    ("1.3.6.1.2.1.6.11", "tcpOutSegs", Counter, Scalar),
    ("1.3.6.1.2.1.6.12", "tcpRetransSegs", Counter, Scalar),
    ("1.3.6.1.2.1.6.14", "tcpInErrs", Counter, Scalar),
    ("1.3.6.1.2.1.6.15", "tcpOutRsts", Counter, Scalar),
    ("1.3.6.1.2.1.7.1", "udpInDatagrams", Counter, Scalar),
    ("1.3.6.1.2.1.7.2", "udpNoPorts", Counter, Scalar),
    ("1.3.6.1.2.1.7.3", "udpInErrors", Counter, Scalar),
    ("1.3.6.1.2.1.7.4", "udpOutDatagrams", Counter, Scalar),
    ("1.3.6.1.2.1.25.1.1", "hrSystemUptime", Ticks, Scalar),
    ("1.3.6.1.2.1.25.1.5", "hrSystemNumUsers", Gauge, Scalar),
    ("1.3.6.1.2.1.25.1.6", "hrSystemProcesses", Gauge, Scalar),
    ("1.3.6.1.2.1.25.2.2", "hrMemorySize", Gauge, Scalar),
    ("1.3.6.1.2.1.25.2.3.1.2", "hrStorageType", Words, Column),
    ("1.3.6.1.2.1.25.2.3.1.3", "hrStorageDescr", Words, Column),
    ("1.3.6.1.2.1.25.2.3.1.4", "hrStorageAllocationUnits", Gauge, Column),
    ("1.3.6.1.2.1.25.2.3.1.5", "hrStorageSize", Gauge, Column),
    ("1.3.6.1.2.1.25.2.3.1.6", "hrStorageUsed", Gauge, Column),
    ("1.3.6.1.2.1.25.2.3.1.7", "hrStorageAllocationFailures", Counter, Column),
    ("1.3.6.1.2.1.25.3.3.1.2", "hrProcessorLoad", Gauge, Column),
    ("1.3.6.1.2.1.25.4.2.1.2", "hrSWRunName", Words, Column),
];

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let levels = subject.manifest.sources.levels.iter();
    for level in levels.filter(|level| level.source == "snmp") {
        for value in &level.values {
            if let Some(object) = object(value.text.as_str()) {
                report.extend(misplaced(level, value.text, object));
            }
        }
        for metric in level.node.get("metrics").into_iter().flat_map(Node::items) {
            report.extend(mistaken(metric));
        }
    }
}

/// The object that a value asks for, with an instance or without.
fn object(value: &str) -> Option<Object> {
    let oid = value.strip_prefix("oid:")?.trim_matches('.');
    let object = oid.strip_suffix(".0").unwrap_or(oid);
    OBJECTS.into_iter().find(|(known, ..)| *known == object)
}

/// A scalar in a table, or a column outside of one.
fn misplaced(level: &SourceLevel<'_>, text: Text<'_>, object: Object) -> Option<Diagnostic> {
    let (_, name, _, place) = object;
    let in_table = level.table == Some(true);
    let finding = |message: String, help: &str| {
        Diagnostic::new(&codes::OID_OBJECT, text.span(), message)
            .label("stays empty")
            .help(help)
    };
    match (place, in_table) {
        (Scalar, true) => Some(finding(
            format!("`{name}` is no column of a table, and this subgroup reads one"),
            "read it in the group, or in a subgroup without `table: true`",
        )),
        (Column, false) => Some(finding(
            format!("`{name}` is a column of a table, and this is no `table: true`"),
            "read it in a subgroup with `table: true`",
        )),
        _ => None,
    }
}

/// An object whose numbers do not fit the type of the metric.
fn mistaken(metric: Node<'_>) -> Option<Diagnostic> {
    let text = metric.get("value").and_then(Text::of)?;
    let (_, name, kind, _) = object(text.as_str())?;
    let declared = metric.get("type").and_then(Text::of);
    let is = |wanted: &[&str]| declared.is_some_and(|kind| wanted.contains(&kind.as_str()));
    let finding = |place: Text<'_>, message: String, help: &str| {
        Diagnostic::new(&codes::OID_OBJECT, place.span(), message)
            .label("not what the object is")
            .help(help)
    };
    match kind {
        Words => Some(finding(
            text,
            format!("`{name}` is a text, and a metric needs a number"),
            "make it the value of a dimension",
        )),
        Counter if is(&["gauge"]) => Some(finding(
            declared?,
            format!("`{name}` is a counter, and the metric is a gauge"),
            "write `type: count`, so that what it grew by is reported",
        )),
        Gauge if is(&["count", "count,delta"]) => Some(finding(
            declared?,
            format!("`{name}` is no counter, and the metric is a count"),
            "write `type: gauge`",
        )),
        Counter | Gauge | Ticks => None,
    }
}
