//! The three calls of the environment API: where they go, what they need, and
//! what an operator can do when one is refused.
//!
//! They are named after their pages at docs.dynatrace.com.

use std::borrow::Cow;

use reqwest::StatusCode as Http;

use super::address::FORMS;
use crate::StatusCode;
use crate::sink::ingest::{Advice, Ingest};

/// One call, at one environment.
#[derive(Debug)]
pub(super) struct Api {
    url: String,
    scope: &'static str,
}

impl Api {
    /// "Metrics API - POST ingest data points".
    pub(super) fn metrics(environment: &str) -> Self {
        Api::new(environment, "metrics", "metrics.ingest")
    }

    /// "Log Monitoring API v2 - POST ingest logs".
    pub(super) fn logs(environment: &str) -> Self {
        Api::new(environment, "logs", "logs.ingest")
    }

    /// "Events API v2 - POST an event".
    pub(super) fn events(environment: &str) -> Self {
        Api::new(environment, "events", "events.ingest")
    }

    fn new(environment: &str, name: &str, scope: &'static str) -> Self {
        Api {
            url: format!("{environment}/api/v2/{name}/ingest"),
            scope,
        }
    }
}

impl Ingest for Api {
    fn url(&self) -> &str {
        &self.url
    }

    fn advice(&self, status: Http) -> Option<Advice> {
        let scope = self.scope;
        let (code, text): (_, Cow<'static, str>) = match status {
            Http::UNAUTHORIZED => (
                StatusCode::AuthenticationError,
                format!(
                    "the environment does not accept the token; it must be an access token of this \
                     environment, neither expired nor disabled, with the scope `{scope}`"
                )
                .into(),
            ),
            Http::FORBIDDEN => (
                StatusCode::AuthenticationError,
                format!("the token lacks the scope `{scope}`; add it to the token").into(),
            ),
            Http::PAYMENT_REQUIRED => (
                StatusCode::GenericError,
                "the license of the environment does not cover more".into(),
            ),
            Http::NOT_FOUND => (
                StatusCode::InvalidConfigError,
                format!("there is no such API at this address; check that it is {FORMS}").into(),
            ),
            Http::PROXY_AUTHENTICATION_REQUIRED => (
                StatusCode::GenericError,
                "the proxy wants credentials; put them into the URL of the proxy".into(),
            ),
            Http::PAYLOAD_TOO_LARGE => (
                StatusCode::GenericError,
                "the request is larger than the ingest, or a proxy on the way, takes".into(),
            ),
            Http::TOO_MANY_REQUESTS => (
                StatusCode::Warning,
                "the environment has too many requests at hand, or this ingest is turned off; \
                 what was reported is kept and sent later"
                    .into(),
            ),
            _ => return None,
        };
        Some(Advice { text, code })
    }
}
