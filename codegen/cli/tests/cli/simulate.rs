//! `extyped simulate`, with an extension written in shell: whatever language
//! an extension is in, the EEC is the same.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use crate::sandbox::{PATIENCE, Run, Sandbox, end_of, finished, fixture};

const ACTIVATION: &str = r#"{"featureSets": ["Frogs"], "pythonRemote": {}}"#;

/// A folder as an author has it, and the extension in it.
pub(crate) fn pond() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(
        "extension/extension.yaml",
        &fixture("simulate/extension.yaml"),
    );
    sandbox.write("activation.json", ACTIVATION);
    sandbox.write("extension.sh", &fixture("simulate/extension.sh"));
    sandbox
}

/// Runs the extension in one of its ways.
fn simulate(sandbox: &Sandbox, options: &[&str], scenario: &str) -> Run {
    let words = ["simulate"].iter().chain(options);
    let command = ["--", "bash", "extension.sh", scenario];
    let words: Vec<&str> = words.chain(&command).copied().collect();
    sandbox.run(&words)
}

impl Run {
    #[track_caller]
    fn has(&self, part: &str) -> &Self {
        assert!(
            self.stdout.contains(part),
            "no `{part}` in\n{}{}",
            self.stdout,
            self.stderr
        );
        self
    }

    #[track_caller]
    fn lacks(&self, part: &str) -> &Self {
        assert!(!self.stdout.contains(part), "`{part}` in\n{}", self.stdout);
        self
    }

    #[track_caller]
    fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        self
    }
}

/// Whether a process is still there; one that nobody has waited for is not.
fn is_running(id: &str) -> bool {
    let state = if Path::new("/proc/self/stat").exists() {
        // The state stands behind the name, which may hold anything.
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let (_, state) = stat.rsplit_once(')').unwrap_or_default();
        state.trim().to_owned()
    } else {
        let listed = Command::new("ps").args(["-o", "stat=", "-p", id]).output();
        String::from_utf8_lossy(&listed.expect("ps").stdout)
            .trim()
            .to_owned()
    };
    !state.is_empty() && !state.starts_with('Z')
}

/// A process that was killed may take a moment to be gone.
fn assert_gone(id: &str) {
    let until = Instant::now() + PATIENCE;
    while is_running(id) {
        assert!(Instant::now() < until, "{id} still runs");
        std::thread::yield_now();
    }
}

#[test]
fn everything_that_comes_in_is_told_and_summed_up() {
    let run = simulate(&pond(), &[], "sound");
    run.ends_with(0)
        .has("custom:pond 1.0.0 from extension/extension.yaml, feature sets default, Frogs\n")
        .has(" s  userconfig  the activation\n")
        .has(" s  alive       OK\n")
        .has(" s  mint        3 lines; new: pond.ducks, pond.frogs.count\n")
        .has(" s  logs        WARN muddy / water\n")
        .has(" s  events      CUSTOM_INFO a heron\n")
        .has(" s  simulate    SIGINT: SIGINT sent to the extension\n")
        // What it writes and sends while it ends.
        .has(" s  output      got SIGINT\n")
        .has(" s  mint        1 line; new: pond.depth\n")
        .has("pond.ducks               2        2  7\n")
        .has("pond.frogs.count         1        1  +2\n")
        .has("requests    6 on 6 connections\n            userconfig 1, alive 1, mint 2, ")
        .has("taken       4 lines, 1 event, 1 log event\n")
        .has("was asked to end: exit code 0\n")
        .has("invalid     nothing\n")
        .lacks("never reported")
        .lacks("\u{1b}");
    assert_eq!(run.stderr, "");
}

#[test]
fn the_command_gets_the_arguments_of_an_eec() {
    let run = simulate(&pond(), &["--loglevel", "debug"], "arguments");
    run.ends_with(0)
        .has("id extyped-simulator\n")
        .has("configuration simulated-configuration\n")
        .has("level debug\n")
        // Nobody else may read the token, and it is gone at the end.
        .has("output      -rw-------\n");
    let token = run
        .stdout
        .lines()
        .find_map(|line| line.split_once("token "));
    let (_, path) = token.expect("the file of the token");
    assert!(!Path::new(path).exists(), "{path}");
}

#[test]
fn the_activation_is_that_of_development_mode() {
    let sandbox = pond();
    sandbox.write(
        "activation.json",
        r#"{"featureSets": ["Frogs"], "pythonRemote": {"name": "{{who}}", "port": {{port}}}}"#,
    );
    sandbox.write("secrets.json", r#"{"who": "hunter \"22\"", "port": 8443}"#);
    let run = simulate(&sandbox, &[], "activation");
    run.ends_with(0)
        .has("found \"name\"\n")
        .has("found \"port\"\n")
        .has("found \"featureSets\"\n")
        .has("found \"version\"\n")
        .has(r#"sets {"Frogs":["pond.frogs.count"],"default":["pond.ducks","pond.depth"]}"#)
        .lacks("hunter");
}

#[test]
fn without_feature_sets_all_are_on() {
    let sandbox = pond();
    sandbox.write("activation.json", r#"{"pythonRemote": {}}"#);
    simulate(&sandbox, &[], "sound")
        .ends_with(0)
        .has("activation.json names no feature sets, so all are on\n")
        .has("feature sets default, Frogs\n");
}

#[test]
fn what_is_expected_has_to_come() {
    let sandbox = pond();
    let met = [
        "--expect=pond.ducks",
        "--expect=pond.fr*",
        "--expect=pond.ducks,pond=south",
        "--expect-all",
        "--expect-status=OK",
        "--forbid-invalid",
        "--forbid-remarks",
    ];
    simulate(&sandbox, &met, "sound")
        .ends_with(0)
        .has("all that was asked for holds\n");
    let unmet = [
        "--expect=pond.duck",
        "--expect=pond.geese",
        "--expect=pond.ducks,pond=east",
        "--expect-status=WARNING",
    ];
    simulate(&sandbox, &unmet, "sound")
        .ends_with(1)
        .has("failed: expected `pond.duck`: it did not come, and `pond.ducks` did: is that what you mean?\n")
        .has("failed: expected `pond.geese`: it did not come; what came is pond.depth, pond.ducks, pond.frogs.count\n")
        .has("failed: expected `pond.ducks,pond=east`: `pond.ducks` came, but no line has these dimensions; its dimensions are pond\n")
        .has("failed: expected the status WARNING: it is OK, without a message")
        .lacks("holds");
}

#[test]
fn what_is_expected_may_have_the_key_that_is_stored() {
    let sandbox = pond();
    simulate(&sandbox, &["--expect=pond.fish.count,pond=north"], "fish").ends_with(0);
    // The key is right and the dimension is not.
    simulate(&sandbox, &["--expect=pond.fish.count,pond=east"], "fish")
        .ends_with(1)
        .has("`pond.fish` came, but no line has these dimensions; its dimensions are pond\n");
}

#[test]
fn a_manifest_has_as_many_faults_as_check_finds() {
    let sandbox = pond();
    let manifest = fixture("simulate/extension.yaml").replace("unit: Count", "unit: Ducks");
    sandbox.write("extension/extension.yaml", &manifest);
    sandbox.write("extension/activationSchema.json", "[]");
    sandbox.write(
        "extyped.toml",
        "[lints]\nwarnings = \"deny\"\nEXT999 = \"warn\"\n",
    );
    let check = sandbox.run(&["check"]);
    let (_, found) = check
        .stdout
        .trim_end()
        .rsplit_once(" files: ")
        .expect("a sum");
    assert!(found.contains("errors"), "{found}");
    let told = format!("simulate    {found}: see `extyped check extension/extension.yaml`\n");
    simulate(&sandbox, &[], "sound").ends_with(0).has(&told);
}

#[test]
fn metrics_of_the_manifest_that_never_came_are_named() {
    let sandbox = pond();
    simulate(&sandbox, &["--expect-all"], "invalid")
        .ends_with(1)
        .has("in the manifest and never reported\n  pond.frogs.count\n")
        .has("failed: 1 metric of the manifest did not come: `pond.frogs.count`\n");
    // One whose feature set is off need not come.
    sandbox.write(
        "activation.json",
        r#"{"featureSets": [], "pythonRemote": {}}"#,
    );
    simulate(&sandbox, &["--expect-all"], "invalid")
        .ends_with(0)
        .has("feature sets that are off: Frogs\n")
        .lacks("never reported");
}

#[test]
fn what_is_invalid_is_told_with_its_reason() {
    let sandbox = pond();
    simulate(&sandbox, &[], "invalid")
        .ends_with(0)
        .has(" s  invalid     pond.ducks,pond=north four: ")
        .has(" s  remark      pond.geese: the manifest does not have this metric\n")
        .has(" s  mint        2 lines, 1 invalid; new: pond.ducks, pond.geese: refused with 400\n")
        .has("invalid: 1\n");
    simulate(&sandbox, &["--forbid-invalid"], "invalid")
        .ends_with(1)
        .has("failed: 1 invalid: an EEC or the ingest would refuse that\n");
    simulate(&sandbox, &["--forbid-remarks"], "invalid")
        .ends_with(1)
        .has("failed: 1 remark: it is taken but hardly meant\n");
}

#[test]
fn a_fastcheck_ends_with_its_status() {
    let sandbox = pond();
    let check = |found: &str, scenario: &str| {
        let words = [
            "simulate",
            "--fastcheck",
            "--",
            "bash",
            "extension.sh",
            scenario,
        ];
        finished(sandbox.command(&words).env("FOUND", found))
    };
    check("OK", "fastcheck")
        .ends_with(0)
        .has("fastcheck: OK: the pond is there\n");
    check("AUTHENTICATION_ERROR", "fastcheck")
        .ends_with(1)
        .has("failed: the fastcheck found AUTHENTICATION_ERROR: the pond is there\n");
    check("", "mute")
        .ends_with(1)
        .has("failed: the fastcheck told no status\n");
}

#[test]
fn a_fastcheck_that_does_not_end_has_failed() {
    // It tells a good status, and has no word on being asked to end.
    simulate(&pond(), &["--fastcheck", "--for=2s"], "linger")
        .ends_with(1)
        .has("failed: the fastcheck did not end in time\n");
}

#[test]
fn faults_are_injected() {
    simulate(&pond(), &["--fault=mint=503:1x"], "retry")
        .ends_with(0)
        .has("injected mint=503:1x\n")
        .has("mint        1 line: answered 503, injected by mint=503:1x\n")
        .has("faults      met by 1 call\n");
}

#[test]
fn chaos_spares_the_calls_with_which_an_extension_starts() {
    let run = simulate(&pond(), &["--chaos=7:1"], "activation");
    run.ends_with(0)
        .has("faults at random, seed and share 7:1\n")
        .has(" s  userconfig  the activation\n")
        .has(" s  featuresets the feature sets\n")
        .has("injected by all=");
}

#[test]
fn a_recording_holds_every_request_and_no_secret() {
    let sandbox = pond();
    let run = simulate(&sandbox, &["--record=run.jsonl"], "sound");
    run.ends_with(0);
    let recording = sandbox.read("run.jsonl");
    let calls: Vec<String> = recording
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .map(|entry| entry["call"].as_str().expect("a call").to_owned())
        .collect();
    assert_eq!(
        calls,
        ["userconfig", "alive", "mint", "logs", "events", "mint"]
    );
    assert!(!recording.contains("dt0e01"), "{recording}");
    simulate(&sandbox, &["--record=no/such/folder.jsonl"], "sound").ends_with(2);
}

#[test]
fn a_recording_does_not_take_the_place_of_what_it_is_made_from() {
    let sandbox = pond();
    sandbox.write("secrets.json", "{}");
    sandbox.link("alias.json", "activation.json");
    for input in [
        "extension/extension.yaml",
        "activation.json",
        "./extension/../secrets.json",
        "alias.json",
    ] {
        let before = sandbox.read(input);
        let run = simulate(&sandbox, &["--record", input], "sound");
        run.ends_with(2);
        let told = format!("{input} is an input of this run");
        assert!(run.stderr.contains(&told), "{}", run.stderr);
        assert_eq!(sandbox.read(input), before);
    }
}

#[test]
fn an_extension_that_ends_by_itself_has_failed() {
    simulate(&pond(), &[], "crash")
        .ends_with(1)
        .has(" s  output      it broke\n")
        .has("failed: the extension ended by itself after ")
        .has(" s, with exit code 3\n");
    simulate(&pond(), &[], "mute")
        .ends_with(1)
        .has("with exit code 0: it has to run until it is asked to end\n");
}

#[test]
fn how_it_ends_when_asked_is_told() {
    let sandbox = pond();
    simulate(&sandbox, &["--expect-status=OK"], "sulk")
        .ends_with(1)
        .has("expected the status OK: it is WARNING, \"no bread\"; a status is told every 50 s")
        .has("failed: the extension was asked to end and did so with exit code 4\n");
    // It does not handle the signal; nothing forces it to.
    simulate(&sandbox, &[], "unhandled")
        .ends_with(0)
        .has("was asked to end: ended by SIGINT\n");
    simulate(&sandbox, &[], "broken")
        .ends_with(1)
        .has("failed: the extension was asked to end with SIGINT and ended by SIGABRT\n");
    simulate(&sandbox, &["--signal=term"], "sound")
        .ends_with(0)
        .has("SIGINT: SIGTERM sent to the extension\n")
        .has("got SIGTERM\n");
}

#[test]
fn a_terminal_that_closes_asks_once_however_often_it_is_told() {
    simulate(&pond(), &[], "hangup")
        .ends_with(0)
        .has("SIGHUP: SIGINT sent to the extension\n")
        .has(" s  output      done\n")
        .lacks("killed");
}

#[test]
fn an_extension_that_does_not_end_is_killed_with_what_it_started() {
    let sandbox = pond();
    simulate(&sandbox, &["--grace=100ms"], "deaf")
        .ends_with(1)
        .has("it did not end in time: killed\n")
        .has("failed: the extension did not end within 100ms of SIGINT and was killed\n");
    for id in sandbox.read("pids").split_whitespace() {
        assert_gone(id);
    }
}

/// Starts the extension, and is gone before it when it is asked to end.
const WRAPPER: &str =
    r#"export SIMULATOR=$PPID; (trap - INT && exec bash extension.sh "$@") & wait"#;

#[test]
fn an_extension_behind_a_wrapper_has_its_time_to_end() {
    let sandbox = pond();
    let wrapped = |options: &[&str], scenario: &str| {
        let words = [options, &["--", "bash", "-c", WRAPPER, "wrapper", scenario]].concat();
        let words: Vec<&str> = ["simulate"].into_iter().chain(words).collect();
        sandbox.run(&words)
    };
    wrapped(&[], "lasting")
        .ends_with(0)
        .has("new: pond.depth\n")
        .has(" s  output      done\n")
        .has("was asked to end: ended by SIGINT\n")
        .lacks("killed");
    wrapped(&["--grace=100ms"], "deaf")
        .ends_with(1)
        .has("what it started did not end in time: killed\n")
        .has(
            "failed: what the command started did not end within 100ms of SIGINT and was killed\n",
        );
    for id in sandbox.read("pids").split_whitespace() {
        assert_gone(id);
    }
}

#[test]
fn what_a_command_leaves_is_asked_to_end() {
    let sandbox = pond();
    let script = r#"
        export SIMULATOR=$PPID
        (trap - INT && exec bash extension.sh "$@") &
        until [ -e ready ]; do sleep 0.1; done
    "#;
    let words = [
        "simulate",
        "--",
        "bash",
        "-c",
        script,
        "wrapper",
        "leisurely",
    ];
    sandbox
        .run(&words)
        .ends_with(1)
        .has("it ended and left a process: SIGINT sent to the extension\n")
        .has(" s  output      done\n")
        .has("failed: the extension ended by itself after ")
        .lacks("killed");
}

#[test]
fn a_reader_that_pauses_does_not_hold_up_the_run() {
    let sandbox = pond();
    let simulator = sandbox
        .command(&["simulate", "--", "bash", "extension.sh", "flood"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("extyped starts");
    // Nobody reads, and the extension is served, asked to end, and does.
    let until = Instant::now() + PATIENCE;
    while !sandbox.path("ended").exists() {
        assert!(Instant::now() < until, "it is held up");
        std::thread::yield_now();
    }
    end_of(simulator)
        .ends_with(0)
        .has(" lines were left out: nobody read\n")
        .has("pond.ducks ")
        .has("was asked to end: exit code 0\n");
}

#[test]
fn a_reader_that_never_reads_is_not_waited_for_when_asked() {
    let sandbox = pond();
    let mut simulator = sandbox
        .command(&["simulate", "--", "bash", "extension.sh", "flood"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("extyped starts");
    let until = Instant::now() + PATIENCE;
    let status = loop {
        if sandbox.path("ended").exists() {
            let id = simulator.id().to_string();
            let sent = Command::new("kill").args(["-INT", &id]).status();
            sent.expect("kill");
        }
        if let Some(status) = simulator.try_wait().expect("a process of ours") {
            break status;
        }
        if Instant::now() > until {
            let _ = simulator.kill();
            panic!("it waits for a reader");
        }
        std::thread::yield_now();
    };
    assert_eq!(status.code(), Some(2));
}

#[test]
fn a_run_ends_when_its_time_is_over() {
    simulate(&pond(), &["--for=100ms"], "idle")
        .ends_with(0)
        .has("the time is over: SIGINT sent to the extension\n");
}

#[test]
fn nothing_is_left_when_nobody_reads() {
    let sandbox = pond();
    let mut simulator = sandbox
        .command(&["simulate", "--", "bash", "extension.sh", "chatter"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("extyped starts");
    let mut lines = BufReader::new(simulator.stdout.take().expect("its output")).lines();
    let heartbeat = lines.find(|line| {
        let line = line.as_ref().expect("UTF-8");
        line.contains("still here")
    });
    assert!(heartbeat.is_some(), "it runs until the reader goes");
    drop(lines);
    let run = end_of(simulator);
    assert_eq!(run.code, Some(2));
    assert_eq!(run.stderr, "");
    let id = sandbox.read("pids");
    assert_gone(id.trim());
}

#[test]
fn without_a_command_it_says_how_to_start_one() {
    let sandbox = pond();
    let mut simulator = sandbox
        .command(&["simulate", "--expect=pond.frogs.count"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("extyped starts");
    let mut lines = BufReader::new(simulator.stdout.take().expect("its output")).lines();
    let arguments = loop {
        let line = lines.next().expect("a line").expect("UTF-8");
        if let Some((_, arguments)) = line.split_once("start the extension with: ") {
            break arguments.to_owned();
        }
    };
    // The extension asks its parent to end: a shell that hands the wish on.
    let script = format!(
        "trap 'kill -INT {}' INT; bash extension.sh sound {arguments} & wait $!; kill $!; wait",
        simulator.id()
    );
    let shell = Command::new("bash")
        .args(["-c", &script])
        .current_dir(sandbox.path("."))
        .stdout(Stdio::null())
        .status()
        .expect("bash");
    let rest: Vec<String> = lines.map(|line| line.expect("UTF-8")).collect();
    let status = simulator.wait().expect("it ends");
    let told = rest.join("\n");
    assert!(
        told.contains("mint        3 lines; new: "),
        "{told}\n{shell:?}"
    );
    assert!(told.contains("all that was asked for holds"), "{told}");
    assert_eq!(status.code(), Some(0), "{told}");
}

#[test]
fn what_cannot_run_says_what_to_do() {
    let sandbox = pond();
    let fails = |words: &[&str], parts: &[&str]| {
        let run = sandbox.run(words);
        run.ends_with(2);
        for part in parts {
            assert!(run.stderr.contains(part), "no `{part}` in\n{}", run.stderr);
        }
    };
    fails(
        &["simulate", "--", "no-such-program"],
        &[
            "no-such-program cannot be started: ",
            "help: build it first",
        ],
    );
    fails(
        &["simulate", "--activation=none.json", "--", "true"],
        &["none.json cannot be read: "],
    );
    fails(
        &["simulate", "--manifest=none", "--", "true"],
        &["none: the file cannot be read"],
    );
    fails(
        &["simulate", "--fault=mint=busy", "--", "true"],
        &["`mint=busy` is no fault: `busy` is none of"],
    );
    fails(
        &["simulate", "--expect-status=fine", "--", "true"],
        &["it is one of OK, GENERIC_ERROR"],
    );
    fs::remove_file(sandbox.path("activation.json")).expect("the activation");
    fails(
        &["simulate", "--", "true"],
        &[
            "there is no activation.json here",
            "help: `extyped activation --sample` writes one",
        ],
    );
    sandbox.write(
        "activation.json",
        r#"{"pythonRemote": {"key": "{{api-key}}"}}"#,
    );
    fails(
        &["simulate", "--", "true"],
        &[
            "activation.json, line 1: there is no secret `api-key`",
            "help: write secrets.json, an object such as {\"api-key\": \"…\"}",
        ],
    );
    sandbox.write("extension/extension.yaml", "- no\n- manifest\n");
    fails(
        &["simulate", "--", "true"],
        &["extension/extension.yaml is no manifest"],
    );
}
