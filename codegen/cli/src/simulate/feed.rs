//! From the simulated EEC, which must not wait, to whoever shows it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use extyped_simulator::{Finding, Notice, Reported, Request};
use tokio::sync::mpsc;

use super::expect::Expectations;

/// What waits to be shown; beyond that it is only counted.
const WAITING: usize = 8_192;

/// Most metrics whose first line is news.
const METRICS: usize = 10_000;

/// Something to show.
#[derive(Debug)]
pub(crate) enum News {
    Request(Box<Request>),
    Finding(Finding),
    /// The first line of a metric came; the request that brought it follows.
    Metric(String),
}

/// Sees everything, between a request and its answer.
pub(crate) struct Watcher {
    expectations: Arc<Expectations>,
    seen: Mutex<BTreeSet<String>>,
    send: mpsc::Sender<News>,
    lost: Arc<AtomicU64>,
}

/// What the watcher saw, in order.
pub(crate) struct Feed {
    pub(crate) news: mpsc::Receiver<News>,
    lost: Arc<AtomicU64>,
}

impl Feed {
    /// How much was not shown because nobody kept up with showing it.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

pub(crate) fn new(expectations: Arc<Expectations>) -> (Watcher, Feed) {
    let (send, news) = mpsc::channel(WAITING);
    let lost = Arc::<AtomicU64>::default();
    let watcher = Watcher {
        expectations,
        seen: Mutex::default(),
        send,
        lost: Arc::clone(&lost),
    };
    (watcher, Feed { news, lost })
}

impl Watcher {
    pub(crate) fn notice(&self, notice: Notice<'_>) {
        match notice {
            Notice::Line(line) => {
                self.expectations.line(line);
                self.line(line);
            }
            Notice::Finding(finding) => self.send(News::Finding(finding.clone())),
            Notice::Request(request) => self.send(News::Request(Box::new(request.clone()))),
            // What a later simulator tells beyond these.
            _ => {}
        }
    }

    fn line(&self, line: &Reported) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() < METRICS && !seen.contains(&line.key) {
            seen.insert(line.key.clone());
            self.send(News::Metric(line.key.clone()));
        }
    }

    fn send(&self, news: News) {
        if self.send.try_send(news).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}
