//! The arguments of `extension!`, read without a Rust parser: all mistakes are
//! reported at once, each at its place.

use extyped_codegen::Options;
use extyped_codegen::manifest::contract::Kind;
use extyped_codegen::manifest::levels::Level;
use extyped_codegen::manifest::suggest::closest;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use crate::literal;

/// What the author wrote between the parentheses.
#[derive(Debug)]
pub(crate) struct Arguments {
    /// The path of the manifest.
    pub(crate) path: String,
    /// Where the path stands.
    pub(crate) span: Span,
    pub(crate) options: Options,
    /// What findings may say of the options, and where that stands.
    places: Vec<(String, Span)>,
}

impl Arguments {
    /// Where to show a finding that has no place in the manifest: it is about
    /// an option and quotes it.
    pub(crate) fn place_of(&self, message: &str) -> Span {
        let quoted = |text: &str| message.contains(&format!("`{text}`"));
        let place = self.places.iter().find(|(text, _)| quoted(text));
        place.map_or(self.span, |&(_, span)| span)
    }
}

/// A mistake in the arguments.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) span: Span,
    pub(crate) message: String,
}

const OPTIONS: [&str; 8] = [
    "kinds",
    "names",
    "optional",
    "crate",
    "visibility",
    "allow",
    "warn",
    "deny",
];

/// Reads the arguments, or says everything that is wrong with them.
pub(crate) fn parse(input: TokenStream) -> Result<Arguments, Vec<Mistake>> {
    let mut parser = Parser::default();
    let mut items = separate(input).into_iter();
    let path = parser.path(items.next().as_deref());
    for item in items {
        parser.option(&item);
    }
    match path {
        Some((path, span)) if parser.mistakes.is_empty() => Ok(Arguments {
            path,
            span,
            options: parser.options,
            places: parser.places,
        }),
        _ => Err(parser.mistakes),
    }
}

#[derive(Default)]
struct Parser {
    options: Options,
    given: Vec<String>,
    places: Vec<(String, Span)>,
    mistakes: Vec<Mistake>,
}

impl Parser {
    fn mistake(&mut self, span: Span, message: impl Into<String>) {
        let message = message.into();
        self.mistakes.push(Mistake { span, message });
    }

    fn path(&mut self, item: Option<&[TokenTree]>) -> Option<(String, Span)> {
        if let Some([tree]) = item
            && let Some(path) = string(tree)
        {
            return Some((path, tree.span()));
        }
        if let Some([tree, next, ..]) = item
            && let Some(path) = string(tree)
        {
            self.mistake(next.span(), "a comma is missing between the path and this");
            return Some((path, tree.span()));
        }
        self.mistake(
            span_of(item.unwrap_or_default()),
            "the first argument is the path of the manifest: \
             `extension!(\"extension/extension.yaml\")`",
        );
        None
    }

    fn option(&mut self, item: &[TokenTree]) {
        let [TokenTree::Ident(name), TokenTree::Punct(equals), value @ ..] = item else {
            return self.mistake(span_of(item), "an option is written `name = value`");
        };
        let option = name.to_string();
        if equals.as_char() != '=' || value.is_empty() {
            return self.mistake(
                name.span(),
                format!("an option is written `{option} = value`"),
            );
        }
        if self.given.contains(&option) {
            return self.mistake(name.span(), format!("the option `{option}` comes twice"));
        }
        match option.as_str() {
            "kinds" => self.kinds(value),
            "names" => self.names(value),
            "optional" => self.optional(value),
            "allow" => self.levels(value, Level::Allow),
            "warn" => self.levels(value, Level::Warn),
            "deny" => self.levels(value, Level::Deny),
            "crate" => {
                self.options.crate_path = code(value);
                self.places.push((option.clone(), span_of(value)));
            }
            "visibility" => {
                self.options.visibility = code(value);
                self.places.push((option.clone(), span_of(value)));
            }
            _ => {
                let hint = closest(&option, OPTIONS).map_or_else(
                    || format!("the options are `{}`", OPTIONS.join("`, `")),
                    |near| format!("did you mean `{near}`?"),
                );
                self.mistake(
                    name.span(),
                    format!("there is no option `{option}`: {hint}"),
                );
            }
        }
        self.given.push(option);
    }

    fn kinds(&mut self, value: &[TokenTree]) {
        const FORM: &str = "write `kinds = { \"metric.key\" = gauge, \"other.key\" = count }`";
        for (key, value) in self.pairs(value, FORM) {
            match code(&value).as_str() {
                "gauge" => self.options.overrides.kinds.push((key, Kind::Gauge)),
                "count" => self.options.overrides.kinds.push((key, Kind::Count)),
                other => self.mistake(
                    span_of(&value),
                    format!("a metric is a `gauge` or a `count`, not `{other}`"),
                ),
            }
        }
    }

    fn names(&mut self, value: &[TokenTree]) {
        const FORM: &str = "write `names = { \"name.in.the.manifest\" = \"name in Rust\" }`";
        for (original, value) in self.pairs(value, FORM) {
            match value.as_slice() {
                [TokenTree::Ident(name)] => {
                    let name = name.to_string();
                    self.options.names.push((original, name));
                }
                [tree] if string(tree).is_some() => {
                    let name = string(tree).unwrap_or_default();
                    self.options.names.push((original, name));
                }
                other => self.mistake(span_of(other), FORM),
            }
        }
    }

    fn optional(&mut self, value: &[TokenTree]) {
        const FORM: &str = "write `optional = [\"dimension.key\", \"other.key\"]`";
        for (key, span) in self.texts(value, FORM) {
            self.places.push((key.clone(), span));
            self.options.overrides.optional.push(key);
        }
    }

    fn levels(&mut self, value: &[TokenTree], level: Level) {
        const FORM: &str = "list the codes of checks: `[\"EXT032\", \"EXT040\"]`";
        for (check, span) in self.texts(value, FORM) {
            if let Err(refused) = self.options.levels.set(&check, level) {
                self.mistake(span, refused.to_string());
            }
        }
    }

    /// The texts of `["a", "b"]`, each with its place; whatever has another
    /// form is reported with `form`.
    fn texts(&mut self, value: &[TokenTree], form: &str) -> Vec<(String, Span)> {
        let group = match value {
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => group,
            other => {
                self.mistake(span_of(other), form);
                return Vec::new();
            }
        };
        let mut texts = Vec::new();
        for item in separate(group.stream()) {
            match item.as_slice() {
                [tree] if string(tree).is_some() => {
                    texts.push((string(tree).unwrap_or_default(), tree.span()));
                }
                other => self.mistake(span_of(other), form),
            }
        }
        texts
    }

    /// The pairs of `{ "key" = value, … }`; whatever has another form is
    /// reported with `form`.
    fn pairs(&mut self, value: &[TokenTree], form: &str) -> Vec<(String, Vec<TokenTree>)> {
        let group = match value {
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Brace => group,
            other => {
                self.mistake(span_of(other), form);
                return Vec::new();
            }
        };
        let mut pairs: Vec<(String, Vec<TokenTree>)> = Vec::new();
        for item in separate(group.stream()) {
            match item.as_slice() {
                [key, TokenTree::Punct(equals), value @ ..]
                    if equals.as_char() == '=' && !value.is_empty() && string(key).is_some() =>
                {
                    let text = string(key).unwrap_or_default();
                    if pairs.iter().any(|(known, _)| *known == text) {
                        self.mistake(key.span(), format!("`{text}` comes twice"));
                    } else {
                        self.places.push((text.clone(), key.span()));
                        pairs.push((text, value.to_vec()));
                    }
                }
                other => self.mistake(span_of(other), form),
            }
        }
        pairs
    }
}

/// The items between commas. The comma after the last one may stand or not.
fn separate(stream: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut items = vec![Vec::new()];
    for tree in stream {
        match tree {
            TokenTree::Punct(comma) if comma.as_char() == ',' => items.push(Vec::new()),
            tree => {
                if let Some(item) = items.last_mut() {
                    item.push(transparent(tree));
                }
            }
        }
    }
    if items.last().is_some_and(Vec::is_empty) {
        items.pop();
    }
    items
}

/// What another macro passes on comes in an invisible group.
fn transparent(tree: TokenTree) -> TokenTree {
    if let TokenTree::Group(group) = &tree
        && group.delimiter() == Delimiter::None
    {
        let mut inner = group.stream().into_iter();
        if let (Some(only), None) = (inner.next(), inner.next()) {
            return transparent(only);
        }
    }
    tree
}

fn string(tree: &TokenTree) -> Option<String> {
    match tree {
        TokenTree::Literal(literal) => literal::string(&literal.to_string()),
        _ => None,
    }
}

fn code(trees: &[TokenTree]) -> String {
    trees.iter().cloned().collect::<TokenStream>().to_string()
}

fn span_of(trees: &[TokenTree]) -> Span {
    trees.first().map_or_else(Span::call_site, TokenTree::span)
}

#[cfg(test)]
mod tests {
    use extyped_codegen::manifest::levels::Levels;

    use super::*;

    fn read(input: &str) -> Result<Arguments, Vec<String>> {
        let tokens = input.parse().expect("the test writes tokens");
        parse(tokens).map_err(|mistakes| {
            let messages = mistakes.into_iter().map(|mistake| mistake.message);
            messages.collect()
        })
    }

    #[test]
    fn a_path_is_enough() {
        let arguments = read("\"extension/extension.yaml\",").expect("a path is enough");
        assert_eq!(arguments.path, "extension/extension.yaml");
        assert_eq!(arguments.options, Options::default());
    }

    #[test]
    fn every_option_is_read() {
        let arguments = read(
            r#"
            "e.yaml",
            kinds = { "lb.a" = gauge, "lb.b" = count },
            names = { "lb:node" = Host, "lb.a" = "alpha beta" },
            optional = ["region", "zone",],
            crate = vendored::extyped,
            visibility = pub(crate),
            allow = ["EXT032"],
            warn = ["unknown-unit"],
            deny = ["warnings"],
            "#,
        )
        .expect("all options are sound");
        let options = arguments.options;
        assert_eq!(
            options.overrides.kinds,
            [
                ("lb.a".to_owned(), Kind::Gauge),
                ("lb.b".to_owned(), Kind::Count)
            ]
        );
        assert_eq!(
            options.names,
            [
                ("lb:node".to_owned(), "Host".to_owned()),
                ("lb.a".to_owned(), "alpha beta".to_owned())
            ]
        );
        assert_eq!(options.overrides.optional, ["region", "zone"]);
        assert_eq!(options.crate_path, "vendored :: extyped");
        assert_eq!(options.visibility, "pub (crate)");
        let mut levels = Levels::default();
        for (check, level) in [
            ("EXT032", Level::Allow),
            ("EXT040", Level::Warn),
            ("warnings", Level::Deny),
        ] {
            levels.set(check, level).expect("a check");
        }
        assert_eq!(options.levels, levels);
    }

    #[test]
    fn a_missing_comma_after_the_path_is_told_from_a_missing_path() {
        let mistakes = read(r#""extension.yaml" optional = ["region"]"#).expect_err("no comma");
        assert_eq!(mistakes, ["a comma is missing between the path and this"]);
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let mistakes = read(
            r#"
            extension.yaml,
            kind = {},
            kinds = { "a" = histogram, b = gauge, "c" = gauge, "c" = count },
            names = ["a"],
            optional = { "a" },
            names = {},
            visibility,
            colour = "red",
            allow = ["EXT32"],
            deny = "EXT032",
            "#,
        )
        .expect_err("nothing here is sound");
        assert_eq!(
            mistakes,
            [
                "the first argument is the path of the manifest: \
                 `extension!(\"extension/extension.yaml\")`",
                "there is no option `kind`: did you mean `kinds`?",
                "write `kinds = { \"metric.key\" = gauge, \"other.key\" = count }`",
                "`c` comes twice",
                "a metric is a `gauge` or a `count`, not `histogram`",
                "write `names = { \"name.in.the.manifest\" = \"name in Rust\" }`",
                "write `optional = [\"dimension.key\", \"other.key\"]`",
                "the option `names` comes twice",
                "an option is written `name = value`",
                "there is no option `colour`: the options are `kinds`, `names`, `optional`, \
                 `crate`, `visibility`, `allow`, `warn`, `deny`",
                "there is no check `EXT32`: did you mean `EXT032` (underscore-count)?",
                "list the codes of checks: `[\"EXT032\", \"EXT040\"]`",
            ]
        );
    }

    #[test]
    fn no_argument_is_a_mistake_too() {
        assert_eq!(read("").expect_err("a path is missing").len(), 1);
    }
}
