//! The module that the Extension Execution Controller runs, `python.runtime` of
//! the manifest: what the shim in the wheel is named after.

use extyped_manifest::diagnostic::Report;
use extyped_manifest::render;
use extyped_manifest::source::SourceFile;
use extyped_manifest::yaml::{self, Node};
use extyped_package::wheel::OLDEST_PYTHON;

use crate::failure::Failure;

/// What Python brings along, of all versions since 3.10. `python -m` finds
/// these before anything that is installed.
const STANDARD: &str = include_str!("module/stdlib.txt");

/// Words that are no names in Python.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// The module that the manifest names.
///
/// # Errors
///
/// When there is none, or when the wheel could not be run by that name.
pub(super) fn of(source: &SourceFile) -> Result<String, Failure> {
    let mut report = Report::default();
    let tree = yaml::parse(source, &mut report);
    let python = tree.as_ref().and_then(|tree| tree.root().get("python"));
    let Some(runtime) = python.and_then(|python| python.get("runtime")) else {
        return Err(Failure::new(format!(
            "{} has no `python.runtime`, by which an agent starts the extension",
            render::harmless(source.name())
        ))
        .help("a program travels as an extension of the data source `python`: see `extyped new`")
        .unsound());
    };
    let refuse = |node: Node<'_>, why: String| {
        let place = source.position(node.span().start);
        let file = render::harmless(source.name());
        Failure::new(format!("{file}:{}:{}: {why}", place.line, place.column)).unsound()
    };
    if let Some(version) = runtime.get("version") {
        for bound in ["min", "max"] {
            let Some(node) = version.get(bound) else {
                continue;
            };
            let text = node.as_str().unwrap_or_default();
            if python_version(text).is_some_and(|version| version < OLDEST_PYTHON) {
                let (major, minor) = OLDEST_PYTHON;
                return Err(refuse(
                    node,
                    format!(
                        "`python.runtime.version.{bound}` lets Python {} start the extension, and \
                         the wheel is for {major}.{minor} and newer",
                        render::harmless(text)
                    ),
                )
                .help(format!("write \"{major}.{minor}\"")));
            }
        }
    }
    let module = runtime.get("module").and_then(|node| {
        let name = node.as_str()?;
        Some((node, name))
    });
    let Some((node, name)) = module else {
        return Err(refuse(
            runtime,
            "`python.runtime` names no `module`".to_owned(),
        ));
    };
    let Some(why) = fault(name) else {
        return Ok(name.to_owned());
    };
    let help = if is_word(name) {
        format!("`{name}_extension` would be a name of its own")
    } else {
        "the wheel has a package of this name: letters, digits and `_`".to_owned()
    };
    Err(refuse(
        node,
        format!("the module `{}` {why}", render::harmless(name)),
    )
    .help(help))
}

/// Why a wheel cannot have a package of this name.
pub(crate) fn fault(name: &str) -> Option<&'static str> {
    if !is_word(name) {
        return Some("is no name of a Python package");
    }
    if KEYWORDS.contains(&name) {
        return Some("is a keyword of Python");
    }
    if STANDARD.lines().any(|module| module == name) {
        return Some("is one of Python itself, which would be started instead");
    }
    None
}

/// Whether Python could read it as one word.
fn is_word(name: &str) -> bool {
    let mut letters = name.chars();
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_';
    letters.next().is_some_and(starts) && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Major and minor version; none of what is something else.
fn python_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split('.');
    let major = numbers.next()?.parse().ok()?;
    let minor = numbers.next()?.parse().ok()?;
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_runtime(runtime: &str) -> Result<String, String> {
        let text = format!("name: custom:x\npython:\n  runtime:\n{runtime}");
        of(&SourceFile::new("extension.yaml", text)).map_err(|failure| failure.to_string())
    }

    #[test]
    fn the_module_is_what_the_manifest_says() {
        let module = of_runtime("    module: load_balancer\n    version:\n      min: \"3.10\"\n");
        assert_eq!(module.as_deref(), Ok("load_balancer"));
    }

    #[test]
    fn what_python_could_not_start_is_refused_where_it_stands() {
        for (runtime, said) in [
            (
                "    module: load-balancer\n",
                "extension.yaml:4:13: the module `load-balancer` is no name",
            ),
            ("    module: my.extension\n", "is no name"),
            ("    module: \"\"\n", "is no name"),
            ("    module: 3com\n", "is no name"),
            ("    module: class\n", "is a keyword"),
            ("    module: statistics\n", "is one of Python itself"),
            (
                "    module: json\n",
                "`json_extension` would be a name of its own",
            ),
            ("    version: {min: \"3.10\"}\n", "names no `module`"),
            (
                "    module: x\n    version: {min: \"3.9\"}\n",
                "extension.yaml:5:20: `python.runtime.version.min` lets Python 3.9",
            ),
        ] {
            let refused = of_runtime(runtime).expect_err(runtime);
            assert!(refused.contains(said), "{runtime}: {refused}");
        }
    }

    #[test]
    fn an_extension_of_another_data_source_is_no_program() {
        let source = SourceFile::new("extension.yaml", "name: custom:x\nsnmp: []\n");
        let refused = of(&source).expect_err("no python").to_string();
        assert!(refused.contains("no `python.runtime`"), "{refused}");
    }
}
