//! The configuration of the public `RabbitMQ` extension, ported: lists of objects,
//! defaults, secrets, and a field that the form hides.

use extyped::testing::Eec;
use extyped::{
    Activation, ActivationError, Cycle, Endpoint, Endpoints, ExposeSecret, Extension, PollError,
    Status, StatusCode, Url,
};
use serde_json::{Value, json};

extyped::extension!("fixtures/rabbitmq/extension.yaml");

use activation::{Cluster, Remote};

struct RabbitMq;

impl Extension for RabbitMq {
    type Config = Remote;
    type Endpoint = Cluster;

    fn endpoints(&self, config: &Remote) -> Endpoints<Cluster> {
        let endpoint = |cluster: &Cluster| Endpoint::new(&cluster.cluster_name, cluster.clone());
        config.endpoints.iter().map(endpoint).collect()
    }

    async fn query(&self, cx: &Cycle<Self>) -> Result<Status, PollError> {
        let Cluster {
            cluster_name,
            queues_include,
            ..
        } = cx.endpoint();
        for queue in queues_include.iter().flatten() {
            let metrics = Metrics::of(cx);
            let cluster = cluster_name;
            metrics
                .rabbitmq_queue(RabbitmqQueueDimensions { cluster, queue })
                .messages(1);
        }
        Ok(Status::ok())
    }
}

/// A configuration of one cluster, with some fields in the place of others.
fn configured(changes: &Value) -> Value {
    let mut cluster = json!({
        "cluster_name": "blue",
        "nodes": ["https://rabbit-1:15671", "http://rabbit-2:15672/api"],
        "password": "hunter2-hunter2",
        "ca_file": "/etc/ca.pem",
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        cluster[name.as_str()] = value.clone();
    }
    json!({ "endpoints": [cluster] })
}

fn read(config: &Value) -> Result<Activation<Remote>, ActivationError> {
    Activation::from_json(&json!({ "pythonRemote": config }).to_string())
}

fn cluster(changes: &Value) -> Cluster {
    let activation = read(&configured(changes)).expect("it is sound");
    let clusters = &activation.config().endpoints;
    clusters.first().expect("a cluster").clone()
}

#[test]
fn what_is_left_out_has_its_default() {
    let cluster = cluster(&json!({}));
    assert_eq!(cluster.user, "guest");
    assert_eq!(
        cluster.queues_include.as_deref(),
        Some(&[".*".to_owned()][..])
    );
    assert!(cluster.verify_certificates);
    assert_eq!(cluster.ca_file.as_deref(), Some("/etc/ca.pem"));
    let node: &Url = cluster.nodes.first().expect("a node");
    assert_eq!(
        (node.host_str(), node.port()),
        (Some("rabbit-1"), Some(15671))
    );
}

#[test]
fn what_the_form_hides_has_no_value_and_no_rules() {
    let hidden = cluster(&json!({"verify_certificates": false, "ca_file": " "}));
    assert_eq!(hidden.ca_file, None);
    let shown = read(&configured(&json!({"ca_file": " "}))).expect_err("it is blank");
    assert_eq!(
        shown.to_string(),
        "the activation: pythonRemote.endpoints[0].ca_file (\"Certificate authority\") is blank: \
         correct it in the monitoring configuration"
    );
}

#[test]
fn a_secret_is_there_for_whoever_asks_and_nobody_else() {
    let cluster = cluster(&json!({}));
    assert_eq!(cluster.password.expose_secret(), "hunter2-hunter2");
    assert_eq!(cluster.password.vault_id(), None);
    assert!(!format!("{cluster:?}").contains("hunter2"));

    let wrong = read(&configured(&json!({"password": ["hunter2-hunter2"]})));
    let told = wrong.expect_err("a list is no secret").to_string();
    assert!(
        told.contains("password (\"Password\") is a list where a text is expected"),
        "{told}"
    );
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn all_violations_come_at_once_with_place_name_and_rule() {
    let config = configured(&json!({
        "cluster_name": "", "nodes": ["ftp://rabbit-1", "rabbit-2"], "password": null, "user": 5,
    }));
    let error = read(&config).expect_err("much is wrong");
    let told: Vec<_> = error
        .violations()
        .iter()
        .map(|it| {
            let path = it.path.trim_start_matches("pythonRemote.endpoints[0].");
            (path, it.display_name.as_deref(), it.rule)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("cluster_name", Some("Cluster name"), "LENGTH"),
            ("nodes[0]", Some("Node URL"), "PATTERN"),
            ("nodes[1]", Some("Node URL"), "type"),
            ("nodes[1]", Some("Node URL"), "PATTERN"),
            ("user", Some("User"), "type"),
            ("password", Some("Password"), "missing"),
        ]
    );
    let status = error.status();
    assert_eq!(status.code(), StatusCode::InvalidConfigError);
    let text = status.message();
    assert!(
        text.contains("the URL starts with http:// or https://"),
        "{text}"
    );
    assert!(
        text.ends_with(": correct them in the monitoring configuration"),
        "{text}"
    );
}

#[test]
fn fields_of_another_version_harm_nothing_and_are_kept() {
    let mut config = configured(&json!({"colour": "blue"}));
    config["timeout"] = json!(5);
    let activation = read(&config).expect("it is sound");
    let unknown: Vec<_> = activation.unknown_fields().iter().collect();
    assert_eq!(
        unknown,
        [
            (
                &"pythonRemote.endpoints[0].colour".to_owned(),
                &json!("blue")
            ),
            (&"pythonRemote.timeout".to_owned(), &json!(5)),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_broken_configuration_is_a_status_and_the_process_lives() {
    let broken = configured(&json!({"cluster_name": ""}));
    let eec = Eec::builder(&MANIFEST).config(broken).start(RabbitMq);
    eec.pass(std::time::Duration::from_mins(5)).await;
    let heartbeats = eec.simulator().heartbeats();
    assert!(heartbeats.len() > 5, "{}", heartbeats.len());
    for heartbeat in heartbeats {
        assert_eq!(heartbeat.item.status, "INVALID_CONFIG_ERROR");
        let told = &heartbeat.item.message;
        assert!(
            told.contains("(\"Cluster name\") has to have at least 1 character"),
            "{told}"
        );
    }
    assert_eq!(eec.simulator().totals().lines, 0);
}

#[tokio::test(start_paused = true)]
async fn a_fastcheck_tells_what_is_wrong() {
    let broken = configured(&json!({"nodes": []}));
    let eec = Eec::builder(&MANIFEST)
        .config(broken)
        .fastcheck(RabbitMq)
        .await;
    let heartbeats = eec.simulator().heartbeats();
    let [heartbeat] = heartbeats.as_slice() else {
        panic!("one status is expected: {heartbeats:?}");
    };
    assert_eq!(heartbeat.item.status, "INVALID_CONFIG_ERROR");
    let told = &heartbeat.item.message;
    assert!(
        told.contains("(\"Nodes\") has to have at least 1 item"),
        "{told}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_sound_configuration_is_polled_cluster_by_cluster() {
    let eec = Eec::builder(&MANIFEST)
        .config(configured(&json!({})))
        .start(RabbitMq);
    eec.pass(std::time::Duration::from_mins(1)).await;
    eec.assert_metric("rabbitmq.queue.messages")
        .dimension("cluster", "blue")
        .dimension("queue", ".*");
    eec.assert_nothing_invalid();
}
