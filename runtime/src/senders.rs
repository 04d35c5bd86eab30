//! The tasks that send, from start to drained end.

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::drain::Drain;
use crate::outlets::Outlets;
use crate::pump::Pump;
use crate::statuses::send_statuses;
use crate::stream::{Events, Logs, Metrics, SelfMonitoring, SelfMonitoringLogs, UrgentLogs};

/// All tasks that send, of all sinks.
pub(crate) struct Senders {
    streams: Group,
    statuses: Group,
}

/// Tasks that drain together.
#[derive(Default)]
struct Group {
    tasks: JoinSet<()>,
    drain: Drain,
}

impl Senders {
    /// Starts a task for each stream of each sink.
    pub(crate) fn start(outlets: &Outlets) -> Self {
        let mut streams = Group::default();
        let mut statuses = Group::default();
        for outlet in &outlets.all {
            let pump = |drain: &Drain| Pump {
                outlet: Arc::clone(outlet),
                board: Arc::clone(&outlets.board),
                clock: outlets.clock.clone(),
                drain: drain.clone(),
            };
            let Group { tasks, drain } = &mut streams;
            tasks.spawn(pump(drain).run::<Metrics>());
            tasks.spawn(pump(drain).run::<Logs>());
            tasks.spawn(pump(drain).run::<UrgentLogs>());
            tasks.spawn(pump(drain).run::<Events>());
            tasks.spawn(pump(drain).run::<SelfMonitoring>());
            tasks.spawn(pump(drain).run::<SelfMonitoringLogs>());
            let Group { tasks, drain } = &mut statuses;
            tasks.spawn(send_statuses(pump(drain), outlets.clone()));
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
        self.drain.begin(end);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        let _ = timeout_at(end, all).await;
        // A canceled send gives back its batch, so that it is counted.
        self.tasks.shutdown().await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use extyped_line::Lines;

    use super::*;
    use crate::board::Board;
    use crate::outlets::{METRIC_BYTES, Outlet};
    use crate::redact::Redactor;
    use crate::sink::{MemorySink, MetricBatch, Receipt, Sending, Sink, StatusRhythm};
    use crate::{Clock, LogEvent, Severity, Status, StatusReport, Timestamp};

    fn outlets(sinks: Vec<Arc<dyn Sink>>) -> Outlets {
        let redactor = Redactor::default();
        let outlet = |sink| Arc::new(Outlet::new(sink, METRIC_BYTES));
        Outlets {
            all: sinks.into_iter().map(outlet).collect(),
            board: Arc::new(Board::new(redactor.clone())),
            clock: Clock::starting_at(Timestamp::from_millis(0)),
            redactor,
        }
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_runtime_tells_of_itself_has_streams_of_its_own() {
        let (one, other) = (MemorySink::new(), MemorySink::new());
        let outlets = outlets(vec![Arc::new(one.clone()), Arc::new(other.clone())]);
        let senders = Senders::start(&outlets);
        let text = "dsfm:datasource.python.threads count,delta=3\n";
        outlets.self_monitoring(&Lines::from_text(text.to_owned()));
        for outlet in &outlets.all {
            outlets.self_monitoring_log(outlet, LogEvent::new(Severity::Warn, "to all"));
        }
        let aimed = LogEvent::new(Severity::Warn, "to one");
        outlets.self_monitoring_log(&outlets.all[0], aimed);
        senders.drain(&outlets, soon()).await;

        assert_eq!(one.self_monitoring(), [text.trim_end()]);
        assert_eq!(one.self_monitoring(), other.self_monitoring());
        assert!(one.lines().is_empty() && one.logs().is_empty());
        let texts = |sink: &MemorySink| -> Vec<String> {
            let logs = sink.self_monitoring_logs();
            logs.iter().map(|log| log.content().to_owned()).collect()
        };
        assert_eq!(texts(&one), ["to all", "to one"]);
        assert_eq!(texts(&other), ["to all"]);
    }

    /// Gathers for half a minute, and wants statuses at the heartbeat only.
    struct Measured(MemorySink);

    impl Sink for Measured {
        fn name(&self) -> &'static str {
            "measured"
        }
        fn pace(&self) -> Duration {
            Duration::from_secs(30)
        }
        fn status_rhythm(&self) -> StatusRhythm {
            StatusRhythm::Heartbeat
        }
        fn metrics<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
            self.0.metrics(batch)
        }
        fn self_monitoring<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
            Sink::self_monitoring(&self.0, batch)
        }
        fn status<'a>(&'a self, report: &'a StatusReport) -> Sending<'a, ()> {
            Sink::status(&self.0, report)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn gathered_streams_go_at_multiples_of_the_pace_and_the_others_at_once() {
        let memory = MemorySink::new();
        let outlets = outlets(vec![Arc::new(Measured(memory.clone()))]);
        let _senders = Senders::start(&outlets);
        let start = Instant::now();
        let line = Lines::from_text("a.b gauge,1\n".to_owned());
        let mut arrived = Vec::new();
        for (second, lines) in [(7, 1), (47, 2), (119, 3)] {
            tokio::time::sleep_until(start + Duration::from_secs(second)).await;
            outlets.metrics(line.clone());
            outlets.self_monitoring(&line);
            memory
                .wait_for(|memory| memory.self_monitoring().len() == lines)
                .await;
            let own = start.elapsed().as_secs();
            memory
                .wait_for(|memory| memory.lines().len() == lines)
                .await;
            arrived.push((own, start.elapsed().as_secs()));
        }
        assert_eq!(arrived, [(7, 30), (47, 60), (119, 120)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_sink_may_want_statuses_at_the_heartbeat_only() {
        let (calm, eager) = (MemorySink::new(), MemorySink::new());
        let outlets = outlets(vec![
            Arc::new(Measured(calm.clone())),
            Arc::new(eager.clone()),
        ]);
        let senders = Senders::start(&outlets);
        for n in 0..100 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            outlets
                .board
                .set_setup(Some(Status::warning(n.to_string())));
        }
        // At 1 and 51 seconds.
        assert_eq!(calm.reports().len(), 2);
        assert!(eager.reports().len() >= 99);
        senders.drain(&outlets, soon()).await;
        assert_eq!(calm.reports().len(), 2, "the end is no heartbeat");
        assert_eq!(eager.status(), Some(Status::warning("99")), "the last one");
    }

    #[tokio::test(start_paused = true)]
    async fn a_status_that_was_never_sent_is_sent_at_the_end() {
        let memory = MemorySink::new();
        let outlets = outlets(vec![Arc::new(Measured(memory.clone()))]);
        let senders = Senders::start(&outlets);
        outlets.board.set_setup(Some(Status::warning("at once")));
        senders.drain(&outlets, soon()).await;
        assert_eq!(memory.status(), Some(Status::warning("at once")));
    }

    /// Takes the first status late, and refuses the others.
    struct Slow(std::sync::Mutex<Vec<Instant>>);

    impl Sink for Slow {
        fn name(&self) -> &'static str {
            "slow"
        }
        fn status_rhythm(&self) -> StatusRhythm {
            StatusRhythm::Heartbeat
        }
        fn status<'a>(&'a self, _: &'a StatusReport) -> Sending<'a, ()> {
            let mut asked = self.0.lock().expect("no panic");
            asked.push(Instant::now());
            let first = asked.len() == 1;
            Box::pin(async move {
                tokio::time::sleep(Duration::from_secs(8)).await;
                if first {
                    Ok(())
                } else {
                    Err(crate::SinkError::later("busy"))
                }
            })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn neither_a_slow_answer_nor_a_refusal_puts_off_a_heartbeat() {
        let sink = Arc::new(Slow(std::sync::Mutex::default()));
        let outlets = outlets(vec![Arc::clone(&sink) as Arc<dyn Sink>]);
        outlets.board.set_polling();
        let _senders = Senders::start(&outlets);
        let start = Instant::now();
        tokio::time::sleep(Duration::from_mins(10)).await;
        let asked = sink.0.lock().expect("no panic").clone();
        let seconds = |at: &Instant| at.duration_since(start).as_secs();
        assert_eq!(
            asked.iter().take(2).map(seconds).collect::<Vec<_>>(),
            [0, 50]
        );
        let widest = asked.windows(2).map(|pair| pair[1] - pair[0]).max();
        assert!(widest <= Some(Duration::from_secs(50)), "{widest:?}");
    }

    /// Takes nothing.
    struct Full;

    impl Sink for Full {
        fn name(&self) -> &'static str {
            "full"
        }
        fn metrics<'a>(&'a self, _: &'a MetricBatch) -> Sending<'a, Receipt> {
            Box::pin(std::future::pending())
        }
        fn logs<'a>(&'a self, _: &'a [LogEvent]) -> Sending<'a, ()> {
            Box::pin(std::future::pending())
        }
        fn event<'a>(&'a self, _: &'a crate::Event) -> Sending<'a, ()> {
            Box::pin(std::future::pending())
        }
        fn self_monitoring<'a>(&'a self, _: &'a MetricBatch) -> Sending<'a, Receipt> {
            Box::pin(std::future::pending())
        }
        fn self_monitoring_logs<'a>(&'a self, _: &'a [LogEvent]) -> Sending<'a, ()> {
            Box::pin(std::future::pending())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn every_stream_is_bounded_and_counts_what_it_drops() {
        let outlets = outlets(vec![Arc::new(Full)]);
        let senders = Senders::start(&outlets);
        let text = "x".repeat(400_000);
        let line = format!("a.b,c=\"{}\" gauge,1\n", "x".repeat(200));
        let lines = Lines::from_text(line.repeat(4_000));
        for _ in 0..24 {
            outlets.metrics(lines.clone());
            outlets.self_monitoring(&lines);
            outlets.log(LogEvent::new(Severity::Info, text.as_str()));
            outlets.log(LogEvent::new(Severity::Info, text.as_str()).urgent());
            outlets.event(crate::Event::new(
                crate::EventType::CustomInfo,
                text.as_str(),
            ));
            let own = LogEvent::new(Severity::Info, text.as_str());
            outlets.self_monitoring_log(&outlets.all[0], own);
        }
        senders.drain(&outlets, soon()).await;
        for tally in outlets.all[0].tallies() {
            let dropped = tally.dropped().by(crate::DropCause::BufferFull);
            assert!(dropped > 0 && tally.waiting() > 0, "{tally}");
            assert_eq!(tally.given(), dropped + tally.waiting(), "{tally}");
        }
    }
}
