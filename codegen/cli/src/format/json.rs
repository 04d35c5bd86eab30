//! The findings as JSON: an array, one object a line.

use extyped_manifest::diagnostic::Diagnostic;
use extyped_manifest::source::{SourceFile, Span};

use super::severity_name;
use crate::json::Json;

/// The whole document for the findings of all files.
pub(crate) fn document<'a>(
    findings: impl IntoIterator<Item = (&'a SourceFile, &'a Diagnostic)>,
) -> String {
    let lines: Vec<String> = findings
        .into_iter()
        .map(|(source, diagnostic)| finding(source, diagnostic).to_string())
        .collect();
    if lines.is_empty() {
        "[]\n".to_owned()
    } else {
        format!("[\n{}\n]\n", lines.join(",\n"))
    }
}

fn finding<'a>(source: &'a SourceFile, diagnostic: &'a Diagnostic) -> Json<'a> {
    let mut object = vec![
        ("code", Json::text(diagnostic.code.id)),
        ("name", Json::text(diagnostic.code.name)),
        ("severity", Json::text(severity_name(diagnostic.severity))),
        ("message", Json::text(&diagnostic.message)),
        ("file", Json::text(source.name())),
    ];
    object.extend(range(source, diagnostic.span));
    let related = diagnostic.related.iter().map(|related| {
        let mut object = vec![("message", Json::text(&related.label))];
        object.extend(range(source, Some(related.span)));
        Json::Object(object)
    });
    let fix = diagnostic.fix.as_ref().map(|fix| {
        let edits = fix.edits.iter().map(|edit| {
            let mut object = vec![("replacement", Json::text(&edit.replacement))];
            object.extend(range(source, Some(edit.span)));
            Json::Object(object)
        });
        Json::Object(vec![
            ("title", Json::text(&fix.title)),
            ("edits", Json::Array(edits.collect())),
        ])
    });
    object.extend([
        ("label", Json::text(&diagnostic.label)),
        ("help", Json::text_or_null(diagnostic.help.as_deref())),
        ("related", Json::Array(related.collect())),
        ("fix", fix.unwrap_or(Json::Null)),
    ]);
    Json::Object(object)
}

/// Lines and columns as an editor counts them; null without a place.
fn range(source: &SourceFile, span: Option<Span>) -> [(&'static str, Json<'static>); 4] {
    let position = |at: Option<u32>| match at.map(|at| source.position(at)) {
        Some(position) => (Json::Number(position.line), Json::Number(position.column)),
        None => (Json::Null, Json::Null),
    };
    let (line, column) = position(span.map(|span| span.start));
    let (end_line, end_column) = position(span.map(|span| span.end));
    [
        ("line", line),
        ("column", column),
        ("end_line", end_line),
        ("end_column", end_column),
    ]
}

#[cfg(test)]
mod tests {
    use extyped_manifest::codes;
    use extyped_manifest::diagnostic::Edit;
    use serde_json::{Value, json};

    use super::*;

    fn parsed(source: &SourceFile, diagnostics: &[Diagnostic]) -> Value {
        let text = document(diagnostics.iter().map(|diagnostic| (source, diagnostic)));
        serde_json::from_str(&text).expect("valid JSON")
    }

    #[test]
    fn nothing_found_is_an_empty_array() {
        assert_eq!(document([]), "[]\n");
    }

    #[test]
    fn a_finding_has_every_field() {
        let source = SourceFile::new("extension.yaml", "name: x\nmetrics:\n  - key: ä.b\n");
        let diagnostic = Diagnostic::new(&codes::METRIC_KEY, Span::new(26, 28), "bad key")
            .label("here")
            .related(Span::new(0, 4), "the name")
            .help("rename it")
            .fix(
                "rename `ä.b`",
                vec![Edit {
                    span: Span::new(26, 30),
                    replacement: "a.b".to_owned(),
                }],
            );
        assert_eq!(
            parsed(&source, &[diagnostic]),
            json!([{
                "code": "EXT020",
                "name": "metric-key",
                "severity": "error",
                "message": "bad key",
                "file": "extension.yaml",
                "line": 3, "column": 10, "end_line": 3, "end_column": 11,
                "label": "here",
                "help": "rename it",
                "related": [{
                    "message": "the name",
                    "line": 1, "column": 1, "end_line": 1, "end_column": 5,
                }],
                "fix": {
                    "title": "rename `ä.b`",
                    "edits": [{
                        "replacement": "a.b",
                        "line": 3, "column": 10, "end_line": 3, "end_column": 13,
                    }],
                },
            }])
        );
    }

    #[test]
    fn a_finding_without_a_place_says_so() {
        let source = SourceFile::new("extension.yaml", "");
        let diagnostic = Diagnostic::new(&codes::NO_METRICS, None, "no metric");
        let parsed = parsed(&source, &[diagnostic]);
        for field in ["line", "column", "end_line", "end_column", "help", "fix"] {
            assert_eq!(parsed[0][field], Value::Null, "{field}");
        }
        assert_eq!(parsed[0]["severity"], "warning");
    }
}
