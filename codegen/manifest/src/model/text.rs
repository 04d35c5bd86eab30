//! A scalar that holds text.

use std::ops::Deref;

use crate::source::Span;
use crate::yaml::{Node, is_template};

/// A scalar of the manifest: its text, and where it is written.
#[derive(Clone, Copy)]
pub(crate) struct Text<'t> {
    pub(crate) node: Node<'t>,
    value: &'t str,
}

impl<'t> Text<'t> {
    /// The text of a node, if it is a scalar.
    pub(crate) fn of(node: Node<'t>) -> Option<Self> {
        Some(Text {
            node,
            value: node.as_str()?,
        })
    }

    /// The text.
    pub(crate) fn as_str(self) -> &'t str {
        self.value
    }

    /// Whether it holds a placeholder that a build replaces, so that what it
    /// will be is unknown.
    pub(crate) fn is_template(self) -> bool {
        is_template(self.value)
    }

    /// Where it is written.
    pub(crate) fn span(self) -> Span {
        self.node.span()
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.value
    }
}
