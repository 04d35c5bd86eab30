//! The extension at work against load balancers of its own, on a clock that
//! runs faster.

mod api;
mod script;
mod show;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use extyped::{Activation, Clock, HttpClient, HttpOptions, PollError, Runtime, Timestamp};
use tokio::sync::Notify;
use tokio::time::Instant;

use self::api::{ACTOR, BYSTANDER, Stage};
use self::show::Show;
use crate::{LoadBalancer, MANIFEST, activation};

/// How many times faster the clock runs. Intervals and timestamps stay as they
/// would be.
const SPEED: u32 = 30;

/// One cycle, by that clock.
const MINUTE: Duration = Duration::from_mins(1);

/// What a request may take by that clock, as in production.
const DEADLINE: Duration = Duration::from_secs(30);

/// When the demo begins, by that clock: 2027-01-15, 08:00:00 UTC.
const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// `main` for `--demo`.
pub(crate) fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    let cycles = match cycles(arguments) {
        Ok(cycles) => cycles,
        Err(mistake) => {
            anstream::eprintln!("{mistake}");
            return ExitCode::from(2);
        }
    };
    match play(cycles) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("the demo cannot run: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The number after `--cycles`; `None` plays until Ctrl-C.
fn cycles(mut arguments: impl Iterator<Item = String>) -> Result<Option<u64>, &'static str> {
    if !arguments.any(|argument| argument == "--cycles") {
        return Ok(None);
    }
    match arguments.next().map(|number| number.parse()) {
        Some(Ok(cycles)) if cycles > 0 => Ok(Some(cycles)),
        _ => Err("--cycles needs a number of minutes to play: --cycles 12"),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn play(cycles: Option<u64>) -> Result<(), Box<dyn Error>> {
    let stage = Stage::default();
    let api = api::start(stage.clone()).await?;
    let show = Show::default();
    let config = activation::Remote {
        hosts: vec![ACTOR.to_owned(), BYSTANDER.to_owned()],
        api_token: api::TOKEN.into(),
    };
    let runtime = Runtime::builder(LoadBalancer { scheme: "http" }, &MANIFEST)
        .activation(Activation::new(config))
        .http(client(&format!("http://{api}"))?)
        .clock(Clock::starting_at(START).with_speed(SPEED))
        .sink(show.clone())
        .build()?;

    show::introduce(MINUTE / SPEED, DEADLINE / SPEED);
    // Between the end of what a request may take and the next cycle.
    let first = Instant::now() + MINUTE * 3 / 4 / SPEED;
    let mut minutes = tokio::time::interval_at(first, MINUTE / SPEED);
    let enough = Notify::new();
    let mut run = std::pin::pin!(runtime.run(async {
        tokio::select! {
            () = enough.notified() => {}
            () = interrupted() => {}
        }
    }));
    let finished = loop {
        tokio::select! {
            _ = minutes.tick() => {
                if Some(show.cycle(stage.take())) == cycles {
                    enough.notify_one();
                }
            }
            finished = &mut run => break finished,
        }
    };
    show.conclude(&finished);
    Ok(())
}

/// The client of the extension, with the API as its proxy, so that the load
/// balancers can have the names they would have.
fn client(api: &str) -> Result<HttpClient, PollError> {
    let options = HttpOptions::new().deadline(DEADLINE / SPEED).proxy(api);
    HttpClient::new(options)
}

async fn interrupted() {
    // Without signals, only killing ends the demo.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cycles_of(line: &str) -> Result<Option<u64>, &'static str> {
        cycles(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn the_demo_plays_as_long_as_it_is_told() {
        assert_eq!(cycles_of("--demo"), Ok(None));
        assert_eq!(cycles_of("--demo --cycles 12"), Ok(Some(12)));
    }

    #[test]
    fn a_number_of_cycles_that_is_none_is_refused() {
        for line in ["--cycles", "--cycles x", "--cycles 0", "--cycles -1"] {
            assert!(cycles_of(line).is_err(), "{line}");
        }
    }
}
