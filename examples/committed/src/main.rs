//! Job schedulers: what waits in each queue and how the runs ended.

#[rustfmt::skip]
#[allow(unreachable_pub, reason = "a library would export it")]
mod metrics;

use std::process::ExitCode;

use extyped::{Cycle, Delta, Endpoints, Extension, PollError, Status};
use metrics::{MANIFEST, Metrics, QueueDimensions, activation};
use serde::Deserialize;

struct Scheduler;

/// What `GET /queues` answers.
#[derive(Deserialize)]
struct Queue {
    name: String,
    waiting: u32,
    /// Runs since the poll before: the scheduler starts anew with each.
    succeeded: u64,
    failed: u64,
}

impl Extension for Scheduler {
    type Config = activation::Remote;
    type Endpoint = String;

    fn endpoints(&self, config: &activation::Remote) -> Endpoints<String> {
        let endpoint = |host: &String| (host.clone(), format!("https://{host}/queues"));
        config.hosts.iter().map(endpoint).collect()
    }

    async fn query(&self, cx: &Cycle<Self>) -> Result<Status, PollError> {
        let queues: Vec<Queue> = cx.http().get(cx.endpoint()).json().await?;
        let metrics = Metrics::of(cx);
        for queue in &queues {
            metrics
                .queue(QueueDimensions {
                    scheduler_address: cx.endpoint_name(),
                    queue_name: &queue.name,
                })
                .waiting(queue.waiting)
                .succeeded_count(Delta(queue.succeeded))
                .failed_count(Delta(queue.failed));
        }
        Ok(Status::ok())
    }
}

fn main() -> ExitCode {
    extyped::run(Scheduler, &MANIFEST)
}
