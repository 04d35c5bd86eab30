//! What the value of a field has to be, in words.

use crate::yaml::Node;

/// All that is asked of a property and, if it is a list, of its items.
pub(super) fn of(property: Node<'_>) -> Vec<String> {
    let mut limits = own(property);
    limits.extend(between(
        number(property, ["minObjects", "minItems"]),
        number(property, ["maxObjects", "maxItems"]),
        " items",
    ));
    if let Some(items) = property.get("items") {
        let each = own(items).into_iter();
        limits.extend(each.map(|limit| format!("each {limit}")));
    }
    limits
}

/// How many items a list has at least.
pub(super) fn least_items(property: Node<'_>) -> u64 {
    let least = number(property, ["minObjects", "minItems"]);
    least.and_then(|least| least.parse().ok()).unwrap_or(0)
}

fn own(property: Node<'_>) -> Vec<String> {
    let constraints = property.items_of("constraints");
    constraints.filter_map(limit).collect()
}

fn limit(constraint: Node<'_>) -> Option<String> {
    let text = |field: &str| constraint.get(field).and_then(Node::as_str);
    match text("type")? {
        // Public schemas write lengths under `RANGE`, too.
        "LENGTH" | "RANGE" => {
            between(text("minLength"), text("maxLength"), " characters").or_else(|| {
                between(
                    number(constraint, ["minimum", "min"]),
                    number(constraint, ["maximum", "max"]),
                    "",
                )
            })
        }
        "PATTERN" => text("pattern").map(|pattern| format!("matches {pattern}")),
        "NOT_EMPTY" => Some("not empty".to_owned()),
        "NOT_BLANK" => Some("not blank".to_owned()),
        "TRIMMED" => Some("without white space at its ends".to_owned()),
        "NO_WHITESPACE" => Some("without white space".to_owned()),
        "REGEX" => Some("a regular expression".to_owned()),
        "UNIQUE" => Some("no two alike".to_owned()),
        _ => None,
    }
}

fn number<'t>(node: Node<'t>, fields: [&str; 2]) -> Option<&'t str> {
    fields
        .into_iter()
        .find_map(|field| node.get(field)?.as_str())
}

fn between(low: Option<&str>, high: Option<&str>, what: &str) -> Option<String> {
    Some(match (low, high) {
        (Some(low), Some(high)) => format!("{low} to {high}{what}"),
        (Some(low), None) => format!("at least {low}{what}"),
        (None, Some(high)) => format!("at most {high}{what}"),
        (None, None) => return None,
    })
}
