//! `extyped diff`.

mod activation;
mod metrics;
mod print;
mod topology;
mod version;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io::{self, Write as _};

use extyped_manifest::beside;
use extyped_manifest::diagnostic::Report;
use extyped_manifest::yaml::{self, Entry, Node};

use crate::Outcome;
use crate::args::{DiffArgs, DiffFormat};
use crate::extension::Extension;
use crate::failure::Failure;
use crate::outline::Outline;

use self::version::Rise;

/// How much a change asks of those who use the extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// They notice nothing, or better words.
    Patch,
    /// There is something new, and what was there goes on.
    Minor,
    /// Something they may rely on is gone or means something else.
    Major,
}

/// Something that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub weight: Weight,
    /// `metric`, `entity type`.
    pub area: &'static str,
    /// What changed alike: keys, names, paths.
    pub subjects: Vec<String>,
    /// What happened to them: "removed".
    pub what: String,
    /// Why it weighs what it does.
    pub reason: &'static str,
}

/// All changes, in the order of their weight.
#[derive(Debug, Default)]
pub(crate) struct Changes(Vec<Change>);

impl Changes {
    /// Adds a change, to the one that says the same of others if there is one.
    fn add(
        &mut self,
        weight: Weight,
        area: &'static str,
        subject: &str,
        what: impl Into<String>,
        reason: &'static str,
    ) {
        let what = what.into();
        let same = self
            .0
            .iter_mut()
            .find(|change| change.weight == weight && change.area == area && change.what == what);
        match same {
            Some(change) => change.subjects.push(subject.to_owned()),
            None => self.0.push(Change {
                weight,
                area,
                subjects: vec![subject.to_owned()],
                what,
                reason,
            }),
        }
    }

    /// Adds that a text became another, if it did.
    fn texts(
        &mut self,
        (weight, area, subject, field): (Weight, &'static str, &str, &str),
        old: Option<&str>,
        new: Option<&str>,
        reason: &'static str,
    ) {
        let what = match (old, new) {
            (Some(old), Some(new)) if old == new => return,
            (None, None) => return,
            (Some(old), Some(new)) => format!("{field} changed from `{old}` to `{new}`"),
            (Some(old), None) => format!("{field} `{old}` removed"),
            (None, Some(new)) => format!("{field} `{new}` added"),
        };
        self.add(weight, area, subject, what, reason);
    }

    /// The verdict: what the heaviest change weighs, if there is any.
    fn weight(&self) -> Option<Weight> {
        self.0.iter().map(|change| change.weight).max()
    }
}

pub(crate) fn run(args: &DiffArgs) -> Result<Outcome, Failure> {
    let (old, new) = (Extension::open(&args.old)?, Extension::open(&args.new)?);
    let outlines = (Outline::read(&old)?, Outline::read(&new)?);
    let mut changes = compare(&outlines.0, &outlines.1);
    others(&old, &new, &mut changes);
    changes
        .0
        .sort_by_key(|change| std::cmp::Reverse(change.weight));
    let rise = Rise::of(&outlines.0.version, &outlines.1.version, changes.weight());
    match args.format {
        DiffFormat::Human => {
            let mut out = anstream::stdout().lock();
            print::human(&mut out, &outlines.0, &outlines.1, &changes, &rise)?;
        }
        DiffFormat::Json => {
            let json = print::json(&outlines.0, &outlines.1, &changes, &rise);
            io::stdout().write_all(format!("{json}\n").as_bytes())?;
        }
    }
    Ok(if rise.is_enough {
        Outcome::Sound
    } else {
        Outcome::Unsound
    })
}

/// Everything that users of the extension can see.
pub(crate) fn compare(old: &Outline, new: &Outline) -> Changes {
    let mut changes = Changes::default();
    identity(old, new, &mut changes);
    metrics::compare(old, new, &mut changes);
    topology::compare(old, new, &mut changes);
    activation::compare(old, new, &mut changes);
    changes
}

fn identity(old: &Outline, new: &Outline, changes: &mut Changes) {
    const AREA: &str = "extension";
    if old.name != new.name {
        let what = format!("name changed from `{}` to `{}`", old.name, new.name);
        let reason = "to the platform it is another extension";
        changes.add(Weight::Major, AREA, &old.name, what, reason);
    }
    for (field, old_version, new_version) in [
        ("minDynatraceVersion", &old.platform, &new.platform),
        ("minEECVersion", &old.controller, &new.controller),
    ] {
        changes.texts(
            (Weight::Minor, AREA, &new.name, field),
            old_version.as_deref(),
            new_version.as_deref(),
            "it decides which environments can install it",
        );
    }
    for source in old.sources.iter().filter(|it| !new.sources.contains(it)) {
        let reason = "monitoring configurations belong to a data source";
        changes.add(Weight::Major, "data source", source, "removed", reason);
    }
    for source in new.sources.iter().filter(|it| !old.sources.contains(it)) {
        let reason = "what was there goes on";
        changes.add(Weight::Minor, "data source", source, "added", reason);
    }
}

/// Sections whose meaning is compared above, or says nothing to users.
const COMPARED: [&str; 8] = [
    "author",
    "metrics",
    "minDynatraceVersion",
    "minEECVersion",
    "name",
    "topology",
    "vars",
    "version",
];

/// What is left: parts of the manifest and files beside it that differ in some
/// way.
fn others(old: &Extension, new: &Extension, changes: &mut Changes) {
    const REASON: &str = "what is stored stays the same";
    let trees = [old, new].map(|it| yaml::parse(&it.source, &mut Report::default()));
    let [Some(old_tree), Some(new_tree)] = &trees else {
        return;
    };
    let (old_root, new_root) = (old_tree.root(), new_tree.root());
    let sections: BTreeSet<&str> = [old_root, new_root]
        .into_iter()
        .flat_map(Node::entries)
        .map(Entry::name)
        .filter(|name| !COMPARED.contains(name))
        .collect();
    for name in sections {
        let what = match (old_root.get(name), new_root.get(name)) {
            (Some(old), Some(new)) if is_same(old, new) => continue,
            (Some(_), Some(_)) => "changed",
            (Some(_), None) => "removed",
            (None, _) => "added",
        };
        changes.add(Weight::Patch, "section", name, what, REASON);
    }
    let named = |extension: &Extension| -> BTreeSet<String> {
        beside::named(&extension.source).into_iter().collect()
    };
    for name in named(old).intersection(&named(new)) {
        let texts = [old, new].map(|it| it.companion(name));
        let [Some(old_text), Some(new_text)] = &texts else {
            continue;
        };
        if old_text.text() != new_text.text() {
            changes.add(Weight::Patch, "file", name, "changed", REASON);
        }
    }
}

/// Whether two values mean the same, however they are written.
fn is_same(old: Node<'_>, new: Node<'_>) -> bool {
    old.kind() == new.kind()
        && old.as_str() == new.as_str()
        && old.items().len() == new.items().len()
        && old
            .items()
            .zip(new.items())
            .all(|(old, new)| is_same(old, new))
        && old.entries().len() == new.entries().len()
        && old.entries().all(|entry| {
            let other = new.get(entry.name());
            other.is_some_and(|other| is_same(entry.value, other))
        })
}
