//! What is wrong with the activation schema is told where it stands.

extyped::extension!("schema/extension.yaml");

fn url(config: &activation::Remote) -> &str {
    config.endpoint["url"].as_str().unwrap_or_default()
}

fn main() {}
