//! The files beside the manifest that it names.

use super::text::Text;
use crate::order::order_by;
use crate::yaml::Node;

/// A file that the manifest names.
pub(crate) struct NamedFile<'t> {
    pub(crate) path: Text<'t>,
    pub(crate) role: FileRole,
}

/// What a file is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileRole {
    ActivationSchema,
    Alert,
    AlertTemplate,
    Dashboard,
    Document,
    Pipeline,
    PipelineSource,
}

impl FileRole {
    /// As it stands in a message.
    pub(crate) fn name(self) -> &'static str {
        match self {
            FileRole::ActivationSchema => "the activation schema",
            FileRole::Alert => "the alert",
            FileRole::AlertTemplate => "the alert template",
            FileRole::Dashboard => "the dashboard",
            FileRole::Document => "the document",
            FileRole::Pipeline => "the pipeline",
            FileRole::PipelineSource => "the source of a pipeline",
        }
    }
}

/// Every file that the manifest names, in the order of the file, each once.
pub(crate) fn read<'t>(root: Node<'t>) -> Vec<NamedFile<'t>> {
    let mut files = Vec::new();
    let mut add = |node: Option<Node<'t>>, role| {
        let path = node.and_then(Text::of);
        files.extend(path.map(|path| NamedFile { path, role }));
    };
    let items = |keys: &[&str]| -> Vec<Node<'t>> {
        let node = keys.iter().try_fold(root, |node, key| node.get(key));
        node.into_iter().flat_map(Node::items).collect()
    };
    for side in ["remote", "local"] {
        let activation = root
            .get("python")
            .and_then(|python| python.get("activation"));
        let side = activation.and_then(|activation| activation.get(side));
        add(
            side.and_then(|side| side.get("path")),
            FileRole::ActivationSchema,
        );
    }
    for item in items(&["alerts"]) {
        add(item.get("path"), FileRole::Alert);
    }
    for item in items(&["alertTemplates"]) {
        add(item.get("path"), FileRole::AlertTemplate);
    }
    for item in items(&["dashboards"]) {
        add(item.get("path"), FileRole::Dashboard);
    }
    for list in ["dashboards", "notebooks", "launchpads"] {
        for item in items(&["documents", list]) {
            add(item.get("path"), FileRole::Document);
        }
    }
    for item in items(&["openpipeline", "pipelines"]) {
        add(item.get("pipelinePath"), FileRole::Pipeline);
    }
    for item in items(&["openpipeline", "sources"]) {
        add(item.get("sourcePath"), FileRole::PipelineSource);
    }
    order_by(&mut files, |file| file.path.span().order());
    let mut seen: Vec<&str> = Vec::new();
    files.retain(|file| {
        let new = !seen.contains(&file.path.as_str());
        seen.push(file.path.as_str());
        new
    });
    files
}
