//! A fault as text: `mint=429:retry=60s:30s@10s`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use humantime::{format_duration, parse_duration};

use super::{Body, Fault, FaultError, Kind};
use crate::Call;

const KINDS: &str = "a status such as 429 or 503, html, delay:8s, hang, drop, lose or half";

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let wrong = |why: String| FaultError(format!("`{text}` is no fault: {why}"));
        let (rest, start) = match text.trim().split_once('@') {
            Some((rest, start)) => (rest, Some(start)),
            None => (text.trim(), None),
        };
        // `retry=60s` has an equals sign too, but never before a colon.
        let head_end = rest.find(':').unwrap_or(rest.len());
        let (calls, what) = match rest.get(..head_end).and_then(|head| head.find('=')) {
            Some(at) => (rest.get(..at), rest.get(at + 1..).unwrap_or_default()),
            None => (None, rest),
        };
        let mut parts = what.split(':').map(str::trim);
        let kind = parts.next().unwrap_or_default();
        let mut fault = kind_of(kind).map_err(wrong)?;
        match (calls, fault.is_outage()) {
            (Some("all"), _) | (None, true) => {}
            (Some(calls), false) => {
                fault.calls = calls
                    .split(',')
                    .map(|call| call.trim().parse::<Call>())
                    .collect::<Result<_, _>>()
                    .map_err(wrong)?;
            }
            (Some(_), true) => {
                return Err(wrong(format!(
                    "`{kind}` concerns all calls: write `{kind}` alone"
                )));
            }
            (None, false) => {
                return Err(wrong(format!(
                    "say which calls it concerns, `mint={kind}` or `all={kind}`"
                )));
            }
        }
        let mut needs_delay = matches!(fault.kind, Kind::Delay(_));
        for part in parts {
            if needs_delay {
                fault.kind = Kind::Delay(duration(part).map_err(wrong)?);
                needs_delay = false;
            } else {
                fault = limited(fault, part).map_err(wrong)?;
            }
        }
        if needs_delay {
            return Err(wrong("say how long the delay is, `delay:8s`".to_owned()));
        }
        if let Some(start) = start {
            fault.after = duration(start.trim()).map_err(wrong)?;
        }
        Ok(fault)
    }
}

fn kind_of(text: &str) -> Result<Fault, String> {
    Ok(match text {
        "html" => Fault::html(),
        "delay" => Fault::delay(Duration::ZERO),
        "hang" => Fault::hang(),
        "drop" => Fault::drop(),
        "lose" => Fault::lose(),
        "half" => Fault::half(),
        "refuse" => Fault::refuse(),
        "restart" => Fault::restart(),
        _ => match text.parse::<u16>() {
            Ok(status) if (400..600).contains(&status) => Fault::status(status),
            Ok(status) => return Err(format!("{status} is no error status, 400 to 599")),
            Err(_) => {
                return Err(format!("`{text}` is none of {KINDS}, refuse or restart"));
            }
        },
    })
}

/// Applies what stands behind a colon.
fn limited(fault: Fault, part: &str) -> Result<Fault, String> {
    let is_status = matches!(fault.kind, Kind::Answer { status, .. } if status != 200);
    if let Some(times) = part.strip_suffix('x') {
        return match times.parse() {
            Ok(times) if times > 0 => Ok(fault.times(times)),
            _ => Err(format!("`{part}` is no number of calls: write `3x`")),
        };
    }
    if let Some(wait) = part.strip_prefix("retry=") {
        let wait = duration(wait)?;
        return if is_status {
            Ok(fault.retry_after(wait))
        } else {
            Err("`retry=` belongs to a status such as 429".to_owned())
        };
    }
    match part {
        "html" if is_status => Ok(fault.with_html_body()),
        "empty" if is_status => Ok(fault.with_empty_body()),
        _ => Ok(fault.lasting(duration(part)?)),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text)
        .map_err(|_| format!("`{text}` is no duration: write `30s`, `500ms` or `2m`"))
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = |duration: Duration| format_duration(duration).to_string().replace(' ', "");
        if !self.is_outage() {
            let calls: Vec<&str> = self.calls.iter().map(|call| call.name()).collect();
            let calls = if calls.is_empty() {
                "all".to_owned()
            } else {
                calls.join(",")
            };
            write!(f, "{calls}=")?;
        }
        match &self.kind {
            Kind::Delay(by) => write!(f, "delay:{}", span(*by))?,
            Kind::Hang => f.write_str("hang")?,
            Kind::Drop => f.write_str("drop")?,
            Kind::Lose => f.write_str("lose")?,
            Kind::Half => f.write_str("half")?,
            Kind::Refuse => f.write_str("refuse")?,
            Kind::Restart => f.write_str("restart")?,
            Kind::Answer { status: 200, .. } => f.write_str("html")?,
            Kind::Answer {
                status,
                retry_after,
                body,
            } => {
                write!(f, "{status}")?;
                match body {
                    Body::Json => {}
                    Body::Html => f.write_str(":html")?,
                    Body::Empty => f.write_str(":empty")?,
                }
                if let Some(wait) = retry_after {
                    write!(f, ":retry={}", span(*wait))?;
                }
            }
        }
        if let Some(time) = self.lasting {
            write!(f, ":{}", span(time))?;
        }
        if let Some(times) = self.times {
            write!(f, ":{times}x")?;
        }
        if !self.after.is_zero() {
            write!(f, "@{}", span(self.after))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECONDS: fn(u64) -> Duration = Duration::from_secs;

    #[test]
    fn every_fault_can_be_written() {
        let cases = [
            ("mint=429", Fault::status(429).on([Call::Mint])),
            (
                "mint=429:html:retry=1m:30s",
                Fault::status(429)
                    .with_html_body()
                    .retry_after(SECONDS(60))
                    .on([Call::Mint])
                    .lasting(SECONDS(30)),
            ),
            (
                "mint,logs=503:empty:3x@10s",
                Fault::status(503)
                    .with_empty_body()
                    .on([Call::Mint, Call::Logs])
                    .times(3)
                    .after(SECONDS(10)),
            ),
            ("alive=html", Fault::html().on([Call::Alive])),
            ("all=delay:8s", Fault::delay(SECONDS(8))),
            (
                "all=delay:500ms:8s",
                Fault::delay(Duration::from_millis(500)).lasting(SECONDS(8)),
            ),
            (
                "mint=hang:20s",
                Fault::hang().on([Call::Mint]).lasting(SECONDS(20)),
            ),
            ("mint=drop", Fault::drop().on([Call::Mint])),
            ("mint=lose:1x", Fault::lose().on([Call::Mint]).times(1)),
            ("mint=half", Fault::half().on([Call::Mint])),
            ("refuse:20s", Fault::refuse().lasting(SECONDS(20))),
            ("restart@1m", Fault::restart().after(SECONDS(60))),
        ];
        for (text, fault) in cases {
            assert_eq!(text.parse().as_ref(), Ok(&fault), "{text}");
            assert_eq!(fault.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_fault_says_what_would_be_one() {
        for (text, part) in [
            (
                "429",
                "say which calls it concerns, `mint=429` or `all=429`",
            ),
            ("mnt=429", "there is no call `mnt`"),
            ("mint=busy", "`busy` is none of a status such as 429"),
            ("mint=200", "200 is no error status"),
            ("mint=429:soon", "`soon` is no duration: write `30s`"),
            ("mint=429:0x", "`0x` is no number of calls"),
            ("mint=delay", "say how long the delay is, `delay:8s`"),
            ("mint=drop:retry=3s", "`retry=` belongs to a status"),
            ("mint=refuse", "`refuse` concerns all calls"),
            ("", "is none of"),
        ] {
            let error = text.parse::<Fault>().expect_err(text).to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
