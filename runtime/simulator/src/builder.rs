//! What a simulator is built from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Write;
use std::time::SystemTime;

use crate::Simulator;
use crate::record::Recorder;
use crate::shared::{Notice, Observer, Shared};
use crate::state::{Bounds, State};
use crate::take::Fixed;

/// What is used where nothing is said.
mod default {
    pub(super) const DATA_SOURCE: &str = "extyped-simulator";
    pub(super) const TOKEN: &str = "simulated-token";
    pub(super) const ACTIVATION: &str = r#"{"enabled": true, "description": "simulated", "version": "1.0.0", "featureSets": [], "pythonRemote": {}}"#;
    /// Bytes of what came in.
    pub(super) const MEMORY: usize = 64 * 1024 * 1024;
}

/// Gathers what a [`Simulator`] is built from.
///
/// ```
/// use extyped_simulator::Simulator;
///
/// # let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// # tokio.block_on(async {
/// let simulator = Simulator::builder()
///     .activation(r#"{"version": "1.0.0", "featureSets": ["Pools"], "pythonRemote": {}}"#)
///     .feature_set("Pools", ["lb.pool.health"])
///     .build();
/// let listener = simulator.listen(([127, 0, 0, 1], 0)).await?;
/// let url = simulator.url(listener.address());
/// # assert!(url.starts_with("http://127.0.0.1:"));
/// # Ok::<(), std::io::Error>(())
/// # })?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Default)]
pub struct Builder {
    data_source: Option<String>,
    token: Option<String>,
    base: String,
    activation: Option<String>,
    extension_yaml: String,
    extension: Option<String>,
    feature_sets: BTreeMap<String, Vec<String>>,
    listed: Option<BTreeSet<String>>,
    epoch_millis: Option<i64>,
    cluster_diff: i64,
    memory: Option<usize>,
    observer: Option<Observer>,
    recorder: Option<Recorder>,
}

impl Builder {
    /// The `--dsid` it answers to: `extyped-simulator` if nothing is said.
    #[must_use]
    pub fn data_source_id(mut self, id: impl Into<String>) -> Self {
        self.data_source = Some(id.into());
        self
    }

    /// The token it expects: `simulated-token` if nothing is said.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// The path of its URL, `/eec`: none if nothing is said.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        let path = path.trim_matches('/');
        self.base = match path {
            "" => String::new(),
            path => format!("/{path}"),
        };
        self
    }

    /// The activation that `/userconfig` answers, as JSON text: one that is
    /// enabled and has an empty `pythonRemote` if nothing is said.
    #[must_use]
    pub fn activation(mut self, json: impl Into<String>) -> Self {
        self.activation = Some(json.into());
        self
    }

    /// The text of `extension.yaml` that `/extconfig` answers.
    #[must_use]
    pub fn extension_yaml(mut self, text: impl Into<String>) -> Self {
        self.extension_yaml = text.into();
        self
    }

    /// The name of the extension. One that begins with `custom:` may send no
    /// self-monitoring logs.
    #[must_use]
    pub fn extension_name(mut self, name: impl Into<String>) -> Self {
        self.extension = Some(name.into());
        self
    }

    /// Adds a feature set and the keys of its metrics.
    #[must_use]
    pub fn feature_set<K: Into<String>>(
        mut self,
        name: impl Into<String>,
        metrics: impl IntoIterator<Item = K>,
    ) -> Self {
        let metrics = metrics.into_iter().map(Into::into);
        self.feature_sets
            .entry(name.into())
            .or_default()
            .extend(metrics);
        self
    }

    /// The keys of all metrics of the manifest. A line with another key is
    /// taken, with a remark; without this call any key will do.
    #[must_use]
    pub fn metrics<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        let keys = keys.into_iter().map(Into::into);
        self.listed.get_or_insert_default().extend(keys);
        self
    }

    /// What time it is now, in milliseconds since 1970: the time of this
    /// machine if nothing is said. A test that gives the extension a clock of
    /// its own gives the same time here, or every timestamp is out of bounds.
    #[must_use]
    pub fn starting_at(mut self, epoch_millis: i64) -> Self {
        self.epoch_millis = Some(epoch_millis);
        self
    }

    /// What the cluster's clock is ahead, in milliseconds: nothing if nothing
    /// is said.
    #[must_use]
    pub fn cluster_diff(mut self, millis: i64) -> Self {
        self.cluster_diff = millis;
        self
    }

    /// How many bytes of what came in are kept: about 64 MiB if nothing is
    /// said.
    #[must_use]
    pub fn memory(mut self, bytes: usize) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// Records every request as a line of JSON. Neither the token nor the
    /// activation is written.
    #[must_use]
    pub fn record_to(mut self, out: impl Write + Send + 'static) -> Self {
        self.recorder = Some(Recorder::new(out));
        self
    }

    /// Calls `observer` with whatever happens. It runs between a request and
    /// its answer, so it should not take long.
    #[must_use]
    pub fn observe(mut self, observer: impl Fn(Notice<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Builds the simulator; its clock starts now.
    pub fn build(self) -> Simulator {
        let memory = self.memory.unwrap_or(default::MEMORY);
        let mut state = State::new(Bounds {
            requests: memory / 4,
            lines: memory / 2,
            others: memory / 24,
        });
        state.token = self.token.unwrap_or_else(|| default::TOKEN.to_owned());
        state.activation = self
            .activation
            .unwrap_or_else(|| default::ACTIVATION.to_owned());
        state.extension_yaml = self.extension_yaml;
        state.feature_sets = self.feature_sets;
        state.cluster_diff = self.cluster_diff;
        let fixed = Fixed {
            data_source: self
                .data_source
                .unwrap_or_else(|| default::DATA_SOURCE.to_owned()),
            base: self.base,
            listed: self.listed,
            extension: self.extension,
        };
        let epoch = self.epoch_millis.unwrap_or_else(system_millis);
        Simulator {
            shared: Shared::new(fixed, state, epoch, self.observer, self.recorder),
        }
    }
}

fn system_millis() -> i64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or_default()
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the token nor the activation.
        f.debug_struct("Builder")
            .field("data_source", &self.data_source)
            .finish_non_exhaustive()
    }
}
