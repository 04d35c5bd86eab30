//! Documentation of generated items.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::text;

/// Paragraphs, in order.
#[derive(Default)]
pub(super) struct Docs {
    lines: Vec<String>,
}

impl Docs {
    /// Begins with a paragraph of ours, in Markdown.
    pub(super) fn new(markdown: impl Into<String>) -> Self {
        Docs::default().paragraph(markdown)
    }

    /// Adds a paragraph of ours, in Markdown.
    pub(super) fn paragraph(mut self, markdown: impl Into<String>) -> Self {
        self.separate();
        self.lines.push(markdown.into());
        self
    }

    /// Adds the author's words, if there are any.
    pub(super) fn words(mut self, words: Option<&str>) -> Self {
        let lines = text::lines(words.unwrap_or_default());
        if !lines.is_empty() {
            self.separate();
            self.lines.extend(lines);
        }
        self
    }

    fn separate(&mut self) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
    }
}

impl ToTokens for Docs {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for line in &self.lines {
            // The space that a formatter puts after the slashes.
            let line = if line.is_empty() {
                String::new()
            } else {
                format!(" {line}")
            };
            tokens.extend(quote!(#[doc = #line]));
        }
    }
}

/// `a`, `b` and `c` as code spans.
pub(super) fn enumerate<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let codes: Vec<_> = texts.into_iter().map(text::code).collect();
    match codes.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
