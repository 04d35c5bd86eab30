//! Reads YAML into a flat tree whose every node knows its place.
//!
//! What a manifest needs is small: mappings with text keys, sequences and
//! scalars whose text is kept as written (`version: 1.280` stays `1.280`).
//! What it must survive is not: the file may be truncated, hostile or simply
//! not YAML. So the tree has no nested boxes, nothing recurses on the depth of
//! the input, and everything that can grow has a budget.

mod build;
mod events;
mod explain;
mod json;
mod template;
mod tree;

#[cfg(test)]
mod tests;

pub(crate) use self::template::is_template;
pub use self::tree::{Entries, Entry, Items, Node, NodeKind, Style, Tree};

use self::build::Builder;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::file;
use crate::source::{self, SourceFile, Span};

/// Most nodes a file may have as it is written. The largest public manifest
/// has about 20,000.
pub const MAX_NODES: u32 = 200_000;

/// Most nodes that aliases and merges may stand for together, so that walking
/// the tree costs little more than reading the file.
pub const MAX_ALIAS_NODES: u32 = 100_000;

/// Deepest nesting, with aliases followed. Code that walks the tree may recurse
/// this far without fear for its stack.
pub const MAX_DEPTH: u16 = 100;

/// Reads the text of a file. Mistakes go to `report`: `EXT001` to `EXT004`, and
/// `EXT012` where YAML allows what no manifest can mean.
///
/// Returns `None` when the report has an error that leaves no tree to trust. A
/// duplicate key is no such error: its first value stays. An empty file is a
/// tree whose root is [`NodeKind::Null`].
///
/// Placeholders of a template, as in `name: {{ name }}`, may be no YAML. If they
/// are all that is wrong, the tree has other text in their place.
pub fn parse(source: &SourceFile, report: &mut Report) -> Option<Tree> {
    if let Some(too_large) = over_budget(source) {
        report.push(too_large);
        return None;
    }
    let mut found = Report::default();
    let tree = parse_text(source.text(), &mut found);
    if found.has_errors()
        && let Some(covered) = template::cover(source.text())
    {
        let mut left = Report::default();
        if let Some(tree) = parse_text(&covered, &mut left)
            && !left.has_errors()
        {
            return Some(tree);
        }
    }
    report.take(found);
    tree
}

fn over_budget(source: &SourceFile) -> Option<Diagnostic> {
    let text = source.text();
    (text.len() > file::MAX_BYTES).then(|| {
        let limit = text.floor_char_boundary(file::MAX_BYTES);
        file::too_large(Some(source::offset(limit)))
    })
}

fn parse_text(text: &str, report: &mut Report) -> Option<Tree> {
    let mut builder = Builder::new(text, report);
    let end = events::read(text, usize::from(MAX_DEPTH), |event, span| {
        builder.event(event, span)
    });
    match end {
        Ok(()) => builder.finish(),
        Err(error) => {
            let bracket = builder.open_bracket();
            report.push(explain::explain(text, &error, bracket));
            None
        }
    }
}

/// Reads a file of JSON into a tree, as [`parse`] does with YAML. What is no
/// JSON is `EXT091`.
pub fn parse_json(source: &SourceFile, report: &mut Report) -> Option<Tree> {
    if let Some(too_large) = over_budget(source) {
        report.push(too_large);
        return None;
    }
    let mut builder = Builder::new(source.text(), report);
    let end = json::read(source.text(), |event, span| builder.event(event, span));
    match end {
        Ok(()) => builder.finish(),
        Err(error) => {
            let at = source::offset(error.at);
            report.push(
                Diagnostic::new(
                    &codes::BROKEN_FILE,
                    Span::new(at, at),
                    format!("the file {}", error.problem),
                )
                .label("no JSON from here on")
                .help("the platform reads this file as JSON, which knows no comments, no commas at the end and no text without double quotes"),
            );
            None
        }
    }
}

/// The finding for collections nested deeper than [`MAX_DEPTH`].
fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(
        &codes::TOO_LARGE,
        span,
        format!("values are nested more than {MAX_DEPTH} levels deep"),
    )
    .label("one level too many")
    .help("flatten the structure; a manifest needs about 15 levels")
}
