//! The extension to run: its manifest, as the simulated EEC needs it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use extyped_codegen::Options;
use extyped_manifest::beside::Folder;
use extyped_manifest::contract::{Contract, Overrides};
use extyped_manifest::diagnostic::{Report, Severity};
use extyped_manifest::levels::Settings;
use extyped_manifest::render;
use extyped_manifest::source::SourceFile;

use crate::failure::Failure;
use crate::{files, human};

/// The feature set that no activation has to name.
pub(crate) const DEFAULT_SET: &str = "default";

/// What the manifest says.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) path: PathBuf,
    /// The file, as the author wrote it.
    pub(crate) file: String,
    pub(crate) text: String,
    pub(crate) name: String,
    pub(crate) version: String,
    /// In the order of the manifest.
    pub(crate) metrics: Vec<Metric>,
    /// Metric keys by feature set.
    pub(crate) feature_sets: BTreeMap<String, Vec<String>>,
    /// What it means.
    pub(crate) contract: Contract,
    /// What `extyped check` would say, if it is worth a look.
    pub(crate) remark: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Metric {
    /// As the ingest stores it.
    pub(crate) key: String,
    /// The feature sets that turn it on; always on if there are none.
    pub(crate) feature_sets: Vec<String>,
}

impl Metric {
    /// Whether it is reported when these feature sets are on.
    pub(crate) fn is_on(&self, feature_sets: &[String]) -> bool {
        self.feature_sets.is_empty()
            || self
                .feature_sets
                .iter()
                .any(|set| set == DEFAULT_SET || feature_sets.contains(set))
    }
}

/// Reads the manifest that `path` names. One with errors is served all the
/// same, for an EEC would; one that is no manifest at all is not.
pub(crate) fn read(path: &Path) -> Result<Subject, Failure> {
    let path = files::manifest(path)?;
    let source = SourceFile::read(&path)
        .map_err(|unreadable| Failure::new(render::harmless(&unreadable.to_string())))?;
    let contract =
        extyped_manifest::check(&source, &Overrides::default(), &Folder::of(&path)).contract;
    let settings = Settings::near(&path);
    let options = Options {
        levels: settings.levels,
        ..Options::default()
    };
    let findings = extyped_codegen::check(&source, &options, &Folder::of(&path));
    let report = findings.report;
    if contract.name.is_empty() && contract.metrics.is_empty() && report.has_errors() {
        let errors = report.diagnostics().iter();
        let errors = errors.filter(|diagnostic| diagnostic.severity == Severity::Error);
        human::findings(&mut anstream::stderr().lock(), &source, errors.take(3))?;
        return Err(Failure::new(format!("{} is no manifest", source.name()))
            .help("an extension.yaml has at least a `name`, a `version` and its metrics"));
    }
    // In the settings and in the files beside the manifest too.
    let mut all = Report::default();
    let of_settings = settings.file.map(|file| file.report);
    let of_companions = findings.companions.into_iter().map(|file| file.report);
    for report in of_settings.into_iter().chain([report]).chain(of_companions) {
        for diagnostic in report.diagnostics() {
            all.push(diagnostic.clone());
        }
    }
    let remark = (all.count(Severity::Error) + all.count(Severity::Warning) > 0).then(|| {
        format!(
            "{}: see `extyped check {}`",
            render::summary(&all),
            source.name()
        )
    });
    Ok(Subject {
        path,
        file: source.name().to_owned(),
        text: source.text().to_owned(),
        remark,
        ..Subject::from(contract)
    })
}

impl From<Contract> for Subject {
    fn from(contract: Contract) -> Self {
        let mut feature_sets: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for set in &contract.feature_sets {
            feature_sets.entry(set.name.clone()).or_default();
        }
        let mut metrics = Vec::with_capacity(contract.metrics.len());
        for metric in &contract.metrics {
            let sets = metric.feature_sets.iter();
            let sets = sets.filter_map(|&index| contract.feature_sets.get(index));
            let sets: Vec<String> = sets.map(|set| set.name.clone()).collect();
            for set in &sets {
                let keys = feature_sets.entry(set.clone()).or_default();
                keys.push(metric.key.clone());
            }
            metrics.push(Metric {
                key: metric.key.clone(),
                feature_sets: sets,
            });
        }
        Subject {
            path: PathBuf::new(),
            file: String::new(),
            text: String::new(),
            name: contract.name.clone(),
            version: contract.version.clone(),
            metrics,
            feature_sets,
            contract,
            remark: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use extyped_manifest::beside::Alone;

    use super::*;

    fn subject(text: &str) -> Subject {
        let source = SourceFile::new("extension.yaml", text);
        extyped_manifest::check(&source, &Overrides::default(), &Alone)
            .contract
            .into()
    }

    #[test]
    fn feature_sets_name_their_metrics() {
        let subject = subject(
            "name: custom:x\nversion: 1.0.0\nminDynatraceVersion: '1.310'\nauthor: {name: X}\n\
             python:\n  featureSets:\n  - featureSet: default\n    metrics: [{key: x.a}]\n  \
             - featureSet: more\n    metrics: [{key: x.b}, {key: x.a}]\n\
             metrics:\n- {key: x.c, metadata: {displayName: C, unit: Count}}\n",
        );
        let expected = [("default", vec!["x.a"]), ("more", vec!["x.a", "x.b"])];
        let told: Vec<(&str, Vec<&str>)> = subject
            .feature_sets
            .iter()
            .map(|(set, keys)| {
                let mut keys: Vec<&str> = keys.iter().map(String::as_str).collect();
                keys.sort_unstable();
                (set.as_str(), keys)
            })
            .collect();
        assert_eq!(told, expected);
        let on = |sets: &[String]| -> Vec<&str> {
            let metrics = subject.metrics.iter();
            let mut on: Vec<&str> = metrics
                .filter(|metric| metric.is_on(sets))
                .map(|metric| metric.key.as_str())
                .collect();
            on.sort_unstable();
            on
        };
        assert_eq!(on(&[]), ["x.a", "x.c"]);
        assert_eq!(on(&["more".to_owned()]), ["x.a", "x.b", "x.c"]);
    }
}
