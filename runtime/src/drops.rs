//! What an operator is told of what was dropped.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::tally::{DropCause, Dropped};
use crate::text;

/// How long the status tells of what was dropped.
pub(crate) const TOLD: Duration = Duration::from_mins(10);

/// What has been told of the streams of one sink.
#[derive(Debug, Default)]
pub(crate) struct Drops(Mutex<HashMap<(&'static str, DropCause), Last>>);

/// How much it was the last time, and when.
#[derive(Debug)]
struct Last {
    count: u64,
    at: Duration,
}

/// What makes a count understood.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    pub(crate) sink: &'a str,
    pub(crate) buffer: usize,
    pub(crate) spool: u64,
    pub(crate) window: Option<Duration>,
}

/// What is to say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct News {
    pub(crate) message: String,
    /// Whether it is worth a line of the log: the first time in a while.
    pub(crate) log: bool,
}

impl Drops {
    /// What is to say if more was dropped than the last time.
    pub(crate) fn news(
        &self,
        item: &'static str,
        dropped: &Dropped,
        circumstances: Circumstances<'_>,
        now: Duration,
    ) -> Option<News> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut more, mut log) = (false, false);
        for (cause, count) in told(dropped) {
            let known = last.entry((item, cause)).or_insert_with(|| {
                log = true;
                Last { count: 0, at: now }
            });
            if count > known.count {
                more = true;
                log |= now.saturating_sub(known.at) > TOLD;
                *known = Last { count, at: now };
            }
        }
        more.then(|| News {
            message: message(item, dropped, circumstances),
            log,
        })
    }
}

/// Lines that are not valid are told by their metric.
fn told(dropped: &Dropped) -> impl Iterator<Item = (DropCause, u64)> + '_ {
    dropped
        .iter()
        .filter(|(cause, _)| *cause != DropCause::Invalid)
}

fn message(item: &str, dropped: &Dropped, circumstances: Circumstances<'_>) -> String {
    let total: u64 = told(dropped).map(|(_, count)| count).sum();
    let causes: Vec<String> = told(dropped)
        .map(|(cause, count)| reason(cause, count, circumstances))
        .collect();
    format!(
        "{} dropped since the start: {}",
        text::count(total, item),
        causes.join("; ")
    )
}

fn reason(cause: DropCause, count: u64, circumstances: Circumstances<'_>) -> String {
    let Circumstances {
        sink,
        buffer,
        spool,
        window,
    } = circumstances;
    match cause {
        DropCause::BufferFull => format!(
            "{count}, the oldest first, because the buffer of {} is full while {sink} does not take \
             them",
            text::size(buffer),
        ),
        DropCause::SpoolFull => format!(
            "{count}, the oldest first, because the spool of {} is full while {sink} does not take \
             them",
            text::size(usize::try_from(spool).unwrap_or(usize::MAX)),
        ),
        DropCause::TooOld => format!(
            "{count} that {sink} did not take while they were younger than {}, the oldest that the \
             ingest accepts",
            text::duration(window.unwrap_or_default()),
        ),
        DropCause::TooLong => format!("{count} longer than a request may be"),
        DropCause::Refused => format!("{count} that {sink} refused for good"),
        DropCause::Invalid => format!("{count} not valid"),
        DropCause::Interrupted => format!(
            "{count} of counts that were being sent when the process was killed: they may have \
             arrived, and sent again they could count twice"
        ),
        DropCause::SpoolLost => format!("{count} whose file on disk was damaged or taken away"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AROUND: Circumstances<'_> = Circumstances {
        sink: "EEC",
        buffer: 16 * 1024 * 1024,
        spool: 64 * 1024 * 1024,
        window: Some(Duration::from_hours(1)),
    };

    #[test]
    fn each_cause_is_told_with_its_count() {
        let mut dropped = Dropped::default();
        for (cause, count) in DropCause::ALL.into_iter().zip(1..) {
            dropped.add(cause, count);
        }
        let news = Drops::default()
            .news("line", &dropped, AROUND, Duration::ZERO)
            .expect("there is some");
        assert_eq!(
            news.message,
            "30 lines dropped since the start: \
             1, the oldest first, because the buffer of 16 MiB is full while EEC does not take them; \
             2, the oldest first, because the spool of 64 MiB is full while EEC does not take them; \
             3 that EEC did not take while they were younger than 1 h, the oldest that the ingest \
             accepts; \
             4 longer than a request may be; \
             5 that EEC refused for good; \
             7 of counts that were being sent when the process was killed: they may have arrived, \
             and sent again they could count twice; \
             8 whose file on disk was damaged or taken away"
        );
    }

    #[test]
    fn only_more_is_news_and_it_is_logged_once_in_a_while() {
        let drops = Drops::default();
        let mut dropped = Dropped::default();
        let mut told = |more, minute| {
            dropped.add(DropCause::BufferFull, more);
            let now = Duration::from_mins(minute);
            drops
                .news("line", &dropped, AROUND, now)
                .map(|news| news.log)
        };
        assert_eq!(told(0, 0), None);
        assert_eq!(told(1, 1), Some(true), "the first");
        assert_eq!(told(0, 2), None);
        assert_eq!(told(1, 9), Some(false), "goes on");
        assert_eq!(told(1, 18), Some(false), "goes on");
        assert_eq!(told(1, 29), Some(true), "begins again");
        dropped.add(DropCause::Refused, 1);
        let other = drops.news("line", &dropped, AROUND, Duration::from_mins(30));
        assert!(other.is_some_and(|news| news.log), "another cause");
    }
}
