//! A side that the manifest activates needs a form.

extyped::extension!("no_form/extension.yaml");

fn url(config: &activation::Remote) -> &str {
    config.url.as_str()
}

fn main() {}
