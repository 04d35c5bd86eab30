//! The command line of `extyped simulate`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ValueEnum, ValueHint};
use extyped_simulator::{Fault, Heartbeat};

use super::chaos::Chaos;
use super::expect::Expectation;
use crate::duration::duration;

/// Run an extension under an Extension Execution Controller of its own
///
/// Serves the manifest and the activation as an EEC does, starts COMMAND with
/// the arguments an EEC appends, and checks every metric line, event, log and
/// heartbeat that comes back. The extension may be written in any language.
/// Without COMMAND it prints these arguments and serves whoever comes.
///
/// On a terminal it shows what comes in and takes faults to inject while it
/// runs; press `?` there. Elsewhere it prints one line for each thing that
/// happens. A summary ends both.
///
/// Ends with 0 if everything held, with 1 if something did not or the extension
/// failed, and with 2 if it could not run at all.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct SimulateArgs {
    /// The manifest, or the folder that holds it
    #[arg(long, value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub manifest: PathBuf,
    /// The activation, as development mode reads it [default: activation.json]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub activation: Option<PathBuf>,
    /// An object with the values of `{{name}}` in the activation [default:
    /// secrets.json if it is there]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub secrets: Option<PathBuf>,
    /// The program to run and its own arguments, behind `--`
    #[arg(last = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<OsString>,

    /// End after this long, `90s` or `5m`; without it on Ctrl-C
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    pub duration: Option<Duration>,
    /// Only ask for the fastcheck, and end with its status
    #[arg(long, conflicts_with_all = ["expectations", "expect_all", "expect_status"])]
    pub fastcheck: bool,
    /// The level the extension is told to log at
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub loglevel: Option<LogLevel>,
    /// The signal that asks the extension to end; an EEC sends SIGINT
    #[arg(long, value_enum, value_name = "SIGNAL", default_value_t)]
    pub signal: StopSignal,
    /// How long the extension may take to end before it is killed
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub grace: Duration,
    /// The port to listen on; any free one if nothing is said
    #[arg(
        long,
        value_name = "PORT",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub port: u16,

    #[command(flatten)]
    pub must: MustArgs,

    /// A fault to inject, such as `mint=429:retry=5s:30s`; may be repeated
    #[arg(long = "fault", value_name = "FAULT", help_heading = "What goes wrong")]
    pub faults: Vec<Fault>,
    /// Faults at random, the same for the same seed; SHARE of all calls, a
    /// tenth if nothing is said
    #[arg(long, value_name = "SEED[:SHARE]", help_heading = "What goes wrong")]
    pub chaos: Option<Chaos>,

    /// Print a line for each thing that happens, on a terminal too
    #[arg(long, help_heading = "What is shown and kept")]
    pub plain: bool,
    /// Write every request as a line of JSON, without token and activation
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        help_heading = "What is shown and kept"
    )]
    pub record: Option<PathBuf>,
}

/// What has to hold for the run to end with 0.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What must hold")]
pub(crate) struct MustArgs {
    /// A metric that has to come, `lb.node.cpu` or `lb.node.*,node.name=n1`; may
    /// be repeated
    #[arg(long = "expect", value_name = "METRIC")]
    pub expectations: Vec<Expectation>,
    /// Every metric of the manifest whose feature set is on has to come
    #[arg(long)]
    pub expect_all: bool,
    /// The status the last heartbeat has to tell, `OK`
    #[arg(
        long,
        value_name = "STATUS",
        value_parser = status
    )]
    pub expect_status: Option<String>,
    /// Nothing may come that an EEC or the ingest refuses
    #[arg(long)]
    pub forbid_invalid: bool,
    /// Nothing may come that is taken but hardly meant, such as a metric that
    /// the manifest does not have
    #[arg(long)]
    pub forbid_remarks: bool,
}

impl MustArgs {
    /// Whether anything is asked for.
    pub(crate) fn is_anything(&self) -> bool {
        let MustArgs {
            expectations,
            expect_all,
            expect_status,
            forbid_invalid,
            forbid_remarks,
        } = self;
        let flags = *expect_all || *forbid_invalid || *forbid_remarks;
        flags || !expectations.is_empty() || expect_status.is_some()
    }
}

const AFTER: &str = "\
Metrics to expect:
  METRIC is a key, and `*` in it stands for anything. Dimensions may follow as
  in a metric line, `,KEY=VALUE`, with `*` in their values. One line that fits
  is enough. A status is told every 50 s: give --expect-status a minute.

Faults:
  mint=429:retry=5s:30s  answer 429 with Retry-After, for half a minute
  mint,logs=503:3x       answer 503 to the next three of these calls
  all=delay:8s@60s       answer everything 8 s later, in a minute from now
  mint=hang              never answer; drop: close without an answer; lose: take
                         it first; half: break off the answer; html: a page
  refuse:20s             refuse connections; restart: cut them and forget
  Calls: userconfig, extconfig, featuresets, alive, timediffms, mint, sfm, logs,
  sfmlogs, events, countmetricregister, countmetricdeltasignal, all.

Examples:
  extyped simulate -- target/debug/load-balancer
  extyped simulate -- python -m my_extension
  extyped simulate --for 150s --expect-all --forbid-invalid -- ./my-extension
  extyped simulate --fastcheck -- ./my-extension";

/// What `--loglevel` of an EEC can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    Info,
    Debug,
}

impl LogLevel {
    pub(crate) fn name(self) -> &'static str {
        match self {
            LogLevel::Info => "info",
            LogLevel::Debug => "debug",
        }
    }
}

/// How an extension is asked to end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum StopSignal {
    #[default]
    Int,
    Term,
}

impl StopSignal {
    pub(crate) fn name(self) -> &'static str {
        match self {
            StopSignal::Int => "SIGINT",
            StopSignal::Term => "SIGTERM",
        }
    }
}

fn status(text: &str) -> Result<String, String> {
    let names = Heartbeat::STATUS_NAMES
        .into_iter()
        .filter(|name| !name.is_empty());
    let wanted = text.to_uppercase();
    if names.clone().any(|name| name == wanted) {
        return Ok(wanted);
    }
    let names: Vec<&str> = names.collect();
    Err(format!("it is one of {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_one_of_the_protocol() {
        assert_eq!(status("ok"), Ok("OK".to_owned()));
        let error = status("FINE").expect_err("no status");
        assert!(
            error.starts_with("it is one of OK, GENERIC_ERROR"),
            "{error}"
        );
        assert!(status("").is_err());
    }
}
