//! `extyped upload`.

#[cfg(target_os = "linux")]
use std::{sync::mpsc::channel, time::Instant};

use extyped_package::archive::{self, Compression, Entry};
use serde_json::json;

use super::server::{Reply, Server};
use super::{MANIFEST, TOKEN, command, end, package, project, run, write_bytes};
use crate::sandbox::Sandbox;
#[cfg(target_os = "linux")]
use crate::sandbox::{PATIENCE, end_of};

const TAKEN: &str = r#"{"extensionName": "custom:pond", "version": "1.2.3",
    "author": {"name": "me"}, "dataSources": ["python"], "fileHash": "0"}"#;

#[test]
fn a_package_is_sent_as_it_is_with_the_token_in_a_header() {
    let sandbox = project();
    let server = Server::start([Reply::new(201, TAKEN)]);
    let run = run(&sandbox, &server.url(), &["upload"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let url = server.url();
    assert_eq!(
        run.stdout,
        format!(
            "dist/custom_pond-1.2.3.zip: {url} has taken it as custom:pond 1.2.3\n\
             it is not active yet; --activate would make it so\n"
        )
    );
    let asked = &server.asked()[0];
    assert_eq!(asked.line, "POST /api/v2/extensions");
    assert_eq!(
        asked.header("authorization"),
        Some(&*format!("Api-Token {TOKEN}"))
    );
    assert_eq!(
        asked.header("content-type"),
        Some("application/octet-stream")
    );
    assert_eq!(
        asked.header("accept"),
        Some("application/json; charset=utf-8")
    );
    assert!(
        asked
            .header("user-agent")
            .is_some_and(|it| it.starts_with("extyped/"))
    );
    assert_eq!(asked.body, package(MANIFEST));
}

#[test]
fn a_platform_has_its_own_paths_and_its_own_token() {
    let sandbox = project();
    let server = Server::start([
        Reply::new(204, ""),
        Reply::new(201, TAKEN),
        Reply::error(404, "no"),
        Reply::new(200, r#"{"version": "1.2.3"}"#),
    ]);
    let platform = ["--api", "platform"];
    for arguments in [
        &["upload", "--validate-only"][..],
        &["upload", "--activate"],
    ] {
        let mut command = command(&sandbox, &server.url(), arguments);
        command
            .args(platform)
            .env("DT_PLATFORM_TOKEN", "dt0s16.A.SECRETPART");
        let run = end(&mut command);
        assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    }
    let active = "/platform/extensions/v2/extensions/custom:pond/environment-configuration";
    assert_eq!(
        server.lines(),
        [
            "POST /platform/extensions/v2/extensions:validate".to_owned(),
            "POST /platform/extensions/v2/extensions".to_owned(),
            format!("GET {active}"),
            format!("POST {active}"),
        ]
    );
    for asked in server.asked() {
        assert_eq!(
            asked.header("authorization"),
            Some("Bearer dt0s16.A.SECRETPART")
        );
    }
}

#[test]
fn what_is_only_validated_is_not_stored() {
    let sandbox = project();
    let server = Server::start([Reply::new(200, TAKEN)]);
    let run = run(&sandbox, &server.url(), &["upload", "--validate-only"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("would take it as custom:pond 1.2.3"));
    assert_eq!(
        server.lines(),
        ["POST /api/v2/extensions?validateOnly=true"]
    );
}

#[test]
fn activating_says_what_was_active_before() {
    let active = "/api/v2/extensions/custom:pond/environmentConfiguration";
    for (asked, method, told) in [
        (
            Reply::new(200, r#"{"version": "1.2.2"}"#),
            Some("PUT"),
            "custom:pond 1.2.3 is active, before it was 1.2.2\n",
        ),
        (
            Reply::error(404, "Environment configuration not found"),
            Some("POST"),
            "custom:pond 1.2.3 is active, the first version to be\n",
        ),
        // The token may write and not read.
        (
            Reply::error(403, "Token is missing required scope"),
            Some("PUT"),
            "custom:pond 1.2.3 is active\n",
        ),
        (
            Reply::new(200, r#"{"version": "1.2.3"}"#),
            None,
            "custom:pond 1.2.3 is active already\n",
        ),
    ] {
        let sandbox = project();
        let server = Server::start([
            Reply::new(201, TAKEN),
            asked,
            Reply::new(200, r#"{"version": "1.2.3"}"#),
        ]);
        let run = run(&sandbox, &server.url(), &["upload", "--activate"]);
        assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.ends_with(told), "{}", run.stdout);
        let lines = server.lines();
        assert_eq!(lines.get(1), Some(&format!("GET {active}")));
        let wanted = method.map(|method| format!("{method} {active}"));
        assert_eq!(lines.get(2), wanted.as_ref());
        if method.is_some() {
            assert_eq!(server.asked()[2].json(), json!({"version": "1.2.3"}));
        }
    }
}

#[test]
fn an_activation_that_fails_leaves_no_doubt_that_the_upload_did_not() {
    let sandbox = project();
    let server = Server::start([
        Reply::new(201, TAKEN),
        Reply::error(404, "no"),
        Reply::error(403, "Token is missing required scope"),
    ]);
    let run = run(&sandbox, &server.url(), &["upload", "--activate"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stdout.contains("has taken it as custom:pond 1.2.3"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr.contains("`extensionEnvironment.write`"),
        "{}",
        run.stderr
    );
}

fn refused(violations: &serde_json::Value) -> Reply {
    let error = json!({"error": {"code": 400, "message": "Constraints violated.",
        "constraintViolations": violations}});
    Reply::new(400, error.to_string())
}

#[test]
fn violations_are_shown_at_the_lines_of_the_manifest() {
    let sandbox = project();
    let violations = json!([
        {"path": "metrics[0].metadata.unit", "message": "unit `Frog` is unknown",
         "parameterLocation": "PAYLOAD_BODY", "location": ""},
        {"path": "/metrics/7/key", "message": "is too short", "location": ""},
        {"path": "", "message": "alerts/low.json: $.threshold: must be positive"},
        {"path": "dashboards/gone.json", "message": "is missing"},
        {"path": "who.knows", "message": "is odd\u{1b}[31m"},
    ]);
    let server = Server::start([refused(&violations)]);
    let run = run(&sandbox, &server.url(), &["upload", "--validate-only"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn a_package_alone_shows_what_is_in_it() {
    let sandbox = Sandbox::new();
    write_bytes(&sandbox, "pond.zip", &package(MANIFEST));
    let violations = json!([{"path": "#/name", "message": "no"}]);
    let server = Server::start([refused(&violations)]);
    let run = run(&sandbox, &server.url(), &["upload", "pond.zip"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(
        run.stdout.contains("--> pond.zip:extension.yaml:1:7"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_version_that_is_there_asks_for_the_next_one() {
    for (status, message) in [
        (400, "Extension version 1.2.3 already exists"),
        (409, "Version 1.2.3 of custom:pond already exists"),
    ] {
        let sandbox = project();
        let server = Server::start([Reply::error(status, message)]);
        let run = run(&sandbox, &server.url(), &["upload"]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        for part in [message, "extension/extension.yaml:2:10", "raise `version`"] {
            assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
        }
        assert_eq!(server.lines().len(), 1, "nothing changes by waiting");
    }
}

#[test]
fn what_cannot_be_made_active_is_uploaded_all_the_same() {
    let sandbox = project();
    let server = Server::start([
        Reply::new(201, TAKEN),
        Reply::error(404, "no"),
        Reply::error(404, "no"),
    ]);
    let run = run(&sandbox, &server.url(), &["upload", "--activate"]);
    assert_eq!(run.code, Some(2), "{}", run.stdout);
    let said = "the extension is uploaded, and not active";
    assert!(run.stderr.contains(said), "{}", run.stderr);
}

#[test]
fn a_signature_that_is_not_trusted_says_where_the_certificate_belongs() {
    let sandbox = project();
    let server = Server::start([Reply::error(400, "Signature verification failed")]);
    let run = run(&sandbox, &server.url(), &["upload"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stdout.contains("scope Extension validation"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_tenant_that_stumbles_over_the_extension_refuses_it() {
    let schema = "Schema validation failed with Exception: 'Nullable property must not have a \
        default value set' for Property 'logLevel'";
    let sandbox = project();
    let server = Server::start([
        Reply::error(500, schema),
        Reply::error(500, "Internal Server Error occurred."),
    ]);
    let first = run(&sandbox, &server.url(), &["upload", "--validate-only"]);
    assert_eq!(first.code, Some(1), "{}", first.stderr);
    assert!(
        first.stdout.contains("Nullable property"),
        "{}",
        first.stdout
    );
    let second = run(&sandbox, &server.url(), &["upload"]);
    assert_eq!(second.code, Some(2));
    assert!(
        second
            .stderr
            .contains("`extyped upload --validate-only` may say")
    );
}

#[test]
fn what_no_tenant_takes_is_not_sent() {
    let entry = |name: &str, content: &[u8]| Entry::new(name, content);
    let zip = |entries: &[Entry]| archive::write(entries, Compression::Stored).expect("an archive");
    let inner = zip(&[entry("extension.yaml", MANIFEST.as_bytes())]);
    let signature = || entry("extension.zip.sig", b"-----BEGIN CMS-----");
    let whole = || entry("extension.zip", &inner);
    let large = vec![7; 25 * 1_024 * 1_024 + 1];
    let nameless = zip(&[entry("extension.yaml", b"version: 1.0.0")]);
    for (bytes, told) in [
        (large, "it is larger than 25 MB"),
        (b"name: custom:pond".to_vec(), "it cannot be read"),
        (b"PK\x03\x04".to_vec(), "it cannot be read"),
        (inner.clone(), "it is an extension.zip, which is not signed"),
        (zip(&[entry("a", b"")]), "there is no extension.zip in it"),
        (zip(&[whole()]), "there is no extension.zip.sig in it"),
        (
            zip(&[whole(), entry("extension.zip.sig", b"")]),
            "there is no extension.zip.sig in it",
        ),
        (
            zip(&[whole(), signature(), entry("readme", b"")]),
            "`readme` does not belong into a package",
        ),
        (
            zip(&[entry("extension.zip", &nameless), signature()]),
            "has no `name`",
        ),
    ] {
        let sandbox = Sandbox::new();
        write_bytes(&sandbox, "pond.zip", &bytes);
        let server = Server::start([]);
        let run = run(&sandbox, &server.url(), &["upload", "pond.zip"]);
        assert_eq!(run.code, Some(1), "{told}: {}", run.stderr);
        assert!(run.stderr.contains(told), "{told}: {}", run.stderr);
        assert_eq!(server.lines(), [""; 0], "{told}");
    }
}

#[test]
fn a_project_that_was_not_built_says_what_is_missing() {
    let sandbox = Sandbox::with_manifest(MANIFEST);
    let run = run(&sandbox, "https://t.invalid", &["upload", "."]);
    assert_eq!(run.code, Some(2));
    for part in ["dist/custom_pond-1.2.3.zip", "`extyped build` makes it"] {
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
}

#[test]
fn a_package_of_another_manifest_is_told_of() {
    let sandbox = project();
    sandbox.write(
        "extension/extension.yaml",
        &MANIFEST.replace("Frogs.", "Toads."),
    );
    let server = Server::start([Reply::new(201, TAKEN)]);
    let run = run(&sandbox, &server.url(), &["upload"]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.stderr
            .contains("extension/extension.yaml is not the manifest that dist/"),
        "{}",
        run.stderr
    );
}

#[test]
fn an_argument_is_no_place_for_a_token() {
    let sandbox = project();
    for argument in [
        "--token=dt0c01.A.SECRETPART",
        "--api-token=dt0c01.A.SECRETPART",
        "--token",
    ] {
        let refused = run(&sandbox, "https://t.invalid", &["upload", argument]);
        assert_eq!(refused.code, Some(2));
        assert!(
            refused.stderr.contains("show in `ps`"),
            "{}",
            refused.stderr
        );
    }
    // Before anything else: it has been seen, whatever else is wrong.
    let nothing = Sandbox::new();
    let first = run(
        &nothing,
        "",
        &["config", "apply", "x", "--token=SECRETPART"],
    );
    assert!(first.stderr.contains("show in `ps`"), "{}", first.stderr);
    let help = sandbox.run(&["upload", "--help"]);
    assert!(!help.stdout.contains("--token "), "{}", help.stdout);
}

#[test]
fn a_token_comes_from_a_file_or_standard_input() {
    let sandbox = project();
    sandbox.write("token", " dt0c01.B.SECRETPART\n");
    let server = Server::start([Reply::new(201, TAKEN), Reply::new(201, TAKEN)]);
    let mut from_file = command(
        &sandbox,
        &server.url(),
        &["upload", "--token-file", "token"],
    );
    let run = end(from_file.env_remove("DT_API_TOKEN"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    #[cfg(unix)]
    assert!(
        run.stderr.contains("others on this machine can read token"),
        "{}",
        run.stderr
    );
    let mut from_stdin = command(&sandbox, &server.url(), &["upload", "--token-file", "-"]);
    let file = std::fs::File::open(sandbox.path("token")).expect("the file");
    let run = end(from_stdin.stdin(file));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stderr, "");
    for asked in server.asked() {
        assert_eq!(
            asked.header("authorization"),
            Some("Api-Token dt0c01.B.SECRETPART")
        );
    }
}

#[cfg(unix)]
#[test]
fn a_token_that_only_its_owner_reads_needs_no_word() {
    use std::os::unix::fs::PermissionsExt as _;

    let sandbox = project();
    sandbox.write("token", "dt0c01.B.SECRETPART");
    let only_mine = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(sandbox.path("token"), only_mine).expect("permissions");
    let server = Server::start([Reply::new(201, TAKEN)]);
    let run = run(
        &sandbox,
        &server.url(),
        &["upload", "--token-file", "token"],
    );
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
}

#[test]
fn without_url_or_token_there_is_a_word_on_where_to_put_them() {
    let sandbox = project();
    let mut no_url = sandbox.command(&["upload"]);
    let run = end(no_url.env_remove("DT_TENANT_URL").env_remove("DT_API_URL"));
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("set DT_TENANT_URL"), "{}", run.stderr);
    let mut no_token = command(&sandbox, "https://t.invalid", &["upload"]);
    let run = end(no_token.env_remove("DT_API_TOKEN"));
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("DT_API_TOKEN is not set"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_url_comes_from_the_environment_too() {
    for variable in ["DT_TENANT_URL", "DT_API_URL"] {
        let sandbox = project();
        let server = Server::start([Reply::new(201, TAKEN)]);
        let mut command = sandbox.command(&["upload"]);
        command
            .env_remove("DT_TENANT_URL")
            .env("DT_API_TOKEN", TOKEN);
        let run = end(command.env(variable, server.url()));
        assert_eq!(run.code, Some(0), "{variable}: {}", run.stderr);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_token_is_not_among_the_processes() {
    let sandbox = project();
    let (go_on, gate) = channel();
    let server = Server::start([Reply::new(201, TAKEN).after(gate)]);
    let mut command = command(&sandbox, &server.url(), &["upload"]);
    command.stdout(std::process::Stdio::piped());
    command.stderr(std::process::Stdio::piped());
    let child = command.spawn().expect("extyped starts");
    // It waits for the answer now.
    let until = Instant::now() + PATIENCE;
    while server.lines().is_empty() {
        assert!(Instant::now() < until, "it never asked");
        std::thread::yield_now();
    }
    let path = format!("/proc/{}/cmdline", child.id());
    let words = std::fs::read(path).expect("a process of ours");
    let words = String::from_utf8_lossy(&words).replace('\0', " ");
    assert!(words.contains(" upload "), "{words}");
    assert!(!words.contains("SECRETPART"), "{words}");
    go_on.send(()).expect("it waits");
    assert_eq!(end_of(child).code, Some(0));
}
