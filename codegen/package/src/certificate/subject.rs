//! Names of people and companies in certificates, as OpenSSL takes and shows
//! them: `/CN=Some Developer/O=Some Company`.

use std::error::Error;
use std::fmt;

use der::asn1::{Any, ObjectIdentifier, PrintableString, SetOfVec, Utf8StringRef};
use der::{Decode as _, Encode as _, Tagged as _};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::Name;

/// The parts that a name can have, and most characters of each (RFC 5280,
/// appendix A).
const PARTS: [Part; 6] = [
    Part::new("CN", "2.5.4.3", 64),
    Part::new("O", "2.5.4.10", 64),
    Part::new("OU", "2.5.4.11", 64),
    Part::new("L", "2.5.4.7", 128),
    Part::new("ST", "2.5.4.8", 128),
    Part::new("C", "2.5.4.6", 2),
];

struct Part {
    key: &'static str,
    oid: ObjectIdentifier,
    limit: usize,
}

impl Part {
    const fn new(key: &'static str, oid: &str, limit: usize) -> Self {
        let oid = ObjectIdentifier::new_unwrap(oid);
        Part { key, oid, limit }
    }
}

/// The name that a certificate is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject(pub(super) Name);

impl std::str::FromStr for Subject {
    type Err = SubjectError;

    /// Reads `/KEY=VALUE/KEY=VALUE`, a `/` in a value as `\/`.
    fn from_str(text: &str) -> Result<Self, SubjectError> {
        let text = text.strip_prefix('/').ok_or(SubjectError::Slash)?;
        let mut names = Vec::new();
        for part in split(text) {
            names.push(attribute(&part)?);
        }
        // A name can be read and not put together.
        let name = names.to_der().and_then(|content| Name::from_der(&content));
        name.map(Subject)
            .map_err(|_| SubjectError::Part(text.to_owned()))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&show(&self.0))
    }
}

/// The parts between slashes that no backslash takes their meaning from.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let last = match character {
            '/' => {
                parts.push(String::new());
                continue;
            }
            '\\' => characters.next(),
            other => Some(other),
        };
        if let (Some(part), Some(last)) = (parts.last_mut(), last) {
            part.push(last);
        }
    }
    parts
}

fn attribute(text: &str) -> Result<SetOfVec<AttributeTypeAndValue>, SubjectError> {
    let wrong = || SubjectError::Part(text.to_owned());
    let (key, value) = text.split_once('=').ok_or_else(wrong)?;
    // The tools of Dynatrace write `S` for what all others call `ST`.
    let key = if key == "S" { "ST" } else { key };
    let part = PARTS.iter().find(|part| part.key == key);
    let part = part.ok_or_else(|| SubjectError::Key(key.to_owned()))?;
    let length = value.chars().count();
    if length == 0 || length > part.limit {
        return Err(SubjectError::Length {
            key: part.key,
            limit: part.limit,
        });
    }
    let value = if part.key == "C" {
        PrintableString::new(value).and_then(|value| Any::encode_from(&value))
    } else {
        Utf8StringRef::new(value).and_then(|value| Any::encode_from(&value))
    };
    let value = value.map_err(|_| wrong())?;
    let attribute = AttributeTypeAndValue {
        oid: part.oid,
        value,
    };
    SetOfVec::try_from([attribute]).map_err(|_| wrong())
}

/// A name as text. Nothing of it can move the cursor of a terminal.
pub(super) fn show(name: &Name) -> String {
    use fmt::Write as _;

    let mut text = String::new();
    for attribute in name.iter() {
        let part = PARTS.iter().find(|part| part.oid == attribute.oid);
        // A string takes everything.
        let _ = match part {
            Some(part) => write!(text, "/{}=", part.key),
            None => write!(text, "/{}=", attribute.oid),
        };
        let value = match attribute.value.tag() {
            der::Tag::Utf8String
            | der::Tag::PrintableString
            | der::Tag::Ia5String
            | der::Tag::TeletexString => String::from_utf8_lossy(attribute.value.value()),
            other => format!("({other})").into(),
        };
        for character in value.chars() {
            let _ = match character {
                '/' => write!(text, "\\/"),
                other if other.is_control() => write!(text, "{}", other.escape_unicode()),
                other => write!(text, "{other}"),
            };
        }
    }
    if text.is_empty() {
        text.push_str("(nobody)");
    }
    text
}

/// Why a text is no name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubjectError {
    /// It does not begin with a slash.
    Slash,
    /// A part has no key or cannot be written.
    Part(String),
    /// A key that is none of those that are known.
    Key(String),
    /// A value that is empty or too long.
    Length {
        /// The key of the part.
        key: &'static str,
        /// Most characters of it.
        limit: usize,
    },
}

impl fmt::Display for SubjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SubjectError::Slash => {
                f.write_str("a subject begins with a slash: `/CN=Some Developer/O=Some Company`")
            }
            SubjectError::Part(part) => write!(f, "`{part}` is not of the form KEY=VALUE"),
            SubjectError::Key(key) => {
                let keys: Vec<&str> = PARTS.iter().map(|part| part.key).collect();
                write!(f, "`{key}` is none of the keys {}", keys.join(", "))
            }
            SubjectError::Length { key, limit } => {
                write!(f, "{key} has to have 1 to {limit} characters")
            }
        }
    }
}

impl Error for SubjectError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_as_it_was_written() {
        for text in [
            "/CN=Some Developer/O=Some Company/OU=Extension Development",
            "/C=AT/ST=Upper Austria/L=Linz/O=Größe, & Co\\/KG/CN=x=y",
        ] {
            let subject: Subject = text.parse().expect(text);
            assert_eq!(subject.to_string(), text);
        }
        let bare: Subject = "/CN=a\\\\b/S=c".parse().expect("a name");
        assert_eq!(bare.to_string(), "/CN=a\\b/ST=c");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for (text, told) in [
            ("CN=x", "begins with a slash"),
            ("", "begins with a slash"),
            ("/", "not of the form"),
            ("/CN", "not of the form"),
            ("/CN=x/", "not of the form"),
            ("/CN=", "1 to 64 characters"),
            ("/C=AUT", "1 to 2 characters"),
            ("/C=Ö", "not of the form"),
            ("/DN=x", "none of the keys CN, O, OU, L, ST, C"),
        ] {
            let error = text.parse::<Subject>().expect_err(text).to_string();
            assert!(error.contains(told), "{text}: {error}");
        }
        let long = format!("/CN={}", "x".repeat(65));
        assert!(long.parse::<Subject>().is_err());
    }

    #[test]
    fn a_name_cannot_write_on_the_terminal() {
        let name: Subject = "/CN=\u{1b}[2J".parse().expect("a name");
        assert_eq!(name.to_string(), "/CN=\\u{1b}[2J");
    }
}
