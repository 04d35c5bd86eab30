//! An extension whose endpoints are not well.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use extyped::{
    Cycle, Endpoint, Endpoints, Extension, LogEvent, Manifest, PollError, Severity, Status, Verdict,
};

pub(crate) static MANIFEST: Manifest = Manifest::new("com.example.shaky", "1.0.0", &[], &[]);

/// How many endpoints always answer, sometimes, and never.
pub(crate) const HEALTHY: u32 = 10;
const MOODY: u32 = 8;
const HUNG: u32 = 2;

/// How many deltas were reported.
#[derive(Clone, Default)]
pub(crate) struct Reported(Arc<AtomicU64>);

impl Reported {
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

pub(crate) struct Shaky {
    seed: u64,
    reported: Reported,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Mood {
    Healthy,
    Moody,
    Hung,
}

impl Shaky {
    pub(crate) fn new(seed: u64) -> Self {
        Shaky {
            seed,
            reported: Reported::default(),
        }
    }

    pub(crate) fn reported(&self) -> Reported {
        self.reported.clone()
    }

    /// Reports a delta of one in a series of its own.
    fn count(&self, cx: &Cycle<Self>) -> Result<(), PollError> {
        let id = self.reported.0.fetch_add(1, Ordering::Relaxed);
        cx.untyped().count("shaky.done.count", [("id", id)], 1)
    }
}

#[derive(serde::Deserialize)]
pub(crate) struct Nothing {}

impl Extension for Shaky {
    type Config = Nothing;
    type Endpoint = Mood;

    fn endpoints(&self, _: &Nothing) -> Endpoints<Mood> {
        let moods = [
            (Mood::Healthy, HEALTHY),
            (Mood::Moody, MOODY),
            (Mood::Hung, HUNG),
        ];
        let all = moods.into_iter().flat_map(|(mood, count)| {
            (0..count).map(move |n| Endpoint::new(format!("{mood:?}-{n}").to_lowercase(), mood))
        });
        all.collect()
    }

    async fn query(&self, cx: &Cycle<Self>) -> Verdict {
        let minute = cx.timestamp().as_millis().unsigned_abs() / 60_000;
        let name: u64 = cx.endpoint_name().bytes().map(u64::from).sum();
        let mut random = fastrand::Rng::with_seed(self.seed ^ minute.rotate_left(20) ^ name);
        self.count(cx)?;
        match cx.endpoint() {
            Mood::Healthy => {
                tokio::time::sleep(Duration::from_millis(random.u64(..2_000))).await;
                for _ in 0..random.u32(..200) {
                    self.count(cx)?;
                }
                cx.log(LogEvent::new(Severity::Info, "answered"));
                Ok(Status::ok())
            }
            Mood::Moody => match random.u32(..6) {
                0 => std::future::pending().await,
                1 => panic!("on a whim"),
                2 => Err(PollError::other("not today")),
                3 => {
                    tokio::time::sleep(Duration::from_secs(random.u64(20..70))).await;
                    self.count(cx)?;
                    Ok(Status::ok())
                }
                _ => Ok(Status::warning("slowly")),
            },
            Mood::Hung => std::future::pending().await,
        }
    }
}
