//! A recording, and what of it is the same in every run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// Requests further apart than this belong to different moments. The sample
/// does something every 20 s, 3 s later the first time, and the SDK at every
/// full 30 s, 50 s and 60 s.
const GAP: f64 = 1.5;

/// The metric that `query` reports, whose first run is at a random second.
const QUERY: &str = "interop.query";

pub(crate) struct Trace(Vec<Request>);

struct Request {
    at: f64,
    method: String,
    /// The path behind that of `--url`, without the name of the data source,
    /// and the query.
    call: String,
    headers: BTreeMap<String, String>,
    body: String,
    /// Only our own recording says.
    taken: Option<bool>,
}

impl Trace {
    /// Reads a recording of ours or of the other EEC.
    pub(crate) fn read(path: &Path) -> Trace {
        Trace::parse(&fs::read_to_string(path).expect("the recording"))
    }

    fn parse(text: &str) -> Trace {
        let mut requests: Vec<(u64, Request)> = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
            .map(|entry| {
                let number = entry["seq"].as_u64().expect("a number");
                (number, Request::from(&entry))
            })
            .collect();
        // Written when they were answered.
        requests.sort_by_key(|(number, _)| *number);
        Trace(requests.into_iter().map(|(_, request)| request).collect())
    }

    /// The calls in their order.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.0.iter().map(Request::name).collect()
    }

    /// The metrics of `/mint` with the keys of their dimensions and the kind
    /// of their values.
    pub(crate) fn metrics(&self) -> BTreeSet<String> {
        let mints = self.0.iter().filter(|request| request.call == "/mint");
        mints
            .flat_map(|request| request.body.lines())
            .map(|line| {
                let mut words = line.split(' ');
                let head = words.next().unwrap_or_default();
                let payload = words.next().unwrap_or_default();
                let kind = match payload.split_once(|c: char| c.is_ascii_digit()) {
                    Some((kind, _)) => kind,
                    None => payload,
                };
                format!("{head} {kind}")
            })
            .collect()
    }

    /// By call, the headers that mean something.
    pub(crate) fn headers(&self) -> BTreeSet<String> {
        let telling = ["content-type", "eec-enrichment"];
        let of = |request: &Request| -> String {
            let headers = request.headers.iter();
            let headers = headers.filter(|(name, _)| telling.contains(&name.as_str()));
            let headers: Vec<_> = headers
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            format!("{} {}", request.name(), headers.join(", "))
        };
        self.0.iter().map(of).collect()
    }

    /// The requests that were not taken. A signal before anything came is
    /// none of them.
    pub(crate) fn not_taken(&self) -> Vec<String> {
        let requests = self.0.iter();
        requests
            .filter(|request| request.taken == Some(false))
            .map(Request::name)
            .collect()
    }
}

impl Request {
    fn from(entry: &Value) -> Self {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let headers = entry["headers"].as_array().expect("headers");
        let header = |pair: &Value| {
            let name = pair[0].as_str().expect("a name").to_lowercase();
            (name, pair[1].as_str().expect("a value").to_owned())
        };
        let target = text("target");
        let target = target.strip_prefix("/datasource").unwrap_or(&target);
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, format!("?{query}")),
            None => (target, String::new()),
        };
        let path = path.strip_suffix("/extyped-simulator").unwrap_or(path);
        let path = path.strip_suffix("/f3a0c5d8-1111").unwrap_or(path);
        Request {
            at: entry["t"].as_f64().expect("a time"),
            method: text("method"),
            call: format!("{path}{query}"),
            headers: headers.iter().map(header).collect(),
            body: text("body"),
            taken: entry["taken"].as_bool(),
        }
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.call)
    }

    /// Whether it is there only because of the random second of `query`.
    fn is_random(&self) -> bool {
        let keys = |line: &str| line.starts_with(QUERY);
        self.call == "/mint" && !self.body.is_empty() && self.body.lines().all(keys)
    }
}

/// The calls, moment by moment. What starts together may arrive in any order;
/// only what a callback does one after the other keeps its own.
pub(crate) fn moments(trace: &Trace) -> Vec<Vec<String>> {
    let mut moments: Vec<Vec<String>> = Vec::new();
    let mut last = f64::MIN;
    for request in trace.0.iter().filter(|request| !request.is_random()) {
        if request.at - last > GAP {
            moments.push(Vec::new());
        }
        last = request.at;
        if let Some(moment) = moments.last_mut() {
            moment.push(request.name());
        }
    }
    for moment in &mut moments {
        let ordered: Vec<String> = moment
            .iter()
            .filter(|call| IN_ORDER.contains(&call.as_str()))
            .cloned()
            .collect();
        moment.sort();
        moment.extend(ordered);
    }
    moments
}

/// Calls that wait for one another: at the start, and where the sample sends
/// metrics before it signals.
const IN_ORDER: [&str; 5] = [
    "GET /userconfig",
    "GET /extconfig",
    "GET /extconfig?feature_sets_json",
    "POST /mint",
    "POST /countmetricdeltasignal",
];

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for request in &self.0 {
            writeln!(f, "{:>8.3} {}", request.at, request.name())?;
        }
        Ok(())
    }
}

#[test]
fn a_trace_that_differs_is_seen() {
    let trace = |requests: &[(f64, &str, &str)]| {
        let lines = (1..).zip(requests).map(|(number, (at, target, body))| {
            let method = if *body == "-" { "GET" } else { "POST" };
            serde_json::json!({
                "seq": number, "t": at, "method": method, "target": target, "headers": [],
                "body": body,
            })
            .to_string()
        });
        moments(&Trace::parse(&lines.collect::<Vec<_>>().join("\n")))
    };
    let recorded = trace(&[
        (0.1, "/userconfig/f3a0c5d8-1111", "-"),
        (0.1, "/alive/f3a0c5d8-1111", "{}"),
        (0.1, "/timediffms", "-"),
        (23.0, "/mint/f3a0c5d8-1111", "interop.gauge 1"),
        (23.1, "/countmetricdeltasignal/f3a0c5d8-1111", "{}"),
    ]);
    let ours = |requests: &[(f64, &str, &str)]| {
        let named: Vec<(f64, String, &str)> = requests
            .iter()
            .map(|(at, call, body)| (*at, format!("/datasource{call}"), *body))
            .collect();
        let named: Vec<(f64, &str, &str)> = named
            .iter()
            .map(|(at, target, body)| (*at, target.as_str(), *body))
            .collect();
        trace(&named)
    };
    let start = [
        (0.4, "/userconfig/extyped-simulator", "-"),
        // These race.
        (0.4, "/timediffms", "-"),
        (0.5, "/alive/extyped-simulator", "{}"),
    ];
    let mint = (23.4, "/mint/extyped-simulator", "interop.gauge 1");
    let signal = (23.4, "/countmetricdeltasignal/extyped-simulator", "{}");
    let query = (30.4, "/mint/extyped-simulator", "interop.query 1");
    let with = |rest: &[(f64, &'static str, &'static str)]| ours(&[&start, rest].concat());
    assert_eq!(with(&[mint, signal]), recorded);
    assert_eq!(with(&[mint, signal, query]), recorded);
    // One is missing, too much, at another moment, before the other.
    assert_ne!(with(&[mint]), recorded);
    assert_ne!(with(&[mint, signal, signal]), recorded);
    assert_ne!(with(&[mint, (30.4, signal.1, signal.2)]), recorded);
    assert_ne!(with(&[signal, mint]), recorded);
}
