//! One line for each thing that happens: for pipes, files and CI.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use tokio::sync::oneshot;

use super::entry::Entry;

/// Lines that wait to be written. Beyond that they are counted, and the count is
/// written in their place: who reads slowly must not hold up the run.
const WAITING: usize = 1_024;

/// Writes entries to a stream, without escape codes, on a thread of its own: a
/// reader that pauses would hold up the clock, the signals and the extension.
pub(crate) struct Plain {
    lines: Lines,
    end: oneshot::Receiver<io::Result<()>>,
}

struct Lines {
    send: SyncSender<String>,
    /// Lines since the last one that were left out.
    lost: Arc<AtomicU64>,
}

impl Plain {
    /// A thread that is never waited for ends with the process.
    pub(crate) fn new(out: impl Write + Send + 'static) -> Self {
        let (send, lines) = sync_channel(WAITING);
        let lost = Arc::<AtomicU64>::default();
        let (told, end) = oneshot::channel();
        let counted = Arc::clone(&lost);
        std::thread::spawn(move || {
            // Nobody waits for an end that nobody asks for.
            let _ = told.send(write(out, &lines, &counted));
        });
        Plain {
            lines: Lines { send, lost },
            end,
        }
    }

    /// Takes one entry, which is written as soon as there is a reader for it.
    pub(crate) fn show(&mut self, entry: &Entry) {
        self.lines.add(format!(
            "{:>8.2} s  {:<11} {}\n",
            entry.at.as_secs_f64(),
            entry.label,
            entry.text
        ));
    }

    /// Why nothing can be written any more; done only then. May be dropped at
    /// any time, and is not asked again.
    pub(crate) async fn failure(&mut self) -> io::Error {
        match (&mut self.end).await {
            Ok(Err(error)) => error,
            Ok(Ok(())) | Err(_) => io::ErrorKind::Other.into(),
        }
    }

    /// Done when everything is written.
    pub(crate) async fn close(self) -> io::Result<()> {
        drop(self.lines);
        self.end
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))
    }
}

impl Lines {
    fn add(&mut self, line: String) {
        let lost = self.lost.load(Ordering::Relaxed);
        if lost > 0 {
            if self.send.try_send(left_out(lost)).is_err() {
                self.lost.fetch_add(1, Ordering::Relaxed);
                return;
            }
            self.lost.store(0, Ordering::Relaxed);
        }
        if self.send.try_send(line).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn left_out(lines: u64) -> String {
    let plural = if lines == 1 { " was" } else { "s were" };
    format!("{:>12}{lines} line{plural} left out: nobody read\n", "")
}

/// Each at once: who watches a pipe sees it.
fn write(mut out: impl Write, lines: &Receiver<String>, lost: &AtomicU64) -> io::Result<()> {
    let mut put = |line: &str| {
        out.write_all(line.as_bytes())?;
        out.flush()
    };
    while let Ok(line) = lines.recv() {
        put(&line)?;
    }
    match lost.load(Ordering::Relaxed) {
        0 => Ok(()),
        lost => put(&left_out(lost)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::Sender;
    use std::time::Duration;

    use super::*;

    /// A pipe whose other end reads when the test says so.
    struct Pipe {
        written: Sender<String>,
        may: Receiver<()>,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // Once nobody says so any more it reads everything.
            let _ = self.may.recv();
            let text = String::from_utf8_lossy(bytes).into_owned();
            match self.written.send(text) {
                Ok(()) => Ok(bytes.len()),
                Err(_) => Err(io::ErrorKind::BrokenPipe.into()),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn pipe() -> (Pipe, Receiver<String>, Sender<()>) {
        let (written, read) = std::sync::mpsc::channel();
        let (say, may) = std::sync::mpsc::channel();
        (Pipe { written, may }, read, say)
    }

    #[tokio::test]
    async fn a_line_has_its_time_and_who_speaks() {
        let (pipe, read, say) = pipe();
        drop(say);
        let mut plain = Plain::new(pipe);
        let at = Duration::from_millis(90_250);
        plain.show(&Entry::note(at, "stopping"));
        plain.show(&Entry::output(at, "bye"));
        plain.close().await.expect("it is written");
        assert_eq!(
            read.iter().collect::<String>(),
            "   90.25 s  simulate    stopping\n   90.25 s  output      bye\n"
        );
    }

    #[tokio::test]
    async fn what_a_slow_reader_misses_is_counted_in_its_place() {
        const ALL: usize = 3 * WAITING;

        let (pipe, read, say) = pipe();
        let mut plain = Plain::new(pipe);
        for number in 0..ALL {
            plain.show(&Entry::output(Duration::ZERO, &number.to_string()));
        }
        // There is room again for the count and for the line behind it.
        let mut lines = Vec::new();
        for _ in 0..WAITING / 2 {
            say.send(()).expect("it writes");
            lines.push(read.recv().expect("a line"));
        }
        plain.show(&Entry::output(Duration::ZERO, "the last"));
        drop(say);
        plain.close().await.expect("it is written");
        lines.extend(read);
        assert_eq!(
            lines.pop().as_deref(),
            Some("    0.00 s  output      the last\n")
        );
        let (counts, shown): (Vec<_>, Vec<_>) =
            lines.iter().partition(|line| line.contains("left out"));
        let lost = counts.iter().map(|line| {
            let (number, rest) = line.trim_start().split_once(' ').expect("a number");
            assert_eq!(rest, "lines were left out: nobody read\n");
            number.parse::<usize>().expect("a number")
        });
        assert_eq!(lost.sum::<usize>() + shown.len(), ALL);
        assert!(shown.len() >= WAITING, "as many as may wait are kept");
    }

    #[tokio::test]
    async fn what_is_missed_last_is_told_at_the_end() {
        let (pipe, read, say) = pipe();
        let mut plain = Plain::new(pipe);
        for _ in 0..3 * WAITING {
            plain.show(&Entry::output(Duration::ZERO, "quack"));
        }
        drop(say);
        plain.close().await.expect("it is written");
        let last = read.iter().last().expect("a line");
        assert!(
            last.ends_with(" lines were left out: nobody read\n"),
            "{last}"
        );
    }

    #[tokio::test]
    async fn a_reader_that_goes_is_told() {
        let (pipe, read, say) = pipe();
        drop((read, say));
        let mut plain = Plain::new(pipe);
        plain.show(&Entry::note(Duration::ZERO, "anybody?"));
        let error = plain.failure().await;
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
