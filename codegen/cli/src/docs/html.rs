//! The reference as one page that needs nothing else.
//!
//! Everything that comes from the extension goes through [`escape`], and the
//! page forbids scripts and any other source: a description is text and
//! nothing more.

use std::fmt::Write as _;

use super::MARKER;
use super::graph::Graph;
use super::view::{Entity, Group, View, is_visible};
use crate::outline::{Dimension, Field, Metric, Side};

const STYLE: &str = include_str!("html/style.css");

/// A text where markup may stand, inside attributes too. What a terminal or a
/// reader of text would obey is left out.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(c),
            c if is_visible(c) => escaped.push(c),
            _ => {}
        }
    }
    escaped
}

/// Markup so far. Only literals get in without being escaped.
struct Page(String);

impl Page {
    fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.0.push_str(&escape(text));
        self
    }

    fn number(&mut self, number: usize) -> &mut Self {
        // Writing to a string cannot fail.
        let _ = write!(self.0, "{number}");
        self
    }

    fn code(&mut self, text: &str) -> &mut Self {
        // A long key may break after its dots and underscores.
        self.markup("<code>");
        for (at, part) in text.split_inclusive(['.', '_', ':', '/', '}']).enumerate() {
            self.markup(if at > 0 { "<wbr>" } else { "" }).text(part);
        }
        self.markup("</code>")
    }

    fn link(&mut self, anchor: &str, text: &str) -> &mut Self {
        self.markup("<a href=\"#").text(anchor).markup("\">");
        self.text(text).markup("</a>")
    }

    fn heading(&mut self, anchor: &'static str, title: &'static str) -> &mut Self {
        self.markup("<h2 id=\"").markup(anchor).markup("\">");
        self.markup(title).markup("</h2>")
    }
}

/// The whole page.
pub(super) fn page(view: &View<'_>, graph: &Graph<'_>) -> String {
    let mut page = Page(String::new());
    page.markup("<!DOCTYPE html>\n").markup(MARKER).markup(
        "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'\">\n<title>",
    );
    let outline = view.outline;
    page.text(&outline.name).markup(" ").text(&outline.version);
    page.markup("</title>\n<style>\n").markup(STYLE);
    page.markup("</style>\n</head>\n<body>\n");
    contents(&mut page, view);
    page.markup("<main>\n<header>\n<h1>").text(&outline.name);
    page.markup("</h1>\n<p class=\"lead\">")
        .text(&view.summary());
    page.markup("</p>\n<dl class=\"facts\">\n");
    for (name, value) in view.facts() {
        page.markup("<div><dt>").markup(name).markup("</dt><dd>");
        page.text(&value).markup("</dd></div>\n");
    }
    page.markup("</dl>\n</header>\n");
    entities(&mut page, view, graph);
    metrics(&mut page, view);
    calculated(&mut page, view);
    feature_sets(&mut page, view);
    dimensions(&mut page, view);
    options(&mut page, view);
    page.markup("</main>\n</body>\n</html>\n");
    page.0
}

fn contents(page: &mut Page, view: &View<'_>) {
    page.markup("<nav aria-label=\"Contents\"><strong>")
        .text(&view.outline.name);
    page.markup("</strong><ul>\n");
    let entry = |page: &mut Page, anchor: &'static str, title: &'static str| {
        page.markup("<li>").link(anchor, title).markup("</li>\n");
    };
    if !view.entities.is_empty() {
        entry(page, "entities", "Entities");
    }
    if !view.groups.is_empty() {
        page.markup("<li>")
            .link("metrics", "Metrics")
            .markup("<ul>\n");
        for group in &view.groups {
            page.markup("<li>").link(&group.anchor, &group.title);
            page.markup(" <span class=\"count\">").number(group.len());
            page.markup("</span></li>\n");
        }
        page.markup("</ul></li>\n");
    }
    for (is_there, anchor, title) in [
        (
            !view.calculated.is_empty(),
            "calculated",
            "Calculated metrics",
        ),
        (
            !view.feature_sets.is_empty(),
            "feature-sets",
            "Feature sets",
        ),
        (!view.dimensions.is_empty(), "dimensions", "Dimensions"),
        (has_options(view), "options", "Options"),
    ] {
        if is_there {
            entry(page, anchor, title);
        }
    }
    page.markup("</ul></nav>\n");
}

fn entities(page: &mut Page, view: &View<'_>, graph: &Graph<'_>) {
    if view.entities.is_empty() {
        return;
    }
    page.heading("entities", "Entities");
    let anchor = |name: &str| {
        let entity = view.entities.iter().find(|entity| entity.kind.name == name);
        entity.map(|entity| entity.anchor.clone())
    };
    if graph.is_drawable() {
        page.markup("<figure tabindex=\"0\">\n");
        // The picture escapes what it shows.
        page.0.push_str(&graph.svg(anchor));
        page.markup("</figure>\n");
    }
    page.markup("<div class=\"cards\">\n");
    for entity in &view.entities {
        card(page, view, entity);
    }
    page.markup("</div>\n");
}

fn card(page: &mut Page, view: &View<'_>, entity: &Entity<'_>) {
    let kind = entity.kind;
    page.markup("<section class=\"card\" id=\"")
        .text(&entity.anchor);
    page.markup("\">\n<h3>");
    page.text(kind.display_name.as_deref().unwrap_or(&kind.name));
    page.markup("</h3>\n<p>").code(&kind.name).markup("</p>\n");
    if !entity.relations.is_empty() {
        page.markup("<ul class=\"relations\">");
        for relation in &entity.relations {
            page.markup("<li>").text(relation).markup("</li>");
        }
        page.markup("</ul>\n");
    }
    page.markup("<p class=\"where\">");
    let own = entity.group.and_then(|at| view.groups.get(at));
    match own {
        Some(group) => page.link(&group.anchor, &count(group.len(), "metric")),
        None => page.markup("No metrics of its own"),
    };
    let others = entity.others.iter();
    let others = others.filter_map(|&(at, some)| Some((view.groups.get(at)?, some)));
    for (at, (group, some)) in others.enumerate() {
        page.markup(if at == 0 { ", and " } else { ", " });
        page.number(some)
            .markup(" of ")
            .link(&group.anchor, &group.title);
    }
    page.markup("</p>\n<details><summary>Identity and attributes</summary>\n<dl>\n");
    for rule in &kind.rules {
        page.markup("<dt>Id</dt><dd>")
            .code(&rule.id)
            .markup("</dd>\n");
        if let Some(name) = &rule.name {
            page.markup("<dt>Name</dt><dd>")
                .code(name)
                .markup("</dd>\n");
        }
        for required in &rule.required {
            page.markup("<dt>Asks for</dt><dd>")
                .code(required)
                .markup("</dd>\n");
        }
    }
    for attribute in kind.attributes() {
        page.markup("<dt>")
            .text(attribute.display_name.as_deref().unwrap_or(&attribute.key));
        page.markup("</dt><dd>").code(&attribute.key).markup(" ");
        page.markup("<span class=\"soft\">")
            .text(&attribute.pattern);
        page.markup("</span></dd>\n");
    }
    page.markup("</dl></details>\n</section>\n");
}

fn metrics(page: &mut Page, view: &View<'_>) {
    if view.groups.is_empty() {
        page.markup("<p>This extension reports no metrics.</p>\n");
        return;
    }
    page.heading("metrics", "Metrics");
    for group in &view.groups {
        table(page, view, group);
    }
}

fn table(page: &mut Page, view: &View<'_>, group: &Group<'_>) {
    page.markup("<section id=\"")
        .text(&group.anchor)
        .markup("\">\n<h3>");
    page.text(&group.title).markup(" <span class=\"count\">");
    page.number(group.len()).markup("</span></h3>\n");
    for (dimensions, words, is_always) in [
        (&group.shared, "Every line has ", true),
        (&group.sometimes, "Some lines have ", false),
    ] {
        if dimensions.is_empty() {
            continue;
        }
        page.markup("<p class=\"shared\">").markup(words);
        for dimension in dimensions {
            chip(page, dimension, is_always);
        }
        page.markup("</p>\n");
    }
    if !group.also.is_empty() {
        page.markup("<p class=\"shared\">Also of ")
            .text(&group.also.join(", "));
        page.markup("</p>\n");
    }
    let is_uniform = group.is_uniform();
    page.markup("<table class=\"metrics\">\n<thead><tr><th>Metric</th><th>Kind</th><th>Unit</th>");
    page.markup(if is_uniform {
        ""
    } else {
        "<th>Further dimensions</th>"
    });
    page.markup("</tr></thead>\n");
    for section in &group.sections {
        page.markup("<tbody>\n");
        if !view.feature_sets.is_empty() {
            page.markup("<tr class=\"set\"><th colspan=\"");
            page.markup(if is_uniform { "3" } else { "4" });
            page.markup("\" scope=\"rowgroup\">");
            page.markup(if section.is_always_on {
                ""
            } else {
                "Feature set "
            });
            page.text(&section.title).markup("</th></tr>\n");
        }
        for metric in &section.metrics {
            row(page, metric, group);
        }
        page.markup("</tbody>\n");
    }
    page.markup("</table>\n</section>\n");
}

fn row(page: &mut Page, metric: &Metric, group: &Group<'_>) {
    page.markup("<tr><td>");
    named(page, metric);
    page.markup("</td><td data-label=\"Kind\"><span class=\"kind ")
        .markup(metric.kind);
    page.markup("\">")
        .markup(metric.kind)
        .markup("</span></td><td data-label=\"Unit\">");
    page.text(metric.unit.as_deref().unwrap_or("–"));
    page.markup("</td>");
    if !group.is_uniform() {
        page.markup("<td data-label=\"Further dimensions\">");
        let own: Vec<_> = group.further(metric).collect();
        for (dimension, is_always) in &own {
            chip(page, dimension, *is_always);
        }
        page.markup(if own.is_empty() { "–" } else { "" });
        page.markup("</td>");
    }
    page.markup("</tr>\n");
}

/// What people call a metric, its key, and what it says of itself.
fn named(page: &mut Page, metric: &Metric) {
    if let Some(name) = &metric.display_name {
        page.markup("<strong>").text(name).markup("</strong> ");
    }
    page.code(&metric.key);
    let description = metric.description.as_deref();
    let same = description == metric.display_name.as_deref();
    if let Some(description) = description.filter(|_| !same) {
        page.markup("<p>").text(description).markup("</p>");
    }
}

fn chip(page: &mut Page, dimension: &Dimension, is_always: bool) {
    page.markup("<span class=\"chip");
    page.markup(if is_always { "" } else { " maybe" });
    page.markup("\" title=\"");
    if let Some(name) = &dimension.display_name {
        page.text(name).markup(", ");
    }
    page.markup(if is_always {
        "on every line"
    } else {
        "on some lines"
    });
    page.markup("\">").text(&dimension.key).markup("</span> ");
}

fn calculated(page: &mut Page, view: &View<'_>) {
    if view.calculated.is_empty() {
        return;
    }
    page.heading("calculated", "Calculated metrics");
    page.markup("<p>The platform computes these from others.</p>\n<table class=\"metrics\">\n");
    page.markup("<thead><tr><th>Metric</th><th>Unit</th><th>Selector</th></tr></thead>\n<tbody>\n");
    for metric in &view.calculated {
        page.markup("<tr><td>");
        named(page, metric);
        page.markup("</td><td data-label=\"Unit\">")
            .text(metric.unit.as_deref().unwrap_or("–"));
        page.markup("</td><td data-label=\"Selector\">");
        page.code(metric.selector.as_deref().unwrap_or("–"));
        page.markup("</td></tr>\n");
    }
    page.markup("</tbody></table>\n");
}

fn feature_sets(page: &mut Page, view: &View<'_>) {
    if view.feature_sets.is_empty() {
        return;
    }
    page.heading("feature-sets", "Feature sets");
    page.markup(
        "<p>Chosen where the extension is configured; what is in none of them, or in \
         <code>default</code>, is always on.</p>\n<div class=\"cards\">\n",
    );
    for set in &view.feature_sets {
        page.markup("<section class=\"card\">\n<h3>").text(set.name);
        page.markup(" <span class=\"count\">")
            .number(set.metrics.len());
        page.markup("</span></h3>\n<details><summary>Metrics</summary>\n<ul class=\"keys\">");
        for metric in &set.metrics {
            page.markup("<li>").code(&metric.key).markup("</li>");
        }
        page.markup("</ul></details>\n</section>\n");
    }
    page.markup("</div>\n");
}

fn dimensions(page: &mut Page, view: &View<'_>) {
    if view.dimensions.is_empty() {
        return;
    }
    page.heading("dimensions", "Dimensions");
    page.markup(
        "<table>\n<thead><tr><th>Dimension</th><th>Name</th><th>Metrics</th><th>On every line</th>\
         </tr></thead>\n<tbody>\n",
    );
    for dimension in &view.dimensions {
        page.markup("<tr><td>").code(dimension.key);
        page.markup("</td><td data-label=\"Name\">");
        page.text(dimension.display_name.unwrap_or("–"));
        page.markup("</td><td data-label=\"Metrics\">")
            .number(dimension.metrics);
        page.markup("</td><td data-label=\"On every line\">");
        page.markup(if dimension.is_optional {
            "on some"
        } else {
            "yes"
        });
        page.markup("</td></tr>\n");
    }
    page.markup("</tbody></table>\n");
}

fn has_options(view: &View<'_>) -> bool {
    !view.outline.activation.is_empty() || !view.outline.variables.is_empty()
}

fn options(page: &mut Page, view: &View<'_>) {
    if !has_options(view) {
        return;
    }
    page.heading("options", "Options");
    for side in &view.outline.activation {
        page.markup("<section>\n<h3>").markup(side_title(side));
        page.markup("</h3>\n");
        match &side.missing {
            Some(why) => {
                page.markup("<p>Not known: ").text(why).markup("</p>\n");
            }
            None => fields(page, &side.fields),
        }
        page.markup("</section>\n");
    }
    if !view.outline.variables.is_empty() {
        page.markup("<section>\n<h3>Variables</h3>\n");
        fields(page, &view.outline.variables);
        page.markup("</section>\n");
    }
}

/// Where an activation of this kind runs.
pub(super) fn side_title(side: &Side) -> &'static str {
    match side.name.as_str() {
        "remote" => "Remote, on an ActiveGate",
        _ => "Local, on a host",
    }
}

fn fields(page: &mut Page, fields: &[Field]) {
    page.markup(
        "<table class=\"options\">\n<thead><tr><th>Option</th><th>Type</th><th>Default</th>\
         <th>Limits</th></tr></thead>\n<tbody>\n",
    );
    for field in fields {
        let depth = field.path.matches(['.']).count().min(4);
        page.markup("<tr><td class=\"");
        page.markup(["d0", "d1", "d2", "d3", "d4"][depth])
            .markup("\">");
        if let Some(name) = &field.display_name {
            page.markup("<strong>").text(name).markup("</strong> ");
        }
        page.code(&field.path);
        if field.is_required {
            page.markup(" <span class=\"required\">required</span>");
        }
        if let Some(description) = &field.description {
            page.markup("<p>").text(description).markup("</p>");
        }
        page.markup("</td><td data-label=\"Type\">")
            .text(&field.kind);
        page.markup("</td><td data-label=\"Default\">");
        match &field.default {
            Some(default) => page.code(default),
            None => page.markup("–"),
        };
        page.markup("</td><td data-label=\"Limits\">");
        if field.choices.is_empty() && field.limits.is_empty() {
            page.markup("–");
        }
        for choice in &field.choices {
            page.markup("<span class=\"chip\">")
                .text(choice)
                .markup("</span> ");
        }
        page.text(&field.limits.join("; "));
        page.markup("</td></tr>\n");
    }
    page.markup("</tbody></table>\n");
}

/// `1 metric`, `2 metrics`.
fn count(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
