//! What an extension written with this library does otherwise than one written
//! with the SDK it was recorded from, and why. There is no other difference.

use std::collections::BTreeMap;

use serde_json::Value;

use super::line::Stamp;
use super::normal::is_urgent;
use super::recording::{Call, Trace};

/// One thing that is done otherwise, as a change to the recorded trace.
pub(crate) struct Difference {
    pub(crate) what: &'static str,
    /// Why that is better.
    #[expect(dead_code, reason = "it is there to be read")]
    why: &'static str,
    change: fn(&mut Trace),
}

/// How requests are made.
pub(crate) const BY_THE_CLIENT: &[Difference] = &[
    Difference {
        what: "connections are kept",
        why: "The SDK opens one for each request. An extension that sends an event from each of a \
              thousand endpoints should not leave a thousand sockets in TIME_WAIT.",
        change: |trace| trace.connections = 1,
    },
    Difference {
        what: "the User-Agent is ours",
        why: "Whoever reads the log of a proxy should know which program asks.",
        change: |trace| {
            for call in &mut trace.calls {
                let ours = concat!("extyped/", env!("CARGO_PKG_VERSION"));
                call.headers
                    .insert("user-agent".to_owned(), ours.to_owned());
            }
        },
    },
];

/// What the extension reports.
pub(crate) const IN_WHAT_IS_REPORTED: &[Difference] = &[
    Difference {
        what: "running totals have the timestamp of their tick",
        why: "The SDK takes the machine's clock for them alone: in the same run they may be of \
              another minute than the gauges, and they ignore the cluster's time.",
        change: |trace| {
            let lines = trace.of_mut("POST /mint/").flat_map(Call::lines_mut);
            for line in lines.filter(|line| line.key == "interop.mono.count") {
                if let Stamp::Near(run) = line.stamp {
                    line.stamp = Stamp::Run(run);
                }
            }
        },
    },
    Difference {
        what: "untyped lines are written like all others",
        why: "The SDK sends such a line as the author put it together. A value that is quoted and \
              escaped cannot break a line or forge one, and says `gauge` or `count` itself.",
        change: |trace| {
            let lines = trace.of_mut("POST /mint/").flat_map(Call::lines_mut);
            for line in lines.filter(|line| line.key == "interop.raw") {
                for value in line.dimensions.values_mut() {
                    *value = format!("\"{value}\"");
                }
                line.payload = format!("gauge,{}", line.payload);
            }
        },
    },
    Difference {
        what: "untyped lines have the timestamp of their tick",
        why: "Without one they are of the minute in which they arrive, up to half a minute after \
              they were measured: one minute may have two of them and the next none.",
        change: |trace| {
            for call in trace.of_mut("POST /mint/") {
                let mut tick = Stamp::None;
                for line in call.lines_mut() {
                    match line.stamp {
                        Stamp::None => line.stamp = tick,
                        stamp => tick = stamp,
                    }
                }
            }
        },
    },
    Difference {
        what: "log events have the time of their tick, to the millisecond",
        why: "In the SDK only `report_event` has a time, cut to the second. What was gathered for \
              half a minute would be of the moment it arrives, all in the same.",
        change: |trace| {
            let mut urgent = 0..;
            for call in trace.of_mut("POST /logs/") {
                let mut time = Value::Null;
                if is_urgent(call) {
                    // There are some in each run.
                    let run: i32 = urgent.next().unwrap_or_default();
                    time = format!("run {run}").into();
                }
                for event in call.events_mut() {
                    if let Some(own) = event.get("timestamp").and_then(Value::as_str) {
                        time = own.trim_start_matches("the second of ").into();
                    }
                    event["timestamp"] = time.clone();
                }
            }
        },
    },
    Difference {
        what: "every log event says how serious it is and where it comes from",
        why: "In the SDK only `report_event` does. Nobody could tell of which extension and \
              configuration the others are.",
        change: |trace| {
            let ours = origin(trace);
            for event in trace.of_mut("POST /logs/").flat_map(Call::events_mut) {
                for (key, value) in &ours {
                    if event.get(key).is_none() {
                        event[key] = value.clone();
                    }
                }
            }
        },
    },
];

/// What is sent when the process is asked to end.
pub(crate) const AT_THE_END: &[Difference] = &[Difference {
    what: "log events are sent at the end, and SIGTERM is an end",
    why: "The SDK keeps the log events of the last half minute to itself, and after SIGTERM \
          everything that waits.",
    change: |trace| trace.calls.append(&mut trace.kept),
}];

impl Difference {
    /// Makes the recorded trace differ; `false` if that changed nothing.
    pub(crate) fn make(&self, recorded: &mut Trace) -> bool {
        let before = recorded.clone();
        (self.change)(recorded);
        before != *recorded
    }
}

/// What a log event of `report_event` says of its origin, and the severity of
/// one that says none.
fn origin(trace: &Trace) -> BTreeMap<String, Value> {
    let mut origin = BTreeMap::from([("severity".to_owned(), "INFO".into())]);
    let first = trace.of("POST /sfmlogs/").next();
    // Logs of the runtime's own have the same, but for one name.
    for (key, value) in first
        .iter()
        .filter_map(|call| call.json()[0].as_object())
        .flatten()
    {
        let key = match key.as_str() {
            "dt.extension.config.label" => "monitoring.configuration",
            key => key,
        };
        if key == "monitoring.configuration" || key.starts_with("dt.extension.") {
            origin.insert(key.to_owned(), value.clone());
        }
    }
    origin
}
