//! `extyped simulate` on a terminal.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::Child;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use crate::sandbox::{PATIENCE, Sandbox, end_of};
use crate::screen::Screen;
use crate::simulate::pond;

/// A command on a terminal of its own, and the other side of that.
struct Terminal {
    child: Child,
    keys: File,
    /// Its modes would be as at first once nobody had it open.
    _tty: File,
    written: Vec<u8>,
}

impl Terminal {
    fn start(sandbox: &Sandbox, scenario: &str) -> Self {
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
        fs::create_dir_all(sandbox.path("tmp")).expect("a folder");
        let child = sandbox
            .command(&["simulate", "--", "bash", "extension.sh", scenario])
            .env("TMPDIR", sandbox.path("tmp"))
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

    /// What is shown as soon as it is as it should be.
    #[track_caller]
    fn until(&mut self, is_shown: impl Fn(&Screen) -> bool) -> Screen {
        let until = Instant::now() + PATIENCE;
        loop {
            let screen = Screen::of(&self.written);
            if is_shown(&screen) {
                return screen;
            }
            assert!(self.read(until), "it never came:\n{screen}");
        }
    }

    fn press(&mut self, key: char) {
        write!(self.keys, "{key}").expect("the terminal");
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
    fn is_cooked(&self) -> bool {
        let modes = tcgetattr(&self.keys).expect("the modes").local_modes;
        modes.contains(LocalModes::ICANON | LocalModes::ECHO)
    }
}

#[test]
fn a_run_is_watched_on_a_terminal_until_q_is_pressed() {
    let sandbox = pond();
    let mut terminal = Terminal::start(&sandbox, "steady");
    let screen = terminal.until(|screen| screen.has("new: pond.ducks"));
    assert!(screen.is_alternate && !screen.has_cursor, "{screen}");
    assert!(screen.line(0).contains("custom:pond 1.0.0"), "{screen}");
    let screen = terminal.until(|screen| screen.has("1 of the 3 in the manifest came"));
    for metric in ["● pond.ducks", "○ pond.depth", "○ pond.frogs.count"] {
        assert!(screen.has(metric), "no `{metric}` in\n{screen}");
    }
    assert!(!terminal.is_cooked());
    terminal.press('q');
    // What is left of it is the summary.
    let screen = terminal.until(|screen| screen.has("was asked to end: exit code 0"));
    assert!(!screen.is_alternate && screen.has_cursor, "{screen}");
    assert!(terminal.is_cooked());
    assert_eq!(end_of(terminal.child).code, Some(0), "{screen}");
}

#[test]
fn a_terminal_that_is_gone_ends_the_run_and_leaves_nothing() {
    let sandbox = pond();
    let mut terminal = Terminal::start(&sandbox, "idle");
    terminal.until(|screen| screen.has("custom:pond") && screen.has("process"));
    drop(terminal.keys);
    // Not 101: there is nobody to tell, which is no reason to panic.
    assert_eq!(end_of(terminal.child).code, Some(2));
    // The file of the token is gone.
    let left = fs::read_dir(sandbox.path("tmp")).expect("the folder");
    assert_eq!(left.count(), 0);
}
