//! The names of the types that read activations, and what is told of them.

use extyped_codegen::manifest::beside::{Files, Lookup};
use extyped_codegen::manifest::render;
use extyped_codegen::manifest::source::SourceFile;
use extyped_codegen::{Generated, Options, generate};

/// The files beside a manifest, by path.
struct Beside<'t>(&'t [(&'t str, &'t str)]);

impl Files for Beside<'_> {
    fn read(&self, path: &str) -> Lookup {
        match self.0.iter().find(|(name, _)| *name == path) {
            Some((name, text)) => Lookup::Found(SourceFile::new(*name, *text)),
            None => Lookup::Missing,
        }
    }

    fn is_bare(&self) -> bool {
        false
    }
}

fn manifest(activation: &str) -> SourceFile {
    let text = format!(
        "name: custom:x\nversion: 1.0.0\nminDynatraceVersion: '1.285'\nauthor: {{name: me}}\n\
         metrics:\n  - key: x.y\n    metadata: {{displayName: Y, unit: Count}}\n\
         python:\n  runtime: {{module: x, version: {{min: '3.10'}}}}\n{activation}"
    );
    SourceFile::new("extension.yaml", text)
}

/// The code without spaces, and every error with its place.
fn written(
    activation: &str,
    files: &[(&str, &str)],
    names: &[(&str, &str)],
) -> (String, Vec<String>) {
    let mut options = Options::default();
    let names = names.iter();
    options.names = names
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect();
    let source = manifest(activation);
    let Generated {
        tokens,
        report,
        companions,
    } = generate(&source, &options, &Beside(files));
    let mut errors = Vec::new();
    let beside = companions.iter().map(|file| (&file.source, &file.report));
    for (source, report) in std::iter::once((&source, &report)).chain(beside) {
        let findings = report.diagnostics().iter();
        let severe = findings
            .filter(|it| it.severity > extyped_codegen::manifest::diagnostic::Severity::Hint);
        errors.extend(severe.map(|finding| render::headline(source, finding)));
    }
    (tokens.to_string().replace(' ', ""), errors)
}

const BOTH: &str = "  activation: {remote: {path: a.json}, local: {path: a.json}}\n";
const REMOTE: &str = "  activation: {remote: {path: a.json}}\n";

/// A schema whose form for both sides has these properties, besides more types
/// and enumerations.
fn schema(properties: &str, types: &str, enums: &str) -> String {
    format!(
        r##"{{
"types": {{
"form": {{"properties": {{{properties}}}}}{types}
}},
"enums": {{{enums}}},
"properties": {{
"pythonRemote": {{"type": {{"$ref": "#/types/form"}}}},
"pythonLocal": {{"type": {{"$ref": "#/types/form"}}}}
}}}}"##
    )
}

#[test]
fn a_form_of_both_sides_is_one_type() {
    let text = schema("\"a\": {\"type\": \"text\"}", "", "");
    let (code, errors) = written(BOTH, &[("a.json", &text)], &[]);
    assert_eq!(errors, [""; 0]);
    assert!(code.contains("pubstructRemote{"), "{code}");
    assert!(code.contains("pubtypeLocal=Remote;"), "{code}");
    assert!(code.contains("pubenumActivation{"), "{code}");
    assert!(code.contains("document.either(SCHEMA_0)"), "{code}");
}

#[test]
fn each_side_may_have_a_file_of_its_own() {
    let text = schema("\"a\": {\"type\": \"text\"}", "", "");
    let activation = "  activation: {remote: {path: a.json}, local: {path: b.json}}\n";
    let files = [("a.json", text.as_str()), ("b.json", text.as_str())];
    let (code, errors) = written(activation, &files, &[]);
    assert_eq!(errors, [""; 0]);
    assert!(code.contains("constSCHEMA_1:&str="), "{code}");
    assert!(
        code.contains("pubstructRemote{") && code.contains("pubstructLocal{"),
        "{code}"
    );
}

#[test]
fn names_that_would_be_the_same_are_told_where_they_stand_and_can_be_changed() {
    let text = schema(
        "\"a-b\": {\"type\": {\"$ref\": \"#/types/in_ner\"}},\n\"a_b\": {\"type\": {\"$ref\": \"#/types/in-ner\"}},\n\
         \"c\": {\"type\": {\"$ref\": \"#/enums/e\"}}",
        ",\n\"in_ner\": {\"properties\": {}},\n\"in-ner\": {\"properties\": {}}",
        "\n\"e\": {\"items\": [{\"value\": \"x y\"}, {\"value\": \"x_y\"}]}",
    );
    let (_, errors) = written(REMOTE, &[("a.json", &text)], &[]);
    assert_eq!(
        errors,
        [
            "a.json:4:1: the property `a-b` and the property `a_b` would both get the field `a_b` \
             of `Remote` [EXT070]",
            "a.json:7:1: the type `in_ner` and the type `in-ner` would both get the type `InNer` \
             of `activation` [EXT070]",
            "a.json:10:45: the choice `x y` and the choice `x_y` would both get the variant `XY` \
             of `E` [EXT070]",
        ]
    );
    let names = [("a-b", "first"), ("in-ner", "other"), ("e=x_y", "under")];
    let (code, errors) = written(REMOTE, &[("a.json", &text)], &names);
    assert_eq!(errors, [""; 0]);
    for part in ["pubfirst:InNer,", "puba_b:Other,", "XY,", "Under,"] {
        assert!(code.contains(part), "{part}: {code}");
    }
}

#[test]
fn a_schema_that_is_missing_or_broken_leaves_json_in_the_place_of_its_types() {
    let (code, errors) = written(REMOTE, &[], &[]);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].contains("`a.json` is not there"), "{errors:?}");
    assert!(
        code.contains("pubtypeRemote=::extyped::RawActivation;"),
        "{code}"
    );

    let (code, errors) = written(REMOTE, &[("a.json", "{\"types\": }")], &[]);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].starts_with("a.json:1:11: "), "{errors:?}");
    assert!(
        code.contains("pubtypeRemote=::extyped::RawActivation;"),
        "{code}"
    );
}

#[test]
fn a_side_without_a_form_is_an_error_that_names_it() {
    let text = "{\"types\": {}, \"properties\": {\"pythonLocal\": {\"type\": \"text\"}}}";
    let (code, errors) = written(REMOTE, &[("a.json", text)], &[]);
    assert_eq!(
        errors,
        ["a.json:1:30: the schema has no `pythonRemote`, which the manifest activates [EXT137]"]
    );
    assert!(
        code.contains("pubtypeRemote=::extyped::RawActivation;"),
        "{code}"
    );
}

#[test]
fn an_extension_without_code_has_no_activation() {
    let text = "name: custom:x\nversion: 1.0.0\nminDynatraceVersion: '1.285'\nauthor: {name: me}\n\
                snmp: []\nmetrics: []\n";
    let source = SourceFile::new("extension.yaml", text);
    let code = generate(&source, &Options::default(), &Beside(&[]))
        .tokens
        .to_string();
    assert!(!code.contains("mod activation"), "{code}");
}

#[test]
fn a_long_chain_of_types_is_read_to_its_end() {
    let links = (0..200).map(|at| {
        let next = format!("{{\"$ref\": \"#/types/t{}\"}}", at + 1);
        format!(",\n\"t{at}\": {{\"properties\": {{\"next\": {{\"type\": {next}}}}}}}")
    });
    let mut types: String = links.collect();
    types += ",\n\"t200\": {\"properties\": {}}";
    let text = schema("\"a\": {\"type\": {\"$ref\": \"#/types/t0\"}}", &types, "");
    let (code, errors) = written(REMOTE, &[("a.json", &text)], &[]);
    assert_eq!(errors, [""; 0]);
    assert!(code.contains("pubstructT200{"), "the last type is there");
}
