//! What the benchmark does, and what it requires.

use std::fmt;
use std::time::Duration;

/// How long an endpoint takes to answer.
pub(crate) const LATENCY: Duration = Duration::from_secs(1);

/// How often an endpoint is polled.
pub(crate) const INTERVAL: Duration = Duration::from_mins(1);

#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Whether `cargo bench` asks; `cargo test --all-targets` builds and runs
    /// benchmarks, too.
    pub(crate) bench: bool,
    pub(crate) endpoints: usize,
    /// How many of them never answer.
    pub(crate) hung: usize,
    pub(crate) minutes: u64,
    pub(crate) runs: usize,
    pub(crate) port: u16,
}

impl Settings {
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut settings = Settings {
            bench: false,
            endpoints: 10_000,
            hung: 100,
            minutes: 3,
            runs: 1,
            port: 0,
        };
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut number = || {
                let value = arguments.next().and_then(|value| value.parse().ok());
                value.ok_or_else(|| format!("{argument} needs a number"))
            };
            match argument.as_str() {
                "--bench" => settings.bench = true,
                "--endpoints" => settings.endpoints = number()?,
                "--hung" => settings.hung = number()?,
                "--minutes" => settings.minutes = number()? as u64,
                "--runs" => settings.runs = number()?,
                "--port" => settings.port = u16::try_from(number()?).unwrap_or_default(),
                _ => {
                    return Err(format!(
                        "there is no {argument}: --endpoints, --hung, --minutes and --runs take a number"
                    ));
                }
            }
        }
        if settings.minutes < 2 {
            return Err("--minutes is at least 2: a minute lies between two polls".to_owned());
        }
        Ok(settings)
    }

    /// The arguments that [`parse`](Self::parse) makes these of.
    pub(crate) fn arguments(&self) -> Vec<String> {
        [
            ("--endpoints", self.endpoints),
            ("--hung", self.hung),
            (
                "--minutes",
                usize::try_from(self.minutes).unwrap_or(usize::MAX),
            ),
            ("--port", self.port.into()),
        ]
        .into_iter()
        .flat_map(|(name, value)| [name.to_owned(), value.to_string()])
        .collect()
    }

    pub(crate) fn duration(&self) -> Duration {
        Duration::from_mins(self.minutes)
    }

    /// Whether this endpoint never answers. They are spread over all.
    pub(crate) fn hangs(&self, endpoint: usize) -> bool {
        let before = |endpoint: usize| endpoint * self.hung / self.endpoints.max(1);
        before(endpoint) != before(endpoint + 1)
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} endpoints of {} s latency, {} of them hung, polled every {} s, for {} min",
            self.endpoints,
            LATENCY.as_secs(),
            self.hung,
            INTERVAL.as_secs(),
            self.minutes,
        )
    }
}
