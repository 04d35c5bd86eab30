//! Builds the tree from events.

use std::ops::ControlFlow;

use super::events::{Event, NodeTag, Properties};
use super::tree::{Data, NodeKind, Style, Tree};
use super::{MAX_ALIAS_NODES, MAX_DEPTH, MAX_NODES, too_deep};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::source::{Span, offset};

/// The tree so far, and the collections that are still open.
pub(super) struct Builder<'a> {
    text: &'a str,
    report: &'a mut Report,
    tree: Tree,
    open: Vec<Open>,
    /// The children of all open collections; when one closes, its own move to
    /// their final place.
    pending: Vec<u32>,
    /// Nodes by the number of their anchor.
    anchors: Vec<u32>,
    alias_nodes: u32,
    documents: u8,
    /// End of the last token, where the search for a block scalar's `|` starts.
    last_end: u32,
    /// Whether a node is missing, so that what the tree says is not what the
    /// author means.
    broken: bool,
    scratch: Vec<u32>,
}

/// A collection whose end has not come yet.
struct Open {
    node: u32,
    /// Where its children start in `pending`.
    first: usize,
    /// The end of its last child as written.
    end: u32,
}

impl<'a> Builder<'a> {
    pub(super) fn new(text: &'a str, report: &'a mut Report) -> Self {
        Builder {
            text,
            report,
            tree: Tree::default(),
            open: Vec::new(),
            pending: Vec::new(),
            anchors: Vec::new(),
            alias_nodes: 0,
            documents: 0,
            last_end: 0,
            broken: false,
            scratch: Vec::new(),
        }
    }

    /// The finished tree, unless it is one not to trust.
    pub(super) fn finish(mut self) -> Option<Tree> {
        if self.tree.nodes.is_empty() {
            self.tree.nodes.push(Data::default());
        }
        (!self.broken).then_some(self.tree)
    }

    /// The innermost bracket that is known to be open: the parser may have
    /// found a mistake before it told of one further in.
    pub(super) fn open_bracket(&self) -> Option<Span> {
        let open = self.open.iter().rev();
        open.filter_map(|open| Some(self.tree.nodes.get(open.node as usize)?.span.start))
            // A pair in a list is a mapping without brackets of its own.
            .find(|&at| matches!(self.text.as_bytes().get(at as usize), Some(b'[' | b'{')))
            .map(|at| Span::new(at, at + 1))
    }

    /// Takes the next event; breaks when a budget is exhausted.
    pub(super) fn event(&mut self, event: Event<'_>, span: Span) -> ControlFlow<()> {
        match event {
            Event::Document => self.document(span)?,
            Event::Scalar(content, properties) => self.scalar(&content, &properties, span)?,
            Event::Sequence(properties) => self.start(NodeKind::Sequence, &properties, span)?,
            Event::Mapping(properties) => self.start(NodeKind::Mapping, &properties, span)?,
            Event::End => self.end(span)?,
            Event::Alias(anchor) => self.alias(anchor, span)?,
            Event::UnknownAlias(name) => self.unknown_alias(&name, span)?,
        }
        self.last_end = self.last_end.max(span.end);
        ControlFlow::Continue(())
    }

    fn document(&mut self, span: Span) -> ControlFlow<()> {
        self.documents += 1;
        if self.documents == 1 {
            return ControlFlow::Continue(());
        }
        self.report.push(
            Diagnostic::new(
                &codes::SEVERAL_DOCUMENTS,
                span,
                "the file holds more than one YAML document",
            )
            .label("a second document starts here")
            .help("remove the line `---` and what belongs to the other document"),
        );
        // The first document is whole, and worth checking.
        ControlFlow::Break(())
    }

    fn scalar(&mut self, content: &str, properties: &Properties, span: Span) -> ControlFlow<()> {
        let mut data = Data {
            kind: NodeKind::Scalar,
            style: properties.style,
            plain: properties.style == Style::Plain,
            span,
            weight: 1,
            height: 1,
            ..Data::default()
        };
        match properties.style {
            Style::Literal | Style::Folded => data.span = self.block_scalar_span(span),
            Style::Plain if span.start == span.end => data.span = self.missing_value_span(span),
            _ => {}
        }
        match &properties.tag {
            Some(NodeTag::Str) => data.plain = false,
            Some(NodeTag::Literal) => data.plain = true,
            Some(NodeTag::Null) => data.kind = NodeKind::Null,
            Some(NodeTag::Sequence | NodeTag::Mapping) => {
                self.wrong_tag(span, "a text cannot have the tag of a collection");
            }
            Some(NodeTag::Other(tag)) => self.unknown_tag(tag, span),
            None => {}
        }
        if data.plain && matches!(content, "" | "~" | "null" | "Null" | "NULL") {
            data.kind = NodeKind::Null;
        }
        data.first = offset(self.tree.text.len());
        data.len = offset(content.len());
        self.tree.text.push_str(content);
        let node = self.add(data, properties.anchor)?;
        self.attach(node, data.span.end);
        ControlFlow::Continue(())
    }

    fn start(&mut self, kind: NodeKind, properties: &Properties, span: Span) -> ControlFlow<()> {
        match (&properties.tag, kind) {
            (None, _)
            | (Some(NodeTag::Sequence), NodeKind::Sequence)
            | (Some(NodeTag::Mapping), NodeKind::Mapping) => {}
            (Some(NodeTag::Other(tag)), _) => self.unknown_tag(tag, span),
            (Some(_), _) => self.wrong_tag(span, "the tag does not fit the collection"),
        }
        if self.open.len() >= usize::from(MAX_DEPTH) {
            return self.exhausted(too_deep(span));
        }
        let mut start = span.start;
        let in_mapping = self
            .parent()
            .is_some_and(|parent| parent.kind == NodeKind::Mapping);
        if kind == NodeKind::Sequence && in_mapping {
            // Below its key a list need not be indented; the parser then places
            // it at its first item.
            start = self.indicator(b"-", start);
        }
        let node = self.add(
            Data {
                kind,
                style: properties.style,
                span: Span::new(start, span.end),
                ..Data::default()
            },
            properties.anchor,
        )?;
        self.open.push(Open {
            node,
            first: self.pending.len(),
            end: span.end,
        });
        ControlFlow::Continue(())
    }

    fn end(&mut self, span: Span) -> ControlFlow<()> {
        let Some(open) = self.open.pop() else {
            return ControlFlow::Continue(());
        };
        let mut data = self.tree.nodes[open.node as usize];
        // A block collection has no closing token: it ends with its last child.
        data.span.end = if span.start < span.end {
            span.end
        } else {
            open.end
        };
        if data.kind == NodeKind::Mapping {
            self.resolve_entries(open.first)?;
        }
        data.first = offset(self.tree.links.len());
        data.len = offset(self.pending.len() - open.first);
        data.inner_end = open.end;
        data.weight = 1;
        for &child in &self.pending[open.first..] {
            let child = &self.tree.nodes[child as usize];
            data.weight = data.weight.saturating_add(child.weight);
            data.height = data.height.max(child.height);
        }
        data.height += 1;
        self.tree.links.extend(self.pending.drain(open.first..));
        self.tree.nodes[open.node as usize] = data;
        self.attach(open.node, data.span.end);
        ControlFlow::Continue(())
    }

    fn alias(&mut self, anchor: usize, span: Span) -> ControlFlow<()> {
        let target = self.anchors.get(anchor).copied().unwrap_or_default();
        let data = self.tree.nodes[target as usize];
        if data.weight == 0 {
            self.broken = true;
            self.report.push(
                Diagnostic::new(&codes::YAML_SYNTAX, span, "a value contains itself")
                    .label("this alias stands inside the value it refers to")
                    .related(
                        Span::new(data.span.start, data.span.start),
                        "the value starts here",
                    ),
            );
            return self.missing(span);
        }
        if self.open.len() + usize::from(data.height) > usize::from(MAX_DEPTH) {
            return self.exhausted(too_deep(span));
        }
        self.charge_aliases(data.weight, span)?;
        self.attach(target, span.end);
        ControlFlow::Continue(())
    }

    fn unknown_alias(&mut self, name: &str, span: Span) -> ControlFlow<()> {
        self.broken = true;
        self.report.push(
            Diagnostic::new(
                &codes::YAML_SYNTAX,
                span,
                format!("no anchor `&{name}` stands before this alias"),
            )
            .label("YAML reads this as a reference to an anchor")
            .help(format!(
                "if it is text, put quotes around it: `\"*{name}\"`"
            )),
        );
        self.missing(span)
    }

    /// Puts an empty value where there should be another.
    fn missing(&mut self, span: Span) -> ControlFlow<()> {
        let node = self.add(
            Data {
                span,
                weight: 1,
                height: 1,
                ..Data::default()
            },
            0,
        )?;
        self.attach(node, span.end);
        ControlFlow::Continue(())
    }

    /// Appends a node to the list.
    fn add(&mut self, mut data: Data, anchor: usize) -> ControlFlow<(), u32> {
        let node = offset(self.tree.nodes.len());
        data.in_flow = self
            .parent()
            .is_some_and(|parent| parent.style == Style::Flow);
        if node >= MAX_NODES {
            self.exhausted(
                Diagnostic::new(
                    &codes::TOO_LARGE,
                    data.span,
                    format!("the file holds more than {MAX_NODES} values"),
                )
                .label("one value too many")
                .help("check whether this file is a manifest at all"),
            )?;
        }
        self.tree.nodes.push(data);
        if anchor != 0 {
            if self.anchors.len() <= anchor {
                self.anchors.resize(anchor + 1, 0);
            }
            self.anchors[anchor] = node;
        }
        ControlFlow::Continue(node)
    }

    /// The innermost open collection.
    fn parent(&self) -> Option<&Data> {
        let parent = self.open.last()?;
        self.tree.nodes.get(parent.node as usize)
    }

    /// Makes a node the next child of the innermost open collection.
    fn attach(&mut self, node: u32, end: u32) {
        if let Some(parent) = self.open.last_mut() {
            parent.end = parent.end.max(end);
            self.pending.push(node);
        }
    }

    fn charge_aliases(&mut self, nodes: u32, span: Span) -> ControlFlow<()> {
        self.alias_nodes = self.alias_nodes.saturating_add(nodes);
        if self.alias_nodes <= MAX_ALIAS_NODES {
            return ControlFlow::Continue(());
        }
        self.exhausted(
            Diagnostic::new(
                &codes::TOO_LARGE,
                span,
                format!("aliases stand for more than {MAX_ALIAS_NODES} values"),
            )
            .label("this goes over the limit")
            .help("write fewer aliases of values that contain aliases themselves"),
        )
    }

    /// Ends the reading for good.
    fn exhausted(&mut self, diagnostic: Diagnostic) -> ControlFlow<()> {
        self.broken = true;
        self.report.push(diagnostic);
        ControlFlow::Break(())
    }

    fn unknown_tag(&mut self, tag: &str, span: Span) {
        self.report.push(
            Diagnostic::new(
                &codes::WRONG_TYPE,
                span,
                format!("the tag `{tag}` means nothing in a manifest"),
            )
            .label("the value that has the tag")
            .help(format!(
                "remove the tag, or put quotes around the value if it is text that begins with `{tag}`"
            )),
        );
    }

    fn wrong_tag(&mut self, span: Span, message: &str) {
        self.report.push(
            Diagnostic::new(&codes::WRONG_TYPE, span, message)
                .label("the value that has the tag")
                .help("remove the tag"),
        );
    }

    /// The parser gives a block scalar's place without its header, but with
    /// the blank lines after it.
    fn block_scalar_span(&self, span: Span) -> Span {
        let start = self.indicator(b"|>", span.start);
        let body = self
            .text
            .get(start as usize..span.end as usize)
            .unwrap_or_default();
        Span::new(start, start + offset(body.trim_end().len()))
    }

    /// Where one of the `sought` indicators stands between the last token and
    /// `content`; else `content`.
    fn indicator(&self, sought: &[u8], content: u32) -> u32 {
        let mut found = between::tokens(self.text, self.last_end, content)
            .filter(|token| sought.contains(&token.first));
        found.next().map_or(content, |token| token.span.start)
    }

    /// The parser places the missing value of `key:` before the colon, and that
    /// of `-` where the next token starts. It belongs right after what it is
    /// the value of.
    fn missing_value_span(&self, span: Span) -> Span {
        let at = if self.text.as_bytes().get(span.start as usize) == Some(&b':') {
            span.start + 1
        } else {
            let last = between::tokens(self.text, self.last_end, span.start).last();
            last.map_or(self.last_end, |token| token.span.end)
        };
        Span::new(at, at)
    }
}

mod between;
mod entries;
