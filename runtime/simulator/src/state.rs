//! What the simulated EEC knows: what came in, and what it answers with.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use crate::fault::Plan;
use crate::metrics::Metrics;
use crate::received::{Finding, Heartbeat, Received, Request, Severity, Totals};
use crate::ring::Ring;
use crate::{Call, MetricSummary};

/// How much of each is kept, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) requests: usize,
    pub(crate) lines: usize,
    pub(crate) others: usize,
}

/// Most different remarks that are counted apart.
const REMARKS: usize = 1_000;

#[derive(Debug)]
pub(crate) struct State {
    // What it answers with.
    pub(crate) token: String,
    pub(crate) activation: String,
    pub(crate) extension_yaml: String,
    pub(crate) feature_sets: BTreeMap<String, Vec<String>>,
    pub(crate) cluster_diff: i64,
    pub(crate) heartbeat_answer: Value,

    /// What it remembers between calls and forgets at a restart.
    pub(crate) registered: BTreeMap<String, Value>,
    pub(crate) totals_seen: BTreeSet<String>,

    // What came in.
    pub(crate) plan: Plan,
    pub(crate) requests: Ring<Request>,
    pub(crate) lines: Ring<Received<String>>,
    pub(crate) self_monitoring_lines: Ring<Received<String>>,
    pub(crate) logs: Ring<Received<Value>>,
    pub(crate) self_monitoring_logs: Ring<Received<Value>>,
    pub(crate) events: Ring<Received<Value>>,
    pub(crate) heartbeats: Ring<Received<Heartbeat>>,
    pub(crate) findings: Ring<Finding>,
    /// How often each remark was made: by the metric and the reason.
    pub(crate) remarks: BTreeMap<(String, String), u64>,
    pub(crate) metrics: Metrics,
    pub(crate) self_monitoring: Metrics,
    pub(crate) totals: Totals,
    /// How often each call was made.
    pub(crate) calls: BTreeMap<Call, u64>,
}

impl State {
    pub(crate) fn new(bounds: Bounds) -> Self {
        State {
            token: String::new(),
            activation: String::new(),
            extension_yaml: String::new(),
            feature_sets: BTreeMap::new(),
            cluster_diff: 0,
            heartbeat_answer: json!({
                "extconfig": "6f6ae0f4-7f29-3d2b-9a3e-5d0c8e0b1f57",
                "userconfig": "1",
                "debugmode": "0",
                "runtime": {},
                "tasks": [],
            }),
            registered: BTreeMap::new(),
            totals_seen: BTreeSet::new(),
            plan: Plan::default(),
            requests: Ring::new(bounds.requests),
            lines: Ring::new(bounds.lines),
            self_monitoring_lines: Ring::new(bounds.others),
            logs: Ring::new(bounds.others),
            self_monitoring_logs: Ring::new(bounds.others),
            events: Ring::new(bounds.others),
            heartbeats: Ring::new(bounds.others),
            findings: Ring::new(bounds.others),
            remarks: BTreeMap::new(),
            metrics: Metrics::default(),
            self_monitoring: Metrics::default(),
            totals: Totals::default(),
            calls: BTreeMap::new(),
        }
    }

    /// What a restart of the EEC forgets.
    pub(crate) fn forget(&mut self) {
        self.registered.clear();
        self.totals_seen.clear();
    }

    /// The totals with what the rings forgot.
    pub(crate) fn totals(&self) -> Totals {
        Totals {
            forgotten: self.requests.forgotten()
                + self.lines.forgotten()
                + self.self_monitoring_lines.forgotten()
                + self.logs.forgotten()
                + self.self_monitoring_logs.forgotten()
                + self.events.forgotten()
                + self.heartbeats.forgotten()
                + self.findings.forgotten(),
            ..self.totals
        }
    }

    /// Notes a finding; says whether it is news. A remark on a metric is made
    /// once and counted from then on.
    pub(crate) fn find(&mut self, finding: &Finding) -> bool {
        match finding.severity {
            Severity::Invalid => self.totals.invalid += 1,
            Severity::Remark => {
                let key = (finding.subject.clone(), finding.reason.clone());
                if let Some(count) = self.remarks.get_mut(&key) {
                    *count += 1;
                    return false;
                }
                if self.remarks.len() >= REMARKS {
                    return false;
                }
                self.remarks.insert(key, 1);
            }
        }
        let bytes = finding.subject.len() + finding.reason.len();
        self.findings.push(finding.clone(), bytes);
        true
    }

    /// The metrics of a stream of lines.
    pub(crate) fn metric(&self, key: &str) -> Option<&MetricSummary> {
        self.metrics.by_key().get(key)
    }

    /// Completes the record of a request.
    pub(crate) fn complete(
        &mut self,
        number: u64,
        change: impl FnOnce(&mut Request),
    ) -> Option<Request> {
        let request = self
            .requests
            .iter_mut()
            .rev()
            .find(|request| request.number == number)?;
        change(request);
        Some(request.clone())
    }

    pub(crate) fn keep_line(
        &mut self,
        call: Call,
        at: Duration,
        request: u64,
        line: &str,
        reported: &crate::Reported,
    ) {
        let received = Received {
            at,
            request,
            item: line.to_owned(),
        };
        if call == Call::SelfMonitoring {
            self.totals.self_monitoring_lines += 1;
            self.self_monitoring.add(reported, at);
            self.self_monitoring_lines.push(received, line.len());
        } else {
            self.totals.lines += 1;
            self.metrics.add(reported, at);
            self.lines.push(received, line.len());
            if matches!(reported.value, crate::Value::Total(_)) && self.totals_seen.len() < 10_000 {
                self.totals_seen.insert(reported.key.clone());
            }
        }
    }
}
