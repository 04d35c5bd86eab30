//! How long an answer asks to be left alone.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The longest wait that is honored: an endpoint cannot silence its own
/// monitoring for longer.
pub(crate) const LONGEST: Duration = Duration::from_hours(1);

/// The wait that `Retry-After` asks for, in seconds or as a date. What cannot
/// be read is ignored.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
        // More digits than fit are a long wait, too.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        let until = httpdate::parse_http_date(text).ok()?;
        until
            .duration_since(clock(headers, now))
            .unwrap_or_default()
    };
    Some(wait.min(LONGEST))
}

/// The time by the clock that wrote the other headers, if it tells its time,
/// else ours.
pub(crate) fn clock(headers: &HeaderMap, now: SystemTime) -> SystemTime {
    headers
        .get(DATE)
        .and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok())
        .unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT
    const NOW: Duration = Duration::from_secs(784_111_777);

    fn wait(headers: &[(&'static str, &str)]) -> Option<u64> {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                let name = name.parse().expect("a header name");
                (name, value.parse().expect("a header value"))
            })
            .collect();
        retry_after(&headers, SystemTime::UNIX_EPOCH + NOW).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_dates_are_read() {
        assert_eq!(wait(&[("retry-after", "120")]), Some(120));
        assert_eq!(wait(&[("retry-after", " 0 ")]), Some(0));
        let date = "Sun, 06 Nov 1994 08:51:37 GMT";
        assert_eq!(wait(&[("retry-after", date)]), Some(120));
    }

    #[test]
    fn a_date_in_the_past_is_no_wait() {
        let date = "Sun, 06 Nov 1994 08:00:00 GMT";
        assert_eq!(wait(&[("retry-after", date)]), Some(0));
    }

    #[test]
    fn a_date_is_read_by_the_clock_of_the_endpoint() {
        let headers = [
            ("date", "Sun, 06 Nov 1994 07:00:00 GMT"),
            ("retry-after", "Sun, 06 Nov 1994 07:00:30 GMT"),
        ];
        assert_eq!(wait(&headers), Some(30));
    }

    #[test]
    fn an_hour_is_the_longest_wait() {
        assert_eq!(wait(&[("retry-after", "86400")]), Some(3600));
        assert_eq!(
            wait(&[("retry-after", "99999999999999999999999")]),
            Some(3600)
        );
        let date = "Fri, 31 Dec 9999 23:59:59 GMT";
        assert_eq!(wait(&[("retry-after", date)]), Some(3600));
    }

    #[test]
    fn garbage_is_ignored() {
        for text in ["", "soon", "-5", "1.5", "1 2", "Sun, 99 Nov 1994"] {
            assert_eq!(wait(&[("retry-after", text)]), None, "{text}");
        }
        assert_eq!(wait(&[]), None);
    }
}
