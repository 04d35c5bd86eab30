//! Requests and findings in words.

use std::fmt::Write as _;

use extyped_simulator::{Call, Finding, Request, Severity};
use serde_json::Value;

use super::entry::{Entry, Tone, Topic, counted};

/// Most events of one request that are told one by one.
const EVENTS: usize = 20;

/// Puts what comes in into words.
#[derive(Debug, Default)]
pub(crate) struct Describer {
    /// The metrics that came for the first time since the last request with
    /// lines.
    new_metrics: Vec<String>,
}

impl Describer {
    /// The first line of a metric came.
    pub(crate) fn metric(&mut self, key: String) {
        self.new_metrics.push(key);
    }

    pub(crate) fn finding(finding: &Finding) -> Entry {
        let (label, tone) = match finding.severity {
            Severity::Invalid => ("invalid", Tone::Bad),
            Severity::Remark => ("remark", Tone::Doubtful),
        };
        let text = if finding.subject.is_empty() {
            finding.reason.clone()
        } else {
            format!("{}: {}", finding.subject, finding.reason)
        };
        Entry::new(finding.at, Topic::Problem, label, &text).tone(tone)
    }

    /// What a request was and what became of it: one entry, and one for each
    /// event it brought.
    pub(crate) fn request(&mut self, request: &Request) -> Vec<Entry> {
        let Some(call) = request.call else {
            let text = format!("{} {}", request.method, request.target);
            return vec![ended(request, "call", Topic::Call, &text)];
        };
        let label = label(call);
        let entry = |topic, text: &str| ended(request, label, topic, text);
        match call {
            Call::UserConfig => vec![entry(Topic::Call, "the activation")],
            Call::ExtensionConfig => vec![entry(Topic::Call, "the manifest")],
            Call::FeatureSets => vec![entry(Topic::Call, "the feature sets")],
            Call::TimeDifference => vec![entry(Topic::Call, "the cluster's clock")],
            Call::Alive => vec![heartbeat(request)],
            Call::Mint => {
                let text = lines(request, &std::mem::take(&mut self.new_metrics));
                vec![entry(Topic::Call, &text)]
            }
            Call::SelfMonitoring => vec![entry(Topic::Call, &lines(request, &[]))],
            Call::Logs | Call::SelfMonitoringLogs => logs(request, call),
            Call::Events => vec![entry(Topic::Event, &event(&body(request)))],
            Call::CountRegistration => {
                let body = body(request);
                let keys = body.as_object().into_iter().flatten();
                let keys: Vec<&str> = keys.map(|(key, _)| key.as_str()).collect();
                let text = format!("registered totals of {}", keys.join(", "));
                vec![entry(Topic::Call, &text)]
            }
            Call::CountSignal => {
                let body = body(request);
                let keys = body.get("metric_keys").and_then(Value::as_array);
                let keys = keys.into_iter().flatten().filter_map(Value::as_str);
                let keys: Vec<&str> = keys.collect();
                let text = format!("asked for the deltas of {}", keys.join(", "));
                vec![entry(Topic::Call, &text)]
            }
            // A call that a later protocol adds.
            _ => vec![entry(Topic::Call, &request.target)],
        }
    }
}

/// What a call is called in the column of labels.
pub(crate) fn label(call: Call) -> &'static str {
    match call {
        // Their own names would make the column twice as wide.
        Call::CountRegistration | Call::CountSignal => "counts",
        other => other.name(),
    }
}

/// The entry of a request, with the end it came to where that is no success.
fn ended(request: &Request, label: &'static str, topic: Topic, text: &str) -> Entry {
    let end = match (request.status, request.faults.as_slice()) {
        (status, [_, ..]) => {
            let faults = request.faults.join(" and ");
            let status = status.map_or("no answer".to_owned(), |status| {
                format!("answered {status}")
            });
            Some((format!("{status}, injected by {faults}"), Tone::Doubtful))
        }
        (None, []) => Some((
            "the client did not wait for the answer".to_owned(),
            Tone::Doubtful,
        )),
        // A signal before anything came is no fault.
        (Some(404), []) if request.call == Some(Call::CountSignal) => Some((
            "answered 404, nothing is known of it yet".to_owned(),
            Tone::Plain,
        )),
        (Some(status), []) if status >= 400 => Some((format!("refused with {status}"), Tone::Bad)),
        (Some(_), []) => None,
    };
    match end {
        None => Entry::new(request.at, topic, label, text),
        Some((end, tone)) => {
            let separator = if text.is_empty() { "" } else { ": " };
            let text = format!("{text}{separator}{end}");
            Entry::new(request.at, topic, label, &text).tone(tone)
        }
    }
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap_or_default()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn heartbeat(request: &Request) -> Entry {
    let body = body(request);
    let (status, message) = (text(&body, "status"), text(&body, "message"));
    let tone = match status {
        "OK" => Tone::Good,
        "" => Tone::Plain,
        "WARNING" => Tone::Doubtful,
        _ => Tone::Bad,
    };
    let told = match (status, message) {
        ("", "") => "no status yet".to_owned(),
        (status, "") => status.to_owned(),
        ("", message) => message.to_owned(),
        (status, message) => format!("{status}: {message}"),
    };
    let entry = ended(request, Call::Alive.name(), Topic::Status, &told);
    let tone = tone.max(entry.tone);
    entry.tone(tone)
}

fn lines(request: &Request, news: &[String]) -> String {
    let answer: Value = serde_json::from_slice(&request.answer).unwrap_or_default();
    let number = |name: &str| answer.get(name).and_then(Value::as_u64);
    let mut text = match (number("linesOk"), number("linesInvalid")) {
        (Some(taken), Some(0)) => counted(taken, "line"),
        (Some(taken), Some(invalid)) => format!("{}, {invalid} invalid", counted(taken, "line")),
        _ => {
            let lines = request.body.split(|&byte| byte == b'\n');
            let lines = lines.filter(|line| !line.is_empty()).count();
            counted(lines as u64, "line")
        }
    };
    if let [first, more @ ..] = news {
        text.push_str("; new: ");
        text.push_str(first);
        for key in more.iter().take(4) {
            text.push_str(", ");
            text.push_str(key);
        }
        if more.len() > 4 {
            let _ = write!(text, " and {} more", more.len() - 4);
        }
    }
    text
}

/// News of endpoints come as self-monitoring logs.
fn logs(request: &Request, call: Call) -> Vec<Entry> {
    let topic = match call {
        Call::SelfMonitoringLogs => Topic::Status,
        _ => Topic::Event,
    };
    let body = body(request);
    let events = body.as_array().map(Vec::as_slice).unwrap_or_default();
    if !request.taken {
        let text = counted(events.len() as u64, "log event");
        return vec![ended(request, call.name(), topic, &text)];
    }
    let mut entries: Vec<Entry> = events
        .iter()
        .take(EVENTS)
        .map(|event| {
            let (text, tone) = log(event);
            ended(request, call.name(), topic, &text).tone(tone)
        })
        .collect();
    if events.len() > EVENTS {
        let text = format!("and {} more log events", events.len() - EVENTS);
        entries.push(ended(request, call.name(), topic, &text));
    }
    entries
}

fn log(event: &Value) -> (String, Tone) {
    let first_of = |names: &[&str]| {
        let texts = names.iter().map(|name| text(event, name));
        texts.into_iter().find(|text| !text.is_empty())
    };
    let level = first_of(&["severity", "level", "loglevel", "status"]).unwrap_or_default();
    let tone = match level.to_ascii_uppercase().as_str() {
        "WARN" | "WARNING" => Tone::Doubtful,
        "ERROR" | "SEVERE" | "FATAL" | "CRITICAL" => Tone::Bad,
        _ => Tone::Plain,
    };
    let content =
        first_of(&["content", "message", "title"]).map_or_else(|| event.to_string(), str::to_owned);
    let separator = if level.is_empty() { "" } else { " " };
    (format!("{level}{separator}{content}"), tone)
}

fn event(event: &Value) -> String {
    let mut told = format!("{} {}", text(event, "eventType"), text(event, "title"));
    let properties = event.get("properties").and_then(Value::as_object);
    for (key, value) in properties.into_iter().flatten() {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let _ = write!(told, " {key}={value}");
    }
    told
}
