//! Everything that can become of a request, over real sockets: of those of an
//! extension, and of those of the sink for an environment.

mod connections;
mod environment;
mod outcomes;
mod redirects;
mod requests;
mod secure;
mod server;
mod tls;

use std::time::Duration;

use extyped::{HttpClient, HttpOptions, HttpRequest, PollError, PollErrorKind, SecretString};
use serde::Deserialize;

/// What no text may ever contain.
const SECRET: &str = "s3cr3t-t0ken";

/// The body that the tests ask for.
#[derive(Debug, PartialEq, Deserialize)]
struct Health {
    nodes: Vec<Node>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Node {
    name: String,
    cpu: f64,
}

/// The defaults, but out of reach of the proxies of this machine.
fn options() -> HttpOptions {
    HttpOptions::new().no_proxy()
}

fn client() -> HttpClient {
    HttpClient::new(options()).expect("sound options")
}

/// For servers that never answer.
fn impatient() -> HttpClient {
    client().with_deadline(Duration::from_millis(200))
}

fn secret() -> SecretString {
    SECRET.into()
}

/// Sends a request that carries the secret in every way there is, and gives
/// the error it ends in, which must not repeat the secret.
async fn failure(request: HttpRequest) -> PollError {
    let request = request
        .bearer(&secret())
        .secret_header("x-api-key", &secret())
        .query("key", SECRET);
    let shown = format!("{request:?}");
    assert!(!shown.contains(SECRET), "{shown}");

    let error = request.json::<Health>().await.expect_err("a failure");
    for text in [
        error.to_string(),
        format!("{error:?}"),
        error.status().to_string(),
    ] {
        assert!(!text.contains(SECRET), "{text}");
    }
    error
}

/// Checks an error by its kind, the status it becomes, whether it raises an
/// event, and the parts that its text must have.
#[track_caller]
fn check(error: &PollError, kind: PollErrorKind, status: &str, event: bool, parts: &[&str]) {
    let text = error.to_string();
    assert_eq!(error.kind(), kind, "{text}");
    assert_eq!(error.code().as_str(), status, "{text}");
    assert_eq!(error.raises_event(), event, "{text}");
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing from: {text}");
    }
}
