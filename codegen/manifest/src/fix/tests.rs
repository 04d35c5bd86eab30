//! Edits, and what the text looks like after them.

use super::{apply, insert_entry, insert_items, replace_scalar, replace_within_scalar};
use crate::diagnostic::{Edit, Fix, Report};
use crate::source::{SourceFile, Span};
use crate::yaml::{self, Node, Tree};

fn edit(start: u32, end: u32, replacement: &str) -> Edit {
    Edit {
        span: Span::new(start, end),
        replacement: replacement.to_owned(),
    }
}

fn fix(edits: Vec<Edit>) -> Fix {
    Fix {
        title: "change".to_owned(),
        edits,
        rename: None,
    }
}

/// The text, and how many fixes were applied and skipped.
fn outcome(text: &str, fixes: &[Fix]) -> (String, usize, usize) {
    let done = apply(text, fixes);
    (done.text, done.applied.len(), done.skipped)
}

fn read(text: &str) -> (SourceFile, Tree) {
    let source = SourceFile::new("extension.yaml", text);
    let mut report = Report::default();
    let tree = yaml::parse(&source, &mut report).expect("the tests begin with good documents");
    (source, tree)
}

/// The text after an edit of the value of `k`.
fn edited(text: &str, make: impl Fn(&SourceFile, Node<'_>) -> Vec<Edit>) -> String {
    let (source, tree) = read(text);
    let value = tree.root().get("k").expect("the documents have the key");
    let edits = make(&source, value);
    assert!(!edits.is_empty(), "no edit for {text:?}");
    apply(text, &[fix(edits)]).text
}

#[test]
fn fixes_are_applied_in_the_order_of_the_text() {
    let fixes = [
        fix(vec![edit(4, 5, "E"), edit(0, 1, "A")]),
        fix(vec![edit(2, 2, "-")]),
    ];
    assert_eq!(outcome("abcdef", &fixes), ("Ab-cdEf".to_owned(), 2, 0));
}

#[test]
fn of_overlapping_fixes_the_first_in_the_text_wins_whole() {
    let early = fix(vec![edit(0, 3, "x")]);
    let late = fix(vec![edit(2, 4, "y"), edit(5, 6, "y")]);
    for fixes in [[early.clone(), late.clone()], [late, early]] {
        assert_eq!(outcome("abcdef", &fixes), ("xdef".to_owned(), 1, 1));
    }
}

#[test]
fn it_is_told_which_fixes_were_applied() {
    let fixes = [
        fix(vec![edit(4, 5, "E")]),
        fix(vec![edit(4, 6, "F")]),
        fix(vec![edit(0, 1, "A")]),
    ];
    let done = apply("abcdef", &fixes);
    assert_eq!((done.applied, done.skipped), (vec![2, 0], 1));
}

#[test]
fn fixes_may_share_edits() {
    let rename = edit(0, 1, "z");
    let fixes = [
        fix(vec![rename.clone()]),
        fix(vec![rename.clone(), edit(3, 4, "z")]),
        fix(vec![rename]),
    ];
    assert_eq!(outcome("abca", &fixes), ("zbcz".to_owned(), 3, 0));
}

#[test]
fn a_fix_that_does_not_fit_the_text_is_skipped() {
    let fixes = [
        fix(vec![edit(3, 9, "x")]),
        fix(vec![edit(2, 1, "x")]),
        fix(vec![edit(1, 2, "x")]),
        fix(vec![edit(0, 1, "x"), edit(0, 0, "y")]),
        fix(Vec::new()),
    ];
    // The second byte is inside of the `ä`.
    assert_eq!(outcome("äb", &fixes), ("äb".to_owned(), 0, 5));
}

#[test]
fn adjacent_edits_do_not_overlap() {
    let fixes = [
        fix(vec![edit(0, 2, "x")]),
        fix(vec![edit(2, 4, "y")]),
        fix(vec![edit(4, 4, "z")]),
    ];
    assert_eq!(outcome("aabb", &fixes), ("xyz".to_owned(), 3, 0));
}

#[test]
fn insertions_at_one_place_wait_for_the_next_check() {
    let fixes = [fix(vec![edit(1, 1, "y")]), fix(vec![edit(1, 1, "x")])];
    assert_eq!(outcome("ab", &fixes), ("axb".to_owned(), 1, 1));
}

#[test]
fn a_scalar_keeps_its_quotes_and_comment() {
    let cases = [
        ("k: old # c\n", "new.count", "k: new.count # c\n"),
        ("k: 'old' # c\n", "it's", "k: 'it''s' # c\n"),
        ("k: \"old\"\n", "a\"b\\c\n", "k: \"a\\\"b\\\\c\\n\"\n"),
        ("k: 'old'\n", "two\nlines", "k: \"two\\nlines\"\n"),
        ("k: |\n  old\n# c\n", "new", "k: \"new\"\n# c\n"),
        ("k: one\n  two # c\n", "new", "k: new # c\n"),
        ("k:\n", "new", "k: new\n"),
        ("k: # c\n", "new", "k: new # c\n"),
        ("k: !!str old\n", "new", "k: !!str new\n"),
        ("{k: old}\n", "a, b", "{k: \"a, b\"}\n"),
        ("k: 1\n", "2", "k: 2\n"),
        ("k: false\n", "true", "k: true\n"),
    ];
    for (text, new, expected) in cases {
        let result = edited(text, |source, node| {
            vec![replace_scalar(source, node.span(), new)]
        });
        assert_eq!(result, expected, "{text:?}");
    }
}

#[test]
fn a_text_gets_quotes_where_it_would_mean_something_else() {
    let needs_quotes = [
        "",
        " a",
        "a ",
        "a: b",
        "a #b",
        "a:",
        "- a",
        "-",
        "? a",
        "#a",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "'a",
        "\"a",
        "%a",
        "@a",
        "`a",
        "[a",
        "{a",
        "a, b",
        "a]",
        "~",
        "null",
        "Null",
        "True",
        "NO",
        "on",
        "y",
        "1",
        "1.280",
        "-1",
        "+1",
        ".5",
        "1e3",
        "0x1F",
        "0o7",
        ".inf",
        ".NaN",
        "1_000",
        "12:30",
        "2024-01-01",
        "=",
        "<<",
        "---",
        "...",
        "a\nb",
        "a\tb",
        "\u{feff}a",
    ];
    for text in needs_quotes {
        let result = edited("k: old\n", |source, node| {
            vec![replace_scalar(source, node.span(), text)]
        });
        assert!(
            result.starts_with(['k', ':', ' ']) && result.contains(['"', '\'']),
            "{result:?}"
        );
        let (_, tree) = read(&result);
        let value = tree.root().get("k").and_then(Node::as_str);
        assert_eq!(value, Some(text), "{result:?}");
    }
}

#[test]
fn a_name_is_replaced_inside_of_a_text() {
    let cases = [
        (
            "k: lb.bytes:avg # lb.bytes\n",
            "k: lb.bytes.count:avg # lb.bytes\n",
        ),
        (
            "k: '(lb.bytes):splitBy(\"node\"),lb.bytes'\n",
            "k: '(lb.bytes.count):splitBy(\"node\"),lb.bytes.count'\n",
        ),
        ("k: \"\\tlb.bytes\"\n", "k: \"\\tlb.bytes.count\"\n"),
        (
            "k: >-\n  the sum of\n  lb.bytes.\n",
            "k: >-\n  the sum of\n  lb.bytes.count.\n",
        ),
        ("k: $eq(lb.bytes)\n", "k: $eq(lb.bytes.count)\n"),
        ("k: \"lb\\x2ebytes\"\n", "k: \"lb.bytes.count\"\n"),
    ];
    for (text, expected) in cases {
        let result = edited(text, |source, node| {
            replace_within_scalar(source, node.span(), "lb.bytes", "lb.bytes.count")
        });
        assert_eq!(result, expected, "{text:?}");
    }
}

#[test]
fn a_longer_name_is_another_name() {
    for text in [
        "lb.bytes.in",
        "lb.bytes_in",
        "my.lb.bytes",
        "func:lb.bytes",
        "alb.bytes",
    ] {
        let source = SourceFile::new("extension.yaml", text);
        let all = Span::new(0, u32::try_from(text.len()).expect("the names are short"));
        let edits = replace_within_scalar(&source, all, "lb.bytes", "lb.bytes.count");
        assert_eq!(edits, [], "{text:?}");
    }
}

#[test]
fn a_name_that_plain_text_cannot_hold_gets_quotes() {
    let result = edited("k: the a here\n", |source, node| {
        replace_within_scalar(source, node.span(), "a", "{b}")
    });
    assert_eq!(result, "k: \"the {b} here\"\n");
}

#[test]
fn items_are_added_in_the_style_of_the_list() {
    let cases = [
        (
            "k:\n  - a # c\n\nl: 1\n",
            "k:\n  - a # c\n  - key: x\n    value: y\n\nl: 1\n",
        ),
        ("k:\n- a", "k:\n- a\n- key: x\n  value: y"),
        ("k:\r\n- a\r\n", "k:\r\n- a\r\n- key: x\r\n  value: y\r\n"),
        (
            "k:\n  - a:\n      b: |\n        text\n\n# c\n",
            "k:\n  - a:\n      b: |\n        text\n  - key: x\n    value: y\n\n# c\n",
        ),
        (
            "k:\n  - |+\n    text\n\nl: 1\n",
            "k:\n  - |+\n    text\n\n  - key: x\n    value: y\nl: 1\n",
        ),
        ("k: [a, b] # c\n", "k: [a, b, {key: x, value: y}] # c\n"),
        (
            "k: [a, # c\n  b ]\n",
            "k: [a, # c\n  b, {key: x, value: y} ]\n",
        ),
        ("k: [a, ]\n", "k: [a, {key: x, value: y}, ]\n"),
        (
            "k: [] # c\nl: 1\n",
            "k: # c\n  - key: x\n    value: y\nl: 1\n",
        ),
        ("k:\nl: 1\n", "k:\n  - key: x\n    value: y\nl: 1\n"),
        ("{k: []}\n", "{k: [{key: x, value: y}]}\n"),
        ("{k: }\n", "{k: [{key: x, value: y}] }\n"),
    ];
    for (text, expected) in cases {
        let result = edited(text, |source, node| {
            let items = ["key: x\nvalue: y".to_owned()];
            insert_items(source, node, &items).into_iter().collect()
        });
        assert_eq!(result, expected, "{text:?}");
    }
}

#[test]
fn an_entry_is_added_in_the_style_of_the_mapping() {
    let cases = [
        (
            "k:\n  a: 1 # c\n\nl: 1\n",
            "x",
            "k:\n  a: 1 # c\n  new: x\n\nl: 1\n",
        ),
        (
            "k:\n  a: 1\n",
            "- x\n- y",
            "k:\n  a: 1\n  new:\n    - x\n    - y\n",
        ),
        (
            "k:\n  a: 1\n",
            "b: x\n\nc: y",
            "k:\n  a: 1\n  new:\n    b: x\n\n    c: y\n",
        ),
        (
            "k:\n  a:\n",
            "|\n  x\n  y",
            "k:\n  a:\n  new: |\n      x\n      y\n",
        ),
        (
            "k: {a: 1}\n",
            "- x\n- w: 'z'",
            "k: {a: 1, new: [x, {w: z}]}\n",
        ),
        ("k: {}\n", "x", "k:\n  new: x\n"),
        ("k:\nl: 1\n", "- x", "k:\n  new:\n    - x\nl: 1\n"),
        ("{k: {}}\n", "x", "{k: {new: x}}\n"),
        (
            "k: {a: &b 1, c: *b }\n",
            "x",
            "k: {a: &b 1, c: *b, new: x }\n",
        ),
    ];
    for (text, value, expected) in cases {
        let result = edited(text, |source, node| {
            insert_entry(source, node, "new", value)
                .into_iter()
                .collect()
        });
        assert_eq!(result, expected, "{text:?}");
    }
}

#[test]
fn a_list_inside_of_a_list_grows_at_its_own_depth() {
    let (source, tree) = read("- - a\n  - b\n- k: [c]\n");
    let inner = tree.root().items().next().expect("the list has items");
    let edit = insert_items(&source, inner, &["c".to_owned(), "d".to_owned()]);
    let text = apply(source.text(), &[fix(edit.into_iter().collect())]).text;
    assert_eq!(text, "- - a\n  - b\n  - c\n  - d\n- k: [c]\n");
}

#[test]
fn nothing_is_inserted_where_it_cannot_stand() {
    let (source, tree) = read("scalar: x\nlist: [a: b]\nmap: {a: b}\n");
    let get = |key| tree.root().get(key).expect("the document has the key");
    let item = ["x".to_owned()];
    assert_eq!(insert_items(&source, get("scalar"), &item), None);
    assert_eq!(insert_items(&source, get("map"), &item), None);
    assert_eq!(insert_items(&source, get("list"), &[]), None);
    assert_eq!(
        insert_items(&source, get("list"), &["a: b: c".to_owned()]),
        None
    );
    assert_eq!(insert_entry(&source, get("list"), "k", "x"), None);
    let pair = get("list").items().next().expect("the list has an item");
    assert_eq!(insert_entry(&source, pair, "k", "x"), None);
    let (empty, nothing) = read("");
    assert_eq!(insert_entry(&empty, nothing.root(), "k", "x"), None);
}
