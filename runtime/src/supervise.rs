//! From the configuration to running workers.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::board::Board;
use crate::context::Context;
use crate::cycle::Target;
use crate::endpoint::{MIN_INTERVAL, default_deadline};
use crate::first_runs::Place;
use crate::open_files;
use crate::poll::{Ended, Job, Slots, Worker, attempt};
use crate::schedule::{Callback, Run};
use crate::setup;
use crate::shared_dimensions::SharedDimensions;
use crate::{Cycle, Endpoint, Endpoints, Extension, Schedule, Status, StatusCode, text};

/// How long after a failed initialization the next is tried.
const INITIALIZE_AGAIN: Duration = Duration::from_mins(1);

/// The callback every extension has.
const QUERY: Cow<'static, str> = Cow::Borrowed("query");

/// Initializes the extension, gathers its endpoints, and polls them until all
/// are done or `stop` says so.
pub(crate) async fn poll<E: Extension>(
    context: Arc<Context<E>>,
    cycles: Option<u64>,
    stop: CancellationToken,
) {
    if !initialized(&context, &stop).await {
        return;
    }
    let Some((endpoints, schedules)) = gather(&context, &stop).await else {
        return;
    };
    tokio::select! {
        () = context.clock.cluster_time() => {}
        () = stop.cancelled() => return,
    }
    let mut workers = start(&context, endpoints, &schedules, cycles, &stop);
    context.outlets.board.set_polling();
    while let Some(ended) = workers.join_next().await {
        if ended.is_err_and(|error| error.is_panic()) {
            // The endpoint would keep its last status for ever.
            let text = "a task that polls an endpoint panicked, which is a mistake in extyped: the \
                        endpoint is not polled any more until the extension is started again";
            tracing::error!("{text}");
            let status = Status::new(StatusCode::GenericError, text);
            context.outlets.board.trouble("polling", status, None);
        }
    }
}

/// Initializes until it works. Whether it did before the process is to end.
async fn initialized<E: Extension>(context: &Arc<Context<E>>, stop: &CancellationToken) -> bool {
    let board = &context.outlets.board;
    loop {
        let ended = setup::initialize(context, stop).await;
        if matches!(ended, Ended::Stopped) {
            return false;
        }
        let status = setup::initialized(&ended);
        if !status.code().is_error() {
            // A warning stands beside what the endpoints say; that all is well
            // is for them to say.
            board.set_setup(Some(status).filter(|status| status.code() != StatusCode::Ok));
            return true;
        }
        tracing::error!(
            "initialize failed and is tried again in {}: {status}",
            text::duration(INITIALIZE_AGAIN)
        );
        board.set_setup(Some(status));
        loop {
            tokio::select! {
                () = context.clock.sleep(INITIALIZE_AGAIN) => {}
                () = stop.cancelled() => return false,
            }
            // A second one would take another thread.
            if !matches!(&ended, Ended::Blocking(task) if !task.is_finished()) {
                break;
            }
        }
    }
}

/// Asks the extension what to poll. `None` if there is no answer: the board
/// says why, and the process stays, so that it can be read there.
async fn gather<E: Extension>(
    context: &Arc<Context<E>>,
    stop: &CancellationToken,
) -> Option<(Endpoints<E::Endpoint>, Vec<Schedule<E>>)> {
    let shared = Arc::clone(context);
    // In a task, because it is the author's code and may panic.
    let ended = attempt(
        &context.threads(),
        async move {
            let endpoints = shared.extension.endpoints(&shared.config);
            (endpoints, shared.extension.schedules())
        },
        &context.clock,
        INITIALIZE_AGAIN,
        stop,
    )
    .await;
    let problem = match ended {
        Ended::Returned((endpoints, _)) if endpoints.is_empty() => Status::new(
            StatusCode::InvalidConfigError,
            "there is nothing to poll: the monitoring configuration names no endpoint",
        ),
        Ended::Returned((_, schedules)) if let Some(problem) = unfit(&schedules) => {
            Status::new(StatusCode::GenericError, problem)
        }
        Ended::Returned(answer) => return Some(answer),
        Ended::Panicked(words) => Status::new(
            StatusCode::GenericError,
            format!("endpoints panicked: {words}: this is a mistake in the extension"),
        ),
        Ended::Late | Ended::Blocking(_) => Status::new(
            StatusCode::GenericError,
            "endpoints does not come back: it must not wait for anything",
        ),
        Ended::Stopped => return None,
    };
    tracing::error!("{problem}");
    context.outlets.board.set_setup(Some(problem));
    stop.cancelled().await;
    None
}

/// What is wrong with the schedules of an extension.
fn unfit<E: Extension>(schedules: &[Schedule<E>]) -> Option<String> {
    let mut names = HashSet::from([QUERY]);
    schedules.iter().find_map(|schedule| {
        let name = &schedule.name;
        if !names.insert(name.clone()) {
            return Some(format!(
                "two callbacks are called `{name}`: every schedule needs a name of its own"
            ));
        }
        too_often(schedule.interval).map(|problem| format!("schedule `{name}`: {problem}"))
    })
}

fn too_often(interval: Duration) -> Option<String> {
    (interval < MIN_INTERVAL).then(|| {
        format!(
            "an interval of {} is too short: it must be at least {}",
            text::duration(interval),
            text::duration(MIN_INTERVAL)
        )
    })
}

/// Starts a worker for every callback of every endpoint. An endpoint that
/// cannot be polled as it is configured says so in its status, and the others
/// are polled.
fn start<E: Extension>(
    context: &Arc<Context<E>>,
    endpoints: Endpoints<E::Endpoint>,
    schedules: &[Schedule<E>],
    cycles: Option<u64>,
    stop: &CancellationToken,
) -> JoinSet<()> {
    let board = &context.outlets.board;
    let callbacks: Vec<_> = std::iter::once(QUERY)
        .chain(schedules.iter().map(|schedule| schedule.name.clone()))
        .collect();
    // There are never more runs than callbacks.
    let runs = endpoints.list.len().saturating_mul(callbacks.len());
    let at_once = open_files::polls(endpoints.concurrency.min(runs));
    let slots = Arc::new(Slots::new(at_once));
    let mut names = HashSet::new();
    let mut unfit_keys = BTreeMap::new();
    let mut workers = JoinSet::new();
    let now = context.clock.timestamp();
    let count = endpoints.list.len();
    for (at, endpoint) in endpoints.list.into_iter().enumerate() {
        let wait = |callback, offset| {
            let place = Place {
                endpoint: at,
                endpoints: count,
                callback,
            };
            context.first_runs.wait(now, place, offset)
        };
        let problem = problem_of(&endpoint, &mut names);
        let Endpoint {
            name,
            value,
            interval,
            deadline,
            entity,
            dimensions,
        } = endpoint;
        let name: Arc<str> = name.into();
        if let Some(problem) = problem {
            tracing::error!(endpoint = &*name, "{problem}");
            let place = board.add_endpoint(name, &[QUERY]);
            board.set(
                Board::line(place, 0),
                Status::new(StatusCode::InvalidConfigError, problem),
            );
            continue;
        }
        let place = board.add_endpoint(Arc::clone(&name), &callbacks);
        let (dimensions, problems) = SharedDimensions::new(dimensions);
        for (key, problem) in problems {
            unfit_keys.entry(key).or_insert_with(|| (problem, 0)).1 += 1;
        }
        let target = Arc::new(Target {
            name,
            value,
            dimensions,
        });
        let query = Job {
            callback: QUERY,
            run: Arc::new(Query) as Arc<dyn for<'a> Callback<'a, E>>,
            wait: wait(0, None),
            interval,
            deadline: deadline.unwrap_or_else(|| default_deadline(interval)),
            cycles,
        };
        let additional = schedules.iter().zip(1..).map(|(schedule, callback)| Job {
            callback: schedule.name.clone(),
            run: Arc::clone(&schedule.callback),
            wait: wait(callback, schedule.offset),
            interval: schedule.interval,
            deadline: schedule
                .deadline
                .unwrap_or_else(|| default_deadline(schedule.interval)),
            cycles,
        });
        for (index, job) in std::iter::once(query).chain(additional).enumerate() {
            let worker = Worker::new(
                Arc::clone(context),
                Arc::clone(&target),
                entity.clone(),
                job,
                Board::line(place, index),
                Arc::clone(&slots),
            );
            workers.spawn(worker.run(stop.clone()));
        }
    }
    if let Some(status) = of_unfit_keys(&unfit_keys) {
        tracing::warn!("{status}");
        board.trouble("dimensions of endpoints", status, None);
    }
    workers
}

/// What to say of dimensions that no line can carry, by their keys: what is
/// wrong with each, and how many endpoints have it.
fn of_unfit_keys(keys: &BTreeMap<String, (String, usize)>) -> Option<Status> {
    let told: Vec<String> = keys
        .iter()
        .map(|(key, (problem, endpoints))| {
            let endpoints = text::count(*endpoints as u64, "endpoint");
            format!("`{key}` of {endpoints} is not sent: {problem}")
        })
        .collect();
    (!told.is_empty()).then(|| Status::warning(told.join("; ")))
}

fn problem_of<T>(endpoint: &Endpoint<T>, names: &mut HashSet<String>) -> Option<String> {
    if !names.insert(endpoint.name.clone()) {
        return Some(
            "another endpoint has the same name, so this one is not polled: give each its own"
                .to_owned(),
        );
    }
    too_often(endpoint.interval)
}

/// `Extension::query` as a callback.
struct Query;

impl<'a, E: Extension> Callback<'a, E> for Query {
    fn run(&self, extension: &'a E, cycle: &'a Cycle<E>) -> Run<'a> {
        Box::pin(extension.query(cycle))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::mpsc::Receiver;

    use super::*;
    use crate::{
        Activation, Clock, Manifest, MemorySink, Runtime, Setup, StatusReport, Timestamp, Verdict,
    };

    static MANIFEST: Manifest = Manifest::new("custom:x", "1.0.0", &[], &[]);

    /// Blocks its thread when it is initialized for the first time, until the
    /// other end is dropped.
    struct Blocking {
        blocked: Mutex<Receiver<()>>,
        started: Arc<AtomicU32>,
    }

    impl Extension for Blocking {
        type Config = ();
        type Endpoint = ();

        fn endpoints(&self, (): &()) -> Endpoints<()> {
            Endpoints::one(())
        }

        async fn query(&self, _: &Cycle<Self>) -> Verdict {
            Ok(Status::ok())
        }

        async fn initialize(&self, _: &Setup<Self>) -> Verdict {
            if self.started.fetch_add(1, Ordering::SeqCst) == 0 {
                let _ = self.blocked.lock().expect("nobody panicked").recv();
            }
            Ok(Status::ok())
        }
    }

    #[tokio::test]
    async fn an_initialize_that_blocks_its_thread_is_not_started_a_second_time() {
        let threads = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .build()
            .expect("threads");
        let (release, blocked) = std::sync::mpsc::channel();
        let started = Arc::new(AtomicU32::new(0));
        let extension = Blocking {
            blocked: Mutex::new(blocked),
            started: Arc::clone(&started),
        };
        let sink = MemorySink::new();
        let runtime = Runtime::builder(extension, &MANIFEST)
            .activation(Activation::new(()))
            // Five minutes are over in 300 ms.
            .clock(Clock::starting_at(Timestamp::from_millis(0)).with_speed(1_000))
            .callbacks_on(threads.handle().clone())
            .sink(sink.clone())
            .cycles(1)
            .build()
            .expect("complete");
        let blocks = |report: &&StatusReport| {
            let status = report.status();
            status.is_some_and(|status| status.message().contains("blocks its thread"))
        };
        let watch = async {
            // For at least 150 seconds of the clock, in which it would have
            // been started twice.
            sink.wait_for(|sink| sink.reports().iter().filter(blocks).count() >= 4)
                .await;
            assert_eq!(started.load(Ordering::SeqCst), 1);
            drop(release);
        };
        let (finished, ()) = tokio::join!(runtime.run(std::future::pending()), watch);
        assert_eq!(started.load(Ordering::SeqCst), 2, "once it was free");
        assert_eq!(finished.status, Some(Status::ok()));
        threads.shutdown_background();
    }
}
