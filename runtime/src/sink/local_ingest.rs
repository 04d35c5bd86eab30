//! The metric API of a `OneAgent` on the same machine.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};

use super::{MetricBatch, Receipt, Sending, Sink, SinkError};

/// The longest wait an answer may ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(1);

/// Sends metric lines to the `OneAgent` on this machine,
/// `http://localhost:14499/metrics/ingest`. It takes metrics only.
#[derive(Debug)]
pub struct LocalIngestSink {
    client: reqwest::Client,
    url: String,
}

impl LocalIngestSink {
    /// The port a `OneAgent` listens on unless it was told another.
    pub const DEFAULT_PORT: u16 = 14_499;

    /// A sink for the `OneAgent` that listens on `port`.
    pub fn new(port: u16) -> Result<Self, SinkError> {
        // Only the first provider of a process counts; another is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            // The agent is on this machine: no proxy, no certificates.
            .no_proxy()
            .tls_certs_only([])
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| {
                SinkError::never(format!(
                    "the client for the local ingest cannot be built: {error}"
                ))
            })?;
        Ok(LocalIngestSink {
            client,
            url: format!("http://localhost:{port}/metrics/ingest"),
        })
    }

    async fn send(&self, batch: &MetricBatch) -> Result<Receipt, SinkError> {
        let answer = self
            .client
            .post(&self.url)
            .header(CONTENT_TYPE, "text/plain; charset=utf-8")
            .body(batch.body().to_owned())
            .send()
            .await
            .map_err(|error| {
                SinkError::later(format!(
                    "{} cannot be reached ({}): is a OneAgent running here, with its metric API \
                     turned on?",
                    self.url,
                    cause(&error)
                ))
            })?;
        let status = answer.status();
        let wait = answer
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(|seconds| Duration::from_secs(seconds).min(MAX_RETRY_AFTER));
        let text = answer.text().await.map_err(|error| {
            SinkError::later(format!(
                "the answer of {} broke off ({})",
                self.url,
                cause(&error)
            ))
        })?;
        self.judge(status, wait, &text, batch)
    }

    /// What an answer means for the batch. 400 with counts is an answer as
    /// well: some lines were taken, so sending them again would count twice.
    fn judge(
        &self,
        status: StatusCode,
        wait: Option<Duration>,
        text: &str,
        batch: &MetricBatch,
    ) -> Result<Receipt, SinkError> {
        let receipt = Receipt::parse(text, batch);
        if status.is_success() {
            return Ok(receipt.unwrap_or_default());
        }
        if status == StatusCode::BAD_REQUEST
            && let Some(receipt) = receipt
        {
            return Ok(receipt);
        }
        let says = format!("{} answers {}", self.url, status.as_u16());
        let again = status.is_server_error()
            || matches!(
                status,
                StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
            );
        // Both are how an agent answers whose metric API is turned off.
        let turned_off = matches!(status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN);
        Err(if again {
            let error = SinkError::later(says);
            match wait {
                Some(wait) => error.with_retry_after(wait),
                None => error,
            }
        } else if turned_off {
            SinkError::later(format!("{says}: turn on the metric API of the OneAgent"))
        } else {
            SinkError::never(says)
        })
    }
}

impl Sink for LocalIngestSink {
    fn name(&self) -> &'static str {
        "local ingest"
    }

    fn metrics<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        Box::pin(self.send(batch))
    }
}

/// The innermost cause: the outer ones repeat the URL.
fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
