//! The findings as SARIF 2.1.0, which code-scanning services read.
//!
//! Columns count characters, which the run says in `columnKind`; regions end
//! after their last character, as spans do.

use std::collections::BTreeMap;
use std::path::Path;

use extyped_manifest::codes::Code;
use extyped_manifest::diagnostic::{Diagnostic, Fix, Severity};
use extyped_manifest::source::{SourceFile, Span};

use super::Found;
use crate::json::Json;

/// The log of one run: `findings`, and whether every file could be read.
pub(crate) fn log(findings: &[Found<'_>], is_complete: bool) -> String {
    let rules = rules(findings);
    let results = findings
        .iter()
        .map(|&(source, finding)| result(source, finding, &rules));
    let driver = Json::Object(vec![
        ("name", Json::text("extyped")),
        ("semanticVersion", Json::text(env!("CARGO_PKG_VERSION"))),
        ("informationUri", Json::text(env!("CARGO_PKG_REPOSITORY"))),
        (
            "rules",
            Json::array(rules.values().map(|&(_, code)| rule(code))),
        ),
    ]);
    let run = Json::Object(vec![
        ("tool", Json::Object(vec![("driver", driver)])),
        (
            "invocations",
            Json::array([Json::Object(vec![(
                "executionSuccessful",
                Json::Bool(is_complete),
            )])]),
        ),
        ("columnKind", Json::text("unicodeCodePoints")),
        ("results", Json::array(results)),
    ]);
    let log = Json::Object(vec![
        (
            "$schema",
            Json::text("https://json.schemastore.org/sarif-2.1.0.json"),
        ),
        ("version", Json::text("2.1.0")),
        ("runs", Json::array([run])),
    ]);
    format!("{log}\n")
}

/// The checks that found something, in the order of their codes, each with its
/// index: what a result says of itself has to be found in the same file.
type Rules = BTreeMap<&'static str, (u32, &'static Code)>;

fn rules(findings: &[Found<'_>]) -> Rules {
    let mut rules: Rules = findings
        .iter()
        .map(|(_, finding)| (finding.code.id, (0, finding.code)))
        .collect();
    for ((at, _), index) in rules.values_mut().zip(0..) {
        *at = index;
    }
    rules
}

fn rule(code: &'static Code) -> Json<'static> {
    let (short, full) = summary(code);
    Json::Object(vec![
        ("id", Json::text(code.id)),
        ("name", Json::text(code.name)),
        ("shortDescription", message(short)),
        ("fullDescription", message(full)),
        (
            "help",
            Json::Object(vec![
                ("text", Json::text(code.explanation)),
                ("markdown", Json::text(code.explanation)),
            ]),
        ),
        (
            "defaultConfiguration",
            Json::Object(vec![("level", Json::text(level(code.severity)))]),
        ),
    ])
}

/// The first sentence and the first paragraph of a code's page.
fn summary(code: &Code) -> (String, String) {
    let paragraph: Vec<&str> = code
        .explanation
        .lines()
        .skip_while(|line| line.starts_with('#') || line.is_empty())
        .take_while(|line| !line.is_empty())
        .collect();
    let full = paragraph.join(" ");
    let end = full.find(". ").map_or(full.len(), |at| at + 1);
    let short = full.get(..end).unwrap_or_default().to_owned();
    (short, full)
}

fn result<'a>(source: &'a SourceFile, finding: &'a Diagnostic, rules: &Rules) -> Json<'a> {
    let index = rules.get(finding.code.id).map_or(0, |&(index, _)| index);
    let related = finding.related.iter().zip(1..).map(|(place, id)| {
        Json::Object(vec![
            ("id", Json::Number(id)),
            ("physicalLocation", location(source, Some(place.span))),
            ("message", message(&*place.label)),
        ])
    });
    let mut result = vec![
        ("ruleId", Json::text(finding.code.id)),
        ("ruleIndex", Json::Number(index)),
        ("level", Json::text(level(finding.severity))),
        ("message", message(words(finding))),
        (
            "locations",
            Json::array([Json::Object(vec![(
                "physicalLocation",
                location(source, finding.span),
            )])]),
        ),
        ("relatedLocations", Json::array(related)),
    ];
    if let Some(fix) = &finding.fix {
        result.push(("fixes", Json::array([change(source, fix)])));
    }
    Json::Object(result)
}

/// What is wrong and what to do: viewers show nothing else.
fn words(finding: &Diagnostic) -> String {
    match &finding.help {
        Some(help) => format!("{}; {help}", finding.message),
        None => finding.message.clone(),
    }
}

fn change<'a>(source: &'a SourceFile, fix: &'a Fix) -> Json<'a> {
    let replacements = fix.edits.iter().map(|edit| {
        Json::Object(vec![
            ("deletedRegion", region(source, edit.span)),
            ("insertedContent", message(&*edit.replacement)),
        ])
    });
    Json::Object(vec![
        ("description", message(&*fix.title)),
        (
            "artifactChanges",
            Json::array([Json::Object(vec![
                ("artifactLocation", artifact(source)),
                ("replacements", Json::array(replacements)),
            ])]),
        ),
    ])
}

fn location(source: &SourceFile, span: Option<Span>) -> Json<'static> {
    let mut location = vec![("artifactLocation", artifact(source))];
    if let Some(span) = span {
        location.push(("region", region(source, span)));
    }
    Json::Object(location)
}

fn region(source: &SourceFile, span: Span) -> Json<'static> {
    let (start, end) = (source.position(span.start), source.position(span.end));
    Json::Object(vec![
        ("startLine", Json::Number(start.line)),
        ("startColumn", Json::Number(start.column)),
        ("endLine", Json::Number(end.line)),
        ("endColumn", Json::Number(end.column)),
    ])
}

fn artifact(source: &SourceFile) -> Json<'static> {
    Json::Object(vec![("uri", Json::text(uri(source.name())))])
}

fn message<'a>(text: impl Into<std::borrow::Cow<'a, str>>) -> Json<'a> {
    Json::Object(vec![("text", Json::text(text))])
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

/// A path as a reference: relative as it is, for services resolve it from the
/// root of the repository; absolute with a scheme.
fn uri(path: &str) -> String {
    let slashed = path.replace(std::path::MAIN_SEPARATOR, "/");
    let mut uri = String::with_capacity(slashed.len());
    if Path::new(path).is_absolute() {
        uri.push_str(if slashed.starts_with('/') {
            "file://"
        } else {
            "file:///"
        });
    }
    for byte in slashed.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                uri.push('%');
                uri.push(char::from(HEX[usize::from(byte >> 4)]));
                uri.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use extyped_manifest::codes;
    use extyped_manifest::diagnostic::Edit;
    use serde_json::{Value, json};

    use super::*;

    fn parsed(findings: &[Found<'_>]) -> Value {
        serde_json::from_str(&log(findings, true)).expect("valid JSON")
    }

    #[test]
    fn a_result_has_its_rule_places_and_fix() {
        let source = SourceFile::new("my extension/extension.yaml", "name: x\nmetrics: ä\n");
        let key = Diagnostic::new(&codes::METRIC_KEY, Span::new(17, 19), "bad key")
            .related(Span::new(0, 4), "the name")
            .help("rename it")
            .fix(
                "write `b`",
                vec![Edit {
                    span: Span::new(17, 19),
                    replacement: "b".to_owned(),
                }],
            );
        let none = Diagnostic::new(&codes::NO_METRICS, None, "no metric");
        let syntax = Diagnostic::new(&codes::YAML_SYNTAX, Span::new(0, 0), "not YAML");
        let log = parsed(&[(&source, &key), (&source, &none), (&source, &syntax)]);
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
        let ids: Vec<_> = rules.iter().map(|rule| &rule["id"]).collect();
        assert_eq!(ids, ["EXT001", "EXT020", "EXT023"]);
        let artifact = json!({"uri": "my%20extension/extension.yaml"});
        let region = json!({"startLine": 2, "startColumn": 10, "endLine": 2, "endColumn": 11});
        assert_eq!(
            run["results"][0],
            json!({
                "ruleId": "EXT020",
                "ruleIndex": 1,
                "level": "error",
                "message": {"text": "bad key; rename it"},
                "locations": [{
                    "physicalLocation": {"artifactLocation": artifact, "region": region},
                }],
                "relatedLocations": [{
                    "id": 1,
                    "physicalLocation": {
                        "artifactLocation": artifact,
                        "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 5},
                    },
                    "message": {"text": "the name"},
                }],
                "fixes": [{
                    "description": {"text": "write `b`"},
                    "artifactChanges": [{
                        "artifactLocation": artifact,
                        "replacements": [
                            {"deletedRegion": region, "insertedContent": {"text": "b"}},
                        ],
                    }],
                }],
            })
        );
        let place = &run["results"][1]["locations"][0]["physicalLocation"];
        assert_eq!(place, &json!({"artifactLocation": artifact}));
        assert_eq!(run["results"][1]["level"], "warning");
    }

    #[test]
    fn every_code_has_words_for_a_list_of_rules() {
        for code in codes::ALL {
            let (short, full) = summary(code);
            assert!(
                short.ends_with('.') || short.ends_with(':'),
                "{}: {short}",
                code.id
            );
            assert!(full.starts_with(&short), "{}", code.id);
        }
    }

    #[test]
    fn paths_become_references() {
        for (path, expected) in [
            ("extension.yaml", "extension.yaml"),
            ("a b/ä#?.yaml", "a%20b/%C3%A4%23%3F.yaml"),
            ("100%.yaml", "100%25.yaml"),
            ("C:x.yaml", "C%3Ax.yaml"),
        ] {
            assert_eq!(uri(path), expected);
        }
        #[cfg(unix)]
        assert_eq!(uri("/srv/a b.yaml"), "file:///srv/a%20b.yaml");
    }
}
