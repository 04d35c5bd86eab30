//! What rustc says to an author whose code and manifest disagree.
//!
//! `TRYBUILD=overwrite cargo test -p extyped-tests --test ui` writes the
//! expected messages anew; read each as an author would before committing it.

#[test]
fn every_disagreement_has_its_message() {
    trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
}

#[test]
fn code_that_agrees_compiles_and_runs() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}
