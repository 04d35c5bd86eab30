//! Taking what a call brings, and answering it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::check::{self, LineKind, Lines, Problem};
use crate::received::{Finding, Heartbeat, Received, Severity};
use crate::state::State;
use crate::{Call, Reported, Request};

/// Most bytes of lines in one request.
const LINES_BYTES: usize = 1_048_576;

/// Most bytes of log events in one request.
const LOGS_BYTES: usize = 5_242_880;

/// Most invalid lines that an answer names.
const NAMED_LINES: usize = 100;

/// What does not change while the simulator runs.
#[derive(Debug)]
pub(crate) struct Fixed {
    pub(crate) data_source: String,
    /// The path of `--url`, without a slash at its end.
    pub(crate) base: String,
    /// The metric keys of the manifest, if it is known.
    pub(crate) listed: Option<BTreeSet<String>>,
    pub(crate) extension: Option<String>,
}

/// What became of a call.
pub(crate) struct Outcome {
    pub(crate) answer: Answer,
    /// Whether what it brought was taken.
    pub(crate) taken: bool,
    pub(crate) findings: Vec<Finding>,
    /// The metric lines that were taken.
    pub(crate) lines: Vec<Reported>,
}

/// Takes one request.
pub(crate) struct Take<'s> {
    pub(crate) fixed: &'s Fixed,
    pub(crate) state: &'s mut State,
    /// Since the start.
    pub(crate) at: Duration,
    /// In cluster time, milliseconds since 1970.
    pub(crate) now: i64,
    pub(crate) request: &'s Request,
    pub(crate) findings: Vec<Finding>,
    pub(crate) lines: Vec<Reported>,
}

impl Take<'_> {
    /// Checks the request, keeps what it brings, and says what to answer.
    pub(crate) fn run(mut self) -> Outcome {
        let (answer, taken) = match self.admit() {
            Ok(call) => self.call(call),
            Err((status, reason)) => {
                let subject = format!("{} {}", self.request.method, self.request.target);
                self.invalid(Problem::new(subject, reason.clone()));
                (Answer::error(status, &reason), false)
            }
        };
        Outcome {
            answer,
            taken,
            findings: self.findings,
            lines: self.lines,
        }
    }

    fn find(&mut self, severity: Severity, problem: Problem) {
        let finding = Finding {
            at: self.at,
            request: self.request.number,
            call: self.request.call,
            severity,
            subject: problem.subject,
            reason: problem.reason,
        };
        if self.state.find(&finding) {
            self.findings.push(finding);
        }
    }

    fn invalid(&mut self, problem: Problem) {
        self.find(Severity::Invalid, problem);
    }

    /// Whether the request may call at all: path, data source, method, token.
    fn admit(&self) -> Result<Call, (u16, String)> {
        let request = self.request;
        let (call, id) =
            Call::route(&request.target, &self.fixed.base).map_err(|reason| (404, reason))?;
        if id.is_some_and(|id| id != self.fixed.data_source)
            || (id.is_none() && call != Call::TimeDifference)
        {
            return Err((
                404,
                format!(
                    "the path ends with the --dsid, `/{}`, and not with `{}`",
                    self.fixed.data_source,
                    id.unwrap_or_default()
                ),
            ));
        }
        if request.method != call.method() {
            return Err((
                405,
                format!("{call} is a {}, not a {}", call.method(), request.method),
            ));
        }
        let expected = format!("Api-Token {}", self.state.token);
        match request.header("authorization") {
            Some(found) if found == expected => Ok(call),
            // The token itself stands in no message.
            Some(_) => Err((
                401,
                "`Authorization` is not `Api-Token` and the content of the --idtoken file without \
                 blanks around it"
                    .to_owned(),
            )),
            None => Err((
                401,
                "there is no header `Authorization: Api-Token …`".to_owned(),
            )),
        }
    }

    fn call(&mut self, call: Call) -> (Answer, bool) {
        self.check_media_type(call);
        let limit = match call {
            Call::Mint | Call::SelfMonitoring => LINES_BYTES,
            _ => LOGS_BYTES,
        };
        let length = self.request.body.len();
        if length > limit {
            let reason = format!("{length} bytes in one request, and {call} takes {limit}");
            self.invalid(Problem::new(call.name(), reason.clone()));
            return (Answer::error(413, &reason), false);
        }
        match call {
            Call::UserConfig => {
                let text = self.state.activation.clone();
                (Answer::text(200, "application/json", text), true)
            }
            Call::ExtensionConfig => {
                let text = self.state.extension_yaml.clone();
                (Answer::text(200, "text/plain", text), true)
            }
            Call::FeatureSets => (Answer::json(200, &json!(self.state.feature_sets)), true),
            Call::TimeDifference => {
                let diff = json!({"clusterDiffMs": self.state.cluster_diff});
                (Answer::json(200, &diff), true)
            }
            Call::Mint | Call::SelfMonitoring => self.lines(call),
            Call::Alive => self.with_json(Take::alive),
            Call::Logs | Call::SelfMonitoringLogs => self.with_json(Take::logs),
            Call::Events => self.with_json(Take::event),
            Call::CountRegistration => self.with_json(Take::registration),
            Call::CountSignal => self.with_json(Take::signal),
        }
    }

    fn check_media_type(&mut self, call: Call) {
        let Some(expected) = call.media_type() else {
            return;
        };
        let found = self.request.header("content-type").unwrap_or_default();
        let found = found.split(';').next().unwrap_or_default().trim();
        if !found.eq_ignore_ascii_case(expected) {
            let reason = format!("the Content-Type of {call} is `{expected}`, not `{found}`");
            self.invalid(Problem::new(call.name(), reason));
        }
    }

    fn with_json(&mut self, take: fn(&mut Self, Value) -> (Answer, bool)) -> (Answer, bool) {
        match check::json(&self.request.body) {
            Ok(body) => take(self, body),
            Err(problem) => {
                let answer = Answer::error(400, &problem.reason);
                self.invalid(problem);
                (answer, false)
            }
        }
    }

    fn lines(&mut self, call: Call) -> (Answer, bool) {
        let body = self.request.body.clone();
        let Ok(text) = std::str::from_utf8(&body) else {
            let reason = "the lines are not UTF-8";
            self.invalid(Problem::new(call.name(), reason));
            return (Answer::error(400, reason), false);
        };
        let lines = Lines {
            kind: match call {
                Call::SelfMonitoring => LineKind::SelfMonitoring,
                _ => LineKind::Extension(self.fixed.listed.as_ref()),
            },
            now: self.now,
        };
        let checked = lines.check(text);
        let (mut taken, mut refused, mut renamed) = (0_u64, Vec::new(), Vec::new());
        let mut invalid = 0_u64;
        for (number, line) in (1_u64..).zip(checked) {
            match line.outcome {
                Ok(reported) => {
                    taken += 1;
                    self.state
                        .keep_line(call, self.at, self.request.number, line.text, &reported);
                    if call == Call::Mint {
                        self.lines.push(reported);
                    }
                }
                Err(problem) => {
                    invalid += 1;
                    if refused.len() < NAMED_LINES {
                        refused.push(json!({"line": number, "error": problem.reason}));
                    }
                    self.invalid(problem);
                }
            }
            if let Some(remark) = line.remark {
                self.find(Severity::Remark, remark);
            }
            if let Some(stored) = line.renamed
                && renamed.len() < NAMED_LINES
            {
                let warning = format!("changed metric key to '{stored}'");
                renamed.push(json!({"line": number, "warning": warning}));
            }
        }
        self.state.totals.invalid_lines += invalid;
        let error = (invalid > 0).then(|| {
            let message = format!("{invalid} invalid lines");
            json!({"code": 400, "message": message, "invalidLines": refused})
        });
        let warnings = (!renamed.is_empty()).then(|| json!({"changedMetricKeys": renamed}));
        let status = if invalid > 0 { 400 } else { 202 };
        let answer = json!({
            "linesOk": taken,
            "linesInvalid": invalid,
            "error": error,
            "warnings": warnings,
        });
        (Answer::json(status, &answer), true)
    }

    // All share a signature.
    #[expect(clippy::needless_pass_by_value, reason = "the others take it apart")]
    fn alive(&mut self, body: Value) -> (Answer, bool) {
        let (status, message, problems) = check::check_alive(&body);
        for problem in problems {
            self.invalid(problem);
        }
        self.state.totals.heartbeats += 1;
        let bytes = status.len() + message.len();
        let item = Heartbeat { status, message };
        self.state.heartbeats.push(self.received(item), bytes);
        (Answer::json(200, &self.state.heartbeat_answer), true)
    }

    fn logs(&mut self, body: Value) -> (Answer, bool) {
        let own = self.request.call == Some(Call::SelfMonitoringLogs);
        let name = self.request.call.map_or("", Call::name);
        if !matches!(
            self.request.header("eec-enrichment"),
            Some("true" | "false")
        ) {
            let reason = "the header `eec-enrichment` is `true` or `false`";
            self.find(Severity::Remark, Problem::new(name, reason));
        }
        let extension = self.fixed.extension.as_deref().unwrap_or_default();
        if own && extension.starts_with("custom:") {
            let reason = "an extension whose name begins with `custom:` may send no \
                          self-monitoring logs";
            self.invalid(Problem::new(extension, reason));
            return (Answer::error(403, reason), false);
        }
        let problems = check::check_logs(&body);
        if !problems.is_empty() {
            let answer = Answer::error(400, "not an array of log events");
            for problem in problems {
                self.invalid(problem);
            }
            return (answer, false);
        }
        let Value::Array(events) = body else {
            return (Answer::error(400, "not an array"), false);
        };
        for event in events {
            let bytes = event.to_string().len();
            let received = self.received(event);
            if own {
                self.state.totals.self_monitoring_logs += 1;
                self.state.self_monitoring_logs.push(received, bytes);
            } else {
                self.state.totals.logs += 1;
                self.state.logs.push(received, bytes);
            }
        }
        (Answer::text(204, "application/json", ""), true)
    }

    fn event(&mut self, body: Value) -> (Answer, bool) {
        let problems = check::check_event(&body);
        if let Some(first) = problems.first() {
            let answer = Answer::error(400, &first.reason);
            for problem in problems {
                self.invalid(problem);
            }
            return (answer, false);
        }
        self.state.totals.events += 1;
        let bytes = self.request.body.len();
        let received = self.received(body);
        self.state.events.push(received, bytes);
        let result = json!({
            "reportCount": 1,
            "eventIngestResults": [{"correlationId": self.request.number.to_string(), "status": "OK"}],
        });
        (Answer::json(201, &result), true)
    }

    fn registration(&mut self, body: Value) -> (Answer, bool) {
        let problems = check::check_registration(&body);
        for problem in problems {
            self.invalid(problem);
        }
        if let Value::Object(counts) = body {
            for (key, how) in counts {
                if self.state.registered.len() < 10_000 {
                    self.state.registered.insert(key, how);
                }
            }
        }
        (Answer::json(200, &json!({})), true)
    }

    #[expect(clippy::needless_pass_by_value, reason = "the others take it apart")]
    fn signal(&mut self, body: Value) -> (Answer, bool) {
        let keys = match check::check_signal(&body) {
            Ok(keys) => keys,
            Err(problem) => {
                let answer = Answer::error(400, &problem.reason);
                self.invalid(problem);
                return (answer, false);
            }
        };
        let cold = keys
            .iter()
            .find(|key| !self.state.totals_seen.contains(**key));
        match cold {
            // Not a fault: nothing has come that could become a delta.
            Some(key) => {
                let reason = format!("nothing is known of {key} yet");
                (Answer::error(404, &reason), false)
            }
            None => (Answer::json(200, &json!({})), true),
        }
    }

    fn received<T>(&self, item: T) -> Received<T> {
        Received {
            at: self.at,
            request: self.request.number,
            item,
        }
    }
}
