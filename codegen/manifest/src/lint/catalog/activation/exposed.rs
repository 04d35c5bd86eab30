//! `EXT120` and `EXT121` in a schema: secrets that everybody reads, and
//! addresses without encryption.

use super::form::Form;
use super::secrets;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::Text;

pub(super) fn check(form: &Form<'_, '_>, report: &mut Report) {
    for field in form.fields().into_iter().filter(|field| !field.is_item) {
        let kind = field.node.get("type").and_then(Text::of);
        let is = |expected: &str| kind.is_some_and(|kind| *kind == *expected);
        if is("text") && secrets::is_secret_name(field.name) {
            report.push(
                Diagnostic::new(
                    &codes::SECRET,
                    kind.map_or(field.key, Text::span),
                    format!(
                        "the property `{}` is a text, which everybody can read",
                        field.name
                    ),
                )
                .label("shown and stored as it is")
                .help("write `\"type\": \"secret\"`"),
            );
        }
        let Some(default) = field.node.get("default") else {
            continue;
        };
        let text = Text::of(default).filter(|text| !text.is_template());
        if is("secret") {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                report.push(secrets::secret(text, "the default of a secret"));
            }
            continue;
        }
        for text in text.into_iter().chain(default.items().filter_map(Text::of)) {
            report.extend(secrets::insecure(text));
        }
    }
}
