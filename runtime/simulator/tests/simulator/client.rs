//! A client that keeps its connection.

use std::time::Duration;

use bytes::Bytes;
use extyped_simulator::{Builder, Simulator};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};

/// When every test begins.
pub(crate) const NOON: i64 = 1_800_000_000_000;

pub(crate) const SECOND: Duration = Duration::from_secs(1);

pub(crate) fn builder() -> Builder {
    Simulator::builder()
        .data_source_id("7")
        .token("secret")
        .starting_at(NOON)
}

pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    token: &'static str,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON answer")
    }
}

impl Client {
    pub(crate) async fn of(simulator: &Simulator) -> Self {
        Client::over(simulator.connect().expect("a connection")).await
    }

    pub(crate) async fn over(io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Self {
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(io))
            .await
            .expect("nothing is sent yet");
        tokio::spawn(connection);
        Client {
            sender,
            token: "secret",
        }
    }

    pub(crate) fn with_token(mut self, token: &'static str) -> Self {
        self.token = token;
        self
    }

    /// Sends a request as a data source does; `Err` if the connection ended
    /// before the whole answer was there.
    pub(crate) async fn call(
        &mut self,
        method: &str,
        target: &str,
        body: impl Into<Bytes>,
    ) -> Result<Answer, String> {
        let path = target.split(['/', '?']).nth(1).unwrap_or_default();
        let media_type = match path {
            "mint" | "sfm" => "text/plain;charset=utf-8",
            _ => "application/json;charset=utf-8",
        };
        let request = hyper::Request::builder()
            .method(method)
            .uri(target)
            .header("host", "eec")
            .header("authorization", format!("Api-Token {}", self.token))
            .header("content-type", media_type)
            .header("eec-enrichment", "true")
            .body(Full::new(body.into()))
            .expect("a request");
        let answer = self.sender.send_request(request).await;
        let answer = answer.map_err(|error| error.to_string())?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?;
        Ok(Answer {
            status: head.status.as_u16(),
            retry_after: head
                .headers
                .get("retry-after")
                .map(|value| value.to_str().expect("text").to_owned()),
            body: String::from_utf8(body.to_bytes().to_vec()).expect("UTF-8"),
        })
    }

    pub(crate) async fn get(&mut self, target: &str) -> Answer {
        self.call("GET", target, "").await.expect("an answer")
    }

    pub(crate) async fn post(&mut self, target: &str, body: &str) -> Answer {
        let body = body.to_owned();
        self.call("POST", target, body).await.expect("an answer")
    }
}
