//! Good documents: content and places.

use super::{read, show, tree};
use crate::yaml::{Node, NodeKind, Style};

#[test]
fn a_document_is_read_as_written() {
    let cases = [
        ("", "null"),
        ("# only a comment\n", "null"),
        ("---\n", "null"),
        ("version: 1.280\n", r#"{version: "1.280"}"#),
        (
            "a: 1\nb: '1'\nc: \"1\"\n",
            r#"{a: "1", b: str "1", c: str "1"}"#,
        ),
        (
            "a:\nb: ~\nc: null\nd: 'null'\n",
            r#"{a: null, b: null, c: null, d: str "null"}"#,
        ),
        ("- a\n- [b, {c: d}]\n-\n", r#"["a", ["b", {c: "d"}], null]"#),
        (
            "a:\n- b\n- c: d\n  e: f\n",
            r#"{a: ["b", {c: "d", e: "f"}]}"#,
        ),
        (
            "a: |\n  x\n   y\n\nb: >-\n  x\n  y\n",
            r#"{a: str "x\n y\n", b: str "x y"}"#,
        ),
        (
            "a: |\n  no line break at the end",
            r#"{a: str "no line break at the end"}"#,
        ),
        ("a: one\n  two\n", r#"{a: "one two"}"#),
        (
            "a: \"\\u00e4 \\x41 \\n \\\\ \\\"\"\n",
            r#"{a: str "ä A \n \\ \""}"#,
        ),
        ("a: 'it''s'\n", r#"{a: str "it's"}"#),
        ("\u{feff}a: 1\n", r#"{a: "1"}"#),
        (
            "a: 1\r\nb: |\r\n  x\r\n  y\r\n",
            r#"{a: "1", b: str "x\ny\n"}"#,
        ),
        ("a: 1\rb: 2\r", r#"{a: "1", b: "2"}"#),
        ("on: yes\n1: off\n", r#"{on: "yes", 1: "off"}"#),
        ("a: 1\n...\n", r#"{a: "1"}"#),
        ("%YAML 1.2\n---\na: 1\n", r#"{a: "1"}"#),
    ];
    for (text, content) in cases {
        assert_eq!(show(tree(text).root()), content, "{text:?}");
    }
}

#[test]
fn tags_decide_between_text_and_literal() {
    let cases = [
        ("a: !!str 5\n", r#"{a: str "5"}"#),
        ("a: ! 5\n", r#"{a: str "5"}"#),
        ("a: !!str\n", r#"{a: str ""}"#),
        ("a: !!str null\n", r#"{a: str "null"}"#),
        ("a: !!int \"5\"\n", r#"{a: "5"}"#),
        ("a: !!null ''\n", "{a: null}"),
        ("a: !!map {b: !!seq [c]}\n", r#"{a: {b: ["c"]}}"#),
        ("a: !<tag:yaml.org,2002:str> 5\n", r#"{a: str "5"}"#),
    ];
    for (text, content) in cases {
        assert_eq!(show(tree(text).root()), content, "{text:?}");
    }
}

#[test]
fn aliases_and_merges_are_followed() {
    let cases = [
        ("a: &x [1]\nb: *x\n", r#"{a: ["1"], b: ["1"]}"#),
        ("a: &x 1\nb: &x 2\nc: *x\n", r#"{a: "1", b: "2", c: "2"}"#),
        ("a: &k name\n*k : 1\n", r#"{a: "name", name: "1"}"#),
        (
            "a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  l: 3\n  m: 4\n",
            r#"{a: {k: "1", l: "2"}, b: {l: "3", m: "4", k: "1"}}"#,
        ),
        (
            "- &x {k: 1}\n- &y {k: 2, l: 2}\n- {<<: [*x, *y], m: 3}\n",
            r#"[{k: "1"}, {k: "2", l: "2"}, {m: "3", k: "1", l: "2"}]"#,
        ),
        ("{<<: {a: 1}}\n", r#"{a: "1"}"#),
        (
            "- &x {a: 1}\n- &y {<<: *x, b: 2}\n- {<<: *y}\n",
            r#"[{a: "1"}, {b: "2", a: "1"}, {b: "2", a: "1"}]"#,
        ),
        ("'<<': 1\n", r#"{<<: "1"}"#),
    ];
    for (text, content) in cases {
        assert_eq!(show(tree(text).root()), content, "{text:?}");
    }
}

#[test]
fn a_span_covers_the_value_as_written() {
    let cases = [
        ("k: plain text # c\n", "plain text"),
        ("k: 'it''s' # c\n", "'it''s'"),
        ("k: \"a\\tb\"\r\n", "\"a\\tb\""),
        ("k: one\n  two\nl: 3\n", "one\n  two"),
        ("k: |\n  x\n\n  y\n\n# c\nl: 3\n", "|\n  x\n\n  y"),
        ("k: &a !!str |2- # c > d\n\n    x\n", "|2- # c > d\n\n    x"),
        ("k: &a|b # > \n  >+\n  x\n\n", ">+\n  x"),
        ("k: !<tag:yaml.org,2002:str> |\n  x\n", "|\n  x"),
        ("k: |\n", "|"),
        ("k: [1, 2] # c\n", "[1, 2]"),
        ("k: { a: b }\n", "{ a: b }"),
        (
            "k:\n  - a\n  - b: c\n    d: [e]\n\n# c\nl: 1\n",
            "- a\n  - b: c\n    d: [e]",
        ),
        ("k:\n  a: b\n  c:\n\n\nl: 1\n", "a: b\n  c:"),
        ("k:\n  a: &x 1\n  b: *x # c\n", "a: &x 1\n  b: *x"),
        ("k:\n- |\n  x\n\n# c\n", "- |\n  x"),
        ("k: &-a # -\n- - b\n", "- - b"),
        ("k:\n  - a\n  - - b\n", "- a\n  - - b"),
    ];
    for (text, written) in cases {
        let (source, tree, _) = read(text);
        let tree = tree.expect("the document has no mistakes");
        let value = tree.root().get("k").expect("every case has the key");
        assert_eq!(source.slice(value.span()), written, "{text:?}");
    }
}

#[test]
fn a_missing_value_stands_right_after_what_it_belongs_to() {
    // The `^` is no part of the document.
    let documents = [
        "a: 1\nk:^\nb: 2\n",
        "a: 1\nk:^ # c\n\nb: 2\n",
        "k: &a^\nb: 2\n",
        "? k^\n? b\n",
        "{k^, b: 1}\n",
        "{k:^ , b: 1}\n",
        "k:\n- a\n-^ # c\n\n# d\nb: 2\n",
    ];
    for marked in documents {
        let place = marked.find('^').expect("every document has a mark");
        let text = marked.replace('^', "");
        let tree = tree(&text);
        let value = tree.root().get("k").expect("every document has the key");
        let missing = value.items().last().unwrap_or(value);
        assert_eq!(missing.kind(), NodeKind::Null, "{marked:?}");
        assert_eq!(missing.span().start as usize, place, "{marked:?}");
        assert_eq!(value.span().end as usize, place, "{marked:?}");
    }
}

#[test]
fn places_do_not_count_the_byte_order_mark() {
    let (source, tree, _) = read("\u{feff}ä: x\r\nb: y\r\n");
    let tree = tree.expect("the document has no mistakes");
    let places: Vec<_> = tree
        .root()
        .entries()
        .map(|entry| source.position(entry.value.span().start).to_string())
        .collect();
    assert_eq!(places, ["1:4", "2:4"]);
}

#[test]
fn only_plain_text_is_a_boolean() {
    let tree = tree("[true, True, FALSE, 'true', yes, 1]\n");
    let booleans: Vec<_> = tree.root().items().map(Node::as_bool).collect();
    assert_eq!(
        booleans,
        [Some(true), Some(true), Some(false), None, None, None]
    );
}

#[test]
fn a_node_knows_how_it_is_written() {
    let tree = tree("[a, 'b', \"c\"]\n");
    let styles: Vec<_> = tree.root().items().map(Node::style).collect();
    assert_eq!(tree.root().style(), Style::Flow);
    assert_eq!(
        styles,
        [Style::Plain, Style::SingleQuoted, Style::DoubleQuoted]
    );
}
