//! Edits that add to collections, in the style and indentation of what is
//! there.

use super::scalar::{looks_like_literal, plain_or_quoted};
use crate::diagnostic::{Edit, Report};
use crate::source::{SourceFile, Span, offset};
use crate::yaml::{self, Node, NodeKind, Style, Tree};

/// Spaces by which a new block is indented under its key.
const STEP: usize = 2;

/// Adds items to the end of a sequence, or to a value that is missing.
///
/// Each item is YAML: a scalar, or the lines of a block such as
/// `key: host\nvalue: x`. There is no edit if the node is a scalar or mapping,
/// or an item is not valid. Behind an alias, the anchored sequence grows.
pub fn insert_items(source: &SourceFile, sequence: Node<'_>, items: &[String]) -> Option<Edit> {
    let trees: Option<Vec<Tree>> = items.iter().map(|item| parsed(item)).collect();
    let trees = trees.filter(|trees| !trees.is_empty())?;
    let flow = || {
        let items: Vec<String> = trees.iter().map(|tree| flow(tree.root())).collect();
        items.join(", ")
    };
    let block = || {
        let items = items.iter().map(|item| indented("- ", item));
        items.collect()
    };
    insert(
        source,
        sequence,
        NodeKind::Sequence,
        ['[', ']'],
        &flow,
        &block,
    )
}

/// Adds an entry to the end of a mapping, or to a value that is missing.
///
/// The value is YAML: a scalar, or the lines of a block, which go below the
/// key. There is no edit if the node is a scalar or sequence, or the value is
/// not valid. Behind an alias, the anchored mapping grows.
pub fn insert_entry(
    source: &SourceFile,
    mapping: Node<'_>,
    key: &str,
    value: &str,
) -> Option<Edit> {
    let tree = parsed(value)?;
    let value_node = tree.root();
    let key = plain_or_quoted(key);
    let flow = || format!("{key}: {}", flow(value_node));
    let block = || {
        let is_collection = matches!(value_node.kind(), NodeKind::Sequence | NodeKind::Mapping);
        if is_collection && value_node.style() == Style::Block {
            format!("{key}:\n{}", indented(&" ".repeat(STEP), value))
        } else {
            // The lines of a scalar go on deeper than its key.
            let (first, rest) = value.split_once('\n').unwrap_or((value, ""));
            format!("{key}: {first}\n{}", indented(&" ".repeat(STEP), rest))
        }
    };
    insert(
        source,
        mapping,
        NodeKind::Mapping,
        ['{', '}'],
        &flow,
        &|| vec![block()],
    )
}

fn parsed(value: &str) -> Option<Tree> {
    let mut report = Report::default();
    let tree = yaml::parse(&SourceFile::new("", value), &mut report)?;
    report.diagnostics().is_empty().then_some(tree)
}

/// Inserts what `flow` or `block` writes, whichever fits the node.
fn insert(
    source: &SourceFile,
    node: Node<'_>,
    kind: NodeKind,
    [open, close]: [char; 2],
    flow: &dyn Fn() -> String,
    block: &dyn Fn() -> Vec<String>,
) -> Option<Edit> {
    let span = node.span();
    let is_missing = node.kind() == NodeKind::Null;
    if node.kind() != kind && !(is_missing && span.start == span.end) {
        return None;
    }
    let is_empty = node.items().len() + node.entries().len() == 0;
    let at_key = source.text().get(..span.start as usize)?.ends_with(':');
    if is_missing && node.is_in_flow() {
        let replacement = format!(" {open}{}{close}", flow());
        return at_key.then_some(Edit { span, replacement });
    }
    if !is_empty && node.style() == Style::Flow {
        // The only mapping without braces here is a pair in a list, `[a: b]`.
        let has_brackets = source.slice(span).starts_with(open);
        let at = Span::new(node.inner_end(), node.inner_end());
        return has_brackets.then(|| Edit {
            span: at,
            replacement: format!(", {}", flow()),
        });
    }
    let below = || start_block(source, span, &block());
    if is_missing {
        return below();
    }
    if is_empty {
        let within = || Edit {
            span: Span::new(span.start + 1, span.start + 1),
            replacement: flow(),
        };
        let block = if node.is_in_flow() { None } else { below() };
        return Some(block.unwrap_or_else(within));
    }
    let column = column(source, span.start);
    let at = after_last_line(source, node)?;
    Some(Edit {
        span: Span::new(at, at),
        replacement: lines(source, column, &block()),
    })
}

/// Puts a block below a key whose value is missing, or written `[]` or `{}`.
fn start_block(source: &SourceFile, value: Span, block: &[String]) -> Option<Edit> {
    let line = source.line(source.line_of(value.start));
    let before = source.slice(Span::new(line.start, value.start));
    let kept = before.trim_end();
    // A dash or key that the block can stand below.
    let parent = kept.trim_start_matches([' ', '-', '\u{feff}']);
    let column = if parent.is_empty() {
        kept.rfind('-')?
    } else {
        kept.strip_prefix('\u{feff}').unwrap_or(kept).len() - parent.len()
    };
    let after = rest_of_line(source, value.end)?;
    let comment = source.slice(after).trim_end();
    let start = line.start + offset(kept.len());
    Some(Edit {
        span: Span::new(start, after.end),
        replacement: format!("{comment}{}", lines(source, column + STEP, block)),
    })
}

/// Where the line ends on which a block collection ends.
fn after_last_line(source: &SourceFile, node: Node<'_>) -> Option<u32> {
    let end = node.span().end;
    let mut at = rest_of_line(source, end)?.end;
    let mut last = node;
    while let Some(child) = last
        .items()
        .last()
        .or_else(|| last.entries().last().map(|entry| entry.value))
    {
        last = child;
    }
    let header = source.slice(last.span()).lines().next().unwrap_or_default();
    let keeps_blank_lines = matches!(last.style(), Style::Literal | Style::Folded)
        && last.span().end == end
        && header
            .split('#')
            .next()
            .is_some_and(|header| header.contains('+'));
    if keeps_blank_lines {
        // They belong to the text of the last scalar.
        let mut next = source.line_of(at) + 1;
        while next < source.line_count() && source.slice(source.line(next)).trim().is_empty() {
            at = source.line(next).end;
            next += 1;
        }
    }
    Some(at)
}

/// The range to the end of the line, if it holds but space and a comment.
fn rest_of_line(source: &SourceFile, at: u32) -> Option<Span> {
    let line = source.line(source.line_of(at));
    let rest = Span::new(at, line.end);
    let text = source.slice(rest).trim_start();
    (text.is_empty() || text.starts_with('#')).then_some(rest)
}

/// How far a block collection is indented.
fn column(source: &SourceFile, start: u32) -> usize {
    source.position(start).column as usize - 1
}

/// Blocks as lines that follow an existing one, with the file's line breaks.
fn lines(source: &SourceFile, column: usize, blocks: &[String]) -> String {
    let text = source.text();
    let end = match text.find(['\n', '\r']) {
        Some(at) if text[at..].starts_with("\r\n") => "\r\n",
        Some(at) if text[at..].starts_with('\r') => "\r",
        _ => "\n",
    };
    let mut result = String::new();
    for line in blocks.iter().flat_map(|block| block.lines()) {
        result.push_str(end);
        if !line.trim().is_empty() {
            result.extend(std::iter::repeat_n(' ', column));
            result.push_str(line);
        }
    }
    result
}

/// The lines of a block after `lead`, each below the first.
fn indented(lead: &str, block: &str) -> String {
    let mut result = String::new();
    for line in block.lines() {
        if result.is_empty() {
            result.push_str(lead);
        } else {
            result.push('\n');
            if !line.trim().is_empty() {
                result.extend(std::iter::repeat_n(' ', lead.len()));
            }
        }
        result.push_str(line);
    }
    result
}

/// A value on one line, as it stands in brackets.
fn flow(node: Node<'_>) -> String {
    match node.kind() {
        NodeKind::Null => "null".to_owned(),
        NodeKind::Scalar => {
            let text = node.as_str().unwrap_or_default();
            if node.is_plain() && looks_like_literal(text) {
                text.to_owned()
            } else {
                plain_or_quoted(text)
            }
        }
        NodeKind::Sequence => {
            let items: Vec<String> = node.items().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        NodeKind::Mapping => {
            let entries: Vec<String> = node
                .entries()
                .map(|entry| format!("{}: {}", plain_or_quoted(entry.name()), flow(entry.value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}
