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

#[cfg(test)]
mod tests {
    use extyped_simulator::Simulator;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    /// What is said of a request to a simulated EEC.
    async fn told(simulator: &Simulator, call: &str, body: &str) -> Vec<(Topic, Tone, String)> {
        let media_type = match call {
            "mint" | "sfm" => "text/plain",
            _ => "application/json",
        };
        let mut stream = simulator.connect().expect("it is up");
        let request = format!(
            "POST /{call}/7 HTTP/1.1\r\nhost: x\r\nauthorization: Api-Token t\r\n\
             connection: close\r\neec-enrichment: true\r\ncontent-type: {media_type}\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.expect("a pipe");
        // A connection that is cut is an answer too.
        let _ = stream.read_to_end(&mut Vec::new()).await;
        let request = simulator.requests().pop().expect("a request");
        Describer::default()
            .request(&request)
            .into_iter()
            .map(|entry| {
                (
                    entry.topic,
                    entry.tone,
                    format!("{} {}", entry.label, entry.text),
                )
            })
            .collect()
    }

    type Case = (&'static str, &'static str, Topic, Tone, &'static str);

    async fn check(cases: &[Case]) {
        let simulator = Simulator::builder().token("t").data_source_id("7").build();
        for (call, body, topic, tone, text) in cases {
            assert_eq!(
                told(&simulator, call, body).await,
                [(*topic, *tone, (*text).to_owned())],
                "{call} {body}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn heartbeats_and_lines_are_put_into_words() {
        check(&[
            (
                "alive",
                r#"{"status": "", "message": ""}"#,
                Topic::Status,
                Tone::Plain,
                "alive no status yet",
            ),
            (
                "alive",
                r#"{"status": "OK", "message": "a: fine\nb: fine"}"#,
                Topic::Status,
                Tone::Good,
                "alive OK: a: fine / b: fine",
            ),
            (
                "alive",
                r#"{"status": "GENERIC_ERROR", "message": ""}"#,
                Topic::Status,
                Tone::Bad,
                "alive GENERIC_ERROR",
            ),
            (
                "mint",
                "a.b 1\n\na.b 2",
                Topic::Call,
                Tone::Plain,
                "mint 2 lines",
            ),
            (
                "sfm",
                "dsfm:datasource.python.threads count,delta=4",
                Topic::Call,
                Tone::Plain,
                "sfm 1 line",
            ),
            (
                "mint",
                "a.b one",
                Topic::Call,
                Tone::Bad,
                "mint 0 lines, 1 invalid: refused with 400",
            ),
        ])
        .await;
    }

    #[tokio::test(start_paused = true)]
    async fn events_and_counts_are_put_into_words() {
        check(&[
            (
                "logs",
                r#"[{"severity": "ERROR", "content": "down"}]"#,
                Topic::Event,
                Tone::Bad,
                "logs ERROR down",
            ),
            (
                "logs",
                r#"[{"n": 1}]"#,
                Topic::Event,
                Tone::Plain,
                r#"logs {"n":1}"#,
            ),
            (
                "logs",
                "[1]",
                Topic::Event,
                Tone::Bad,
                "logs 1 log event: refused with 400",
            ),
            (
                "sfmlogs",
                r#"[{"level": "WARN", "message": "a: [NEW] - WARNING hot"}]"#,
                Topic::Status,
                Tone::Doubtful,
                "sfmlogs WARN a: [NEW] - WARNING hot",
            ),
            (
                "events",
                r#"{"eventType": "CUSTOM_INFO", "title": "t", "properties": {"k": "v"}}"#,
                Topic::Event,
                Tone::Plain,
                "events CUSTOM_INFO t k=v",
            ),
            (
                "countmetricregister",
                r#"{"a.count": {"aggregation_mode": "include_all"}}"#,
                Topic::Call,
                Tone::Plain,
                "counts registered totals of a.count",
            ),
            (
                "countmetricdeltasignal",
                r#"{"metric_keys": ["a.count"], "filter_dimensions": {}}"#,
                Topic::Call,
                Tone::Plain,
                "counts asked for the deltas of a.count: answered 404, nothing is known of it yet",
            ),
            (
                "metrics",
                "{}",
                Topic::Call,
                Tone::Bad,
                "call POST /metrics/7: refused with 404",
            ),
        ])
        .await;
    }

    #[tokio::test(start_paused = true)]
    async fn faults_are_told_with_what_they_did() {
        let simulator = Simulator::builder().token("t").data_source_id("7").build();
        for (fault, text) in [
            (
                "mint=429:1x",
                "mint 1 line: answered 429, injected by mint=429:1x",
            ),
            (
                "mint=drop:1x",
                "mint 1 line: no answer, injected by mint=drop:1x",
            ),
        ] {
            simulator.inject(fault.parse().expect("a fault"));
            let told = told(&simulator, "mint", "a.b 1").await;
            assert_eq!(told, [(Topic::Call, Tone::Doubtful, text.to_owned())]);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn of_many_events_the_first_are_told() {
        let simulator = Simulator::builder().token("t").data_source_id("7").build();
        let events = vec![r#"{"content": "c"}"#; EVENTS + 5].join(",");
        let told = told(&simulator, "logs", &format!("[{events}]")).await;
        assert_eq!(told.len(), EVENTS + 1);
        assert_eq!(told[EVENTS].2, "logs and 5 more log events");
    }
}
