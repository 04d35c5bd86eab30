//! What the EEC is asked before anything runs.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

use super::answer::Refused;
use super::client::Client;
use crate::text;

/// How long an EEC that does not answer is waited for. It may be starting
/// again; for ever would hide from it that this process does nothing.
const PATIENCE: Duration = Duration::from_mins(1);
const AGAIN: Duration = Duration::from_secs(2);

/// How long an answer is waited for that is not needed: nothing is polled and
/// no heartbeat goes out before it.
const BRIEFLY: Duration = Duration::from_secs(2);

/// Everything the EEC tells a data source at its start.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Configuration {
    /// The activation, as JSON.
    pub(crate) activation: String,
    /// The text of extension.yaml, as far as it could be had.
    pub(crate) extension_yaml: String,
    /// The metric keys of each feature set; empty if the EEC does not tell.
    pub(crate) feature_sets: BTreeMap<String, Vec<String>>,
}

/// What every activation says of itself.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(crate) struct Heading {
    /// The version of the extension that it is for.
    pub(crate) version: String,
    /// What the operator called the monitoring configuration.
    pub(crate) description: String,
}

impl Configuration {
    /// Asks for it. Without an activation there is nothing to run: the error
    /// says why there is none. The rest is as good as the manifest that was
    /// compiled in.
    pub(crate) async fn ask(client: &Client) -> Result<Self, String> {
        let until = Instant::now() + PATIENCE;
        let activation = patiently(until, || client.user_configuration())
            .await
            .map_err(|refused| {
                format!(
                    "there is no monitoring configuration to run with: {}",
                    refused.message()
                )
            })?;
        let extension_yaml = briefly(client.extension_configuration()).await;
        let feature_sets = briefly(client.feature_sets()).await;
        Ok(Configuration {
            activation,
            extension_yaml: extension_yaml.unwrap_or_else(|refused| {
                tracing::warn!("the EEC does not tell which extension is installed: {refused}");
                String::new()
            }),
            feature_sets: feature_sets.unwrap_or_else(|refused| {
                tracing::warn!(
                    "the feature sets of the manifest that was compiled in are used: {refused}"
                );
                BTreeMap::new()
            }),
        })
    }

    pub(crate) fn heading(&self) -> Heading {
        serde_json::from_str(&self.activation).unwrap_or_default()
    }

    /// What is to say if another extension than this one is installed.
    pub(crate) fn other_extension(&self, name: &str) -> Option<String> {
        let installed = top_level(&self.extension_yaml, "name")?;
        (installed != name).then(|| {
            format!(
                "this program is the extension `{name}`, but `{installed}` is installed: its \
                 package holds the wrong program"
            )
        })
    }

    /// What is to say if another version than this one is installed.
    pub(crate) fn other_version(&self, version: &str) -> Option<String> {
        let installed = top_level(&self.extension_yaml, "version")?;
        (installed != version).then(|| {
            format!(
                "this program was built for version {version} of the extension, and {installed} \
                 is installed: metrics that only one of them has are not stored"
            )
        })
    }
}

/// Asks once, for an answer that can be done without.
async fn briefly<T>(asking: impl Future<Output = Result<T, Refused>>) -> Result<T, Refused> {
    let late = |_| Refused::NoAnswer(format!("no answer within {}", text::duration(BRIEFLY)));
    tokio::time::timeout(BRIEFLY, asking)
        .await
        .unwrap_or_else(|elapsed| Err(late(elapsed)))
}

/// Asks again as long as there is no answer and there is time.
async fn patiently<T, A: Future<Output = Result<T, Refused>>>(
    until: Instant,
    ask: impl Fn() -> A,
) -> Result<T, Refused> {
    let mut told = false;
    loop {
        match ask().await {
            Err(Refused::NoAnswer(message)) if Instant::now() + AGAIN < until => {
                if !std::mem::replace(&mut told, true) {
                    tracing::warn!("{message}: trying again");
                }
                tokio::time::sleep(AGAIN).await;
            }
            answer => return answer,
        }
    }
}

/// The value of a field at the top level of a YAML text. The EEC hands out what
/// the platform has checked, so that one line is all there is to look at.
fn top_level<'t>(yaml: &'t str, field: &str) -> Option<&'t str> {
    let mut lines = yaml.lines();
    let value = lines.find_map(|line| {
        let rest = line.trim_start_matches('\u{feff}').strip_prefix(field)?;
        rest.trim_start().strip_prefix(':')
    })?;
    let value = value.split(" #").next().unwrap_or_default().trim();
    let value = value.trim_matches(['"', '\'']);
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eec::peer::{Peer, Reply};

    fn configuration(yaml: &str) -> Configuration {
        Configuration {
            extension_yaml: yaml.to_owned(),
            ..Configuration::default()
        }
    }

    #[test]
    fn another_extension_or_version_is_told() {
        for same in [
            "name: custom:x\nversion: 1.2.3\n",
            "\u{feff}version: \"1.2.3\" # raised by CI\r\nname: 'custom:x'\r\n",
            "",
            "metrics:\n  - key: a\n    name: b\n    version: 7\n",
            "name:\nversion:\n",
        ] {
            let installed = configuration(same);
            assert_eq!(installed.other_extension("custom:x"), None, "{same}");
            assert_eq!(installed.other_version("1.2.3"), None, "{same}");
        }
        let installed = configuration("name: custom:y\nversion: 1.2.4\n");
        let name = installed.other_extension("custom:x").unwrap_or_default();
        assert!(name.contains("`custom:y` is installed"), "{name}");
        let version = installed.other_version("1.2.3").unwrap_or_default();
        assert!(version.contains("1.2.4 is installed"), "{version}");
    }

    #[test]
    fn the_heading_is_what_there_is_of_it() {
        let heading = |activation: &str| {
            let configuration = Configuration {
                activation: activation.to_owned(),
                ..Configuration::default()
            };
            configuration.heading()
        };
        let full = heading(r#"{"version": "1.2.3", "description": "d", "pythonRemote": {}}"#);
        assert_eq!(
            (full.version.as_str(), full.description.as_str()),
            ("1.2.3", "d")
        );
        assert_eq!(heading("{}"), Heading::default());
        assert_eq!(heading("<html>"), Heading::default());
    }

    #[tokio::test(start_paused = true)]
    async fn an_eec_that_is_not_there_yet_is_waited_for() {
        let asked = std::sync::atomic::AtomicU32::new(0);
        let peer = Peer::new(move |received| {
            let n = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            match received.line.as_str() {
                _ if n < 5 => Reply::Drop,
                "GET /path/userconfig/7" => Reply::Text(200, "{}".to_owned()),
                _ => Reply::Text(500, String::new()),
            }
        });
        let configuration = Configuration::ask(&peer.client())
            .await
            .expect("in the end");
        assert_eq!(configuration.activation, "{}");
        assert!(configuration.feature_sets.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn without_an_activation_there_is_nothing_to_run() {
        let refusing = Peer::answering(404, "unknown");
        let error = Configuration::ask(&refusing.client())
            .await
            .expect_err("404");
        assert_eq!(
            error,
            "there is no monitoring configuration to run with: the EEC answers 404 (unknown) to \
             /userconfig"
        );
        assert_eq!(refusing.received().len(), 1, "it has answered");

        let began = Instant::now();
        let silent = Peer::new(|_| Reply::Drop);
        let error = Configuration::ask(&silent.client())
            .await
            .expect_err("nobody");
        assert!(error.contains("/userconfig/7: "), "{error}");
        assert!(began.elapsed() <= PATIENCE);
    }
}
