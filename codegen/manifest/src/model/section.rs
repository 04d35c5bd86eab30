//! Mappings with known fields: how each part of the model is read.

use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::fix;
use crate::model::{Text, anchor};
use crate::source::{SourceFile, Span};
use crate::suggest;
use crate::yaml::{Entry, Node, NodeKind, is_template};

/// What a truth value is called in a message.
pub(crate) const TRUTH: &str = "`true` or `false`";

/// A field that is there: its key and its value.
pub(crate) type Field<'t> = Entry<'t>;

/// A mapping, and what the author calls it.
#[derive(Clone)]
pub(crate) struct Section<'t> {
    pub(crate) node: Node<'t>,
    /// The text, for edits.
    pub(crate) source: &'t SourceFile,
    /// As it stands in a message: "`author`", "an entry of `metrics`".
    name: &'static str,
    /// Where the section is announced: its key, or its first line.
    anchor: Span,
}

impl<'t> Section<'t> {
    /// Takes `node` as a section; anything but a mapping is a finding. An empty
    /// value (`metadata:` with nothing below) is a section without fields.
    pub(crate) fn read(
        source: &'t SourceFile,
        node: Node<'t>,
        name: &'static str,
        anchor: Span,
        report: &mut Report,
    ) -> Option<Self> {
        match node.kind() {
            NodeKind::Mapping | NodeKind::Null => Some(Section {
                node,
                source,
                name,
                anchor,
            }),
            NodeKind::Scalar if node.as_str().is_some_and(is_template) => None,
            NodeKind::Scalar | NodeKind::Sequence => {
                report.push(wrong_type(node, name, "fields with values"));
                None
            }
        }
    }

    /// Takes an item of a list as a section.
    pub(crate) fn item(
        source: &'t SourceFile,
        node: Node<'t>,
        name: &'static str,
        report: &mut Report,
    ) -> Option<Self> {
        Self::read(source, node, name, anchor(node), report)
    }

    /// What the author calls it.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// All fields, in the order of the file.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Field<'t>> {
        self.node.entries()
    }

    /// The field `key`, unless it is missing or has no value.
    pub(crate) fn field(&self, key: &str) -> Option<Field<'t>> {
        self.entries()
            .find(|entry| entry.name() == key && entry.value.kind() != NodeKind::Null)
    }

    /// The text of a field.
    pub(crate) fn text(&self, key: &str, report: &mut Report) -> Option<Text<'t>> {
        let node = self.field(key)?.value;
        let text = Text::of(node);
        if text.is_none() {
            report.push(wrong_type(node, &format!("`{key}`"), "a text"));
        }
        text
    }

    /// The text of a field that must be there.
    pub(crate) fn required_text(&self, key: &str, report: &mut Report) -> Option<Text<'t>> {
        self.require(key, report)?;
        self.text(key, report)
    }

    /// The truth value of a field.
    pub(crate) fn flag(&self, key: &str, report: &mut Report) -> Option<bool> {
        let node = self.field(key)?.value;
        let flag = node.as_bool();
        if flag.is_none() && !node.as_str().is_some_and(is_template) {
            report.push(wrong_type(node, &format!("`{key}`"), TRUTH));
        }
        flag
    }

    /// The number that a field holds, with the field's text. Quotes around it
    /// change nothing to the platform.
    pub(crate) fn number(&self, key: &str, report: &mut Report) -> Option<(f64, Text<'t>)> {
        let node = self.field(key)?.value;
        let text = Text::of(node);
        let number = text.and_then(|text| Some((text.trim().parse().ok()?, text)));
        if number.is_none() && !text.is_some_and(Text::is_template) {
            report.push(wrong_type(node, &format!("`{key}`"), "a number"));
        }
        number
    }

    /// The text of a field that takes only certain ones.
    pub(crate) fn choice(
        &self,
        key: &str,
        known: &[&str],
        report: &mut Report,
    ) -> Option<Text<'t>> {
        let text = self.text(key, report)?;
        if known.contains(&text.as_str()) || text.is_template() {
            return Some(text);
        }
        let close = suggest::closest(&text, known.iter().copied());
        let what = format!("`{key}`");
        report.push(unknown_value(self.source, text, &what, known, close));
        None
    }

    /// The texts that a list consists of.
    pub(crate) fn texts(&self, key: &str, report: &mut Report) -> Vec<Text<'t>> {
        let mut texts = Vec::new();
        for node in self.list(key, report) {
            match Text::of(node) {
                Some(text) => texts.push(text),
                None => report.push(wrong_type(node, &format!("an entry of `{key}`"), "a text")),
            }
        }
        texts
    }

    /// The items of a list; none if it is missing.
    pub(crate) fn list(&self, key: &str, report: &mut Report) -> Vec<Node<'t>> {
        let Some(field) = self.field(key) else {
            return Vec::new();
        };
        let template = field.value.as_str().is_some_and(is_template);
        if field.value.kind() != NodeKind::Sequence && !template {
            report.push(wrong_type(field.value, &format!("`{key}`"), "a list"));
        }
        field.value.items().collect()
    }

    /// The sections that a list consists of.
    pub(crate) fn sections(
        &self,
        key: &str,
        item: &'static str,
        report: &mut Report,
    ) -> Vec<Section<'t>> {
        self.list(key, report)
            .into_iter()
            .filter_map(|node| Section::item(self.source, node, item, report))
            .collect()
    }

    /// The sections that a list consists of, which must be there.
    pub(crate) fn required_sections(
        &self,
        key: &str,
        item: &'static str,
        report: &mut Report,
    ) -> Vec<Section<'t>> {
        match self.require(key, report) {
            Some(_) => self.sections(key, item, report),
            None => Vec::new(),
        }
    }

    /// A field that is a section itself.
    pub(crate) fn section(
        &self,
        key: &str,
        name: &'static str,
        report: &mut Report,
    ) -> Option<Section<'t>> {
        let field = self.field(key)?;
        Section::read(self.source, field.value, name, field.key.span(), report)
    }

    /// A field that is a section itself and must be there.
    pub(crate) fn required_section(
        &self,
        key: &str,
        name: &'static str,
        report: &mut Report,
    ) -> Option<Section<'t>> {
        self.require(key, report)?;
        self.section(key, name, report)
    }

    /// Reports every field that is not in `known`.
    pub(crate) fn only(&self, known: &[&str], report: &mut Report) {
        for entry in self.entries() {
            if known.contains(&entry.name()) {
                continue;
            }
            let close = self.meant(entry.name(), known);
            report.push(unknown(self.source, entry.key, self.name, close));
        }
    }

    /// Reports the fields that are likely slips of those in `known`, where
    /// newer platforms know more.
    pub(crate) fn slips(&self, known: &[&str], report: &mut Report) {
        for entry in self.entries() {
            let name = entry.name();
            if known.contains(&name) {
                continue;
            }
            let close = self.meant(name, known);
            if close.is_some() {
                report.push(unknown(self.source, entry.key, self.name, close));
            }
        }
    }

    /// The known field that a name is a slip of, unless it is there as well,
    /// even if it has no value: then it cannot be there twice.
    fn meant<'k>(&self, name: &str, known: &[&'k str]) -> Option<&'k str> {
        suggest::closest(name, known.iter().copied()).filter(|close| self.node.get(close).is_none())
    }

    fn require(&self, key: &str, report: &mut Report) -> Option<Field<'t>> {
        let field = self.field(key);
        if field.is_none() {
            report.push(
                Diagnostic::new(
                    &codes::MISSING_FIELD,
                    self.anchor,
                    format!("{} has no `{key}`", self.name),
                )
                .label(format!("`{key}` is missing"))
                .help(format!("add `{key}:` with its value")),
            );
        }
        field
    }
}

/// The finding for a value of another type than the format asks for.
pub(crate) fn wrong_type(node: Node<'_>, what: &str, expected: &str) -> Diagnostic {
    let found = match node.kind() {
        NodeKind::Null => "nothing",
        NodeKind::Scalar => "a text",
        NodeKind::Sequence => "a list",
        NodeKind::Mapping => "fields with values",
    };
    // Nothing but quotes can be wrong with a truth value.
    let is_quoted = expected == TRUTH
        && node.as_str().is_some_and(|text| {
            text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
        });
    // A scalar that is no truth value is a text to the reader, and saying
    // "not a text" of a number would help nobody.
    let found = match node.as_str() {
        Some(text) if is_quoted => format!("the text `{text}`"),
        Some(text) if text.chars().count() <= 40 => format!("`{text}`"),
        _ => found.to_owned(),
    };
    let message = format!("{what} must be {expected}, not {found}");
    let finding = Diagnostic::new(&codes::WRONG_TYPE, anchor(node), message)
        .label(format!("expected {expected}"));
    if is_quoted {
        finding.help("remove the quotes")
    } else {
        finding
    }
}

/// The finding for a field that the format does not know.
pub(crate) fn unknown(
    source: &SourceFile,
    key: Node<'_>,
    section: &str,
    close: Option<&str>,
) -> Diagnostic {
    let name = key.as_str().unwrap_or_default();
    let finding = Diagnostic::new(
        &codes::UNKNOWN_FIELD,
        key.span(),
        format!("{section} has no field `{name}`"),
    )
    .label("unknown field");
    match close {
        Some(close) => finding.help(format!("did you mean `{close}`?")).fix(
            format!("rename the field to `{close}`"),
            vec![fix::replace_scalar(source, key.span(), close)],
        ),
        None => finding.help("the platform ignores or refuses it; remove it"),
    }
}

/// The finding for a text that is none of `known`, with the one it stands for.
pub(crate) fn unknown_value(
    source: &SourceFile,
    text: Text<'_>,
    what: &str,
    known: &[&str],
    close: Option<&str>,
) -> Diagnostic {
    let finding = Diagnostic::new(
        &codes::UNKNOWN_VALUE,
        text.span(),
        format!("{what} cannot be `{}`", text.as_str()),
    )
    .label("unknown value");
    match close {
        Some(close) => finding
            .help(format!("did you mean `{close}`?"))
            .write_instead(source, text.span(), close),
        None => finding.help(format!("write one of `{}`", known.join("`, `"))),
    }
}
