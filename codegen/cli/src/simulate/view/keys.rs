//! What is typed.

use std::io;

use ratatui::crossterm::event::{self, Event};
use tokio::sync::mpsc;

/// Events that wait to be handled; beyond that the terminal keeps them.
const WAITING: usize = 64;

/// What is typed, and what else the terminal tells, up to the first error. The
/// thread ends with the process: nothing can wake it.
pub(super) fn events() -> mpsc::Receiver<io::Result<Event>> {
    let (send, events) = mpsc::channel(WAITING);
    std::thread::spawn(move || {
        let mut keys = Keys::default();
        loop {
            let event = keys.next();
            let is_over = event.is_err();
            if send.blocking_send(event).is_err() || is_over {
                return;
            }
        }
    });
    events
}

#[derive(Default)]
struct Keys {
    /// Whether there is input that the library does not see: it is told of new
    /// input only, and reads a paste that is long in part.
    #[cfg(unix)]
    is_blind: bool,
}

#[cfg(not(unix))]
impl Keys {
    #[expect(clippy::unused_self, reason = "elsewhere there is something to know")]
    fn next(&mut self) -> io::Result<Event> {
        event::read()
    }
}

#[cfg(unix)]
impl Keys {
    /// The library would read from a terminal that is gone for ever, without a
    /// pause: it is asked only while there is one.
    fn next(&mut self) -> io::Result<Event> {
        use std::time::Duration;

        use rustix::event::{PollFd, PollFlags, Timespec, poll};

        // A change of size is no input, and waits for this long.
        const ROUND: Timespec = Timespec {
            tv_sec: 0,
            tv_nsec: 100_000_000,
        };

        loop {
            let wanted = if self.is_blind {
                PollFlags::empty()
            } else {
                PollFlags::IN
            };
            let stdin = io::stdin();
            let mut terminal = [PollFd::new(&stdin, wanted)];
            match poll(&mut terminal, Some(&ROUND)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            let [terminal] = terminal;
            let found = terminal.revents();
            if found.intersects(PollFlags::HUP | PollFlags::ERR) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            // Not every system can look at a terminal in this way.
            if found.contains(PollFlags::NVAL) || event::poll(Duration::ZERO)? {
                self.is_blind = false;
                return event::read();
            }
            self.is_blind = found.contains(PollFlags::IN);
        }
    }
}
