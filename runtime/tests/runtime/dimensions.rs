//! Dimensions that an operator gave an endpoint.

use extyped::report::Set;
use extyped::{Cumulative, Endpoint, Endpoints, MemorySink, Status};

use crate::support::{Fake, answering, counting, run, script};

#[tokio::test(start_paused = true)]
async fn all_lines_of_an_endpoint_carry_its_dimensions_typed_and_untyped() {
    let both = script(|cx, run| {
        Box::pin(async move {
            let recorder: &extyped::Recorder = cx.as_ref();
            let mut set = Set::open(recorder);
            set.gauge(0, "fake.value", 1);
            drop(set);
            cx.untyped()
                .gauge("door.open", [("owner", "the door's")], run)?;
            Ok(Status::ok())
        })
    });
    let endpoints = [
        Endpoint::new("a", both).dimensions([("owner", "team \"a\""), ("stage", "prod")]),
        Endpoint::new("b", counting()),
    ];
    let sink = Fake::new(Endpoints::from_iter(endpoints)).cycles(1).await;
    let told = |key: &str| {
        let lines = sink.lines_of(key);
        lines[0].rsplit_once(' ').expect("a timestamp").0.to_owned()
    };
    assert_eq!(
        told("fake.value"),
        "fake.value,owner=\"team \\\"a\\\"\",stage=\"prod\" gauge,1"
    );
    assert_eq!(
        told("door.open"),
        "door.open,owner=\"the door's\",stage=\"prod\" gauge,0"
    );
    assert_eq!(told("run.b"), "run.b,run=\"0\" gauge,0");
}

#[tokio::test(start_paused = true)]
async fn running_totals_of_an_endpoint_with_dimensions_become_differences() {
    let counter = script(|cx, run| {
        Box::pin(async move {
            let recorder: &extyped::Recorder = cx.as_ref();
            let mut set = Set::open(recorder);
            set.count(0, "fake.count", Cumulative(10 * run));
            Ok(Status::ok())
        })
    });
    let endpoint = Endpoint::new("a", counter).dimensions([("owner", "a")]);
    let sink = Fake::new(Endpoints::from_iter([endpoint])).cycles(3).await;
    assert_eq!(sink.values_of("fake.count"), [10.0, 10.0]);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_no_line_can_carry_is_in_the_status_once_for_all_endpoints() {
    let endpoints: Endpoints<_> = (0..3)
        .map(|n| {
            let polled = answering(|_| Ok(Status::ok()));
            Endpoint::new(format!("e{n}"), polled).dimensions([("Cost Center", 4711)])
        })
        .collect();
    let sink = MemorySink::new();
    run(Fake::new(endpoints).builder().sink(sink.clone()).cycles(1)).await;
    let status = sink.status().expect("it has run").to_string();
    assert!(
        status.contains(
            "dimensions of endpoints: WARNING - `Cost Center` of 3 endpoints is not sent"
        ),
        "{status}"
    );
}
