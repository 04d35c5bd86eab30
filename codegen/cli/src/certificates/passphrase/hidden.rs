//! A line typed on a terminal that does not show it.
//!
//! Not by the crate `rpassword`, which at Ctrl-C ends the process with the
//! terminal as it made it: one that shows nothing any more.

use std::io::{self, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd};

use extyped_package::Zeroizing;
use rustix::io::Errno;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

/// Most bytes that terminals take for a line.
const LINE: usize = 4_096;

const CTRL_C: u8 = 3;

pub(super) fn ask(text: &str) -> io::Result<Zeroizing<String>> {
    let stdin = io::stdin();
    // Before the question: what is typed after it is not shown.
    let hidden = Hidden::of(stdin.as_fd())?;
    write!(io::stderr(), "{text}")?;
    let line = line(stdin.as_fd());
    drop(hidden);
    // The one that was typed was not shown either.
    writeln!(io::stderr())?;
    line
}

/// Reads past the buffer of standard input, which would keep a copy.
fn line(terminal: BorrowedFd<'_>) -> io::Result<Zeroizing<String>> {
    let mut line = Zeroizing::new([0; LINE]);
    let length = loop {
        match rustix::io::read(terminal, line.as_mut_slice()) {
            Err(Errno::INTR) => {}
            read => break read?,
        }
    };
    let typed = match line.get(..length).unwrap_or_default() {
        [] => return Err(io::ErrorKind::UnexpectedEof.into()),
        [.., CTRL_C] => return Err(io::ErrorKind::Interrupted.into()),
        [typed @ .., b'\n'] | typed => typed,
    };
    let typed = std::str::from_utf8(typed);
    let typed = typed.map_err(|_| io::Error::other("it is not encoded in UTF-8"))?;
    Ok(Zeroizing::new(typed.to_owned()))
}

/// A terminal that does not show what is typed, until this is dropped.
struct Hidden<'a> {
    terminal: BorrowedFd<'a>,
    before: Termios,
}

impl<'a> Hidden<'a> {
    fn of(terminal: BorrowedFd<'a>) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut hidden = before.clone();
        // Lines are still edited by the terminal. Ctrl-C ends one instead of the
        // process, which has to undo this first.
        hidden.local_modes -= LocalModes::ECHO | LocalModes::ISIG;
        hidden.special_codes[SpecialCodeIndex::VEOL] = CTRL_C;
        tcsetattr(terminal, OptionalActions::Now, &hidden)?;
        Ok(Hidden { terminal, before })
    }
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        // A terminal that is gone needs no restoring.
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
    }
}
