//! Mends a manifest by editing its text.
//!
//! Nothing is ever written out from the tree: what no edit touches stays as the
//! author wrote it, comments, quotes and line ends included. The functions here
//! make edits that fit into the text around them.

#[cfg(feature = "catalog")]
mod apply;
mod insert;
mod scalar;

#[cfg(test)]
mod tests;

#[cfg(feature = "catalog")]
pub use self::apply::{Fixed, apply};
pub use self::insert::{insert_entry, insert_items};
pub(crate) use self::scalar::plain_or_quoted as scalar;
pub use self::scalar::{replace_scalar, replace_within_scalar};

use crate::diagnostic::{Diagnostic, Edit};
use crate::order::order_by;
use crate::source::{SourceFile, Span};

impl Diagnostic {
    /// Attaches the fix that most slips need: another text in the place of a
    /// scalar.
    pub(crate) fn write_instead(self, source: &SourceFile, place: Span, text: &str) -> Self {
        let edit = replace_scalar(source, place, text);
        self.fix(format!("write `{text}`"), vec![edit])
    }
}

/// Edits in the order of the text, each once.
pub(crate) fn in_order(mut edits: Vec<Edit>) -> Vec<Edit> {
    order_by(&mut edits, |edit| edit.span.order());
    edits.dedup();
    edits
}

fn edited(text: &str, edits: &[&Edit]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let kept = text.get(done..edit.span.start as usize);
        result.push_str(kept.unwrap_or_default());
        result.push_str(&edit.replacement);
        done = edit.span.end as usize;
    }
    result.push_str(text.get(done..).unwrap_or_default());
    result
}
