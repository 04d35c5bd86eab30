//! Faults of configurations, and of what is made of them.

use extyped::{
    Activation, Clock, Cycle, Delta, Endpoints, Extension, MemorySink, PollError, Runtime,
    SecretString, Setup, Status,
};
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use crate::support::NOON;
use crate::{DiskDimensions, MANIFEST, Metrics};

const PASSWORD: &str = "hunter2-hunter2";

/// Shows whatever it was configured with.
struct Careless;

#[derive(Debug, Deserialize)]
struct Config {
    host: String,
    password: SecretString,
    timeout: Option<u64>,
}

impl Extension for Careless {
    type Config = Config;
    type Endpoint = ();

    fn endpoints(&self, _: &Config) -> Endpoints<()> {
        Endpoints::one(())
    }

    async fn initialize(&self, cx: &Setup<Self>) -> Result<Status, PollError> {
        Ok(Status::warning(format!("{cx:?} {:?}", cx.config())))
    }

    async fn query(&self, cx: &Cycle<Self>) -> Result<Status, PollError> {
        let path = &cx.config().host;
        Metrics::of(cx)
            .disk(DiskDimensions { path })
            .used(1)
            .errors_count(Delta(1));
        let timeout = cx.config().timeout;
        Err(PollError::other(format!(
            "{cx:?} cannot log in with {:?} and {PASSWORD}, {timeout:?}",
            cx.config()
        )))
    }
}

fn activation(json: &str) -> Activation<Config> {
    Activation::from_json(json).expect("it is sound")
}

async fn run(json: &str) -> MemorySink {
    let sink = MemorySink::new();
    Runtime::builder(Careless, &MANIFEST)
        .activation(activation(json))
        .clock(Clock::starting_at(NOON))
        .sink(sink.clone())
        .cycles(1)
        .build()
        .expect("complete")
        .run(std::future::pending())
        .await;
    sink
}

fn configured(rest: &str) -> String {
    format!(
        r#"{{"pythonRemote": {{"host": "nas-1", "password": "{PASSWORD}", "timeout": 5}}{rest}}}"#
    )
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_in_no_debug_text_and_in_no_status() {
    let activation = activation(&configured(""));
    let shown = format!("{activation:?} {:?}", activation.config());
    assert!(!shown.contains(PASSWORD), "{shown}");

    let sink = run(&configured("")).await;
    let told = format!("{:?} {:?}", sink.reports(), sink.self_monitoring_logs());
    assert!(told.contains("cannot log in with"), "{told}");
    assert!(!told.contains(PASSWORD), "{told}");
}

#[tokio::test(start_paused = true)]
async fn the_default_feature_set_is_on_whatever_the_activation_names() {
    let sink = run(&configured(r#", "featureSets": ["Errors"]"#)).await;
    assert_eq!(sink.lines_of("disk.used").len(), 1);
    assert_eq!(sink.lines_of("disk.errors.count").len(), 1);
    let sink = run(&configured(r#", "featureSets": []"#)).await;
    assert_eq!(sink.lines_of("disk.used").len(), 1);
    assert_eq!(sink.lines_of("disk.errors.count").len(), 0);
}

#[test]
fn a_configuration_is_a_type_with_all_that_is_in_it() {
    let configured = activation(&configured(""));
    let Config {
        host,
        password,
        timeout,
    } = configured.config();
    assert_eq!((host.as_str(), *timeout), ("nas-1", Some(5)));
    assert_eq!(password.expose_secret(), PASSWORD);

    let wrong = r#"{"pythonRemote": {"host": "nas-1", "password": "x", "timeout": "soon"}}"#;
    let error = Activation::<Config>::from_json(wrong).expect_err("no number");
    assert!(error.to_string().contains("timeout"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn two_extensions_in_one_process_share_nothing() {
    let one = configured("");
    let other = one.replace("nas-1", "nas-2");
    let (first, second) = tokio::join!(run(&one), run(&other));
    for (sink, host) in [(first, "nas-1"), (second, "nas-2")] {
        let lines = sink.lines_of("disk.used");
        assert_eq!(lines.len(), 1);
        assert!(lines[0].contains(host), "{lines:?}");
    }
}
