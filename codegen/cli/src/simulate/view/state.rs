//! What the view remembers, and what keys do to it.

use std::collections::VecDeque;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::prompt::Prompt;
use super::snapshot::{Facts, Snapshot};
use super::tabs::Tab;
use crate::simulate::chaos::Chaos;
use crate::simulate::entry::{Entry, Topic};
use crate::simulate::wish::Wish;

/// Most entries that are kept of what the extension writes, and as many of
/// everything else.
const KEPT: usize = 5_000;

/// How far a page goes, whatever the size of the list.
const PAGE: usize = 10;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    #[default]
    Running,
    /// The end was asked for.
    Stopping,
}

#[derive(Debug, Default)]
pub(crate) struct View {
    pub(crate) facts: Facts,
    /// The process of the extension.
    pub(crate) process: Option<u32>,
    pub(crate) phase: Phase,
    /// The faults that come at random.
    pub(crate) chaos: Option<Chaos>,
    pub(crate) snapshot: Snapshot,
    activity: VecDeque<Entry>,
    output: VecDeque<Entry>,
    /// What came while the view stands still.
    held: VecDeque<Entry>,
    pub(crate) is_paused: bool,
    pub(crate) tab: Tab,
    /// Lines between the end of the list and what is shown; by tab.
    above_end: [usize; Tab::ALL.len()],
    /// The first row of the table that is shown.
    pub(crate) first_row: usize,
    /// Whether the keys move the table instead of the list.
    pub(crate) in_table: bool,
    pub(crate) prompt: Prompt,
    pub(crate) shows_help: bool,
}

impl View {
    pub(crate) fn new(facts: Facts) -> Self {
        View {
            facts,
            ..View::default()
        }
    }

    /// Something happened.
    pub(crate) fn push(&mut self, entry: Entry) {
        if self.is_paused {
            keep(&mut self.held, entry);
            return;
        }
        for tab in Tab::ALL {
            let above_end = &mut self.above_end[tab as usize];
            // What is read stays where it is.
            if *above_end > 0 && tab.holds(&entry) {
                *above_end += 1;
            }
        }
        match entry.topic {
            Topic::Output => keep(&mut self.output, entry),
            _ => keep(&mut self.activity, entry),
        }
    }

    /// What the simulated EEC knows by now.
    pub(crate) fn update(&mut self, snapshot: Snapshot) {
        if !self.is_paused {
            self.snapshot = snapshot;
        }
    }

    /// The entries of a list, the newest first.
    pub(crate) fn newest(&self, tab: Tab) -> impl Iterator<Item = &Entry> {
        let entries = match tab {
            Tab::Output => &self.output,
            _ => &self.activity,
        };
        entries.iter().rev().filter(move |entry| tab.holds(entry))
    }

    /// How many entries wait for the view to go on.
    pub(crate) fn held(&self) -> usize {
        self.held.len()
    }

    pub(crate) fn above_end(&self, tab: Tab) -> usize {
        self.above_end[tab as usize]
    }

    /// Says how far a list could be scrolled at most, and scrolls back to that.
    pub(crate) fn limit_scroll(&mut self, tab: Tab, most: usize) {
        let above_end = &mut self.above_end[tab as usize];
        *above_end = (*above_end).min(most);
    }

    /// What a key does.
    pub(crate) fn key(&mut self, key: KeyEvent) -> Option<Wish> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if control && matches!(key.code, KeyCode::Char('c')) {
            return Some(Wish::Quit);
        }
        if self.prompt.is_open {
            return self.prompt.key(key);
        }
        if self.shows_help {
            self.shows_help = false;
            return None;
        }
        match key.code {
            KeyCode::Char('q') => return Some(Wish::Quit),
            KeyCode::Char('c') => return Some(Wish::Clear),
            KeyCode::Char('f' | ':' | '/') => self.prompt.open(),
            KeyCode::Char('?' | 'h') | KeyCode::F(1) => self.shows_help = true,
            KeyCode::Char('p' | ' ') => self.pause(),
            KeyCode::Char('m') => self.in_table = !self.in_table,
            KeyCode::Tab | KeyCode::Right => self.show(self.tab.next()),
            KeyCode::BackTab | KeyCode::Left => self.show(self.tab.previous()),
            KeyCode::Char(digit @ '1'..='5') => {
                let index = digit as usize - '1' as usize;
                self.show(Tab::ALL.get(index).copied().unwrap_or(self.tab));
            }
            KeyCode::Up | KeyCode::Char('k') => self.scroll_up(1),
            KeyCode::Down | KeyCode::Char('j') => self.scroll_down(1),
            KeyCode::PageUp => self.scroll_up(PAGE),
            KeyCode::PageDown => self.scroll_down(PAGE),
            KeyCode::Home | KeyCode::Char('g') => self.scroll_up(usize::MAX),
            KeyCode::End | KeyCode::Char('G') => self.scroll_down(usize::MAX),
            _ => {}
        }
        None
    }

    fn show(&mut self, tab: Tab) {
        self.tab = tab;
        self.in_table = false;
    }

    fn pause(&mut self) {
        self.is_paused = !self.is_paused;
        if !self.is_paused {
            for entry in std::mem::take(&mut self.held) {
                self.push(entry);
            }
        }
    }

    fn scroll_up(&mut self, lines: usize) {
        if self.in_table {
            self.first_row = self.first_row.saturating_sub(lines);
        } else {
            let above_end = &mut self.above_end[self.tab as usize];
            *above_end = above_end.saturating_add(lines);
        }
    }

    fn scroll_down(&mut self, lines: usize) {
        if self.in_table {
            self.first_row = self.first_row.saturating_add(lines);
        } else {
            let above_end = &mut self.above_end[self.tab as usize];
            *above_end = above_end.saturating_sub(lines);
        }
    }
}

fn keep(entries: &mut VecDeque<Entry>, entry: Entry) {
    if entries.len() >= KEPT {
        entries.pop_front();
    }
    entries.push_back(entry);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn press(view: &mut View, code: KeyCode) -> Option<Wish> {
        view.key(KeyEvent::new(code, KeyModifiers::NONE))
    }

    fn note(text: &str) -> Entry {
        Entry::note(Duration::ZERO, text)
    }

    #[test]
    fn lists_hold_what_they_are_named_for() {
        let mut view = View::default();
        view.push(note("a"));
        view.push(Entry::output(Duration::ZERO, "b"));
        view.push(Entry::new(Duration::ZERO, Topic::Problem, "invalid", "c"));
        let of = |tab| -> Vec<&str> {
            let newest = view.newest(tab);
            newest.map(|entry| entry.text.as_str()).collect()
        };
        assert_eq!(of(Tab::Activity), ["c", "a"]);
        assert_eq!(of(Tab::Problems), ["c"]);
        assert_eq!(of(Tab::Output), ["b"]);
    }

    #[test]
    fn a_pause_holds_everything_and_loses_nothing() {
        let mut view = View::default();
        press(&mut view, KeyCode::Char('p'));
        view.push(note("a"));
        let snapshot = Snapshot {
            elapsed: Duration::from_secs(9),
            ..Snapshot::default()
        };
        view.update(snapshot.clone());
        assert_eq!((view.held(), view.newest(Tab::Activity).count()), (1, 0));
        assert_eq!(view.snapshot.elapsed, Duration::ZERO);
        press(&mut view, KeyCode::Char('p'));
        view.update(snapshot);
        assert_eq!((view.held(), view.newest(Tab::Activity).count()), (0, 1));
        assert_eq!(view.snapshot.elapsed, Duration::from_secs(9));
    }

    #[test]
    fn what_is_read_stays_where_it_is() {
        let mut view = View::default();
        for _ in 0..9 {
            view.push(note("a"));
        }
        press(&mut view, KeyCode::Up);
        view.push(note("b"));
        assert_eq!(view.above_end(Tab::Activity), 2);
        press(&mut view, KeyCode::End);
        view.push(note("c"));
        assert_eq!(view.above_end(Tab::Activity), 0);
        press(&mut view, KeyCode::Home);
        view.limit_scroll(Tab::Activity, 4);
        assert_eq!(view.above_end(Tab::Activity), 4);
    }

    #[test]
    fn keys_choose_lists_and_wishes() {
        let mut view = View::default();
        press(&mut view, KeyCode::BackTab);
        assert_eq!(view.tab, Tab::Output);
        press(&mut view, KeyCode::Tab);
        assert_eq!(view.tab, Tab::Activity);
        press(&mut view, KeyCode::Char('3'));
        assert_eq!(view.tab, Tab::Statuses);
        assert_eq!(press(&mut view, KeyCode::Char('q')), Some(Wish::Quit));
        assert_eq!(press(&mut view, KeyCode::Char('c')), Some(Wish::Clear));
        // In the line of faults they are letters.
        press(&mut view, KeyCode::Char('f'));
        assert_eq!(press(&mut view, KeyCode::Char('q')), None);
        assert_eq!(view.prompt.input.value(), "q");
        let control_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(view.key(control_c), Some(Wish::Quit));
    }

    #[test]
    fn only_the_newest_entries_are_kept() {
        let mut view = View::default();
        for number in 0..=KEPT {
            view.push(note(&number.to_string()));
        }
        assert_eq!(view.newest(Tab::Activity).count(), KEPT);
        let newest = view.newest(Tab::Activity).next().expect("an entry");
        assert_eq!(newest.text, KEPT.to_string());
    }
}
