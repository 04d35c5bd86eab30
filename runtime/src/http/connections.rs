//! Which connections are kept from one poll to the next.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use reqwest::Url;
use tokio::time::Instant;

use super::PollError;
use super::client::Recipe;
use super::error::chain;

/// An idle connection costs some 20 KiB, twice that with TLS. Kept for this
/// many hosts it is 20 MB at most, a fifth of what a process may have; kept
/// for ten thousand it would be more than all of it.
const HOSTS: usize = 500;

/// Longer than the usual minute between polls, or each poll would shake hands
/// anew.
const KEPT: Duration = Duration::from_secs(90);

/// Long enough for the requests of one poll to share a connection.
const BRIEFLY: Duration = Duration::from_secs(1);

/// The connections of a process: those to the first hosts are kept between
/// polls, those to more hosts than memory has room for only within one.
///
/// Two pools, because a pool bounds what it keeps for a host and not for all
/// of them. Each is made when it is first needed: reading the certificates of
/// the system takes longer than all else at the start of a process, and an
/// extension may need none.
pub(super) struct Connections {
    kept: OnceLock<Result<reqwest::Client, PollError>>,
    brief: OnceLock<reqwest::Client>,
    recipe: Recipe,
    regulars: Mutex<Regulars>,
}

impl Connections {
    /// Fails at once if what an operator or an author gave cannot be used.
    pub(super) fn new(recipe: Recipe) -> Result<Arc<Self>, PollError> {
        let connections = Connections {
            kept: OnceLock::new(),
            brief: OnceLock::new(),
            regulars: Mutex::new(Regulars::new(HOSTS)),
            recipe,
        };
        if connections.recipe.may_be_wrong() {
            connections.any()?;
        }
        Ok(Arc::new(connections))
    }

    /// For building requests, which takes no connection.
    pub(super) fn any(&self) -> Result<&reqwest::Client, PollError> {
        let kept = self.kept.get_or_init(|| self.recipe.client(KEPT));
        kept.as_ref().map_err(Clone::clone)
    }

    /// The client to send a request to `url` with.
    pub(super) fn to(&self, url: &Url) -> Result<&reqwest::Client, PollError> {
        let kept = self.any()?;
        let regular = {
            let mut regulars = self.regulars.lock().unwrap_or_else(PoisonError::into_inner);
            regulars.admit(key(url), Instant::now())
        };
        if regular {
            return Ok(kept);
        }
        Ok(self.brief.get_or_init(|| {
            tracing::info!(
                "more than {HOSTS} hosts are polled: connections to the others are made anew for \
                 each poll, which keeps memory small"
            );
            self.recipe.client(BRIEFLY).unwrap_or_else(|error| {
                // The same recipe worked before.
                tracing::warn!(cause = chain(&error), "all connections are kept instead");
                kept.clone()
            })
        }))
    }
}

/// What a pool tells hosts apart by. A collision makes two hosts share a
/// place and nothing else.
fn key(url: &Url) -> u64 {
    let mut hasher = DefaultHasher::new();
    (url.scheme(), url.host_str(), url.port_or_known_default()).hash(&mut hasher);
    hasher.finish()
}

/// The hosts whose connections are kept, with the time of the last request.
#[derive(Debug)]
struct Regulars {
    hosts: HashMap<u64, Instant>,
    limit: usize,
}

impl Regulars {
    fn new(limit: usize) -> Self {
        Regulars {
            hosts: HashMap::new(),
            limit,
        }
    }

    /// Whether a host is among them or has room now. The connections of one
    /// that was not asked for a while are closed, so its place is free.
    fn admit(&mut self, host: u64, now: Instant) -> bool {
        if let Some(last) = self.hosts.get_mut(&host) {
            *last = now;
            return true;
        }
        if self.hosts.len() >= self.limit {
            self.hosts
                .retain(|_, last| now.saturating_duration_since(*last) < KEPT);
        }
        let room = self.hosts.len() < self.limit;
        if room {
            self.hosts.insert(host, now);
        }
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_hosts_stay_and_later_ones_wait_for_a_place() {
        let start = Instant::now();
        let minute = |minutes: u32| start + Duration::from_mins(1) * minutes;
        let mut regulars = Regulars::new(2);
        for round in 0..3 {
            let admitted = [1, 2, 3].map(|host| regulars.admit(host, minute(round)));
            assert_eq!(admitted, [true, true, false]);
        }
        regulars.admit(1, minute(4));
        assert!(regulars.admit(3, minute(4)), "2 was not asked for 90 s");
        assert!(!regulars.admit(2, minute(4)));
    }

    #[test]
    fn hosts_are_told_apart_as_connections_are() {
        let of = |url: &str| key(&Url::parse(url).expect("a URL"));
        assert_eq!(of("https://a/x?y=1"), of("https://a:443/z"));
        for other in ["http://a/", "https://b/", "https://a:8443/"] {
            assert_ne!(of("https://a/"), of(other), "{other}");
        }
    }
}
