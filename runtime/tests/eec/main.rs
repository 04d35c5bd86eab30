//! An extension under an Extension Execution Controller, over the whole way
//! from a callback to the bytes that the controller reads, on a paused clock.

mod assertions;
#[expect(dead_code, reason = "other tests use the rest of it")]
#[path = "../runtime/support.rs"]
mod support;
