//! The findings as JSON: an array, one object a line.
//!
//! Written by hand: the shape is a promise to other programs and stands here
//! to be read, and a derive would cost more to build than it saves.

use std::fmt::{self, Write as _};

use extyped_manifest::diagnostic::{Diagnostic, Severity};
use extyped_manifest::source::{SourceFile, Span};

/// A value of JSON.
enum Json<'a> {
    Null,
    Number(u32),
    Text(&'a str),
    Array(Vec<Json<'a>>),
    Object(Vec<(&'static str, Json<'a>)>),
}

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
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    };
    let mut object = vec![
        ("code", Json::Text(diagnostic.code.id)),
        ("name", Json::Text(diagnostic.code.name)),
        ("severity", Json::Text(severity)),
        ("message", Json::Text(&diagnostic.message)),
        ("file", Json::Text(source.name())),
    ];
    object.extend(range(source, diagnostic.span));
    let related = diagnostic.related.iter().map(|related| {
        let mut object = vec![("message", Json::Text(&related.label))];
        object.extend(range(source, Some(related.span)));
        Json::Object(object)
    });
    let fix = diagnostic.fix.as_ref().map(|fix| {
        let edits = fix.edits.iter().map(|edit| {
            let mut object = vec![("replacement", Json::Text(&edit.replacement))];
            object.extend(range(source, Some(edit.span)));
            Json::Object(object)
        });
        Json::Object(vec![
            ("title", Json::Text(&fix.title)),
            ("edits", Json::Array(edits.collect())),
        ])
    });
    object.extend([
        ("label", Json::Text(&diagnostic.label)),
        (
            "help",
            diagnostic.help.as_deref().map_or(Json::Null, Json::Text),
        ),
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

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Json::Null => f.write_str("null"),
            Json::Number(number) => write!(f, "{number}"),
            Json::Text(text) => write_text(f, text),
            Json::Array(items) => {
                f.write_char('[')?;
                for (at, item) in items.iter().enumerate() {
                    let comma = if at > 0 { "," } else { "" };
                    write!(f, "{comma}{item}")?;
                }
                f.write_char(']')
            }
            Json::Object(fields) => {
                f.write_char('{')?;
                for (at, (name, value)) in fields.iter().enumerate() {
                    let comma = if at > 0 { "," } else { "" };
                    write!(f, "{comma}\"{name}\":{value}")?;
                }
                f.write_char('}')
            }
        }
    }
}

/// A string of JSON. Besides what the format asks for, control characters of
/// any kind are escaped: a manifest may hold what a terminal would obey.
fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            // All control characters lie in the first plane.
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
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

    #[test]
    fn any_text_comes_back_as_it_was() {
        let hostile: String = (0..0x300)
            .filter_map(char::from_u32)
            .chain("\u{2028}\u{2029}\u{feff}\u{1f4a9}".chars())
            .collect();
        let source = SourceFile::new(hostile.clone(), "");
        let diagnostic = Diagnostic::new(&codes::YAML_SYNTAX, None, hostile.clone());
        let text = document([(&source, &diagnostic)]);
        let parsed: Value = serde_json::from_str(&text).expect("valid JSON");
        assert_eq!(parsed[0]["message"], hostile);
        assert_eq!(parsed[0]["file"], hostile);
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
    }
}
