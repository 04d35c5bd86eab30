//! The files of a new project.

use super::dependency::Dependency;
use super::name::Name;

/// The path of a file in the project, and its text before names are filled in.
const FILES: [(&str, &str); 12] = [
    ("Cargo.toml", include_str!("template/Cargo.toml.in")),
    ("README.md", include_str!("template/README.md.in")),
    (".gitignore", include_str!("template/gitignore.in")),
    (
        ".github/workflows/ci.yml",
        include_str!("template/github/ci.yml.in"),
    ),
    (
        "activation.json",
        include_str!("template/activation.json.in"),
    ),
    (
        "monitoring.json",
        include_str!("template/monitoring.json.in"),
    ),
    ("secrets.json", include_str!("template/secrets.json.in")),
    (
        "extension/extension.yaml",
        include_str!("template/extension/extension.yaml.in"),
    ),
    (
        "extension/activationSchema.json",
        include_str!("template/extension/activationSchema.json.in"),
    ),
    ("src/main.rs", include_str!("template/src/main.rs.in")),
    ("src/tests.rs", include_str!("template/src/tests.rs.in")),
    (
        "examples/api.rs",
        include_str!("template/examples/api.rs.in"),
    ),
];

/// What is filled in.
pub(super) struct Values<'a> {
    pub name: &'a Name,
    pub author: &'a str,
    pub dependency: &'a Dependency,
}

/// The path and text of every file.
pub(super) fn files(values: &Values<'_>) -> Vec<(&'static str, String)> {
    let Values {
        name,
        author,
        dependency,
    } = values;
    let package = extyped_package::extension::package_name(&name.extension(), "0.1.0");
    // In quotes, because a name may have anything in it; a string of JSON is
    // one of YAML.
    let author = serde_json::Value::from(*author).to_string();
    // The author comes last: what is in it must not be filled in.
    let fields = [
        ("@CRATE@", name.package().to_owned()),
        ("@NAME@", name.extension()),
        ("@MODULE@", name.module()),
        ("@TITLE@", name.title()),
        ("@TYPE@", name.type_name()),
        ("@PACKAGE@", package),
        ("@EXTYPED@", dependency.toml()),
        ("@AUTHOR@", author),
    ];
    let filled = |text: &str| {
        fields.iter().fold(text.to_owned(), |text, (field, value)| {
            text.replace(field, value)
        })
    };
    FILES.map(|(path, text)| (path, filled(text))).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_to_fill_in_and_keys_stay_out() {
        let name = Name::parse("load-balancer").expect("a name");
        let files = files(&Values {
            name: &name,
            author: "Jane \"JD\" Doe: #1",
            dependency: &Dependency::Registry,
        });
        let text = |path| {
            let file = files.iter().find(|(place, _)| *place == path);
            &*file.expect(path).1
        };
        for (path, text) in &files {
            assert!(
                !text.contains('@') || *path == ".github/workflows/ci.yml",
                "{path}"
            );
        }
        let ignored = text(".gitignore");
        for pattern in ["secrets.json", "*.key", "*.pem", "/dist", "/target"] {
            assert!(ignored.lines().any(|line| line == pattern), "{pattern}");
        }
        let manifest = text("extension/extension.yaml");
        assert!(
            manifest.contains(r#"name: "Jane \"JD\" Doe: #1""#),
            "{manifest}"
        );
    }
}
