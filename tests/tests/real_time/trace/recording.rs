//! A recorded run: the requests that an EEC got.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::line::Line;

/// What one process asked.
#[derive(Clone, PartialEq)]
pub(crate) struct Trace {
    pub(crate) calls: Vec<Call>,
    /// What it gathered and kept to itself.
    pub(crate) kept: Vec<Call>,
    pub(crate) connections: usize,
    /// When it began, by the clock of the machine.
    pub(crate) start_millis: i64,
}

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    /// Seconds since the first.
    pub(crate) at: f64,
    /// `POST /mint/f3a0c5d8-1111`
    pub(crate) what: String,
    /// By names in lower case, which is all the same to HTTP.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) status: u16,
    pub(crate) body: Body,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Body {
    None,
    Json(Value),
    Lines(Vec<Line>),
}

/// A line of the file.
#[derive(Deserialize)]
struct Written {
    seq: u64,
    ts: f64,
    conn: u64,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
    body_len: usize,
    resp_status: u16,
}

impl Trace {
    /// Reads what a stand-in at `authority` wrote down.
    pub(crate) fn read(file: &Path, authority: &str) -> Self {
        let text = std::fs::read_to_string(file).expect("the trace can be read");
        let written = text.lines().map(serde_json::from_str);
        let mut written: Vec<Written> = written
            .collect::<Result<_, _>>()
            .expect("the stand-in writes one request a line");
        // They are written when they are answered.
        written.sort_by_key(|request| request.seq);
        let start = written.first().expect("somebody asked").ts;
        let connections: BTreeSet<u64> = written.iter().map(|request| request.conn).collect();
        Trace {
            kept: Vec::new(),
            connections: connections.len(),
            start_millis: millis(start),
            calls: written
                .into_iter()
                .map(|request| request.into_call(start, authority))
                .collect(),
        }
    }

    /// The calls whose `what` begins so.
    pub(crate) fn of<'t>(&'t self, what: &'t str) -> impl Iterator<Item = &'t Call> {
        let calls = self.calls.iter();
        calls.filter(move |call| call.what.starts_with(what))
    }

    pub(crate) fn of_mut<'t>(&'t mut self, what: &'t str) -> impl Iterator<Item = &'t mut Call> {
        let calls = self.calls.iter_mut();
        calls.filter(move |call| call.what.starts_with(what))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a moment of this century has milliseconds to spare"
)]
fn millis(seconds: f64) -> i64 {
    (seconds * 1_000.0).round() as i64
}

impl Written {
    fn into_call(self, start: f64, authority: &str) -> Call {
        let mut headers = BTreeMap::new();
        for (name, value) in self.headers {
            let name = name.to_ascii_lowercase();
            // What differs from run to run and is right becomes the same.
            let value = match name.as_str() {
                "host" if value == authority => "the EEC".to_owned(),
                "content-length" if value == self.body_len.to_string() => "its own".to_owned(),
                _ => value,
            };
            let before = headers.insert(name, value);
            assert_eq!(before, None, "a header twice");
        }
        let body = match headers.get("content-type").map(String::as_str) {
            None => {
                assert_eq!(self.body, "", "a body of no type");
                Body::None
            }
            Some(json) if json.starts_with("application/json") => {
                Body::Json(serde_json::from_str(&self.body).expect("the body is JSON"))
            }
            Some(_) => Body::Lines(self.body.split('\n').map(Line::read).collect()),
        };
        Call {
            at: self.ts - start,
            what: format!("{} {}", self.method, self.target),
            headers,
            status: self.resp_status,
            body,
        }
    }
}

impl Call {
    pub(crate) fn json(&self) -> &Value {
        match &self.body {
            Body::Json(json) => json,
            other => panic!("{} is no JSON: {other:?}", self.what),
        }
    }

    /// The objects of a list.
    pub(crate) fn events_mut(&mut self) -> &mut Vec<Value> {
        match &mut self.body {
            Body::Json(Value::Array(events)) => events,
            other => panic!("{} is no list: {other:?}", self.what),
        }
    }

    pub(crate) fn lines(&self) -> &[Line] {
        match &self.body {
            Body::Lines(lines) => lines,
            other => panic!("{} has no lines: {other:?}", self.what),
        }
    }

    pub(crate) fn lines_mut(&mut self) -> &mut Vec<Line> {
        match &mut self.body {
            Body::Lines(lines) => lines,
            other => panic!("{} has no lines: {other:?}", self.what),
        }
    }
}

/// For whoever reads why it is not as recorded.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for call in &self.calls {
            writeln!(f, "{:7.3} {} {}", call.at, call.what, call.status)?;
            match &call.body {
                Body::None => {}
                Body::Json(json) => writeln!(f, "        {json}")?,
                Body::Lines(lines) => {
                    for line in lines {
                        writeln!(f, "        {line}")?;
                    }
                }
            }
        }
        Ok(())
    }
}
