//! Which connections stay open from one poll to the next.

use extyped::HttpClient;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::options;
use crate::server::answer;

/// What a proxy saw: all hosts are behind it, so that there can be many.
#[derive(Debug, PartialEq)]
enum Saw {
    Request { connection: usize, host: String },
    End { connection: usize },
}

/// Answers every request, and tells what it sees.
async fn proxy() -> (String, mpsc::UnboundedReceiver<Saw>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (tell, saw) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        for connection in 0.. {
            let Ok((stream, _)) = listener.accept().await else {
                return;
            };
            tokio::spawn(serve(stream, connection, tell.clone()));
        }
    });
    (url, saw)
}

async fn serve(mut stream: TcpStream, connection: usize, tell: mpsc::UnboundedSender<Saw>) {
    let mut bytes = [0; 2_048];
    // A `GET` without credentials fits one packet.
    while let Ok(read @ 1..) = stream.read(&mut bytes).await {
        let request = String::from_utf8_lossy(&bytes[..read]).into_owned();
        let host = request.split('/').nth(2).unwrap_or_default().to_owned();
        let _ = tell.send(Saw::Request { connection, host });
        if stream.write_all(&answer("200 OK", "well")).await.is_err() {
            break;
        }
    }
    let _ = tell.send(Saw::End { connection });
}

/// Polls a host, and says over which connection.
async fn poll(client: &HttpClient, number: usize, saw: &mut mpsc::UnboundedReceiver<Saw>) -> usize {
    let text = client.get(format!("http://host-{number}/")).text().await;
    assert_eq!(text.expect("the proxy answers"), "well");
    match saw.recv().await {
        Some(Saw::Request { connection, host }) => {
            assert_eq!(host, format!("host-{number}"));
            connection
        }
        other => panic!("a request, not {other:?}"),
    }
}

#[tokio::test]
async fn connections_are_kept_for_as_many_hosts_as_memory_has_room_for() {
    const ROOM: usize = 500;
    let (url, mut saw) = proxy().await;
    let client = HttpClient::new(options().proxy(url)).expect("sound options");
    for number in 0..=ROOM {
        assert_eq!(poll(&client, number, &mut saw).await, number, "a new one");
    }
    assert_eq!(poll(&client, 0, &mut saw).await, 0, "the same as before");
    // The only one that ends: that of the host for which there was no room.
    let ended = saw.recv().await;
    assert_eq!(ended, Some(Saw::End { connection: ROOM }));
    assert_eq!(poll(&client, ROOM, &mut saw).await, ROOM + 1, "a new one");
    assert_eq!(poll(&client, 1, &mut saw).await, 1, "kept to the end");
}
