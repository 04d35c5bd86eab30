//! Building a request and sending it.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::call::{Call, shown, shown_text};
use super::{HttpClient, HttpResponse, PollError, failure, in_flight, redirect};

/// A request that is not sent yet; from
/// [`HttpClient::get`](crate::HttpClient::get) and its siblings.
///
/// What is wrong with the parts (a URL that is none, an empty token, a header
/// that cannot be written) is reported by the finishers: [`json`](Self::json),
/// [`text`](Self::text), [`bytes`](Self::bytes) and [`send`](Self::send).
#[must_use = "nothing is sent until `json`, `text`, `bytes` or `send` is awaited"]
pub struct HttpRequest {
    client: HttpClient,
    request: Result<reqwest::Request, PollError>,
    secrets: Vec<SecretString>,
}

impl HttpRequest {
    pub(super) fn new(client: HttpClient, method: Method, url: &str) -> Self {
        let mut secrets = Vec::new();
        let request = parse(url).and_then(|url| {
            // Credentials in the URL are moved to a header by the builder.
            secrets.extend(url.password().map(SecretString::from));
            let endpoint = shown(&url);
            client
                .builder(method, url)?
                .build()
                .map_err(|_| PollError::config(format!("no request can be made for {endpoint}")))
        });
        HttpRequest {
            client,
            request,
            secrets,
        }
    }

    /// Authenticates with a token: `Authorization: Bearer …`. Space around the
    /// token, such as the newline at the end of a file, is left out.
    pub fn bearer(mut self, token: &SecretString) -> Self {
        let token = token.expose_secret().trim();
        if token.is_empty() {
            self.fail(|endpoint| {
                PollError::config(format!(
                    "the token for {endpoint} is empty: fill it in in the monitoring configuration"
                ))
            });
            return self;
        }
        self.secrets.push(token.into());
        self.set_header(AUTHORIZATION.as_str(), &format!("Bearer {token}"), true)
    }

    /// Authenticates with user name and password: `Authorization: Basic …`.
    pub fn basic(mut self, user: &str, password: &SecretString) -> Self {
        self.secrets.push(password.clone());
        self.request = self.request.and_then(|mut request| {
            let endpoint = shown(request.url());
            request.headers_mut().remove(AUTHORIZATION);
            self.client
                .rebuild(request)?
                .basic_auth(user, Some(password.expose_secret()))
                .build()
                .map_err(|_| {
                    PollError::config(format!("the credentials for {endpoint} cannot be sent"))
                })
        });
        self
    }

    /// Adds a header whose value is secret, such as `X-Api-Key`.
    pub fn secret_header(mut self, name: &str, value: &SecretString) -> Self {
        self.secrets.push(value.clone());
        self.set_header(name, value.expose_secret(), true)
    }

    /// Adds a header; one of the same name is replaced.
    pub fn header(self, name: &str, value: impl fmt::Display) -> Self {
        self.set_header(name, &value.to_string(), false)
    }

    /// Adds a pair to the query string. The value is never shown.
    pub fn query(mut self, name: &str, value: impl fmt::Display) -> Self {
        if let Ok(request) = &mut self.request {
            request
                .url_mut()
                .query_pairs_mut()
                .append_pair(name, &value.to_string());
        }
        self
    }

    /// Sends a value as JSON.
    pub fn json_body<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.body("application/json", bytes),
            Err(error) => {
                self.fail(|endpoint| {
                    PollError::other(format!(
                        "the body for {endpoint} cannot be written as JSON: {error}"
                    ))
                });
                self
            }
        }
    }

    /// Sends a body of the given content type.
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        if let Ok(request) = &mut self.request {
            *request.body_mut() = Some(body.into().into());
        }
        self.set_header(CONTENT_TYPE.as_str(), content_type, false)
    }

    /// Another deadline than the client's, for this request alone.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.client.limits.deadline = deadline;
        self
    }

    /// Sends the request and reads the answer as JSON.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, PollError> {
        let accepts = |request: &reqwest::Request| request.headers().contains_key(ACCEPT);
        let request = if self.request.as_ref().is_ok_and(accepts) {
            self
        } else {
            self.header(ACCEPT.as_str(), "application/json")
        };
        request.send().await?.success()?.json().await
    }

    /// Sends the request and reads the answer as text.
    pub async fn text(self) -> Result<String, PollError> {
        self.send().await?.success()?.text().await
    }

    /// Sends the request and reads the answer.
    pub async fn bytes(self) -> Result<Vec<u8>, PollError> {
        self.send().await?.success()?.bytes().await
    }

    /// Sends the request and waits for the head of the answer, whatever its
    /// status. The deadline goes on for the body.
    pub async fn send(self) -> Result<HttpResponse, PollError> {
        let mut request = self.request?;
        let limits = self.client.limits;
        let mut call = Call {
            method: request.method().clone(),
            url: request.url().clone(),
            deadline: Instant::now() + limits.deadline,
            allowed: limits.deadline,
            connect_timeout: limits.connect_timeout,
            body_limit: limits.body,
            authenticated: redirect::has_credentials(&request),
            secrets: self.secrets,
        };
        let mut followed = 0;
        loop {
            let sent = request.try_clone();
            let client = self.client.to(request.url())?;
            let response = match in_flight::until(call.deadline, client.execute(request)).await {
                Ok(Ok(response)) => response,
                Ok(Err(error)) => return Err(failure::request(&call, &error)),
                Err(_) => return Err(failure::no_answer(&call)),
            };
            let next = match sent {
                Some(sent) => redirect::next(&call, sent, &response)?,
                None => None,
            };
            let Some(next) = next else {
                return Ok(HttpResponse::new(call, response));
            };
            if followed == limits.redirects {
                return Err(redirect::endless(&call, next.url(), followed));
            }
            followed += 1;
            call.method = next.method().clone();
            call.url = next.url().clone();
            request = next;
        }
    }

    fn set_header(mut self, name: &str, value: &str, secret: bool) -> Self {
        let (Ok(key), Ok(mut value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) else {
            // The value stays unsaid: it may be a secret.
            self.fail(|endpoint| {
                PollError::config(format!(
                    "the header `{}` for {endpoint} cannot be sent: its name or its value has \
                     characters that headers cannot hold, such as a line break",
                    name.escape_debug()
                ))
            });
            return self;
        };
        value.set_sensitive(secret);
        if let Ok(request) = &mut self.request {
            request.headers_mut().insert(key, value);
        }
        self
    }

    /// Keeps the first fault, which is the one that explains the others.
    fn fail(&mut self, error: impl FnOnce(&str) -> PollError) {
        if let Ok(request) = &self.request {
            let endpoint = shown(request.url());
            self.request = Err(error(&endpoint).with_endpoint(endpoint));
        }
    }
}

fn parse(text: &str) -> Result<Url, PollError> {
    let fault = |cause: &dyn fmt::Display| {
        PollError::config(format!(
            "`{}` is not a URL ({cause}): write it as https://host:port/path",
            shown_text(text)
        ))
    };
    let url = Url::parse(text.trim()).map_err(|error| fault(&error))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(fault(&"it has to start with http:// or https://"));
    }
    Ok(url)
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers and query values may be credentials.
        let mut debug = f.debug_struct("HttpRequest");
        match &self.request {
            Ok(request) => debug
                .field("method", request.method())
                .field("url", &shown(request.url())),
            Err(error) => debug.field("error", error),
        };
        debug.finish_non_exhaustive()
    }
}
