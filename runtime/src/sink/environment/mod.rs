//! The API of a Dynatrace environment, without anything of Dynatrace's on this
//! machine.

mod address;
mod api;
mod event_answer;
mod options;
mod rate_limit;

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use self::api::Api;
pub use self::options::EnvironmentOptions;
use super::ingest::{self, Answer, Ingest as _, LINES};
use super::{MetricBatch, Receipt, Sending, Sink, SinkError, done, json};
use crate::{Event, HttpClient, LogEvent, PollError, PollErrorKind, StatusCode};

const JSON: &str = "application/json; charset=utf-8";

/// How long metrics and log events are gathered, so that many endpoints make
/// few requests.
const PACE: Duration = Duration::from_secs(10);

/// What the deadline of a send leaves to that of its request, which has the
/// better words for what took so long.
const GRACE: Duration = Duration::from_secs(1);

/// Answers of an ingest are small: even a thousand invalid lines, each with
/// its reason, fit.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Sends metric lines, log events and events to the API of a Dynatrace
/// environment, where there is no `OneAgent` and no `ActiveGate` that runs the
/// extension: `POST /api/v2/metrics/ingest`, `/api/v2/logs/ingest` and
/// `/api/v2/events/ingest`.
///
/// ```no_run
/// use extyped::{EnvironmentSink, SecretString};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let token = SecretString::from(std::fs::read_to_string("environment-token")?);
/// let sink = EnvironmentSink::new("https://abc12345.live.dynatrace.com", &token)?;
/// # Ok(()) }
/// ```
///
/// The address is `https://ENVIRONMENT-ID.live.dynatrace.com`, of Dynatrace
/// Managed `https://HOST/e/ENVIRONMENT-ID`, and of an `ActiveGate`
/// `https://ACTIVEGATE:9999/e/ENVIRONMENT-ID`. The token is an access token with
/// the scopes `metrics.ingest`, `logs.ingest` and `events.ingest`; one that
/// lacks a scope is told in the status, and what needed it is kept until it has
/// it. Certificates, proxies and the deadline of 30 seconds are set by
/// [`EnvironmentOptions::http`]; redirects are not followed, because the token
/// would go with them.
///
/// Metrics and log events are gathered for 10 seconds. A 429 is honored for as
/// long as its `Retry-After` or `X-RateLimit-Reset` asks, an hour at most. What
/// is wrong with a line is told by its metric and the line is not sent again. A
/// request without an answer is sent again, as nobody knows whether it arrived.
///
/// What the runtime tells of itself is not sent: its metrics have keys that only
/// the Extension Execution Controller takes, and its logs would be billed. The
/// API has no place for statuses; endpoints at fault show as events.
pub struct EnvironmentSink {
    client: HttpClient,
    environment: String,
    /// `Api-Token …`.
    authorization: SecretString,
    token: SecretString,
    metrics: Api,
    logs: Option<Api>,
    events: Option<Api>,
}

impl EnvironmentSink {
    /// A sink for the environment at `url`. Space around the token, such as the
    /// newline at the end of a file, is left out.
    pub fn new(url: &str, token: &SecretString) -> Result<Self, SinkError> {
        EnvironmentSink::with_options(url, token, EnvironmentOptions::new())
    }

    /// A sink with other options. Fails if the address, the token, a certificate
    /// or a proxy is none.
    pub fn with_options(
        url: &str,
        token: &SecretString,
        options: EnvironmentOptions,
    ) -> Result<Self, SinkError> {
        let environment = address::parse(url, options.plain_http).map_err(unusable)?;
        let token = token.expose_secret().trim();
        if token.is_empty() {
            return Err(unusable(format!(
                "the token for {environment} is empty: it must be an access token of the \
                 environment"
            )));
        }
        let authorization = format!("Api-Token {token}");
        if HeaderValue::from_str(&authorization).is_err() {
            return Err(unusable(format!(
                "the token for {environment} holds characters that no token has: it must be the \
                 token and nothing else"
            )));
        }
        let http = options.http.redirects(0).body_limit(ANSWER_BYTES);
        let client = HttpClient::new(http).map_err(|error| unusable(error.to_string()))?;
        Ok(EnvironmentSink {
            client,
            authorization: authorization.into(),
            token: token.into(),
            metrics: Api::metrics(&environment),
            logs: options.logs.then(|| Api::logs(&environment)),
            events: options.events.then(|| Api::events(&environment)),
            environment,
        })
    }

    async fn post(
        &self,
        api: &Api,
        content_type: &str,
        body: impl Into<Bytes>,
    ) -> Result<Answer, SinkError> {
        let response = self
            .client
            .post(api.url())
            .secret_header(AUTHORIZATION.as_str(), &self.authorization)
            .body(content_type, body)
            .send()
            .await
            .map_err(|error| no_answer(&error))?;
        let status = response.status_code();
        let wait = rate_limit::wait(response.headers(), SystemTime::now());
        let text = match response.text().await {
            Ok(text) => self.without_token(text),
            // The status has said what became of it; only the reasons are lost.
            Err(error) => error.to_string(),
        };
        Ok(Answer { status, wait, text })
    }

    /// What answers may repeat the request.
    fn without_token(&self, text: String) -> String {
        let token = self.token.expose_secret();
        if text.contains(token) {
            text.replace(token, "***")
        } else {
            text
        }
    }

    async fn send_lines(&self, batch: &MetricBatch) -> Result<Receipt, SinkError> {
        let body = Bytes::copy_from_slice(batch.body().as_bytes());
        let answer = self.post(&self.metrics, LINES, body).await?;
        ingest::lines(&self.metrics, &answer, batch)
    }

    /// 204 takes all, 200 only some and says why.
    async fn send_logs(&self, api: &Api, batch: &[LogEvent]) -> Result<(), SinkError> {
        let answer = self.post(api, JSON, json(&batch)?).await?;
        ingest::taken(api, &answer)?;
        let partly: Value = serde_json::from_str(&answer.text).unwrap_or_default();
        if let Some(message) = partly.pointer("/details/message").and_then(Value::as_str) {
            tracing::warn!(
                sink = self.name(),
                "not all log events were taken: {message}"
            );
        }
        Ok(())
    }

    async fn send_event(&self, api: &Api, event: &Event) -> Result<(), SinkError> {
        let answer = self.post(api, JSON, json(event)?).await?;
        ingest::taken(api, &answer)?;
        event_answer::judge(event, &answer.text)
    }
}

impl Sink for EnvironmentSink {
    fn name(&self) -> &'static str {
        "environment API"
    }

    fn pace(&self) -> Duration {
        PACE
    }

    fn deadline(&self) -> Duration {
        self.client.deadline() + GRACE
    }

    fn metrics<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        Box::pin(self.send_lines(batch))
    }

    fn logs<'a>(&'a self, batch: &'a [LogEvent]) -> Sending<'a, ()> {
        match &self.logs {
            Some(api) => Box::pin(self.send_logs(api, batch)),
            None => done(()),
        }
    }

    fn event<'a>(&'a self, event: &'a Event) -> Sending<'a, ()> {
        match &self.events {
            Some(api) => Box::pin(self.send_event(api, event)),
            None => done(()),
        }
    }
}

impl fmt::Debug for EnvironmentSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvironmentSink")
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

fn unusable(message: String) -> SinkError {
    SinkError::never(message).with_code(StatusCode::InvalidConfigError)
}

/// No answer, so nobody knows whether it arrived: it comes again.
fn no_answer(error: &PollError) -> SinkError {
    let sent = SinkError::later(error.to_string());
    match error.kind() {
        PollErrorKind::Redirect => sent.with_code(StatusCode::InvalidConfigError),
        _ => sent,
    }
}
