//! `EXT081` to `EXT084`: the cards of screens, and the attributes they show.

use std::collections::HashSet;

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::fix;
use crate::model::Text;
use crate::model::catalog::{Card, NamedCard, Screen};
use crate::source::SourceFile;
use crate::suggest;

/// Attributes that every entity has.
const COMMON: [&str; 12] = [
    "customizedName",
    "detectedName",
    "displayName",
    "entityId",
    "entity_id",
    "firstSeenTms",
    "id",
    "lastSeenTms",
    "managementZones",
    "name",
    "tags",
    "lifetime",
];

pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let screens = &subject.manifest.catalog.screens;
    // Cards that other screens show as well.
    let borrowed: HashSet<&str> = screens
        .iter()
        .flat_map(|screen| &screen.named)
        .filter(|named| !named.of.is_empty())
        .map(|named| named.key.as_str())
        .collect();
    for screen in screens {
        check_named(subject.source, screen, screens, report);
        check_defined(screen, &borrowed, report);
        check_attributes(subject, screen, report);
    }
}

/// Whether a layout means a card by this kind. A health card goes by two names.
fn fits(card: &Card<'_>, named: &NamedCard<'_>) -> bool {
    named.kind.is_none_or(|kind| {
        kind.as_str() == card.kind || kind.strip_suffix("_CARD") == Some(card.kind)
    })
}

/// Where a card comes from that a screen shows for entities of another type.
enum Lender<'s, 't> {
    /// The card, in a screen of the manifest.
    Screen(&'s Card<'t>),
    /// Perhaps a screen of the platform: the manifest has none of the type.
    Platform,
}

fn lender<'s, 't>(named: &NamedCard<'_>, screens: &'s [Screen<'t>]) -> Option<Lender<'s, 't>> {
    let of = named.of.first()?;
    let theirs = screens.iter().filter(|screen| {
        let entity_type = screen.entity_type;
        entity_type.is_some_and(|entity_type| entity_type.eq_ignore_ascii_case(of))
    });
    let mut theirs = theirs.peekable();
    if theirs.peek().is_none() {
        return Some(Lender::Platform);
    }
    let mut cards = theirs.flat_map(|screen| &screen.cards);
    let card = cards.find(|card| *card.key == *named.key && fits(card, named));
    card.map(Lender::Screen)
}

/// The add-on for VS Code, which looks into one screen, refuses to build an
/// extension that does as the platform's own examples do.
fn borrowed_from(named: &NamedCard<'_>, card: &Card<'_>) -> Diagnostic {
    let key = named.key.as_str();
    Diagnostic::new(
        &codes::UNDEFINED_CARD,
        named.key.span(),
        format!("the card `{key}` is that of another screen"),
    )
    .severity(Severity::Hint)
    .label("shown for other entities")
    .related(card.key.span(), "defined here")
    .help("nothing has to be done; the VS Code add-on reports it as DED008 all the same")
}

fn check_named(
    source: &SourceFile,
    screen: &Screen<'_>,
    screens: &[Screen<'_>],
    report: &mut Report,
) {
    for named in &screen.named {
        let key = named.key.as_str();
        let of_key: Vec<&Card<'_>> = screen.cards.iter().filter(|c| *c.key == *key).collect();
        if of_key.iter().any(|card| fits(card, named)) || named.key.is_template() {
            continue;
        }
        match lender(named, screens) {
            Some(Lender::Screen(card)) => {
                report.push(borrowed_from(named, card));
                continue;
            }
            Some(Lender::Platform) => continue,
            None => {}
        }
        let finding = Diagnostic::new(
            &codes::UNDEFINED_CARD,
            named.key.span(),
            format!("the screen defines no card `{key}`"),
        )
        .label("nothing is shown here");
        if let (Some(card), Some(kind)) = (of_key.first(), named.kind) {
            report.push(
                finding
                    .related(card.key.span(), format!("this is a `{}`", card.kind))
                    .help(format!("write `type: {}`", card.kind))
                    .fix(
                        format!("write `type: {}`", card.kind),
                        vec![fix::replace_scalar(source, kind.span(), card.kind)],
                    ),
            );
            continue;
        }
        let fitting = screen.cards.iter().filter(|card| fits(card, named));
        let close = suggest::closest(key, fitting.map(|card| card.key.as_str()));
        report.push(match close {
            Some(close) => finding
                .help(format!("did you mean `{close}`?"))
                .write_instead(source, named.key.span(), close),
            None => finding.help("define the card in this screen, or remove it from the layout"),
        });
    }
}

fn check_defined(screen: &Screen<'_>, borrowed: &HashSet<&str>, report: &mut Report) {
    for (index, card) in screen.cards.iter().enumerate() {
        let mut earlier = screen.cards.iter().take(index);
        if let Some(first) = earlier.find(|c| c.kind == card.kind && *c.key == *card.key) {
            report.push(
                Diagnostic::new(
                    &codes::DUPLICATE_CARD,
                    card.key.span(),
                    format!("the card `{}` is defined twice", card.key.as_str()),
                )
                .label("again here")
                .related(first.key.span(), "first here")
                .help("give one of the two another key"),
            );
        }
        // Without a layout the platform decides what to show.
        let decides = !screen.named.is_empty() && !screen.shows_all;
        let is_named = |named: &NamedCard<'_>| *named.key == *card.key;
        let is_shown = screen.named.iter().any(is_named) || borrowed.contains(card.key.as_str());
        if decides && !is_shown {
            report.push(
                Diagnostic::new(
                    &codes::UNUSED_CARD,
                    card.key.span(),
                    format!("no layout names the card `{}`", card.key.as_str()),
                )
                .label("never shown")
                .help(format!(
                    "add `key: {}` and `type: {}` to a layout, or remove the card",
                    card.key.as_str(),
                    card.kind
                )),
            );
        }
    }
}

fn check_attributes(subject: &Subject<'_, '_, '_>, screen: &Screen<'_>, report: &mut Report) {
    for shown in &screen.attributes {
        let types = &subject.manifest.topology.types;
        let of = shown.of.and_then(|name| {
            let mut types = types.iter();
            types.find(|entity| entity.name.eq_ignore_ascii_case(name))
        });
        let key = shown.key.as_str();
        let is_common = COMMON.contains(&key) || key.starts_with("dt.") || shown.key.is_template();
        let Some(entity) = of.filter(|_| !is_common) else {
            continue;
        };
        let attributes = entity.rules.iter().flat_map(|rule| &rule.attributes);
        let known: Vec<&str> = attributes.filter_map(|a| a.key.map(Text::as_str)).collect();
        if known.contains(&key) {
            continue;
        }
        let finding = Diagnostic::new(
            &codes::UNKNOWN_ATTRIBUTE,
            shown.key.span(),
            format!("`{}` has no attribute `{key}`", entity.name.as_str()),
        )
        .label("always empty");
        report.push(match suggest::closest(key, known) {
            Some(close) => finding
                .help(format!("did you mean `{close}`?"))
                .write_instead(subject.source, shown.key.span(), close),
            None => finding
                .related(entity.name.span(), "this entity type")
                .help("add it to `attributes` of the rules of the type, or show another one"),
        });
    }
}
