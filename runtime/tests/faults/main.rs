//! What goes wrong around an extension, and what becomes of it: one test for
//! each fault of `docs/reliability.md`, which says what to expect and names
//! the test.

mod configuration;
mod controller;
mod lines;
mod polling;
#[expect(dead_code, reason = "other tests use the rest of it")]
#[path = "../runtime/support.rs"]
mod support;

extyped::extension!("tests/faults/extension.yaml");
