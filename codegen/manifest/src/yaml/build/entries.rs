//! What a mapping's entries have to be: keys are text, none comes twice, and
//! `<<` stands for the entries of other mappings.

use std::ops::ControlFlow;

use super::Builder;
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::order::sort_texts;
use crate::yaml::tree::NodeKind;

/// The key that merges.
const MERGE: &str = "<<";

impl Builder<'_> {
    /// Checks the pending entries from `first` on, and leaves those that count.
    pub(super) fn resolve_entries(&mut self, first: usize) -> ControlFlow<()> {
        let mut entries = std::mem::take(&mut self.scratch);
        entries.clear();
        entries.extend(self.pending.drain(first..));
        let mut merges = Vec::new();
        let mut first_merge = None;
        for pair in entries.chunks_exact(2) {
            let (key, value) = (pair[0], pair[1]);
            let data = self.tree.nodes[key as usize];
            if data.kind != NodeKind::Scalar {
                self.key_is_no_text(key);
            } else if data.plain && self.tree.text_of(key) == MERGE {
                if let Some(earlier) = first_merge {
                    self.duplicate(earlier, key);
                } else {
                    first_merge = Some(key);
                }
                merges.push((key, value));
            } else {
                self.pending.extend([key, value]);
            }
        }
        self.scratch = entries;
        let written = self.pending.len() - first;
        for (key, value) in merges {
            self.merge(key, value)?;
        }
        self.keep_first_of_each_key(first, written);
        ControlFlow::Continue(())
    }

    /// Appends the entries of a merged mapping, or of a list of them.
    fn merge(&mut self, key: u32, value: u32) -> ControlFlow<()> {
        let data = self.tree.nodes[value as usize];
        let links = data.first as usize..(data.first + data.len) as usize;
        match data.kind {
            NodeKind::Mapping => self.merge_mapping(value),
            NodeKind::Sequence => {
                for index in links {
                    let item = self.tree.links[index];
                    if self.tree.nodes[item as usize].kind == NodeKind::Mapping {
                        self.merge_mapping(item)?;
                    } else {
                        self.merges_no_mapping(key, item);
                    }
                }
                ControlFlow::Continue(())
            }
            // An alias that leads nowhere has been reported.
            NodeKind::Null if self.broken => ControlFlow::Continue(()),
            NodeKind::Null | NodeKind::Scalar => {
                self.merges_no_mapping(key, value);
                ControlFlow::Continue(())
            }
        }
    }

    fn merge_mapping(&mut self, mapping: u32) -> ControlFlow<()> {
        let data = self.tree.nodes[mapping as usize];
        self.charge_aliases(data.weight, data.span)?;
        let links = data.first as usize..(data.first + data.len) as usize;
        self.pending.extend_from_slice(&self.tree.links[links]);
        ControlFlow::Continue(())
    }

    /// Drops every pending entry from `first` on whose key came before. Among
    /// the first `written` links that is the author's mistake; a merged entry
    /// gives way silently, which is what merging is for.
    fn keep_first_of_each_key(&mut self, first: usize, written: usize) {
        let pairs = (self.pending.len() - first) / 2;
        if pairs < 2 {
            return;
        }
        let key_at = |pending: &[u32], pair: u32| pending[first + 2 * pair as usize];
        let mut order = std::mem::take(&mut self.scratch);
        order.clear();
        let keys = (0..).take(pairs);
        let mut keys: Vec<(&str, u32)> = keys
            .map(|pair| (self.tree.text_of(key_at(&self.pending, pair)), pair))
            .collect();
        // Equal keys become neighbors and keep their order.
        sort_texts(&mut keys);
        order.extend(keys.iter().map(|&(_, pair)| pair));
        let mut dropped = vec![false; pairs];
        let mut kept = order[0];
        for &pair in &order[1..] {
            let (earlier, key) = (key_at(&self.pending, kept), key_at(&self.pending, pair));
            if self.tree.text_of(earlier) != self.tree.text_of(key) {
                kept = pair;
                continue;
            }
            dropped[pair as usize] = true;
            if 2 * (pair as usize) < written {
                self.duplicate(earlier, key);
            }
        }
        self.scratch = order;
        let mut to = first;
        for (pair, is_dropped) in dropped.into_iter().enumerate() {
            if !is_dropped {
                let from = first + 2 * pair;
                self.pending.copy_within(from..from + 2, to);
                to += 2;
            }
        }
        self.pending.truncate(to);
    }

    fn duplicate(&mut self, earlier: u32, key: u32) {
        let name = self.tree.text_of(key);
        let help = if name == MERGE {
            "merge several mappings with one key: `<<: [*first, *second]`".to_owned()
        } else {
            "remove one of the two, or join their values".to_owned()
        };
        let diagnostic = Diagnostic::new(
            &codes::DUPLICATE_KEY,
            self.tree.nodes[key as usize].span,
            format!("the key `{name}` comes twice in the same mapping"),
        )
        .label("again here; this value is ignored")
        .related(self.tree.nodes[earlier as usize].span, "first here")
        .help(help);
        self.report.push(diagnostic);
    }

    fn key_is_no_text(&mut self, key: u32) {
        let data = self.tree.nodes[key as usize];
        let diagnostic = match data.kind {
            NodeKind::Null => Diagnostic::new(&codes::WRONG_TYPE, data.span, "a key is empty")
                .label("a key belongs here")
                .help("write the key, or put quotes around it if it is the text `null` or `~`"),
            _ => Diagnostic::new(
                &codes::WRONG_TYPE,
                data.span,
                "a key has to be text, and this one is a collection",
            )
            .label("YAML reads brackets here")
            .help("put quotes around a text that begins with `{` or `[`"),
        };
        self.report.push(diagnostic);
    }

    fn merges_no_mapping(&mut self, key: u32, value: u32) {
        let (key, value) = (
            &self.tree.nodes[key as usize],
            &self.tree.nodes[value as usize],
        );
        self.report.push(
            Diagnostic::new(
                &codes::WRONG_TYPE,
                key.span,
                "`<<` merges mappings, and this is none",
            )
            .label("merges")
            .related(value.span, "not a mapping")
            .help("merge an alias of a mapping, as in `<<: *common`"),
        );
    }
}
