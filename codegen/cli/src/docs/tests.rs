//! References of whole extensions.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{Reference, write};
use crate::extension::Extension;
use crate::outline::Outline;

fn reference(manifest: &str) -> Reference {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("extension.yaml"), manifest).expect("a file");
    of_place(folder.path())
}

fn of_place(place: &Path) -> Reference {
    let place = place.to_str().expect("a path that is text");
    let extension = Extension::open(place).expect("an extension");
    write(&Outline::read(&extension).expect("an outline"))
}

const MANIFEST: &str = r#"
name: custom:lb
version: 1.0.0
minDynatraceVersion: "1.285"
author: {name: Example}
python:
  runtime: {module: lb, version: {min: "3.10"}}
  featureSets:
    - featureSet: traffic
      metrics: [{key: lb.in.count}]
metrics:
  - key: lb.cpu
    metadata: {displayName: CPU, description: "Share in use", unit: Percent}
  - key: lb.in.count
    metadata: {displayName: In, unit: Byte}
  - key: lb.up
  - key: func:lb.rate
    query: {metricSelector: "lb.in.count:rate(1m)"}
topology:
  types:
    - name: lb:cluster
      displayName: Cluster
      rules:
        - idPattern: "{cluster}"
          sources: [{sourceType: Metrics, condition: $prefix(lb.)}]
    - name: lb:node
      displayName: Node
      rules:
        - idPattern: "{cluster}_{node}"
          instanceNamePattern: "{node}"
          sources:
            - {sourceType: Metrics, condition: $eq(lb.cpu)}
            - {sourceType: Metrics, condition: $eq(lb.in.count)}
          attributes: [{key: zone, displayName: Zone, pattern: "{zone}"}]
  relationships:
    - {fromType: lb:node, toType: lb:cluster, typeOfRelation: CHILD_OF, sources: []}
    - {fromType: lb:node, toType: host, typeOfRelation: RUNS_ON, sources: []}
vars:
  - {id: filter, displayName: Filter, type: text, defaultValue: "*"}
"#;

#[test]
fn markdown_has_everything() {
    insta::assert_snapshot!(reference(MANIFEST).markdown);
}

#[test]
fn a_page_has_everything_once() {
    let html = reference(MANIFEST).html.replace("<wbr>", "");
    for heading in [
        "Entities",
        "Metrics",
        "Calculated metrics",
        "Feature sets",
        "Dimensions",
        "Options",
    ] {
        assert_eq!(
            html.matches(&format!(">{heading}</h2>")).count(),
            1,
            "{heading}"
        );
    }
    for text in [
        "Share in use",
        "lb.in.count",
        "Always on",
        "Feature set traffic",
        "rate(1m)",
    ] {
        assert!(html.contains(text), "{text}");
    }
    assert_eq!(html.matches("<strong>CPU</strong>").count(), 1);
}

/// The values of an attribute in a page.
fn values<'h>(html: &'h str, attribute: &str) -> Vec<&'h str> {
    let start = format!(" {attribute}=\"");
    let parts = html.split(start.as_str()).skip(1);
    parts.filter_map(|part| part.split('"').next()).collect()
}

/// Every tag that is opened is closed, in the right order.
fn assert_balanced(markup: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in markup.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("a tag has an end");
        let name = tag
            .trim_start_matches('/')
            .split([' ', '\n'])
            .next()
            .unwrap_or_default();
        let is_void = ["!DOCTYPE", "!--", "meta", "wbr"].contains(&name) || tag.ends_with('/');
        if is_void {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "{tag}");
        } else {
            open.push(name);
        }
    }
    assert_eq!(open, [""; 0]);
}

fn assert_sound(reference: &Reference) {
    let html = &reference.html;
    assert_balanced(html);
    assert_balanced(reference.svg.as_deref().unwrap_or_default());
    let ids = values(html, "id");
    let unique: BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
    for link in values(html, "href") {
        let target = link
            .strip_prefix('#')
            .expect("no link leads out of the page");
        assert!(ids.contains(&target), "{link}");
    }
    // Nothing is fetched, nothing is run.
    for forbidden in [
        "<script", "<img", "<iframe", "<link", "src=", " on", "url(http",
    ] {
        let mut tags = html
            .split('<')
            .skip(1)
            .filter_map(|tag| tag.split('>').next());
        let tag = forbidden.trim_start_matches('<');
        assert!(
            !tags.any(|it| it.starts_with(tag) && forbidden.starts_with('<')
                || it.contains(forbidden) && !forbidden.starts_with('<') && !it.contains("title=")),
            "{forbidden}"
        );
    }
}

#[test]
fn a_description_is_text_and_nothing_more() {
    for hostile in [
        "</style></title><script>alert(1)</script>",
        "\\\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "--><svg onload=alert(1)>]]>",
        "a\\u0000b\\e[2J\\u202Ec",
        "&lt;b&gt; &amp;",
        "| `x` | **y** [z](javascript:alert(1)) <b>",
    ] {
        let manifest = MANIFEST
            .replace("Share in use", hostile)
            .replace("displayName: CPU", &format!("displayName: \"{hostile}\""))
            .replace("displayName: Node", &format!("displayName: \"{hostile}\""))
            .replace("displayName: Zone", &format!("displayName: \"{hostile}\""))
            .replace("name: Example", &format!("name: \"{hostile}\""))
            .replace("unit: Percent", &format!("unit: \"{hostile}\""))
            .replace("traffic", &format!("\"{hostile}\""))
            .replace("rate(1m)", &format!("rate({hostile})"))
            .replace("toType: host", &format!("toType: \"{hostile}\""))
            .replace("RUNS_ON", &format!("\"{hostile}\""))
            .replace(
                "defaultValue: \"*\"",
                &format!("defaultValue: \"{hostile}\""),
            );
        let reference = reference(&manifest);
        assert_sound(&reference);
        let Reference {
            html,
            markdown,
            svg,
        } = &reference;
        let prose = outside_code(markdown);
        for text in [html, &prose, svg.as_ref().expect("a graph")] {
            assert!(
                !text.contains("<script") && !text.contains("<img"),
                "{text}"
            );
            assert!(!text.contains(['\0', '\u{1b}', '\u{202e}']), "{text}");
        }
        assert!(!prose.contains("[z]("), "{prose}");
    }
}

/// Markdown without what stands between backticks, which is code to any reader.
fn outside_code(markdown: &str) -> String {
    let mut prose = String::new();
    for line in markdown.lines() {
        let mut rest = line;
        while let Some(start) = rest.find('`').filter(|&at| !rest[..at].ends_with('\\')) {
            let ticks = rest[start..].len() - rest[start..].trim_start_matches('`').len();
            let fence = "`".repeat(ticks);
            let after = &rest[start + ticks..];
            let Some(end) = after.find(&fence) else { break };
            prose.push_str(&rest[..start]);
            rest = &after[end + ticks..];
        }
        prose.push_str(rest);
        prose.push('\n');
    }
    prose
}

#[test]
fn every_public_extension_has_a_sound_reference() {
    let corpus = std::env::var_os("EXTYPED_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        Into::into,
    );
    let folders = fs::read_dir(corpus).into_iter().flatten().flatten();
    for place in folders.map(|entry| entry.path().join("extension.yaml")) {
        let extension = place.to_str().and_then(|place| Extension::open(place).ok());
        let Some(outline) = extension.and_then(|it| Outline::read(&it).ok()) else {
            continue;
        };
        assert_sound(&write(&outline));
        assert_eq!(write(&outline).html, write(&outline).html);
    }
}

#[test]
fn an_extension_with_nothing_has_a_page_that_says_so() {
    let reference = reference("name: custom:none\nversion: 1.0.0\n");
    assert!(
        reference
            .html
            .contains("This extension reports no metrics.")
    );
    assert!(reference.svg.is_none());
    assert_sound(&reference);
}
