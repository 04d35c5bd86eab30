//! From what a tenant says of a rule to the place in a file.
//!
//! How a tenant writes a place is documented nowhere. What has been seen is
//! read: paths (`metrics[3].key`, `$.metrics[3]`), pointers (`/metrics/3/key`,
//! `#/metrics/3`), the name of a file before either, lines and columns in the
//! text. What leads nowhere leads as far as it does.

mod pointer;

use extyped_manifest::source::{SourceFile, Span};
use extyped_manifest::yaml::{Node, NodeKind};

use self::pointer::Pointer;
use super::answer::Violation;

/// Where a violation is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Of what it names, or of what it would be in.
    pub(super) span: Option<Span>,
    /// Whether all that it names is there.
    pub(super) is_exact: bool,
    /// How far the place was followed, to choose the best reading.
    depth: usize,
}

/// The file that a violation names, if it names another one than `own`.
pub(super) fn other_file(violation: &Violation, own: &str) -> Option<String> {
    let places = [&violation.path, &violation.location];
    let named = places.into_iter().find_map(|text| pointer::file(text));
    let named = named.or_else(|| pointer::file_in_text(&violation.message))?;
    let last = |path: &str| path.rsplit(['/', '\\']).next().map(str::to_owned);
    (last(&named) != last(own)).then_some(named)
}

/// The place in a file, from whichever of `roots` the path leads farthest.
pub(super) fn find(violation: &Violation, source: &SourceFile, roots: &[Node<'_>]) -> Found {
    let mut best = Found::default();
    for pointer in pointer::all(violation) {
        let found = match pointer {
            Pointer::Line { line, column } => at_line(source, line, column),
            Pointer::Path(steps) => {
                let ways = roots
                    .iter()
                    .map(|root| follow(*root, &steps, &violation.message));
                ways.reduce(better).unwrap_or_default()
            }
        };
        best = better(best, found);
        if best.is_exact {
            break;
        }
    }
    best
}

fn better(one: Found, other: Found) -> Found {
    let rank = |found: &Found| (found.is_exact, found.depth);
    if rank(&other) > rank(&one) {
        other
    } else {
        one
    }
}

fn at_line(source: &SourceFile, line: u32, column: Option<u32>) -> Found {
    if line == 0 || line > source.line_count() {
        return Found::default();
    }
    let whole = source.line(line);
    let text = source.slice(whole);
    let indent = text.len() - text.trim_start().len();
    let offset = match column {
        Some(column) => {
            let before = text.char_indices().nth(column.saturating_sub(1) as usize);
            before.map_or(indent, |(at, _)| at)
        }
        None => indent,
    };
    let start = whole.start + u32::try_from(offset).unwrap_or_default();
    Found {
        span: Some(Span::new(start.min(whole.end), whole.end)),
        is_exact: true,
        depth: usize::MAX,
    }
}

/// Follows a path from a node as far as it leads.
fn follow(root: Node<'_>, steps: &[String], message: &str) -> Found {
    // Some name the document itself first, `extension.metrics[0]`.
    let is_wrapped = match steps {
        [first, second, ..] => root.get(first).is_none() && root.get(second).is_some(),
        _ => false,
    };
    let skipped = usize::from(is_wrapped);
    let mut left = steps.get(skipped..).unwrap_or_default();
    let mut node = root;
    let mut span = None;
    let mut depth = 0;
    while !left.is_empty() {
        let Some((taken, at, next)) = step(node, left) else {
            break;
        };
        (span, node) = (Some(at), next);
        depth += taken;
        left = left.get(taken..).unwrap_or_default();
    }
    let is_exact = left.is_empty();
    // `#: extraneous key [x]`: about one of the keys there.
    let keys = node.entries();
    let named = keys.filter(|entry| names(message, entry.name()));
    if is_exact && let Some(entry) = named.max_by_key(|entry| entry.name().len()) {
        span = Some(entry.key.span());
    }
    Found {
        // The whole file is no place.
        is_exact: is_exact && span.is_some(),
        span,
        depth,
    }
}

/// Whether a text names a key as something quoted.
fn names(message: &str, key: &str) -> bool {
    [('[', ']'), ('\'', '\''), ('"', '"'), ('`', '`')]
        .iter()
        .any(|(before, after)| message.contains(&format!("{before}{key}{after}")))
}

/// The next node of a path, and how many steps it takes: a key may have dots in
/// it, at which a path was cut.
fn step<'t>(node: Node<'t>, steps: &[String]) -> Option<(usize, Span, Node<'t>)> {
    match node.kind() {
        NodeKind::Sequence => {
            let index: usize = steps.first()?.parse().ok()?;
            let item = node.items().nth(index)?;
            Some((1, item.span(), item))
        }
        NodeKind::Mapping => (1..=steps.len()).rev().find_map(|taken| {
            let name = steps.get(..taken)?.join(".");
            let entry = node.entries().find(|entry| entry.name() == name)?;
            let span = match entry.value.kind() {
                NodeKind::Scalar => entry.value.span(),
                NodeKind::Null | NodeKind::Sequence | NodeKind::Mapping => entry.key.span(),
            };
            Some((taken, span, entry.value))
        }),
        NodeKind::Null | NodeKind::Scalar => None,
    }
}

#[cfg(test)]
mod tests {
    use extyped_manifest::diagnostic::Report;
    use extyped_manifest::yaml;

    use super::*;

    const MANIFEST: &str = "\
name: custom:pond
version: 1.2.3
metrics:
  - key: pond.frogs
    metadata:
      displayName: Frogs
      unit: Frog
  - key: pond.fish
vars.of.ours:
  a~b/c: deep
python:
  bogus: 1
";

    fn violation(path: &str, message: &str) -> Violation {
        Violation {
            path: path.to_owned(),
            message: message.to_owned(),
            location: String::new(),
        }
    }

    /// What is marked, and whether it is what was meant.
    fn marked(violation: &Violation) -> (String, bool) {
        let source = SourceFile::new("extension.yaml", MANIFEST);
        let tree = yaml::parse(&source, &mut Report::default()).expect("YAML");
        let found = find(violation, &source, &[tree.root()]);
        let text = found
            .span
            .map(|span| source.slice(span))
            .unwrap_or_default();
        let line = text.lines().next().unwrap_or_default();
        (line.to_owned(), found.is_exact)
    }

    #[test]
    fn every_way_to_write_a_path_leads_to_the_node() {
        for path in [
            "metrics[0].metadata.unit",
            "$.metrics[0].metadata.unit",
            "$['metrics'][0][\"metadata\"]['unit']",
            "metrics.0.metadata.unit",
            "/metrics/0/metadata/unit",
            "#/metrics/0/metadata/unit",
            "metrics/0/metadata/unit",
            "extension.yaml#/metrics/0/metadata/unit",
            "extension.yaml: metrics[0].metadata.unit",
            "extension/extension.yaml/metrics/0/metadata/unit",
            "extension.metrics[0].metadata.unit",
            "extension.yaml:7:13",
        ] {
            let told = marked(&violation(path, "is no unit"));
            assert_eq!(told, ("Frog".to_owned(), true), "{path}");
        }
        let exact = |path: &str| marked(&violation(path, "")).0;
        assert_eq!(exact("metrics"), "metrics", "the key of what has parts");
        assert_eq!(exact("metrics[1]"), "key: pond.fish");
        assert_eq!(exact("/vars.of.ours/a~0b~1c"), "deep", "escapes");
        assert_eq!(exact("#/vars.of.ours/a~0b%2Fc"), "deep", "of a URL");
        assert_eq!(exact("vars.of.ours"), "vars.of.ours", "dots in a key");
    }

    #[test]
    fn a_place_in_the_text_is_found_too() {
        for (message, wanted) in [
            (
                "#/metrics/1: required key [metadata] not found",
                "key: pond.fish",
            ),
            (
                "$.metrics[0].metadata.unit: does not have a value in the enumeration",
                "Frog",
            ),
            ("at `metrics[0].key`: key too short", "pond.frogs"),
            (
                "[Source: extension.yaml; line: 2, column: 10] no version",
                "1.2.3",
            ),
            (" in 'reader', line 4, column 5:", "key: pond.frogs"),
            ("extension.yaml:2 is odd", "version: 1.2.3"),
            ("#/python: extraneous key [bogus] is not permitted", "bogus"),
        ] {
            let told = marked(&violation("", message));
            assert_eq!(told, (wanted.to_owned(), true), "{message}");
        }
    }

    #[test]
    fn what_leads_nowhere_leads_as_far_as_it_does() {
        for (path, wanted) in [
            ("metrics[0].metadata.tags[3]", "metadata"),
            ("metrics[7].key", "metrics"),
            ("/metrics/x", "metrics"),
            ("dashboards[0]", ""),
            ("", ""),
            ("the whole of it", ""),
            ("version.major", "1.2.3"),
        ] {
            let told = marked(&violation(path, "wrong"));
            assert_eq!(told, (wanted.to_owned(), false), "{path}");
        }
        assert_eq!(marked(&violation("", "line 99, column 1")).0, "");
        assert_eq!(marked(&violation("", "line 0")).0, "");
    }

    #[test]
    fn an_exact_place_in_the_text_outweighs_half_a_path() {
        let told = marked(&violation("metrics[9]", "line 2: no version"));
        assert_eq!(told, ("version: 1.2.3".to_owned(), true));
    }

    #[test]
    fn other_files_are_told_from_the_manifest() {
        for (path, message, file) in [
            ("dashboards/a.json", "no", Some("dashboards/a.json")),
            ("alerts/a.json#/x/0", "no", Some("alerts/a.json")),
            (
                "activationSchema.json: types.x",
                "no",
                Some("activationSchema.json"),
            ),
            (
                "",
                "File dashboards/a.json is too large",
                Some("dashboards/a.json"),
            ),
            (
                "",
                "the file 'lib/x-1.0.whl' is missing",
                Some("lib/x-1.0.whl"),
            ),
            ("extension.yaml", "no", None),
            ("extension.zip/extension.yaml", "no", None),
            ("metrics[0].key", "no", None),
            (
                "extension.yaml#/dashboards/0/path",
                "a.json is not there",
                None,
            ),
        ] {
            let named = other_file(&violation(path, message), "extension/extension.yaml");
            assert_eq!(named.as_deref(), file, "{path} {message}");
        }
    }
}
