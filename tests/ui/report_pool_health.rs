fn query(recorder: &extyped::Recorder) {
    Metrics::of(recorder)
        .pool(PoolDimensions {
            device_address: "10.0.0.1",
            pool_name: "web",
        })
        .health(99.5);
}
