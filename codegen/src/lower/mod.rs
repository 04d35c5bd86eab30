//! Contract → plan: every name is decided here, once, for all faces.

mod claims;
mod form;
pub(crate) mod ident;
pub(crate) mod plan;
mod renames;
mod rule;
mod set;

use std::collections::HashSet;

use extyped_manifest::beside::Companion;
use extyped_manifest::contract::Contract;
use extyped_manifest::diagnostic::{Diagnostic, Report, Severity};

use self::claims::{Claims, Owner};
use self::ident::{Name, Role};
use self::plan::{FeatureSet, FieldValue, Metric, Plan};
use self::renames::Renames;

/// Decides what code is written for `contract`. What cannot be named is left
/// out and reported.
pub(crate) fn lower<'c>(
    contract: &'c Contract,
    names: &[(String, String)],
    report: &mut Report,
    companions: &mut [Companion],
) -> Plan<'c> {
    // Only a manifest without errors shows all the things it has. An error
    // without a place is about an option.
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    let mut findings = report.diagnostics().iter();
    let complete = !findings.any(|finding| is_error(finding) && finding.span.is_some())
        && !companions.iter().any(|file| file.report.has_errors());
    let renames = Renames::new(names);

    let mut items = Claims::new("type", &["Metrics", "FeatureSet"]);
    let feature_sets = feature_sets(contract, &renames, report);
    let mut sets = set::lower(contract, &renames, &mut items, report);
    for set in &mut sets {
        name_type_parameters(set, &items);
    }
    let forms = form::lower(&contract.activation, &renames, companions);
    renames.finish(complete, report);

    Plan {
        contract,
        metrics: metrics(contract),
        feature_sets,
        sets,
        forms,
    }
}

fn feature_sets<'c>(
    contract: &'c Contract,
    renames: &Renames<'_>,
    report: &mut Report,
) -> Vec<FeatureSet<'c>> {
    let mut variants = Claims::new("variant", &[]).of("FeatureSet");
    let mut decided = Vec::new();
    for (index, feature_set) in contract.feature_sets.iter().enumerate() {
        let name = feature_set.name.as_str();
        let variant = Name::camel(Role::FeatureSet, renames.get(name).unwrap_or(name));
        let owner = Owner {
            what: format!("the feature set `{name}`"),
            target: name.to_owned(),
            span: feature_set.span,
        };
        if variants.claim(variant.as_str(), &owner, report) {
            decided.push(FeatureSet {
                name,
                variant,
                index,
            });
        }
    }
    decided
}

/// The types that stand for metrics are hidden from the author, so they may
/// differ by number where their words do not.
fn metrics(contract: &Contract) -> Vec<Metric<'_>> {
    let mut taken = HashSet::new();
    let metrics = contract.metrics.iter().enumerate();
    metrics
        .map(|(index, metric)| {
            let mut marker = Name::snake(Role::Metric, &metric.key);
            while !taken.insert(marker.clone()) {
                marker = marker.with_suffix(&format!("_{index}"));
            }
            Metric {
                contract: metric,
                marker,
            }
        })
        .collect()
}

/// Type parameters shadow items, so none may be called like one. They are no
/// part of what an author can write: renaming one breaks nobody.
fn name_type_parameters(set: &mut plan::Set<'_>, items: &Claims) {
    let mut taken = Vec::new();
    for field in &mut set.required {
        if let FieldValue::Display(name) | FieldValue::Prefixed(name, _) = &mut field.value {
            while items.has(name.as_str()) || taken.contains(name) {
                *name = name.with_suffix("Value");
            }
            taken.push(name.clone());
        }
    }
}

#[cfg(test)]
mod tests;
