//! Entity selectors: `type(lb:node),fromRelationships.runsOn(type("HOST"))`.

/// The entity types that a selector asks for.
pub(crate) fn entity_types(selector: &str) -> Vec<&str> {
    let mut types = Vec::new();
    for (at, call) in selector.match_indices("type(") {
        let before = selector[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let inside = &selector[at + call.len()..];
        let end = inside.find(')').unwrap_or(inside.len());
        for name in inside[..end].split(',') {
            let name = name.trim_matches(|c: char| {
                matches!(c, '"' | '~' | '\'' | '\\' | '(') || c.is_whitespace()
            });
            if !name.is_empty() {
                types.push(name);
            }
        }
    }
    types
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_found_at_every_depth() {
        for (selector, expected) in [
            ("type(f5:pool)", vec!["f5:pool"]),
            (
                "type(\"f5:pool\"),toRelationships.runsOn($(entityConditions))",
                vec!["f5:pool"],
            ),
            ("type(~\"f5:pool~\")", vec!["f5:pool"]),
            (
                "type(a:b),fromRelationships.isChildOf(type(HOST))",
                vec!["a:b", "HOST"],
            ),
            ("mytype(x)", vec![]),
            ("type(", vec![]),
        ] {
            assert_eq!(entity_types(selector), expected, "{selector}");
        }
    }
}
