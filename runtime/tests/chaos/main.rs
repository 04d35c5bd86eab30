//! Ten minutes in which everything goes wrong, by a seed: the controller
//! restarts, is away, answers 429, 5xx and HTML, is slow and drops connections;
//! endpoints hang, are slow, fail and panic; the clock of the machine and that
//! of the cluster are set.
//!
//! Whatever the seed, every accepted delta counts exactly once, nothing is lost
//! that is not counted, heartbeats are never late, and no queue stays filled.
//! `EXTYPED_CHAOS_SEEDS=100` tries as many.

mod extension;
mod weather;

use std::collections::HashMap;
use std::time::Duration;

use extyped::testing::{Call, Eec};
use extyped::{Finished, Tally};
use tokio::time::Instant;

use crate::extension::{MANIFEST, Shaky};
use crate::weather::Weather;

/// How long things go wrong.
const STORM: Duration = Duration::from_mins(10);

/// How long nothing does afterwards: enough for the longest wait between two
/// tries, and to send what waited.
const CALM: Duration = Duration::from_mins(3);

/// A heartbeat is due every 50 s.
const LATE: Duration = Duration::from_secs(55);

/// The seed of CI, and how many follow it by hand.
const SEED: u64 = 20_261_124;
const SEEDS: &str = "EXTYPED_CHAOS_SEEDS";

#[test]
fn whatever_goes_wrong_every_delta_counts_once_and_no_heartbeat_is_late() {
    let seeds = std::env::var(SEEDS).map_or(1, |seeds| seeds.parse().expect("a number of seeds"));
    for seed in SEED..SEED + seeds {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime");
        if let Err(problem) = runtime.block_on(survives(seed)) {
            panic!("seed {seed}: {problem}");
        }
    }
}

async fn survives(seed: u64) -> Result<(), String> {
    let shaky = Shaky::new(seed);
    let reported = shaky.reported();
    let eec = Eec::builder(&MANIFEST).start(shaky);
    let began = Instant::now();
    let weather = Weather::of(seed, STORM).pass_over(&eec).await;
    eec.pass(CALM).await;
    let ended = began.elapsed();

    let requests = eec.simulator().requests();
    let heartbeats = requests
        .iter()
        .filter(|request| request.call == Some(Call::Alive))
        .map(|request| request.at);
    let late = weather.longest_wait(heartbeats.collect(), ended);
    let simulator = eec.simulator().clone();
    let finished = eec.stop().await;
    let lines = simulator.lines_of("shaky.done.count");
    let forgotten = simulator.totals().forgotten;
    let metrics = tally(&finished, "metrics");

    let mut times: HashMap<String, u32> = HashMap::new();
    for line in &lines {
        let id = line.item.dimension("id").unwrap_or_default();
        *times.entry(id.to_owned()).or_default() += 1;
    }
    let twice = times.iter().find(|(_, times)| **times > 1);
    let reported = reported.get();
    let healthy = u64::from(extension::HEALTHY) * (STORM + CALM).as_secs() / 60;

    check(forgotten == 0, || "the simulator forgot lines".to_owned())?;
    check(reported >= healthy, || {
        format!("{reported} deltas were reported, of healthy endpoints alone should be {healthy}")
    })?;
    check(metrics.given() == reported, || {
        format!(
            "{reported} deltas were reported, {} queued",
            metrics.given()
        )
    })?;
    check(twice.is_none(), || format!("counted twice: {twice:?}"))?;
    check(lines.len() as u64 == metrics.accepted(), || {
        format!(
            "{} lines are there, {} were accepted",
            lines.len(),
            metrics.accepted()
        )
    })?;
    check(metrics.accepted() > reported / 2, || {
        format!("hardly anything arrived: {metrics:?}")
    })?;
    check(
        metrics.accepted() + metrics.dropped().total() == reported,
        || format!("not all is accounted for: {metrics:?}"),
    )?;
    check(late <= LATE, || format!("no heartbeat for {late:?}"))?;
    let waiting = finished.tallies.iter().find(|tally| tally.waiting() > 0);
    check(waiting.is_none(), || {
        format!("something still waits: {waiting:?}")
    })
}

fn check(holds: bool, problem: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(problem()) }
}

fn tally<'f>(finished: &'f Finished, stream: &str) -> &'f Tally {
    let mut tallies = finished.tallies.iter();
    tallies
        .find(|tally| tally.stream() == stream)
        .expect("every stream has one")
}
