//! What the answer to an event says: 201 means that it was received, not that
//! anything came of it.

use serde::Deserialize;

use crate::Event;
use crate::sink::SinkError;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    report_count: Option<u64>,
    #[serde(default)]
    event_ingest_results: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    status: Option<String>,
}

/// Refuses an event that was received and of which nothing came. One that was
/// created for some of its entities is taken, as is one whose answer cannot be
/// read.
pub(super) fn judge(event: &Event, text: &str) -> Result<(), SinkError> {
    let Ok(answer) = serde_json::from_str::<Answer>(text) else {
        return Ok(());
    };
    let title = event.title();
    let statuses = answer
        .event_ingest_results
        .iter()
        .filter_map(|outcome| outcome.status.as_deref());
    let mut refused = None;
    for status in statuses {
        if status == "OK" {
            return Ok(());
        }
        refused = refused.or(Some(status));
    }
    match refused {
        Some(status) => Err(SinkError::never(format!(
            "the environment did not create the event `{title}`: {status}, {}",
            advice(status)
        ))),
        None if answer.report_count == Some(0) => Err(SinkError::never(format!(
            "the environment did not create the event `{title}`: its entity selector `{}` fits \
             no entity that was active in the last 24 hours",
            event.entity_selector().unwrap_or_default()
        ))),
        None => Ok(()),
    }
}

fn advice(status: &str) -> &'static str {
    match status {
        "INVALID_ENTITY_TYPE" => "entities of this type cannot have such events",
        "INVALID_METADATA" => {
            "check its properties: at most 100, keys of 100 and values of 4096 characters, and no \
             reserved `dt.` key but `dt.event.`, `dt.davis.` and `dt.entity.`"
        }
        "INVALID_TIMESTAMPS" => {
            "check its start and end: what opens a problem may start up to 6 hours ago"
        }
        _ => "check the event",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventType;

    #[test]
    fn an_event_of_which_nothing_came_is_refused_with_the_reason() {
        let event = Event::new(EventType::ErrorEvent, "lb-1 fails").on_entities("type(lb)");
        let ok = r#"{"status": "OK", "correlationId": "a"}"#;
        let stale = r#"{"status": "INVALID_TIMESTAMPS", "correlationId": "b"}"#;
        let results = |count: u32, all: &str| {
            format!(r#"{{"reportCount": {count}, "eventIngestResults": [{all}]}}"#)
        };
        let cases = [
            (results(1, ok), None),
            (results(2, &format!("{stale}, {ok}")), None),
            (String::new(), None),
            ("{}".to_owned(), None),
            (results(3, ""), None),
            (
                results(1, stale),
                Some("event `lb-1 fails`: INVALID_TIMESTAMPS, check its start and end"),
            ),
            (
                results(1, r#"{"status": "INVALID_METADATA"}"#),
                Some("check its properties"),
            ),
            (
                results(1, r#"{"status": "NEW"}"#),
                Some("NEW, check the event"),
            ),
            (
                results(0, ""),
                Some("`type(lb)` fits no entity that was active in the last 24 hours"),
            ),
        ];
        for (text, message) in cases {
            match (judge(&event, &text), message) {
                (Ok(()), None) => {}
                (Err(error), Some(message)) => {
                    assert!(error.message().contains(message), "{error}");
                }
                (found, _) => panic!("{text}: {found:?}"),
            }
        }
    }
}
