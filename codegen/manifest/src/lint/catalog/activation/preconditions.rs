//! `EXT132`: when a field is shown.

mod compare;
mod cycle;

use extyped_activation::{Precondition, Property};

use super::form::{Field, Form};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::fix;
use crate::model::{Text, anchor};
use crate::source::Span;
use crate::suggest;
use crate::yaml::{Entry, Node, NodeKind};

/// The kinds, and the fields that each cannot do without.
const KINDS: [(&str, &[&str]); 7] = [
    ("EQUALS", &["property", "expectedValue"]),
    ("IN", &["property", "expectedValues"]),
    ("NULL", &["property"]),
    ("REGEX_MATCH", &["property", "pattern"]),
    ("NOT", &["precondition"]),
    ("AND", &["preconditions"]),
    ("OR", &["preconditions"]),
];

pub(super) fn check(form: &Form<'_, '_>, report: &mut Report) {
    let fields = form.fields();
    for field in fields.iter().filter(|field| !field.is_item) {
        if let Some(precondition) = entry(field.node, "precondition") {
            let mut check = Check {
                form,
                field,
                report,
            };
            check.condition(precondition.key.span(), precondition.value);
        }
    }
    cycle::check(form, report);
}

fn entry<'t>(node: Node<'t>, name: &str) -> Option<Entry<'t>> {
    node.entries().find(|entry| entry.name() == name)
}

fn finding(place: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&codes::ACTIVATION_PRECONDITION, place, message)
}

struct Check<'a, 'f, 'c, 't> {
    form: &'a Form<'c, 't>,
    field: &'a Field<'f, 't>,
    report: &'a mut Report,
}

impl<'t> Check<'_, '_, '_, 't> {
    /// Trees have a limited depth, so this may recurse.
    fn condition(&mut self, announced: Span, node: Node<'t>) {
        let name = self.field.name;
        if node.kind() == NodeKind::Null {
            return;
        }
        if node.kind() != NodeKind::Mapping {
            self.report.push(
                finding(
                    announced,
                    format!("the precondition of `{name}` is no object"),
                )
                .label("expected `{`")
                .help("write `{ \"type\": \"EQUALS\", \"property\": …, \"expectedValue\": … }`"),
            );
            return;
        }
        let Some(kind) = node.get("type").and_then(Text::of) else {
            self.report.push(
                finding(
                    anchor(node),
                    format!("the precondition of `{name}` has no `type`"),
                )
                .label("of no kind")
                .help(format!("add `type`, one of {}", kinds())),
            );
            return;
        };
        let Some((_, required)) = KINDS.iter().find(|(known, _)| *known == kind.as_str()) else {
            if !kind.is_template() {
                self.unknown_kind(kind);
            }
            return;
        };
        for field in *required {
            if node.get(field).is_none() {
                self.missing(node, kind, field);
            }
        }
        if required.contains(&"property") {
            self.property(node);
        }
        match kind.as_str() {
            "REGEX_MATCH" => self.pattern(node),
            "NOT" => {
                if let Some(inner) = entry(node, "precondition") {
                    self.condition(inner.key.span(), inner.value);
                }
            }
            "AND" | "OR" => {
                if let Some(all) = entry(node, "preconditions") {
                    self.several(kind, all);
                }
            }
            _ => {}
        }
    }

    fn several(&mut self, kind: Text<'_>, all: Entry<'t>) {
        if all.value.items().len() == 0 {
            self.report.push(
                finding(
                    all.key.span(),
                    format!("`{}` has no preconditions to look at", kind.as_str()),
                )
                .label("expected a list of them")
                .help("list them, or write the only one without it"),
            );
        }
        for one in all.value.items() {
            self.condition(anchor(one), one);
        }
    }

    fn unknown_kind(&mut self, kind: Text<'_>) {
        let close = match kind.to_ascii_uppercase().as_str() {
            "REGEX" | "PATTERN" | "MATCHES" => Some("REGEX_MATCH"),
            "EQUAL" | "EQ" | "IS" => Some("EQUALS"),
            _ => suggest::closest(&kind, KINDS.iter().map(|(known, _)| *known)),
        };
        let finding = finding(
            kind.span(),
            format!("`{}` is no kind of precondition", kind.as_str()),
        )
        .label("the field is shown all the same, or the schema refused");
        self.report.push(match close {
            Some(close) => finding.help(format!("write `{close}`")).write_instead(
                self.form.source,
                kind.span(),
                close,
            ),
            None => finding.help(format!("write one of {}", kinds())),
        });
    }

    fn missing(&mut self, node: Node<'t>, kind: Text<'t>, field: &str) {
        let finding = finding(
            kind.span(),
            format!("a precondition `{}` needs `{field}`", kind.as_str()),
        )
        .label(format!("`{field}` is missing"));
        // `expectedValues` of `EQUALS` is close, and not a slip: it is a list.
        let slip = node.entries().find(|entry| {
            let is_known = KINDS.iter().any(|(_, all)| all.contains(&entry.name()));
            !is_known && suggest::closest(entry.name(), [field]).is_some()
        });
        let other = match field {
            "expectedValue" => Some(("expectedValues", "IN")),
            "expectedValues" => Some(("expectedValue", "EQUALS")),
            _ => None,
        };
        if let Some((there, of)) = other.filter(|(there, _)| node.get(there).is_some()) {
            self.report.push(
                finding
                    .help(format!("`{there}` belongs to `{of}`"))
                    .write_instead(self.form.source, kind.span(), of),
            );
            return;
        }
        self.report.push(match slip {
            Some(slip) => finding
                .help(format!("`{}` is likely meant to be it", slip.name()))
                .fix(
                    format!("rename the field to `{field}`"),
                    vec![fix::replace_scalar(
                        self.form.source,
                        slip.key.span(),
                        field,
                    )],
                ),
            None => finding.help(format!("add `{field}`")),
        });
    }

    fn property(&mut self, node: Node<'t>) {
        let Some(target) = node.get("property").and_then(Text::of) else {
            return;
        };
        if target.is_template() {
            return;
        }
        if self.field.siblings.get(&target).is_none() {
            let others = self.field.siblings.entries().map(Entry::name);
            let close = suggest::closest(&target, others.filter(|other| *other != self.field.name));
            let finding = finding(
                target.span(),
                format!(
                    "`{}` depends on `{}`, which is no field beside it",
                    self.field.name,
                    target.as_str()
                ),
            )
            .label("no such field in the same type");
            self.report.push(match close {
                Some(close) => finding
                    .help(format!("did you mean `{close}`?"))
                    .write_instead(self.form.source, target.span(), close),
                None => finding.help(
                    "name a field of the same type: a precondition cannot look into other groups",
                ),
            });
            return;
        }
        let property = self.field.group.and_then(|group| group.property(&target));
        if let Some(property) = property {
            self.values(node, target, property);
        }
    }

    fn values(&mut self, node: Node<'t>, target: Text<'t>, property: &Property) {
        let expected = node.get("expectedValue");
        let several = node.get("expectedValues").filter(|_| expected.is_none());
        if let Some(all) = several.filter(|all| all.kind() != NodeKind::Sequence) {
            self.report.push(
                finding(anchor(all), "`expectedValues` is no list")
                    .label("expected `[`")
                    .help("put the value in brackets, or write `EQUALS` with `expectedValue`"),
            );
        }
        for value in expected
            .into_iter()
            .chain(several.into_iter().flat_map(Node::items))
        {
            let found = compare::never(self.form, target.as_str(), property, value);
            self.report.extend(found);
        }
    }

    fn pattern(&mut self, node: Node<'t>) {
        let Some(pattern) = node.get("pattern").and_then(Text::of) else {
            return;
        };
        let own = self.field.property.and_then(|it| it.precondition.as_ref());
        if own.is_some_and(|own| is_mystery(own, &pattern)) && !pattern.is_template() {
            self.report.push(
                finding(pattern.span(), "the pattern is no regular expression")
                    .label("not understood, so it hides nothing")
                    .help("correct it; the syntax is that of Java"),
            );
        }
    }
}

/// Whether a precondition has this pattern and it is not understood.
fn is_mystery(precondition: &Precondition, text: &str) -> bool {
    match precondition {
        Precondition::Matches(_, pattern) => pattern.as_str() == text && !pattern.is_understood(),
        Precondition::Not(inner) => is_mystery(inner, text),
        Precondition::And(all) | Precondition::Or(all) => {
            all.iter().any(|one| is_mystery(one, text))
        }
        _ => false,
    }
}

fn kinds() -> String {
    let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}
