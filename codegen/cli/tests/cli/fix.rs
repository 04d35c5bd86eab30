//! `extyped check --fix`.

use crate::sandbox::{Sandbox, fixture};

#[test]
fn counters_without_the_suffix_are_mended_in_every_place() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    let run = sandbox.run(&["check", "--fix"]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    // The places, and nothing else: comments, quotes and spaces stay.
    assert_eq!(
        sandbox.read("extension.yaml"),
        fixture("counters/mended.yaml")
    );
    assert!(
        run.stdout.starts_with("mended extension.yaml:\n"),
        "{}",
        run.stdout
    );
    for key in ["lb.bytes.in.count", "lb.bytes.out.count"] {
        assert!(run.stdout.contains(key), "{}", run.stdout);
    }
    assert_eq!(sandbox.names(), ["activationSchema.json", "extension.yaml"]);
}

#[test]
fn counters_that_an_option_calls_counts_are_mended_alike() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    let kinds = ["--kind=lb.bytes.in=count", "--kind=lb.bytes.out=count"];
    let flagged = sandbox.run(&["check", kinds[0], kinds[1]]);
    assert_eq!(flagged.code, Some(1), "{}", flagged.stdout);
    assert!(flagged.stdout.contains("EXT030"), "{}", flagged.stdout);
    sandbox.run(&["check", "--fix", kinds[0], kinds[1]]);
    assert_eq!(
        sandbox.read("extension.yaml"),
        fixture("counters/mended.yaml")
    );
}

#[test]
fn mending_twice_changes_nothing_more() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/mended.yaml"));
    let run = sandbox.run(&["check", "--fix"]);
    assert!(!run.stdout.contains("mended"), "{}", run.stdout);
    assert_eq!(
        sandbox.read("extension.yaml"),
        fixture("counters/mended.yaml")
    );
}

#[test]
fn line_ends_and_a_byte_order_mark_survive() {
    let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let sandbox = Sandbox::with_manifest(&windows(&fixture("counters/extension.yaml")));
    sandbox.run(&["check", "--fix"]);
    assert_eq!(
        sandbox.read("extension.yaml"),
        windows(&fixture("counters/mended.yaml"))
    );
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    let run = sandbox.run(&["check", "--fix", "--dry-run"]);
    assert!(
        run.stdout.contains("would mend extension.yaml:\n"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("EXT033"), "{}", run.stdout);
    assert_eq!(
        sandbox.read("extension.yaml"),
        fixture("counters/extension.yaml")
    );
}

#[test]
fn a_dry_run_shows_the_diff_that_a_run_makes() {
    let sandbox = counters_with_dashboard();
    let run = sandbox.run(&["check", "--fix", "--dry-run"]);
    for line in [
        "--- extension.yaml",
        "+++ extension.yaml",
        "-        - key: lb.bytes.in     # what clients send",
        "+        - key: lb.bytes.in.count     # what clients send",
        "--- dashboards/traffic.json",
        "-  \"tiles\": [{\"query\": \"timeseries avg(lb.bytes.in)\"}]",
        "+  \"tiles\": [{\"query\": \"timeseries avg(lb.bytes.in.count)\"}]",
    ] {
        assert!(
            run.stdout.lines().any(|it| it == line),
            "{line}\n{}",
            run.stdout
        );
    }
    assert_eq!(sandbox.read("dashboards/traffic.json"), DASHBOARD);
}

const DASHBOARD: &str =
    "{\n  \"name\": \"Traffic\",\n  \"tiles\": [{\"query\": \"timeseries avg(lb.bytes.in)\"}]\n}\n";

fn counters_with_dashboard() -> Sandbox {
    let manifest = fixture("counters/extension.yaml");
    let sandbox = Sandbox::with_manifest(&format!(
        "{manifest}\ndashboards:\n  - path: dashboards/traffic.json\n  - path: missing.json\n"
    ));
    sandbox.write("dashboards/traffic.json", DASHBOARD);
    sandbox
}

#[test]
fn a_metric_is_renamed_in_the_files_that_the_manifest_names() {
    let sandbox = counters_with_dashboard();
    let run = sandbox.run(&["check", "--fix"]);
    assert_eq!(
        sandbox.read("dashboards/traffic.json"),
        DASHBOARD.replace("lb.bytes.in", "lb.bytes.in.count")
    );
    assert!(
        run.stdout.contains("mended dashboards/traffic.json:\n"),
        "{}",
        run.stdout
    );
    let before = sandbox.read("extension.yaml");
    sandbox.run(&["check", "--fix"]);
    assert_eq!(sandbox.read("extension.yaml"), before);
}

#[test]
fn a_metric_keeps_its_name_where_a_file_that_names_it_cannot_be_edited() {
    let sandbox = counters_with_dashboard();
    sandbox.write("dashboards/traffic.json", "{\"query\": \"lb.bytes.in\",");
    let run = sandbox.run(&["check", "--fix"]);
    let manifest = sandbox.read("extension.yaml");
    assert!(!manifest.contains("lb.bytes.in.count"), "{manifest}");
    assert!(manifest.contains("lb.bytes.out.count"), "{manifest}");
    assert!(
        run.stdout.contains(
            "note: `lb.bytes.in` keeps its name: dashboards/traffic.json names it and is no JSON"
        ),
        "{}",
        run.stdout
    );
}

#[test]
fn no_program_gets_half_a_rename() {
    let sandbox = counters_with_dashboard();
    let titles = || {
        let json = sandbox.run(&["check", "--format=json"]).stdout;
        let findings: Vec<serde_json::Value> = serde_json::from_str(&json).expect("an array");
        let fixes = findings.iter().filter_map(|it| it["fix"]["title"].as_str());
        fixes.map(str::to_owned).collect::<Vec<_>>()
    };
    let offers = |fixes: &[String], from: &str| {
        let from = format!("`{from}`");
        fixes.iter().any(|title| title.contains(&from))
    };
    // The dashboard names one of them.
    let fixes = titles();
    assert!(!offers(&fixes, "lb.bytes.in"), "{fixes:?}");
    assert!(offers(&fixes, "lb.bytes.out"), "{fixes:?}");
    let sarif = sandbox.run(&["check", "--format=sarif"]).stdout;
    let replaced =
        |name: &str| sarif.contains(&format!(r#""insertedContent":{{"text":"{name}"}}"#));
    assert!(!replaced("lb.bytes.in.count"), "{sarif}");
    assert!(replaced("lb.bytes.out.count"), "{sarif}");
    // Where the manifest alone does the whole is handed out.
    sandbox.write("dashboards/traffic.json", "{}\n");
    let fixes = titles();
    assert!(offers(&fixes, "lb.bytes.in"), "{fixes:?}");
}

/// An activation schema with an option of a kind; `string` is one that is
/// mended.
fn schema(kind: &str) -> String {
    format!(
        "{{\"types\": {{\"pythonRemote\": {{\"type\": \"object\", \"properties\": {{\n  \
         \"url\": {{\"type\": \"{kind}\"}}\n}}}}}}, \"properties\": {{\"pythonRemote\": \
         {{\"type\": {{\"$ref\": \"#/types/pythonRemote\"}}}}}}}}\n"
    )
}

#[cfg(unix)]
#[test]
fn a_file_outside_the_folder_stays_as_it_is_whatever_links_to_it() {
    let manifest = fixture("counters/extension.yaml");
    let manifest = format!("{manifest}\ndashboards:\n  - path: traffic.json\n");
    let sandbox = Sandbox::new();
    sandbox.write("others/traffic.json", DASHBOARD);
    sandbox.write("others/schema.json", &schema("string"));
    sandbox.write("mine/extension.yaml", &manifest);
    sandbox.link("mine/traffic.json", "../others/traffic.json");
    std::fs::remove_file(sandbox.path("mine/activationSchema.json")).expect("the schema");
    sandbox.link("mine/activationSchema.json", "../others/schema.json");
    let run = sandbox.run(&["check", "mine", "--fix"]);
    assert_eq!(sandbox.read("others/traffic.json"), DASHBOARD);
    assert_eq!(sandbox.read("others/schema.json"), schema("string"));
    // Half a rename is worse than none.
    let told = "`lb.bytes.in` keeps its name: mine/traffic.json names it and is a link out of \
                the folder";
    assert!(run.stdout.contains(told), "{}", run.stdout);
    let manifest = sandbox.read("mine/extension.yaml");
    assert!(!manifest.contains("lb.bytes.in.count"), "{manifest}");
    assert!(manifest.contains("lb.bytes.out.count"), "{manifest}");
    // A link within the folder is followed.
    sandbox.write("mine/real.json", DASHBOARD);
    std::fs::remove_file(sandbox.path("mine/traffic.json")).expect("the link");
    sandbox.link("mine/traffic.json", "real.json");
    sandbox.run(&["check", "mine", "--fix"]);
    assert!(sandbox.read("mine/real.json").contains("lb.bytes.in.count"));
}

#[cfg(unix)]
#[test]
fn a_pipe_that_the_manifest_names_is_not_waited_for() {
    let sandbox = Sandbox::new();
    sandbox.pipe("activationSchema.json");
    sandbox.write("extension.yaml", &fixture("counters/extension.yaml"));
    let run = sandbox.run(&["check", "--fix"]);
    assert!(
        run.stdout.contains("mended extension.yaml"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_file_that_the_manifest_names_is_mended_too() {
    let manifest = fixture("clean/extension.yaml");
    let sandbox = Sandbox::with_manifest(&manifest);
    sandbox.write("activationSchema.json", &schema("string"));
    let dry = sandbox.run(&["check", "--fix", "--dry-run"]);
    assert!(
        dry.stdout.contains("+  \"url\": {\"type\": \"text\"}\n"),
        "{}",
        dry.stdout
    );
    assert_eq!(sandbox.read("activationSchema.json"), schema("string"));
    let run = sandbox.run(&["check", "--fix"]);
    assert_eq!(
        sandbox.read("activationSchema.json"),
        schema("text"),
        "{}",
        run.stdout
    );
    assert_eq!(sandbox.read("extension.yaml"), manifest);
    assert!(!run.stdout.contains("EXT092"), "{}", run.stdout);
}

#[test]
fn with_json_what_was_mended_is_told_on_standard_error() {
    let sandbox = Sandbox::with_manifest(&fixture("counters/extension.yaml"));
    let run = sandbox.run(&["check", "--fix", "--format=json"]);
    assert!(
        run.stderr.starts_with("mended extension.yaml:\n"),
        "{}",
        run.stderr
    );
    let findings: Vec<serde_json::Value> =
        serde_json::from_str(&run.stdout).expect("an array of objects");
    assert!(findings.iter().all(|finding| finding["code"] != "EXT033"));
}

#[test]
fn a_file_that_cannot_be_read_as_yaml_stays_as_it_is() {
    let sandbox = Sandbox::with_manifest(&fixture("broken/extension.yaml"));
    let run = sandbox.run(&["check", "--fix"]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert_eq!(
        sandbox.read("extension.yaml"),
        fixture("broken/extension.yaml")
    );
}
