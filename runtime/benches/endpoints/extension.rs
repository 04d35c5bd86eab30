//! The extension that is measured.

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use extyped::{
    Activation, Cumulative, Cycle, Endpoints, Extension, FirstRuns, MetricBatch, PollError,
    Receipt, Runtime, Sending, Sink, Status, StatusCode, StatusReport, StatusRhythm,
};
use serde::{Deserialize, Serialize};

use crate::endpoint::{HEALTH, HUNG, address};
use crate::settings::Settings;

extyped::extension!("benches/endpoints/extension.yaml");

/// One poll: of which endpoint, which tick in milliseconds since 1970, and how
/// many microseconds after it the callback began.
pub(crate) type Poll = (usize, i64, i64);

/// What the extension saw.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) polls: Vec<Poll>,
    /// Polls of healthy endpoints that brought no answer.
    pub(crate) failed: u64,
    pub(crate) lines: u64,
    /// How often the status of a healthy endpoint was anything but OK, or
    /// changed.
    pub(crate) flaps: u64,
}

struct Endurance {
    endpoints: usize,
    hung: Box<dyn Fn(usize) -> bool + Send + Sync>,
    port: u16,
    seen: Arc<Mutex<Seen>>,
    failed: AtomicU64,
}

#[derive(Deserialize)]
struct Health {
    load: f64,
    total: u64,
}

struct Host {
    index: usize,
    hung: bool,
    url: String,
}

impl Extension for Endurance {
    type Config = ();
    type Endpoint = Host;

    fn endpoints(&self, (): &()) -> Endpoints<Host> {
        let host = |index: usize| {
            let hung = (self.hung)(index);
            let path = if hung { HUNG } else { HEALTH };
            let url = format!("http://{}:{}{path}", address(index), self.port);
            (name(index), Host { index, hung, url })
        };
        (0..self.endpoints).map(host).collect()
    }

    async fn query(&self, cx: &Cycle<Self>) -> Result<Status, PollError> {
        let due = cx.timestamp().as_millis();
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = i64::try_from(since.as_micros()).unwrap();
        let host = cx.endpoint();
        let poll = (host.index, due, now - due * 1_000);
        self.seen.lock().unwrap().polls.push(poll);

        let health: Health = cx.http().get(&host.url).json().await.inspect_err(|_| {
            self.failed
                .fetch_add(u64::from(!host.hung), Ordering::Relaxed);
        })?;
        Metrics::of(cx)
            .endurance_host(EnduranceHostDimensions {
                host: cx.endpoint_name(),
            })
            .load(health.load)
            .requests_count(Cumulative(health.total));
        Ok(Status::ok())
    }
}

/// The first figure tells what is expected of the endpoint.
fn name(index: usize) -> String {
    address(index).to_string()
}

/// Counts, and keeps nothing.
struct Tally {
    healthy: HashMap<String, bool>,
    told: Mutex<HashMap<String, StatusCode>>,
    seen: Arc<Mutex<Seen>>,
}

impl Sink for Tally {
    fn name(&self) -> &'static str {
        "tally"
    }

    /// As the EEC does. No endpoint changes its status between two heartbeats
    /// unseen: they are closer together than its polls.
    fn status_rhythm(&self) -> StatusRhythm {
        StatusRhythm::Heartbeat
    }

    fn metrics<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        self.seen.lock().unwrap().lines += batch.len() as u64;
        Box::pin(std::future::ready(Ok(Receipt::accepted())))
    }

    fn status<'a>(&'a self, report: &'a StatusReport) -> Sending<'a, ()> {
        let mut told = self.told.lock().unwrap();
        for endpoint in report.endpoints() {
            if !self.healthy[endpoint.name()] {
                continue;
            }
            let code = endpoint.status().code();
            let before = told.get(endpoint.name()).copied();
            if before.unwrap_or(StatusCode::Ok) != code {
                self.seen.lock().unwrap().flaps += 1;
            }
            if before != Some(code) {
                told.insert(endpoint.name().to_owned(), code);
            }
        }
        Box::pin(std::future::ready(Ok(())))
    }
}

pub(crate) fn main(settings: &Settings) -> ExitCode {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let pattern = settings.clone();
    let extension = Endurance {
        endpoints: settings.endpoints,
        hung: Box::new(move |index| pattern.hangs(index)),
        port: settings.port,
        seen: Arc::clone(&seen),
        failed: AtomicU64::new(0),
    };
    let tally = Tally {
        healthy: (0..settings.endpoints)
            .map(|index| (name(index), !settings.hangs(index)))
            .collect(),
        told: Mutex::default(),
        seen: Arc::clone(&seen),
    };
    let threads = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    threads.block_on(async {
        Runtime::builder(extension, &MANIFEST)
            .activation(Activation::new(()))
            .sink(tally)
            .first_runs(FirstRuns::spread())
            .build()
            .unwrap()
            .run(tokio::time::sleep(settings.duration()))
            .await;
    });
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    println!("{}", serde_json::to_string(&seen).unwrap());
    ExitCode::SUCCESS
}
