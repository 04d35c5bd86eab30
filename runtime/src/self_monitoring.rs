//! What the runtime tells Dynatrace of its own work: how often callbacks run,
//! how long, and how they end.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use extyped_line::{Lines, value};

/// How often it is told.
pub(crate) const PACE: Duration = Duration::from_mins(1);

/// The identifier of the monitoring configuration where nobody gave one: in
/// development mode.
pub(crate) const DEVELOPMENT: &str = "development_config_id";

/// The callbacks of the process by name.
///
/// All endpoints of an extension share the rows of their callbacks. A row for
/// each endpoint would be the status a second time, and 60,000 lines a minute
/// for 10,000 endpoints; which endpoint is slow, its status says.
pub(crate) struct SelfMonitoring {
    configuration: String,
    callbacks: Mutex<BTreeMap<String, Counts>>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RunEnd {
    pub(crate) elapsed: Duration,
    /// It was canceled at its deadline, or took longer than its interval.
    pub(crate) timed_out: bool,
    /// It returned an error or panicked.
    pub(crate) failed: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    /// Since the start; the others are since they were told last.
    total: u64,
    runs: u64,
    ok: u64,
    timeouts: u64,
    exceptions: u64,
    time: Duration,
}

impl SelfMonitoring {
    pub(crate) fn new(configuration: String) -> Self {
        SelfMonitoring {
            configuration,
            callbacks: Mutex::default(),
        }
    }

    pub(crate) fn record(&self, callback: &str, run: RunEnd) {
        let mut callbacks = self
            .callbacks
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Nearly always known already, so the name is not copied.
        let counts = match callbacks.get_mut(callback) {
            Some(counts) => counts,
            None => callbacks.entry(callback.to_owned()).or_default(),
        };
        counts.total += 1;
        counts.runs += 1;
        counts.ok += u64::from(!run.timed_out && !run.failed);
        counts.timeouts += u64::from(run.timed_out);
        counts.exceptions += u64::from(run.failed);
        counts.time = counts.time.saturating_add(run.elapsed);
    }

    /// What happened since the last call, as the lines of the data-source
    /// protocol: the threads of the process, and six lines for each callback
    /// that ran.
    ///
    /// `execution.total.count` is sent as Dynatrace's own SDK sends it, the
    /// number of all runs as if it were a difference: whoever evaluates it
    /// knows it so.
    pub(crate) fn lines(&self, threads: usize) -> Lines {
        let mut told = Told::default();
        let threads = format_args!("count,delta={threads}");
        told.line("threads", &[self.configuration()], &threads);
        let mut callbacks = self
            .callbacks
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for (name, counts) in callbacks.iter_mut().filter(|(_, counts)| counts.runs > 0) {
            let of = [("callback", name.as_str()), self.configuration()];
            let seconds = counts.time.as_secs_f64();
            told.line("execution.time", &of, &format_args!("gauge,{seconds:.4}"));
            for (key, count) in [
                ("execution.total.count", counts.total),
                ("execution.count", counts.runs),
                ("execution.ok.count", counts.ok),
                ("execution.timeout.count", counts.timeouts),
                ("execution.exception.count", counts.exceptions),
            ] {
                told.line(key, &of, &format_args!("count,delta={count}"));
            }
            *counts = Counts {
                total: counts.total,
                ..Counts::default()
            };
        }
        Lines::from_text(told.0)
    }

    fn configuration(&self) -> (&'static str, &str) {
        ("dt.extension.config.id", &self.configuration)
    }
}

#[derive(Default)]
struct Told(String);

impl Told {
    fn line(&mut self, key: &str, dimensions: &[(&str, &str)], payload: &dyn Display) {
        let text = &mut self.0;
        text.push_str("dsfm:datasource.python.");
        text.push_str(key);
        for (key, value) in dimensions {
            let before = text.len();
            text.push(',');
            text.push_str(key);
            text.push('=');
            if !value::quote(text, value) {
                text.truncate(before);
            }
        }
        // Writing to a string cannot fail.
        let _ = writeln!(text, " {payload}");
    }
}

/// How many threads this process has: asked of Linux, and elsewhere of tokio,
/// which starts nearly all of them.
pub(crate) fn threads(runtimes: [&tokio::runtime::Handle; 2]) -> usize {
    if let Ok(tasks) = std::fs::read_dir("/proc/self/task") {
        return tasks.count();
    }
    let [one, other] = runtimes.map(|runtime| runtime.metrics().num_workers());
    one + other
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: RunEnd = RunEnd {
        elapsed: Duration::from_micros(2_600),
        timed_out: false,
        failed: false,
    };

    fn record(told: &SelfMonitoring, callback: &'static str, runs: &[RunEnd]) {
        for run in runs {
            told.record(callback, *run);
        }
    }

    #[test]
    fn before_any_run_there_are_only_threads() {
        let told = SelfMonitoring::new("5e0b7cf0-cfg".to_owned());
        assert_eq!(
            told.lines(4).as_str(),
            "dsfm:datasource.python.threads,dt.extension.config.id=\"5e0b7cf0-cfg\" count,delta=4\n"
        );
    }

    #[test]
    fn the_lines_are_those_of_the_recorded_trace() {
        let told = SelfMonitoring::new("5e0b7cf0-cfg".to_owned());
        record(
            &told,
            "query",
            &[RunEnd {
                elapsed: Duration::from_micros(100),
                ..WELL
            }],
        );
        record(&told, "poll", &[WELL; 3]);
        let of = |callback: &str, time: &str, total: u64, runs: u64| {
            let dims = format!("callback=\"{callback}\",dt.extension.config.id=\"5e0b7cf0-cfg\"");
            let name = "dsfm:datasource.python.execution";
            format!(
                "{name}.time,{dims} gauge,{time}\n\
                 {name}.total.count,{dims} count,delta={total}\n\
                 {name}.count,{dims} count,delta={runs}\n\
                 {name}.ok.count,{dims} count,delta={runs}\n\
                 {name}.timeout.count,{dims} count,delta=0\n\
                 {name}.exception.count,{dims} count,delta=0\n"
            )
        };
        let threads = "dsfm:datasource.python.threads,dt.extension.config.id=\"5e0b7cf0-cfg\" count,delta=6\n";
        assert_eq!(
            told.lines(6).as_str(),
            format!(
                "{threads}{}{}",
                of("poll", "0.0078", 3, 3),
                of("query", "0.0001", 1, 1)
            )
        );
        record(&told, "poll", &[WELL; 2]);
        assert_eq!(
            told.lines(6).as_str(),
            format!("{threads}{}", of("poll", "0.0052", 5, 2)),
            "what ran since, and of all runs the total"
        );
    }

    #[test]
    fn each_way_to_end_is_counted() {
        let told = SelfMonitoring::new("c".to_owned());
        let timed_out = RunEnd {
            timed_out: true,
            ..WELL
        };
        let failed = RunEnd {
            failed: true,
            ..WELL
        };
        let both = RunEnd {
            failed: true,
            ..timed_out
        };
        record(&told, "query", &[WELL, timed_out, timed_out, failed, both]);
        let lines = told.lines(1);
        let counts: Vec<&str> = lines
            .iter()
            .filter_map(|line| line.rsplit_once("count,delta="))
            .map(|(_, count)| count)
            .collect();
        assert_eq!(counts, ["1", "5", "5", "1", "3", "2"]);
    }

    #[test]
    fn ten_thousand_endpoints_share_the_lines_of_their_callbacks() {
        let told = SelfMonitoring::new("c".to_owned());
        for _ in 0..10_000 {
            record(&told, "query", &[WELL]);
        }
        let lines = told.lines(1);
        assert_eq!(lines.len(), 7);
        assert!(lines.as_str().contains(
            "execution.count,callback=\"query\",dt.extension.config.id=\"c\" count,delta=10000"
        ));
    }

    #[test]
    fn a_name_cannot_forge_a_line() {
        let told = SelfMonitoring::new("a\"b\nc".to_owned());
        record(&told, "q\"\nx", &[WELL]);
        assert_eq!(told.lines(1).len(), 7);
        assert!(told.lines(1).as_str().contains("=\"a\\\"b"));
    }
}
