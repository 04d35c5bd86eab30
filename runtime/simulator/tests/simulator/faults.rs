//! Faults of single calls.

use std::time::Duration;

use extyped_simulator::{Call, Fault, RandomFaults};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout};

use crate::client::{Client, SECOND, builder};

#[tokio::test(start_paused = true)]
async fn a_refusal_says_when_to_come_back_and_takes_nothing() {
    let simulator = builder().build();
    let mut client = Client::of(&simulator).await;
    simulator.inject(
        Fault::status(429)
            .retry_after(Duration::from_mins(1))
            .on([Call::Mint])
            .times(1),
    );
    let refused = client.post("/mint/7", "a.b 1").await;
    assert_eq!(
        (refused.status, refused.retry_after.as_deref()),
        (429, Some("60"))
    );
    assert_eq!(refused.json()["error"]["code"], 429);
    assert_eq!(simulator.totals().lines, 0);
    assert_eq!(client.post("/mint/7", "a.b 1").await.status, 202);
    assert_eq!(simulator.totals().faults, 1);
    let requests = simulator.requests();
    assert_eq!(requests[0].faults, ["mint=429:retry=1m:1x"]);
    assert_eq!((requests[0].taken, requests[1].taken), (false, true));
}

#[tokio::test(start_paused = true)]
async fn a_proxy_in_between_answers_with_a_page() {
    let simulator = builder().build();
    let mut client = Client::of(&simulator).await;
    simulator.inject(Fault::html().times(1));
    simulator.inject(Fault::status(503).with_html_body().times(1));
    simulator.inject(Fault::status(502).with_empty_body().times(1));
    let page = client.get("/userconfig/7").await;
    assert_eq!(page.status, 200);
    assert!(page.body.starts_with("<html>"));
    let page = client.get("/userconfig/7").await;
    assert_eq!(page.status, 503);
    assert!(page.body.starts_with("<html>"));
    let nothing = client.get("/userconfig/7").await;
    assert_eq!((nothing.status, nothing.body.as_str()), (502, ""));
}

#[tokio::test(start_paused = true)]
async fn a_delay_comes_before_the_taking() {
    let simulator = builder().build();
    simulator.inject(Fault::delay(8 * SECOND).on([Call::Mint]));
    let mut patient = Client::of(&simulator).await;
    let before = Instant::now();
    assert_eq!(patient.post("/mint/7", "a.b 1").await.status, 202);
    assert_eq!(before.elapsed(), 8 * SECOND);

    let mut hasty = Client::of(&simulator).await;
    let sent = timeout(SECOND, hasty.post("/mint/7", "a.b 1")).await;
    assert!(sent.is_err());
    drop(hasty);
    simulator
        .wait_until(|simulator| simulator.requests()[1].answered_at.is_none())
        .await;
    tokio::time::sleep(20 * SECOND).await;
    assert_eq!(simulator.totals().lines, 1);
    // Other calls do not wait.
    let before = Instant::now();
    patient.get("/userconfig/7").await;
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_ends_with_its_client() {
    let simulator = builder().build();
    simulator.inject(Fault::hang().on([Call::Alive]));
    let mut client = Client::of(&simulator).await;
    let beat = r#"{"status": "OK", "message": ""}"#;
    let answer = timeout(3_600 * SECOND, client.post("/alive/7", beat)).await;
    assert!(answer.is_err());
    assert_eq!(simulator.totals().heartbeats, 0);
}

#[tokio::test(start_paused = true)]
async fn a_cut_before_the_answer_takes_nothing_or_everything() {
    for (fault, lines) in [(Fault::drop(), 0), (Fault::lose(), 1)] {
        let simulator = builder().build();
        let mut client = Client::of(&simulator).await;
        simulator.inject(fault.clone());
        let answer = client.call("POST", "/mint/7", "a.b 1").await;
        assert!(answer.is_err(), "{fault}: {answer:?}");
        assert_eq!(simulator.totals().lines, lines, "{fault}");
        assert_eq!(simulator.requests()[0].status, None);
        assert_eq!(simulator.requests()[0].taken, lines == 1);
    }
}

#[tokio::test(start_paused = true)]
async fn half_an_answer_is_written_and_no_more() {
    let simulator = builder().build();
    let (client, server) = tokio::io::duplex(4_096);
    let serving = tokio::spawn({
        let simulator = simulator.clone();
        async move { simulator.serve(server).await }
    });
    simulator.inject(Fault::half());
    let (mut read, mut write) = tokio::io::split(client);
    let request = "POST /mint/7 HTTP/1.1\r\nHost: e\r\nAuthorization: Api-Token secret\r\n\
                   Content-Type: text/plain\r\nContent-Length: 5\r\n\r\na.b 1";
    write
        .write_all(request.as_bytes())
        .await
        .expect("it is open");
    let mut text = String::new();
    read.read_to_string(&mut text).await.expect("UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 202"), "{head}");
    let announced = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.parse::<usize>().ok())
        .expect("a length");
    assert_eq!(body.len(), announced / 2, "{text}");
    assert_eq!(simulator.totals().lines, 1);
    serving.await.expect("it ends");
}

#[tokio::test(start_paused = true)]
async fn faults_can_be_listed_and_cleared() {
    let simulator = builder().build();
    let mut client = Client::of(&simulator).await;
    simulator.inject(Fault::status(500));
    simulator.inject_at_random(RandomFaults::new(1, 1.0, [Fault::status(503)]));
    assert_eq!(simulator.faults(), [Fault::status(500)]);
    assert_eq!(client.get("/timediffms").await.status, 500);
    simulator.clear_faults();
    assert!(simulator.faults().is_empty());
    assert_eq!(client.get("/timediffms").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn random_faults_meet_their_share_of_calls() {
    let simulator = builder().build();
    simulator.inject_at_random(RandomFaults::new(
        7,
        0.5,
        [Fault::status(429), Fault::status(503).on([Call::Mint])],
    ));
    let mut client = Client::of(&simulator).await;
    let mut statuses = Vec::new();
    for _ in 0..40 {
        statuses.push(client.get("/timediffms").await.status);
    }
    assert!(
        statuses.contains(&200) && statuses.contains(&429),
        "{statuses:?}"
    );
    assert!(!statuses.contains(&503), "503 concerns another call");
}
