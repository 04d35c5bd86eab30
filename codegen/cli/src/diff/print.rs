//! Changes for people and for programs.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use extyped_manifest::render::harmless;

use super::{Change, Changes, Rise, Weight};
use crate::json::Json;
use crate::outline::Outline;

const HEADING: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::BrightGreen.on_default().bold();
const BAD: Style = AnsiColor::BrightRed.on_default().bold();
const DOUBTFUL: Style = AnsiColor::BrightYellow.on_default().bold();

/// How many subjects of one change are named.
const SHOWN: usize = 6;

impl Weight {
    fn name(self) -> &'static str {
        match self {
            Weight::Patch => "patch",
            Weight::Minor => "minor",
            Weight::Major => "major",
        }
    }

    fn style(self) -> Style {
        match self {
            Weight::Patch => GOOD,
            Weight::Minor => DOUBTFUL,
            Weight::Major => BAD,
        }
    }
}

pub(super) fn human(
    out: &mut impl Write,
    old: &Outline,
    new: &Outline,
    changes: &Changes,
    rise: &Rise,
) -> io::Result<()> {
    let (name, before, after) = (
        harmless(&new.name),
        harmless(&old.version),
        harmless(&new.version),
    );
    writeln!(out, "{HEADING}{name} {before} → {after}{HEADING:#}\n")?;
    for change in &changes.0 {
        line(out, change)?;
    }
    let Some(weight) = changes.weight() else {
        writeln!(
            out,
            "{GOOD}no change{GOOD:#} that users of the extension could see"
        )?;
        return verdict(out, &after, rise);
    };
    let style = weight.style();
    write!(out, "\nverdict: {style}{}{style:#}; ", weight.name())?;
    verdict(out, &after, rise)
}

fn verdict(out: &mut impl Write, after: &str, rise: &Rise) -> io::Result<()> {
    match (&rise.needed, rise.is_enough) {
        (_, true) => writeln!(out, "{GOOD}the version {after} says so{GOOD:#}"),
        (Some(needed), false) => writeln!(
            out,
            "{BAD}the version must be {needed} at least, and is {after}{BAD:#}"
        ),
        (None, false) => writeln!(
            out,
            "{BAD}the versions are not both `major.minor.patch`{BAD:#}"
        ),
    }
}

fn line(out: &mut impl Write, change: &Change) -> io::Result<()> {
    let (style, weight) = (change.weight.style(), change.weight.name());
    let many = change.subjects.len() > 1;
    let plural = if many { "s" } else { "" };
    let count = if many {
        format!("{} ", change.subjects.len())
    } else {
        String::new()
    };
    let what = harmless(&change.what);
    write!(
        out,
        "{style}{weight}{style:#}  {count}{}{plural}",
        change.area
    )?;
    if many {
        writeln!(out, ": {what}")?;
        let shown: Vec<String> = change
            .subjects
            .iter()
            .take(SHOWN)
            .map(|it| harmless(it))
            .collect();
        let more = change.subjects.len().saturating_sub(SHOWN);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        writeln!(out, "       {}{more}", shown.join(", "))?;
    } else {
        let subject = change
            .subjects
            .first()
            .map(|it| harmless(it))
            .unwrap_or_default();
        writeln!(out, " `{subject}`: {what}")?;
    }
    writeln!(out, "       {FAINT}{}{FAINT:#}", change.reason)
}

pub(super) fn json<'a>(
    old: &'a Outline,
    new: &'a Outline,
    changes: &'a Changes,
    rise: &'a Rise,
) -> Json<'a> {
    let side = |outline: &'a Outline| {
        Json::Object(vec![
            ("name", Json::text(&*outline.name)),
            ("version", Json::text(&*outline.version)),
            ("author", Json::text_or_null(outline.author.as_deref())),
        ])
    };
    let listed = changes.0.iter().map(|change| {
        Json::Object(vec![
            ("weight", Json::text(change.weight.name())),
            ("area", Json::text(change.area)),
            (
                "subjects",
                Json::array(change.subjects.iter().map(|it| Json::text(&**it))),
            ),
            ("change", Json::text(&*change.what)),
            ("reason", Json::text(change.reason)),
        ])
    });
    let verdict = changes.weight().map(Weight::name);
    Json::Object(vec![
        ("old", side(old)),
        ("new", side(new)),
        ("verdict", Json::text(verdict.unwrap_or("none"))),
        ("needed_version", Json::text_or_null(rise.needed.as_deref())),
        ("version_is_enough", Json::Bool(rise.is_enough)),
        ("changes", Json::array(listed)),
    ])
}
