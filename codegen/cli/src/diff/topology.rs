//! Entity types and relationships.

use super::{Changes, Weight};
use crate::outline::{EntityType, Outline, Rule};

const AREA: &str = "entity type";

pub(super) fn compare(old: &Outline, new: &Outline, changes: &mut Changes) {
    let is_on = |entity: &&EntityType| entity.is_enabled;
    let find = |outline: &'_ Outline, name: &str| {
        let mut types = outline.types.iter().filter(is_on);
        types.any(|entity| entity.name == name)
    };
    for entity in old.types.iter().filter(is_on) {
        let other = new
            .types
            .iter()
            .filter(is_on)
            .find(|it| it.name == entity.name);
        match other {
            Some(other) => one(entity, other, changes),
            None => changes.add(
                Weight::Major,
                AREA,
                &entity.name,
                "removed",
                "its entities, and what refers to them, are gone",
            ),
        }
    }
    for entity in new.types.iter().filter(is_on) {
        if !find(old, &entity.name) {
            let reason = "what was there goes on";
            changes.add(Weight::Minor, AREA, &entity.name, "added", reason);
        }
    }
    relations(old, new, changes);
}

fn one(old: &EntityType, new: &EntityType, changes: &mut Changes) {
    let name = new.name.as_str();
    changes.texts(
        (Weight::Patch, AREA, name, "display name"),
        old.display_name.as_deref(),
        new.display_name.as_deref(),
        "the entities stay the same",
    );
    ids(old, new, changes);
    rules(old, new, changes);
    attributes(old, new, changes);
}

fn ids(old: &EntityType, new: &EntityType, changes: &mut Changes) {
    let ids = |entity: &EntityType| -> Vec<String> {
        let mut ids: Vec<String> = entity.rules.iter().map(|rule| rule.id.clone()).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let (before, after) = (ids(old), ids(new));
    let gone: Vec<_> = before.iter().filter(|id| !after.contains(id)).collect();
    let come: Vec<_> = after.iter().filter(|id| !before.contains(id)).collect();
    let reason = "every entity of these gets another id, and starts without history";
    if let ([gone], [come]) = (gone.as_slice(), come.as_slice()) {
        let what = format!("id changed from `{gone}` to `{come}`");
        return changes.add(Weight::Major, AREA, &new.name, what, reason);
    }
    for id in gone {
        let what = format!("id `{id}` removed");
        let reason = "no entity with such an id is made any more";
        changes.add(Weight::Major, AREA, &new.name, what, reason);
    }
    for id in come {
        let what = format!("id `{id}` added");
        let reason = "there are more entities";
        changes.add(Weight::Minor, AREA, &new.name, what, reason);
    }
}

/// Rules that make the same ids. Of several those that are equal go together,
/// the rest in order.
fn rules(old: &EntityType, new: &EntityType, changes: &mut Changes) {
    let mut after: Vec<&Rule> = new.rules.iter().collect();
    let mut before: Vec<&Rule> = Vec::new();
    for rule in &old.rules {
        match after.iter().position(|other| *other == rule) {
            Some(at) => drop(after.remove(at)),
            None => before.push(rule),
        }
    }
    for rule in before {
        let same = |other: &&Rule| other.id == rule.id && other.role == rule.role;
        if let Some(at) = after.iter().position(same) {
            same_rule(&new.name, rule, after.remove(at), changes);
        } else if new.rules.iter().any(|other| other.id == rule.id) {
            let what = format!("a rule for the id `{}` removed", rule.id);
            let reason = "lines that made entities may make none";
            changes.add(Weight::Major, AREA, &new.name, what, reason);
        }
    }
    for rule in after {
        if old.rules.iter().any(|other| other.id == rule.id) {
            let what = format!("a rule for the id `{}` added", rule.id);
            changes.add(
                Weight::Minor,
                AREA,
                &new.name,
                what,
                "there may be more entities",
            );
        }
    }
}

fn same_rule(name: &str, old: &Rule, new: &Rule, changes: &mut Changes) {
    changes.texts(
        (Weight::Minor, AREA, name, "name of its entities"),
        old.name.as_deref(),
        new.name.as_deref(),
        "the entities stay, and are called otherwise",
    );
    let mut list =
        |before: &[String], after: &[String], what: [(&str, Weight, &'static str); 2]| {
            let [gone, come] = what;
            for item in before.iter().filter(|it| !after.contains(it)) {
                let text = format!("{} `{item}` removed", gone.0);
                changes.add(gone.1, AREA, name, text, gone.2);
            }
            for item in after.iter().filter(|it| !before.contains(it)) {
                let text = format!("{} `{item}` added", come.0);
                changes.add(come.1, AREA, name, text, come.2);
            }
        };
    let (fewer, more) = (
        "lines that made entities may make none",
        "there may be more entities",
    );
    list(
        &old.sources,
        &new.sources,
        [
            ("source", Weight::Major, fewer),
            ("source", Weight::Minor, more),
        ],
    );
    list(
        &old.required,
        &new.required,
        [
            ("required dimension", Weight::Minor, more),
            ("required dimension", Weight::Major, fewer),
        ],
    );
}

fn attributes(old: &EntityType, new: &EntityType, changes: &mut Changes) {
    let name = new.name.as_str();
    let (before, after) = (old.attributes(), new.attributes());
    for attribute in &before {
        let key = &attribute.key;
        match after.iter().find(|other| other.key == *key) {
            None => {
                let what = format!("attribute `{key}` removed");
                let reason = "filters and tables that use it find nothing";
                changes.add(Weight::Major, AREA, name, what, reason);
            }
            Some(other) => {
                let field = format!("value of the attribute `{key}`");
                changes.texts(
                    (Weight::Minor, AREA, name, &field),
                    Some(&attribute.pattern),
                    Some(&other.pattern),
                    "it shows something else under the same key",
                );
            }
        }
    }
    for attribute in &after {
        if !before.iter().any(|other| other.key == attribute.key) {
            let what = format!("attribute `{}` added", attribute.key);
            changes.add(Weight::Minor, AREA, name, what, "what was there goes on");
        }
    }
}

fn relations(old: &Outline, new: &Outline, changes: &mut Changes) {
    const AREA: &str = "relationship";
    for relation in &old.relations {
        if !new.relations.contains(relation) {
            let reason = "topology that follows it ends there";
            changes.add(
                Weight::Major,
                AREA,
                &relation.to_string(),
                "removed",
                reason,
            );
        }
    }
    for relation in &new.relations {
        if !old.relations.contains(relation) {
            let reason = "what was there goes on";
            changes.add(Weight::Minor, AREA, &relation.to_string(), "added", reason);
        }
    }
}
