//! Metric selectors: `(a.b:splitBy("x"):avg)/(func:c.d)`.

use super::is_key_char;

/// What the keys of other sources start with, up to their colon.
const SCHEMES: [&str; 9] = [
    "func", "builtin", "ext", "calc", "dsfm", "isfm", "legacy", "apps", "cloud",
];

/// The keys that a selector asks for, `func:` and the like included.
pub(crate) fn metric_keys(selector: &str) -> Vec<&str> {
    let mut keys = Vec::new();
    let mut rest = selector;
    // Whether the next word is the operand of an operator.
    let mut operand = true;
    while let Some(c) = rest.chars().next() {
        let tail = &rest[c.len_utf8()..];
        match c {
            '"' | '\'' => {
                let len = quoted(rest);
                let mut key = rest.get(1..len.saturating_sub(1)).unwrap_or_default();
                rest = &rest[len..];
                if operand {
                    // `"key".count` is the key with its suffix.
                    let suffix = if rest.starts_with('.') {
                        word(rest)
                    } else {
                        ""
                    };
                    if !suffix.is_empty() {
                        let start = selector.len() - rest.len() - len;
                        key = selector
                            .get(start..selector.len() - rest.len() + suffix.len())
                            .unwrap_or_default();
                        rest = &rest[suffix.len()..];
                    }
                    keys.push(key);
                    operand = false;
                }
            }
            ':' => {
                // A transformation; none of them takes a metric.
                let name = word(tail);
                rest = &tail[name.len()..];
                let spaces = rest.len() - rest.trim_start().len();
                if rest.trim_start().starts_with('(') {
                    rest = &rest[spaces + bracketed(rest.trim_start())..];
                }
                operand = false;
            }
            '(' | '+' | '*' | '/' | ',' | '-' => {
                operand = true;
                rest = tail;
            }
            ')' => {
                operand = false;
                rest = tail;
            }
            c if operand && is_key_char(c) => {
                let key = scheme_and_word(rest);
                rest = &rest[key.len()..];
                let names_something =
                    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
                if names_something {
                    keys.push(key);
                }
                operand = false;
            }
            _ => rest = tail,
        }
    }
    keys.retain(|key| !key.is_empty());
    keys
}

fn scheme_and_word(text: &str) -> &str {
    let first = word(text);
    if SCHEMES.contains(&first) && text[first.len()..].starts_with(':') {
        let second = word(&text[first.len() + 1..]);
        return &text[..first.len() + 1 + second.len()];
    }
    first
}

/// The word at the start. A `-` belongs to it between two other characters, as
/// selectors want spaces or parentheses around an operator.
fn word(text: &str) -> &str {
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let next = text[at + c.len_utf8()..].chars().next();
        let inside = c != '-' || (at > 0 && next.is_some_and(is_key_char));
        if !is_key_char(c) || !inside {
            break;
        }
        end = at + c.len_utf8();
    }
    &text[..end]
}

/// The length of the quoted text at the start; `~` escapes.
fn quoted(text: &str) -> usize {
    let quote = text.chars().next().unwrap_or('"');
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '~' | '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// The length of what stands in the parentheses at the start, these included.
fn bracketed(text: &str) -> usize {
    let mut depth = 0_u32;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '"' => {
                at += quoted(&text[at..]);
                continue;
            }
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += c.len_utf8();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_found_and_nothing_else() {
        for (selector, expected) in [
            ("lb.cpu", vec!["lb.cpu"]),
            ("lb.cpu:splitBy(\"node.name\"):avg", vec!["lb.cpu"]),
            (
                "(-1 * lb.sent-bytes.count):setUnit(Byte)",
                vec!["lb.sent-bytes.count"],
            ),
            ("((lb.used)/(lb.limit))*(100)", vec!["lb.used", "lb.limit"]),
            (
                "(func:lb.a:splitBy())-(builtin:host.cpu.idle)",
                vec!["func:lb.a", "builtin:host.cpu.idle"],
            ),
            (
                "lb.cpu:filter(and(eq(\"a.b\",\"c.d\"),in(\"x\",entitySelector(\"type(~\"HOST~\")\")))):sum",
                vec!["lb.cpu"],
            ),
            ("(1)-(lb.a)", vec!["lb.a"]),
            ("\"quoted.key\":avg", vec!["quoted.key"]),
            ("", vec![]),
            ("((((", vec![]),
        ] {
            assert_eq!(metric_keys(selector), expected, "{selector}");
        }
        assert_eq!(
            metric_keys("(\"node_total\".count :rate)"),
            ["\"node_total\".count"]
        );
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "[a-c.\"'~():,*/+ é-]*") {
            for key in metric_keys(&text) {
                prop_assert!(text.contains(key));
            }
        }
    }
}
