//! Edits change what they are meant to change, and nothing else.

mod support;

use extyped_manifest::diagnostic::{Edit, Fix};
use extyped_manifest::fix::{
    apply, insert_entry, insert_items, replace_scalar, replace_within_scalar,
};
use extyped_manifest::yaml::Node;
use proptest::prelude::*;
use proptest::sample::Index;
use support::{Value, document, has_content, read, text};

/// The nodes of a document in the order of the text, the root first.
fn nodes<'t>(node: Node<'t>, found: &mut Vec<Node<'t>>) {
    found.push(node);
    node.items().for_each(|item| nodes(item, found));
    node.entries().for_each(|entry| nodes(entry.value, found));
}

/// Calls `change` with the value that is as many steps away in that order.
/// Returns how many steps are left if there are fewer values.
fn change_nth(
    value: &mut Value,
    steps: usize,
    change: &mut dyn FnMut(&mut Value),
) -> Option<usize> {
    let Some(mut steps) = steps.checked_sub(1) else {
        change(value);
        return None;
    };
    let children: Vec<&mut Value> = match value {
        Value::List(items) => items.iter_mut().collect(),
        Value::Map(entries) => entries.iter_mut().map(|(_, value)| value).collect(),
        _ => Vec::new(),
    };
    for child in children {
        steps = change_nth(child, steps, change)?;
    }
    Some(steps)
}

/// The text after edits that must be possible together.
fn edited(text: &str, edits: Vec<Edit>) -> String {
    let fix = Fix {
        title: "change".to_owned(),
        edits,
        rename: None,
    };
    let fixed = apply(text, &[fix]);
    assert_eq!(fixed.skipped, 0);
    fixed.text
}

/// The occurrence of one of some kind of nodes, by its place among all nodes.
fn pick<'t>(
    root: Node<'t>,
    index: Index,
    wanted: impl Fn(Node<'t>) -> bool,
) -> Option<(usize, Node<'t>)> {
    let mut all = Vec::new();
    nodes(root, &mut all);
    let candidates: Vec<_> = all
        .into_iter()
        .enumerate()
        .filter(|&(_, node)| wanted(node))
        .collect();
    (!candidates.is_empty()).then(|| *index.get(&candidates))
}

/// The values of the oracle in the same order.
fn oracle_values<'v>(value: &'v serde_yaml::Value, found: &mut Vec<&'v serde_yaml::Value>) {
    found.push(value);
    if let Some(items) = value.as_sequence() {
        for item in items {
            oracle_values(item, found);
        }
    }
    if let Some(entries) = value.as_mapping() {
        entries.values().for_each(|item| oracle_values(item, found));
    }
}

proptest! {
    #[test]
    fn a_replaced_scalar_has_the_new_text(document in document(), index: Index, new in text()) {
        let (source, tree) = read(&document.text);
        let is_scalar = |node: Node<'_>| node.as_str().is_some();
        let Some((steps, node)) = pick(tree.root(), index, is_scalar) else {
            return Ok(());
        };
        let result = edited(source.text(), vec![replace_scalar(&source, node.span(), &new)]);

        let mut expected = document.value;
        change_nth(&mut expected, steps, &mut |value| *value = Value::Text(new.clone()));
        let (_, tree) = read(&result);
        prop_assert!(has_content(tree.root(), &expected), "{}\n{}", source.text(), result);
    }

    #[test]
    fn a_replaced_text_is_a_text_to_every_reader(document in document(), index: Index, new in text()) {
        let (source, tree) = read(&document.text);
        let is_text = |node: Node<'_>| node.as_str().is_some() && !node.is_plain();
        let Some((steps, node)) = pick(tree.root(), index, is_text) else {
            return Ok(());
        };
        let result = edited(source.text(), vec![replace_scalar(&source, node.span(), &new)]);

        let result = result.strip_prefix('\u{feff}').unwrap_or(&result);
        let value: serde_yaml::Value = serde_yaml::from_str(result).expect("the edit is valid");
        let mut all = Vec::new();
        oracle_values(&value, &mut all);
        prop_assert_eq!(all[steps].as_str(), Some(new.as_str()), "{}", result);
    }

    #[test]
    fn a_name_is_replaced_everywhere_in_a_scalar(document in document(), index: Index, new in text()) {
        let (source, tree) = read(&document.text);
        let is_named = |node: Node<'_>| node.as_str().is_some_and(|text| {
            text.split(' ').any(|word| word == "a")
        });
        let Some((steps, node)) = pick(tree.root(), index, is_named) else {
            return Ok(());
        };
        let edits = replace_within_scalar(&source, node.span(), "a", &new);
        prop_assert!(!edits.is_empty(), "{:?}", node);
        let result = edited(source.text(), edits);

        let mut all = Vec::new();
        let (_, tree) = read(&result);
        nodes(tree.root(), &mut all);
        let text = all[steps].as_str().unwrap_or_default();
        prop_assert!(text.contains(&new), "{}\n{}", source.text(), result);
        let mut expected = document.value;
        change_nth(&mut expected, steps, &mut |value| *value = Value::Text(text.to_owned()));
        prop_assert!(has_content(tree.root(), &expected), "{}\n{}", source.text(), result);
    }

    #[test]
    fn inserted_items_are_the_last(document in document(), index: Index) {
        let (source, tree) = read(&document.text);
        let mut all = Vec::new();
        nodes(tree.root(), &mut all);
        let (steps, node) = *index.get(&all.into_iter().enumerate().collect::<Vec<_>>());
        let items = ["new".to_owned(), "key: x\nvalue:\n  - 1".to_owned()];
        let edit = insert_items(&source, node, &items);

        let mut expected = document.value;
        let mut is_list = false;
        change_nth(&mut expected, steps, &mut |value| if let Value::List(items) = value {
            is_list = true;
            items.push(Value::Text("new".to_owned()));
            items.push(Value::Map(vec![
                ("key".to_owned(), Value::Text("x".to_owned())),
                ("value".to_owned(), Value::List(vec![Value::Literal("1".to_owned())])),
            ]));
        });
        prop_assert_eq!(edit.is_some(), is_list, "{}", source.text());
        let Some(edit) = edit else {
            return Ok(());
        };
        let result = edited(source.text(), vec![edit]);
        let (_, tree) = read(&result);
        prop_assert!(has_content(tree.root(), &expected), "{}\n{}", source.text(), result);
    }

    #[test]
    fn an_inserted_entry_is_the_last(document in document(), index: Index, key in text()) {
        let (source, tree) = read(&document.text);
        let is_without = |node: Node<'_>| node.get(&key).is_none();
        let Some((steps, node)) = pick(tree.root(), index, is_without) else {
            return Ok(());
        };
        let edit = insert_entry(&source, node, &key, "- x\n- y: z");

        let mut expected = document.value;
        let mut is_map = false;
        change_nth(&mut expected, steps, &mut |value| if let Value::Map(entries) = value {
            is_map = true;
            let item = Value::Map(vec![("y".to_owned(), Value::Text("z".to_owned()))]);
            let list = Value::List(vec![Value::Text("x".to_owned()), item]);
            entries.push((key.clone(), list));
        });
        prop_assert_eq!(edit.is_some(), is_map, "{}", source.text());
        let Some(edit) = edit else {
            return Ok(());
        };
        let result = edited(source.text(), vec![edit]);
        let (_, tree) = read(&result);
        prop_assert!(has_content(tree.root(), &expected), "{}\n{}", source.text(), result);
    }
}
