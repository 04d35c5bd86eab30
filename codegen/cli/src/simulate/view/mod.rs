//! The view in the terminal.

mod complete;
mod draw;
mod header;
mod help;
mod keys;
mod list;
mod prompt;
mod prompt_line;
mod snapshot;
mod state;
mod table;
mod tabs;
#[cfg(test)]
mod tests;
mod theme;

use std::io;
use std::mem::ManuallyDrop;
use std::time::Duration;

use extyped_simulator::Simulator;
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{Event, KeyEventKind};
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior, interval};

pub(crate) use self::snapshot::Facts;
use self::snapshot::Snapshot;
pub(crate) use self::state::Phase;
use self::state::View;
use self::theme::Theme;
use crate::simulate::entry::Entry;
use crate::simulate::wish::Wish;

/// How often the picture may change.
const FRAME: Duration = Duration::from_millis(100);

/// After how many frames it is drawn although nothing happened: times go on.
const IDLE_FRAMES: u32 = 5;

/// A view that owns the terminal until it is dropped.
pub(crate) struct Live {
    view: View,
    theme: Theme,
    /// Never dropped: that would say on standard error what fails, and panic
    /// where standard error is as gone as the terminal.
    terminal: ManuallyDrop<DefaultTerminal>,
    events: mpsc::Receiver<io::Result<Event>>,
    frames: Interval,
    /// Whether something happened since the last frame.
    has_news: bool,
    idle: u32,
}

impl Live {
    /// Takes the terminal. A panic gives it back before it is told.
    pub(crate) fn open(facts: Facts, has_color: bool) -> io::Result<Self> {
        let terminal = ratatui::try_init()?;
        let mut frames = interval(FRAME);
        frames.set_missed_tick_behavior(MissedTickBehavior::Skip);
        Ok(Live {
            view: View::new(facts),
            theme: Theme { has_color },
            terminal: ManuallyDrop::new(terminal),
            events: keys::events(),
            frames,
            has_news: true,
            idle: 0,
        })
    }

    pub(crate) fn view(&mut self) -> &mut View {
        self.has_news = true;
        &mut self.view
    }

    pub(crate) fn show(&mut self, entry: Entry) {
        self.view().push(entry);
    }

    /// Draws whenever there is something new, until a key wants more than the
    /// view can do itself. May be dropped at any time.
    pub(crate) async fn wish(&mut self, simulator: &Simulator) -> io::Result<Wish> {
        loop {
            tokio::select! {
                event = self.events.recv() => {
                    let wish = typed(&mut self.view, event, &mut self.events)?;
                    // At once: whoever types should not wait for a frame.
                    self.draw(simulator)?;
                    if let Some(wish) = wish {
                        return Ok(wish);
                    }
                }
                _ = self.frames.tick() => {
                    self.idle += 1;
                    if self.has_news || self.idle >= IDLE_FRAMES {
                        self.draw(simulator)?;
                    }
                }
            }
        }
    }

    fn draw(&mut self, simulator: &Simulator) -> io::Result<()> {
        self.has_news = false;
        self.idle = 0;
        let snapshot = Snapshot::take(simulator, &self.view.facts);
        self.view.update(snapshot);
        let (view, theme) = (&mut self.view, self.theme);
        self.terminal.draw(|frame| draw::draw(frame, view, theme))?;
        Ok(())
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // Where the terminal is gone nothing can be given back.
        let _ = self.terminal.show_cursor();
        // The hook of a panic has done it, and wrote since.
        if !std::thread::panicking() {
            let _ = ratatui::try_restore();
        }
    }
}

/// Hands on all that was typed meanwhile, for one picture, up to the first key
/// that wants something: what is behind it waits for its turn.
fn typed(
    view: &mut View,
    mut next: Option<io::Result<Event>>,
    events: &mut mpsc::Receiver<io::Result<Event>>,
) -> io::Result<Option<Wish>> {
    loop {
        let event = next.unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into()));
        if let Event::Key(key) = event?
            && key.kind != KeyEventKind::Release
        {
            let wish = view.key(key);
            if wish.is_some() {
                return Ok(wish);
            }
        }
        match events.try_recv() {
            Ok(event) => next = Some(event),
            Err(_) => return Ok(None),
        }
    }
}
