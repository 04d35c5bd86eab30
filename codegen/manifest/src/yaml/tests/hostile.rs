//! Documents with mistakes, by accident or on purpose.

use super::{line, read, show, tree};
use crate::file::MAX_BYTES;
use crate::yaml::Node;

/// Documents, and what the report says of each.
const MISTAKES: &[(&str, &str)] = &[
    // Indentation.
    (
        "a:\n\t- b\n",
        "EXT001 2:1 YAML cannot be indented with tabs",
    ),
    (
        "- a: b\n\tc: d\n",
        "EXT001 2:1 YAML cannot be indented with tabs",
    ),
    (
        "a:\n  b: 1\n c: 2\n",
        "EXT001 3:2 the indentation of this line fits nothing above it",
    ),
    (
        "a:\n - b\n c: 1\n",
        "EXT001 3:2 the indentation of this line fits nothing above it",
    ),
    (
        "a: 1\n  b: 2\n",
        "EXT001 2:3 the key `b` stands inside the value above it",
    ),
    // Text that needs quotes.
    ("a: b: c\n", "EXT001 1:5 `: ` cannot stand in plain text"),
    ("- a: b: c\n", "EXT001 1:7 `: ` cannot stand in plain text"),
    ("a: %x\n", "EXT001 1:4 plain text cannot begin with `%`"),
    ("a: @x\n", "EXT001 1:4 plain text cannot begin with `@`"),
    (
        "a: `x`\n",
        "EXT001 1:4 plain text cannot begin with `` ` ``",
    ),
    (
        "a: {x} y\n",
        "EXT001 1:8 text follows a value that is complete",
    ),
    (
        "a: {[x]: y}\n",
        "EXT012 1:5 a key has to be text, and this one is a collection",
    ),
    (
        "a: *x\n",
        "EXT001 1:4 no anchor `&x` stands before this alias",
    ),
    (
        "a: * x\n",
        "EXT001 1:4 `*` and `&` have a meaning of their own in YAML",
    ),
    (
        "a: - b\n",
        "EXT001 1:4 a list cannot start on the line of its key",
    ),
    (
        "a: !x y\n",
        "EXT012 1:7 the tag `!x` means nothing in a manifest",
    ),
    (
        "a: x # y\n  z\nb: 1\n",
        "EXT001 1:6 the comment ends the text, and more text follows",
    ),
    // Quotes.
    ("a: \"x\nb: 1\n", "EXT001 1:4 a quoted text is never closed"),
    ("a: 'x\n---\n", "EXT001 1:4 a quoted text is never closed"),
    ("a: 'it's'\n", "EXT001 1:8 text follows the closing quote"),
    (
        "a: \"x \\d\"\n",
        "EXT001 1:7 `\\d` is no escape that YAML knows",
    ),
    (
        "a: \"\\xZZ\"\n",
        "EXT001 1:4 a backslash escape is incomplete",
    ),
    (
        "a: \"\\ud800\"\n",
        "EXT001 1:4 a backslash escape is incomplete",
    ),
    // Brackets.
    (
        "a: ]\n",
        "EXT001 1:4 this bracket closes nothing that is open",
    ),
    ("a: [1, 2}\n", "EXT001 1:4 `[` is closed by `}`"),
    ("a: [1, 2\n", "EXT001 1:4 a bracket is never closed"),
    (
        "a: [1, 2\nb: 3\n",
        "EXT001 2:2 a comma or a closing bracket is missing before this",
    ),
    // Characters.
    (
        "a: x\0y\n",
        "EXT001 1:5 the file contains the invisible character U+0000",
    ),
    (
        "a: 1\n\u{feff}b: 2\n",
        "EXT001 2:1 the file contains the invisible character U+FEFF",
    ),
    // Keys.
    ("a: 1\nb\nc: 2\n", "EXT001 2:1 a key without a colon"),
    (
        "a: 1\na: 2\n",
        "EXT002 2:1 the key `a` comes twice in the same mapping",
    ),
    (
        "{a: 1, \"a\": 2}\n",
        "EXT002 1:8 the key `a` comes twice in the same mapping",
    ),
    (
        "? [a]\n: 1\n",
        "EXT012 1:3 a key has to be text, and this one is a collection",
    ),
    ("~: 1\n", "EXT012 1:1 a key is empty"),
    // What the parser does not see, and gives up over later.
    (
        "a: 1\nb:2\nc: 3\n",
        "EXT001 2:2 a space is missing after `:`",
    ),
    (
        "- a: 1\n  b:x\n  c: 3\n",
        "EXT001 2:4 a space is missing after `:`",
    ),
    (
        "a:\n  -b: 1\n    c: 2\n",
        "EXT001 2:3 a space is missing after `-`",
    ),
    (
        "a: 1\nb:\u{a0}2\nc: 3\n",
        "EXT001 2:3 the character U+00A0 looks like a space and is none",
    ),
    (
        "a:\n  b: 1\n\u{a0} c: 2\n  d: 3\n",
        "EXT001 3:1 the character U+00A0 looks like a space and is none",
    ),
    (
        "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> other\n",
        "EXT001 2:1 a merge left a conflict here",
    ),
    // Anchors and merges.
    ("a: &x [*x]\n", "EXT001 1:8 a value contains itself"),
    (
        "a: &x\n  b: {c: *x}\n",
        "EXT001 2:10 a value contains itself",
    ),
    (
        "<<: 1\n",
        "EXT012 1:1 `<<` merges mappings, and this is none",
    ),
    (
        "<<: [{a: 1}, 2]\n",
        "EXT012 1:1 `<<` merges mappings, and this is none",
    ),
    (
        "<<: {a: 1}\n<<: {b: 1}\n",
        "EXT002 2:1 the key `<<` comes twice in the same mapping",
    ),
    (
        "&x <<: *x\n",
        "EXT012 1:4 `<<` merges mappings, and this is none",
    ),
    // Tags.
    (
        "a: !!map x\n",
        "EXT012 1:10 a text cannot have the tag of a collection",
    ),
    (
        "a: !!str [x]\n",
        "EXT012 1:10 the tag does not fit the collection",
    ),
    // Documents.
    (
        "a: 1\n---\nb: 2\n",
        "EXT004 2:1 the file holds more than one YAML document",
    ),
];

#[test]
fn every_mistake_has_a_place_and_a_sentence() {
    for &(text, expected) in MISTAKES {
        let (source, _, report) = read(text);
        let found: Vec<_> = report
            .diagnostics()
            .iter()
            .map(|finding| line(&source, finding))
            .collect();
        assert_eq!(found, [expected], "{text:?}");
    }
}

#[test]
fn the_bracket_that_is_open_is_shown_where_something_is_missing() {
    for (text, line, column) in [("a: {b: 1\nc: 2\n", 1, 4), ("a: [b: c\nd: e\n", 1, 4)] {
        let (source, _, report) = read(text);
        let [finding] = report.diagnostics() else {
            panic!("one mistake in {text:?}: {report:?}");
        };
        let [bracket] = finding.related.as_slice() else {
            panic!("one bracket in {text:?}: {finding:?}");
        };
        let place = source.position(bracket.span.start);
        assert_eq!((place.line, place.column), (line, column), "{text:?}");
    }
}

/// One document of many parts.
fn repeat(times: usize, part: impl Fn(usize) -> String) -> String {
    (0..times).map(part).collect::<Vec<_>>().concat()
}

/// The only finding on a document that exhausts a budget.
fn exhausted(text: &str) -> String {
    let (source, tree, report) = read(text);
    assert!(tree.is_none(), "nothing of the document can be trusted");
    let [finding] = report.diagnostics() else {
        panic!("one finding, not {}", report.diagnostics().len());
    };
    line(&source, finding)
}

#[test]
fn nesting_has_a_limit() {
    let deep = "EXT003 1:101 values are nested more than 100 levels deep";
    assert_eq!(exhausted(&"[".repeat(200_000)), deep);
    assert_eq!(exhausted(&"{".repeat(200_000)), deep);
    assert_eq!(exhausted(&"[{".repeat(100_000)), deep);
    assert_eq!(
        exhausted(&"- ".repeat(100_000)),
        "EXT003 1:201 values are nested more than 100 levels deep"
    );
    let blocks = repeat(500, |depth| format!("{}a:\n", " ".repeat(depth)));
    assert_eq!(
        exhausted(&blocks),
        "EXT003 101:101 values are nested more than 100 levels deep"
    );
    assert_eq!(
        tree_depth(&format!("{}{}", "[".repeat(100), "]".repeat(100))),
        100
    );
}

#[test]
fn nesting_by_way_of_aliases_has_the_same_limit() {
    // Each line is one level deeper than the one before.
    let text = repeat(200, |level| match level {
        0 => "- &a0 []\n".to_owned(),
        _ => format!("- &a{level} [*a{}]\n", level - 1),
    });
    assert_eq!(
        exhausted(&text),
        "EXT003 100:9 values are nested more than 100 levels deep"
    );
}

#[test]
fn aliases_cannot_multiply_without_limit() {
    let bomb = repeat(9, |level| {
        let part = level
            .checked_sub(1)
            .map_or("x".to_owned(), |below| format!("*a{below}"));
        format!("a{level}: &a{level} [{}]\n", [part.as_str(); 10].join(", "))
    });
    assert_eq!(
        exhausted(&bomb),
        "EXT003 5:45 aliases stand for more than 100000 values"
    );
    let merges = format!(
        "a: &a {{{}}}\n{}",
        repeat(1_000, |key| format!("k{key}: 1, ")),
        repeat(1_000, |key| format!("b{key}: {{<<: *a}}\n"))
    );
    let finding = exhausted(&merges);
    assert!(
        finding.ends_with("aliases stand for more than 100000 values"),
        "{finding}"
    );
}

#[test]
fn the_number_of_values_has_a_limit() {
    let many = format!("[{}]\n", "a,".repeat(300_000));
    assert_eq!(
        exhausted(&many),
        "EXT003 1:400000 the file holds more than 200000 values"
    );
}

#[test]
fn the_size_has_a_limit() {
    // Two bytes a character, so that the limit falls inside of one.
    let large = format!("#{}", "ä".repeat(MAX_BYTES));
    let (source, tree, report) = read(&large);
    assert!(tree.is_none());
    let finding = &report.diagnostics()[0];
    assert!(line(&source, finding).ends_with("the file is larger than 5 MB"));
    assert_eq!(finding.code.id, "EXT003");
}

#[test]
fn large_and_odd_scalars_are_no_mistake() {
    let text = format!(
        "a: {}\nb: \"{}\"\n",
        "x".repeat(1_000_000),
        "\\u00e4".repeat(100_000)
    );
    let tree = tree(&text);
    let len = |key| tree.root().get(key).and_then(Node::as_str).map(str::len);
    assert_eq!((len("a"), len("b")), (Some(1_000_000), Some(200_000)));
}

#[test]
fn many_keys_and_many_duplicates_are_no_problem() {
    let text = repeat(50_000, |key| format!("k{}: 1\n", key % 25_000));
    let (_, tree, report) = read(&text);
    assert_eq!(tree.map(|tree| tree.root().entries().len()), Some(25_000));
    assert_eq!(report.diagnostics().len(), 25_000);
}

#[test]
fn every_duplicate_points_at_the_first_and_its_value_is_ignored() {
    let (source, tree, report) = read("a: 1\nb: {c: 1, c: 2}\na: 2\n'a': 3\n");
    let found: Vec<_> = report
        .diagnostics()
        .iter()
        .map(|finding| {
            let first = finding.related[0].span.start;
            (line(&source, finding), source.position(first).to_string())
        })
        .collect();
    let duplicate = |place: &str, key, first: &str| {
        let message = format!("EXT002 {place} the key `{key}` comes twice in the same mapping");
        (message, first.to_owned())
    };
    assert_eq!(
        found,
        [
            duplicate("2:11", "c", "2:5"),
            duplicate("3:1", "a", "1:1"),
            duplicate("4:1", "a", "1:1"),
        ]
    );
    let tree = tree.expect("the first values stay");
    assert_eq!(show(tree.root()), r#"{a: "1", b: {c: "1"}}"#);
}

#[test]
fn several_mistakes_are_found_at_once() {
    let (source, _, report) = read("a: *x\nb: 1\nb: 2\n{c}: !y z\n");
    let codes: Vec<_> = report
        .diagnostics()
        .iter()
        .map(|finding| line(&source, finding)[..10].to_owned())
        .collect();
    assert_eq!(
        codes,
        ["EXT001 1:4", "EXT012 4:9", "EXT012 4:1", "EXT002 3:1"]
    );
}

fn tree_depth(text: &str) -> usize {
    let tree = tree(text);
    let mut depth = 0;
    let mut next = Some(tree.root());
    while let Some(node) = next {
        depth += 1;
        next = node.items().next();
    }
    depth
}
