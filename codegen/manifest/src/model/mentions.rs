//! Every place of the file that names a metric, so that renaming one reaches
//! them all.

use super::metrics::CALCULATED_PREFIX;
use crate::order::Numbers;
use crate::source::Span;
use crate::topology::Condition;
use crate::yaml::{Entry, Node, NodeKind};

/// The scalars that name metrics, by key.
#[derive(Default)]
pub(crate) struct Mentions<'t> {
    keys: Numbers<'t>,
    /// By the number of the key.
    places: Vec<Vec<Span>>,
}

/// Sections of the top level that refer to metrics inside texts.
const REFERRING: [&str; 2] = ["screens", "alertTemplates"];

/// Fields that are only read by people.
const PROSE: [&str; 8] = [
    "description",
    "displayName",
    "event.description",
    "event.name",
    "header",
    "text",
    "title",
    "tooltip",
];

impl<'t> Mentions<'t> {
    /// Finds all mentions below the root.
    pub(super) fn collect(root: Node<'t>) -> Self {
        let mut mentions = Mentions::default();
        for entry in root.entries() {
            if REFERRING.contains(&entry.name()) {
                mentions.texts(entry);
            } else if entry.name() == "topology" {
                mentions.conditions(entry.value);
            } else {
                mentions.keys(entry);
            }
        }
        mentions
    }

    /// The scalars that name `key`. One behind an alias, or one that names it
    /// twice, comes more than once.
    pub(crate) fn of(&self, key: &str) -> &[Span] {
        self.keys
            .of(key)
            .map_or(&[], |at| self.places[at].as_slice())
    }

    /// `key` fields of metrics, and the selectors of calculated ones.
    fn keys(&mut self, entry: Entry<'t>) {
        if entry.name() == "metricSelector" {
            return self.tokens(entry.value, true);
        }
        for item in entry.value.items() {
            if entry.name() == "metrics"
                && let Some(key) = item.get("key")
                && let Some(text) = key.as_str()
            {
                self.add(key, text);
            }
            for inner in item.entries() {
                self.keys(inner);
            }
        }
        for inner in entry.value.entries() {
            self.keys(inner);
        }
    }

    /// Conditions that name exactly one metric. A prefix still matches after
    /// its metric got a suffix.
    fn conditions(&mut self, node: Node<'t>) {
        for item in node.items() {
            self.conditions(item);
        }
        for entry in node.entries() {
            if entry.name() == "condition"
                && let Some(text) = entry.value.as_str()
                && let Ok(Condition::Equals(_)) = Condition::parse(text)
            {
                let argument = text.trim_start_matches("$eq(").trim_end_matches(')');
                self.add(entry.value, argument);
            } else {
                self.conditions(entry.value);
            }
        }
    }

    /// Texts of a section that refers to metrics.
    fn texts(&mut self, entry: Entry<'t>) {
        let name = entry.name();
        if PROSE.contains(&name) && entry.value.kind() == NodeKind::Scalar {
            return;
        }
        let is_selector = ["metric", "Selector", "query", "Query"]
            .iter()
            .any(|part| name.contains(part));
        self.value(entry.value, is_selector);
    }

    fn value(&mut self, node: Node<'t>, is_selector: bool) {
        match node.kind() {
            NodeKind::Null => {}
            NodeKind::Scalar => self.tokens(node, is_selector),
            NodeKind::Sequence => node.items().for_each(|item| self.value(item, is_selector)),
            NodeKind::Mapping => node.entries().for_each(|entry| self.texts(entry)),
        }
    }

    /// The words of a text that can be metric keys. Outside selectors, a word
    /// without a dot may as well be the key of a card.
    fn tokens(&mut self, node: Node<'t>, is_selector: bool) {
        let text = node.as_str().unwrap_or_default();
        let mut at = 0;
        for piece in text.split_inclusive(|c: char| !is_key_char(c)) {
            let word = piece.trim_end_matches(|c: char| !is_key_char(c));
            let key = word.trim_end_matches(['.', '-']);
            let before = text.get(..at).unwrap_or_default();
            let refers_elsewhere = before.ends_with([':', '$']);
            if !key.is_empty() && !refers_elsewhere && (is_selector || key.contains('.')) {
                self.add(node, key);
            }
            at += piece.len();
        }
    }

    fn add(&mut self, node: Node<'t>, key: &'t str) {
        if !key.starts_with(CALCULATED_PREFIX) {
            let at = self.keys.give(key);
            if at == self.places.len() {
                self.places.push(Vec::new());
            }
            self.places[at].push(node.span());
        }
    }
}

fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}
