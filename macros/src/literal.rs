//! The text of a string literal, read without a Rust parser.

/// The value of a string literal as it stands in the source; `None` for any
/// other literal.
pub(crate) fn string(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('r') {
        let quoted = raw.trim_matches('#');
        return unquote(quoted).map(ToOwned::to_owned);
    }
    unescape(unquote(literal)?)
}

fn unquote(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

fn unescape(text: &str) -> Option<String> {
    let mut value = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            value.push(c);
            continue;
        }
        match rest.next()? {
            'n' => value.push('\n'),
            'r' => value.push('\r'),
            't' => value.push('\t'),
            '0' => value.push('\0'),
            same @ ('\\' | '\'' | '"') => value.push(same),
            'x' => {
                let digits: String = rest.by_ref().take(2).collect();
                value.push(code_point(&digits)?);
            }
            'u' => {
                let braced = rest.as_str().strip_prefix('{')?;
                let (digits, after) = braced.split_once('}')?;
                value.push(code_point(&digits.replace('_', ""))?);
                rest = after.chars();
            }
            // The line continues after its indentation.
            '\n' | '\r' => rest = rest.as_str().trim_start().chars(),
            _ => return None,
        }
    }
    Some(value)
}

fn code_point(digits: &str) -> Option<char> {
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_as_rustc_reads_them() {
        macro_rules! same {
            ($($literal:literal)*) => {
                $(assert_eq!(string(stringify!($literal)).as_deref(), Some($literal));)*
            };
        }
        same! {
            "" "extension/extension.yaml" "a\"b\\c\'" "\n\r\t\0" "\x41\u{1F980}\u{00_e9}"
            "one \
             line" r"raw\n" r#"a"b"# r##"a"#b"##
        }
    }

    #[test]
    fn other_literals_are_no_strings() {
        for other in [
            "1",
            "'a'",
            "b\"x\"",
            "c\"x\"",
            "br\"x\"",
            "1.5",
            "\"unfinished",
        ] {
            assert_eq!(string(other), None, "{other}");
        }
    }
}
