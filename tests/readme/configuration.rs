use extyped::Endpoints;
extyped::extension!("../runtime/doc/extension.yaml");
fn main() {
    let _: fn(&Config) -> Endpoints<String> = endpoints;
}
