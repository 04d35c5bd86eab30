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
mod tree;

#[cfg(test)]
mod tests;

pub use self::tree::{Entry, Node, NodeKind, Style, Tree};

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
pub fn parse(source: &SourceFile, report: &mut Report) -> Option<Tree> {
    let text = source.text();
    if text.len() > file::MAX_BYTES {
        let limit = text.floor_char_boundary(file::MAX_BYTES);
        report.push(file::too_large(Some(source::offset(limit))));
        return None;
    }
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
