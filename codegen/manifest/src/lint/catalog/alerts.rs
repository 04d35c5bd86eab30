//! `EXT087`: alerts whose numbers of samples contradict each other.

use super::Subject;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::catalog::shape::{self, ANALYZER_INPUT};
use crate::model::{Text, anchor};
use crate::source::SourceFile;
use crate::yaml::{Node, NodeKind};

/// The longest window, in minutes, which are samples.
const WINDOW: f64 = 60.0;

/// Checks the templates that the manifest itself holds.
pub(super) fn check(subject: &Subject<'_, '_, '_>, report: &mut Report) {
    let templates = subject.manifest.root.get("alertTemplates");
    for template in templates.into_iter().flat_map(Node::items) {
        check_template(subject.source, template, report);
    }
}

/// Checks an alert: what it says itself, and what its model says.
pub(super) fn check_alert(root: Node<'_>, report: &mut Report) {
    check_samples(root, "samples", report);
    for model in ["monitoringStrategy", "modelProperties"] {
        if let Some(model) = root.get(model) {
            check_samples(model, "samples", report);
        }
    }
}

/// Checks a template, whose window has another name.
pub(super) fn check_template(source: &SourceFile, root: Node<'_>, report: &mut Report) {
    let Some(analyzer) = root.get("analyzer") else {
        if root.get("path").is_none() {
            report.push(
                Diagnostic::new(
                    &codes::INCOMPLETE_FILE,
                    anchor(root),
                    "the alert template has no `analyzer`",
                )
                .label("looks at nothing")
                .help("add `analyzer` with its `name` and `input`"),
            );
        }
        return;
    };
    let Some(input) = analyzer.get("input") else {
        return;
    };
    if input.kind() == NodeKind::Mapping {
        shape::check(source, input, "`input`", ANALYZER_INPUT, report);
        check_samples(input, "slidingWindow", report);
    }
}

fn check_samples(node: Node<'_>, window: &str, report: &mut Report) {
    let number = |field: &str| {
        let text = node.get(field).and_then(Text::of)?;
        Some((text.trim().parse::<f64>().ok()?, text))
    };
    let Some((samples, place)) = number(window) else {
        return;
    };
    let finding = |text: Text<'_>, message: String| {
        Diagnostic::new(&codes::ALERT_SAMPLES, text.span(), message)
    };
    if !(1.0..=WINDOW).contains(&samples) {
        report.push(
            finding(place, format!("`{window}` is {samples}"))
                .label("from 1 to 60 minutes")
                .help("choose a window of at most an hour"),
        );
    }
    for field in ["violatingSamples", "dealertingSamples"] {
        let Some((count, text)) = number(field) else {
            continue;
        };
        if count > samples {
            report.push(
                finding(
                    text,
                    format!("`{field}` is {count}, and the window has {samples} samples"),
                )
                .label("never reached")
                .related(place.span(), "the window")
                .help(format!(
                    "write at most {samples}, or make `{window}` longer"
                )),
            );
        }
    }
}
