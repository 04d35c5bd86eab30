//! `EXT093`, and what else is wrong inside the alerts, dashboards, documents and
//! pipelines that a manifest names.

use std::collections::HashSet;

use super::{alerts, documents};
use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::catalog::shape::{
    self, ALERT, ALERT_TEMPLATE, CLASSIC_DASHBOARD, DOCUMENT, PIPELINE, PIPELINE_SOURCE,
};
use crate::model::{FileRole, NamedFile, Text, anchor};
use crate::source::SourceFile;
use crate::suggest;
use crate::yaml::{self, Node};

/// What the pipelines of an extension define.
#[derive(Default)]
pub(crate) struct Pipelines {
    /// Their ids.
    ids: Vec<String>,
    /// The metrics that they make.
    pub(super) metrics: HashSet<String>,
}

impl Pipelines {
    /// Reads them among the files that were found.
    pub(crate) fn of(found: &[(&NamedFile<'_>, SourceFile)]) -> Self {
        let mut pipelines = Pipelines::default();
        let of_role = found.iter();
        for (_, source) in of_role.filter(|(file, _)| file.role == FileRole::Pipeline) {
            // What is wrong with the file is said when it is checked.
            if let Some(tree) = yaml::parse_json(source, &mut Report::default()) {
                let id = tree.root().get("customId").and_then(Node::as_str);
                pipelines.ids.extend(id.map(str::to_owned));
                pipelines.take_metrics(tree.root());
            }
        }
        pipelines
    }

    fn take_metrics(&mut self, node: Node<'_>) {
        node.items().for_each(|item| self.take_metrics(item));
        for entry in node.entries() {
            match entry.value.as_str() {
                Some(key) if entry.name() == "metricKey" => {
                    self.metrics.insert(key.to_owned());
                }
                _ => self.take_metrics(entry.value),
            }
        }
    }
}

/// Checks a file by what it is for.
pub(super) fn check(
    role: FileRole,
    source: &SourceFile,
    root: Node<'_>,
    pipelines: &Pipelines,
    report: &mut Report,
) {
    let form = match role {
        FileRole::ActivationSchema => return,
        FileRole::Alert => ALERT,
        FileRole::AlertTemplate => ALERT_TEMPLATE,
        FileRole::Dashboard => CLASSIC_DASHBOARD,
        FileRole::Document => DOCUMENT,
        FileRole::Pipeline => PIPELINE,
        FileRole::PipelineSource => PIPELINE_SOURCE,
    };
    shape::check(source, root, role.name(), form, report);
    match role {
        FileRole::Alert => {
            const METRICS: [&str; 3] = ["metricSelector", "metricId", "queryDefinition"];
            if METRICS.iter().all(|field| root.get(field).is_none()) {
                report.push(incomplete(
                    root,
                    "the alert looks at no metric",
                    "it needs a `metricSelector` or a `queryDefinition`",
                ));
            }
            alerts::check_alert(root, report);
        }
        FileRole::AlertTemplate => alerts::check_template(source, root, report),
        FileRole::Document => {
            const CONTENT: [&str; 4] = ["tiles", "sections", "content", "containerList"];
            if CONTENT.iter().all(|field| root.get(field).is_none()) {
                report.push(incomplete(
                    root,
                    "the document has no content",
                    "a dashboard has `tiles`, a notebook `sections`",
                ));
            }
            documents::check(source, root, report);
        }
        FileRole::PipelineSource => report.extend(check_routing(root, pipelines)),
        FileRole::ActivationSchema | FileRole::Dashboard | FileRole::Pipeline => {}
    }
}

pub(super) fn incomplete(node: Node<'_>, message: &str, help: &str) -> Diagnostic {
    Diagnostic::new(&codes::INCOMPLETE_FILE, anchor(node), message)
        .label("shows nothing")
        .help(help)
}

/// `EXT088`: a source that is routed to a pipeline of the extension which does
/// not exist. Without pipelines of its own, it may mean another extension's.
fn check_routing(root: Node<'_>, pipelines: &Pipelines) -> Option<Diagnostic> {
    let routing = root.get("staticRouting")?;
    let id = routing.get("pipelineId").and_then(Text::of)?;
    let is_own = routing.get("pipelineType").and_then(Node::as_str) != Some("builtin");
    let known = pipelines.ids.iter().any(|known| *known == *id);
    if !is_own || known || pipelines.ids.is_empty() || id.is_template() {
        return None;
    }
    let ids = pipelines.ids.iter().map(String::as_str);
    let help = match suggest::closest(&id, ids) {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!(
            "write the `customId` of a pipeline of the extension: `{}`",
            pipelines.ids.join("`, `")
        ),
    };
    Some(
        Diagnostic::new(
            &codes::UNKNOWN_PIPELINE,
            id.span(),
            format!("no pipeline of the extension is called `{}`", id.as_str()),
        )
        .label("what comes in goes nowhere")
        .help(help),
    )
}
