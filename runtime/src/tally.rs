//! What became of everything that was reported.

use std::fmt;

/// Why something that was reported does not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DropCause {
    /// The buffer was full; the oldest goes first.
    BufferFull,
    /// The spool on disk was full; the oldest goes first.
    SpoolFull,
    /// The sink did not take it before it was older than the
    /// [window](crate::Sink::ingest_window) of the ingest.
    TooOld,
    /// It is longer than a request may be.
    TooLong,
    /// The sink said that it will never take it.
    Refused,
    /// The sink took the request, and said that this line in it is not valid.
    Invalid,
    /// The process was killed while this count was being sent. Whether it
    /// arrived is not known, and sent again it could count twice.
    Interrupted,
    /// It was on disk, and the file was damaged or taken away.
    SpoolLost,
}

/// How much was dropped, by cause.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dropped {
    counts: [u64; DropCause::ALL.len()],
}

/// What became of everything that was given to one stream of a sink: metric
/// lines, log events or events.
///
/// What was [given](Self::given) is always the sum of what was
/// [accepted](Self::accepted), what was [dropped](Self::dropped) and what is
/// still [waiting](Self::waiting).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub(crate) sink: String,
    pub(crate) stream: &'static str,
    pub(crate) counts: Counts,
    pub(crate) waiting: u64,
    pub(crate) spooled: u64,
}

/// What became of what was given to an outbox, but for what still waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) given: u64,
    pub(crate) accepted: u64,
    pub(crate) dropped: Dropped,
}

impl DropCause {
    /// All causes.
    pub const ALL: [DropCause; 8] = [
        DropCause::BufferFull,
        DropCause::SpoolFull,
        DropCause::TooOld,
        DropCause::TooLong,
        DropCause::Refused,
        DropCause::Invalid,
        DropCause::Interrupted,
        DropCause::SpoolLost,
    ];
}

impl Dropped {
    /// How much was dropped for this cause.
    pub fn by(&self, cause: DropCause) -> u64 {
        self.counts.get(cause as usize).copied().unwrap_or_default()
    }

    /// How much was dropped in all.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The causes for which anything was dropped, and how much.
    pub fn iter(&self) -> impl Iterator<Item = (DropCause, u64)> + '_ {
        DropCause::ALL
            .into_iter()
            .map(|cause| (cause, self.by(cause)))
            .filter(|(_, count)| *count > 0)
    }

    pub(crate) fn add(&mut self, cause: DropCause, count: u64) {
        if let Some(so_far) = self.counts.get_mut(cause as usize) {
            *so_far += count;
        }
    }
}

impl Tally {
    /// The name of the sink.
    pub fn sink(&self) -> &str {
        &self.sink
    }

    /// The stream: `metrics`, `log events`, `urgent log events`, `events`, `self-monitoring` or
    /// `self-monitoring logs`.
    pub fn stream(&self) -> &str {
        self.stream
    }

    /// How much was given to it: reported, or found on disk at the start.
    pub fn given(&self) -> u64 {
        self.counts.given
    }

    /// How much the sink took.
    pub fn accepted(&self) -> u64 {
        self.counts.accepted
    }

    /// What does not arrive, and why.
    pub fn dropped(&self) -> &Dropped {
        &self.counts.dropped
    }

    /// How much still waits to be sent, in memory and on disk.
    pub fn waiting(&self) -> u64 {
        self.waiting
    }

    /// How much of what waits is on disk, where the next start finds it.
    pub fn spooled(&self) -> u64 {
        self.spooled
    }
}

/// `EEC, metrics: 15 given, 12 accepted, 3 dropped` and so on, with the causes.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { counts, .. } = self;
        write!(
            f,
            "{}, {}: {} given, {} accepted, {} dropped",
            self.sink,
            self.stream,
            counts.given,
            counts.accepted,
            counts.dropped.total()
        )?;
        let causes: Vec<String> = counts
            .dropped
            .iter()
            .map(|(cause, count)| format!("{count} {cause}"))
            .collect();
        if !causes.is_empty() {
            write!(f, " ({})", causes.join(", "))?;
        }
        write!(f, ", {} waiting", self.waiting)?;
        match self.spooled {
            0 => Ok(()),
            spooled => write!(f, " ({spooled} of them on disk)"),
        }
    }
}

impl fmt::Display for DropCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DropCause::BufferFull => "because the buffer was full",
            DropCause::SpoolFull => "because the spool was full",
            DropCause::TooOld => "older than the ingest takes",
            DropCause::TooLong => "longer than a request may be",
            DropCause::Refused => "refused for good",
            DropCause::Invalid => "not valid",
            DropCause::Interrupted => "being sent when the process was killed",
            DropCause::SpoolLost => "lost with the spool",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_a_count_of_its_own() {
        let mut dropped = Dropped::default();
        for (cause, count) in DropCause::ALL.into_iter().zip(1..) {
            dropped.add(cause, count);
        }
        let counts: Vec<u64> = dropped.iter().map(|(_, count)| count).collect();
        assert_eq!(counts, [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(dropped.total(), 36);
    }

    #[test]
    fn a_tally_reads_as_a_sentence() {
        let mut counts = Counts {
            given: 20,
            accepted: 12,
            ..Counts::default()
        };
        counts.dropped.add(DropCause::TooOld, 3);
        counts.dropped.add(DropCause::Invalid, 1);
        let tally = Tally {
            sink: "EEC".to_owned(),
            stream: "metrics",
            counts,
            waiting: 4,
            spooled: 3,
        };
        assert_eq!(
            tally.to_string(),
            "EEC, metrics: 20 given, 12 accepted, 4 dropped (3 older than the ingest takes, 1 not \
             valid), 4 waiting (3 of them on disk)"
        );
    }
}
