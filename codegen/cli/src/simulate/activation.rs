//! The activation: from the file of development mode to what an EEC answers.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::subject::{DEFAULT_SET, Subject};
use crate::activation::{file, validate};
use crate::failure::Failure;

/// What `/userconfig` answers. It may hold secrets: neither it nor parts of it
/// are shown.
pub(crate) struct Activation {
    pub(crate) json: String,
    /// What it was read from.
    pub(crate) files: Vec<PathBuf>,
    /// The feature sets that are on, without `default`.
    pub(crate) feature_sets: Vec<String>,
    /// What the author should know of it.
    pub(crate) remarks: Vec<String>,
}

/// Reads the activation: the named file, or the usual one in this folder.
pub(crate) fn read(
    activation: Option<&Path>,
    secrets: Option<&Path>,
    subject: &Subject,
) -> Result<Activation, Failure> {
    let file = file::read(activation, secrets)?;
    let activation = complete(&file.shown, file.fields, subject)?;
    Ok(Activation {
        files: file.files,
        ..activation
    })
}

/// Adds what an EEC answers and a file of development mode may leave out.
fn complete(
    file: &str,
    mut fields: Map<String, Value>,
    subject: &Subject,
) -> Result<Activation, Failure> {
    if !["pythonRemote", "pythonLocal"]
        .iter()
        .any(|name| fields.get(*name).is_some_and(Value::is_object))
    {
        return Err(Failure::new(format!(
            "{file} holds neither `pythonRemote` nor `pythonLocal`"
        ))
        .help("the configuration of the extension is an object under one of them"));
    }
    let mut remarks = Vec::new();
    // An EEC would serve it all the same: what the form refuses may be what is
    // to be tried.
    let judgment = validate::judge(&subject.contract, &fields);
    for (path, told) in judgment.refused.into_iter().chain(judgment.doubted) {
        remarks.push(format!("{file}: {path} {told}"));
    }
    if fields.get("enabled") == Some(&Value::Bool(false)) {
        remarks.push(format!(
            "{file} says `\"enabled\": false`: an EEC would not start the extension"
        ));
    }
    let feature_sets = feature_sets(file, &mut fields, subject, &mut remarks)?;
    let mut default = |name: &str, value: Value| {
        fields.entry(name).or_insert(value);
    };
    default("enabled", json!(true));
    default("description", json!("simulated"));
    default("version", json!(subject.version));
    Ok(Activation {
        json: Value::Object(fields).to_string(),
        files: Vec::new(),
        feature_sets,
        remarks,
    })
}

fn feature_sets(
    file: &str,
    fields: &mut Map<String, Value>,
    subject: &Subject,
    remarks: &mut Vec<String>,
) -> Result<Vec<String>, Failure> {
    let known = || {
        let names = subject.feature_sets.keys().map(String::as_str);
        names.filter(|name| *name != DEFAULT_SET)
    };
    // A `null` is read by an extension as if it were not there.
    let value = fields.get("featureSets");
    let Some(value) = value.filter(|value| !value.is_null()) else {
        let all: Vec<String> = known().map(str::to_owned).collect();
        if !all.is_empty() {
            remarks.push(format!("{file} names no feature sets, so all are on"));
        }
        fields.insert("featureSets".to_owned(), json!(all));
        return Ok(all);
    };
    let names = value.as_array().and_then(|names| {
        let names = names.iter().map(|name| name.as_str().map(str::to_owned));
        names.collect::<Option<Vec<String>>>()
    });
    let names = names.ok_or_else(|| {
        Failure::new(format!("{file}: `featureSets` is no array of names"))
            .help("write {\"featureSets\": [\"…\"], …}")
    })?;
    Ok(names
        .into_iter()
        .filter(|name| name != DEFAULT_SET)
        .collect())
}

#[cfg(test)]
mod tests {
    use extyped_manifest::contract::{Contract, FeatureSet};
    use extyped_manifest::source::Span;

    use super::*;

    fn feature_set(name: &str) -> FeatureSet {
        FeatureSet {
            name: name.to_owned(),
            span: Span::default(),
        }
    }

    fn subject() -> Subject {
        Subject {
            path: PathBuf::new(),
            file: "extension.yaml".to_owned(),
            text: String::new(),
            name: "custom:x".to_owned(),
            version: "1.2.3".to_owned(),
            metrics: Vec::new(),
            feature_sets: ["default", "Pools", "Traffic"]
                .map(|name| (name.to_owned(), Vec::new()))
                .into(),
            contract: Contract {
                feature_sets: ["default", "Pools", "Traffic"].map(feature_set).into(),
                ..Contract::default()
            },
            remark: None,
        }
    }

    fn complete_json(text: &str) -> Result<(Value, Activation), String> {
        let activation = file::fields("a.json", text)
            .and_then(|fields| complete("a.json", fields, &subject()))
            .map_err(|failure| anstream::adapter::strip_str(&failure.to_string()).to_string())?;
        let json = serde_json::from_str(&activation.json).expect("JSON");
        Ok((json, activation))
    }

    #[test]
    fn what_development_mode_leaves_out_is_added() {
        let (json, activation) = complete_json(r#"{"pythonRemote": {"a": 1}}"#).expect("sound");
        assert_eq!(
            json,
            json!({
                "enabled": true, "description": "simulated", "version": "1.2.3",
                "featureSets": ["Pools", "Traffic"], "pythonRemote": {"a": 1},
            })
        );
        assert_eq!(activation.feature_sets, ["Pools", "Traffic"]);
        assert_eq!(
            activation.remarks,
            ["a.json names no feature sets, so all are on"]
        );
    }

    #[test]
    fn feature_sets_that_are_null_are_not_named() {
        let text = r#"{"featureSets": null, "pythonRemote": {}}"#;
        let (json, activation) = complete_json(text).expect("sound");
        assert_eq!(json["featureSets"], json!(["Pools", "Traffic"]));
        assert_eq!(activation.feature_sets, ["Pools", "Traffic"]);
    }

    #[test]
    fn what_is_there_stays() {
        let text = r#"{"pythonLocal": {}, "featureSets": ["default", "Pools"],
            "description": "mine", "version": "9.9.9", "enabled": true, "extra": null}"#;
        let (json, activation) = complete_json(text).expect("sound");
        assert_eq!(json, serde_json::from_str::<Value>(text).expect("JSON"));
        assert_eq!(activation.feature_sets, ["Pools"]);
        assert_eq!(
            activation.remarks,
            ["a.json: featureSets leaves `Traffic` off, whose metrics are not sent"]
        );
    }

    #[test]
    fn slips_are_told() {
        let text = r#"{"pythonRemote": {}, "featureSets": ["Trafic"], "enabled": false}"#;
        let (_, activation) = complete_json(text).expect("sound");
        let told = activation.remarks.join("\n");
        assert!(
            told.contains(
                "names `Trafic`, which the manifest does not have; did you mean `Traffic`?"
            ),
            "{told}"
        );
        assert!(told.contains("would not start"), "{told}");
    }

    #[test]
    fn what_is_no_activation_says_what_would_be_one() {
        for (text, part) in [
            ("", "a.json is no JSON: EOF"),
            ("[]", "does not hold one object"),
            ("{}", "neither `pythonRemote` nor `pythonLocal`"),
            (r#"{"pythonRemote": 1}"#, "neither `pythonRemote`"),
            (
                r#"{"pythonRemote": {}, "featureSets": "x"}"#,
                "`featureSets` is no array of names",
            ),
        ] {
            let error = complete_json(text).err().expect(text);
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
