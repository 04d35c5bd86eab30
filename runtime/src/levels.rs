//! How much is logged, changed while the process runs.

use std::sync::{Arc, PoisonError, RwLock};

use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Metadata, callsite};
use tracing_subscriber::layer::{Context, Filter};

/// The log levels of the two halves of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Levels {
    /// What the extension logs.
    pub(crate) extension: LevelFilter,
    /// What the runtime logs: every request to the EEC with `debug`.
    pub(crate) runtime: LevelFilter,
}

impl Levels {
    /// The same level for both.
    pub(crate) fn both(level: LevelFilter) -> Self {
        Levels {
            extension: level,
            runtime: level,
        }
    }

    fn of(self, target: &str) -> LevelFilter {
        match target.split("::").next() {
            // How connections are kept is for whoever wants everything.
            Some("hyper_util" | "reqwest") if self.runtime < LevelFilter::TRACE => {
                self.runtime.min(LevelFilter::INFO)
            }
            Some("extyped" | "hyper_util" | "reqwest") => self.runtime,
            _ => self.extension,
        }
    }
}

/// A level by its name, as the EEC and the command line write it.
pub(crate) fn named(name: &str) -> Option<LevelFilter> {
    match name.trim().to_ascii_lowercase().as_str() {
        "error" => Some(LevelFilter::ERROR),
        "warn" | "warning" => Some(LevelFilter::WARN),
        "info" => Some(LevelFilter::INFO),
        "debug" => Some(LevelFilter::DEBUG),
        "trace" => Some(LevelFilter::TRACE),
        _ => None,
    }
}

/// The levels in force. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct LogLevels(Arc<RwLock<Levels>>);

impl LogLevels {
    pub(crate) fn new(levels: Levels) -> Self {
        LogLevels(Arc::new(RwLock::new(levels)))
    }

    pub(crate) fn get(&self) -> Levels {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes effect with the next line that is logged.
    pub(crate) fn set(&self, levels: Levels) {
        if self.get() == levels {
            return;
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = levels;
        // Every place that logs remembers whether it is heard.
        callsite::rebuild_interest_cache();
    }

    fn hears(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.get().of(metadata.target())
    }
}

impl<S> Filter<S> for LogLevels {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.hears(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.hears(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let Levels { extension, runtime } = self.get();
        Some(extension.max(runtime))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::{Layer, fmt};

    use super::*;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("no panic").extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Log {
        fn text(&self) -> String {
            let bytes = std::mem::take(&mut *self.0.lock().expect("no panic"));
            String::from_utf8(bytes).expect("text")
        }
    }

    #[test]
    fn levels_change_while_the_process_runs_and_each_half_has_its_own() {
        let log = Log::default();
        let levels = LogLevels::new(Levels::both(LevelFilter::INFO));
        let writer = log.clone();
        let layer = fmt::layer()
            .with_ansi(false)
            .without_time()
            .with_target(false)
            .with_writer(move || writer.clone())
            .with_filter(levels.clone());
        let ours = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(ours, || {
            let tell = || {
                tracing::debug!(target: "extyped::eec", "the runtime");
                tracing::debug!(target: "extyped_nginx", "the extension");
                log.text()
            };
            assert_eq!(tell(), "");
            levels.set(Levels {
                extension: LevelFilter::DEBUG,
                runtime: LevelFilter::INFO,
            });
            assert_eq!(tell(), "DEBUG the extension\n");
            levels.set(Levels {
                extension: LevelFilter::INFO,
                runtime: LevelFilter::DEBUG,
            });
            assert_eq!(tell(), "DEBUG the runtime\n");
            levels.set(Levels::both(LevelFilter::INFO));
            assert_eq!(tell(), "");
        });
    }
}
