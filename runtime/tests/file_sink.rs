//! A sink that writes files.

use std::fs;
use std::path::Path;
use std::task::Poll;

use extyped::{
    Activation, Cycle, Endpoint, Endpoints, Event, EventType, Extension, FileOptions, FileSink,
    LogEvent, Manifest, MemorySink, Runtime, Severity, Sink, Status, StatusCode, Verdict,
};
use serde_json::Value;

static MANIFEST: Manifest = Manifest::new("custom:fan", "1.0.0", &[], &[]);

/// Reports one line, one log event and one event.
struct Fan;

impl Extension for Fan {
    type Config = ();
    type Endpoint = ();

    fn endpoints(&self, (): &()) -> Endpoints<()> {
        [Endpoint::new("fan-1", ())].into_iter().collect()
    }

    async fn query(&self, cx: &Cycle<Self>) -> Verdict {
        cx.untyped().gauge("fan.speed", [("side", "left")], 1_200)?;
        cx.log(LogEvent::new(Severity::Warn, "dust"));
        cx.event(Event::new(EventType::CustomInfo, "cleaned"));
        Ok(Status::warning("loud"))
    }
}

async fn run(sink: FileSink, cycles: u64) -> MemorySink {
    let memory = MemorySink::new();
    let runtime = Runtime::builder(Fan, &MANIFEST)
        .activation(Activation::new(()))
        .sink(sink)
        .sink(memory.clone())
        .cycles(cycles)
        .build()
        .expect("complete");
    runtime.run(std::future::pending()).await;
    memory
}

fn dir() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("it is there")
}

#[tokio::test]
async fn lines_are_written_as_the_ingest_takes_them() {
    let dir = dir();
    let path = dir.path().join("metrics.mint");
    let memory = run(FileSink::new(&path).expect("a file"), 1).await;
    assert_eq!(read(&path), format!("{}\n", memory.lines()[0]));
    let names: Vec<_> = fs::read_dir(dir.path()).expect("it is there").collect();
    assert_eq!(
        names.len(),
        1,
        "metrics only, unless a journal is asked for"
    );
}

#[tokio::test]
async fn the_journal_has_a_line_for_everything_else() {
    let dir = dir();
    let journal = dir.path().join("journal.jsonl");
    let options = FileOptions::new().journal(&journal);
    let sink = FileSink::with_options(dir.path().join("metrics.mint"), options);
    run(sink.expect("files"), 1).await;
    let text = read(&journal);
    let entries: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let about = |name: &str| -> Vec<&Value> {
        let entries = entries.iter();
        entries.filter_map(|entry| entry.get(name)).collect()
    };
    assert_eq!(about("log")[0]["content"], "dust");
    assert_eq!(about("event")[0]["title"], "cleaned");
    let statuses = about("status");
    assert!(
        statuses.windows(2).all(|pair| pair[0] != pair[1]),
        "the last one is sent again at the end, and not written again: {text}"
    );
    let last = statuses.last().expect("there is one");
    assert_eq!(last["code"], "WARNING");
    assert_eq!(
        last["endpoints"][0],
        serde_json::json!({"name": "fan-1", "code": "WARNING", "message": "loud"})
    );
    assert_eq!(about("timestamp").len(), entries.len());
}

#[tokio::test]
async fn a_full_file_is_continued_and_the_oldest_dropped() {
    let dir = dir();
    let path = dir.path().join("metrics.mint");
    for _ in 0..4 {
        let options = FileOptions::new().max_bytes(1).kept_files(1);
        let sink = FileSink::with_options(&path, options).expect("a file");
        run(sink, 1).await;
    }
    assert_eq!(read(&path).lines().count(), 1);
    assert_eq!(read(&dir.path().join("metrics.mint.1")).lines().count(), 1);
    assert!(!dir.path().join("metrics.mint.2").exists());
}

#[test]
fn a_path_that_cannot_be_written_is_told_at_once() {
    let dir = dir();
    let cases = [
        (dir.path().join("no/such/file"), "the folder must be there"),
        (dir.path().to_owned(), "it is a folder, name a file in it"),
    ];
    for (path, advice) in cases {
        let error = FileSink::new(&path).expect_err("no file");
        let text = error.message();
        assert!(text.contains(&path.display().to_string()), "{text}");
        assert!(text.ends_with(advice), "{text}");
        assert_eq!(error.code(), StatusCode::InvalidConfigError);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_told_with_the_path_and_the_lines_are_kept() {
    let memory = run(FileSink::new("/dev/full").expect("it opens"), 1).await;
    let status = memory.status().expect("there is one").to_string();
    assert!(
        status.contains("file, sending metrics: GENERIC_ERROR - /dev/full cannot be written"),
        "{status}"
    );
    assert!(status.contains("make room on the disk"), "{status}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_hangs_holds_back_nothing_else() {
    let dir = dir();
    // Nobody reads the pipe, so that it takes a few lines and then blocks.
    let pipe = dir.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("every system has it").success());
    let options = FileOptions::new().journal(&pipe);
    let sink = FileSink::with_options(dir.path().join("metrics.mint"), options);
    let sink = sink.expect("files");
    let log = LogEvent::new(Severity::Info, "x".repeat(1_000_000));
    let logs = [log];
    let mut sending = sink.logs(&logs);
    // This thread is the only one of the test's runtime: it comes back.
    let waits = std::future::poll_fn(|cx| Poll::Ready(sending.as_mut().poll(cx).is_pending()));
    assert!(waits.await, "nobody reads");

    // Somebody reads: the thread goes on.
    let reader = std::thread::spawn(move || {
        let mut pipe = fs::File::open(pipe).expect("it is there");
        std::io::copy(&mut pipe, &mut std::io::sink())
    });
    sending.await.expect("it is written");
    sink.finish().await.expect("it is flushed");
    drop(sink);
    let read = reader.join().expect("no panic").expect("it was read");
    assert!(read > 1_000_000, "{read}");
}
