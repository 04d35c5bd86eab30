//! The metric API of a `OneAgent` on the same machine.

use std::time::SystemTime;

use reqwest::StatusCode as Http;
use reqwest::header::CONTENT_TYPE;

use super::ingest::{self, Advice, Answer, Ingest, LINES};
use super::{MetricBatch, Receipt, Sending, Sink, SinkError};
use crate::StatusCode;
use crate::http::retry_after::retry_after;

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
            .header(CONTENT_TYPE, LINES)
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
        let wait = retry_after(answer.headers(), SystemTime::now());
        // Without its text the status says what became of the lines.
        let text = text(answer).await.unwrap_or_else(|error| cause(&error));
        ingest::lines(self, &Answer { status, wait, text }, batch)
    }
}

/// How much of an answer is read. It takes some 100 bytes for a line.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// The text of an answer, of a long one its beginning.
async fn text(mut answer: reqwest::Response) -> Result<String, reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > ANSWER_BYTES {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

impl Ingest for LocalIngestSink {
    fn url(&self) -> &str {
        &self.url
    }

    fn advice(&self, status: Http) -> Option<Advice> {
        // Both are how an agent answers whose metric API is turned off.
        matches!(status, Http::NOT_FOUND | Http::FORBIDDEN).then(|| {
            Advice::new(
                StatusCode::GenericError,
                "turn on the metric API of the OneAgent",
            )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agent_is_looked_for_where_it_listens() {
        let sink = LocalIngestSink::new(LocalIngestSink::DEFAULT_PORT).expect("a client");
        assert_eq!(sink.url(), "http://localhost:14499/metrics/ingest");
    }
}
