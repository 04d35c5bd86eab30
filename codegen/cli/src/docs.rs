//! `extyped docs`: a reference for those who use an extension.

mod graph;
mod html;
mod markdown;
mod view;

#[cfg(test)]
mod tests;

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::args::DocsArgs;
use crate::extension::Extension;
use crate::failure::Failure;
use crate::outline::Outline;
use crate::{Outcome, files};

use self::graph::Graph;
use self::view::View;

/// The files of a reference.
struct Reference {
    html: String,
    markdown: String,
    /// The graph beside the Markdown; none if there is nothing to draw.
    svg: Option<String>,
}

/// The graph that the Markdown shows.
const GRAPH: &str = "entities.svg";

pub(crate) fn run(args: &DocsArgs) -> Result<Outcome, Failure> {
    let extension = Extension::open(&args.path)?;
    let outline = Outline::read(&extension)?;
    let reference = write(&outline);
    let folder = &args.output;
    fs::create_dir_all(folder).map_err(|cause| {
        Failure::new(format!("the folder {} cannot be made", folder.display())).cause(cause)
    })?;
    save(folder, "index.html", &reference.html)?;
    save(folder, "reference.md", &reference.markdown)?;
    if let Some(svg) = &reference.svg {
        save(folder, GRAPH, svg)?;
    }
    Ok(Outcome::Sound)
}

fn save(folder: &Path, name: &str, text: &str) -> Result<(), Failure> {
    let path = folder.join(name);
    files::replace(&path, text).map_err(|cause| {
        Failure::new(format!("{} cannot be written", path.display())).cause(cause)
    })?;
    writeln!(anstream::stderr(), "wrote {}", path.display())?;
    Ok(())
}

/// The reference of an extension: the same for the same extension, whenever and
/// wherever it is written.
fn write(outline: &Outline) -> Reference {
    let view = View::new(outline);
    let graph = Graph::new(outline);
    let svg = graph.is_drawable().then(|| graph.svg(|_| None));
    Reference {
        html: html::page(&view, &graph),
        markdown: markdown::page(&view, svg.is_some()),
        svg,
    }
}
