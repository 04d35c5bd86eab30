//! The sink for an environment: what it sends, and what becomes of the answer.

use std::sync::Mutex;
use std::time::Duration;

use extyped::{
    Activation, Cycle, Endpoints, EnvironmentOptions, EnvironmentSink, Event, EventType, Extension,
    HttpOptions, LogEvent, Manifest, MemorySink, Runtime, Severity, Sink, SinkError, Status,
    StatusCode, Timestamp, Verdict,
};

use crate::secure::Secure;
use crate::server::{Server, Then, answer, closed_port};
use crate::{SECRET, options, secret};

const COUNTS: &str = r#"{"linesOk": 1, "linesInvalid": 0, "error": null, "warnings": null}"#;
const MOMENT: Timestamp = Timestamp::from_millis(1_700_000_000_000);

static MANIFEST: Manifest = Manifest::new("custom:fake", "1.0.0", &[], &[]);

fn sink_with(url: &str, http: HttpOptions) -> EnvironmentSink {
    let options = EnvironmentOptions::new().http(http);
    let sink = EnvironmentSink::with_options(url, &secret(), options).expect("sound options");
    let shown = format!("{sink:?}");
    assert!(!shown.contains(SECRET), "{shown}");
    sink
}

fn sink(url: &str) -> EnvironmentSink {
    sink_with(url, options())
}

fn event() -> Event {
    Event::new(EventType::ErrorEvent, "lb-1 fails")
        .starting(MOMENT)
        .with_timeout_minutes(30)
        .on_entities("type(lb),entityName(lb-1)")
        .with_property("dt.event.description", "no route")
}

fn log() -> LogEvent {
    LogEvent::new(Severity::Warn, "disk full")
        .at(MOMENT)
        .with_attribute("device.address", "10.0.0.1")
}

/// Sends an event, and gives the error it ends in, which must not repeat the
/// secret.
async fn refused(sink: &EnvironmentSink) -> SinkError {
    let error = sink.event(&event()).await.expect_err("a refusal");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(SECRET), "{shown}");
    error
}

#[track_caller]
fn check(error: &SinkError, code: StatusCode, parts: &[&str]) {
    assert_eq!(error.code(), code, "{error}");
    for part in parts {
        assert!(
            error.message().contains(part),
            "`{part}` is missing from: {error}"
        );
    }
}

/// The head of a request in lower case, and its body.
fn split(request: &str) -> (String, serde_json::Value) {
    let (head, body) = request.split_once("\r\n\r\n").expect("a whole request");
    let body = serde_json::from_str(body).expect("JSON");
    (head.to_lowercase(), body)
}

#[tokio::test]
async fn log_events_go_as_an_array_of_flat_objects() {
    let server = Server::answering("204 No Content", "").await;
    let managed = format!("{}/", server.url("/e/abc"));
    sink(&managed).logs(&[log(), log()]).await.expect("taken");
    let (head, body) = split(&server.requests()[0]);
    assert!(
        head.starts_with("post /e/abc/api/v2/logs/ingest http/1.1"),
        "{head}"
    );
    assert!(head.contains("content-type: application/json; charset=utf-8"));
    assert!(head.contains(&format!("authorization: api-token {SECRET}")));
    let one = serde_json::json!({
        "timestamp": 1_700_000_000_000_u64,
        "severity": "WARN",
        "content": "disk full",
        "device.address": "10.0.0.1",
    });
    assert_eq!(body, serde_json::json!([one.clone(), one]));
}

#[tokio::test]
async fn an_event_goes_as_the_events_api_reads_it() {
    let created =
        r#"{"reportCount": 1, "eventIngestResults": [{"correlationId": "a", "status": "OK"}]}"#;
    let server = Server::answering("201 Created", created).await;
    sink(&server.url("")).event(&event()).await.expect("taken");
    let (head, body) = split(&server.requests()[0]);
    assert!(head.starts_with("post /api/v2/events/ingest "), "{head}");
    assert!(head.contains("content-type: application/json; charset=utf-8"));
    assert_eq!(
        body,
        serde_json::json!({
            "eventType": "ERROR_EVENT",
            "title": "lb-1 fails",
            "startTime": 1_700_000_000_000_u64,
            "timeout": 30,
            "entitySelector": "type(lb),entityName(lb-1)",
            "properties": {"dt.event.description": "no route"},
        })
    );
}

#[tokio::test]
async fn an_event_that_was_received_and_not_created_is_refused() {
    let invalid = r#"{"reportCount": 1, "eventIngestResults": [{"status": "INVALID_TIMESTAMPS"}]}"#;
    let server = Server::answering("201 Created", invalid).await;
    let error = refused(&sink(&server.url(""))).await;
    check(&error, StatusCode::GenericError, &["INVALID_TIMESTAMPS"]);
}

#[tokio::test]
async fn log_events_of_which_some_were_taken_are_not_sent_again() {
    let partly = r#"{"details": {"code": 200, "message": "1 of 2 log events ingested"}}"#;
    let server = Server::answering("200 OK", partly).await;
    sink(&server.url(""))
        .logs(&[log(), log()])
        .await
        .expect("taken");
}

#[tokio::test]
async fn streams_that_are_left_out_are_not_sent() {
    let options = EnvironmentOptions::new().http(options());
    let options = options.without_logs().without_events();
    let nobody = format!("http://{}", closed_port().await);
    let sink = EnvironmentSink::with_options(&nobody, &secret(), options).expect("sound options");
    sink.logs(&[log()]).await.expect("discarded");
    sink.event(&event()).await.expect("discarded");
}

#[tokio::test]
async fn each_refusal_says_what_to_do() {
    let scope = r#"{"error": {"code": 403, "message": "Token is missing required scope."}}"#;
    let echo = format!(r#"{{"error": {{"code": 401, "message": "no such token {SECRET}"}}}}"#);
    let cases = [
        (
            "401 Unauthorized",
            echo.as_str(),
            StatusCode::AuthenticationError,
            "(no such token ***): the environment does not accept the token",
        ),
        (
            "403 Forbidden",
            scope,
            StatusCode::AuthenticationError,
            "(Token is missing required scope.): the token lacks the scope `events.ingest`",
        ),
        (
            "404 Not Found",
            "<html>nothing here</html>",
            StatusCode::InvalidConfigError,
            "check that it is https://ENVIRONMENT-ID.live.dynatrace.com",
        ),
        (
            "413 Payload Too Large",
            "",
            StatusCode::GenericError,
            "answers 413: the request is larger",
        ),
        (
            "429 Too Many Requests",
            "",
            StatusCode::Warning,
            "kept and sent later",
        ),
        (
            "503 Service Unavailable",
            "Usable space limit reached",
            StatusCode::GenericError,
            "/api/v2/events/ingest answers 503 (Usable space limit reached)",
        ),
    ];
    for (head, body, code, part) in cases {
        let server = Server::answering(head, body).await;
        let error = refused(&sink(&server.url(""))).await;
        check(&error, code, &[part, &server.url("/api/v2/events/ingest")]);
    }
}

#[tokio::test]
async fn a_limit_of_the_rate_is_waited_for_as_long_as_the_headers_say() {
    let cases = [
        ("Retry-After: 7", "After(7s)"),
        ("X-RateLimit-Reset: 784111790000000", "After(13s)"),
        ("X-RateLimit-Limit: 50", "Later"),
    ];
    for (header, again) in cases {
        let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT";
        let head = format!("429 Too Many Requests\r\n{date}\r\n{header}");
        let server = Server::answering(&head, "").await;
        let error = refused(&sink(&server.url(""))).await;
        assert!(format!("{error:?}").contains(again), "{header}: {error:?}");
    }
}

#[tokio::test]
async fn the_token_does_not_follow_a_redirect() {
    let elsewhere = Server::answering("201 Created", "{}").await;
    for target in [elsewhere.url("/api/v2/events/ingest"), "/there".to_owned()] {
        let head = format!("307 Temporary Redirect\r\nLocation: {target}");
        let server = Server::answering(&head, "").await;
        let error = refused(&sink(&server.url(""))).await;
        check(
            &error,
            StatusCode::InvalidConfigError,
            &[" redirects to http://", &target, "make it the endpoint URL"],
        );
        assert_eq!(server.requests().len(), 1);
    }
    assert!(elsewhere.requests().is_empty(), "nothing was sent there");
}

#[tokio::test]
async fn an_environment_that_hangs_costs_its_deadline() {
    let server = Server::raw("HTTP/1.1 201", Then::Hang).await;
    let http = options().deadline(Duration::from_millis(200));
    let sink = sink_with(&server.url(""), http);
    assert!(sink.deadline() > Duration::from_millis(200));
    let error = refused(&sink).await;
    check(
        &error,
        StatusCode::GenericError,
        &["no answer from POST", "within 200 ms"],
    );
}

#[tokio::test]
async fn what_was_accepted_is_taken_though_the_answer_breaks_off() {
    let half = "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"reportCo";
    let server = Server::raw(half, Then::Close).await;
    sink(&server.url("")).event(&event()).await.expect("taken");
}

#[tokio::test]
async fn an_environment_that_cannot_be_reached_is_told_by_its_address() {
    let nobody = closed_port().await;
    let error = refused(&sink(&format!("http://{nobody}"))).await;
    check(
        &error,
        StatusCode::GenericError,
        &["no connection for POST", &nobody.to_string()],
    );
}

#[tokio::test]
async fn a_certificate_of_the_custom_ca_is_trusted_and_others_are_not() {
    let secure = Secure::answering(answer("201 Created", "{}")).await;
    let url = format!("https://{}", secure.server.address);

    let error = refused(&sink(&url)).await;
    check(
        &error,
        StatusCode::GenericError,
        &["UnknownIssuer", "set the CA that signed it"],
    );
    assert!(secure.server.requests().is_empty(), "nothing was sent");

    let trusting = sink_with(&url, options().ca_pem(secure.ca_pem.as_str()));
    trusting.event(&event()).await.expect("taken");
    let (head, _) = split(&secure.server.requests()[0]);
    assert!(head.contains(&format!("authorization: api-token {SECRET}")));
}

#[tokio::test]
async fn a_proxy_gets_the_request() {
    let proxy = Server::answering("201 Created", "{}").await;
    let options = EnvironmentOptions::new()
        .http(HttpOptions::new().proxy(proxy.url("")))
        .allow_plain_http();
    let sink = EnvironmentSink::with_options("http://environment.invalid", &secret(), options);
    let sink = sink.expect("sound options");
    sink.event(&event()).await.expect("taken");
    let (head, _) = split(&proxy.requests()[0]);
    assert!(
        head.starts_with("post http://environment.invalid/api/v2/events/ingest "),
        "{head}"
    );
}

#[tokio::test]
async fn what_a_sink_cannot_be_built_with_is_told_without_the_secret() {
    let token = |text: &str| extyped::SecretString::from(text);
    let saas = "https://abc12345.live.dynatrace.com";
    let cases = [
        (
            "https://abc12345.apps.dynatrace.com",
            SECRET.to_owned(),
            "write https://abc12345.live.dynatrace.com",
        ),
        (
            "http://abc12345.live.dynatrace.com",
            SECRET.to_owned(),
            "would send the token in clear text",
        ),
        (saas, " \n".to_owned(), "the token for https://abc12345"),
        (saas, format!("{SECRET}\n{SECRET}"), "characters"),
    ];
    for (url, text, part) in cases {
        let error = EnvironmentSink::new(url, &token(&text)).expect_err(url);
        check(&error, StatusCode::InvalidConfigError, &[part]);
        assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
    }
    let options = EnvironmentOptions::new().http(options().ca_pem("no certificate"));
    let error = EnvironmentSink::with_options(saas, &secret(), options).expect_err("no CA");
    check(&error, StatusCode::InvalidConfigError, &["custom CA"]);
    EnvironmentSink::new(saas, &token(&format!(" {SECRET}\n"))).expect("space is left out");
}

/// Reports one line.
struct OneLine;

impl Extension for OneLine {
    type Config = ();
    type Endpoint = ();

    fn endpoints(&self, (): &()) -> Endpoints<()> {
        Endpoints::one(())
    }

    async fn query(&self, cx: &Cycle<Self>) -> Verdict {
        cx.untyped().gauge("fan.speed", [("side", "left")], 1_200)?;
        Ok(Status::ok())
    }
}

/// Runs one cycle against an environment that gives these answers and then
/// takes everything, and says what the other sink was told.
async fn one_cycle<const N: usize>(answers: [Vec<u8>; N]) -> (Server, MemorySink) {
    let answers = Mutex::new(answers.into_iter());
    let respond = move |_: &str| {
        let next = answers.lock().expect("nobody panicked").next();
        next.unwrap_or_else(|| answer("202 Accepted", COUNTS))
    };
    let server = Server::with(respond, Then::Listen, None).await;
    let memory = run(&server).await;
    (server, memory)
}

async fn run(server: &Server) -> MemorySink {
    let memory = MemorySink::new();
    let runtime = Runtime::builder(OneLine, &MANIFEST)
        .activation(Activation::new(()))
        .sink(sink(&server.url("")))
        .sink(memory.clone())
        .cycles(1)
        .build()
        .expect("complete");
    runtime.run(std::future::pending()).await;
    memory
}

fn status(memory: &MemorySink) -> String {
    memory.status().expect("there is one").to_string()
}

#[tokio::test]
async fn lines_arrive_as_they_were_reported_and_nothing_else_does() {
    let (server, memory) = one_cycle([]).await;
    let requests = server.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    let (head, body) = requests[0].split_once("\r\n\r\n").expect("whole");
    let head = head.to_lowercase();
    assert!(head.starts_with("post /api/v2/metrics/ingest "), "{head}");
    assert!(
        head.contains("content-type: text/plain; charset=utf-8"),
        "{head}"
    );
    assert!(head.contains(&format!("authorization: api-token {SECRET}")));
    assert_eq!(body, format!("{}\n", memory.lines()[0]));
    assert_eq!(status(&memory), "OK");
}

#[tokio::test]
async fn a_batch_of_which_some_lines_are_valid_is_not_sent_again() {
    let partly = r#"{"linesOk": 0, "linesInvalid": 1, "error": {"code": 400,
        "message": "1 invalid lines", "invalidLines": [{"line": 1, "error": "too hot"}]}}"#;
    let (server, memory) = one_cycle([answer("400 Bad Request", partly)]).await;
    assert_eq!(server.requests().len(), 1);
    let status = status(&memory);
    assert!(
        status.contains("metrics: WARNING - 1 line was not valid: `fan.speed` too hot"),
        "{status}"
    );
}

#[tokio::test]
async fn lines_that_were_received_are_not_sent_again_though_the_answer_breaks_off() {
    for (head, said) in [
        ("202 Accepted", "OK"),
        ("400 Bad Request", "answers 400 (the answer from POST"),
    ] {
        let half = format!("HTTP/1.1 {head}\r\nContent-Length: 100\r\n\r\n{{\"linesO");
        let server = Server::raw(half, Then::Close).await;
        let memory = run(&server).await;
        assert_eq!(server.requests().len(), 1, "{head}");
        assert!(status(&memory).contains(said), "{}", status(&memory));
    }
}

#[tokio::test]
async fn an_environment_in_trouble_gets_the_same_lines_again() {
    for head in [
        "503 Service Unavailable",
        "429 Too Many Requests\r\nRetry-After: 1",
        "403 Forbidden",
    ] {
        let (server, memory) = one_cycle([answer(head, "")]).await;
        let requests = server.requests();
        assert_eq!(requests.len(), 2, "{head}");
        assert_eq!(requests[0], requests[1], "{head}");
        assert_eq!(status(&memory), "OK", "{head}: it works again");
    }
}
