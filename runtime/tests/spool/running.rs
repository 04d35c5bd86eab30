//! On a paused clock: outages, restarts that were asked for, limits, files that
//! cannot be used.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use extyped::{DropCause, MemorySink, SinkError, Spool, StatusCode};
use tokio::time::Instant;

use crate::support::{Counting, MINUTE, Scripted, dropped, metrics_of, run};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn file(folder: &Path) -> PathBuf {
    folder.join("ingest.spool")
}

fn from_one_to(last: u32) -> Vec<u32> {
    (1..=last).collect()
}

/// Everything the status ever said.
fn said(memory: &MemorySink) -> String {
    let reports = memory.reports();
    let statuses = reports.iter().filter_map(|report| report.status());
    let texts: Vec<String> = statuses.map(ToString::to_string).collect();
    texts.join("\n")
}

#[tokio::test(start_paused = true)]
async fn without_a_failure_nothing_is_written() {
    let folder = folder();
    let sink = Scripted::taking();
    let builder = Counting::from(1, 10).at_noon(folder.path());
    run(builder.sink(sink.clone()).cycles(3)).await;
    assert_eq!(sink.counts(), from_one_to(30));
    let left: Vec<_> = fs::read_dir(folder.path()).expect("it is there").collect();
    assert_eq!(left.len(), 1, "the lock and nothing else: {left:?}");
}

#[tokio::test(start_paused = true)]
async fn after_an_outage_everything_arrives_once_and_in_order() {
    let folder = folder();
    let sink = Scripted::down_until(Instant::now() + 20 * MINUTE);
    let memory = MemorySink::new();
    let builder = Counting::from(1, 10).at_noon(folder.path());
    // A buffer for three cycles: the rest is on disk.
    let builder = builder.sink(sink.clone()).sink(memory.clone());
    let finished = run(builder.metric_buffer(2_000).cycles(30)).await;
    assert_eq!(sink.counts(), from_one_to(300));
    assert_eq!(sink.taken(), memory.lines());
    assert_eq!(metrics_of(&finished).dropped().total(), 0);
    assert!(!file(folder.path()).exists(), "it is empty, and gone");
    let said = said(&memory);
    assert!(
        said.contains(
            "ingest, spool: WARNING - 11 lines wait on disk until ingest takes lines again: "
        ),
        "{said}"
    );
    let last = memory.status().expect("there is one");
    assert_eq!(last.code(), StatusCode::Ok, "{last}");
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_failed_comes_again_byte_for_byte() {
    let folder = folder();
    // Each time for longer than a cycle, so that there would be more to send.
    let sink = Scripted::new(|before| {
        Some(match before {
            0..=6 | 8..=14 => Err(SinkError::later("connection refused")),
            _ => Ok(extyped::Receipt::accepted()),
        })
    });
    let builder = Counting::from(1, 10).at_noon(folder.path());
    run(builder.sink(sink.clone()).cycles(10)).await;
    let tried = sink.tried();
    for again in [&tried[0..=7], &tried[8..=15]] {
        assert!(again.iter().all(|body| *body == again[0]), "{again:#?}");
    }
    assert_eq!(sink.counts(), from_one_to(100));
}

#[tokio::test(start_paused = true)]
async fn what_is_left_at_the_end_is_sent_first_after_the_next_start() {
    let folder = folder();
    let builder = Counting::from(1, 10).at_noon(folder.path());
    let finished = run(builder.sink(Scripted::away()).cycles(3)).await;
    assert_eq!(metrics_of(&finished).spooled(), 33);
    assert!(finished.unsent.is_empty(), "nothing is lost");

    let sink = Scripted::taking();
    let builder = Counting::from(31, 10).at_noon(folder.path());
    let finished = run(builder.sink(sink.clone()).cycles(1)).await;
    assert_eq!(sink.counts(), from_one_to(40));
    assert_eq!(metrics_of(&finished).given(), 44);
}

#[tokio::test(start_paused = true)]
async fn a_send_without_an_answer_at_the_end_does_not_count_twice() {
    let folder = folder();
    // From memory, and from disk.
    for fail_first in [false, true] {
        let hung = Scripted::new(move |before| {
            (fail_first && before == 0).then(|| Err(SinkError::later("connection refused")))
        });
        let builder = Counting::from(1, 10).at_noon(folder.path());
        let finished = run(builder.sink(hung.clone()).cycles(1)).await;
        assert_eq!(metrics_of(&finished).spooled(), 11);
        assert_eq!(hung.tried().len(), 1 + usize::from(fail_first));

        let sink = Scripted::taking();
        let builder = Counting::from(11, 10).at_noon(folder.path());
        let finished = run(builder.sink(sink.clone()).cycles(1)).await;
        assert_eq!(sink.counts(), (11..=20).collect::<Vec<_>>());
        let levels = sink
            .taken()
            .iter()
            .filter(|line| line.starts_with("spooled.level"))
            .count();
        assert_eq!(levels, 2, "a gauge may come again");
        assert_eq!(dropped(&finished, DropCause::Interrupted), 10);
    }
}

#[tokio::test(start_paused = true)]
async fn lines_on_disk_that_get_too_old_are_dropped_and_counted() {
    let folder = folder();
    let sink = Scripted::down_until(Instant::now() + 180 * MINUTE);
    let memory = MemorySink::new();
    let builder = Counting::from(1, 1).at_noon(folder.path());
    let builder = builder.sink(sink.clone()).sink(memory.clone());
    let finished = run(builder.cycles(190)).await;
    let taken = sink.taken();
    let all = memory.lines();
    assert_eq!(
        taken,
        all[all.len() - taken.len()..],
        "the newest, in order"
    );
    assert!((68 * 2..=70 * 2).contains(&taken.len()), "{}", taken.len());
    let old = dropped(&finished, DropCause::TooOld);
    assert_eq!(old, (all.len() - taken.len()) as u64);
}

#[tokio::test(start_paused = true)]
async fn a_full_spool_drops_the_oldest_and_says_so() {
    let folder = folder();
    let sink = Scripted::down_until(Instant::now() + 20 * MINUTE);
    let memory = MemorySink::new();
    let builder = Counting::from(1, 10).at_noon(folder.path());
    let builder = builder.spool(Spool::at(folder.path()).limit(2_000));
    let builder = builder.sink(sink.clone()).sink(memory.clone());
    let finished = run(builder.cycles(30)).await;
    let lost = dropped(&finished, DropCause::SpoolFull);
    assert!(lost > 50, "{lost}");
    let counts = sink.counts();
    assert_eq!(
        counts,
        (301 - u32::try_from(counts.len()).expect("few")..=300).collect::<Vec<_>>()
    );
    assert_eq!(sink.taken().len() as u64 + lost, 330);
    let said = said(&memory);
    assert!(
        said.contains("because the spool of 1 KiB is full while ingest"),
        "{said}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_file_that_cannot_be_used_is_told_of_and_left_alone() {
    let text = "somebody's diary\n".repeat(100);
    let make: [fn(&Path, &str); 2] = [
        |file, text| fs::write(file, text).expect("the folder is ours"),
        |file, _| fs::create_dir(file).expect("the folder is ours"),
    ];
    for make in make {
        let folder = folder();
        make(&file(folder.path()), &text);
        let sink = Scripted::down_until(Instant::now() + 5 * MINUTE);
        let memory = MemorySink::new();
        let builder = Counting::from(1, 10).at_noon(folder.path());
        let builder = builder.sink(sink.clone()).sink(memory.clone());
        let finished = run(builder.cycles(10)).await;
        assert_eq!(sink.counts(), from_one_to(100), "from memory");
        assert_eq!(metrics_of(&finished).dropped().total(), 0);
        let status = memory.status().expect("there is one").to_string();
        assert!(
            status.contains("ingest.spool cannot be used as a spool ("),
            "{status}"
        );
        assert!(status.contains("lines are kept in memory only"), "{status}");
        if file(folder.path()).is_file() {
            let left = fs::read_to_string(file(folder.path())).expect("it is there");
            assert_eq!(left, text);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_can_be_used_again_is_used() {
    let folder = folder();
    fs::create_dir(file(folder.path())).expect("the folder is ours");
    let sink = Scripted::down_until(Instant::now() + 20 * MINUTE);
    let memory = MemorySink::new();
    let builder = Counting::from(1, 10).at_noon(folder.path());
    let builder = builder.sink(sink.clone()).sink(memory.clone());
    let runtime = builder.cycles(30).build().expect("everything is given");
    let running = tokio::spawn(runtime.run(std::future::pending()));
    tokio::time::sleep(5 * MINUTE).await;
    fs::remove_dir(file(folder.path())).expect("it is empty");
    tokio::time::sleep(5 * MINUTE).await;
    assert!(file(folder.path()).is_file());
    running.await.expect("no panic");
    assert_eq!(sink.counts(), from_one_to(300));
    let last = memory.status().expect("there is one");
    assert_eq!(last.code(), StatusCode::Ok, "{last}");
}

#[tokio::test(start_paused = true)]
async fn what_was_left_is_counted_though_its_file_could_not_be_opened_at_first() {
    let folder = folder();
    let builder = Counting::from(1, 10).at_noon(folder.path());
    run(builder.sink(Scripted::away()).cycles(3)).await;
    let (file, aside) = (file(folder.path()), folder.path().join("aside"));
    fs::rename(&file, &aside).expect("it is there");
    fs::create_dir(&file).expect("the folder is ours");

    // The file is tried again after a minute, and is back by then. A send has
    // no answer at that moment, and its lines are the first that go there.
    let sink = Scripted::new(|before| match before {
        0 => Some(Err(
            SinkError::later("busy").with_retry_after(Duration::from_secs(55))
        )),
        1 => None,
        _ => Some(Ok(extyped::Receipt::accepted())),
    });
    let builder = Counting::from(31, 10).at_noon(folder.path());
    let running = tokio::spawn(run(builder.sink(sink.clone()).cycles(4)));
    tokio::time::sleep(Duration::from_secs(58)).await;
    fs::remove_dir(&file).expect("it is empty");
    fs::rename(&aside, &file).expect("the folder is ours");
    let finished = running.await.expect("no panic, and all is counted");
    assert_eq!(metrics_of(&finished).given(), 33 + 4 * 11);
    assert_eq!(metrics_of(&finished).accepted(), 33 + 4 * 11);
    let mut arrived = sink.counts();
    arrived.sort_unstable();
    assert_eq!(arrived, from_one_to(70));
}

#[tokio::test(start_paused = true)]
async fn lines_whose_file_is_ruined_are_counted_when_it_is_gone() {
    let folder = folder();
    let builder = Counting::from(1, 5_000).at_noon(folder.path());
    let sink = Scripted::down_until(Instant::now() + 20 * MINUTE);
    let memory = MemorySink::new();
    let builder = builder.sink(sink.clone()).sink(memory.clone());
    let runtime = builder.cycles(40).build().expect("everything is given");
    let running = tokio::spawn(runtime.run(std::future::pending()));
    tokio::time::sleep(15 * MINUTE).await;
    let spool = file(folder.path());
    let size = fs::metadata(&spool).expect("it is there").len();
    let open = fs::OpenOptions::new().write(true).open(&spool);
    let mut open = open.expect("it is ours");
    let zeros = vec![0; usize::try_from(size - 4_096).expect("it is small")];
    open.seek(SeekFrom::Start(4_096)).expect("it is a file");
    open.write_all(&zeros).expect("it is ours");
    tokio::time::sleep(10 * MINUTE).await;
    let status = memory.status().expect("there is one").to_string();
    assert!(status.contains("cannot be used as a spool"), "{status}");
    fs::remove_file(&spool).expect("it is ours");
    let finished = running.await.expect("no panic");
    let counts = sink.counts();
    let newest = 40 * 5_000;
    assert!(counts.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(counts.last(), Some(&newest));
    let lost = dropped(&finished, DropCause::SpoolLost);
    assert!(lost > 0, "{}", metrics_of(&finished));
    assert_eq!(sink.taken().len() as u64 + lost, u64::from(newest) + 40);
}

#[test]
fn a_folder_that_another_process_uses_is_an_error_that_says_what_to_do() {
    let folder = folder();
    let build = || {
        let builder = Counting::from(1, 1).builder(folder.path());
        builder.sink(MemorySink::new()).build()
    };
    let first = build().expect("nobody else has it");
    let error = build().expect_err("it is in use").to_string();
    assert_eq!(
        error,
        format!(
            "another process uses {} as its spool: give each process, and so each monitoring \
             configuration, a folder of its own",
            folder.path().display()
        )
    );
    drop(first);
    assert!(build().is_ok(), "it is free again");
}

#[tokio::test(start_paused = true)]
async fn without_a_folder_lines_are_kept_in_memory() {
    let not_a_folder = tempfile::NamedTempFile::new().expect("a temporary file");
    let sink = Scripted::down_until(Instant::now() + 5 * MINUTE);
    let memory = MemorySink::new();
    let builder = Counting::from(1, 10).at_noon(&not_a_folder.path().join("spool"));
    run(builder.sink(sink.clone()).sink(memory.clone()).cycles(10)).await;
    assert_eq!(sink.counts(), from_one_to(100));
    let status = memory.status().expect("there is one").to_string();
    assert!(status.contains("cannot be used as a spool"), "{status}");
}

#[tokio::test(start_paused = true)]
async fn an_extension_may_name_the_folder_and_each_configuration_has_its_own() {
    let folder = folder();
    let builder = Counting::from(1, 10).asking_for(folder.path());
    let finished = run(builder.sink(Scripted::away()).cycles(1)).await;
    assert_eq!(metrics_of(&finished).spooled(), 11);
    let own = folder.path().join("vu9u3hxa3q0aaaabab-1");
    assert!(file(&own).is_file());

    // A fastcheck leaves it alone.
    let sink = Scripted::taking();
    let builder = Counting::from(1, 10).asking_for(folder.path());
    let runtime = builder.sink(sink.clone()).build();
    runtime.expect("complete").fastcheck().await;
    assert!(sink.tried().is_empty());

    // The process before may not have ended yet.
    let still_there = Counting::from(1, 1)
        .builder(&own)
        .sink(MemorySink::new())
        .build();
    let memory = MemorySink::new();
    let builder = Counting::from(11, 10).asking_for(folder.path());
    run(builder.sink(memory.clone()).cycles(1)).await;
    drop(still_there);
    let status = memory.status().expect("there is one").to_string();
    assert!(status.contains("another process uses"), "{status}");
    assert!(status.contains("lines are kept in memory only"), "{status}");

    let builder = Counting::from(11, 10).asking_for(folder.path());
    run(builder.sink(sink.clone()).cycles(1)).await;
    assert_eq!(sink.counts(), from_one_to(20));
}
