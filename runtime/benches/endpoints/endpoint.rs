//! The endpoints: one process, many addresses.

use std::net::Ipv4Addr;
use std::process::ExitCode;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::settings::{LATENCY, Settings};

/// What an endpoint answers under this path, a second later.
pub(crate) const HEALTH: &str = "/health";

/// Under this one it never does.
pub(crate) const HUNG: &str = "/hung";

/// The address of an endpoint. All of 127.0.0.0/8 is this machine.
pub(crate) fn address(endpoint: usize) -> Ipv4Addr {
    let [.., high, low] = (endpoint / 250).to_be_bytes();
    let last = u8::try_from(endpoint % 250).unwrap_or_default();
    Ipv4Addr::new(127, high + 1, low, last + 1)
}

pub(crate) fn serve(_: &Settings) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await.unwrap();
        println!("{}", listener.local_addr().unwrap().port());
        loop {
            let Ok((stream, peer)) = listener.accept().await else {
                // Too many open files: those that end make room.
                tokio::time::sleep(LATENCY / 10).await;
                continue;
            };
            if peer.ip().is_loopback() {
                tokio::spawn(answer(stream));
            }
        }
    })
}

async fn answer(mut stream: TcpStream) {
    let mut request = [0; 512];
    let mut total = 0_u64;
    loop {
        // A `GET` of the benchmark fits one packet.
        let read = stream.read(&mut request).await.unwrap_or_default();
        if read == 0 {
            return;
        }
        let hung = format!("GET {HUNG} ");
        if request.starts_with(hung.as_bytes()) {
            // Until the client hangs up.
            while stream.read(&mut request).await.is_ok_and(|read| read > 0) {}
            return;
        }
        tokio::time::sleep(LATENCY).await;
        total += 1_500;
        let body = format!("{{\"load\":12.5,\"total\":{total}}}");
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
