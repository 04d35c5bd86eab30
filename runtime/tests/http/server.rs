//! A server that says exactly what it is told, however wrong.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What the server does after its answer.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    /// Waits for the next request.
    Listen,
    /// Ends the connection in order.
    Close,
    /// Ends the connection with a reset.
    Reset,
    /// Keeps the connection and says nothing more.
    Hang,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Gives every request the same answer, byte by byte.
    pub(crate) async fn raw(answer: impl Into<Vec<u8>>, then: Then) -> Self {
        let answer = answer.into();
        Server::with(move |_| answer.clone(), then, None).await
    }

    /// Answers with a status line, headers and a JSON body of known length.
    pub(crate) async fn answering(head: &str, body: &str) -> Self {
        Server::raw(answer(head, body), Then::Listen).await
    }

    /// Answers each request as `respond` says.
    pub(crate) async fn with(
        respond: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
        then: Then,
        tls: Option<TlsAcceptor>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let server = Server {
            address: listener.local_addr().expect("an address"),
            connections: Arc::default(),
            requests: Arc::default(),
        };
        let connections = Arc::clone(&server.connections);
        let requests = Arc::clone(&server.requests);
        let respond = Arc::new(respond);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                if matches!(then, Then::Reset) {
                    stream.set_zero_linger().expect("a socket option");
                }
                let (requests, respond) = (Arc::clone(&requests), Arc::clone(&respond));
                let tls = tls.clone();
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &requests, &*respond, then).await,
                        Some(tls) => {
                            // A client that does not trust us hangs up here.
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &requests, &*respond, then).await;
                            }
                        }
                    }
                });
            }
        });
        server
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The requests so far, heads and bodies.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no panic while locked").clone()
    }
}

/// `head` is a status, and headers if need be: `200 OK\r\nX: y`.
pub(crate) fn answer(head: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

/// An address at which nothing listens.
pub(crate) async fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    listener.local_addr().expect("an address")
}

/// Reads requests and answers them. Dropping the stream ends the connection.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    requests: &Mutex<Vec<String>>,
    respond: &(dyn Fn(&str) -> Vec<u8> + Send + Sync),
    then: Then,
) {
    while let Some(request) = read_request(&mut stream).await {
        let answer = respond(&request);
        requests
            .lock()
            .expect("no panic while locked")
            .push(request);
        if stream.write_all(&answer).await.is_err() || stream.flush().await.is_err() {
            return;
        }
        match then {
            Then::Listen => {}
            Then::Close => {
                // Fails if the client went first.
                let _ = stream.shutdown().await;
                return;
            }
            Then::Reset => return,
            Then::Hang => std::future::pending().await,
        }
    }
}

/// The next request, or `None` when the client is done.
async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.parse().expect("a length"));
            if body.len() >= length {
                return Some(text.into_owned());
            }
        }
        // The first byte of a TLS handshake: no request will follow.
        if bytes.first() == Some(&0x16) {
            return Some(text.into_owned());
        }
        let mut byte = [0; 1024];
        match stream.read(&mut byte).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&byte[..read]),
        }
    }
}
