//! How often and how long to wait until a tenant is ready.

use std::time::{Duration, SystemTime};

/// Longest wait for one retry, whatever the tenant asks for.
const MAX_WAIT: Duration = Duration::from_mins(1);

/// Longest wait for all retries of a request together.
const MAX_TOTAL: Duration = Duration::from_mins(5);

/// What is left of it.
#[derive(Debug)]
pub(super) struct Patience {
    retries: u32,
    done: u32,
    next: Duration,
    waited: Duration,
}

impl Patience {
    pub(super) fn new(retries: u32, first: Duration) -> Self {
        Patience {
            retries,
            done: 0,
            next: first,
            waited: Duration::ZERO,
        }
    }

    /// How long to wait before the next try, if there is to be one.
    pub(super) fn wait(&mut self, asked: Option<Duration>) -> Option<Duration> {
        let wait = asked.unwrap_or(self.next).min(MAX_WAIT);
        let waited = self.waited + wait;
        if self.done >= self.retries || waited > MAX_TOTAL {
            return None;
        }
        self.done += 1;
        self.waited = waited;
        self.next = (self.next * 2).min(MAX_WAIT / 2);
        Some(wait)
    }

    pub(super) fn retries(&self) -> u32 {
        self.retries
    }

    pub(super) fn done(&self) -> u32 {
        self.done
    }
}

/// What `Retry-After` asks for: seconds, or a date.
pub(super) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(value).ok()?;
    // One that is past asks for nothing more.
    Some(at.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn each_wait_is_longer_up_to_a_limit_and_a_number() {
        let mut patience = Patience::new(7, SECOND * 2);
        let waits: Vec<u64> = std::iter::from_fn(|| patience.wait(None))
            .map(|wait| wait.as_secs())
            .collect();
        assert_eq!(waits, [2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(patience.done(), 7);
        assert_eq!(Patience::new(0, SECOND).wait(None), None);
    }

    #[test]
    fn what_the_tenant_asks_for_is_waited_within_limits() {
        let mut patience = Patience::new(20, SECOND);
        assert_eq!(patience.wait(Some(Duration::ZERO)), Some(Duration::ZERO));
        assert_eq!(patience.wait(Some(SECOND * 3_600)), Some(SECOND * 60));
        let rest = std::iter::from_fn(|| patience.wait(Some(SECOND * 3_600)));
        assert_eq!(rest.count(), 4, "five minutes in all");
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Wed, 21 Oct 2026 07:28:00 GMT").expect("a date");
        for (value, seconds) in [
            ("0", Some(0)),
            (" 7 ", Some(7)),
            ("Wed, 21 Oct 2026 07:28:05 GMT", Some(5)),
            ("Wed, 21 Oct 2026 07:27:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            let wanted = seconds.map(Duration::from_secs);
            assert_eq!(retry_after(value, now), wanted, "{value}");
        }
    }
}
