//! A run: the extension, the EEC, the clock and whoever watches, until one of
//! them ends it.

use std::ffi::OsString;
use std::future::pending;
use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use extyped_simulator::Simulator;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::args::SimulateArgs;
use super::child::{self, CAN_BE_ASKED, Child};
use super::describe::Describer;
use super::entry::{Entry, Tone};
use super::face::Face;
use super::feed::{Feed, News};
use super::signals::{HANG_UP, Signals};
use super::wish::Wish;
use crate::failure::Failure;

/// How long a fastcheck may take.
const FASTCHECK: Duration = Duration::from_mins(1);

/// How long output is waited for after the process has ended: something it
/// started may hold the pipe.
const LAST_OUTPUT: Duration = Duration::from_secs(1);

/// Most lines of output that are kept for the end.
const KEPT: usize = 12;

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) why: Why,
    /// How long it ran.
    pub(crate) after: Duration,
    /// How the extension ended; `None` without a command.
    pub(crate) exit: Option<ExitStatus>,
    /// Whether it had to be killed.
    pub(crate) killed: Option<Killed>,
    /// The last that the extension wrote.
    pub(crate) output: Vec<String>,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// The time of `--for` is over.
    Time,
    /// Somebody asked.
    Asked,
    /// The extension ended by itself.
    ByItself,
    /// Nobody reads what is written.
    Unread,
}

/// Why the extension had to be killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Killed {
    /// It did not end in time.
    Late,
    /// It ended, and something that it had started did not.
    Left,
    /// Somebody asked a second time.
    AskedAgain,
}

pub(crate) struct Session<'a> {
    args: &'a SimulateArgs,
    simulator: Simulator,
    face: Face,
    describer: Describer,
    child: Option<Child>,
    /// How the process that was started ended. Others may be left: it may only
    /// be a wrapper of the extension.
    exit: Option<ExitStatus>,
    /// Set once the end was asked for.
    stopping: Option<Why>,
    kill_at: Option<Instant>,
    killed: Option<Killed>,
    /// Set once nothing can be shown any more.
    deaf: Option<io::Error>,
    output: Vec<String>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(args: &'a SimulateArgs, simulator: Simulator, face: Face) -> Self {
        Session {
            args,
            simulator,
            face,
            describer: Describer::default(),
            child: None,
            exit: None,
            stopping: None,
            kill_at: None,
            killed: None,
            deaf: None,
            output: Vec::new(),
        }
    }

    /// Starts the extension, if there is a command, and lets everything run.
    pub(crate) async fn run(
        mut self,
        arguments: &[OsString],
        signals: &mut Signals,
        feed: &mut Feed,
    ) -> Result<Ended, Failure> {
        let mut output = None;
        if !self.args.command.is_empty() {
            let (child, lines) = child::start(&self.args.command, arguments)?;
            self.note(&format!(
                "started {} as process {}",
                self.args.command[0].display(),
                child.id()
            ));
            self.face.started(child.id());
            (self.child, output) = (Some(child), Some(lines));
        }
        let started = Instant::now();
        let ended = self.watch(started, signals, feed, &mut output).await;
        self.drain(feed, output).await;
        let after = started.elapsed();
        // The terminal first: what follows is written on it.
        match self.deaf {
            Some(error) => {
                drop(self.face);
                ended?;
                return Err(error.into());
            }
            None => signals.patient(self.face.close()).await?,
        }
        let why = ended?;
        Ok(Ended {
            why,
            after,
            exit: self.exit,
            killed: self.killed,
            output: self.output,
        })
    }

    async fn watch(
        &mut self,
        started: Instant,
        signals: &mut Signals,
        feed: &mut Feed,
        output: &mut Option<mpsc::Receiver<String>>,
    ) -> Result<Why, Failure> {
        let limit = match self.args.duration {
            None if self.args.fastcheck => Some(FASTCHECK),
            limit => limit,
        };
        let end = limit.and_then(|limit| started.checked_add(limit));
        loop {
            // Of what was killed nothing is waited for but how it ended.
            let is_over = self.killed.is_some() && self.exit.is_some();
            if let Some(why) = self.stopping
                && (self.child.is_none() || is_over)
            {
                return Ok(why);
            }
            let is_stopping = self.stopping.is_some();
            tokio::select! {
                end = next_end(&mut self.child, self.exit) => {
                    let end = end.map_err(|cause| {
                        Failure::new("the end of the process cannot be seen").cause(cause)
                    })?;
                    match end {
                        Some(exit) => self.ended(exit),
                        None => return Ok(self.stopping.unwrap_or(Why::ByItself)),
                    }
                }
                Some(news) = feed.news.recv() => self.news(news),
                Some(line) = line_of(output) => self.line(line),
                () = at(end), if !is_stopping => self.stop(Why::Time, "the time is over"),
                () = at(self.kill_at) => self.kill(self.late()),
                name = signals.next() => self.asked(name),
                // A terminal that is gone would fail again, at once and for ever.
                wish = self.face.wish(&self.simulator), if self.deaf.is_none() => self.grant(wish),
            }
            if let Some(error) = &self.deaf
                && self.stopping.is_none()
            {
                let reason = error.to_string();
                self.stop(Why::Unread, &reason);
            }
        }
    }

    /// Shows what is still on its way.
    async fn drain(&mut self, feed: &mut Feed, mut output: Option<mpsc::Receiver<String>>) {
        let rest = async {
            while let Some(line) = line_of(&mut output).await {
                self.line(line);
            }
        };
        let _ = tokio::time::timeout(LAST_OUTPUT, rest).await;
        while let Ok(news) = feed.news.try_recv() {
            self.news(news);
        }
    }

    /// The process that was started has ended.
    fn ended(&mut self, exit: ExitStatus) {
        self.exit = Some(exit);
        let is_any_left = self.child.as_ref().is_some_and(Child::has_left_any);
        if self.stopping.is_none() && is_any_left {
            self.stop(Why::ByItself, "it ended and left a process");
        }
    }

    /// Whose time is over.
    fn late(&self) -> Killed {
        match self.exit {
            None => Killed::Late,
            Some(_) => Killed::Left,
        }
    }

    fn asked(&mut self, name: &str) {
        if self.stopping.is_none() {
            self.stop(Why::Asked, name);
        } else if name != HANG_UP {
            // A terminal that closes is seen in several ways; nobody asked twice.
            self.kill(Killed::AskedAgain);
        }
    }

    /// Asks the extension to end.
    fn stop(&mut self, why: Why, reason: &str) {
        self.stopping = Some(why);
        self.face.stopping();
        if let Some(child) = &mut self.child {
            child.ask(self.args.signal);
            self.kill_at = Instant::now().checked_add(self.args.grace);
            let signal = self.args.signal.name();
            self.note(&if CAN_BE_ASKED {
                format!("{reason}: {signal} sent to the extension")
            } else {
                format!("{reason}: the extension is ended, for it cannot be asked")
            });
        } else {
            self.note(reason);
        }
    }

    fn kill(&mut self, why: Killed) {
        self.kill_at = None;
        if let Some(child) = &mut self.child {
            child.kill();
            self.killed = Some(why);
            let text = match why {
                Killed::Late => "it did not end in time: killed",
                Killed::Left => "what it started did not end in time: killed",
                Killed::AskedAgain => "asked again: killed",
            };
            self.show(Entry::note(self.simulator.elapsed(), text).tone(Tone::Bad));
        }
    }

    fn grant(&mut self, wish: io::Result<Wish>) {
        match wish {
            Ok(Wish::Quit) => self.asked("asked to end"),
            Ok(Wish::Inject(fault)) => {
                self.note(&format!("injected {fault}"));
                self.simulator.inject(fault);
            }
            Ok(Wish::Chaos(chaos)) => {
                self.note(&format!(
                    "faults at random from now on, seed and share {chaos}"
                ));
                self.simulator.inject_at_random(chaos.faults());
                self.face.at_random(Some(chaos));
            }
            Ok(Wish::Clear) => {
                self.simulator.clear_faults();
                self.face.at_random(None);
                self.note("all faults cleared");
            }
            Err(error) => self.deaf = Some(error),
        }
    }

    fn news(&mut self, news: News) {
        match news {
            News::Metric(key) => self.describer.metric(key),
            News::Finding(finding) => self.show(Describer::finding(&finding)),
            News::Request(request) => {
                for entry in self.describer.request(&request) {
                    self.show(entry);
                }
            }
        }
    }

    fn line(&mut self, line: String) {
        self.show(Entry::output(self.simulator.elapsed(), &line));
        if self.output.len() >= KEPT {
            self.output.remove(0);
        }
        self.output.push(line);
    }

    fn note(&mut self, text: &str) {
        self.show(Entry::note(self.simulator.elapsed(), text));
    }

    fn show(&mut self, entry: Entry) {
        self.face.show(entry);
    }
}

/// How the process ends; once that is known, that all it started has ended.
async fn next_end(
    child: &mut Option<Child>,
    exit: Option<ExitStatus>,
) -> io::Result<Option<ExitStatus>> {
    match (child, exit) {
        (Some(child), None) => child.ended().await.map(Some),
        (Some(child), Some(_)) => {
            child.all_ended().await;
            Ok(None)
        }
        (None, _) => pending().await,
    }
}

async fn line_of(output: &mut Option<mpsc::Receiver<String>>) -> Option<String> {
    match output {
        Some(lines) => lines.recv().await,
        None => None,
    }
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}
