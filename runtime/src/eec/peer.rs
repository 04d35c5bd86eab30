//! An EEC for the tests of this module: in memory, so that it follows a paused
//! clock.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

use super::client::Client;
use super::connect::{Connecting, Connector, Stream};
use super::token::Token;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(super) struct Received {
    /// Which connection it came over, from one.
    pub(super) connection: usize,
    /// `POST /path/mint/7`.
    pub(super) line: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

/// What is answered.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    Text(u16, String),
    /// The same after this long.
    Slow(Duration, u16, String),
    /// The connection ends without an answer.
    Drop,
}

type Script = Box<dyn Fn(&Received) -> Reply + Send + Sync>;

/// Answers as a script says, and keeps what came.
pub(super) struct Peer {
    state: Arc<State>,
    token: tempfile::TempDir,
}

struct State {
    script: Script,
    received: Mutex<Vec<Received>>,
    connections: Mutex<usize>,
}

impl Peer {
    pub(super) fn new(script: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let peer = Peer {
            state: Arc::new(State {
                script: Box::new(script),
                received: Mutex::default(),
                connections: Mutex::default(),
            }),
            token: tempfile::tempdir().expect("a temporary directory"),
        };
        peer.renew_token("dt0e01.token\n");
        peer
    }

    /// One that answers everything alike.
    pub(super) fn answering(status: u16, text: &str) -> Self {
        let text = text.to_owned();
        Peer::new(move |_| Reply::Text(status, text.clone()))
    }

    pub(super) fn renew_token(&self, token: &str) {
        std::fs::write(self.token_file(), token).expect("the directory is ours");
    }

    pub(super) fn token_file(&self) -> PathBuf {
        self.token.path().join("idtoken")
    }

    pub(super) fn client(&self) -> Client {
        let connector = Arc::new(Door(Arc::clone(&self.state)));
        let token = Token::of_file(&self.token_file()).expect("it is there");
        Client::new(connector, "http://eec:1/path/", "7", token).expect("arguments")
    }

    pub(super) fn received(&self) -> Vec<Received> {
        lock(&self.state.received).clone()
    }
}

impl Received {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter();
        let (_, value) = all.find(|(known, _)| known == name)?;
        Some(value)
    }
}

struct Door(Arc<State>);

impl Connector for Door {
    fn connect(&self, _: &str, _: u16) -> Connecting {
        let state = Arc::clone(&self.0);
        Box::pin(async move {
            let (ours, theirs) = tokio::io::duplex(64 * 1024);
            let number = {
                let mut connections = lock(&state.connections);
                *connections += 1;
                *connections
            };
            tokio::spawn(async move {
                let service = service_fn(|request| answer(&state, number, request));
                // A connection that breaks off is what some tests are about.
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(theirs), service)
                    .await;
            });
            Ok(Box::new(ours) as Box<dyn Stream>)
        })
    }
}

type Answering<'a> =
    Pin<Box<dyn Future<Output = Result<Response<Full<Bytes>>, io::Error>> + Send + 'a>>;

fn answer(state: &Arc<State>, connection: usize, request: Request<Incoming>) -> Answering<'_> {
    Box::pin(async move {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let headers = head.headers.iter().map(|(name, value)| {
            let value = value.to_str().expect("text").to_owned();
            (name.as_str().to_owned(), value)
        });
        let received = Received {
            connection,
            line: format!("{} {}", head.method, head.uri),
            headers: headers.collect(),
            body: String::from_utf8(body.to_vec()).expect("text"),
        };
        lock(&state.received).push(received.clone());
        let (wait, status, text) = match (state.script)(&received) {
            Reply::Text(status, text) => (Duration::ZERO, status, text),
            Reply::Slow(wait, status, text) => (wait, status, text),
            Reply::Drop => return Err(io::Error::other("dropped")),
        };
        tokio::time::sleep(wait).await;
        let response = Response::builder().status(status).body(Full::from(text));
        Ok(response.expect("a response"))
    })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
