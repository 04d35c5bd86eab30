//! The code that is generated for the manifests in `fixtures`, compiled under
//! the strictest rules that an author's crate can have.
//!
//! The files in `golden` are what all three faces write; the tests of this
//! crate compare them, and `UPDATE_GOLDEN=1 cargo test -p extyped-tests --test
//! golden` writes them anew; empty them first when they no longer compile.

#![no_implicit_prelude]
#![deny(warnings, missing_docs, clippy::pedantic)]

macro_rules! golden {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $(
            $(#[$doc])*
            pub mod $name {
                ::core::include!(::core::concat!("../golden/", ::core::stringify!($name), ".rs"));
            }
        )*
    };
}

golden! {
    /// An activation schema with every kind of field.
    forms
    /// Neither dimensions nor topology.
    bare
    /// Names that would clash, and the option that keeps them apart.
    colliding
    /// Dimensions that the manifest declares.
    declared
    /// No metric at all.
    empty
    /// Descriptions that try to break out of their comments.
    hostile
    /// Dimensions that follow from the topology, and feature sets.
    inferred
    /// Keywords and other words that mean something in Rust.
    keywords
    /// Letters of several scripts, and what is no letter at all.
    non_ascii
    /// Every option, which leaves nothing public and much unused.
    #[allow(dead_code)]
    options
    /// Dimensions with given values.
    values
}

/// The runtime under another name, for the option `crate`.
pub use ::extyped as vendored;

#[cfg(doctest)]
mod readme;
