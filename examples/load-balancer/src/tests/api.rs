//! A load balancer for tests, on this machine.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tokio::net::TcpListener;

/// The token it knows.
pub(super) const TOKEN: &str = "s3cret-token";

pub(super) struct Api {
    address: SocketAddr,
    device: Arc<Device>,
}

#[derive(Default)]
struct Device {
    polls: AtomicU64,
    hangs: AtomicBool,
}

impl Api {
    pub(super) async fn start() -> Self {
        let device = Arc::new(Device::default());
        let app = Router::new()
            .route("/api/v1/health", get(health))
            .with_state(Arc::clone(&device));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move { axum::serve(listener, app).await });
        Api { address, device }
    }

    /// How the monitoring configuration names it.
    pub(super) fn host(&self) -> String {
        self.address.to_string()
    }

    /// Whether it takes requests and never answers.
    pub(super) fn hang(&self, hangs: bool) {
        self.device.hangs.store(hangs, Ordering::Relaxed);
    }
}

/// Each node has received 1,500 bytes more than at the last poll.
async fn health(State(device): State<Arc<Device>>, headers: HeaderMap) -> Response {
    if device.hangs.load(Ordering::Relaxed) {
        return std::future::pending().await;
    }
    let token = headers.get(header::AUTHORIZATION);
    if token.is_none_or(|token| token != &format!("Bearer {TOKEN}")) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let polls = device.polls.fetch_add(1, Ordering::Relaxed);
    let node = |name: &str| {
        json!({
            "name": name,
            "cpu_percent": 20.5,
            "memory_bytes": 3_221_225_472_u64,
            "bytes_in": 9_000_000 + polls * 1_500,
            "bytes_out": 42_000_000 + polls * 6_200,
        })
    };
    Json(json!({
        "connections": 1_200,
        "nodes": [node("node-a"), node("node-b")],
        "pools": [{"name": "web", "members": 4, "members_up": 3}],
    }))
    .into_response()
}
