//! An EEC that is not there, or does not know the extension any more.

use std::collections::BTreeSet;
use std::time::Duration;

use extyped::StatusCode;
use extyped::testing::{Call, Eec, Fault};

use crate::support::{Fake, MANIFEST, MINUTE, counting, only};

fn counting_eec() -> Eec {
    Eec::builder(&MANIFEST).start(Fake::new(only("a", counting())))
}

#[tokio::test(start_paused = true)]
async fn a_token_that_was_renewed_is_read_again_by_every_call() {
    let eec = counting_eec();
    // The next calls are metrics, self-monitoring and the time, all at once.
    eec.pass(5 * MINUTE + Duration::from_secs(55)).await;
    eec.simulator().set_token("renewed");
    eec.pass(5 * MINUTE).await;
    let requests = eec.simulator().requests();
    let of = |status: u16| {
        let at = requests
            .iter()
            .filter(move |request| request.at == 6 * MINUTE);
        let calls = at.filter(move |request| (request.status == Some(401)) == (status == 401));
        calls
            .filter_map(|request| request.call)
            .collect::<BTreeSet<_>>()
    };
    let three = BTreeSet::from([Call::Mint, Call::SelfMonitoring, Call::TimeDifference]);
    assert_eq!(of(401), three, "all three are refused");
    assert_eq!(of(200), three, "and made again at once");
    eec.assert_metric("run.a").times(10).every(MINUTE);
    let log = eec.log();
    assert!(!log.iter().any(|line| line.contains("WARN")), "{log:?}");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_for_long_is_told_and_nothing_is_lost() {
    let eec = counting_eec();
    let refusing = Fault::status(401).on([Call::Mint, Call::SelfMonitoring]);
    eec.simulator()
        .inject(refusing.after(MINUTE).lasting(10 * MINUTE));
    eec.pass(10 * MINUTE).await;
    let status = eec.status().expect("heartbeats go on").to_string();
    let told = "EEC, sending metrics: EEC_CONNECTION_ERROR - the EEC answers 401";
    assert!(status.contains(told), "{status}");
    eec.pass(10 * MINUTE).await;
    eec.assert_metric("run.a").times(20).every(MINUTE);
    eec.assert_status(StatusCode::Ok);
}

#[tokio::test(start_paused = true)]
async fn what_is_reported_while_nobody_is_there_comes_when_somebody_is() {
    for outage in [
        Fault::refuse(),
        Fault::restart(),
        Fault::drop(),
        Fault::hang(),
        Fault::status(503).with_html_body(),
        Fault::html(),
    ] {
        let eec = counting_eec();
        let told = outage.to_string();
        let outage = outage.after(2 * MINUTE).lasting(10 * MINUTE);
        eec.simulator().inject(outage);
        eec.pass(20 * MINUTE).await;
        eec.assert_metric("run.a").times(20).every(MINUTE);
        eec.assert_status(StatusCode::Ok);
        let heartbeats = eec.simulator().heartbeats();
        let back = heartbeats
            .iter()
            .find(|heartbeat| heartbeat.at >= 12 * MINUTE)
            .expect("it is back");
        assert!(
            back.at <= 12 * MINUTE + Duration::from_secs(50),
            "{told}: {back:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_whose_answer_is_lost_is_the_only_one_that_can_come_twice() {
    let eec = counting_eec();
    eec.simulator()
        .inject(Fault::lose().on([Call::Mint]).times(1));
    eec.pass(5 * MINUTE).await;
    // What the EEC took and did not say so has to be sent again.
    let lines = eec.assert_metric("run.a");
    assert_eq!(lines.values(), [0.0, 0.0, 1.0, 2.0, 3.0, 4.0]);
}
