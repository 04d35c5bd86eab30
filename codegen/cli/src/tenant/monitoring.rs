//! A file of monitoring configurations, and the places in it.

use std::path::Path;

use extyped_manifest::diagnostic::Report;
use extyped_manifest::source::SourceFile;
use extyped_manifest::yaml::{self, Node, NodeKind, Tree};
use serde_json::{Map, Value};

use super::answer::Violation;
use super::violations::find;
use crate::activation::file;
use crate::failure::Failure;

/// One configuration. It may hold secrets: its value is not shown.
pub(super) struct Element {
    /// Where it is to run; none needs to be said of one that is there already.
    pub(super) scope: Option<String>,
    pub(super) value: Map<String, Value>,
    /// Of the configuration that it replaces.
    pub(super) id: Option<String>,
}

/// A file of them.
pub(super) struct Configurations {
    pub(super) elements: Vec<Element>,
    /// What is odd and harmless: place and text.
    pub(super) remarks: Vec<String>,
    /// Secrets, and the placeholders that stand for them.
    pub(super) secrets: Vec<(String, String)>,
    source: SourceFile,
    /// None if a placeholder outside of a text makes the file no JSON.
    tree: Option<Tree>,
}

const FORM: &str = "write [{\"scope\": \"ag_group-default\", \"value\": {\"enabled\": true, …}}]";

/// Fields of an element. The last one is in what the API lists.
const FIELDS: [&str; 4] = ["scope", "value", "objectId", "modificationInfo"];

impl Configurations {
    pub(super) fn read(path: &Path, secrets: Option<&Path>) -> Result<Configurations, Failure> {
        let filled = file::fill(path, secrets)?;
        let source = SourceFile::new(filled.shown, filled.written);
        let tree = yaml::parse_json(&source, &mut Report::default());
        let secrets = filled.secrets.into_iter();
        let mut configurations = Configurations {
            elements: Vec::new(),
            remarks: Vec::new(),
            secrets: secrets
                .map(|(name, secret)| (secret, format!("{{{{{name}}}}}")))
                .collect(),
            source,
            tree,
        };
        let (elements, remarks) = configurations.elements_of(&filled.text)?;
        configurations.elements = elements;
        configurations.remarks = remarks;
        Ok(configurations)
    }

    /// What the text means, and what is odd about it.
    fn elements_of(&self, text: &str) -> Result<(Vec<Element>, Vec<String>), Failure> {
        let shown = self.source.name();
        // What serde says quotes no value of a text that is no JSON at all.
        let value: Value = serde_json::from_str(text)
            .map_err(|error| Failure::new(format!("{shown} is no JSON: {error}")))?;
        let items = match value {
            Value::Array(items) => items,
            Value::Object(fields) if fields.contains_key("pythonRemote") => {
                return Err(Failure::new(format!("{shown} is an activation"))
                    .help(format!("it is the `value` of a configuration: {FORM}")));
            }
            value @ Value::Object(_) => vec![value],
            _ => return Err(Failure::new(format!("{shown} holds no array")).help(FORM)),
        };
        if items.is_empty() {
            return Err(Failure::new(format!("{shown} holds no configuration")).help(FORM));
        }
        let mut elements = Vec::new();
        let mut remarks = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let place = |field: &str| self.place_of(index, field);
            let wrong = |why: String| Err(Failure::new(why).help(FORM));
            let Value::Object(mut fields) = item else {
                return wrong(format!("{}: [{index}] is no object", place("")));
            };
            for field in fields.keys() {
                if !FIELDS.contains(&field.as_str()) {
                    let told = format!("[{index}] has a field `{field}` that means nothing");
                    remarks.push(format!("{}: {told}", place(field)));
                }
            }
            let Some(Value::Object(value)) = fields.remove("value") else {
                return wrong(format!(
                    "{}: [{index}] has no object `value`",
                    place("value")
                ));
            };
            let mut text = |field: &str| match fields.remove(field) {
                None | Some(Value::Null) => Ok(None),
                Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
                Some(_) => Err(format!("{}: [{index}] `{field}` is no text", place(field))),
            };
            let (scope, id) = match (text("scope"), text("objectId")) {
                (Ok(scope), Ok(id)) => (scope, id),
                (Err(why), _) | (_, Err(why)) => return wrong(why),
            };
            if scope.is_none() && id.is_none() {
                return Err(
                    Failure::new(format!("{}: [{index}] has no `scope`", place("scope"))).help(
                        "where it is to run: ag_group-NAME, HOST-…, HOST_GROUP-…, \
                     management_zone-… or environment",
                    ),
                );
            }
            elements.push(Element { scope, value, id });
        }
        Ok((elements, remarks))
    }

    pub(super) fn shown(&self) -> &str {
        self.source.name()
    }

    /// File, line and column of what a violation names in an element, if it is
    /// of one; or of the element.
    pub(super) fn place(&self, index: Option<usize>, violation: &Violation) -> String {
        let root = self.tree.as_ref().map(Tree::root);
        let element = index.and_then(|index| self.element(index));
        let value = element.and_then(|element| element.get("value"));
        // From the inside out: an answer about one speaks of what is in it.
        let roots: Vec<Node<'_>> = [element, value, root].into_iter().flatten().collect();
        let found = find(violation, &self.source, &roots);
        let around = element.or(root).map(Node::span);
        let Some(span) = found.span.or(around) else {
            return self.source.name().to_owned();
        };
        let position = self.source.position(span.start);
        format!("{}:{position}", self.source.name())
    }

    fn place_of(&self, index: usize, field: &str) -> String {
        let violation = Violation {
            path: field.to_owned(),
            ..Violation::default()
        };
        self.place(Some(index), &violation)
    }

    fn element(&self, index: usize) -> Option<Node<'_>> {
        let root = self.tree.as_ref()?.root();
        match root.kind() {
            NodeKind::Sequence => root.items().nth(index),
            _ => (index == 0).then_some(root),
        }
    }
}
