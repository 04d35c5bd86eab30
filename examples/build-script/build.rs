//! Generates the reporters of `extension/extension.yaml`.

fn main() {
    extyped_codegen::build("extension/extension.yaml").emit();
}
