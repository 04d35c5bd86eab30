//! `EXT120` and `EXT121`: secrets, and addresses without encryption, in what is
//! uploaded and seen by everybody who may see the extension.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::Text;
use crate::yaml::{Node, NodeKind, is_template};

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    check_tree(subject.manifest.root, report);
    for variable in &subject.manifest.catalog.variables {
        let Some(default) = variable.default.filter(|text| !text.is_template()) else {
            continue;
        };
        if is_secret_name(&variable.id) && !default.is_empty() {
            report.push(secret(default, "the default of a secret"));
        }
        report.extend(insecure(default));
    }
}

/// Looks for secrets by their form, in every text below a node.
pub(super) fn check_tree(node: Node<'_>, report: &mut Report) {
    if let Some(text) = Text::of(node) {
        if let Some(what) = secret_in(&text) {
            report.push(secret(text, what));
        }
        return;
    }
    node.items().for_each(|item| check_tree(item, report));
    for entry in node.entries() {
        let is_field = entry.value.kind() == NodeKind::Scalar;
        if is_field && is_secret_name(entry.name()) && !is_prose(&entry.value) {
            report.extend(Text::of(entry.value).map(|text| secret(text, "a secret")));
        } else {
            check_tree(entry.value, report);
        }
    }
}

/// Whether the value of a field called like a secret is none: a placeholder, a
/// flag, nothing.
fn is_prose(node: &Node<'_>) -> bool {
    let text = node.as_str().unwrap_or_default();
    text.len() < 6
        || is_template(text)
        || text.contains([' ', '$', '{'])
        || node.as_bool().is_some()
        || text.starts_with("var:")
}

pub(super) fn secret(text: Text<'_>, what: &str) -> Diagnostic {
    Diagnostic::new(
        &codes::SECRET,
        text.span(),
        format!("this looks like {what}"),
    )
    .label("readable by everybody who can see the extension")
    .help(
        "ask for it in the activation schema with a property of `type: secret` and no default; \
         if it was real, revoke it",
    )
}

/// What a text holds that nobody should see.
fn secret_in(text: &str) -> Option<&'static str> {
    if is_token(text) {
        return Some("a token of Dynatrace");
    }
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    let starts_word = |prefix: &str, len: usize| {
        text.match_indices(prefix).any(|(at, _)| {
            let rest = &text[at + prefix.len()..];
            let word = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let before = text[..at].chars().next_back();
            before.is_none_or(|c| !c.is_ascii_alphanumeric()) && word.unwrap_or(rest.len()) >= len
        })
    };
    if starts_word("AKIA", 16) || starts_word("ghp_", 30) || starts_word("xoxb-", 10) {
        return Some("a token");
    }
    has_credentials(text).then_some("a password in an address")
}

/// `dt0c01.` with an id and a secret after it.
fn is_token(text: &str) -> bool {
    text.match_indices("dt0").any(|(at, _)| {
        let rest = &text[at + 3..];
        let mut parts = rest.split('.');
        let kind = parts.next().is_some_and(|kind| kind.len() == 3);
        let long = |part: Option<&str>, len: usize| {
            part.is_some_and(|part| {
                part.len() >= len && part.bytes().take(len).all(|b| b.is_ascii_alphanumeric())
            })
        };
        kind && long(parts.next(), 24) && long(parts.next(), 64)
    })
}

/// `https://user:password@host`.
fn has_credentials(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let rest = &text[at + 3..];
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\''));
        let authority = &rest[..end.unwrap_or(rest.len())];
        let Some((user, _)) = authority.rsplit_once('@') else {
            return false;
        };
        let Some((_, password)) = user.split_once(':') else {
            return false;
        };
        let is_word = password.starts_with(|c: char| c.is_ascii_alphanumeric());
        let is_example = matches!(
            password.to_ascii_lowercase().as_str(),
            "pass" | "password" | "pwd" | "secret" | "xxx" | "changeme"
        );
        is_word && !is_example && !is_template(password)
    })
}

/// Whether a name says that its value is secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    const WORDS: [&str; 10] = [
        "apikey",
        "api_key",
        "apitoken",
        "api_token",
        "passphrase",
        "passwd",
        "password",
        "private_key",
        "secret",
        "token",
    ];
    let mut snake = String::with_capacity(name.len() + 4);
    let mut lower_before = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && lower_before {
            snake.push('_');
        }
        lower_before = c.is_ascii_lowercase();
        snake.push(if c == '-' {
            '_'
        } else {
            c.to_ascii_lowercase()
        });
    }
    WORDS.iter().any(|word| {
        snake
            .strip_suffix(word)
            .is_some_and(|before| before.is_empty() || before.ends_with('_'))
    })
}

/// The finding for a default address without encryption. On the machine itself
/// nobody listens in.
pub(super) fn insecure(text: Text<'_>) -> Option<Diagnostic> {
    let address = text.trim().strip_prefix("http://")?;
    let host = address.split(['/', ':']).next().unwrap_or_default();
    let is_own = matches!(host, "localhost" | "127.0.0.1" | "[" | "");
    (!is_own && !text.is_template()).then(|| {
        Diagnostic::new(
            &codes::INSECURE_DEFAULT,
            text.span(),
            format!("the default address `{}` is not encrypted", text.as_str()),
        )
        .label("what is sent there can be read on the way")
        .help("start it with `https://`, and let who needs it write `http://`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_told_from_others() {
        for name in [
            "password",
            "apiToken",
            "client_secret",
            "db-password",
            "token",
            "APIKEY",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "token_url",
            "passwords_file",
            "tokens",
            "monkey",
            "secretary",
            "key",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn secrets_are_known_by_their_form() {
        let token = format!("dt0c01.{}.{}", "A".repeat(24), "B".repeat(64));
        for text in [
            token.as_str(),
            "jdbc:x://a:hunter2@db/x",
            "AKIAABCDEFGHIJKLMNOP",
        ] {
            assert!(secret_in(text).is_some(), "{text}");
        }
        for text in [
            "dt0c01.abc",
            "https://example.com/a:b@c",
            "https://user:password@host",
            "a://{u}:{p}@h",
            "AKIA",
            "SELECT password FROM users",
        ] {
            assert_eq!(secret_in(text), None, "{text}");
        }
    }
}
