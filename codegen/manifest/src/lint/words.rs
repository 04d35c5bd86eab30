//! Words that say that a number only ever grows.
//!
//! A false alarm here teaches authors to ignore warnings, so every rule needs
//! two signs: "total" alone describes memory and disks just as well.

/// Things that are counted as they pass by, in the form that follows "total".
const PASSED: [&str; 40] = [
    "accepted",
    "acknowledged",
    "acked",
    "completed",
    "consumed",
    "created",
    "delivered",
    "discarded",
    "dispatched",
    "dropped",
    "evicted",
    "executed",
    "expired",
    "fetched",
    "flushed",
    "forwarded",
    "handled",
    "ingested",
    "issued",
    "occurred",
    "opened",
    "performed",
    "processed",
    "produced",
    "published",
    "received",
    "redelivered",
    "rejected",
    "requested",
    "restarted",
    "retransmitted",
    "retried",
    "returned",
    "sent",
    "served",
    "submitted",
    "transferred",
    "transmitted",
    "uploaded",
    "written",
];

/// Where a running total starts, in the words that follow "since".
const BEGINNINGS: [&str; 17] = [
    "beginning",
    "boot",
    "booted",
    "created",
    "creation",
    "inception",
    "installation",
    "launch",
    "reboot",
    "reset",
    "restart",
    "restarted",
    "start",
    "started",
    "startup",
    "updated",
    "cleared",
];

/// Words that say outright what the number is.
const OUTRIGHT: [&str; 7] = [
    "cumulated",
    "cumulative",
    "cumulatively",
    "ever-growing",
    "ever-increasing",
    "monotonic",
    "monotonically",
];

/// Words of a momentary number or a rate.
const MOMENTARY: [&str; 12] = [
    "average",
    "avg",
    "current",
    "currently",
    "mean",
    "now",
    "pending",
    "percentage",
    "queued",
    "rate",
    "ratio",
    "waiting",
];

/// Units in which nothing accumulates.
const RATES: [&str; 5] = ["Percent", "PerSecond", "PerMinute", "PerHour", "Ratio"];

/// Units of time. A time since the start is an age, and ages are gauges.
const TIMES: [&str; 9] = [
    "NanoSecond",
    "MicroSecond",
    "MilliSecond",
    "Second",
    "Minute",
    "Hour",
    "Day",
    "Week",
    "Month",
];

/// How `text` says that a metric with this unit is cumulative, if it does.
pub(super) fn cumulative(text: &str, unit: Option<&str>) -> Option<&'static str> {
    let unit = unit.unwrap_or_default();
    if RATES.contains(&unit) || unit.ends_with("PerSecond") || unit.ends_with("PerHour") {
        return None;
    }
    let lowered = text.to_lowercase();
    let words: Vec<&str> = lowered
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|word| !word.is_empty())
        .collect();
    if words.iter().any(|word| MOMENTARY.contains(word)) || is_rate(&words) {
        return None;
    }
    if words.iter().any(|word| OUTRIGHT.contains(word)) || has_pair(&words, "running", "total") {
        return Some("that it is cumulative");
    }
    if is_counter(&words) {
        return Some("that it is a counter");
    }
    if !TIMES.contains(&unit) && counts_since(&words) {
        return Some("that it counts since some start");
    }
    if is_total_of_passed(&words) {
        return Some("that it is the total of what has passed");
    }
    None
}

fn has_pair(words: &[&str], first: &str, second: &str) -> bool {
    words.windows(2).any(|pair| pair == [first, second])
}

/// "per second", "in the last minute".
fn is_rate(words: &[&str]) -> bool {
    words.windows(2).any(|pair| {
        let spans_time = [
            "sec", "second", "minute", "hour", "interval", "period", "cycle",
        ]
        .iter()
        .any(|unit| pair[1].strip_suffix('s').unwrap_or(pair[1]) == *unit);
        matches!(pair[0], "per" | "last" | "past" | "each" | "every") && spans_time
    })
}

/// A counter at the end of the text; "performance counter" and "counter name"
/// only say where a number comes from.
fn is_counter(words: &[&str]) -> bool {
    match words {
        [.., before, "counter"] => !matches!(*before, "performance" | "perf"),
        _ => false,
    }
}

/// "number of … since the last restart": something counted, and a beginning.
fn counts_since(words: &[&str]) -> bool {
    let Some(since) = words.iter().position(|word| *word == "since") else {
        return false;
    };
    let (before, after) = words.split_at(since);
    let counted = has_pair(before, "number", "of")
        || has_pair(before, "count", "of")
        || before.iter().any(|word| PASSED.contains(word));
    counted && after.iter().take(7).any(|word| BEGINNINGS.contains(word))
}

/// "total bytes received", "bytes received in total", "total bytes in".
fn is_total_of_passed(words: &[&str]) -> bool {
    let Some(total) = words.iter().position(|word| *word == "total") else {
        return false;
    };
    let (before, after) = words.split_at(total);
    let follows = after.iter().take(8).any(|word| PASSED.contains(word));
    let precedes = before.last() == Some(&"in") && before.iter().any(|word| PASSED.contains(word));
    let direction = matches!(after, [_, "bytes" | "octets" | "packets", "in" | "out"]);
    follows || precedes || direction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_totals_are_recognized() {
        for text in [
            "Cumulative number of read operations on a file",
            "Total bytes received",
            "Bytes received in total",
            "Total bytes in",
            "Total number of requests served by the node",
            "Number of bytes received since the last restart",
            "Packets dropped since boot",
            "Received packets counter",
            "Running total of messages",
        ] {
            assert!(cumulative(text, Some("Count")).is_some(), "{text}");
        }
    }

    #[test]
    fn momentary_numbers_are_left_alone() {
        for (text, unit) in [
            ("Total memory", "Byte"),
            ("Total size of logical disk", "Byte"),
            ("Total messages ready in the cluster", "Count"),
            ("Total bytes in a MSMQ queue", "Byte"),
            ("Total number of currently active chains", "Count"),
            ("Total number of members in the specified pool", "Count"),
            ("Rate of total packets per second", "PerSecond"),
            ("Total bytes received per second", "Byte"),
            ("Requests served in the last minute", "Count"),
            ("Time since the VM started, in milliseconds", "MilliSecond"),
            ("Time since the last restart", "Unspecified"),
            (
                "Total mount of RAM assigned to the VM since its startup",
                "MegaByte",
            ),
            ("Value of a performance counter", "Count"),
            ("Bytes received", "Byte"),
        ] {
            assert_eq!(cumulative(text, Some(unit)), None, "{text}");
        }
    }
}
