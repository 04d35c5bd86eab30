//! The graph as SVG, for a page of either brightness and for itself.

use std::fmt::Write as _;

use super::layout::{HEIGHT, Layout, Place};
use super::{Edge, Graph, Node};
use crate::docs::html::escape;
use crate::docs::view::relation_words;

/// Letters of a name that are shown.
const MAX_LETTERS: usize = 32;

/// Edges of a graph that is still legible with words on all of them.
const MAX_WORDS: usize = 14;

/// Kinds of relationships with a look of their own.
const KINDS: [&str; 6] = [
    "CALLS",
    "CHILD_OF",
    "INSTANCE_OF",
    "PART_OF",
    "RUNS_ON",
    "SAME_AS",
];

const STYLE: &str = include_str!("style.css");

/// How wide a node has to be for its two lines.
pub(super) fn width(node: &Node<'_>) -> f64 {
    let line = |text: &str, letter: f64| {
        let letters = shortened(text);
        letters
            .chars()
            .map(|c| if c.is_ascii() { letter } else { letter * 1.6 })
            .sum::<f64>()
    };
    let widest = line(node.title, 7.9).max(line(node.name, 6.8));
    (widest + 28.0).max(90.0)
}

/// Writes the picture.
pub(super) fn draw(
    graph: &Graph<'_>,
    layout: &Layout,
    link: impl Fn(&str) -> Option<String>,
) -> String {
    let kinds = kinds(graph);
    let has_words = graph.edges.len() <= MAX_WORDS;
    let legend = if has_words { 0.0 } else { 34.0 };
    let (width, height) = (layout.width.max(420.0), layout.height + legend);
    let mut svg = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"entities\" role=\"img\" \
         aria-label=\"Entity types and their relationships\" width=\"{width:.0}\" \
         height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\"><style>{STYLE}</style><defs>"
    );
    for kind in &kinds {
        let _ = write!(
            svg,
            "<marker id=\"arrow-{kind}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" \
             markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\">\
             <path class=\"tip {kind}\" d=\"M0 1 L10 5 L0 9 z\"/></marker>"
        );
    }
    svg.push_str("</defs>");
    for (edge, way) in graph.edges.iter().zip(&layout.ways) {
        draw_edge(&mut svg, graph, edge, way, layout);
    }
    if has_words {
        for (edge, way) in graph.edges.iter().zip(&layout.ways) {
            draw_words(&mut svg, edge, way);
        }
    }
    for (node, place) in graph.nodes.iter().zip(&layout.boxes) {
        draw_node(&mut svg, node, place, link(node.name).as_deref());
    }
    if !has_words {
        draw_legend(&mut svg, graph, layout.height + 12.0);
    }
    svg.push_str("</svg>\n");
    svg
}

/// The class of a kind of relationship.
fn class(kind: &str) -> &'static str {
    const CLASSES: [&str; 6] = ["calls", "child", "instance", "part", "runs", "same"];
    let known = KINDS.iter().position(|known| *known == kind);
    known
        .and_then(|at| CLASSES.get(at).copied())
        .unwrap_or("other")
}

/// The classes that occur.
fn kinds(graph: &Graph<'_>) -> Vec<&'static str> {
    let mut kinds: Vec<_> = graph
        .edges
        .iter()
        .map(|edge| class(&edge.relation.kind))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn draw_edge(
    svg: &mut String,
    graph: &Graph<'_>,
    edge: &Edge<'_>,
    way: &[(f64, f64)],
    layout: &Layout,
) {
    let kind = class(&edge.relation.kind);
    let path = match (way, layout.boxes.get(edge.from)) {
        ([], Some(place)) => loop_path(*place),
        _ => path(way),
    };
    // The way leads as the layers do; the arrow as the relationship is said.
    let end = if edge.arc() == (edge.from, edge.to) {
        "end"
    } else {
        "start"
    };
    let [from, to] =
        [edge.from, edge.to].map(|at| graph.nodes.get(at).map_or("", |node| node.title));
    let words = relation_words(&edge.relation.kind, true);
    let _ = write!(
        svg,
        "<path class=\"edge {kind}\" d=\"{path}\" marker-{end}=\"url(#arrow-{kind})\"><title>{}</title></path>",
        escape(&format!("{from} {words} {to}"))
    );
}

/// Curves that leave and arrive level.
fn path(way: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (at, &(x, y)) in way.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| way.get(before));
        let _ = match before {
            None => write!(path, "M{x:.1} {y:.1}"),
            Some(&(_, same)) if (same - y).abs() < 0.1 => write!(path, " L{x:.1} {y:.1}"),
            Some(&(from_x, from_y)) if (from_x - x).abs() < 1.0 => {
                // Within one layer: around, on the left.
                let bend = x - 40.0;
                write!(
                    path,
                    " C{bend:.1} {from_y:.1} {bend:.1} {y:.1} {x:.1} {y:.1}"
                )
            }
            Some(&(from_x, from_y)) => {
                let middle = f64::midpoint(from_x, x);
                write!(
                    path,
                    " C{middle:.1} {from_y:.1} {middle:.1} {y:.1} {x:.1} {y:.1}"
                )
            }
        };
    }
    path
}

fn loop_path(place: Place) -> String {
    let (x, y) = (place.x + place.width - 24.0, place.y);
    format!(
        "M{x:.1} {y:.1} C{x:.1} {:.1} {:.1} {:.1} {:.1} {y:.1}",
        y - 18.0,
        x + 16.0,
        y - 18.0,
        x + 16.0
    )
}

/// What an edge means: nearer to where it is said from, for many may lead to
/// the same node.
fn draw_words(svg: &mut String, edge: &Edge<'_>, way: &[(f64, f64)]) {
    let is_forward = edge.arc() == (edge.from, edge.to);
    let (x, y) = if let [first, last] = *way {
        let (from, to) = if is_forward {
            (first, last)
        } else {
            (last, first)
        };
        // A point of the curve that `path` draws.
        (
            from.0 + (to.0 - from.0) * 0.41,
            from.1 + (to.1 - from.1) * 0.35,
        )
    } else {
        let middle = way.len() / 2;
        let (Some(one), Some(other)) = (way.get(middle.saturating_sub(1)), way.get(middle)) else {
            return;
        };
        (f64::midpoint(one.0, other.0), f64::midpoint(one.1, other.1))
    };
    let _ = write!(
        svg,
        "<text class=\"words\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
        y - 4.0,
        escape(&relation_words(&edge.relation.kind, true))
    );
}

fn draw_node(svg: &mut String, node: &Node<'_>, place: &Place, link: Option<&str>) {
    let Place { x, y, width } = *place;
    let class = if node.is_foreign {
        "node foreign"
    } else {
        "node"
    };
    if let Some(link) = link {
        let _ = write!(svg, "<a href=\"#{}\">", escape(link));
    }
    let _ = write!(
        svg,
        "<g class=\"{class}\"><title>{}</title><rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
         height=\"{HEIGHT}\" rx=\"8\"/>",
        escape(node.name)
    );
    let center = x + width / 2.0;
    if node.title == node.name {
        let _ = write!(
            svg,
            "<text class=\"name\" x=\"{center:.1}\" y=\"{:.1}\">{}</text>",
            y + HEIGHT / 2.0 + 4.0,
            escape(&shortened(node.name))
        );
    } else {
        let _ = write!(
            svg,
            "<text class=\"title\" x=\"{center:.1}\" y=\"{:.1}\">{}</text>\
             <text class=\"name\" x=\"{center:.1}\" y=\"{:.1}\">{}</text>",
            y + 20.0,
            escape(&shortened(node.title)),
            y + 36.0,
            escape(&shortened(node.name))
        );
    }
    svg.push_str("</g>");
    if link.is_some() {
        svg.push_str("</a>");
    }
}

fn draw_legend(svg: &mut String, graph: &Graph<'_>, y: f64) {
    let mut x = 14.0;
    let mut drawn: Vec<String> = Vec::new();
    for edge in &graph.edges {
        let kind = class(&edge.relation.kind);
        let words = relation_words(&edge.relation.kind, true);
        if drawn.contains(&words) {
            continue;
        }
        let _ = write!(
            svg,
            "<path class=\"edge {kind}\" d=\"M{x:.1} {y:.1} L{:.1} {y:.1}\" \
             marker-end=\"url(#arrow-{kind})\"/><text class=\"legend\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            x + 30.0,
            x + 38.0,
            y + 4.0,
            escape(&words)
        );
        let letters = u32::try_from(words.chars().count()).unwrap_or(0);
        x += 62.0 + 6.4 * f64::from(letters);
        drawn.push(words);
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= MAX_LETTERS {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(MAX_LETTERS - 1).collect();
    short.push('…');
    short
}
