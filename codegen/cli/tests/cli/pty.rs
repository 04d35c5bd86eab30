//! A terminal of a test's own, and a command on it.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::{Child, Command};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use crate::sandbox::{PATIENCE, end_of};

/// A command on a terminal of its own, and the other side of that.
pub(crate) struct Terminal {
    child: Child,
    keys: File,
    /// Its modes would be as at first once nobody had it open.
    _tty: File,
    written: Vec<u8>,
}

impl Terminal {
    /// Starts the command there.
    pub(crate) fn start(command: &mut Command) -> Self {
        let open = |path: &str| {
            let flags = i32::try_from(OpenptFlags::NOCTTY.bits()).expect("a flag");
            let mut open = OpenOptions::new();
            open.read(true).write(true).custom_flags(flags);
            open.open(path).expect("a terminal")
        };
        // Not with `openpt`: the command would inherit this side as well, and
        // the terminal would never be gone.
        let master = open("/dev/ptmx");
        grantpt(&master).expect("a terminal");
        unlockpt(&master).expect("a terminal");
        let name = ptsname(&master, Vec::new()).expect("its name");
        let tty = || open(name.to_str().expect("UTF-8"));
        // Not every system takes the size before somebody has opened it.
        let input = tty();
        let size = Winsize {
            ws_row: 24,
            ws_col: 80,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&master, size).expect("a size");
        let child = command
            .env("TERM", "xterm")
            .stdin(input)
            .stdout(tty())
            .stderr(tty())
            .spawn()
            .expect("extyped starts");
        Terminal {
            child,
            keys: master,
            _tty: tty(),
            written: Vec::new(),
        }
    }

    /// All that was written as soon as it is as it should be.
    #[track_caller]
    pub(crate) fn until(&mut self, is_written: impl Fn(&[u8]) -> bool) -> &[u8] {
        let until = Instant::now() + PATIENCE;
        while !is_written(&self.written) {
            let written = String::from_utf8_lossy(&self.written).into_owned();
            assert!(self.read(until), "it never came:\n{written}");
        }
        &self.written
    }

    /// Types a text, as fast as nobody could.
    pub(crate) fn press(&mut self, keys: &str) {
        write!(self.keys, "{keys}").expect("the terminal");
    }

    /// How the command ended.
    pub(crate) fn end(self) -> Option<i32> {
        let Terminal { child, keys, .. } = self;
        let code = end_of(child).code;
        drop(keys);
        code
    }

    /// Takes the terminal away, and says how the command ended.
    pub(crate) fn vanish(self) -> Option<i32> {
        drop(self.keys);
        end_of(self.child).code
    }

    /// Reads on, unless nothing comes any more.
    fn read(&mut self, until: Instant) -> bool {
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).expect("not that long");
        let mut ready = [PollFd::new(&self.keys, PollFlags::IN)];
        if poll(&mut ready, Some(&left)).expect("poll") == 0 {
            let _ = self.child.kill();
            return false;
        }
        let mut some = [0; 1_024];
        // Nobody has the terminal open any more: an error on some systems.
        let length = self.keys.read(&mut some).unwrap_or_default();
        self.written
            .extend_from_slice(some.get(..length).expect("read"));
        length > 0
    }

    /// Whether lines are edited and keys shown, as before a program takes them.
    pub(crate) fn is_cooked(&self) -> bool {
        let modes = tcgetattr(&self.keys).expect("the modes").local_modes;
        modes.contains(LocalModes::ICANON | LocalModes::ECHO)
    }
}
