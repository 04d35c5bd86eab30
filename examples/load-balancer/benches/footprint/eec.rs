//! An EEC that takes everything.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{StatusCode, Uri};
use serde_json::json;

/// What the id of a process begins with that is the example.
pub(crate) const EXAMPLE: &str = "example-";

/// What that of a peer begins with.
pub(crate) const SAMPLE: &str = "sample-";

/// Longer than any process takes to start.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Eec {
    pub(crate) url: String,
    calls: Receiver<Call>,
    polled: BTreeSet<String>,
}

struct Call {
    at: Instant,
    path: String,
}

impl Eec {
    pub(crate) fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, calls) = channel();
        thread::spawn(move || serve(listener, sender));
        Eec {
            url,
            calls,
            polled: BTreeSet::new(),
        }
    }

    /// Waits for the first heartbeat of this process: when it came.
    pub(crate) fn heartbeat(&mut self, id: &str) -> Instant {
        loop {
            let call = self.calls.recv_timeout(PATIENCE);
            let call = call.expect("it sends heartbeats");
            self.take(&call);
            if call.path == format!("/alive/{id}") {
                return call.at;
            }
        }
    }

    /// Whether this process has polled. The example sends an event because it
    /// got no answer, the sample sends one anyway.
    pub(crate) fn has_polled(&mut self, id: &str) -> bool {
        while let Ok(call) = self.calls.try_recv() {
            self.take(&call);
        }
        self.polled.contains(id)
    }

    fn take(&mut self, call: &Call) {
        let id = call.path.strip_prefix("/events/");
        self.polled.extend(id.map(str::to_owned));
    }
}

fn serve(listener: std::net::TcpListener, calls: Sender<Call>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let answering = Router::new().fallback(move |uri: Uri| {
        let at = Instant::now();
        let path = uri.path().to_owned();
        let answered = answer(&path, uri.query());
        // Whoever asked for the figures may be gone already.
        let _ = calls.send(Call { at, path });
        std::future::ready(answered)
    });
    runtime.block_on(async {
        listener.set_nonblocking(true).unwrap();
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        axum::serve(listener, answering).await.unwrap();
    });
}

fn answer(path: &str, query: Option<&str>) -> (StatusCode, String) {
    let call = path.split('/').nth(1).unwrap_or_default();
    let body = match call {
        "userconfig" => json!({
            "enabled": true,
            "description": "footprint",
            "version": "1.0.0",
            "featureSets": ["Traffic", "Pools"],
            // Nobody listens there.
            "pythonRemote": {"hosts": ["127.0.0.1:9"], "api_token": "t", "endpoints": []},
        }),
        "extconfig" if query.is_some() => json!({}),
        "extconfig" => {
            let name = if path.contains(SAMPLE) {
                "com.example.extension.interop"
            } else {
                "custom:load-balancer"
            };
            return (StatusCode::OK, format!("name: {name}\nversion: 1.0.0\n"));
        }
        "alive" => json!({"extconfig": "b2520a74", "debugmode": "0", "runtime": {}, "tasks": []}),
        "timediffms" => json!({"clusterDiffMs": 20}),
        _ => json!({"linesOk": 1, "linesInvalid": 0, "error": null, "warnings": null}),
    };
    (StatusCode::OK, body.to_string())
}
