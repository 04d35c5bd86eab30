//! `EXT085` and `EXT086`: what is shown in dashboards that are documents, and
//! where.

use super::contents::incomplete;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::fix;
use crate::model::Text;
use crate::selector;
use crate::source::SourceFile;
use crate::suggest;
use crate::yaml::{Node, NodeKind};

/// What the variables of the platform itself start with.
const OWN: &str = "dt_";

pub(super) fn check(source: &SourceFile, root: Node<'_>, report: &mut Report) {
    let Some(tiles) = root.get("tiles") else {
        return;
    };
    if tiles.kind() != NodeKind::Mapping {
        return;
    }
    for tile in tiles.entries() {
        report.extend(empty(tile.value));
    }
    if let Some(layouts) = root.get("layouts") {
        check_places(tiles, layouts, report);
    }
    let keys: Vec<&str> = root
        .get("variables")
        .into_iter()
        .flat_map(Node::items)
        .filter_map(|variable| variable.get("key")?.as_str())
        .collect();
    let inputs = root.get("variables").into_iter().flat_map(Node::items);
    let inputs = inputs
        .filter(|variable| variable.get("type").and_then(Node::as_str) == Some("query"))
        .filter_map(|variable| variable.get("input").and_then(Text::of));
    let queries = tiles.entries();
    let queries = queries.filter_map(|tile| tile.value.get("query").and_then(Text::of));
    for query in queries.chain(inputs) {
        check_variables(source, query, &keys, report);
    }
}

/// A tile without what its kind shows.
fn empty(tile: Node<'_>) -> Option<Diagnostic> {
    let kind = tile.get("type").and_then(Node::as_str)?;
    let fields: &[&str] = match kind {
        // What is put together in the editor has its own field.
        "data" => &["query", "queryConfig"],
        "markdown" => &["content"],
        "code" => &["input"],
        _ => return None,
    };
    let first = fields.first()?;
    fields
        .iter()
        .all(|field| tile.get(field).is_none())
        .then(|| {
            incomplete(
                tile,
                &format!("the tile has no `{first}`"),
                &format!("a tile of the type `{kind}` shows its `{first}`"),
            )
        })
}

/// Tiles without a place, and places without a tile.
fn check_places(tiles: Node<'_>, layouts: Node<'_>, report: &mut Report) {
    // A document without any place is laid out when it is opened.
    if layouts.entries().next().is_none() {
        return;
    }
    let finding = |place: Node<'_>, message: String, label: &str, help: &str| {
        Diagnostic::new(&codes::TILE_LAYOUT, place.span(), message)
            .label(label)
            .help(help)
    };
    for tile in tiles.entries() {
        if layouts.get(tile.name()).is_none() {
            report.push(finding(
                tile.key,
                format!("the tile `{}` has no place", tile.name()),
                "not shown",
                "add it to `layouts` with `x`, `y`, `w` and `h`",
            ));
        }
    }
    for layout in layouts.entries() {
        if tiles.get(layout.name()).is_none() {
            report.push(finding(
                layout.key,
                format!("there is no tile `{}`", layout.name()),
                "stays empty",
                "remove the place, or add the tile",
            ));
        }
    }
}

fn check_variables(source: &SourceFile, query: Text<'_>, keys: &[&str], report: &mut Report) {
    let mut seen: Vec<&str> = Vec::new();
    for name in selector::variables(query.as_str()) {
        let known = keys.contains(&name) || name.starts_with(OWN);
        if known || seen.contains(&name) || query.is_template() {
            continue;
        }
        seen.push(name);
        let finding = Diagnostic::new(
            &codes::UNDEFINED_DASHBOARD_VARIABLE,
            query.span(),
            format!("the dashboard has no variable `{name}`"),
        )
        .label("the query fails");
        report.push(match suggest::closest(name, keys.iter().copied()) {
            Some(close) => {
                let (wrong, right) = (format!("${name}"), format!("${close}"));
                let edits = fix::replace_within_scalar(source, query.span(), &wrong, &right);
                super::mend(
                    finding.help(format!("did you mean `{right}`?")),
                    format!("write `{right}`"),
                    edits,
                )
            }
            None => finding.help(format!("add a variable with `\"key\": \"{name}\"`")),
        });
    }
}
