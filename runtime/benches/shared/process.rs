//! What a process costs, as Linux tells.

use std::fs;
use std::path::Path;

/// What a process uses.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Resident memory, in KiB.
    pub(crate) rss: u64,
    /// The most it ever was.
    pub(crate) peak_rss: u64,
    pub(crate) threads: u64,
    pub(crate) open_files: u64,
    /// Processor time since the start, in hundredths of a second.
    pub(crate) cpu: u64,
}

pub(crate) fn can_be_measured() -> bool {
    Path::new("/proc/self/status").exists()
}

/// `None` if there is no such process any more.
pub(crate) fn usage(pid: u32) -> Option<Usage> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let number = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // After the name, which may hold anything, in parentheses.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Usage {
        rss: number("VmRSS:")?,
        peak_rss: number("VmHWM:")?,
        threads: number("Threads:")?,
        open_files: fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count() as u64,
        cpu: ticks(11)? + ticks(12)?,
    })
}

/// The load of the machine, which belongs to every figure.
pub(crate) fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().take(1).collect()
}

impl Usage {
    /// The worst of both.
    pub(crate) fn worst(self, other: Usage) -> Usage {
        Usage {
            rss: self.rss.max(other.rss),
            peak_rss: self.peak_rss.max(other.peak_rss),
            threads: self.threads.max(other.threads),
            open_files: self.open_files.max(other.open_files),
            cpu: self.cpu.max(other.cpu),
        }
    }
}
