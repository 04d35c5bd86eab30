//! Registered totals and the signal to send their deltas.

use serde_json::Value;

use super::{Problem, kind};

/// What is wrong with a registration of totals.
pub(crate) fn check_registration(body: &Value) -> Vec<Problem> {
    let Some(counts) = body.as_object() else {
        let reason = format!(
            "a registration is an object by metric key, not {}",
            kind(body)
        );
        return vec![Problem::new("countmetricregister", reason)];
    };
    counts
        .iter()
        .filter_map(|(key, how)| Some(Problem::new(key.clone(), registration_of(how)?)))
        .collect()
}

fn registration_of(how: &Value) -> Option<String> {
    let mode = how.get("aggregation_mode").and_then(Value::as_str);
    let list = how.get("dimensions_list");
    let is_list = list
        .and_then(Value::as_array)
        .is_some_and(|keys| keys.iter().all(Value::is_string));
    match (mode, list) {
        (Some("include_all" | "include_none"), None) => None,
        (Some("include_list"), _) if is_list => None,
        (Some("include_list"), _) => {
            Some("`include_list` needs a `dimensions_list` with the keys of dimensions".to_owned())
        }
        (Some("include_all" | "include_none"), Some(_)) => {
            Some("a `dimensions_list` belongs to `include_list` only".to_owned())
        }
        _ => Some(
            "`aggregation_mode` is one of include_all, include_none and include_list".to_owned(),
        ),
    }
}

/// The metrics that a delta signal names.
pub(crate) fn check_signal(body: &Value) -> Result<Vec<&str>, Problem> {
    let problem = |reason: &str| Problem::new("countmetricdeltasignal", reason);
    let keys = body
        .get("metric_keys")
        .and_then(Value::as_array)
        .ok_or_else(|| problem("a signal needs `metric_keys`, an array"))?;
    if !body.get("filter_dimensions").is_some_and(Value::is_object) {
        return Err(problem("a signal needs `filter_dimensions`, an object"));
    }
    keys.iter()
        .map(|key| {
            key.as_str()
                .ok_or_else(|| problem("a metric key is a text"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn registrations_are_judged_by_metric() {
        let body = json!({
            "a": {"aggregation_mode": "include_all"},
            "b": {"aggregation_mode": "include_none"},
            "c": {"aggregation_mode": "include_list", "dimensions_list": ["host"]},
            "d": {"aggregation_mode": "include_list"},
            "e": {"aggregation_mode": "include_all", "dimensions_list": []},
            "f": {"aggregation_mode": "some"},
            "g": 1,
        });
        let problems = check_registration(&body);
        let told: Vec<_> = problems
            .iter()
            .map(|problem| problem.subject.as_str())
            .collect();
        assert_eq!(told, ["d", "e", "f", "g"]);
        assert_eq!(check_registration(&json!([])).len(), 1);
    }

    #[test]
    fn a_signal_names_its_metrics() {
        let body = json!({"metric_keys": ["a.count"], "filter_dimensions": {}});
        assert_eq!(check_signal(&body), Ok(vec!["a.count"]));
        for body in [
            json!({}),
            json!({"metric_keys": "a", "filter_dimensions": {}}),
            json!({"metric_keys": [], "filter_dimensions": []}),
            json!({"metric_keys": [1], "filter_dimensions": {}}),
        ] {
            assert!(check_signal(&body).is_err(), "{body}");
        }
    }
}
