//! What one sink has on disk.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::store::{Front, Held, Known, Store, StoreError};
use crate::sink::MetricBatch;

/// How long a file that cannot be used is left alone.
const LEFT_ALONE: Duration = Duration::from_mins(1);

/// The file of one sink, and what is known of it without asking the disk. Only
/// the task that sends uses it.
///
/// All waiting for the disk is on threads for that, not on those of the
/// runtime.
pub(crate) struct Backlog {
    file: PathBuf,
    limit: u64,
    store: Arc<Mutex<Option<Store>>>,
    state: Mutex<State>,
    /// Held for as long as the file may be used.
    _lock: Arc<File>,
}

#[derive(Debug, Default)]
struct State {
    open: bool,
    held: Held,
    /// `None` until the file was open once.
    known: Option<Known>,
    /// The lines up to here were sent together before.
    sealed: Option<u64>,
    /// When a file that failed is tried again.
    retry_at: Option<Duration>,
    /// What was last told of why it failed.
    told: Option<String>,
}

/// A file that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opened {
    /// How many lines were found.
    pub(super) lines: u64,
    /// How many lines of counts were given up.
    pub(super) interrupted: u64,
    pub(super) first: bool,
}

/// What came of putting lines on disk.
pub(super) struct Put {
    /// What was there when the file had to be opened for it.
    pub(super) opened: Option<Opened>,
    /// How many of the oldest lines there was no room for.
    pub(super) dropped: u64,
}

impl Backlog {
    pub(super) fn new(file: PathBuf, limit: u64, lock: Arc<File>) -> Self {
        Backlog {
            file,
            limit,
            store: Arc::default(),
            state: Mutex::default(),
            _lock: lock,
        }
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    /// How many lines are there and can be read.
    pub(super) fn lines(&self) -> u64 {
        let state = self.state();
        if state.open { state.held.lines } else { 0 }
    }

    /// Opens a file that has, or may have, something to send. `None` if there
    /// is nothing to open.
    pub(super) async fn open_what_is_left(
        &self,
        now: Duration,
    ) -> Option<Result<Opened, StoreFailure>> {
        {
            let state = self.state();
            let left = state.known.is_none() || state.held.lines > 0;
            if state.open || !left || state.retry_at.is_some_and(|at| now < at) {
                return None;
            }
        }
        let file = self.file.clone();
        let there = tokio::task::spawn_blocking(move || file.exists()).await;
        if !there.unwrap_or(true) {
            let mut state = self.state();
            if state.held.lines == 0 {
                // Nothing was left by a process before this one.
                state.known.get_or_insert(Known { taken: 0, next: 0 });
                return None;
            }
        }
        Some(self.open(now).await)
    }

    async fn open(&self, now: Duration) -> Result<Opened, StoreFailure> {
        let known = self.state().known;
        let (file, limit) = (self.file.clone(), self.limit);
        let opened = self
            .run(now, move |store| {
                let (opened, interrupted) = Store::open(&file, limit, known)?;
                let found = (opened.held(), opened.next(), interrupted);
                *store = Some(opened);
                Ok(found)
            })
            .await;
        let (held, next, interrupted) = opened?;
        let mut state = self.state();
        state.open = true;
        state.held = held;
        state.retry_at = None;
        state.told = None;
        let taken = known.map_or(0, |known| known.taken);
        state.known = Some(Known { taken, next });
        Ok(Opened {
            lines: held.lines,
            interrupted,
            first: known.is_none(),
        })
    }

    /// Whether a failure is another than the last.
    pub(super) fn is_news(&self, failure: &StoreFailure) -> bool {
        let StoreFailure(error) = failure;
        let mut state = self.state();
        let news = state.told.as_ref() != Some(error);
        state.told = Some(error.clone());
        news
    }

    /// Whether lines may be put there now.
    pub(super) fn takes_lines(&self, now: Duration) -> bool {
        let state = self.state();
        state.open || state.retry_at.is_none_or(|at| now >= at)
    }

    /// Puts lines behind all others. Lines that were sent together before are
    /// kept together, unless others wait before them. The file is opened first
    /// if that was not possible before; what was in it is for the caller.
    pub(super) async fn append(
        &self,
        batch: MetricBatch,
        sent_before: bool,
        now: Duration,
    ) -> Result<Put, StoreFailure> {
        let is_open = self.state().open;
        let opened = if is_open {
            None
        } else {
            Some(self.open(now).await?)
        };
        let is_first = self.state().held.lines == 0;
        let appended = self
            .on_store(now, move |store| {
                let appended = store.append(&batch)?;
                Ok((appended, store.held()))
            })
            .await;
        let (appended, held) = appended?;
        let mut state = self.state();
        state.held = held;
        if let Some(known) = &mut state.known {
            known.next = appended.end;
        }
        if sent_before && is_first {
            state.sealed = Some(appended.end);
        }
        Ok(Put {
            opened,
            dropped: appended.dropped,
        })
    }

    /// The oldest lines, marked as being sent.
    pub(super) async fn front(
        &self,
        max_lines: u64,
        max_bytes: usize,
        now: Duration,
    ) -> Result<Option<Front>, StoreFailure> {
        let sealed = self.state().sealed;
        let front = self.on_store(now, move |store| {
            // A batch whose lines were all dropped meanwhile is none any more.
            match store.front(max_lines, max_bytes, sealed)? {
                None if sealed.is_some() => store.front(max_lines, max_bytes, None),
                front => Ok(front),
            }
        });
        let front = front.await?;
        if front.is_none() {
            self.close().await;
        }
        Ok(front)
    }

    /// What was being sent was not taken, and comes again as it is.
    pub(super) async fn keep(&self, front: &Front, now: Duration) -> Result<(), StoreFailure> {
        self.state().sealed = Some(front.places.end);
        self.on_store(now, Store::keep).await
    }

    /// What was being sent is not needed any more. That is so even if the file
    /// cannot be told: then it is told when it can be used again.
    pub(super) async fn remove(&self, front: &Front, now: Duration) -> Result<(), StoreFailure> {
        let end = front.places.end;
        {
            let mut state = self.state();
            state.sealed = None;
            if let Some(known) = &mut state.known {
                known.taken = end;
            }
            state.held.lines = state.held.lines.saturating_sub(front.batch.len() as u64);
        }
        let removed = self
            .on_store(now, move |store| {
                store.remove(end)?;
                Ok(store.held())
            })
            .await;
        let held = removed?;
        self.state().held = held;
        if held.lines == 0 {
            self.close().await;
        }
        Ok(())
    }

    /// Closes an empty file and takes it away.
    async fn close(&self) {
        {
            let mut state = self.state();
            state.open = false;
            state.held = Held::default();
        }
        let (store, file) = (Arc::clone(&self.store), self.file.clone());
        let closed = tokio::task::spawn_blocking(move || {
            lock(&store).take();
            // One that stays is empty, and is used again.
            fs::remove_file(file)
        });
        let _ = closed.await;
    }

    async fn on_store<T: Send + 'static>(
        &self,
        now: Duration,
        work: impl FnOnce(&mut Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreFailure> {
        self.run(now, |store| match store {
            Some(store) => work(store),
            None => Err(StoreError::NotOpen),
        })
        .await
    }

    /// A file that failed once is not trusted to go on: it is closed, and what
    /// is in it is looked at anew when it is opened again.
    async fn run<T: Send + 'static>(
        &self,
        now: Duration,
        work: impl FnOnce(&mut Option<Store>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreFailure> {
        let store = Arc::clone(&self.store);
        let done = tokio::task::spawn_blocking(move || {
            let mut store = lock(&store);
            let done = work(&mut store);
            if done.is_err() {
                store.take();
            }
            done
        });
        let error = match done.await {
            Ok(Ok(done)) => return Ok(done),
            Ok(Err(error)) => error.to_string(),
            Err(_) => {
                lock(&self.store).take();
                "reading it failed: it is damaged".to_owned()
            }
        };
        let mut state = self.state();
        state.open = false;
        state.retry_at = Some(now + LEFT_ALONE);
        Err(StoreFailure(error))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// Why the file cannot be used, for an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StoreFailure(pub(super) String);

// A panic in a library below leaves nothing of ours half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
