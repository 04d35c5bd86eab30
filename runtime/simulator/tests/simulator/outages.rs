//! An EEC that is not there, or comes back another.

use std::io::ErrorKind;

use extyped_simulator::Fault;
use tokio::net::TcpStream;

use crate::client::{Client, NOON, SECOND, builder};

#[tokio::test(start_paused = true)]
async fn refused_connections_are_refused_and_open_ones_cut() {
    let simulator = builder().build();
    let mut client = Client::of(&simulator).await;
    client.get("/timediffms").await;
    simulator.inject(Fault::refuse().lasting(20 * SECOND));
    assert!(client.call("GET", "/timediffms", "").await.is_err());
    let refused = simulator.connect().expect_err("nobody is there");
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    tokio::time::sleep(20 * SECOND).await;
    Client::of(&simulator).await.get("/timediffms").await;

    simulator.inject(Fault::refuse().after(5 * SECOND));
    assert!(simulator.is_up());
    tokio::time::sleep(6 * SECOND).await;
    assert!(!simulator.is_up());
    simulator.clear_faults();
    assert!(simulator.is_up());
}

#[tokio::test(start_paused = true)]
async fn a_restart_forgets_what_the_eec_knew_and_keeps_what_was_recorded() {
    let simulator = builder().build();
    let mut client = Client::of(&simulator).await;
    let signal = r#"{"metric_keys": ["a.count"], "filter_dimensions": {}}"#;
    client
        .post("/mint/7", &format!("a.count count,5 {NOON}"))
        .await;
    assert_eq!(
        client
            .post("/countmetricdeltasignal/7", signal)
            .await
            .status,
        200
    );

    simulator.inject(Fault::restart());
    simulator.set_token("new");
    assert!(client.call("GET", "/timediffms", "").await.is_err());
    let mut old = Client::of(&simulator).await;
    assert_eq!(old.get("/timediffms").await.status, 401);
    let mut new = Client::of(&simulator).await.with_token("new");
    assert_eq!(
        new.post("/countmetricdeltasignal/7", signal).await.status,
        404
    );
    assert_eq!(simulator.totals().lines, 1);
}

#[tokio::test]
async fn on_a_real_socket_the_port_is_closed_while_connections_are_refused() {
    let simulator = builder().build();
    let listener = simulator.listen(([127, 0, 0, 1], 0)).await.expect("a port");
    let address = listener.address();
    let mut client = Client::over(TcpStream::connect(address).await.expect("it is open")).await;
    assert_eq!(client.get("/timediffms").await.status, 200);

    simulator.inject(Fault::refuse());
    assert!(client.call("GET", "/timediffms", "").await.is_err());
    // Closing the port is the listener's own step.
    loop {
        match TcpStream::connect(address).await {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => break,
            _ => tokio::task::yield_now().await,
        }
    }
    simulator.clear_faults();
    let again = loop {
        match TcpStream::connect(address).await {
            Ok(stream) => break stream,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    assert_eq!(
        Client::over(again).await.get("/timediffms").await.status,
        200
    );
    // Only connections that carried a request count: a probe may have hung in
    // the queue of the port while it was closed.
    assert_eq!(simulator.totals().requests, 2);
}
