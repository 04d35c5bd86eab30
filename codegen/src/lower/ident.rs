//! From the manifest's words to Rust identifiers.

use std::fmt::Write as _;

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

/// What an identifier stands for. A name that Rust does not take as it is gets
/// the word of its role in front: the value `200` becomes `Value200`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Set,
    Metric,
    Dimension,
    FeatureSet,
    Value,
    Type,
    Field,
}

/// A decided name, valid as an identifier; raw where it is a keyword.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Name(String);

impl Role {
    fn word(self) -> &'static str {
        match self {
            Role::Set => "set",
            Role::Metric => "metric",
            Role::Dimension => "dimension",
            Role::FeatureSet => "feature_set",
            Role::Value => "value",
            Role::Type => "type",
            Role::Field => "field",
        }
    }
}

impl Name {
    /// The name of a method or field.
    pub(crate) fn snake(role: Role, text: &str) -> Name {
        Name(keyword(words(role, text).to_snake_case()))
    }

    /// The name of a type or variant.
    pub(crate) fn camel(role: Role, text: &str) -> Name {
        Name(keyword(words(role, text).to_upper_camel_case()))
    }

    /// A longer name: neither keyword nor number can come of it.
    pub(crate) fn with_prefix(&self, prefix: &str) -> Name {
        Name(format!("{prefix}{}", self.stem()))
    }

    /// A longer name: neither keyword nor number can come of it.
    pub(crate) fn with_suffix(&self, suffix: &str) -> Name {
        Name(format!("{}{suffix}", self.stem()))
    }

    /// The name without what makes a keyword an identifier, to be a part of a
    /// longer one.
    pub(crate) fn stem(&self) -> &str {
        self.0
            .strip_prefix("r#")
            .unwrap_or(&self.0)
            .trim_end_matches('_')
    }

    /// The name as code has it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The token.
    pub(crate) fn ident(&self) -> Ident {
        match self.0.strip_prefix("r#") {
            Some(plain) => Ident::new_raw(plain, Span::call_site()),
            None => Ident::new(&self.0, Span::call_site()),
        }
    }
}

/// Words apart from everything that no identifier can hold, beginning with
/// something that one can begin with.
fn words(role: Role, text: &str) -> String {
    let kept: String = text
        .chars()
        .map(|c| match c {
            // The prefix of `µs`, of which a capital would be Greek and look
            // like the `M` of `Ms`.
            'µ' | 'μ' => 'u',
            c if is_letter(c) => c,
            _ => ' ',
        })
        .collect();
    match kept.trim_start().chars().next() {
        Some(first) if unicode_ident::is_xid_start(first) => kept,
        Some(_) => format!("{} {kept}", role.word()),
        // Nothing is left of `+` or `<=`: their code points still tell them
        // apart, and always give the same name.
        None => {
            let mut named = role.word().to_owned();
            for c in text.chars() {
                // Writing to a `String` cannot fail.
                let _ = write!(named, " u{:x}", u32::from(c));
            }
            named
        }
    }
}

/// Whether rustc takes the character in an identifier without a warning. Those
/// that only stand for others, such as `ª`, `ﬁ` and `Ⅳ`, it calls uncommon, and
/// no attribute below the root of a crate silences that.
fn is_letter(c: char) -> bool {
    let stands_for_others = matches!(
        c,
        'ª' | 'º' | 'ſ' | 'ŉ' | 'Ĳ' | 'ĳ' | 'Ŀ' | 'ŀ' | 'Ǆ'..='ǌ' | 'Ǳ'..='ǳ'
            | '\u{2b0}'..='\u{2e4}' // raised letters
            | '\u{1d2c}'..='\u{1d6a}' | '\u{1d78}' | '\u{1d9b}'..='\u{1dbf}'
            | '\u{2070}'..='\u{209c}' | '\u{2c7c}' | '\u{2c7d}'
            | '\u{2100}'..='\u{2188}' // Å, ℃, Ⅳ
            | '\u{3131}'..='\u{318e}' // Hangul by itself
            | '\u{f900}'..='\u{fdff}' // Han, ligatures, forms of Arabic
            | '\u{fe70}'..='\u{feff}' | '\u{ff00}'..='\u{ffef}' // wide and narrow
            | '\u{1d400}'..='\u{1d7ff}' | '\u{1ee00}'..='\u{1eeff}' // of formulas
            | '\u{2f800}'..='\u{2fa1f}'
    );
    c.is_alphanumeric() && unicode_ident::is_xid_continue(c) && !stands_for_others
}

/// Whether the word is a keyword of any edition, or the `_` that names nothing.
pub(crate) fn is_keyword(word: &str) -> bool {
    word == "_" || keyword(word.to_owned()) != word
}

/// Makes a keyword of any edition a raw identifier; the few that cannot be raw
/// get an underscore.
fn keyword(name: String) -> String {
    match name.as_str() {
        "self" | "Self" | "super" | "crate" => name + "_",
        "abstract" | "as" | "async" | "await" | "become" | "box" | "break" | "const"
        | "continue" | "do" | "dyn" | "else" | "enum" | "extern" | "false" | "final" | "fn"
        | "for" | "gen" | "if" | "impl" | "in" | "let" | "loop" | "macro" | "match" | "mod"
        | "move" | "mut" | "override" | "priv" | "pub" | "ref" | "return" | "static" | "struct"
        | "trait" | "true" | "try" | "type" | "typeof" | "unsafe" | "unsized" | "use"
        | "virtual" | "where" | "while" | "yield" => format!("r#{name}"),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snake(text: &str) -> String {
        Name::snake(Role::Metric, text).as_str().to_owned()
    }

    fn camel(text: &str) -> String {
        Name::camel(Role::Value, text).as_str().to_owned()
    }

    #[test]
    fn words_are_cut_where_the_manifest_cuts_them() {
        assert_eq!(snake("bytes.in.count"), "bytes_in_count");
        assert_eq!(snake("bytes-in_total"), "bytes_in_total");
        assert_eq!(snake("bytesIn"), "bytes_in");
        assert_eq!(camel("pool member"), "PoolMember");
        assert_eq!(camel("lb:node"), "LbNode");
    }

    #[test]
    fn keywords_of_every_edition_stay_readable() {
        assert_eq!(snake("type"), "r#type");
        assert_eq!(snake("gen"), "r#gen");
        assert_eq!(snake("self"), "self_");
        assert_eq!(snake("crate"), "crate_");
        assert_eq!(camel("self"), "Self_");
        assert_eq!(camel("type"), "Type");
    }

    #[test]
    fn what_cannot_begin_an_identifier_gets_the_word_of_its_role() {
        assert_eq!(snake("1m"), "metric_1m");
        assert_eq!(camel("200"), "Value200");
        assert_eq!(camel("+"), "ValueU2b");
        assert_eq!(camel("<="), "ValueU3cU3d");
        assert_eq!(camel(""), "Value");
    }

    #[test]
    fn letters_of_every_script_are_kept() {
        assert_eq!(camel("größe"), "Größe");
        assert_eq!(camel("ネットワーク"), "ネットワーク");
        // Numeric to Unicode, but no part of an identifier.
        assert_eq!(camel("m²"), "M");
    }

    #[test]
    fn characters_that_rustc_warns_about_are_no_letters() {
        assert_eq!(camel("latency µs"), "LatencyUs");
        assert_eq!(snake("Nº"), "n");
        assert_eq!(camel("ﬁrst"), "Rst");
        assert_eq!(camel("Ⅳ"), "ValueU2163");
        assert_eq!(camel("ﾈｯﾄ"), "ValueUff88Uff6fUff84");
    }

    #[test]
    fn every_name_is_an_identifier() {
        let alphabet = [
            "a", "Z", "1", "_", "-", "é", "²", "🦀", "\u{301}", " ", "type", "",
        ];
        for first in alphabet {
            for second in alphabet {
                let text = format!("{first}{second}");
                for role in [Role::Set, Role::FeatureSet] {
                    let (snake, camel) = (Name::snake(role, &text), Name::camel(role, &text));
                    assert_eq!(snake.ident().to_string(), snake.as_str());
                    assert_eq!(camel.ident().to_string(), camel.as_str());
                }
            }
        }
    }
}
