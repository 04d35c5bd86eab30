//! What an author may tell the generator, the same in every face.

use extyped_manifest::codes;
use extyped_manifest::contract::Overrides;
use extyped_manifest::diagnostic::{Diagnostic, Report};
use extyped_manifest::levels::Levels;
use proc_macro2::{Delimiter, Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::quote;

use crate::lower::ident::is_keyword;

/// The options of the generator.
///
/// `extension!`, build.rs and the command line fill the same struct, so that
/// the three write the same code for the same manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// What the manifest leaves open: kinds and optional dimensions.
    pub overrides: Overrides,
    /// Names to use instead of those derived from the manifest: what the
    /// manifest calls the thing, and the name.
    ///
    /// The first part is a metric key (`lb.bytes.in.count`), a dimension key
    /// (`device.address`), an entity type (`lb:node`), the dimensions of a set
    /// (`{device.address}{node.name}`), a feature set, or a value that the
    /// topology asks for (`state=UP`). The second is words in any case: `pool
    /// member`, `pool_member` and `PoolMember` are the same.
    pub names: Vec<(String, String)>,
    /// The path of the `extyped` crate, where it is known by another name. It
    /// has to mean the same in every module.
    pub crate_path: String,
    /// The visibility of everything generated.
    pub visibility: String,
    /// How much each check matters. What `extyped.toml` says is added by the
    /// faces, which know where the manifest lies: [`Levels::over`].
    pub levels: Levels,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            overrides: Overrides::default(),
            names: Vec::new(),
            crate_path: "::extyped".to_owned(),
            visibility: "pub".to_owned(),
            levels: Levels::default(),
        }
    }
}

impl Options {
    /// The tokens of [`crate_path`](Self::crate_path); those of the default,
    /// and a finding, when it is no path.
    pub(crate) fn crate_tokens(&self, report: &mut Report) -> TokenStream {
        read(&self.crate_path, is_absolute_path).unwrap_or_else(|| {
            let message = format!("the option `crate` is not a path: `{}`", self.crate_path);
            report.push(
                Diagnostic::new(&codes::INVALID_OPTION, None, message)
                    .help("write the path of the crate, `::extyped`"),
            );
            quote!(::extyped)
        })
    }

    /// The tokens of [`visibility`](Self::visibility); those of the default,
    /// and a finding, when it is no visibility.
    pub(crate) fn visibility_tokens(&self, report: &mut Report) -> TokenStream {
        read(&self.visibility, is_visibility).unwrap_or_else(|| {
            let message = format!(
                "the option `visibility` is not a visibility: `{}`",
                self.visibility
            );
            report.push(
                Diagnostic::new(&codes::INVALID_OPTION, None, message)
                    .help("write `pub`, `pub(crate)`, `pub(super)` or `pub(in crate::module)`"),
            );
            quote!(pub)
        })
    }
}

/// The tokens of an option, if they are what it takes.
fn read(text: &str, accepts: fn(&[TokenTree]) -> bool) -> Option<TokenStream> {
    let tokens = text.parse::<TokenStream>().ok()?;
    let trees: Vec<_> = tokens.clone().into_iter().collect();
    accepts(&trees).then_some(tokens)
}

/// `a::b` that is no path relative to a module, for generated code has a
/// module of its own.
fn is_absolute_path(trees: &[TokenTree]) -> bool {
    match trees {
        [TokenTree::Ident(first), rest @ ..] if first == "crate" => follows(rest),
        [TokenTree::Ident(_), ..] => follows_colons(trees),
        all => follows(all) && !all.is_empty(),
    }
}

/// The path of a module above, which is all that `pub(in …)` takes.
fn is_module_above(trees: &[TokenTree]) -> bool {
    let above = |word: &Ident| word == "crate" || word == "self" || word == "super";
    match trees {
        [TokenTree::Ident(first), rest @ ..] if above(first) => {
            let mut rest = rest;
            while let [
                TokenTree::Punct(a),
                TokenTree::Punct(b),
                TokenTree::Ident(word),
                more @ ..,
            ] = rest
                && is_separator(a, b)
                && word == "super"
                && first != "crate"
            {
                rest = more;
            }
            follows(rest)
        }
        _ => false,
    }
}

/// `::a::b`, or nothing.
fn follows(trees: &[TokenTree]) -> bool {
    match trees {
        [] => true,
        [TokenTree::Punct(a), TokenTree::Punct(b), rest @ ..] if is_separator(a, b) => {
            follows_colons(rest)
        }
        _ => false,
    }
}

/// `a::b`, of names that are no keywords.
fn follows_colons(trees: &[TokenTree]) -> bool {
    match trees {
        [TokenTree::Ident(name), rest @ ..] => !is_keyword(&name.to_string()) && follows(rest),
        _ => false,
    }
}

fn is_separator(first: &Punct, second: &Punct) -> bool {
    first.as_char() == ':' && first.spacing() == Spacing::Joint && second.as_char() == ':'
}

/// Nothing, `pub`, or `pub` with a restriction.
fn is_visibility(trees: &[TokenTree]) -> bool {
    match trees {
        [] => true,
        [TokenTree::Ident(word)] => word == "pub",
        [TokenTree::Ident(word), TokenTree::Group(group)] => {
            word == "pub"
                && group.delimiter() == Delimiter::Parenthesis
                && is_restriction(&group.stream().into_iter().collect::<Vec<_>>())
        }
        _ => false,
    }
}

fn is_restriction(trees: &[TokenTree]) -> bool {
    match trees {
        [TokenTree::Ident(word)] => word == "crate" || word == "super" || word == "self",
        [TokenTree::Ident(word), path @ ..] => word == "in" && is_module_above(path),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(check: fn(&[TokenTree]) -> bool, text: &str) -> bool {
        text.parse::<TokenStream>()
            .is_ok_and(|tokens| check(&tokens.into_iter().collect::<Vec<_>>()))
    }

    #[test]
    fn a_crate_path_is_names_between_colons() {
        for path in [
            "::extyped",
            "extyped",
            "crate",
            "crate::vendored::extyped",
            "a::r#type",
        ] {
            assert!(accepted(is_absolute_path, path), "{path}");
        }
        for other in [
            "",
            "::",
            "a::",
            "a:b",
            "a b",
            "a::b!()",
            "::a; fn evil() {}",
            "self::a",
            "super::a",
            "::crate",
            "::self::a",
            "a::type",
            "_",
            "a: :b",
        ] {
            assert!(!accepted(is_absolute_path, other), "{other}");
        }
    }

    #[test]
    fn a_visibility_is_what_rust_takes_for_one() {
        for visibility in [
            "",
            "pub",
            "pub(crate)",
            "pub(super)",
            "pub(in crate::a)",
            "pub(in super::super)",
            "pub(in self::super)",
        ] {
            assert!(accepted(is_visibility, visibility), "{visibility}");
        }
        for other in [
            "private",
            "pub()",
            "pub(in)",
            "pub(in a::b)",
            "pub(in ::a)",
            "pub(in crate::super)",
            "pub[crate]",
            "pub fn f() {}",
        ] {
            assert!(!accepted(is_visibility, other), "{other}");
        }
    }

    #[test]
    fn an_option_that_is_no_code_is_a_finding_and_the_default_holds() {
        let options = Options {
            crate_path: "not a path".to_owned(),
            visibility: "secret".to_owned(),
            ..Options::default()
        };
        let mut report = Report::default();
        assert_eq!(options.crate_tokens(&mut report).to_string(), ":: extyped");
        assert_eq!(options.visibility_tokens(&mut report).to_string(), "pub");
        let messages: Vec<_> = report
            .diagnostics()
            .iter()
            .map(|diagnostic| diagnostic.message.as_str())
            .collect();
        assert_eq!(
            messages,
            [
                "the option `crate` is not a path: `not a path`",
                "the option `visibility` is not a visibility: `secret`",
            ]
        );
    }
}
