//! The calls of the data-source protocol.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use hyper::Method;
use serde::Serialize;
use serde_json::Value;

use super::answer::{self, Refused};
use super::client::{Answer, Call, Client, NoAnswer};
use super::heartbeat::Heartbeat;
use crate::sink::{SinkError, json};
use crate::{Event, MetricBatch, Receipt, RegisteredCount, Status};

const JSON: &str = "application/json;charset=utf-8";
const LINES: &str = "text/plain;charset=utf-8";

/// How long the EEC may take over what it has at hand.
const SHORT: Duration = Duration::from_secs(10);

/// How long it may take over what it has to pass on. Giving up early would
/// send again what it may have taken.
pub(super) const LONG: Duration = Duration::from_secs(30);

/// What the EEC says to `/alive`, or that what it says is no answer.
pub(super) type Beat = Result<Heartbeat, String>;

impl Client {
    /// The activation: `GET /userconfig/{id}`.
    pub(super) async fn user_configuration(&self) -> Result<String, Refused> {
        let answer = self.get(&format!("/userconfig/{}", self.id)).await;
        answer::content("/userconfig", answer)
    }

    /// The text of extension.yaml: `GET /extconfig/{id}`.
    pub(super) async fn extension_configuration(&self) -> Result<String, Refused> {
        let answer = self.get(&format!("/extconfig/{}", self.id)).await;
        answer::content("/extconfig", answer)
    }

    /// The metric keys of each feature set: `GET
    /// /extconfig/{id}?feature_sets_json`.
    pub(super) async fn feature_sets(&self) -> Result<BTreeMap<String, Vec<String>>, Refused> {
        let target = format!("/extconfig/{}?feature_sets_json", self.id);
        let text = answer::content("/extconfig", self.get(&target).await)?;
        serde_json::from_str(&text)
            .map_err(|_| Refused::nonsense("/extconfig", "the feature sets", &text))
    }

    /// What the cluster's clock is ahead of this machine's, in milliseconds:
    /// `GET /timediffms`.
    pub(super) async fn time_difference(&self) -> Result<i64, Refused> {
        let text = answer::content("/timediffms", self.get("/timediffms").await)?;
        let millis = serde_json::from_str::<Value>(&text)
            .ok()
            .and_then(|answer| answer.get("clusterDiffMs").and_then(millis));
        millis.ok_or_else(|| Refused::nonsense("/timediffms", "the time difference", &text))
    }

    /// A heartbeat: `POST /alive/{id}`. `None` is the empty status of a
    /// process that does not know yet how it is.
    pub(super) async fn alive(&self, status: Option<&Status>) -> Result<Beat, SinkError> {
        #[derive(Serialize)]
        struct Alive<'a> {
            status: &'a str,
            message: &'a str,
        }
        let body = json(&Alive {
            status: status.map_or("", |status| status.code().as_str()),
            message: status.map_or("", Status::message),
        })?;
        let answer = self.post("/alive", JSON, None, body, SHORT).await;
        let answer = answer::taken("/alive", answer)?;
        Ok(Heartbeat::parse(&answer.body)
            .map_err(|problem| format!("/alive {}: {problem}", answer.shown())))
    }

    /// Metric lines: `POST /mint/{id}`.
    pub(super) async fn metrics(&self, batch: &MetricBatch) -> Result<Receipt, SinkError> {
        self.lines("/mint", batch).await
    }

    /// Metric lines of the data source itself: `POST /sfm/{id}`.
    pub(super) async fn self_monitoring(&self, batch: &MetricBatch) -> Result<Receipt, SinkError> {
        self.lines("/sfm", batch).await
    }

    /// Log events: `POST /logs/{id}`, or `/sfmlogs/{id}` for those of the data
    /// source itself. `enrich` asks the EEC to add what it knows.
    pub(super) async fn logs(
        &self,
        path: &'static str,
        events: &[impl Serialize],
        enrich: bool,
    ) -> Result<(), SinkError> {
        let body = json(&events)?;
        let answer = self.post(path, JSON, Some(enrich), body, LONG).await;
        answer::logs(path, answer)
    }

    /// One event: `POST /events/{id}`.
    pub(super) async fn event(&self, event: &Event) -> Result<(), SinkError> {
        let body = json(event)?;
        let answer = self.post("/events", JSON, None, body, LONG).await;
        answer::taken("/events", answer).map(drop)
    }

    /// Counts that the EEC is to turn into differences: `POST
    /// /countmetricregister/{id}`.
    pub(super) async fn register_counts(
        &self,
        counts: &BTreeMap<&str, &RegisteredCount>,
    ) -> Result<(), SinkError> {
        let body = json(counts)?;
        let answer = self
            .post("/countmetricregister", JSON, None, body, SHORT)
            .await;
        answer::taken("/countmetricregister", answer).map(drop)
    }

    /// Asks for the differences of these counts now: `POST
    /// /countmetricdeltasignal/{id}`.
    pub(super) async fn signal_counts(&self, keys: &BTreeSet<String>) -> Result<(), SinkError> {
        let signal = serde_json::json!({"metric_keys": keys, "filter_dimensions": {}});
        let body = json(&signal)?;
        let answer = self
            .post("/countmetricdeltasignal", JSON, None, body, SHORT)
            .await;
        answer::taken("/countmetricdeltasignal", answer).map(drop)
    }

    async fn lines(&self, path: &'static str, batch: &MetricBatch) -> Result<Receipt, SinkError> {
        let body = batch.body().trim_end_matches('\n');
        let body = Bytes::copy_from_slice(body.as_bytes());
        let answer = self.post(path, LINES, None, body, LONG).await;
        answer::lines(path, answer, batch)
    }

    async fn get(&self, target: &str) -> Result<Answer, NoAnswer> {
        self.call(Call {
            method: Method::GET,
            target: target.to_owned(),
            content_type: None,
            enrichment: None,
            body: Bytes::new(),
            deadline: SHORT,
        })
        .await
    }

    pub(super) async fn post(
        &self,
        path: &str,
        content_type: &'static str,
        enrichment: Option<bool>,
        body: impl Into<Bytes>,
        deadline: Duration,
    ) -> Result<Answer, NoAnswer> {
        self.call(Call {
            method: Method::POST,
            target: format!("{path}/{}", self.id),
            content_type: Some(content_type),
            enrichment,
            body: body.into(),
            deadline,
        })
        .await
    }
}

/// A number, also one that is written as a text.
fn millis(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()))
}
