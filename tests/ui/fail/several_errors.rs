//! All mistakes are shown at once, and what is sound can be used already.
extyped::extension!("several_errors.yaml");

fn query(recorder: &extyped::Recorder) {
    Metrics::of(recorder)
        .probe(ProbeDimensions { probe_name: "p" })
        .bytes_in(1);
}

fn main() {}
