//! A tenant on loopback that answers as it is told, and writes down what it is
//! asked; and a proxy.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// `POST /api/v2/extensions`.
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// What is answered.
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    /// Until something comes, nothing is answered.
    gate: Option<Receiver<()>>,
    /// The connection is closed instead.
    is_cut_off: bool,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<String>) -> Self {
        Reply {
            status,
            headers: vec![("content-type", "application/json; charset=utf-8".to_owned())],
            body: body.into(),
            gate: None,
            is_cut_off: false,
        }
    }

    /// An error as a tenant tells it.
    pub(crate) fn error(status: u16, message: &str) -> Self {
        let error = serde_json::json!({"error": {"code": status, "message": message}});
        Reply::new(status, error.to_string())
    }

    pub(crate) fn html(status: u16) -> Self {
        let mut reply = Reply::new(status, "<!DOCTYPE html><title>Sign in</title>");
        reply.headers = vec![("content-type", "text/html".to_owned())];
        reply
    }

    pub(crate) fn cut_off() -> Self {
        Reply {
            is_cut_off: true,
            ..Reply::new(0, "")
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn after(self, gate: Receiver<()>) -> Self {
        Reply {
            gate: Some(gate),
            ..self
        }
    }

    fn write(&self, stream: &mut impl Write) -> io::Result<()> {
        write!(stream, "HTTP/1.1 {} Told\r\n", self.status)?;
        for (name, value) in &self.headers {
            write!(stream, "{name}: {value}\r\n")?;
        }
        let length = self.body.len();
        write!(
            stream,
            "content-length: {length}\r\nconnection: close\r\n\r\n"
        )?;
        stream.write_all(self.body.as_bytes())?;
        stream.flush()
    }
}

#[derive(Clone)]
pub(crate) struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    scheme: &'static str,
}

impl Server {
    /// A tenant that gives these answers, one after the other.
    pub(crate) fn start(replies: impl IntoIterator<Item = Reply>) -> Server {
        Server::listen(replies.into_iter().collect(), None)
    }

    pub(crate) fn start_tls(
        replies: impl IntoIterator<Item = Reply>,
        config: Arc<ServerConfig>,
    ) -> Server {
        Server::listen(replies.into_iter().collect(), Some(config))
    }

    fn listen(mut replies: VecDeque<Reply>, tls: Option<Arc<ServerConfig>>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let server = Server {
            address: listener.local_addr().expect("its address"),
            asked: Arc::default(),
            scheme: if tls.is_some() { "https" } else { "http" },
        };
        let asked = Arc::clone(&server.asked);
        // Ends with the test.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let end = match &tls {
                    None => serve(stream, &mut replies, &asked),
                    Some(config) => {
                        let connection = ServerConnection::new(Arc::clone(config));
                        let connection = connection.expect("a connection");
                        serve(StreamOwned::new(connection, stream), &mut replies, &asked)
                    }
                };
                // Who does not trust it goes away; that is for the test to see.
                drop(end);
            }
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }

    /// The requests in short, `POST /api/v2/extensions`.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line).collect()
    }
}

fn serve(
    stream: impl Read + Write,
    replies: &mut VecDeque<Reply>,
    asked: &Mutex<Vec<Asked>>,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let request = read(&mut stream)?;
    asked.lock().expect("no panic").push(request);
    let reply = replies
        .pop_front()
        .unwrap_or_else(|| Reply::new(599, "{\"error\": {\"message\": \"asked too often\"}}"));
    if let Some(gate) = &reply.gate {
        // Whether the other end was dropped or told so, it may go on.
        let _ = gate.recv();
    }
    if reply.is_cut_off {
        return Ok(());
    }
    reply.write(stream.get_mut())
}

fn read<S: Read + Write>(stream: &mut BufReader<S>) -> io::Result<Asked> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let line = line.trim().trim_end_matches(" HTTP/1.1").to_owned();
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        if stream.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
        let (name, value) = header.split_once(':').expect("a header");
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    if headers.iter().any(|(name, _)| name == "expect") {
        stream
            .get_mut()
            .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().expect("a length"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(Asked {
        line,
        headers,
        body,
    })
}

/// A proxy that connects whoever asks to one server, whatever host they name.
pub(crate) struct ForwardProxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl ForwardProxy {
    pub(crate) fn to(server: &Server) -> ForwardProxy {
        ForwardProxy::answering("200 Connection established", server.address())
    }

    pub(crate) fn answering(status: &'static str, target: SocketAddr) -> ForwardProxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let seen = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
                let request = read(&mut reader).expect("a request");
                seen.lock().expect("no panic").push(request);
                tunnel(stream, status, target).expect("a tunnel");
            }
        });
        ForwardProxy { address, asked }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }
}

fn tunnel(mut client: TcpStream, status: &str, target: SocketAddr) -> io::Result<()> {
    write!(client, "HTTP/1.1 {status}\r\n\r\n")?;
    if !status.starts_with("200") {
        return Ok(());
    }
    let server = TcpStream::connect(target)?;
    for (mut from, mut to) in [(client.try_clone()?, server.try_clone()?), (server, client)] {
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(std::net::Shutdown::Write);
        });
    }
    Ok(())
}
