//! The calls of the data-source protocol.

use std::fmt;
use std::str::FromStr;

/// A call that a data source makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Call {
    /// `GET /userconfig/{id}`: the activation.
    UserConfig,
    /// `GET /extconfig/{id}`: the text of `extension.yaml`.
    ExtensionConfig,
    /// `GET /extconfig/{id}?feature_sets_json`: metric keys by feature set.
    FeatureSets,
    /// `POST /alive/{id}`: the heartbeat with the status.
    Alive,
    /// `GET /timediffms`: what the cluster's clock is ahead.
    TimeDifference,
    /// `POST /mint/{id}`: metric lines.
    Mint,
    /// `POST /sfm/{id}`: self-monitoring lines.
    SelfMonitoring,
    /// `POST /logs/{id}`: log events.
    Logs,
    /// `POST /sfmlogs/{id}`: self-monitoring log events.
    SelfMonitoringLogs,
    /// `POST /events/{id}`: one Dynatrace event.
    Events,
    /// `POST /countmetricregister/{id}`: which totals the EEC turns into
    /// deltas.
    CountRegistration,
    /// `POST /countmetricdeltasignal/{id}`: send the deltas now.
    CountSignal,
}

impl Call {
    /// Every call, in the order of the protocol page.
    pub const ALL: [Call; 12] = [
        Call::UserConfig,
        Call::ExtensionConfig,
        Call::FeatureSets,
        Call::Alive,
        Call::TimeDifference,
        Call::Mint,
        Call::SelfMonitoring,
        Call::Logs,
        Call::SelfMonitoringLogs,
        Call::Events,
        Call::CountRegistration,
        Call::CountSignal,
    ];

    /// The name, as in the path; `featuresets` for the one that shares its
    /// path with `extconfig`.
    pub const fn name(self) -> &'static str {
        match self {
            Call::UserConfig => "userconfig",
            Call::ExtensionConfig => "extconfig",
            Call::FeatureSets => "featuresets",
            Call::Alive => "alive",
            Call::TimeDifference => "timediffms",
            Call::Mint => "mint",
            Call::SelfMonitoring => "sfm",
            Call::Logs => "logs",
            Call::SelfMonitoringLogs => "sfmlogs",
            Call::Events => "events",
            Call::CountRegistration => "countmetricregister",
            Call::CountSignal => "countmetricdeltasignal",
        }
    }

    /// The method it is made with.
    pub const fn method(self) -> &'static str {
        match self {
            Call::UserConfig | Call::ExtensionConfig | Call::FeatureSets | Call::TimeDifference => {
                "GET"
            }
            _ => "POST",
        }
    }

    /// The media type its body has, or `None` without a body.
    pub const fn media_type(self) -> Option<&'static str> {
        match self {
            Call::Mint | Call::SelfMonitoring => Some("text/plain"),
            Call::UserConfig | Call::ExtensionConfig | Call::FeatureSets | Call::TimeDifference => {
                None
            }
            _ => Some("application/json"),
        }
    }

    /// The call that a path and its query name, and the data source the path
    /// names; `base` is the path of `--url`. The error is a sentence.
    pub(crate) fn route<'t>(
        target: &'t str,
        base: &str,
    ) -> Result<(Call, Option<&'t str>), String> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let unknown = || format!("there is no call `{path}` in the data-source protocol");
        let rest = path
            .strip_prefix(base)
            .and_then(|rest| rest.strip_prefix('/'))
            .ok_or_else(|| format!("`{path}` does not begin with the path of --url, `{base}/`"))?;
        let (name, id) = match rest.split_once('/') {
            Some((name, id)) => (name, Some(id)),
            None => (rest, None),
        };
        let call = if name == "extconfig" && query.starts_with("feature_sets_json") {
            Call::FeatureSets
        } else {
            // What is only a name of ours has no path.
            Call::ALL
                .into_iter()
                .find(|call| call.name() == name && *call != Call::FeatureSets)
                .ok_or_else(unknown)?
        };
        Ok((call, id))
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Call {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Call::ALL
            .into_iter()
            .find(|call| call.name() == text)
            .ok_or_else(|| {
                let names: Vec<&str> = Call::ALL.iter().map(|call| call.name()).collect();
                format!(
                    "there is no call `{text}`: it is one of {}",
                    names.join(", ")
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_found_by_its_path() {
        for call in Call::ALL {
            let target = match call {
                Call::TimeDifference => "/base/timediffms".to_owned(),
                Call::FeatureSets => "/base/extconfig/7?feature_sets_json".to_owned(),
                other => format!("/base/{other}/7"),
            };
            let id = (call != Call::TimeDifference).then_some("7");
            assert_eq!(Call::route(&target, "/base"), Ok((call, id)), "{target}");
        }
    }

    #[test]
    fn what_is_no_call_is_explained() {
        for (target, part) in [
            ("/base/metrics/7", "there is no call `/base/metrics/7`"),
            ("/base/featuresets/7", "there is no call"),
            ("/mint/7", "does not begin with the path of --url, `/base/`"),
            ("/basement/7", "does not begin with"),
        ] {
            let error = Call::route(target, "/base").expect_err("no call");
            assert!(error.contains(part), "{target}: {error}");
        }
    }

    #[test]
    fn names_are_read_back() {
        for call in Call::ALL {
            assert_eq!(call.name().parse(), Ok(call));
        }
        let error = "mnt".parse::<Call>().expect_err("a slip");
        assert!(error.contains("userconfig, extconfig"), "{error}");
    }
}
