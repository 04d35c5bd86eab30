//! What happened, as one line each.

use std::time::Duration;

use extyped_manifest::render;

/// One line of what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Since the start.
    pub(crate) at: Duration,
    pub(crate) topic: Topic,
    pub(crate) tone: Tone,
    /// The call, or who speaks.
    pub(crate) label: &'static str,
    /// One line, without what a terminal would obey.
    pub(crate) text: String,
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    /// A call that brought nothing of the topics below.
    Call,
    /// A heartbeat, or news of an endpoint.
    Status,
    /// A Dynatrace event or a log event.
    Event,
    /// Something that is not as it should be.
    Problem,
    /// What the extension wrote.
    Output,
    /// What we say ourselves.
    Note,
}

/// How a line is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tone {
    Plain,
    Good,
    Doubtful,
    Bad,
}

impl Entry {
    pub(crate) fn new(at: Duration, topic: Topic, label: &'static str, text: &str) -> Self {
        Entry {
            at,
            topic,
            tone: Tone::Plain,
            label,
            text: one_line(text),
        }
    }

    pub(crate) fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// What we say ourselves.
    pub(crate) fn note(at: Duration, text: &str) -> Self {
        Entry::new(at, Topic::Note, "simulate", text)
    }

    /// A line that the extension wrote.
    pub(crate) fn output(at: Duration, text: &str) -> Self {
        Entry::new(at, Topic::Output, "output", text)
    }
}

/// A text of several lines as one, without what a terminal would obey.
pub(crate) fn one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim_end);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    render::harmless(&lines.join(" / "))
}

/// `1 line`, `2 lines`.
pub(crate) fn counted(number: u64, what: &str) -> String {
    if number == 1 {
        format!("1 {what}")
    } else {
        format!("{number} {what}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_several_lines_is_one() {
        assert_eq!(
            one_line("a: OK\r\n\nb: \u{1b}[31mno\n"),
            "a: OK / b: \u{241b}[31mno"
        );
    }
}
