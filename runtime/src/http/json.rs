//! Reading JSON, and saying where it is not what was expected.
//!
//! Answers hold secrets more often than one would think: sessions, connection
//! strings, the token itself. So no message quotes a string of the answer.

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::call::Call;
use super::{PollError, PollErrorKind};

/// How much of the text before a mistake is quoted.
const EXCERPT: usize = 60;

pub(super) fn read<T: DeserializeOwned>(call: &Call, body: &[u8]) -> Result<T, PollError> {
    decode(body).map_err(|fault| {
        call.error(
            PollErrorKind::Json,
            format!("the answer from {call} {fault}"),
        )
    })
}

/// Decodes a body; an error reads on after "the answer".
fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| explain(body, &error.path().to_string(), error.inner()))?;
    json.end().map_err(|error| explain(body, ".", &error))?;
    Ok(value)
}

fn explain(body: &[u8], path: &str, error: &serde_json::Error) -> String {
    let start = body.trim_ascii_start();
    // The path of the root is a dot; where the JSON ends within a key it is a
    // question mark.
    let at = if path == "." || path == "?" {
        String::new()
    } else {
        format!(" at `{path}`")
    };
    let cause = without_strings(&error.to_string());
    if error.classify() == Category::Data {
        return format!(
            "is not what was expected{at} ({cause}): check that this version of the endpoint is \
             supported"
        );
    }
    match start.first() {
        None => "is empty, JSON was expected: check the endpoint URL".to_owned(),
        Some(b'<') => format!(
            "is markup that starts with `{}`, JSON was expected: check the endpoint URL, and \
             whether a login page is in the way",
            tag(start)
        ),
        Some(b'{' | b'[') => format!(
            "is not valid JSON{at} ({cause}), after `{}`: report it to who provides the endpoint",
            before(body, offset(body, error.line(), error.column()))
        ),
        Some(_) => format!("is not JSON ({cause}): check the endpoint URL"),
    }
}

/// The message of serde without the strings of the answer that it quotes:
/// `invalid type: string "…", expected u64`.
fn without_strings(message: &str) -> String {
    let mut clean = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, quoted)) = rest.split_once("string \"") {
        clean.push_str(before);
        clean.push_str("string \"…\"");
        rest = &quoted[string_end(quoted.as_bytes())..];
    }
    clean + rest
}

/// The length of a string literal whose opening quote was read, with its
/// closing quote.
fn string_end(text: &[u8]) -> usize {
    let mut escaped = false;
    let end = text.iter().position(|&byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |quote| quote + 1)
}

/// The first tag of a markup document, without its attributes.
fn tag(markup: &[u8]) -> String {
    let name = markup
        .split(|byte| b" \t\r\n>".contains(byte))
        .next()
        .unwrap_or_default();
    let name: String = String::from_utf8_lossy(name).chars().take(20).collect();
    format!("{name}>")
}

/// The index of the byte that `serde_json` calls `line` and `column`.
fn offset(body: &[u8], line: usize, column: usize) -> usize {
    let lines = body.split_inclusive(|&byte| byte == b'\n');
    let start: usize = lines.take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    (start + column).min(body.len())
}

/// The end of the valid JSON before `end`, with its keys and numbers, but with
/// `"…"` for its strings.
///
/// The mistake is at its end, so up to there it is known what is a key and
/// what is a string: damage does not make one pass for the other.
fn before(body: &[u8], end: usize) -> String {
    let mut text = String::new();
    let mut open = Vec::new();
    let mut key_is_next = false;
    let mut rest = body.get(..end).unwrap_or(body);
    while let [byte, after @ ..] = rest {
        rest = after;
        match byte {
            b'"' => {
                let (string, after) = rest.split_at(string_end(rest));
                rest = after;
                if key_is_next && after.trim_ascii_start().starts_with(b":") {
                    text.push('"');
                    text.push_str(&String::from_utf8_lossy(string));
                } else {
                    text.push_str("\"…\"");
                }
                continue;
            }
            b'{' | b'[' => open.push(*byte),
            b'}' | b']' => drop(open.pop()),
            _ => {}
        }
        match byte {
            b'{' | b',' => key_is_next = open.last() == Some(&b'{'),
            b'[' | b':' => key_is_next = false,
            _ => {}
        }
        text.push(match byte {
            b'\t' | b'\n' | b'\r' => ' ',
            // Anything else outside of strings is the mistake itself.
            _ if byte.is_ascii_control() || !byte.is_ascii() => char::REPLACEMENT_CHARACTER,
            _ => char::from(*byte),
        });
    }
    let skipped = text.chars().count().saturating_sub(EXCERPT);
    let shown: String = text.chars().skip(skipped).collect();
    if skipped > 0 {
        format!("…{shown}")
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    const ANSWER: &str = r#"{"nodes": [{"name": "s3cret \\\" s3cret", "cpu": 1}, {"name": "s3cret", "cpu": "s3cret"}]}"#;

    #[derive(Debug, Deserialize)]
    struct Health {
        #[expect(dead_code, reason = "only its type matters")]
        nodes: Vec<Node>,
    }

    #[derive(Debug, Deserialize)]
    struct Node {
        #[expect(dead_code, reason = "only its type matters")]
        name: String,
        #[expect(dead_code, reason = "only its type matters")]
        cpu: f64,
    }

    #[track_caller]
    fn fault(body: &str) -> String {
        decode::<Health>(body.as_bytes()).expect_err("a body that does not fit")
    }

    #[test]
    fn a_value_of_another_type_is_named_by_its_path() {
        assert_eq!(
            fault(r#"{"nodes":[{"name":"a","cpu":1},{"name":"b","cpu":"s3cret \" x"}]}"#),
            "is not what was expected at `nodes[1].cpu` (invalid type: string \"…\", expected f64 \
             at line 1 column 62): check that this version of the endpoint is supported"
        );
    }

    #[test]
    fn a_missing_field_is_named_with_the_place_it_is_missing_from() {
        let fault = fault(r#"{"nodes":[{"name":"a"}]}"#);
        assert!(
            fault.contains("at `nodes[0]` (missing field `cpu`"),
            "{fault}"
        );
    }

    #[test]
    fn a_syntax_error_is_shown_with_what_comes_before_it_but_no_string() {
        let fault = fault("{\"nodes\":[\n{\"name\":\"s3cret\",\"cpu\":NaN}]}");
        assert_eq!(
            fault,
            "is not valid JSON at `nodes[0].cpu` (expected value at line 2 column 24), after \
             `{\"nodes\":[ {\"name\":\"…\",\"cpu\":N`: report it to who provides the endpoint"
        );
    }

    #[test]
    fn a_long_body_is_quoted_by_its_end() {
        let nodes = r#"{"name":"n","cpu":1},"#.repeat(1000);
        let fault = fault(&format!(r#"{{"nodes":[{nodes}"#));
        assert!(fault.contains("EOF while parsing a value"), "{fault}");
        assert!(fault.contains(r#""cpu":1},`"#), "{fault}");
        assert!(fault.len() < 300, "{fault}");
    }

    #[test]
    fn json_that_ends_where_there_is_no_path_is_shown_without_one() {
        let fault = fault("{");
        assert!(
            fault.starts_with("is not valid JSON (EOF while parsing"),
            "{fault}"
        );
    }

    #[test]
    fn a_string_that_is_cut_off_is_not_quoted() {
        let fault = fault(r#"{"nodes":[{"name":"s3cre"#);
        assert!(
            fault.contains(r#"after `{"nodes":[{"name":"…"`"#),
            "{fault}"
        );
    }

    #[test]
    fn a_page_for_humans_is_called_one() {
        let fault = fault("\n<!DOCTYPE html><title>Sign in</title>");
        assert!(
            fault.starts_with("is markup that starts with `<!DOCTYPE>`"),
            "{fault}"
        );
    }

    #[test]
    fn an_empty_body_is_called_empty() {
        assert!(fault(" \n").starts_with("is empty"));
    }

    #[test]
    fn text_is_not_quoted() {
        let fault = fault("s3cret");
        assert!(fault.starts_with("is not JSON (expected value"), "{fault}");
        assert!(!fault.contains("s3cret"));
    }

    #[test]
    fn what_follows_the_value_is_an_error() {
        let fault = fault(r#"{"nodes":[]} {}"#);
        assert!(fault.contains("trailing characters"), "{fault}");
    }

    #[test]
    fn a_byte_order_mark_is_no_error() {
        decode::<Health>(b"\xEF\xBB\xBF{\"nodes\":[]}").expect("valid JSON");
    }

    proptest! {
        /// Whatever is cut out of or put into an answer, its strings stay in.
        #[test]
        fn no_damage_to_an_answer_brings_its_strings_out(
            at in 0..ANSWER.len(),
            length in 0..8_usize,
            noise in "[\\PC\\n\"\\\\{}\\[\\],:]{0,4}",
        ) {
            let end = (at + length).min(ANSWER.len());
            let body = format!("{}{noise}{}", &ANSWER[..at], &ANSWER[end..]);
            if let Err(fault) = decode::<Health>(body.as_bytes()) {
                prop_assert!(!fault.contains("s3cret"), "{fault}");
            }
        }

        #[test]
        fn no_answer_is_a_panic(body: Vec<u8>) {
            let _ = decode::<Health>(&body);
        }
    }
}
