//! The processes of the machine.

use extyped::{MemorySink, Status};

use crate::support::{Fake, only, run, script, status_of};

#[tokio::test]
async fn a_query_reads_the_snapshot_of_processes_or_learns_why_it_cannot() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let file = dir.path().join("snapshot.json");
    let table = [
        (None, "WARNING - none"),
        (
            Some(r#"{"host_id": "0X1F2E3D4C5B6A7988"}"#),
            "WARNING - HOST-1F2E3D4C5B6A7988",
        ),
        (
            Some("{"),
            "is cut off: the OneAgent may be about to write it",
        ),
    ];
    for (text, expected) in table {
        if let Some(text) = text {
            std::fs::write(&file, text).expect("a file");
        }
        let asking = script(|cx, _| {
            Box::pin(async move {
                let host = cx.snapshot().await?.map(|snapshot| snapshot.host_id);
                Ok(Status::warning(host.unwrap_or_else(|| "none".to_owned())))
            })
        });
        let sink = MemorySink::new();
        let builder = Fake::new(only("a", asking)).builder().snapshot_file(&file);
        run(builder.sink(sink.clone()).cycles(1)).await;
        let status = status_of(&sink, "a");
        assert!(status.ends_with(expected), "{status}");
    }
}
