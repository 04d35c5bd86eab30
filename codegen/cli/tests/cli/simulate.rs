//! `extyped simulate`, with an extension written in shell: whatever language
//! an extension is in, the EEC is the same.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::sandbox::{Run, Sandbox, end_of, finished, fixture};

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
pub(crate) fn simulate(sandbox: &Sandbox, options: &[&str], scenario: &str) -> Run {
    let words = ["simulate"].iter().chain(options);
    let command = ["--", "bash", "extension.sh", scenario];
    let words: Vec<&str> = words.chain(&command).copied().collect();
    sandbox.run(&words)
}

impl Run {
    #[track_caller]
    pub(crate) fn has(&self, part: &str) -> &Self {
        assert!(
            self.stdout.contains(part),
            "no `{part}` in\n{}{}",
            self.stdout,
            self.stderr
        );
        self
    }

    #[track_caller]
    pub(crate) fn lacks(&self, part: &str) -> &Self {
        assert!(!self.stdout.contains(part), "`{part}` in\n{}", self.stdout);
        self
    }

    #[track_caller]
    pub(crate) fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        self
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
fn a_recording_holds_every_request() {
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
    simulate(&sandbox, &["--record=no/such/folder.jsonl"], "sound").ends_with(2);
}

#[test]
fn a_recording_holds_no_secret() {
    let sandbox = pond();
    sandbox.write(
        "activation.json",
        r#"{"featureSets": ["Frogs"], "pythonRemote": {"name": "{{who}}", "key": "cleartext"}}"#,
    );
    sandbox.write("secrets.json", r#"{"who": "hunter \"22\""}"#);
    let run = simulate(&sandbox, &["--record=run.jsonl"], "activation");
    run.ends_with(0).has("found \"name\"\n");
    let recording = sandbox.read("run.jsonl");
    let entry = recording.lines().next().expect("the activation");
    let entry: Value = serde_json::from_str(entry).expect("JSON");
    assert_eq!(entry["call"], "userconfig");
    let token = sandbox.read("token");
    assert!(token.len() > 20, "{token}");
    for secret in [token.as_str(), "hunter", "cleartext"] {
        assert!(!recording.contains(secret), "`{secret}` in\n{recording}");
        assert!(
            !run.stdout.contains(secret),
            "`{secret}` in\n{}",
            run.stdout
        );
    }
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
fn without_a_command_it_says_how_to_start_one() {
    let sandbox = pond();
    let folder = sandbox.path("a folder of whoever's");
    fs::create_dir(&folder).expect("a folder");
    let mut simulator = sandbox
        .command(&["simulate", "--expect=pond.frogs.count"])
        .env("TMPDIR", folder)
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
    let code = end_of(simulator).code;
    let told = rest.join("\n");
    assert!(
        told.contains("mint        3 lines; new: "),
        "{told}\n{shell:?}"
    );
    assert!(told.contains("all that was asked for holds"), "{told}");
    assert_eq!(code, Some(0), "{told}");
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
