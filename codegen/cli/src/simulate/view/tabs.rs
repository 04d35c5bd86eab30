//! The lists below the table of metrics.

use crate::simulate::entry::{Entry, Topic};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Tab {
    /// Everything but what the extension writes.
    #[default]
    Activity,
    Problems,
    /// Heartbeats, and news of endpoints.
    Statuses,
    /// Dynatrace events and log events.
    Events,
    /// What the extension writes.
    Output,
}

impl Tab {
    pub(crate) const ALL: [Tab; 5] = [
        Tab::Activity,
        Tab::Problems,
        Tab::Statuses,
        Tab::Events,
        Tab::Output,
    ];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Tab::Activity => "Activity",
            Tab::Problems => "Problems",
            Tab::Statuses => "Statuses",
            Tab::Events => "Events",
            Tab::Output => "Output",
        }
    }

    pub(crate) fn holds(self, entry: &Entry) -> bool {
        match self {
            Tab::Activity => entry.topic != Topic::Output,
            Tab::Problems => entry.topic == Topic::Problem,
            Tab::Statuses => entry.topic == Topic::Status,
            Tab::Events => entry.topic == Topic::Event,
            Tab::Output => entry.topic == Topic::Output,
        }
    }

    /// What stands in a list without entries.
    pub(crate) fn nothing(self) -> &'static str {
        match self {
            Tab::Activity => "nothing yet",
            Tab::Problems => "nothing that an EEC, the ingest or the manifest objects to",
            Tab::Statuses => "no heartbeat yet",
            Tab::Events => "neither an event nor a log event yet",
            Tab::Output => "the extension wrote nothing yet",
        }
    }

    /// How many lines an entry may take. The reason of a problem has to be
    /// readable; elsewhere more entries are worth more than their ends.
    pub(crate) fn lines_per_entry(self) -> usize {
        match self {
            Tab::Activity => 1,
            Tab::Events | Tab::Output => 3,
            Tab::Problems | Tab::Statuses => 6,
        }
    }

    pub(crate) fn next(self) -> Self {
        self.turned(1)
    }

    pub(crate) fn previous(self) -> Self {
        self.turned(Tab::ALL.len() - 1)
    }

    fn turned(self, by: usize) -> Self {
        Tab::ALL
            .get((self as usize + by) % Tab::ALL.len())
            .copied()
            .unwrap_or(self)
    }
}
