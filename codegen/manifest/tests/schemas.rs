//! Activation schemas in which anything stands anywhere: whatever an author
//! writes for a value, there is an answer, and it points into the file.

use std::path::Path;

use extyped_manifest::beside::{Companion, Files, Lookup};
use extyped_manifest::check_all;
use extyped_manifest::contract::Overrides;
use extyped_manifest::diagnostic::{Fix, Report};
use extyped_manifest::fix;
use extyped_manifest::source::{SourceFile, Span};
use extyped_manifest::yaml::{Node, parse_json};
use proptest::prelude::*;
use proptest::sample::Index;

/// Schemas that have every part there is, faulty ones among them.
const SCHEMAS: [&str; 8] = [
    "EXT092/bad-endless.json",
    "EXT092/bad-enums.json",
    "EXT131/bad.json",
    "EXT131/good.json",
    "EXT132/bad.json",
    "EXT132/bad-circle.json",
    "EXT133/bad.json",
    "EXT133/bad-keys.json",
];

const VALUES: [&str; 14] = [
    "null",
    "true",
    "0",
    "-1.5",
    "1e400",
    "\"\"",
    "\"pythonRemote\"",
    "\"<%=it%>\"",
    "[]",
    "[null]",
    "[[], {}]",
    "{}",
    "{ \"type\": [] }",
    "{ \"$ref\": \"#/types/pythonRemote\" }",
];

const MANIFEST: &str =
    "name: custom:x\npython:\n  activation:\n    remote:\n      path: schema.json\n";

struct Only(SourceFile);

impl Files for Only {
    fn read(&self, _: &str) -> Lookup {
        Lookup::Found(self.0.clone())
    }

    fn is_bare(&self) -> bool {
        false
    }
}

fn values(node: Node<'_>, found: &mut Vec<Span>) {
    found.push(node.span());
    node.items().for_each(|item| values(item, found));
    node.entries().for_each(|entry| values(entry.value, found));
}

/// The schema with another value in the place of one of its own.
fn damaged(text: &str, place: Index, value: &str) -> String {
    let source = SourceFile::new("", text);
    let Some(tree) = parse_json(&source, &mut Report::default()) else {
        return text.to_owned();
    };
    let mut places = Vec::new();
    values(tree.root(), &mut places);
    let span = place.get(&places);
    let (start, end) = (span.start as usize, span.end as usize);
    format!("{}{value}{}", &text[..start], &text[end..])
}

proptest! {
    #[test]
    fn any_value_may_stand_anywhere(
        schema in prop::sample::select(SCHEMAS.to_vec()),
        changes in prop::collection::vec(
            (any::<Index>(), prop::sample::select(VALUES.to_vec())),
            1..4,
        ),
    ) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let mut text = std::fs::read_to_string(folder.join(schema)).expect("a fixture");
        for (place, value) in changes {
            text = damaged(&text, place, value);
        }
        let manifest = SourceFile::new("extension.yaml", MANIFEST);
        let files = Only(SourceFile::new("schema.json", text.as_str()));
        let companions = check_all(&manifest, &Overrides::default(), &files).companions;
        prop_assert_eq!(companions.len(), 1);
        for Companion { source, report } in companions {
            let fixes: Vec<Fix> = report
                .diagnostics()
                .iter()
                .filter_map(|finding| finding.fix.clone())
                .collect();
            for finding in report.diagnostics() {
                let related = finding.related.iter().map(|related| related.span);
                for span in finding.span.into_iter().chain(related) {
                    let range = span.start as usize..span.end as usize;
                    prop_assert!(source.text().get(range).is_some(), "{finding:?}\n{text}");
                }
            }
            // What a fix leaves is JSON if it was before.
            let mended = SourceFile::new("", fix::apply(source.text(), &fixes).text);
            let read = |source: &SourceFile| parse_json(source, &mut Report::default()).is_some();
            prop_assert!(read(&mended) || !read(&source), "{}", mended.text());
        }
    }
}

#[test]
fn a_schema_that_nobody_could_fill_in_is_refused_at_once() {
    let schema = |properties: String| {
        format!(
            "{{\"types\": {{\"f\": {{\"properties\": {{{properties}}}}}}}, \"properties\": \
             {{\"pythonRemote\": {{\"type\": {{\"$ref\": \"#/types/f\"}}}}}}}}"
        )
    };
    let many: Vec<String> = (0..20_000)
        .map(|at| format!("\"p{at}\": {{\"type\": \"text\"}}"))
        .collect();
    let long = format!(
        "\"p\": {{\"type\": \"text\", \"default\": [{}]}}",
        vec!["\"http://a\""; 20_000].join(",")
    );
    for (text, told) in [
        (
            schema(many.join(",")),
            "the schema has 20002 types, properties and choices",
        ),
        (schema(long), "values"),
    ] {
        let manifest = SourceFile::new("extension.yaml", MANIFEST);
        let files = Only(SourceFile::new("schema.json", text));
        let checked = check_all(&manifest, &Overrides::default(), &files);
        let [Companion { report, .. }] = checked.companions.as_slice() else {
            panic!("the schema is read");
        };
        let [finding] = report.diagnostics() else {
            panic!("one finding is expected: {}", report.diagnostics().len());
        };
        assert_eq!(finding.code.id, "EXT003");
        assert!(finding.message.contains(told), "{}", finding.message);
    }
}
