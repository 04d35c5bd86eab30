//! What stands between us and a tenant: statuses, waits, proxies, and nothing.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::thread;

use extyped_package::archive::{self, Compression, Entry};

use super::server::{ForwardProxy, Reply, Server};
use super::{MANIFEST, command, end, project, run, write_bytes};
use crate::sandbox::Sandbox;

const TAKEN: &str = r#"{"extensionName": "custom:pond", "version": "1.2.3"}"#;

#[test]
fn each_status_says_what_to_do() {
    for (reply, told) in [
        (
            Reply::error(401, "Token Authentication failed"),
            &[
                "the tenant does not know the token of DT_API_TOKEN (401)",
                "Token Authentication failed",
                "expired",
            ][..],
        ),
        (
            Reply::error(403, "Token is missing required scope."),
            &["(403)", "it needs the scope `extensions.write`"],
        ),
        (
            Reply::new(
                403,
                r#"{"error": {"code": 403, "message": "Insufficient permissions.",
                    "details": {"missingScopes": ["extensions:definitions:write"]}}}"#,
            ),
            &[
                "Insufficient permissions.",
                "scope `extensions:definitions:write`",
            ],
        ),
        (
            Reply::new(404, ""),
            &[
                "there is no such API at http",
                "is the URL of the tenant right?",
            ],
        ),
        (Reply::new(413, ""), &["the request is too large (413)"]),
        (
            Reply::new(302, "").with("location", "https://sso.example/login"),
            &["sends us elsewhere (302): https://sso.example/login"],
        ),
        (
            Reply::html(200),
            &["a page for people instead of JSON (200)", "a login page"],
        ),
        (
            Reply::html(403),
            &["a page for people instead of JSON (403)"],
        ),
        (
            Reply::error(500, "Internal"),
            &["the tenant fails (500): Internal"],
        ),
        (Reply::error(503, "busy"), &["the tenant fails (503): busy"]),
        (
            Reply::new(200, "surprise").with("content-type", "text/plain"),
            &["answers what is not understood (200): surprise"],
        ),
        (
            Reply::new(418, "{}"),
            &["answers what is not understood (418)"],
        ),
        (
            // Whoever echoes the token does not get it shown.
            Reply::error(401, "no token dt0c01.PUBLICPART.SECRETPART here"),
            &["no token [token] here"],
        ),
    ] {
        let sandbox = project();
        let server = Server::start([reply]);
        let run = run(&sandbox, &server.url(), &["upload"]);
        assert_eq!(run.code, Some(2), "{told:?} {}", run.stderr);
        for part in told {
            assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
        }
        assert!(!run.stderr.contains("<title>"), "{}", run.stderr);
        assert_eq!(run.stdout, "");
        assert_eq!(server.lines().len(), 1, "{told:?}");
    }
}

#[test]
fn a_token_of_the_other_kind_is_recognized() {
    let sandbox = project();
    let server = Server::start([Reply::error(401, "no")]);
    let mut command = command(&sandbox, &server.url(), &["upload"]);
    let run = end(command.env("DT_API_TOKEN", "dt0s16.A.SECRETPART"));
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("it is a platform token"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_tenant_that_is_not_ready_is_asked_again() {
    let sandbox = project();
    let server = Server::start([
        Reply::error(
            409,
            "Upload not possible yet, please try again in a few seconds.",
        ),
        Reply::html(429).with("retry-after", "0"),
        Reply::new(429, "").with("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"),
        Reply::new(201, TAKEN),
    ]);
    let run = run(&sandbox, &server.url(), &["upload"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert_eq!(
        run.stderr,
        "the tenant is not ready (409: Upload not possible yet, please try again in a few \
         seconds.); trying again in 0s (1 of 6)\n\
         the tenant has too many requests (429); trying again in 0s (2 of 6)\n\
         the tenant has too many requests (429); trying again in 0s (3 of 6)\n"
    );
    let bodies: Vec<usize> = server.asked().iter().map(|it| it.body.len()).collect();
    assert_eq!(bodies, [bodies[0]; 4], "the whole package each time");
}

#[test]
fn patience_ends() {
    let sandbox = project();
    let server = Server::start((0..9).map(|_| Reply::error(409, "Not yet.")));
    let run = run(&sandbox, &server.url(), &["upload", "--retries", "2"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr
            .contains("was not ready (409) in any of 3 tries: Not yet.")
    );
    assert_eq!(server.lines().len(), 3);
}

#[test]
fn what_may_have_arrived_is_sent_again_only_where_that_does_no_harm() {
    let sandbox = project();
    let server = Server::start([Reply::cut_off(), Reply::new(201, TAKEN)]);
    let once = run(&sandbox, &server.url(), &["upload"]);
    assert_eq!(once.code, Some(2), "{}", once.stdout);
    assert!(
        once.stderr
            .contains("whether the request arrived is not known")
    );
    assert_eq!(server.lines().len(), 1);

    let server = Server::start([
        Reply::cut_off(),
        Reply::error(503, ""),
        Reply::new(200, TAKEN),
    ]);
    let again = run(&sandbox, &server.url(), &["upload", "--validate-only"]);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert_eq!(server.lines().len(), 3);
}

/// A package that takes a while.
fn large_project() -> Sandbox {
    let sandbox = Sandbox::new();
    let inner = Entry::new("extension.yaml", MANIFEST);
    let program = Entry::new("lib/pond", vec![7; 3_000_000]);
    let inner = archive::write(&[inner, program], Compression::Stored).expect("an archive");
    let outer = [
        Entry::new("extension.zip", inner),
        Entry::new("extension.zip.sig", "-----BEGIN CMS-----"),
    ];
    let package = archive::write(&outer, Compression::Stored).expect("an archive");
    write_bytes(&sandbox, "pond.zip", &package);
    sandbox
}

#[test]
fn a_large_package_is_sent_when_the_tenant_wants_it() {
    let sandbox = large_project();
    let server = Server::start([Reply::new(201, TAKEN)]);
    let taken = run(&sandbox, &server.url(), &["upload", "pond.zip"]);
    assert_eq!(taken.code, Some(0), "{}", taken.stderr);
    let asked = &server.asked()[0];
    assert_eq!(asked.header("expect"), Some("100-continue"));
    assert!(asked.body.len() > 3_000_000);

    // One that does not know the token does not wait for the package.
    let hasty = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", hasty.local_addr().expect("its address"));
    thread::spawn(move || {
        for stream in hasty.incoming().flatten() {
            let mut lines = BufReader::new(stream);
            let mut line = String::new();
            while lines.read_line(&mut line).is_ok_and(|bytes| bytes > 2) {
                line.clear();
            }
            let answer = "HTTP/1.1 401 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = lines.get_mut().write_all(answer.as_bytes());
        }
    });
    let refused = run(&sandbox, &url, &["upload", "pond.zip"]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("does not know the token"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_host_that_is_not_there_is_told_from_one_that_does_not_answer() {
    let sandbox = project();
    let refused = run(&sandbox, "http://127.0.0.1:1", &["upload"]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("trying again in 0s (2 of 2)"),
        "{}",
        refused.stderr
    );
    assert!(
        refused
            .stderr
            .contains("127.0.0.1 cannot be asked: it refuses the connection"),
        "{}",
        refused.stderr
    );

    let (_never, gate) = channel();
    let server = Server::start([Reply::new(201, TAKEN).after(gate)]);
    let late = run(&sandbox, &server.url(), &["upload", "--timeout", "300ms"]);
    assert_eq!(late.code, Some(2));
    assert!(
        late.stderr.contains("has not answered within 300ms"),
        "{}",
        late.stderr
    );
    assert!(late.stderr.contains("--timeout"), "{}", late.stderr);
    assert_eq!(server.lines().len(), 1);
}

#[test]
fn a_name_that_is_none_is_told() {
    let sandbox = project();
    let run = run(&sandbox, "https://nobody.invalid", &["upload"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr
            .contains("no address is found for nobody.invalid"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("check the URL of the tenant"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_proxy_of_the_environment_is_asked() {
    let sandbox = project();
    let server = Server::start([Reply::new(201, TAKEN)]);
    let proxy = ForwardProxy::to(&server);
    let mut command = command(&sandbox, "http://127.0.0.1:9", &["upload"]);
    let url = proxy.url().replace("http://", "http://me:SECRETPART@");
    let run = end(command.env("HTTP_PROXY", url));
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let asked = &proxy.asked()[0];
    assert_eq!(asked.line, "CONNECT 127.0.0.1:9");
    assert!(asked.header("proxy-authorization").is_some());
    assert_eq!(
        asked.header("authorization"),
        None,
        "the token is not for the proxy"
    );
    assert_eq!(server.lines(), ["POST /api/v2/extensions"]);
}

#[test]
fn no_proxy_is_honored_with_spaces_and_networks() {
    for list in ["example.com, 127.0.0.1", "127.0.0.0/8", "*"] {
        let sandbox = project();
        let server = Server::start([Reply::new(201, TAKEN)]);
        let proxy = ForwardProxy::to(&server);
        let mut command = command(&sandbox, &server.url(), &["upload"]);
        let run = end(command.env("ALL_PROXY", proxy.url()).env("NO_PROXY", list));
        assert_eq!(run.code, Some(0), "{list}: {}", run.stderr);
        assert!(proxy.asked().is_empty(), "{list}");
    }
}

#[test]
fn a_proxy_that_refuses_is_named_as_such() {
    for (status, told) in [
        (
            "407 Proxy Authentication Required",
            "asks for a user and password",
        ),
        ("403 Forbidden", "the proxy does not connect to 127.0.0.1"),
    ] {
        let sandbox = project();
        let server = Server::start([]);
        let proxy = ForwardProxy::answering(status, server.address());
        let mut command = command(&sandbox, &server.url(), &["upload"]);
        let run = end(command.env("HTTP_PROXY", proxy.url()));
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains(told), "{status}: {}", run.stderr);
    }
}
