//! What is reported, on the console.

use std::io::Write;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::paint::{Ink, Paint};
use super::{MetricBatch, Receipt, Sending, Sink, SinkError};
use crate::{Event, LogEvent, Severity, Status, StatusCode, StatusReport};

/// How many pieces may wait for the console. A console that nobody reads then
/// holds back this sink, and nothing else.
const WAITING: usize = 64;

/// Prints what is reported, for development: colored on a terminal, plain where
/// it is piped or `NO_COLOR` is set. What the runtime tells of itself is
/// printed only while the log level is `debug` or finer.
///
/// ```text
/// metric  lb.cpu,device.address="10.0.0.1" gauge,42.5 1700000000000
/// own     dsfm:datasource.python.threads count,delta=3 1700000000000
/// event   ERROR_EVENT "Endpoint refuses the credentials: lb-2" dt.event.description="…"
/// status  WARNING Endpoints OK: 1 WARNING: 0 ERROR: 1 Unhealthy endpoints: lb-2 - …
/// ```
#[derive(Debug)]
pub struct StdoutSink {
    paint: Paint,
    metrics: bool,
    writer: mpsc::Sender<Piece>,
    last: Mutex<Option<Status>>,
}

#[derive(Debug)]
enum Piece {
    Text(String),
    /// Answered when everything before it is written.
    Flush(oneshot::Sender<()>),
}

impl StdoutSink {
    /// Prints everything.
    pub fn new() -> Self {
        let stdout = std::io::stdout();
        StdoutSink::writing_to(Paint::detect(&stdout), stdout)
    }

    /// Leaves out metric lines.
    #[must_use]
    pub fn without_metrics(mut self) -> Self {
        self.metrics = false;
        self
    }

    /// Writing to a console can block, so a thread of its own does it. It ends
    /// with the sink, or when nobody can read any more.
    fn writing_to(paint: Paint, mut output: impl Write + Send + 'static) -> Self {
        let (writer, mut pieces) = mpsc::channel(WAITING);
        let thread = std::thread::Builder::new().name("stdout".to_owned());
        let started = thread.spawn(move || {
            while let Some(piece) = pieces.blocking_recv() {
                let written = match piece {
                    Piece::Text(text) => output.write_all(text.as_bytes()),
                    Piece::Flush(done) => {
                        let flushed = output.flush();
                        // Whoever asked may have given up.
                        let _ = done.send(());
                        flushed
                    }
                };
                if written.is_err() {
                    return;
                }
            }
        });
        if let Err(error) = started {
            tracing::error!("nothing can be printed, there is no thread for it: {error}");
        }
        StdoutSink {
            paint,
            metrics: true,
            writer,
            last: Mutex::default(),
        }
    }

    /// Hands on a text. It is taken whole or not at all, also when the send is
    /// given up.
    async fn print(&self, text: String) -> Result<(), SinkError> {
        if text.is_empty() {
            return Ok(());
        }
        self.put(Piece::Text(text)).await
    }

    async fn put(&self, piece: Piece) -> Result<(), SinkError> {
        self.writer
            .send(piece)
            .await
            .map_err(|_| SinkError::never("standard output is closed: nobody reads it"))
    }

    fn line(&self, ink: Ink, label: &str, text: &str) -> String {
        format!(
            "{} {text}\n",
            self.paint.text(ink, format_args!("{label:<7}"))
        )
    }

    fn metric(&self, label: &str, line: &str) -> String {
        let end = line.find([',', ' ']).unwrap_or(line.len());
        let (key, rest) = line.split_at(end);
        let text = format!("{}{rest}", self.paint.text(Ink::Key, key));
        self.line(Ink::Faint, label, &text)
    }

    fn pair(&self, key: &str, value: &str) -> String {
        let pair = format_args!("{key}={value:?}");
        format!(" {}", self.paint.text(Ink::Faint, pair))
    }

    fn event_text(&self, event: &Event) -> String {
        let (ink, ended) = match event.end() {
            Some(_) => (Ink::Good, " (closed)"),
            None => (Ink::Doubtful, ""),
        };
        let mut text = format!(
            "{} {:?}{ended}",
            self.paint.text(ink, event.event_type()),
            event.title()
        );
        for (key, value) in event.properties() {
            text.push_str(&self.pair(key, value));
        }
        self.line(ink, "event", &text)
    }

    fn log_text(&self, label: &str, log: &LogEvent) -> String {
        let ink = match log.severity() {
            Severity::Debug | Severity::Info => Ink::Faint,
            Severity::Warn => Ink::Doubtful,
            Severity::Error => Ink::Bad,
        };
        let mut text = format!(
            "{} {:?}",
            self.paint.text(ink, log.severity()),
            log.content()
        );
        for (key, value) in log.attributes() {
            text.push_str(&self.pair(key, &value.to_string()));
        }
        self.line(ink, label, &text)
    }

    /// The status, if it is another than the one printed last.
    fn status_text(&self, report: &StatusReport) -> String {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(status) = report.status() else {
            return String::new();
        };
        if last.as_ref() == Some(status) {
            return String::new();
        }
        *last = Some(status.clone());
        let ink = ink_of(status.code());
        let mut text = String::new();
        for (index, line) in status.message().split('\n').enumerate() {
            let label = if index == 0 { "status" } else { "" };
            let code = if index == 0 {
                format!("{} ", self.paint.text(ink, status.code()))
            } else {
                String::new()
            };
            text.push_str(&self.line(ink, label, format!("{code}{line}").trim_end()));
        }
        text
    }
}

/// What the runtime tells of itself is for whoever debugs.
fn tells_of_itself() -> bool {
    tracing::enabled!(tracing::Level::DEBUG)
}

fn ink_of(code: StatusCode) -> Ink {
    match code {
        StatusCode::Ok => Ink::Good,
        StatusCode::Warning => Ink::Doubtful,
        _ => Ink::Bad,
    }
}

impl Default for StdoutSink {
    fn default() -> Self {
        StdoutSink::new()
    }
}

impl Sink for StdoutSink {
    fn name(&self) -> &'static str {
        "standard output"
    }

    fn ingest_window(&self) -> Option<Duration> {
        None
    }

    fn metrics<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        Box::pin(async move {
            if self.metrics {
                self.print(
                    batch
                        .lines()
                        .map(|line| self.metric("metric", line))
                        .collect(),
                )
                .await?;
            }
            Ok(Receipt::accepted())
        })
    }

    fn logs<'a>(&'a self, batch: &'a [LogEvent]) -> Sending<'a, ()> {
        let text = batch.iter().map(|log| self.log_text("log", log));
        Box::pin(self.print(text.collect()))
    }

    fn event<'a>(&'a self, event: &'a Event) -> Sending<'a, ()> {
        Box::pin(self.print(self.event_text(event)))
    }

    fn self_monitoring<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        Box::pin(async move {
            if self.metrics && tells_of_itself() {
                let text = batch.lines().map(|line| self.metric("own", line));
                self.print(text.collect()).await?;
            }
            Ok(Receipt::accepted())
        })
    }

    fn self_monitoring_logs<'a>(&'a self, batch: &'a [LogEvent]) -> Sending<'a, ()> {
        let text = if tells_of_itself() {
            batch.iter().map(|log| self.log_text("own", log)).collect()
        } else {
            String::new()
        };
        Box::pin(self.print(text))
    }

    fn status<'a>(&'a self, report: &'a StatusReport) -> Sending<'a, ()> {
        Box::pin(self.print(self.status_text(report)))
    }

    fn finish(&self) -> Sending<'_, ()> {
        Box::pin(async move {
            let (done, flushed) = oneshot::channel();
            self.put(Piece::Flush(done)).await?;
            flushed
                .await
                .map_err(|_| SinkError::never("standard output is closed: nobody reads it"))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{EventType, Timestamp};

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("nobody panicked").write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    async fn printed(paint: Paint, metrics: bool) -> String {
        let output = Shared::default();
        let mut sink = StdoutSink::writing_to(paint, output.clone());
        if !metrics {
            sink = sink.without_metrics();
        }
        let report = |message: &'static str| StatusReport {
            status: Some(Status::warning(message)),
            endpoints: Vec::new(),
            changes: Vec::new(),
        };
        let event =
            Event::new(EventType::ErrorEvent, "lb-1 \"fails\"").with_property("callback", "query");
        let batch = MetricBatch::of("lb.cpu,a=\"b c\" gauge,42.5 1700000000000\n");
        sink.metrics(&batch).await.expect("it prints");
        sink.event(&event).await.expect("it prints");
        sink.event(&event.ending(Timestamp::from_millis(1)))
            .await
            .expect("it prints");
        sink.logs(&[LogEvent::new(Severity::Warn, "disk\nfull")])
            .await
            .expect("it prints");
        sink.status(&report("one\ntwo")).await.expect("it prints");
        sink.status(&report("one\ntwo")).await.expect("it prints");
        sink.finish().await.expect("it flushes");
        let bytes = output.0.lock().expect("nobody panicked").clone();
        String::from_utf8(bytes).expect("text")
    }

    #[tokio::test]
    async fn every_stream_is_readable_and_plain_when_piped() {
        assert_eq!(
            printed(Paint::PLAIN, true).await,
            "metric  lb.cpu,a=\"b c\" gauge,42.5 1700000000000\n\
             event   ERROR_EVENT \"lb-1 \\\"fails\\\"\" callback=\"query\"\n\
             event   ERROR_EVENT \"lb-1 \\\"fails\\\"\" (closed) callback=\"query\"\n\
             log     WARN \"disk\\nfull\"\n\
             status  WARNING one\n\
             \u{20}       two\n"
        );
    }

    #[tokio::test]
    async fn a_terminal_gets_colors() {
        assert!(
            printed(Paint::COLORED, true)
                .await
                .contains("\u{1b}[36mlb.cpu\u{1b}[0m,a=")
        );
    }

    #[tokio::test]
    async fn metrics_can_be_left_out() {
        let text = printed(Paint::PLAIN, false).await;
        assert!(
            !text.contains("lb.cpu") && text.contains("status"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn a_closed_output_is_an_error_that_is_not_tried_again() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Err(std::io::ErrorKind::BrokenPipe.into())
            }
        }
        let sink = StdoutSink::writing_to(Paint::PLAIN, Closed);
        // The first may be taken before the thread sees that nobody reads.
        let _ = sink.print("x".to_owned()).await;
        sink.writer.closed().await;
        let error = sink.print("x".to_owned()).await.expect_err("closed");
        assert_eq!(
            error,
            SinkError::never("standard output is closed: nobody reads it")
        );
    }
}
