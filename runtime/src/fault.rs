//! Events for faults: raised when one begins, refreshed while it lasts, closed
//! when it ends.

use std::time::Duration;

use crate::{Event, EventType, PollError, PollErrorKind, Timestamp};

/// Dynatrace closes an event by itself after this many minutes, unless it
/// comes again.
const TIMEOUT_MINUTES: u64 = 15;

/// What an endpoint is at fault for. Two faults of the same cause are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// `query` said so.
    Poll(PollErrorKind),
    /// `query` did not come back in time.
    Deadline,
}

/// A fault as one cycle saw it.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) cause: Cause,
    pub(crate) message: String,
}

/// Of whom the events speak.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) extension: &'static str,
    pub(crate) endpoint: String,
    pub(crate) callback: String,
    pub(crate) entity: Option<String>,
}

/// The fault of one callback of one endpoint, if it has one.
#[derive(Debug)]
pub(crate) struct FaultTracker {
    subject: Subject,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    cause: Cause,
    event: Event,
    sent: Duration,
    timeout: Duration,
}

impl Fault {
    /// The fault an error tells of, unless it raises no event.
    pub(crate) fn of(error: &PollError) -> Option<Self> {
        error.raises_event().then(|| Fault {
            cause: Cause::Poll(error.kind()),
            message: error.to_string(),
        })
    }

    /// Whether nothing came back for as long as it was waited for.
    pub(crate) fn is_no_answer(&self) -> bool {
        matches!(
            self.cause,
            Cause::Deadline | Cause::Poll(PollErrorKind::Timeout)
        )
    }
}

impl Cause {
    fn title(self) -> &'static str {
        match self {
            Cause::Poll(kind) => kind.title(),
            Cause::Deadline => PollErrorKind::Timeout.title(),
        }
    }

    /// What is not there is not available; what is there and answers wrongly
    /// is an error.
    fn event_type(self) -> EventType {
        match self {
            Cause::Deadline
            | Cause::Poll(
                PollErrorKind::Server
                | PollErrorKind::Connect
                | PollErrorKind::Dns
                | PollErrorKind::Tls
                | PollErrorKind::Timeout,
            ) => EventType::AvailabilityEvent,
            Cause::Poll(_) => EventType::ErrorEvent,
        }
    }
}

impl FaultTracker {
    pub(crate) fn new(subject: Subject) -> Self {
        FaultTracker {
            subject,
            open: None,
        }
    }

    /// The events to send after a cycle that found this fault, or none. The
    /// next cycle comes after `interval`.
    pub(crate) fn observe(
        &mut self,
        fault: Option<Fault>,
        now: Duration,
        at: Timestamp,
        interval: Duration,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        if let Some(open) = &mut self.open {
            if fault
                .as_ref()
                .is_some_and(|fault| fault.cause == open.cause)
            {
                if open.is_due(now, interval) {
                    // The same payload: that is what makes it a refresh and
                    // not a second problem.
                    open.sent = now;
                    events.push(open.event.clone());
                }
                return events;
            }
            events.push(open.event.clone().ending(at));
            self.open = None;
        }
        if let Some(fault) = fault {
            let open = Open::new(&self.subject, &fault, now, at, interval);
            events.push(open.event.clone());
            self.open = Some(open);
        }
        events
    }
}

impl Open {
    fn new(
        subject: &Subject,
        fault: &Fault,
        now: Duration,
        at: Timestamp,
        interval: Duration,
    ) -> Self {
        // Two polls and a half, so that one lost refresh closes nothing.
        let polls = (interval.saturating_mul(5) / 2).as_secs().div_ceil(60);
        let minutes = u16::try_from(polls.max(TIMEOUT_MINUTES))
            .unwrap_or(u16::MAX)
            .min(Event::MAX_TIMEOUT_MINUTES);
        let whom = match subject.endpoint.as_str() {
            "" => subject.extension,
            name => name,
        };
        let mut event = Event::new(
            fault.cause.event_type(),
            format!("{}: {whom}", fault.cause.title()),
        )
        .starting(at)
        .with_timeout_minutes(minutes)
        .with_property("dt.event.description", &fault.message)
        .with_property("extension", subject.extension)
        .with_property("callback", &subject.callback);
        if !subject.endpoint.is_empty() {
            event = event.with_property("endpoint", &subject.endpoint);
        }
        if let Some(selector) = &subject.entity {
            event = event.on_entities(selector);
        }
        Open {
            cause: fault.cause,
            event,
            sent: now,
            timeout: Duration::from_mins(minutes.into()),
        }
    }

    /// Refreshed after two thirds of the time-out, or earlier if the next
    /// cycle would come too late.
    fn is_due(&self, now: Duration, interval: Duration) -> bool {
        let since = now.saturating_sub(self.sent);
        since >= self.timeout * 2 / 3 || since.saturating_add(interval) >= self.timeout
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn tracker() -> FaultTracker {
        FaultTracker::new(Subject {
            extension: "custom:lb",
            endpoint: "lb-1".into(),
            callback: "query".into(),
            entity: Some("type(custom:lb)".into()),
        })
    }

    fn fault(kind: PollErrorKind) -> Option<Fault> {
        Fault::of(&PollError::new(kind, "what happened"))
    }

    /// The events of one cycle a minute.
    fn run(
        tracker: &mut FaultTracker,
        interval: Duration,
        cycles: Vec<Option<Fault>>,
    ) -> Vec<(u32, Event)> {
        let mut all = Vec::new();
        for (index, fault) in (0..).zip(cycles) {
            let now = interval * index;
            let at = Timestamp::from_millis(i64::try_from(now.as_millis()).expect("small"));
            let events = tracker.observe(fault, now, at, interval);
            all.extend(events.into_iter().map(|event| (index, event)));
        }
        all
    }

    #[test]
    fn a_fault_is_raised_once_and_closed_on_recovery() {
        let cycles = vec![
            None,
            fault(PollErrorKind::Server),
            fault(PollErrorKind::Server),
            None,
            None,
        ];
        let events = run(&mut tracker(), MINUTE, cycles);
        let [(1, opened), (3, closed)] = events.as_slice() else {
            panic!("opened in cycle 1, closed in cycle 3: {events:?}");
        };
        assert_eq!(opened.title(), "Endpoint fails: lb-1");
        assert_eq!(opened.event_type(), EventType::AvailabilityEvent);
        assert_eq!(opened.entity_selector(), Some("type(custom:lb)"));
        assert_eq!(opened.properties()["dt.event.description"], "what happened");
        assert_eq!(opened.end(), None);
        assert_eq!(
            *closed,
            opened.clone().ending(Timestamp::from_millis(180_000))
        );
    }

    #[test]
    fn another_kind_of_fault_closes_one_event_and_raises_another() {
        let cycles = vec![
            fault(PollErrorKind::Server),
            fault(PollErrorKind::Unauthorized),
        ];
        let events = run(&mut tracker(), MINUTE, cycles);
        let titles: Vec<_> = events
            .iter()
            .map(|(cycle, event)| (*cycle, event.title(), event.end().is_some()))
            .collect();
        assert_eq!(
            titles,
            [
                (0, "Endpoint fails: lb-1", false),
                (1, "Endpoint fails: lb-1", true),
                (1, "Endpoint refuses the credentials: lb-1", false),
            ]
        );
    }

    #[test]
    fn while_it_lasts_it_is_refreshed_before_it_times_out_and_not_each_minute() {
        let cycles = (0..60).map(|_| fault(PollErrorKind::Connect)).collect();
        let events = run(&mut tracker(), MINUTE, cycles);
        let when: Vec<u32> = events.iter().map(|(cycle, _)| *cycle).collect();
        assert_eq!(when, [0, 10, 20, 30, 40, 50]);
        assert!(events.iter().all(|(_, event)| *event == events[0].1));
    }

    #[test]
    fn a_rare_poll_makes_a_long_timeout() {
        let interval = Duration::from_hours(1);
        let cycles = (0..6).map(|_| fault(PollErrorKind::Connect)).collect();
        let events = run(&mut tracker(), interval, cycles);
        assert_eq!(events[0].1.timeout_minutes(), Some(150));
        let gaps = events.windows(2).map(|pair| pair[1].0 - pair[0].0);
        assert!(gaps.max().is_some_and(|hours| hours * 60 < 150));
    }

    #[test]
    fn what_raises_no_event_ends_the_fault_before_it() {
        let cycles = vec![
            fault(PollErrorKind::Server),
            fault(PollErrorKind::RateLimited),
        ];
        let events = run(&mut tracker(), MINUTE, cycles);
        assert_eq!(events.len(), 2);
        assert!(events[1].1.end().is_some());
    }
}
