//! The figures of several processes.

use std::fmt;

use crate::Started;
use crate::process;

const REQUIRED_MILLIS: f64 = 30.0;
const REQUIRED_MIB: f64 = 12.0;

/// Of each the median, the least and the most.
pub(crate) struct Figures {
    millis: [f64; 3],
    mib: [f64; 3],
    peak: [f64; 3],
}

impl Figures {
    pub(crate) const HEADING: &str = "\n                        \
        spawn to heartbeat, ms   resident, MiB            its peak, MiB";

    pub(crate) const REQUIRED: &str = "at most 30               at most 12";

    /// Reads what they use, and ends them.
    pub(crate) fn of(started: Vec<Started>) -> Self {
        let (mut millis, mut mib, mut peak) = (Vec::new(), Vec::new(), Vec::new());
        #[expect(clippy::cast_precision_loss, reason = "no process has so much memory")]
        let in_mib = |kib: u64| kib as f64 / 1024.0;
        for mut process in started {
            let usage = process::usage(process.child.id()).expect("it runs");
            millis.push(process.heartbeat.as_secs_f64() * 1_000.0);
            mib.push(in_mib(usage.rss));
            peak.push(in_mib(usage.peak_rss));
            let _ = process.child.kill();
            let _ = process.child.wait();
        }
        Figures {
            millis: sum_up(millis),
            mib: sum_up(mib),
            peak: sum_up(peak),
        }
    }

    pub(crate) fn keep_what_is_required(&self) -> bool {
        self.millis[0] <= REQUIRED_MILLIS && self.mib[0] <= REQUIRED_MIB
    }
}

fn sum_up(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [
        values[values.len() / 2],
        values[0],
        values[values.len() - 1],
    ]
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for [median, least, most] in [self.millis, self.mib, self.peak] {
            let range = format!("({least:.1} – {most:.1})");
            write!(f, "{median:>6.1} {range:<18}")?;
        }
        Ok(())
    }
}
