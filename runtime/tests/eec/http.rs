//! Endpoints on real sockets, under the paused clock.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::{MethodRouter, get};
use extyped::testing::Eec;
use extyped::{Cycle, Endpoint, Endpoints, Extension, Manifest, Status, StatusCode, Verdict};
use serde_json::json;
use tokio::sync::oneshot;

use crate::support::MINUTE;

static MANIFEST: Manifest = Manifest::new("custom:web", "1.0.0", &[], &[]);

/// Asks each path of a server for a number.
struct Web;

#[derive(serde::Deserialize)]
struct Config {
    server: SocketAddr,
    paths: Vec<String>,
}

impl Extension for Web {
    type Config = Config;
    type Endpoint = String;

    fn endpoints(&self, config: &Config) -> Endpoints<String> {
        let paths = config.paths.iter();
        let url = |path: &String| format!("http://{}/{path}", config.server);
        paths.map(|path| Endpoint::new(path, url(path))).collect()
    }

    async fn query(&self, cx: &Cycle<Self>) -> Verdict {
        let number: f64 = cx.http().get(cx.endpoint()).json().await?;
        let path = cx.endpoint_name();
        cx.untyped().gauge("web.number", [("path", path)], number)?;
        Ok(Status::ok())
    }
}

/// The extension with an app in the runtime of the test, whose clock is the
/// app's, too.
async fn web(app: Router, paths: &[&str]) -> Eec {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let server = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { axum::serve(listener, app).await });
    polling(server, paths)
}

fn polling(server: SocketAddr, paths: &[&str]) -> Eec {
    let config = json!({"server": server, "paths": paths});
    Eec::builder(&MANIFEST).config(config).start(Web)
}

/// An app on a thread of its own, until this is dropped.
struct Elsewhere {
    server: SocketAddr,
    _running: oneshot::Sender<()>,
}

impl Elsewhere {
    fn start(app: Router) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("it is a socket");
        let server = listener.local_addr().expect("it is bound");
        let (running, ended) = oneshot::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
                tokio::select! {
                    _ = axum::serve(listener, app) => {}
                    _ = ended => {}
                }
            });
        });
        Elsewhere {
            server,
            _running: running,
        }
    }
}

fn well() -> MethodRouter {
    get(async || "5")
}

async fn hang() -> &'static str {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn a_day_of_polling_has_a_value_in_each_minute() {
    let elsewhere = Elsewhere::start(Router::new().route("/well", well()));
    let eec = polling(elsewhere.server, &["well"]);
    eec.pass(Duration::from_hours(24)).await;
    eec.assert_metric("web.number").times(24 * 60).every(MINUTE);
    eec.assert_status(StatusCode::Ok);
    eec.assert_nothing_invalid();
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_hangs_costs_its_deadline_and_its_neighbors_nothing() {
    let app = Router::new()
        .route("/well", well())
        .route("/hangs", get(hang));
    let eec = web(app, &["well", "hangs"]).await;
    eec.pass(5 * MINUTE).await;
    eec.assert_metric("web.number")
        .dimension("path", "well")
        .times(5)
        .every(MINUTE);
    let status = eec.status().expect("some heartbeats").to_string();
    assert!(status.starts_with("WARNING - "), "{status}");
    assert!(
        status.contains("hangs - DEVICE_CONNECTION_ERROR no answer from GET"),
        "{status}"
    );
    assert!(status.contains("within 30 s"), "{status}");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_takes_its_time_by_the_clock_of_the_test_is_waited_for() {
    let slow = get(async || {
        tokio::time::sleep(Duration::from_secs(28)).await;
        "7"
    });
    let eec = web(Router::new().route("/slow", slow), &["slow"]).await;
    eec.pass(5 * MINUTE).await;
    let number = eec.assert_metric("web.number").times(5).every(MINUTE);
    assert_eq!(number.values(), [7.0; 5]);
    eec.assert_status(StatusCode::Ok);
}

#[tokio::test(start_paused = true)]
async fn a_port_where_nobody_listens_is_refused_at_once() {
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("it is bound")
    };
    let eec = polling(nobody, &["well"]);
    eec.pass(MINUTE).await;
    let status = eec.status().expect("a heartbeat").to_string();
    assert!(status.contains("DEVICE_CONNECTION_ERROR"), "{status}");
}
