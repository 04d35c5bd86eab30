//! Connections: HTTP over whatever carries bytes, and outages.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::answer::{Answer, AnswerBody, Cut};
use crate::fault::{End, Fault, Kind, Verdict};
use crate::received::Request;
use crate::shared::Shared;
use crate::{Call, Simulator};

/// Most bytes of a request that are read at all.
const REQUEST_BYTES: usize = 8 * 1024 * 1024;

/// How long to wait before a port is tried again.
const REBIND: Duration = Duration::from_millis(50);

/// Whether the server is there. Every outage has a number; connections from
/// before it are cut.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Gate {
    outages: u64,
    down: Down,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Down {
    #[default]
    Up,
    Until(Instant),
    UntilCleared,
}

impl Gate {
    /// The gate after this outage began.
    fn after(self, fault: &Fault, now: Instant) -> Self {
        let down = match (&fault.kind, fault.lasting) {
            (_, Some(time)) => now
                .checked_add(time)
                .map_or(Down::UntilCleared, Down::Until),
            (Kind::Refuse, None) => Down::UntilCleared,
            (_, None) => Down::Up,
        };
        Gate {
            outages: self.outages + 1,
            down,
        }
    }

    fn is_up(self) -> bool {
        match self.down {
            Down::Up => true,
            Down::Until(time) => time <= Instant::now(),
            Down::UntilCleared => false,
        }
    }
}

/// Waits until connections are taken.
async fn up(gate: &mut watch::Receiver<Gate>) {
    loop {
        let now = *gate.borrow_and_update();
        if now.is_up() {
            return;
        }
        let over = async {
            match now.down {
                Down::Until(time) => tokio::time::sleep_until(time).await,
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            () = over => {}
            changed = gate.changed() => if changed.is_err() { return },
        }
    }
}

/// The listener, or a new one at its address.
async fn bound(listener: &mut Option<TcpListener>, address: SocketAddr) -> Option<TcpListener> {
    match listener.take() {
        Some(listener) => Some(listener),
        None => TcpListener::bind(address).await.ok(),
    }
}

/// A port on which a [`Simulator`] listens; dropped, it is closed.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Listener {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Simulator {
    /// Listens on an address, `([127, 0, 0, 1], 0)` for any free port of this
    /// machine. While connections are refused the port is closed, so that
    /// clients see what they see of an EEC that is not there.
    pub async fn listen(&self, address: impl Into<SocketAddr>) -> io::Result<Listener> {
        let listener = TcpListener::bind(address.into()).await?;
        let address = listener.local_addr()?;
        let simulator = self.clone();
        let task = tokio::spawn(async move {
            let mut gate = simulator.shared.gate.subscribe();
            let mut listener = Some(listener);
            loop {
                let Some(open) = bound(&mut listener, address).await else {
                    // Somebody took the port; it may come back.
                    tokio::time::sleep(REBIND).await;
                    continue;
                };
                simulator.accept(&open, &mut gate).await;
                drop(open);
                up(&mut gate).await;
            }
        });
        Ok(Listener { address, task })
    }

    /// Takes connections until an outage that refuses them.
    async fn accept(&self, listener: &TcpListener, gate: &mut watch::Receiver<Gate>) {
        while gate.borrow_and_update().is_up() {
            tokio::select! {
                accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                    // Answers are small; none should wait for the next.
                    let _ = stream.set_nodelay(true);
                    let simulator = self.clone();
                    tokio::spawn(async move { simulator.serve(stream).await });
                },
                _ = gate.changed() => {}
            }
        }
    }

    /// A connection within this process, for tests on a paused clock. An error
    /// of the kind `ConnectionRefused` while connections are refused.
    pub fn connect(&self) -> io::Result<tokio::io::DuplexStream> {
        if !self.shared.gate.borrow().is_up() {
            return Err(io::Error::new(
                io::ErrorKind::ConnectionRefused,
                "the simulator refuses connections",
            ));
        }
        let (client, server) = tokio::io::duplex(64 * 1024);
        let simulator = self.clone();
        tokio::spawn(async move { simulator.serve(server).await });
        Ok(client)
    }

    /// Serves one connection until either side ends it.
    pub async fn serve<IO>(&self, io: IO)
    where
        IO: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let mut gate = self.shared.gate.subscribe();
        let begun = *gate.borrow_and_update();
        if !begun.is_up() {
            return;
        }
        let connection = self.shared.open_connection();
        let requests = std::sync::atomic::AtomicU64::new(0);
        let service = service_fn(|request| {
            let on_connection = 1 + requests.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let shared = Arc::clone(&self.shared);
            async move { answer(shared, request, connection, on_connection).await }
        });
        let served =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(io), service);
        let cut = gate.wait_for(|gate| gate.outages != begun.outages);
        tokio::select! {
            // What came before the cut and was not read yet is not read.
            biased;
            _ = cut => {}
            // A client that goes away is nothing to speak of.
            _ = served => {}
        }
    }

    /// Begins an outage at once.
    pub(crate) fn begin_outage(&self, fault: &Fault) {
        self.shared.outage(fault);
    }

    pub(crate) fn end_outage(&self) {
        self.shared.gate.send_modify(|gate| gate.down = Down::Up);
    }

    /// Whether connections are taken at the moment.
    pub fn is_up(&self) -> bool {
        self.shared.gate.borrow().is_up()
    }
}

impl Shared {
    fn outage(&self, fault: &Fault) {
        if fault.kind == Kind::Restart {
            self.state().forget();
        }
        self.gate
            .send_modify(|gate| *gate = gate.after(fault, Instant::now()));
    }
}

/// Reads one request, lets it meet its faults, takes it and answers it.
async fn answer(
    shared: Arc<Shared>,
    request: hyper::Request<Incoming>,
    connection: u64,
    on_connection: u64,
) -> Result<hyper::Response<AnswerBody>, Cut> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, REQUEST_BYTES).collect().await;
    let Ok(body) = body.map(http_body_util::Collected::to_bytes) else {
        // Broken off, or larger than anything the protocol knows.
        return Ok(Answer::error(413, "the request is larger than 8 MiB").into_response(false));
    };
    let mut pending = Pending::begin(shared, &head, body, connection, on_connection);
    let shared = Arc::clone(&pending.shared);
    let verdict = match pending.request.call {
        Some(call) => shared.state().plan.meet(call, Instant::now()),
        None => Verdict::well(),
    };
    pending.meet(verdict.met);
    if !verdict.delay.is_zero() {
        tokio::time::sleep(verdict.delay).await;
    }
    let (answer, half) = match verdict.end {
        End::Well => (pending.take(), false),
        End::Half => (pending.take(), true),
        End::Lose => {
            pending.take();
            pending.finish(None);
            return Err(Cut);
        }
        End::Hang => std::future::pending().await,
        End::Drop => {
            pending.finish(None);
            return Err(Cut);
        }
        End::Answer {
            status,
            retry_after,
            body,
        } => (Answer::fault(status, retry_after, body), false),
        End::Outage(fault) => {
            pending.finish(None);
            shared.outage(&fault);
            return Err(Cut);
        }
    };
    pending.finish(Some(&answer));
    Ok(answer.into_response(half))
}

/// A request that has no answer yet. Dropped, it is recorded without one.
struct Pending {
    shared: Arc<Shared>,
    request: Request,
    finished: bool,
}

impl Pending {
    fn begin(
        shared: Arc<Shared>,
        head: &hyper::http::request::Parts,
        body: Bytes,
        connection: u64,
        on_connection: u64,
    ) -> Self {
        let target = head
            .uri
            .path_and_query()
            .map_or_else(|| head.uri.to_string(), ToString::to_string);
        let headers = head.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        });
        let call = Call::route(&target, &shared.fixed.base).ok();
        let request = shared.begin(Request {
            number: 0,
            at: shared.elapsed(),
            connection,
            on_connection,
            call: call.map(|(call, _)| call),
            method: head.method.to_string(),
            headers: headers.collect(),
            target,
            body,
            status: None,
            answer: Bytes::new(),
            answered_at: None,
            taken: false,
            faults: Vec::new(),
        });
        Pending {
            shared,
            request,
            finished: false,
        }
    }

    fn meet(&mut self, faults: Vec<String>) {
        self.request.faults = faults;
    }

    fn take(&mut self) -> Answer {
        let (answer, taken) = self.shared.take(&self.request);
        self.request.taken = taken;
        answer
    }

    fn finish(&mut self, answer: Option<&Answer>) {
        self.finished = true;
        self.request.answered_at = Some(self.shared.elapsed());
        if let Some(answer) = answer {
            self.request.status = Some(answer.status);
            self.request.answer = answer.body.clone();
        }
        self.shared.finish(&self.request);
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.finished {
            self.shared.finish(&self.request);
        }
    }
}
