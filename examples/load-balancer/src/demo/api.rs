//! The load balancers of the demo: one server on this machine that answers for
//! all of them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::script::{Act, Scene};

/// The load balancer that plays the script.
pub(super) const ACTOR: &str = "lb-1.example";

/// The load balancer that is always well.
pub(super) const BYSTANDER: &str = "lb-2.example";

/// The token the load balancers know.
pub(super) const TOKEN: &str = "demo-token";

/// How far the play is.
#[derive(Clone, Default)]
pub(super) struct Stage(Arc<Mutex<Played>>);

#[derive(Default)]
struct Played {
    /// How often [`ACTOR`] was polled.
    polls: usize,
    /// How often anybody was polled: the running totals grow with it.
    requests: u32,
    /// What [`ACTOR`] played last, until somebody asks.
    last: Option<&'static Scene>,
}

impl Stage {
    /// What [`ACTOR`] has played since this was asked last, if it was polled.
    pub(super) fn take(&self) -> Option<&'static Scene> {
        self.lock().last.take()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Played> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the server and says where it listens.
pub(super) async fn start(stage: Stage) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = axum::Router::new().fallback(answer).with_state(stage);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

async fn answer(State(stage): State<Stage>, request: Request) -> Response {
    let token = request.headers().get(header::AUTHORIZATION);
    if token.is_none_or(|token| token != &format!("Bearer {TOKEN}")) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let (act, requests) = {
        let mut played = stage.lock();
        played.requests += 1;
        let act = if request.uri().host() == Some(ACTOR) {
            let scene = Scene::at(played.polls);
            played.polls += 1;
            played.last = Some(scene);
            scene.act
        } else {
            Act::Healthy
        };
        (act, played.requests)
    };
    match act {
        Act::Healthy => Json(health(requests, 4)).into_response(),
        Act::Degraded => Json(health(requests, 3)).into_response(),
        Act::Hang => std::future::pending().await,
        Act::Status(status) => status.into_response(),
        Act::RateLimit(seconds) => {
            let wait = [(header::RETRY_AFTER, seconds.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, wait).into_response()
        }
        Act::Malformed => {
            r#"{"connections": 1250, "nodes": [{"name": "node-a", "cpu_percent": NaN}]}"#
                .into_response()
        }
    }
}

/// An answer whose numbers move.
fn health(requests: u32, members_up: u32) -> Value {
    let node = |name: &str, share: u32| {
        let moving = u64::from(requests * share);
        json!({
            "name": name,
            "cpu_percent": 20.5 + f64::from((requests * 7 + share) % 40),
            "memory_bytes": 3_221_225_472 + moving * 4_096,
            "bytes_in": 9_000_000_000 + moving * 1_500_000,
            "bytes_out": 42_000_000_000 + moving * 6_200_000,
        })
    };
    json!({
        "connections": 1_200 + requests * 3,
        "nodes": [node("node-a", 2), node("node-b", 3)],
        "pools": [{"name": "web", "members": 4, "members_up": members_up}],
    })
}
