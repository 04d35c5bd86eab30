//! What was sent, for the eyes of somebody who sees it for the first time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use extyped::{
    Event, Finished, MetricBatch, Receipt, Sending, Sink, Status, StatusCode, StatusReport,
};

use super::api::{ACTOR, BYSTANDER};
use super::script::Scene;

const BOLD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const DOUBTFUL: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const KEY: Style = AnsiColor::Cyan.on_default();

/// A sink that gathers what is sent in a cycle and prints it in order.
#[derive(Clone, Default)]
pub(super) struct Show(Arc<Mutex<Sent>>);

#[derive(Default)]
struct Sent {
    /// Of the cycle that is going on.
    lines: Vec<String>,
    events: Vec<Event>,
    status: Option<Status>,
    /// Of all cycles.
    cycles: u64,
    total_lines: usize,
    total_events: usize,
    bystander_lines: usize,
}

impl Sink for Show {
    fn name(&self) -> &'static str {
        "demo"
    }

    fn metrics<'a>(&'a self, batch: &'a MetricBatch) -> Sending<'a, Receipt> {
        self.sent().lines.extend(batch.lines().map(str::to_owned));
        Box::pin(async { Ok(Receipt::accepted()) })
    }

    fn event<'a>(&'a self, event: &'a Event) -> Sending<'a, ()> {
        self.sent().events.push(event.clone());
        Box::pin(async { Ok(()) })
    }

    fn status<'a>(&'a self, report: &'a StatusReport) -> Sending<'a, ()> {
        if let Some(status) = report.endpoint(ACTOR) {
            self.sent().status = Some(status);
        }
        Box::pin(async { Ok(()) })
    }
}

/// Says what is going to be seen.
pub(super) fn introduce(minute: Duration, deadline: Duration) {
    anstream::println!(
        "{BOLD}An extension polls two load balancers once a minute.{BOLD:#}\n\
         {ACTOR} misbehaves in every way there is; {BYSTANDER} is always well.\n\
         A minute takes {minute:?} here, and the 30s that a request may take are {deadline:?}.\n\
         Shown is what Dynatrace gets: the status of {ACTOR}, events and metric lines."
    );
}

impl Show {
    /// Prints what was sent since this was called last, and says how many
    /// cycles that makes. `scene` is what [`ACTOR`] did, if it was polled.
    pub(super) fn cycle(&self, scene: Option<&Scene>) -> u64 {
        let mut sent = self.sent();
        if scene.is_none() && sent.lines.is_empty() {
            return sent.cycles;
        }
        sent.cycles += 1;
        let (does, moral) = match scene {
            Some(scene) => (scene.act.describe(), scene.moral),
            None => (
                "is not polled".to_owned(),
                "it asked to be left alone for longer than a minute",
            ),
        };
        anstream::println!("\n{BOLD}cycle {}: {ACTOR} {does}{BOLD:#}", sent.cycles);
        anstream::println!("  {FAINT}{moral}{FAINT:#}");
        if let Some(status) = &sent.status {
            print_status(status);
        }
        for event in sent.events.drain(..).collect::<Vec<_>>() {
            sent.total_events += 1;
            print_event(&event);
        }
        let (others, lines): (Vec<_>, Vec<_>) = sent
            .lines
            .drain(..)
            .partition(|line| line.contains(BYSTANDER));
        sent.total_lines += lines.len() + others.len();
        sent.bystander_lines += others.len();
        for line in lines {
            print_line(&line);
        }
        anstream::println!(
            "  {FAINT}        and {} lines of {BYSTANDER}{FAINT:#}",
            others.len()
        );
        sent.cycles
    }

    pub(super) fn conclude(&self, finished: &Finished) {
        let sent = self.sent();
        let status = finished
            .status
            .as_ref()
            .map_or("unknown", |status| status.code().as_str());
        anstream::println!(
            "\n{BOLD}{} cycles: {} metric lines, {} events, and the status is {status}.{BOLD:#}\n\
             {} of the lines are of {BYSTANDER}: no fault of its neighbor cost it one.\n\
             The extension is examples/load-balancer/src/main.rs; what it can report comes from \
             extension/extension.yaml beside it.",
            sent.cycles,
            sent.total_lines,
            sent.total_events,
            sent.bystander_lines,
        );
    }

    fn sent(&self) -> MutexGuard<'_, Sent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn print_status(status: &Status) {
    let style = match status.code() {
        StatusCode::Ok => GOOD,
        StatusCode::Warning => DOUBTFUL,
        _ => BAD,
    };
    anstream::println!("  status  {style}{}{style:#}", status.code());
    if !status.message().is_empty() {
        anstream::println!("          {}", status.message());
    }
}

fn print_event(event: &Event) {
    let (style, what) = if event.end().is_some() {
        (GOOD, "closed")
    } else {
        (BAD, "opened")
    };
    anstream::println!(
        "  event   {style}{} {what}{style:#}: {}",
        event.event_type(),
        event.title()
    );
}

/// Prints a line with its key apart from the rest.
fn print_line(line: &str) {
    let (key, rest) = line.split_at(line.find([',', ' ']).unwrap_or(line.len()));
    anstream::println!("  metric  {KEY}{key}{KEY:#}{rest}");
}
