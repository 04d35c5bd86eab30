//! The tasks that send, from start to drained end.

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::outlets::Outlets;
use crate::stream::{Events, Logs, Metrics, Pump, send_statuses};

/// All tasks that send, of all sinks.
pub(crate) struct Senders {
    streams: Group,
    statuses: Group,
}

/// Tasks that drain together.
#[derive(Default)]
struct Group {
    tasks: JoinSet<()>,
    drain: CancellationToken,
}

impl Senders {
    /// Starts a task for each stream of each sink.
    pub(crate) fn start(outlets: &Outlets) -> Self {
        let mut streams = Group::default();
        let mut statuses = Group::default();
        for outlet in &outlets.all {
            let pump = |drain: &CancellationToken| Pump {
                outlet: Arc::clone(outlet),
                board: Arc::clone(&outlets.board),
                clock: outlets.clock.clone(),
                drain: drain.clone(),
            };
            let Group { tasks, drain } = &mut streams;
            tasks.spawn(pump(drain).run::<Metrics>());
            tasks.spawn(pump(drain).run::<Logs>());
            tasks.spawn(pump(drain).run::<Events>());
            let Group { tasks, drain } = &mut statuses;
            tasks.spawn(send_statuses(pump(drain)));
        }
        Senders { streams, statuses }
    }

    /// Sends what is left until `end`. The status goes last, because it tells
    /// how sending the rest went; it has a quarter of the time to itself.
    pub(crate) async fn drain(self, outlets: &Outlets, end: Instant) {
        let left = end.saturating_duration_since(Instant::now());
        self.streams.end_by(Instant::now() + left / 4 * 3).await;
        self.statuses.end_by(Instant::now() + left / 8).await;
        for outlet in &outlets.all {
            // What is not handed on by now is lost either way.
            let _ = timeout_at(end, outlet.sink.finish()).await;
        }
    }
}

impl Group {
    async fn end_by(mut self, end: Instant) {
        self.drain.cancel();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        let _ = timeout_at(end, all).await;
        // A canceled send gives back its batch, so that it is counted.
        self.tasks.shutdown().await;
    }
}
