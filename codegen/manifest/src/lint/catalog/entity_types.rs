//! `EXT062` and `EXT063`: the names of entity types, and where they are used.

use std::collections::HashSet;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::fix;
use crate::model::Text;
use crate::model::catalog::References;
use crate::source::{SourceFile, Span};
use crate::suggest;

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let topology = &subject.manifest.topology;
    for entity in &topology.types {
        report.extend(check_name(subject.source, entity.name));
    }
    let related = topology.relationships.iter();
    let related = related.flat_map(|relationship| [relationship.from, relationship.to]);
    let metadata = subject.manifest.metrics.iter();
    let metadata = metadata.map(|entry| entry.metadata.source_entity_type);
    for text in related.chain(metadata).flatten() {
        report.extend(unknown(subject, subject.source, text.as_str(), text));
    }
    check_references(
        subject,
        subject.source,
        &subject.manifest.catalog.references,
        report,
    );
}

/// Checks the entity types that texts refer to, of the manifest or of a file
/// beside it.
pub(super) fn check_references(
    subject: &Subject<'_, '_, '_>,
    source: &SourceFile,
    references: &References<'_>,
    report: &mut Report,
) {
    let mut seen: HashSet<(&str, Span)> = HashSet::new();
    for reference in &references.entity_types {
        if seen.insert((reference.name, reference.place.span())) {
            report.extend(unknown(subject, source, reference.name, reference.place));
        }
    }
}

fn check_name(source: &SourceFile, name: Text<'_>) -> Option<Diagnostic> {
    if name.is_template() {
        return None;
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':');
    let refuse = |problem: &str, help: String| {
        Diagnostic::new(
            &codes::ENTITY_TYPE_NAME,
            name.span(),
            format!("the entity type `{}` {problem}", name.as_str()),
        )
        .label("refused by the platform")
        .help(help)
    };
    if name.chars().any(|c| c.is_ascii_uppercase()) {
        let lowered = name.to_lowercase();
        return Some(
            refuse(
                "has capital letters",
                format!("write `{lowered}`, here and wherever it is named"),
            )
            .write_instead(source, name.span(), &lowered),
        );
    }
    if let Some(c) = name.chars().find(|&c| !is_part(c)) {
        let finding = refuse(
            &format!("contains `{}`", c.escape_debug()),
            "use lower-case letters a to z, digits, `_`, `-` and `:`".to_owned(),
        );
        // Whether a letter of another alphabet is one to the platform, its
        // schema leaves open.
        return Some(if c.is_alphanumeric() {
            finding.severity(Severity::Hint).label("may be refused")
        } else {
            finding
        });
    }
    if !name.contains(':') {
        return Some(refuse(
            "has no colon",
            "put the domain before it, as in `f5:pool`; names without a colon are the platform's own"
                .to_owned(),
        ));
    }
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let ends = name.ends_with(|c: char| c.is_ascii_alphanumeric());
    (!starts || !ends).then(|| {
        refuse(
            "starts or ends with another character than a letter or digit",
            "start it with a letter, and end it with a letter or digit".to_owned(),
        )
    })
}

/// The finding for an entity type that the manifest does not define. Names
/// without a colon are the platform's own, and there are hundreds.
fn unknown(
    subject: &Subject<'_, '_, '_>,
    source: &SourceFile,
    name: &str,
    place: Text<'_>,
) -> Option<Diagnostic> {
    let name = name.strip_prefix("dt.entity.").unwrap_or(name);
    let known = || {
        let types = subject.manifest.topology.types.iter();
        types.map(|entity| entity.name.as_str())
    };
    let is_placeholder = name.contains(['$', '{', '(']) || place.is_template();
    if !name.contains(':') || is_placeholder || known().any(|k| k.eq_ignore_ascii_case(name)) {
        return None;
    }
    let finding = Diagnostic::new(
        &codes::UNKNOWN_ENTITY_TYPE,
        place.span(),
        format!("the manifest defines no entity type `{name}`"),
    );
    if let Some(close) = suggest::closest(name, known()) {
        let edits = fix::replace_within_scalar(source, place.span(), name, close);
        return Some(super::mend(
            finding
                .label("not defined")
                .help(format!("did you mean `{close}`?")),
            format!("write `{close}`"),
            edits,
        ));
    }
    // Types of one domain are usually defined together; another domain is
    // another extension's.
    let domain = |name: &str| name.split(':').next().map(str::to_ascii_lowercase);
    let is_own = known().any(|known| domain(known) == domain(name));
    Some(if is_own {
        finding
            .label("not defined")
            .help("define it under `topology.types`, or correct the name")
    } else {
        finding
            .severity(Severity::Hint)
            .label("defined by another extension?")
            .help("it appears only where the extension that defines it is active")
    })
}
