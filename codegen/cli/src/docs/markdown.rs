//! The reference as Markdown, for a repository or a wiki.

use std::fmt::Write as _;

use super::GRAPH;
use super::html::side_title;
use super::view::{Group, View, is_visible};
use crate::outline::{Field, Metric};

/// A text on one line that shows as it is: what means something in Markdown or
/// in HTML does not here.
fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !escaped.is_empty() {
            escaped.push(' ');
        }
        for c in word.chars().filter(|&c| is_visible(c)) {
            match c {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                    escaped.extend(['\\', c]);
                }
                c => escaped.push(c),
            }
        }
    }
    escaped
}

/// A text as code, whatever is in it.
fn code(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|&c| is_visible(c))
        .collect();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A backtick at either end would belong to the fence.
    let space = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    // In a table even code must not hold a bare pipe.
    let text = text.replace('|', "\\|");
    if text.is_empty() {
        "–".to_owned()
    } else {
        format!("{fence}{space}{text}{space}{fence}")
    }
}

/// The whole page.
pub(super) fn page(view: &View<'_>, has_graph: bool) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        page,
        "# {}\n\n{}.\n",
        text(&view.outline.name),
        view.summary()
    );
    for (name, value) in view.facts() {
        let _ = writeln!(page, "- {name}: {}", text(&value));
    }
    entities(&mut page, view, has_graph);
    if !view.groups.is_empty() {
        page.push_str("\n## Metrics\n");
    }
    for group in &view.groups {
        metrics(&mut page, group);
    }
    calculated(&mut page, &view.calculated);
    feature_sets(&mut page, view);
    dimensions(&mut page, view);
    options(&mut page, view);
    page
}

fn entities(page: &mut String, view: &View<'_>, has_graph: bool) {
    if has_graph {
        let _ = writeln!(
            page,
            "\n## Entities\n\n![Entity types and their relationships]({GRAPH})"
        );
    }
    for entity in &view.entities {
        let kind = entity.kind;
        let title = kind.display_name.as_deref().unwrap_or(&kind.name);
        let _ = writeln!(
            page,
            "\n### {}\n\n- Type: {}",
            text(title),
            code(&kind.name)
        );
        for relation in &entity.relations {
            let _ = writeln!(page, "- {}", text(relation));
        }
        for rule in &kind.rules {
            let _ = writeln!(page, "- Id: {}", code(&rule.id));
            if let Some(name) = &rule.name {
                let _ = writeln!(page, "- Name: {}", code(name));
            }
        }
        let attributes = kind.attributes();
        if !attributes.is_empty() {
            page.push_str("\n| Attribute | Key | Value |\n|---|---|---|\n");
        }
        for attribute in attributes {
            let _ = writeln!(
                page,
                "| {} | {} | {} |",
                text(attribute.display_name.as_deref().unwrap_or("–")),
                code(&attribute.key),
                code(&attribute.pattern)
            );
        }
    }
}

fn metrics(page: &mut String, group: &Group<'_>) {
    let _ = writeln!(page, "\n### {}", text(&group.title));
    for (dimensions, words) in [
        (&group.shared, "Every line has"),
        (&group.sometimes, "Some lines have"),
    ] {
        if !dimensions.is_empty() {
            let keys: Vec<String> = dimensions.iter().map(|it| code(&it.key)).collect();
            let _ = writeln!(page, "\n{words} {}.", keys.join(", "));
        }
    }
    if !group.also.is_empty() {
        let _ = writeln!(page, "\nAlso of {}.", text(&group.also.join(", ")));
    }
    page.push_str(
        "\n| Metric | Key | Kind | Unit | Feature set | Further dimensions | Description |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for section in &group.sections {
        for metric in &section.metrics {
            let own: Vec<String> = group
                .further(metric)
                .map(|(dimension, is_always)| {
                    let some = if is_always { "" } else { " (some lines)" };
                    format!("{}{some}", code(&dimension.key))
                })
                .collect();
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} | {} | {} | {} |",
                text(metric.display_name.as_deref().unwrap_or("–")),
                code(&metric.key),
                metric.kind,
                text(metric.unit.as_deref().unwrap_or("–")),
                text(&section.title),
                own.join(", "),
                text(metric.description.as_deref().unwrap_or_default()),
            );
        }
    }
}

fn calculated(page: &mut String, metrics: &[&Metric]) {
    if metrics.is_empty() {
        return;
    }
    page.push_str(
        "\n## Calculated metrics\n\n| Metric | Key | Unit | Selector |\n|---|---|---|---|\n",
    );
    for metric in metrics {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} |",
            text(metric.display_name.as_deref().unwrap_or("–")),
            code(&metric.key),
            text(metric.unit.as_deref().unwrap_or("–")),
            code(metric.selector.as_deref().unwrap_or_default())
        );
    }
}

fn feature_sets(page: &mut String, view: &View<'_>) {
    if view.feature_sets.is_empty() {
        return;
    }
    page.push_str("\n## Feature sets\n\n| Feature set | Metrics |\n|---|---|\n");
    for set in &view.feature_sets {
        let keys: Vec<String> = set.metrics.iter().map(|metric| code(&metric.key)).collect();
        let _ = writeln!(page, "| {} | {} |", text(set.name), keys.join(", "));
    }
}

fn dimensions(page: &mut String, view: &View<'_>) {
    if view.dimensions.is_empty() {
        return;
    }
    page.push_str(
        "\n## Dimensions\n\n| Dimension | Name | Metrics | On every line |\n|---|---|---|---|\n",
    );
    for dimension in &view.dimensions {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} |",
            code(dimension.key),
            text(dimension.display_name.unwrap_or("–")),
            dimension.metrics,
            if dimension.is_optional {
                "on some"
            } else {
                "yes"
            }
        );
    }
}

fn options(page: &mut String, view: &View<'_>) {
    let outline = view.outline;
    if outline.activation.is_empty() && outline.variables.is_empty() {
        return;
    }
    page.push_str("\n## Options\n");
    for side in &outline.activation {
        let _ = writeln!(page, "\n### {}", side_title(side));
        match &side.missing {
            Some(why) => {
                let _ = writeln!(page, "\nNot known: {}.", text(why));
            }
            None => fields(page, &side.fields),
        }
    }
    if !outline.variables.is_empty() {
        page.push_str("\n### Variables\n");
        fields(page, &outline.variables);
    }
}

fn fields(page: &mut String, fields: &[Field]) {
    page.push_str(
        "\n| Option | Path | Type | Required | Default | Limits | Description |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for field in fields {
        let choices = field.choices.iter().map(|choice| code(choice));
        let limits: Vec<String> = choices
            .chain(field.limits.iter().map(|it| text(it)))
            .collect();
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} | {} |",
            text(field.display_name.as_deref().unwrap_or("–")),
            code(&field.path),
            text(&field.kind),
            if field.is_required { "yes" } else { "no" },
            field
                .default
                .as_deref()
                .map_or_else(|| "–".to_owned(), code),
            limits.join(", "),
            text(field.description.as_deref().unwrap_or_default()),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_means_nothing() {
        assert_eq!(
            text("a | b\n<c> *d* `e` [f](g)"),
            "a \\| b &lt;c&gt; \\*d\\* \\`e\\` \\[f\\](g)"
        );
        assert_eq!(code("a|`b`"), "`` a\\|`b` ``");
        assert_eq!(code("a\nb"), "`a b`");
        assert_eq!(code(""), "–");
    }
}
