//! Real manifests: what is said of them is true, and what is known of them is
//! found. Skipped, visibly, where the corpus is absent.

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;

use extyped_manifest::beside::{Alone, Companion, Folder};
use extyped_manifest::contract::{Contract, DimensionSet, Overrides};
use extyped_manifest::diagnostic::{Fix, Report, Severity, location};
use extyped_manifest::source::SourceFile;
use extyped_manifest::{Checked, check, check_all, fix};

/// Every manifest of the corpus that has errors, with the codes of all of them.
/// Each was looked at by hand, and each is a fault of the manifest;
/// `docs/corpus.md` says why:
///
/// * the two of an editor's tests are faulty on purpose, one has no author;
/// * names without `custom:`, versions with letters and missing or mistyped
///   fields of `python` are refused when they are uploaded;
/// * counts without `.count` are stored under keys that nothing in the manifest
///   names, and their metadata with them lost;
/// * `func:` metrics without a query are reported by code that the platform
///   never asks for them, and the entity type waits for keys with a colon.
const ERRORS: [(&str, &[&str]); 12] = [
    ("diagnostics-extension.yaml", &["EXT013", "EXT031"]),
    ("full_extension.yaml", &["EXT030", "EXT051"]),
    ("oracle_topology_with_logs.yaml", &["EXT010"]),
    (
        "bigonil__dynatrace-network-observability-agent/",
        &["EXT010", "EXT013"],
    ),
    ("darrelldunn99__cffileextension/", &["EXT012"]),
    ("vduseev__extensions-pipeline-demo/", &["EXT014"]),
    ("06_prometheus.yaml", &["EXT030"]),
    ("06_prometheus_datasource.yaml", &["EXT030"]),
    ("06_prometheus_metadata.yaml", &["EXT030"]),
    ("YanDieg__snmp-apc-ups-dynatrace-extension/", &["EXT030"]),
    ("akirasoft1__gcp_app_integration/", &["EXT030"]),
    ("wordserts__software-inventory/", &["EXT010", "EXT052"]),
];

/// Manifests of the corpus that have no error, by a part of their path.
const SOUND: [&str; 26] = [
    "BraydenNeale__dt-demo-extension/",
    "CC-XJ__custom_huawei_campusinsight/",
    "DanEtzinger__python-vscode-example/",
    "Evolane__constructive-sql-extension-QueryJobHistory/",
    "LukaszKondrackiDynatrace__hyper-v-monitoring/",
    "Marucoy__custom-extension/",
    "aborigene__otel-host-extension/",
    "cooperjfecteau-cell__dt-ssh-command-logs/",
    "coopfecteau__cohesity-storage-ext/",
    "dynatrace-extensions__aix-ntp-offset-monitoring/",
    "dynatrace-extensions__jdbc-vscode-example/",
    "dlopes7__com.dynatrace.cisco.ASA/",
    "dynatrace-extensions__mongodb.mongodb/",
    "dynatrace-extensions__ms-exchange/",
    "dynatrace-extensions__python-extension-training/",
    "dynatrace-extensions__python-rabbitmq/",
    "dynatrace-extensions__dt-extensions-python-sdk/",
    "dynatrace-extensions__etcd-for-k8s-control-plane/",
    "dynatrace-extensions__kubernetes-control-plane/",
    "dynatrace-extensions__snmp-f5-bigip-ltm/",
    "dynatrace-extensions__snmp-traps-generic/",
    "dynatrace-extensions__snmp.generic-device/",
    "faultylogic__proxmox-extension/",
    "juliusloman__dynatrace-extension-business-hours/",
    "pushpendrasinghbaghel-ai__custom-mssql-latch-diagnostics/",
    "tukanuk__WMI_training_MSMQ/",
];

fn corpus() -> Vec<SourceFile> {
    let files = support::corpus();
    let named = files
        .into_iter()
        .map(|(path, text)| SourceFile::new(path.to_string_lossy(), text));
    named.collect()
}

fn read(source: &SourceFile) -> Checked {
    check(source, &Overrides::default(), &Alone)
}

/// A known manifest, if the corpus has it.
fn known(part: &str) -> Option<Checked> {
    let source = corpus()
        .into_iter()
        .find(|source| source.name().contains(part))?;
    Some(read(&source))
}

#[test]
fn errors_are_true_and_complete() {
    for source in corpus() {
        let report = read(&source).report;
        let is = |part: &&str| source.name().contains(*part);
        let expected = ERRORS
            .iter()
            .find(|(part, _)| is(part))
            .map(|&(_, codes)| codes);
        let sound = SOUND.iter().any(is);
        // Manifests that nobody has looked at are only printed.
        if let Some(expected) = expected.or(sound.then_some(&[])) {
            let expected: BTreeSet<&str> = expected.iter().copied().collect();
            assert_eq!(
                errors(&report),
                expected,
                "{}:\n{}",
                source.name(),
                said(&source, &report)
            );
        }
    }
}

#[test]
fn files_beside_the_manifests_have_no_errors() {
    for (path, text) in support::corpus() {
        let source = SourceFile::new(path.to_string_lossy(), text);
        let checked = check_all(&source, &Overrides::default(), &Folder::of(&path));
        for Companion { source, report } in &checked.companions {
            assert!(!report.has_errors(), "{}", said(source, report));
        }
    }
}

/// Not an assertion but a look: run with `--nocapture`.
#[test]
fn the_corpus_at_a_glance() {
    let mut table = String::new();
    for source in corpus() {
        let Checked {
            contract, report, ..
        } = read(&source);
        let _ = writeln!(
            table,
            "{:>4} metrics {:>3} sets {:>3} errors {:>3} warnings {:>3} hints  {}",
            contract.metrics.len(),
            contract.sets.len(),
            report.count(Severity::Error),
            report.count(Severity::Warning),
            report.count(Severity::Hint),
            source.name(),
        );
        table.push_str(&said(&source, &report));
        for set in &contract.sets {
            let _ = writeln!(table, "      {}", line(set));
        }
        assert_sound(&contract);
    }
    std::io::stdout()
        .write_all(table.as_bytes())
        .expect("standard output takes text");
}

/// What holds for every contract.
fn assert_sound(contract: &Contract) {
    let mut keys = BTreeSet::new();
    for metric in &contract.metrics {
        assert!(keys.insert(&metric.key), "{} comes twice", metric.key);
        assert!(
            metric
                .feature_sets
                .iter()
                .all(|&at| at < contract.feature_sets.len())
        );
    }
    let mut reported = vec![false; contract.metrics.len()];
    for set in &contract.sets {
        let required = set
            .dimensions
            .iter()
            .take_while(|dimension| dimension.required);
        let optional = set.dimensions.iter().skip(required.count());
        assert!(optional.clone().all(|dimension| !dimension.required));
        let distinct: BTreeSet<&str> = set.dimensions.iter().map(|d| d.key.as_str()).collect();
        assert_eq!(distinct.len(), set.dimensions.len());
        for &metric in &set.metrics {
            reported[metric] = true;
        }
    }
    assert!(
        reported.iter().all(|&is| is),
        "every metric can be reported"
    );
}

#[test]
fn proxmox_yields_exactly_its_five_entities() {
    let Some(Checked {
        contract, report, ..
    }) = known("proxmox-extension")
    else {
        return;
    };
    assert!(report.diagnostics().is_empty());
    let mut sets: Vec<String> = contract.sets.iter().map(line).collect();
    sets.sort();
    assert_eq!(
        sets,
        [
            "proxmox:cluster: cluster_name → 2",
            "proxmox:lxc: vmid lxc_name node_name? → 7",
            "proxmox:node: node_name cluster_name? → 8",
            "proxmox:storage: node_name storage_name → 2",
            "proxmox:vm: vmid vm_name node_name? → 8",
        ]
    );
}

#[test]
fn rabbitmq_vhosts_lack_a_node_and_are_warned_of() {
    let Some(Checked { report, .. }) = known("python-rabbitmq") else {
        return;
    };
    let warnings: Vec<_> = report
        .diagnostics()
        .iter()
        .filter(|finding| finding.severity > Severity::Hint)
        .collect();
    let [finding, unfilled] = warnings.as_slice() else {
        panic!("two findings, not {warnings:?}");
    };
    assert_eq!(finding.code.id, "EXT051");
    assert_eq!(finding.severity, Severity::Warning);
    assert_eq!(
        finding.message,
        "`rabbitmq:node` needs `node`, which `rabbitmq.vhost.messages`, \
         `rabbitmq.vhost.messages_ready`, `rabbitmq.vhost.messages_unacknowledged` and 2 more \
         do not declare"
    );
    // What the code calls `state`, the manifest declares as `queue_state`.
    assert_eq!(unfilled.code.id, "EXT057");
    assert_eq!(
        unfilled.message,
        "no line carries `state`, so this attribute stays empty"
    );
}

#[test]
fn mongodb_atlas_metrics_are_reported_per_cluster_or_per_node() {
    let Some(Checked { contract, .. }) = known("Marucoy__custom-extension") else {
        return;
    };
    let sets: Vec<String> = contract.sets.iter().map(line).collect();
    assert_eq!(
        sets,
        [
            "mongodb_atlas:cluster: cluster group_id dt.extension.name? → 6",
            "mongodb_atlas:node: cluster node dt.extension.name? → 6",
        ]
    );
}

#[test]
fn fixes_leave_nothing_to_fix_and_nothing_worse() {
    for source in corpus() {
        let before = read(&source).report;
        let mended = fix::apply(source.text(), &fixes(&before));
        assert_eq!(mended.skipped, 0, "{}", source.name());
        let mended = SourceFile::new(source.name(), mended.text);
        let after = read(&mended).report;
        assert!(
            fixes(&after).is_empty(),
            "{}:\n{}",
            source.name(),
            said(&mended, &after)
        );
        assert!(
            errors(&after).is_subset(&errors(&before)),
            "{}",
            said(&mended, &after)
        );
        let lines = |source: &SourceFile| source.text().lines().count();
        assert!(lines(&mended) >= lines(&source), "no line is lost");
    }
}

fn fixes(report: &Report) -> Vec<Fix> {
    let findings = report.diagnostics().iter();
    findings.filter_map(|finding| finding.fix.clone()).collect()
}

fn errors(report: &Report) -> BTreeSet<&'static str> {
    let findings = report.diagnostics().iter();
    findings
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.code.id)
        .collect()
}

fn said(source: &SourceFile, report: &Report) -> String {
    let mut text = String::new();
    for finding in report.diagnostics() {
        let place = location(source, finding);
        let place = place.rsplit('/').next().unwrap_or_default();
        let (code, severity) = (finding.code.id, finding.severity);
        let _ = writeln!(text, "    {code} {severity:?} {place}: {}", finding.message);
    }
    text
}

/// A set on one line: its name, its dimensions (`?` marks optional ones) and
/// how many metrics it has.
fn line(set: &DimensionSet) -> String {
    let name = set.entity_type.as_ref().map_or("-", |entity| &entity.name);
    let dimensions: Vec<String> = set
        .dimensions
        .iter()
        .map(|d| format!("{}{}", d.key, if d.required { "" } else { "?" }))
        .collect();
    format!("{name}: {} → {}", dimensions.join(" "), set.metrics.len())
}
