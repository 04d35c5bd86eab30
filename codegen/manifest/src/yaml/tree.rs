//! The tree, and how to walk it.

use std::fmt;

use crate::source::Span;

/// A YAML document. Nodes stand in one list in the order of the file; an alias
/// and what it refers to are the same node.
#[derive(Clone, Default)]
pub struct Tree {
    pub(super) nodes: Vec<Data>,
    /// The children of all collections, each collection's in one run; those of
    /// a mapping alternate between keys and values.
    pub(super) links: Vec<u32>,
    /// The texts of all scalars.
    pub(super) text: String,
}

/// What the tree keeps of a node.
#[derive(Clone, Copy, Default)]
pub(super) struct Data {
    pub(super) kind: NodeKind,
    pub(super) style: Style,
    /// Whether an explicit tag makes the text a string or a literal, whatever
    /// its style.
    pub(super) plain: bool,
    pub(super) span: Span,
    /// Whether it stands inside brackets or braces.
    pub(super) in_flow: bool,
    /// End of the last child as written, which may be an alias.
    pub(super) inner_end: u32,
    /// Where its part of `links` (collections) or `text` (scalars) starts.
    pub(super) first: u32,
    /// And how long that part is.
    pub(super) len: u32,
    /// Nodes in this subtree, aliases expanded.
    pub(super) weight: u32,
    /// Levels below and including this node, aliases expanded.
    pub(super) height: u16,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum NodeKind {
    /// Nothing: an empty value, `~` or `null`.
    #[default]
    Null,
    /// A text, number or boolean.
    Scalar,
    /// A list.
    Sequence,
    /// Keys with values.
    Mapping,
}

/// How a node is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Style {
    /// Scalar: without quotes.
    #[default]
    Plain,
    /// Scalar: `'text'`.
    SingleQuoted,
    /// Scalar: `"text"`.
    DoubleQuoted,
    /// Scalar: lines below `|`.
    Literal,
    /// Scalar: lines below `>`.
    Folded,
    /// Collection: one line for each entry.
    Block,
    /// Collection: `[a, b]` or `{a: b}`.
    Flow,
}

/// A node of a [`Tree`].
#[derive(Clone, Copy)]
pub struct Node<'t> {
    tree: &'t Tree,
    data: &'t Data,
}

/// A key and its value. The key is always a scalar.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'t> {
    /// The key.
    pub key: Node<'t>,
    /// Its value.
    pub value: Node<'t>,
}

impl Tree {
    /// The node that holds all others.
    pub fn root(&self) -> Node<'_> {
        self.node(0)
    }

    /// All nodes, each once.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        self.nodes.iter().map(|data| Node { tree: self, data })
    }

    fn node(&self, index: u32) -> Node<'_> {
        Node {
            tree: self,
            data: &self.nodes[index as usize],
        }
    }

    /// The text of the scalar at `index`.
    pub(super) fn text_of(&self, index: u32) -> &str {
        self.node(index).text()
    }
}

impl<'t> Node<'t> {
    /// Where the value is written: of a quoted scalar with its quotes, of a
    /// block scalar from the `|` or `>` on, of a collection from its first to
    /// its last entry or bracket. Behind an alias, it is the anchored value.
    pub fn span(self) -> Span {
        self.data.span
    }

    /// What the node is.
    pub fn kind(self) -> NodeKind {
        self.data.kind
    }

    /// How the node is written.
    pub fn style(self) -> Style {
        self.data.style
    }

    /// Whether the value is written inside brackets or braces.
    pub fn is_in_flow(self) -> bool {
        self.data.in_flow
    }

    /// Where the last entry of a collection ends in the text.
    pub(crate) fn inner_end(self) -> u32 {
        self.data.inner_end
    }

    /// Whether the node is a scalar that YAML would read as a number or
    /// boolean if it looks like one.
    pub fn is_plain(self) -> bool {
        self.data.plain
    }

    /// The text of a scalar, without quotes and with escapes resolved.
    pub fn as_str(self) -> Option<&'t str> {
        (self.data.kind == NodeKind::Scalar).then(|| self.text())
    }

    /// The value of an unquoted `true` or `false`.
    pub fn as_bool(self) -> Option<bool> {
        match self.as_str().filter(|_| self.is_plain())? {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }

    /// The items of a sequence; none for anything else.
    pub fn items(self) -> Items<'t> {
        Items {
            tree: self.tree,
            links: self.links(NodeKind::Sequence),
        }
    }

    /// The entries of a mapping in the order of the file, merged ones last;
    /// none for anything else. No key comes twice.
    pub fn entries(self) -> Entries<'t> {
        Entries {
            tree: self.tree,
            links: self.links(NodeKind::Mapping),
        }
    }

    /// The value of a key, if the node is a mapping that has it.
    pub fn get(self, key: &str) -> Option<Node<'t>> {
        self.entries()
            .find(|entry| entry.name() == key)
            .map(|entry| entry.value)
    }

    /// The items below a key; none if the node has no such key.
    pub(crate) fn items_of(self, key: &str) -> Items<'t> {
        let nothing = Items {
            tree: self.tree,
            links: &[],
        };
        self.get(key).map_or(nothing, Node::items)
    }

    /// The entries below a key; none if the node has no such key.
    pub(crate) fn entries_of(self, key: &str) -> Entries<'t> {
        let nothing = Entries {
            tree: self.tree,
            links: &[],
        };
        self.get(key).map_or(nothing, Node::entries)
    }

    fn links(self, kind: NodeKind) -> &'t [u32] {
        if self.data.kind == kind {
            let first = self.data.first as usize;
            &self.tree.links[first..first + self.data.len as usize]
        } else {
            &[]
        }
    }

    fn text(self) -> &'t str {
        let first = self.data.first as usize;
        &self.tree.text[first..first + self.data.len as usize]
    }
}

/// The items of a sequence, written out as a type: adapters of adapters are
/// compiled anew for each place that walks a tree.
#[derive(Clone)]
pub struct Items<'t> {
    tree: &'t Tree,
    links: &'t [u32],
}

impl<'t> Iterator for Items<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        let (&item, left) = self.links.split_first()?;
        self.links = left;
        Some(self.tree.node(item))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.links.len(), Some(self.links.len()))
    }
}

impl ExactSizeIterator for Items<'_> {}

/// The entries of a mapping.
#[derive(Clone)]
pub struct Entries<'t> {
    tree: &'t Tree,
    links: &'t [u32],
}

impl<'t> Iterator for Entries<'t> {
    type Item = Entry<'t>;

    fn next(&mut self) -> Option<Entry<'t>> {
        let (&[key, value], left) = self.links.split_first_chunk()?;
        self.links = left;
        Some(Entry {
            key: self.tree.node(key),
            value: self.tree.node(value),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.links.len() / 2;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Entries<'_> {}

impl<'t> Entry<'t> {
    /// The text of the key.
    pub fn name(self) -> &'t str {
        self.key.text()
    }
}

impl fmt::Debug for Node<'_> {
    // Without the children: a tree prints as a list, and no input can make
    // printing it recurse.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node")
            .field("kind", &self.kind())
            .field("span", &self.span())
            .field("text", &self.as_str())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = 0..self.nodes.len();
        f.debug_list()
            .entries(nodes.map(|index| Node {
                tree: self,
                data: &self.nodes[index],
            }))
            .finish()
    }
}
