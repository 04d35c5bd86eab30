//! HTTP to the EEC: one client, one pool of connections, a deadline for every
//! call.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue,
    USER_AGENT,
};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::Notify;

use super::connect::{Connector, Dial};
use super::token::Token;
use crate::http::retry_after::retry_after;
use crate::text;

/// How much of an answer is read: a configuration with thousands of endpoints
/// has room, an endless answer does not.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// How much of an answer an error or a log line quotes.
const QUOTED: usize = 200;

/// Says who asks.
const AGENT: &str = concat!("extyped/", env!("CARGO_PKG_VERSION"));

/// Whether the EEC is asked to add what it knows to log events.
const ENRICHMENT: HeaderName = HeaderName::from_static("eec-enrichment");

/// Speaks to the EEC that started this process.
///
/// Calls go out at once, each over an idle connection or one of its own, so
/// none waits for another: a slow answer to metrics holds no heartbeat back.
pub(crate) struct Client {
    http: legacy::Client<Dial, Full<Bytes>>,
    /// `http://127.0.0.1:14599/path`, without a slash at the end.
    base: String,
    /// The data source's id, as `--dsid` gives it.
    pub(super) id: String,
    host: HeaderValue,
    token: Token,
    away: AtomicBool,
    back: Notify,
}

/// One request.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    /// What follows the base: `/mint/7`.
    pub(super) target: String,
    pub(super) content_type: Option<&'static str>,
    pub(super) enrichment: Option<bool>,
    pub(super) body: Bytes,
    pub(super) deadline: Duration,
}

/// What the EEC answered, whatever that is.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: String,
}

/// Why there is no answer: the EEC cannot be reached, does not answer in time,
/// or breaks off. The text says so and whom it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoAnswer(pub(crate) String);

impl Client {
    /// A client for the EEC at `url` (`--url`), as the data source `id`
    /// (`--dsid`). The error says which argument is wrong and why.
    pub(crate) fn new(
        connector: Arc<dyn Connector>,
        url: &str,
        id: &str,
        token: Token,
    ) -> Result<Self, String> {
        let base = url.trim().trim_end_matches('/').to_owned();
        let uri: Uri = base
            .parse()
            .map_err(|error| format!("--url is not a URL ({error}): `{url}`"))?;
        let (Some("http"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(format!(
                "--url must begin with http://, as the EEC speaks on this machine: `{url}`"
            ));
        };
        if uri.query().is_some() {
            return Err(format!("--url must not have a query: `{url}`"));
        }
        let host = HeaderValue::from_str(authority.as_str())
            .map_err(|_| format!("--url names no host: `{url}`"))?;
        if id.is_empty() || format!("{base}/alive/{id}").parse::<Uri>().is_err() || id.contains('?')
        {
            return Err(format!("--dsid cannot stand in a URL: `{id}`"));
        }
        let http = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            // As other clients of the EEC write them.
            .http1_title_case_headers(true)
            .build(Dial(connector));
        Ok(Client {
            http,
            base,
            id: id.to_owned(),
            host,
            token,
            away: AtomicBool::new(false),
            back: Notify::new(),
        })
    }

    /// Says that whoever answered, if anybody did, was not the EEC.
    pub(super) fn mark_away(&self) {
        self.away.store(true, Ordering::Relaxed);
    }

    /// Waits until the EEC answers after it was away: it may have been started
    /// anew and have forgotten what it was told.
    pub(super) async fn back(&self) {
        self.back.notified().await;
    }

    /// The token, so that nothing the process says shows it.
    pub(crate) fn secret(&self) -> String {
        self.token.secret()
    }

    /// Makes a call. An answer of 401 may mean that the token was renewed: if
    /// its file holds another one, the call is made once more.
    pub(super) async fn call(&self, call: Call) -> Result<Answer, NoAnswer> {
        let token = self.token.header();
        let answer = self.once(&call, token.clone()).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        match self.token.renewed_since(&token) {
            Ok(true) => {
                tracing::info!("the token was renewed");
                self.once(&call, self.token.header()).await
            }
            Ok(false) => Ok(answer),
            Err(error) => {
                tracing::warn!("{error}");
                Ok(answer)
            }
        }
    }

    async fn once(&self, call: &Call, token: HeaderValue) -> Result<Answer, NoAnswer> {
        let shown = format!("{} {}{}", call.method, self.base, call.target);
        let request = self
            .request(call, token)
            .map_err(|error| NoAnswer(error.to_string()))?;
        let answering = async {
            let answer = self
                .http
                .request(request)
                .await
                .map_err(|error| NoAnswer(format!("{shown}: {}", cause(&error))))?;
            let status = answer.status();
            let retry_after = retry_after(answer.headers(), SystemTime::now());
            let body = Limited::new(answer.into_body(), ANSWER_BYTES)
                .collect()
                .await
                .map_err(|error| NoAnswer(format!("{shown}: {}", broken(error.as_ref()))))?
                .to_bytes();
            Ok(Answer {
                status,
                retry_after,
                body: String::from_utf8_lossy(&body).into_owned(),
            })
        };
        let answered = match tokio::time::timeout(call.deadline, answering).await {
            Ok(answered) => answered,
            Err(_) => Err(NoAnswer(format!(
                "{shown}: no answer within {}",
                text::duration(call.deadline)
            ))),
        };
        match &answered {
            Ok(answer) => {
                tracing::debug!(
                    "{shown} with {} bytes → {}",
                    call.body.len(),
                    answer.status.as_u16()
                );
                if self.away.swap(false, Ordering::Relaxed) {
                    self.back.notify_one();
                }
            }
            Err(error) => {
                tracing::debug!("{error}");
                self.mark_away();
            }
        }
        answered
    }

    fn request(
        &self,
        call: &Call,
        token: HeaderValue,
    ) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(format!("{}{}", self.base, call.target))
            .header(HOST, self.host.clone())
            .header(ACCEPT_ENCODING, "identity");
        if call.method == Method::POST {
            request = request.header(CONTENT_LENGTH, call.body.len());
        }
        request = request.header(AUTHORIZATION, token);
        if let Some(content_type) = call.content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        if let Some(enrichment) = call.enrichment {
            request = request.header(ENRICHMENT, if enrichment { "true" } else { "false" });
        }
        request
            .header(USER_AGENT, AGENT)
            .body(Full::new(call.body.clone()))
    }
}

impl Answer {
    /// What an error says of it: `answers 503 (<html>…)`.
    pub(super) fn shown(&self) -> String {
        let status = self.status.as_u16();
        let body = self.body.trim();
        if body.is_empty() {
            return format!("answers {status}");
        }
        let quoted: String = body
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(QUOTED)
            .collect();
        let more = if body.chars().nth(QUOTED).is_some() {
            "…"
        } else {
            ""
        };
        format!("answers {status} ({quoted}{more})")
    }
}

/// The innermost cause: the outer ones say only that something failed.
fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn broken(error: &(dyn std::error::Error + 'static)) -> String {
    if error.is::<LengthLimitError>() {
        format!("the answer has more than {}", text::size(ANSWER_BYTES))
    } else {
        format!("the answer broke off: {}", cause(error))
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// The token is a secret.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
