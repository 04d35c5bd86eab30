//! Reading an answer.

use std::fmt;

use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::call::Call;
use super::{PollError, failure, in_flight, json};

/// An answer whose body is not read yet; from
/// [`HttpRequest::send`](crate::HttpRequest::send).
pub struct HttpResponse {
    call: Call,
    response: reqwest::Response,
}

impl HttpResponse {
    pub(super) fn new(call: Call, response: reqwest::Response) -> Self {
        HttpResponse { call, response }
    }

    /// The status: `200`.
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// A header, if it was sent and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    pub(crate) fn status_code(&self) -> reqwest::StatusCode {
        self.response.status()
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// This answer if its status is a success, else the error it stands for.
    pub fn success(self) -> Result<Self, PollError> {
        if self.response.status().is_success() {
            Ok(self)
        } else {
            Err(failure::status(&self.call, &self.response))
        }
    }

    /// Reads the body as JSON. A value that does not fit is named by its path.
    pub async fn json<T: DeserializeOwned>(mut self) -> Result<T, PollError> {
        let body = self.read().await?;
        json::read(&self.call, &body)
    }

    /// Reads the body as UTF-8 text.
    pub async fn text(mut self) -> Result<String, PollError> {
        let body = self.read().await?;
        String::from_utf8(body)
            .map_err(|error| failure::not_text(&self.call, error.utf8_error().valid_up_to()))
    }

    /// Reads the body.
    pub async fn bytes(mut self) -> Result<Vec<u8>, PollError> {
        self.read().await
    }

    async fn read(&mut self) -> Result<Vec<u8>, PollError> {
        let limit = self.call.body_limit;
        let announced = self.response.content_length().unwrap_or(0);
        if announced > limit as u64 {
            return Err(failure::large_body(&self.call));
        }
        let mut body = Vec::new();
        loop {
            match in_flight::until(self.call.deadline, self.response.chunk()).await {
                Ok(Ok(Some(chunk))) => {
                    if body.len() + chunk.len() > limit {
                        return Err(failure::large_body(&self.call));
                    }
                    body.extend_from_slice(&chunk);
                }
                Ok(Ok(None)) => return Ok(body),
                Ok(Err(error)) => return Err(failure::broken_body(&self.call, body.len(), &error)),
                Err(_) => return Err(failure::no_end(&self.call, body.len())),
            }
        }
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers may set cookies, the URL may hold a token.
        f.debug_struct("HttpResponse")
            .field("status", &self.status())
            .field("url", &self.call.endpoint())
            .finish_non_exhaustive()
    }
}
