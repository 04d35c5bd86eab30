//! What is written down, and who is told.

use std::io::Write;
use std::sync::{Arc, Mutex};

use extyped_simulator::{Fault, Notice};
use serde_json::{Value, json};

use crate::client::{Client, NOON, SECOND, builder};

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn every_request_is_one_line_of_json_without_secrets() {
    let file = Shared::default();
    let simulator = builder()
        .activation(r#"{"pythonRemote": {"password": "hunter22"}}"#)
        .record_to(file.clone())
        .build();
    let mut client = Client::of(&simulator).await;
    client.get("/userconfig/7").await;
    tokio::time::sleep(30 * SECOND).await;
    client.post("/mint/7", "a.b 1").await;
    simulator.inject(Fault::drop());
    client
        .call("GET", "/timediffms", "")
        .await
        .expect_err("cut");

    let text = String::from_utf8(file.0.lock().expect("nobody panicked").clone()).expect("UTF-8");
    assert!(
        !text.contains("hunter22") && !text.contains("Api-Token secret"),
        "{text}"
    );
    let entries: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("one object"))
        .collect();
    let shown: Vec<_> = entries
        .iter()
        .map(|e| {
            json!([
                e["seq"],
                e["t"],
                e["call"],
                e["body"],
                e["resp_status"],
                e["taken"]
            ])
        })
        .collect();
    assert_eq!(
        shown,
        [
            json!([1, 0.0, "userconfig", "", 200, true]),
            json!([2, 30.0, "mint", "a.b 1", 202, true]),
            json!([3, 30.0, "timediffms", "", null, false]),
        ]
    );
    #[expect(clippy::cast_precision_loss, reason = "a test's own constant")]
    let epoch = NOON as f64 / 1_000.0;
    assert_eq!(entries[1]["ts"], json!(epoch + 30.0));
    assert_eq!(entries[2]["faults"], json!(["all=drop"]));
    assert_eq!(simulator.recording_failure(), None);
}

#[tokio::test(start_paused = true)]
async fn a_recording_that_cannot_be_written_ends_and_nothing_else_does() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let simulator = builder().record_to(Full).build();
    let mut client = Client::of(&simulator).await;
    assert_eq!(client.get("/timediffms").await.status, 200);
    assert_eq!(client.get("/timediffms").await.status, 200);
    assert!(simulator.recording_failure().is_some());
}

#[tokio::test(start_paused = true)]
async fn an_observer_sees_lines_findings_and_requests_as_they_come() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let simulator = builder()
        .observe({
            let seen = Arc::clone(&seen);
            move |notice| {
                seen.lock().expect("nobody panicked").push(match notice {
                    Notice::Request(request) => format!("{} {:?}", request.target, request.status),
                    Notice::Finding(finding) => finding.subject.clone(),
                    Notice::Line(line) => format!("{} {}", line.key, line.value),
                    _ => String::new(),
                });
            }
        })
        .build();
    let mut client = Client::of(&simulator).await;
    client.post("/mint/7", "no line\na.b 1").await;
    assert_eq!(
        *seen.lock().expect("nobody panicked"),
        ["a.b 1", "no line", "/mint/7 Some(400)"]
    );
}
