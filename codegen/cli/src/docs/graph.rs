//! Entity types and their relationships as a graph.

mod layout;
mod svg;

use std::collections::BTreeMap;

use crate::outline::{Outline, Relation};

use self::layout::Layout;

/// Most entity types and relationships of a picture.
const MAX_NODES: usize = 150;
const MAX_EDGES: usize = 400;

/// The graph of an extension.
pub(super) struct Graph<'o> {
    nodes: Vec<Node<'o>>,
    edges: Vec<Edge<'o>>,
}

/// An entity type.
struct Node<'o> {
    name: &'o str,
    title: &'o str,
    /// Whether another extension or the platform defines it.
    is_foreign: bool,
}

/// A relationship between nodes, as indices.
struct Edge<'o> {
    from: usize,
    to: usize,
    relation: &'o Relation,
}

impl<'o> Graph<'o> {
    pub(super) fn new(outline: &'o Outline) -> Self {
        let mut nodes: Vec<Node<'o>> = Vec::new();
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        for kind in outline.types.iter().filter(|kind| kind.is_enabled) {
            known.entry(&kind.name).or_insert_with(|| {
                nodes.push(Node {
                    name: &kind.name,
                    title: kind.display_name.as_deref().unwrap_or(&kind.name),
                    is_foreign: false,
                });
                nodes.len() - 1
            });
        }
        let mut edges = Vec::new();
        for relation in &outline.relations {
            let [from, to] = [&relation.from, &relation.to].map(|name| {
                *known.entry(name).or_insert_with(|| {
                    nodes.push(Node {
                        name,
                        title: name,
                        is_foreign: true,
                    });
                    nodes.len() - 1
                })
            });
            edges.push(Edge { from, to, relation });
        }
        Graph { nodes, edges }
    }

    /// Whether there is something to see, and not too much for anybody to.
    pub(super) fn is_drawable(&self) -> bool {
        (1..=MAX_NODES).contains(&self.nodes.len()) && self.edges.len() <= MAX_EDGES
    }

    /// The graph as a picture. `link` says where a type is described, if it is.
    pub(super) fn svg(&self, link: impl Fn(&str) -> Option<String>) -> String {
        let widths: Vec<f64> = self.nodes.iter().map(|node| svg::width(node)).collect();
        let arcs: Vec<(usize, usize)> = self.edges.iter().map(Edge::arc).collect();
        svg::draw(self, &Layout::new(&widths, &arcs), link)
    }
}

impl Edge<'_> {
    /// From the whole to its parts, so that what contains stands before what is
    /// contained; everything else as it is said.
    fn arc(&self) -> (usize, usize) {
        match self.relation.kind.as_str() {
            "CHILD_OF" | "PART_OF" | "INSTANCE_OF" => (self.to, self.from),
            _ => (self.from, self.to),
        }
    }
}
