//! Signals that ask this process to end.

use std::io;

use crate::failure::Failure;

/// The name of the signal that the terminal is gone.
pub(crate) const HANG_UP: &str = "SIGHUP";

/// Listens from the moment it is made.
#[cfg(unix)]
pub(crate) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub(crate) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    /// The name of the next one.
    pub(crate) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.hang_up.recv() => HANG_UP,
            _ = self.quit.recv() => "SIGQUIT",
        }
    }
}

impl Signals {
    /// Waits for something to be written, unless somebody asks to end: whoever
    /// reads may have paused for good.
    pub(crate) async fn patient(
        &mut self,
        written: impl Future<Output = io::Result<()>>,
    ) -> Result<(), Failure> {
        tokio::select! {
            written = written => Ok(written?),
            name = self.next() => Err(Failure::new(format!(
                "{name}, and not all was written that this run had to say"
            ))),
        }
    }
}

/// Listens from the moment it is made.
#[cfg(windows)]
pub(crate) struct Signals {
    c: tokio::signal::windows::CtrlC,
    close: tokio::signal::windows::CtrlClose,
}

#[cfg(windows)]
impl Signals {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Signals {
            c: tokio::signal::windows::ctrl_c()?,
            close: tokio::signal::windows::ctrl_close()?,
        })
    }

    /// The name of the next one.
    pub(crate) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.c.recv() => "Ctrl-C",
            _ = self.close.recv() => "the console is closed",
        }
    }
}
