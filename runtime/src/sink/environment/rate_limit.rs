//! How long the environment asks to be left alone.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;

use crate::http::retry_after::{LONGEST, clock, retry_after};

/// When the limit is lifted: microseconds since 1970, in UTC.
const RESET: &str = "x-ratelimit-reset";

/// The wait that `Retry-After` asks for, else the one until
/// `X-RateLimit-Reset`.
///
/// Environments throttle by the requests they have at hand and stopped to send
/// `X-RateLimit-*` with version 1.210; clusters of Dynatrace Managed still
/// document it, in microseconds. Sources: "Dynatrace API - Access limit",
/// "Dynatrace API changelog version 1.210", "Cluster API - Access limit", all
/// at docs.dynatrace.com.
///
/// A reset that is not in the future says nothing: a gateway on the way may
/// count in seconds.
pub(super) fn wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    retry_after(headers, now).or_else(|| {
        let micros: u64 = headers.get(RESET)?.to_str().ok()?.trim().parse().ok()?;
        let reset = SystemTime::UNIX_EPOCH.checked_add(Duration::from_micros(micros))?;
        let wait = reset.duration_since(clock(headers, now)).ok()?;
        Some(wait.min(LONGEST))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT
    const NOW: u64 = 784_111_777;

    #[track_caller]
    fn check(headers: &[(&'static str, &str)], wait_millis: Option<u64>) {
        let map = headers
            .iter()
            .map(|(name, value)| {
                let name = name.parse().expect("a header name");
                (name, value.parse().expect("a header value"))
            })
            .collect();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
        assert_eq!(
            wait(&map, now),
            wait_millis.map(Duration::from_millis),
            "{headers:?}"
        );
    }

    #[test]
    fn the_reset_is_read_in_microseconds() {
        check(&[("x-ratelimit-reset", "784111790250000")], Some(13_250));
        check(&[("X-RateLimit-Reset", " 784111778000000 ")], Some(1_000));
    }

    #[test]
    fn retry_after_goes_first() {
        check(
            &[
                ("x-ratelimit-reset", "784111790000000"),
                ("retry-after", "3"),
            ],
            Some(3_000),
        );
    }

    #[test]
    fn the_reset_is_read_by_the_clock_of_the_environment() {
        check(
            &[
                ("date", "Sun, 06 Nov 1994 08:49:47 GMT"),
                ("x-ratelimit-reset", "784111790000000"),
            ],
            Some(3_000),
        );
    }

    #[test]
    fn an_hour_is_the_longest_wait() {
        check(
            &[("x-ratelimit-reset", "999999999999999999")],
            Some(3_600_000),
        );
    }

    #[test]
    fn what_is_no_moment_to_come_is_ignored() {
        for text in [
            "",
            "soon",
            "-1",
            "784111776000000",
            // In seconds and milliseconds: long ago in microseconds.
            "784111790",
            "784111790000",
            "99999999999999999999999999",
        ] {
            check(&[("x-ratelimit-reset", text)], None);
        }
        check(&[], None);
    }
}
