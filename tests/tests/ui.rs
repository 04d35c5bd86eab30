//! What rustc says to an author whose code and manifest disagree, and that it
//! says nothing where they agree.
//!
//! `TRYBUILD=overwrite cargo test -p extyped-tests --test ui` writes the
//! expected messages anew; read each as an author would before committing it.

/// All in one: what has to run is built, what has to fail could be checked
/// alone, and in two tests each would compile all that both depend on.
#[test]
fn every_disagreement_has_its_message_and_agreement_runs() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/fail/*.rs");
    cases.pass("ui/pass/*.rs");
}
