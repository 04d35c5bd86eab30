//! What the board says.

use super::*;
use crate::StatusCode;

const QUERY: &[Cow<'static, str>] = &[Cow::Borrowed("query")];

fn board() -> Board {
    Board::new(Redactor::default())
}

fn with_endpoints(statuses: &[(&'static str, Status)]) -> Board {
    let board = board();
    for (name, status) in statuses {
        let endpoint = board.add_endpoint(Arc::from(*name), QUERY);
        board.set(Board::line(endpoint, 0), status.clone());
    }
    board
}

fn shown(board: &Board) -> String {
    board
        .report(Duration::ZERO)
        .status
        .map_or_else(String::new, |status| status.to_string())
}

fn error(code: StatusCode, message: &'static str) -> Status {
    Status::new(code, message)
}

#[test]
fn before_anything_is_known_there_is_no_status_not_even_ok() {
    let board = board();
    board.add_endpoint(Arc::from("db-1"), QUERY);
    assert_eq!(board.report(Duration::ZERO).status, None);
}

#[test]
fn endpoints_are_counted_and_the_unhealthy_named() {
    let board = with_endpoints(&[
        ("10.0.0.1", Status::ok()),
        (
            "10.0.0.2",
            error(StatusCode::DeviceConnectionError, "refused"),
        ),
    ]);
    assert_eq!(
        shown(&board),
        "WARNING - Endpoints OK: 1 WARNING: 0 ERROR: 1 \
         Unhealthy endpoints: 10.0.0.2 - DEVICE_CONNECTION_ERROR refused"
    );
}

#[test]
fn all_ok_is_ok_and_all_broken_is_an_error() {
    let board = with_endpoints(&[("a", Status::ok()), ("b", Status::ok())]);
    assert_eq!(shown(&board), "OK - Endpoints OK: 2 WARNING: 0 ERROR: 0");
    let board = with_endpoints(&[
        (
            "a",
            error(StatusCode::AuthenticationError, "check the token"),
        ),
        ("b", error(StatusCode::DeviceConnectionError, "refused")),
    ]);
    assert!(shown(&board).starts_with("GENERIC_ERROR - Endpoints OK: 0 WARNING: 0 ERROR: 2"));
}

#[test]
fn a_warning_among_errors_is_a_warning() {
    let board = with_endpoints(&[
        ("a", Status::warning("slow")),
        ("b", error(StatusCode::DeviceConnectionError, "refused")),
    ]);
    assert!(shown(&board).starts_with("WARNING - "));
}

/// A callback of the endpoint without a name, what it says, and what it
/// reports of other endpoints.
type Callback = (
    &'static str,
    Status,
    &'static [(&'static str, StatusCode, &'static str)],
);

fn with_callbacks(callbacks: &[Callback]) -> Board {
    let board = board();
    let names: Vec<_> = callbacks
        .iter()
        .map(|(name, ..)| Cow::Borrowed(*name))
        .collect();
    let endpoint = board.add_endpoint("".into(), &names);
    for (index, (_, status, endpoints)) in callbacks.iter().enumerate() {
        let mut reported = Reported::default();
        for (name, code, message) in *endpoints {
            reported.set(name, error(*code, message));
        }
        board.report_endpoints(Board::line(endpoint, index), reported, true);
        board.set(Board::line(endpoint, index), status.clone());
    }
    board
}

#[test]
fn callbacks_are_merged_in_the_words_of_the_protocol() {
    const DOWN: StatusCode = StatusCode::DeviceConnectionError;
    let refused = || error(StatusCode::AuthenticationError, "check the token");
    let table: [(Vec<Callback>, &str); 9] = [
        (vec![("query", Status::ok(), &[])], "OK"),
        (
            vec![("query", error(StatusCode::Ok, "3 fans"), &[])],
            "OK - query: OK - 3 fans",
        ),
        (
            vec![("query", refused(), &[])],
            "GENERIC_ERROR - query: AUTHENTICATION_ERROR - check the token",
        ),
        (
            vec![("query", error(StatusCode::Warning, ""), &[])],
            "WARNING - query: WARNING",
        ),
        (
            vec![("query", refused(), &[]), ("poll", Status::ok(), &[])],
            "WARNING - query: AUTHENTICATION_ERROR - check the token",
        ),
        (
            vec![
                ("query", refused(), &[]),
                ("poll", error(DOWN, "refused"), &[]),
            ],
            "GENERIC_ERROR - query: AUTHENTICATION_ERROR - check the token\n\
             poll: DEVICE_CONNECTION_ERROR - refused",
        ),
        (
            // As recorded from Dynatrace's own SDK.
            vec![
                ("query", Status::warning("q1, q2"), &[]),
                (
                    "poll",
                    Status::ok(),
                    &[
                        ("10.0.0.1", StatusCode::Ok, ""),
                        ("10.0.0.2", DOWN, "refused"),
                    ],
                ),
            ],
            "WARNING - Endpoints OK: 1 WARNING: 0 ERROR: 1 Unhealthy endpoints: 10.0.0.2 - \
             DEVICE_CONNECTION_ERROR refused\nquery: WARNING - q1, q2",
        ),
        (
            vec![("query", Status::ok(), &[("a", DOWN, "refused")])],
            "GENERIC_ERROR - Endpoints OK: 0 WARNING: 0 ERROR: 1 Unhealthy endpoints: a - \
             DEVICE_CONNECTION_ERROR refused",
        ),
        (
            vec![("query", refused(), &[("a", StatusCode::Ok, "")])],
            "WARNING - Endpoints OK: 1 WARNING: 0 ERROR: 0\n\
             query: AUTHENTICATION_ERROR - check the token",
        ),
    ];
    for (callbacks, expected) in table {
        let text = shown(&with_callbacks(&callbacks));
        assert_eq!(text, expected);
    }
}

#[test]
fn a_single_endpoint_keeps_its_own_code_in_the_text() {
    let board = with_endpoints(&[(
        "lb-1",
        error(StatusCode::AuthenticationError, "check the token"),
    )]);
    assert_eq!(
        shown(&board),
        "GENERIC_ERROR - Endpoints OK: 0 WARNING: 0 ERROR: 1 \
         Unhealthy endpoints: lb-1 - AUTHENTICATION_ERROR check the token"
    );
    let report = board.report(Duration::ZERO);
    let own = report.endpoint("lb-1").map(|status| status.code());
    assert_eq!(own, Some(StatusCode::AuthenticationError));
}

#[test]
fn two_who_speak_of_one_endpoint_make_one_status() {
    let board = with_callbacks(&[
        ("query", Status::ok(), &[("a", StatusCode::Ok, "")]),
        ("poll", Status::ok(), &[("a", StatusCode::Warning, "hot")]),
    ]);
    assert_eq!(
        shown(&board),
        "WARNING - Endpoints OK: 0 WARNING: 1 ERROR: 0 Unhealthy endpoints: a - WARNING hot"
    );
}

#[test]
fn a_run_that_should_have_ended_says_so_by_itself_until_it_does() {
    let minute = Duration::from_mins(1);
    let board = with_endpoints(&[("a", Status::ok()), ("b", Status::ok())]);
    let running = Running {
        since: minute,
        interval: minute,
        deadline: minute * 3,
    };
    board.begin(Board::line(0, 0), running);
    let at = |seconds| {
        let report = board.report(minute + Duration::from_secs(seconds));
        report.endpoint("a").map(|status| status.to_string())
    };
    assert_eq!(at(60).as_deref(), Some("OK"), "an interval is still fine");
    let text = at(110).unwrap_or_default();
    assert!(
        text.starts_with("GENERIC_ERROR - query has been running for 110 s, longer than its"),
        "{text}"
    );
    assert!(text.ends_with("at its deadline of 3 min"), "{text}");
    let other = board.report(minute * 3).endpoint("b");
    assert_eq!(other, Some(Status::ok()), "the others do not flap");
    board.set(Board::line(0, 0), Status::ok());
    assert_eq!(at(110).as_deref(), Some("OK"));
}

#[tokio::test(start_paused = true)]
async fn until_the_initialization_has_ended_nothing_is_settled_and_then_all_is_well() {
    let board = board();
    let settled = |board: &Board| board.settled.borrow().to_owned();
    assert!(!settled(&board));
    assert_eq!(board.report(Duration::ZERO).status, None);
    board.set_polling();
    board.settled().await;
    assert_eq!(board.report(Duration::ZERO).status, Some(Status::ok()));

    let failed = Board::new(Redactor::default());
    failed.set_setup(Some(error(StatusCode::GenericError, "no license")));
    failed.settled().await;
    assert_eq!(shown(&failed), "GENERIC_ERROR - no license");
}

#[test]
fn trouble_inside_the_runtime_hides_no_endpoint() {
    let board = with_endpoints(&[(
        "db-1",
        error(StatusCode::AuthenticationError, "check the token"),
    )]);
    board.trouble("local ingest", Status::warning("1 line not valid"), None);
    let text = shown(&board);
    assert!(
        text.contains("db-1 - AUTHENTICATION_ERROR check the token"),
        "{text}"
    );
    assert!(
        text.ends_with("\nlocal ingest: WARNING - 1 line not valid"),
        "{text}"
    );
    board.clear_trouble("local ingest");
    assert!(!shown(&board).contains("local ingest"));
}

#[test]
fn trouble_that_is_over_is_told_for_a_while() {
    let board = with_endpoints(&[("a", Status::ok())]);
    let until = Duration::from_mins(10);
    board.trouble("buffer", Status::warning("2 lines dropped"), Some(until));
    assert!(
        board
            .report(Duration::from_mins(9))
            .status
            .is_some_and(|s| s != Status::ok())
    );
    assert!(
        board
            .report(until)
            .status
            .is_some_and(|s| s.code() == StatusCode::Ok)
    );
}

#[test]
fn the_callbacks_of_an_endpoint_are_told_apart() {
    let board = board();
    let callbacks = [Cow::Borrowed("query"), Cow::Borrowed("inventory")];
    let endpoint = board.add_endpoint(Arc::from("db-1"), &callbacks);
    board.set(Board::line(endpoint, 0), Status::ok());
    board.set(
        Board::line(endpoint, 1),
        error(StatusCode::GenericError, "no disks"),
    );
    assert_eq!(
        board.report(Duration::ZERO).endpoints[0].status.to_string(),
        "WARNING - inventory: GENERIC_ERROR - no disks"
    );
}

#[test]
fn a_failed_initialization_is_all_there_is_to_tell() {
    let board = with_endpoints(&[("a", Status::ok())]);
    let status = error(StatusCode::DeviceConnectionError, "no license server");
    board.set_setup(Some(status.clone()));
    assert_eq!(board.report(Duration::ZERO).status, Some(status));
}

#[test]
fn many_unhealthy_endpoints_do_not_make_an_endless_status() {
    let board = board();
    for n in 0..500 {
        let endpoint = board.add_endpoint(format!("host-{n}").into(), QUERY);
        board.set(Board::line(endpoint, 0), Status::warning("slow"));
    }
    let text = shown(&board);
    assert!(
        text.ends_with("host-19 - WARNING slow and 480 more"),
        "{text}"
    );
}

#[test]
fn no_status_shows_a_secret() {
    let redactor = Redactor::default();
    redactor.learn(["hunter22".to_owned()]);
    let board = Board::new(redactor);
    let endpoint = board.add_endpoint(Arc::from("a"), QUERY);
    board.set(
        Board::line(endpoint, 0),
        Status::warning("hunter22 is wrong"),
    );
    board.trouble("x", Status::warning("hunter22"), None);
    assert!(!shown(&board).contains("hunter22"));
}

#[test]
fn only_a_change_wakes_those_who_send_it() {
    let board = with_endpoints(&[("a", Status::ok())]);
    let mut changes = board.subscribe();
    changes.mark_unchanged();
    board.set(Board::line(0, 0), Status::ok());
    assert!(!changes.has_changed().expect("the board lives"));
    board.set(Board::line(0, 0), Status::warning("x"));
    assert!(changes.has_changed().expect("the board lives"));
}
