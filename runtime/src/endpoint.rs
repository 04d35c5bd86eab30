//! What an extension polls.

use std::fmt;
use std::time::Duration;

/// How often an endpoint is polled if nothing else is said.
pub(crate) const DEFAULT_INTERVAL: Duration = Duration::from_mins(1);

/// The shortest interval; what is asked for more often is a stream, not a poll.
pub(crate) const MIN_INTERVAL: Duration = Duration::from_secs(1);

/// How many endpoints are polled at once if nothing else is said. Waiting
/// endpoints cost little; what is bounded is sockets and answers in memory.
///
/// Of ten thousand healthy endpoints that take a second each, some 200 are
/// polled at any time; the rest is for those that hang. A thousand of these
/// take three quarters of a minute each, and some 25 KiB.
pub(crate) const DEFAULT_CONCURRENCY: usize = 1_024;

/// What to poll, as [`Extension::endpoints`](crate::Extension::endpoints)
/// gathers it from the configuration. Each is polled by a task of its own,
/// with its own interval, deadline and status.
///
/// Pairs of name and value are all it takes:
///
/// ```
/// use extyped::Endpoints;
///
/// let hosts = ["10.0.0.1", "10.0.0.2"];
/// let endpoints: Endpoints<String> =
///     hosts.iter().map(|host| (*host, format!("https://{host}/api"))).collect();
/// assert_eq!(endpoints.len(), 2);
/// ```
pub struct Endpoints<T> {
    pub(crate) list: Vec<Endpoint<T>>,
    pub(crate) concurrency: usize,
}

/// One thing to poll: a name for the operator, a value for the extension.
///
/// ```
/// use std::time::Duration;
/// use extyped::{Endpoint, Endpoints};
///
/// let endpoints: Endpoints<u16> = [
///     Endpoint::new("edge", 8080).every(Duration::from_secs(10)),
///     Endpoint::new("archive", 8081)
///         .every(Duration::from_mins(10))
///         .deadline(Duration::from_mins(2))
///         .entity("type(custom:archive)"),
/// ]
/// .into_iter()
/// .collect();
/// ```
pub struct Endpoint<T> {
    pub(crate) name: String,
    pub(crate) value: T,
    pub(crate) interval: Duration,
    pub(crate) deadline: Option<Duration>,
    pub(crate) entity: Option<String>,
    pub(crate) dimensions: Vec<(String, String)>,
}

impl<T> Endpoints<T> {
    /// The one thing this configuration polls. It has no name of its own: its
    /// status is that of the extension.
    pub fn one(value: T) -> Self {
        Endpoints::from_iter([Endpoint::new("", value)])
    }

    /// Polls at most `limit` of them at once; 1,024 if nothing is said. Those
    /// that wait longer than their interval skip ticks, and their status says
    /// so. The limit of open files bounds it, too.
    #[must_use]
    pub fn at_once(mut self, limit: usize) -> Self {
        self.concurrency = limit.max(1);
        self
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is nothing to poll.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl<T> Endpoint<T> {
    /// An endpoint that is polled once a minute. The name is what statuses and
    /// events call it, best an address; no two may be equal.
    pub fn new(name: impl Into<String>, value: T) -> Self {
        Endpoint {
            name: name.into(),
            value,
            interval: DEFAULT_INTERVAL,
            deadline: None,
            entity: None,
            dimensions: Vec::new(),
        }
    }

    /// Polls it every `interval`, at least one second.
    #[must_use]
    pub fn every(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Cancels a `query` that takes longer. What it reported until then is
    /// kept. Three quarters of the interval if nothing is said, so that a hung
    /// endpoint is told from a slow one before its next tick.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Says which entity in Dynatrace it is, as an entity selector, so that
    /// the events of its faults open their problem there and not on the whole
    /// environment.
    #[must_use]
    pub fn entity(mut self, selector: impl Into<String>) -> Self {
        self.entity = Some(selector.into());
        self
    }

    /// Adds dimensions to all lines of this endpoint: those that the operator
    /// gave it in the configuration, such as
    /// [`PrimaryDimensions`](crate::PrimaryDimensions), and that the manifest
    /// cannot know.
    ///
    /// A dimension that a line has already stays as it is. Without a value it
    /// is left out, as is one whose key is not valid; of that the status tells.
    ///
    /// ```
    /// # use extyped::Endpoint;
    /// let endpoint = Endpoint::new("db-1", ())
    ///     .dimensions([("owner", "team-a"), ("stage", "production")]);
    /// ```
    #[must_use]
    pub fn dimensions<K, V>(mut self, dimensions: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<String>,
        V: fmt::Display,
    {
        let texts = dimensions
            .into_iter()
            .map(|(k, v)| (k.into(), v.to_string()));
        self.dimensions.extend(texts);
        self
    }
}

/// The deadline of a callback for which none was set.
pub(crate) fn default_deadline(interval: Duration) -> Duration {
    interval / 4 * 3
}

impl<T> Default for Endpoints<T> {
    fn default() -> Self {
        Endpoints {
            list: Vec::new(),
            concurrency: DEFAULT_CONCURRENCY,
        }
    }
}

impl<T> FromIterator<Endpoint<T>> for Endpoints<T> {
    fn from_iter<I: IntoIterator<Item = Endpoint<T>>>(iter: I) -> Self {
        Endpoints {
            list: iter.into_iter().collect(),
            ..Endpoints::default()
        }
    }
}

impl<N: Into<String>, T> FromIterator<(N, T)> for Endpoints<T> {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(iter: I) -> Self {
        iter.into_iter()
            .map(|(name, value)| Endpoint::new(name, value))
            .collect()
    }
}

// The value is the author's and may hold a secret: it is not shown.
impl<T> fmt::Debug for Endpoint<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("name", &self.name)
            .field("interval", &self.interval)
            .field("deadline", &self.deadline)
            .field("entity", &self.entity)
            .field("dimensions", &self.dimensions)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Endpoints<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoints")
            .field("list", &self.list)
            .field("concurrency", &self.concurrency)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_of_an_endpoint_is_never_shown() {
        let endpoints = Endpoints::one("password");
        assert!(!format!("{endpoints:?}").contains("password"));
    }

    #[test]
    fn the_default_deadline_is_shorter_than_the_interval() {
        for interval in [MIN_INTERVAL, DEFAULT_INTERVAL, Duration::from_hours(1)] {
            assert!(default_deadline(interval) < interval);
        }
        assert_eq!(
            default_deadline(DEFAULT_INTERVAL),
            Duration::from_secs(45),
            "a minute leaves room for the client's own 30 seconds"
        );
    }
}
