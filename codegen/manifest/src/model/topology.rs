//! The `topology` section: entity types, the rules that create their entities,
//! and relationships.

use std::ops::Range;

use super::anchor;
use super::section::Section;
use super::text::Text;
use crate::codes;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::fix;
use crate::source::{SourceFile, Span};
use crate::topology::{Condition, Malformed, Pattern, Role};
use crate::yaml::Style;

/// An entry of `topology.types`.
pub(crate) struct EntityTypeEntry<'t> {
    /// `name`.
    pub(crate) name: Text<'t>,
    /// `displayName`.
    pub(crate) display_name: Option<Text<'t>>,
    /// `enabled`, which is true when it is missing.
    pub(crate) enabled: bool,
    /// The field `rules` itself.
    pub(crate) rules_place: Span,
    /// `rules`, in order: the first that matches a line creates its entity.
    pub(crate) rules: Vec<Rule<'t>>,
}

/// A rule of an entity type.
pub(crate) struct Rule<'t> {
    /// `idPattern`.
    pub(crate) id: Option<PatternText<'t>>,
    /// `instanceNamePattern`.
    pub(crate) instance_name: Option<PatternText<'t>>,
    /// `role`, which tells apart entities that one line creates.
    pub(crate) role: Option<Text<'t>>,
    /// `iconPattern`.
    pub(crate) icon: Option<PatternText<'t>>,
    /// `sources`.
    pub(crate) sources: Vec<Source<'t>>,
    /// `requiredDimensions`.
    pub(crate) required: Vec<RequiredDimension<'t>>,
    /// `attributes`.
    pub(crate) attributes: Vec<Attribute<'t>>,
}

/// A pattern and the scalar it is written in.
pub(crate) struct PatternText<'t> {
    pub(crate) text: Text<'t>,
    pub(crate) pattern: Pattern,
}

/// A source of a rule.
pub(crate) enum Source<'t> {
    /// Metric lines whose key meets the condition; without one when it is
    /// missing or malformed.
    Metrics(Option<ConditionText<'t>>),
    /// Logs, spans, events and so on, of which this reader knows nothing.
    Other,
}

/// A condition and the scalar it is written in.
pub(crate) struct ConditionText<'t> {
    pub(crate) text: Text<'t>,
    pub(crate) condition: Condition,
}

/// An entry of `requiredDimensions`.
pub(crate) struct RequiredDimension<'t> {
    pub(crate) key: Text<'t>,
    /// `valuePattern`, if it is there and well-formed.
    pub(crate) value: Option<Condition>,
}

/// `topology`.
#[derive(Default)]
pub(crate) struct Topology<'t> {
    /// `types`.
    pub(crate) types: Vec<EntityTypeEntry<'t>>,
    /// `relationships`.
    pub(crate) relationships: Vec<Relationship<'t>>,
}

/// An entry of `topology.relationships`.
pub(crate) struct Relationship<'t> {
    /// `fromType`.
    pub(crate) from: Option<Text<'t>>,
    /// `toType`.
    pub(crate) to: Option<Text<'t>>,
    /// `fromRole` and `toRole`.
    pub(crate) roles: [Option<Text<'t>>; 2],
    /// `typeOfRelation`.
    pub(crate) kind: Option<Text<'t>>,
    /// `sources`, with the place of each.
    pub(crate) sources: Vec<RelationshipSource<'t>>,
    /// Where it begins.
    pub(crate) place: Span,
}

/// A source of a relationship.
pub(crate) struct RelationshipSource<'t> {
    pub(crate) source: Source<'t>,
    /// `sourceType`.
    pub(crate) kind: Option<Text<'t>>,
    /// How many entries `mappingRules` has.
    pub(crate) mapping_rules: usize,
    /// Where it begins.
    pub(crate) place: Span,
}

/// An attribute of a rule.
pub(crate) struct Attribute<'t> {
    pub(crate) key: Option<Text<'t>>,
    pub(crate) pattern: Option<PatternText<'t>>,
}

impl PatternText<'_> {
    /// Where a part of the pattern is written: exactly, if the scalar has no
    /// escapes, else the whole scalar.
    pub(crate) fn span_of(&self, range: &Range<usize>) -> Span {
        let span = self.text.span();
        let quotes = match self.text.node.style() {
            Style::Plain => 0,
            Style::SingleQuoted | Style::DoubleQuoted => 1,
            Style::Literal | Style::Folded | Style::Block | Style::Flow => return span,
        };
        let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        if span.end.saturating_sub(span.start) == length(self.text.len() + 2 * quotes) {
            let start = span.start + length(quotes);
            Span::new(start + length(range.start), start + length(range.end))
        } else {
            span
        }
    }
}

/// Where topology takes lines from.
const SOURCE_TYPES: [&str; 7] = [
    "Metrics",
    "Logs",
    "Spans",
    "Entities",
    "Topology",
    "Events",
    "Business Events",
];

/// Reads `topology`, if the manifest has it.
pub(super) fn read<'t>(root: &Section<'t>, report: &mut Report) -> Topology<'t> {
    let Some(topology) = root.section("topology", "`topology`", report) else {
        return Topology::default();
    };
    topology.only(&["types", "relationships"], report);
    let relationships = topology
        .sections("relationships", "a relationship", report)
        .into_iter()
        .map(|item| relationship(&item, report))
        .collect();
    let types = topology
        .sections("types", "an entity type", report)
        .into_iter()
        .filter_map(|item| entity_type(&item, report))
        .collect();
    Topology {
        types,
        relationships,
    }
}

/// What a relationship can say.
const RELATIONS: [&str; 6] = [
    "INSTANCE_OF",
    "RUNS_ON",
    "CHILD_OF",
    "CALLS",
    "PART_OF",
    "SAME_AS",
];

/// What becomes of a property before it is compared.
const TRANSFORMATIONS: [&str; 3] = ["Leave text as-is", "To upper case", "To lower case"];

/// The fields of an entry of `mappingRules`.
const MAPPING: [&str; 4] = [
    "sourceProperty",
    "sourceTransformation",
    "destinationProperty",
    "destinationTransformation",
];

fn relationship<'t>(item: &Section<'t>, report: &mut Report) -> Relationship<'t> {
    item.only(
        &[
            "fromType",
            "toType",
            "fromRole",
            "toRole",
            "typeOfRelation",
            "enabled",
            "sources",
        ],
        report,
    );
    item.flag("enabled", report);
    if item.field("typeOfRelation").is_none() {
        item.required_text("typeOfRelation", report);
    }
    let sources = item
        .required_sections("sources", "a source of a relationship", report)
        .iter()
        .map(|source| relationship_source(source, report))
        .collect();
    Relationship {
        from: item.required_text("fromType", report),
        to: item.required_text("toType", report),
        roles: ["fromRole", "toRole"].map(|role| item.text(role, report)),
        kind: item.choice("typeOfRelation", &RELATIONS, report),
        sources,
        place: anchor(item.node),
    }
}

fn relationship_source<'t>(item: &Section<'t>, report: &mut Report) -> RelationshipSource<'t> {
    let rules = item.sections("mappingRules", "a mapping rule", report);
    for rule in &rules {
        rule.only(&MAPPING, report);
        for property in ["sourceProperty", "destinationProperty"] {
            rule.required_text(property, report);
        }
        for transformation in ["sourceTransformation", "destinationTransformation"] {
            rule.choice(transformation, &TRANSFORMATIONS, report);
        }
    }
    RelationshipSource {
        source: read_source(item, report),
        kind: item.text("sourceType", &mut Report::default()),
        mapping_rules: rules.len(),
        place: anchor(item.node),
    }
}

fn entity_type<'t>(item: &Section<'t>, report: &mut Report) -> Option<EntityTypeEntry<'t>> {
    item.only(&["name", "displayName", "enabled", "rules"], report);
    let display_name = item.text("displayName", report);
    let enabled = item.flag("enabled", report).unwrap_or(true);
    let rules = item
        .required_sections("rules", "a rule of an entity type", report)
        .iter()
        .map(|rule| read_rule(rule, report))
        .collect();
    Some(EntityTypeEntry {
        name: item.required_text("name", report)?,
        display_name,
        enabled,
        rules_place: item
            .field("rules")
            .map_or_else(|| anchor(item.node), |field| field.key.span()),
        rules,
    })
}

fn read_rule<'t>(item: &Section<'t>, report: &mut Report) -> Rule<'t> {
    item.only(
        &[
            "idPattern",
            "instanceNamePattern",
            "iconPattern",
            "role",
            "sources",
            "requiredDimensions",
            "attributes",
        ],
        report,
    );
    let id = item
        .required_text("idPattern", report)
        .and_then(|text| pattern(item.source, text, "idPattern", Role::Id, report));
    let instance_name = item
        .text("instanceNamePattern", report)
        .and_then(|text| pattern(item.source, text, "instanceNamePattern", Role::Name, report));
    let icon = item
        .text("iconPattern", report)
        .and_then(|text| pattern(item.source, text, "iconPattern", Role::Icon, report));
    let sources = item
        .required_sections("sources", "a source of a rule", report)
        .iter()
        .map(|source| read_source(source, report))
        .collect();
    let required = item
        .sections(
            "requiredDimensions",
            "an entry of `requiredDimensions`",
            report,
        )
        .into_iter()
        .filter_map(|dimension| required_dimension(&dimension, report))
        .collect();
    let attributes = item
        .sections("attributes", "an attribute", report)
        .into_iter()
        .map(|attribute| read_attribute(&attribute, report))
        .collect();
    Rule {
        id,
        instance_name,
        role: item.text("role", report),
        icon,
        sources,
        required,
        attributes,
    }
}

fn read_source<'t>(item: &Section<'t>, report: &mut Report) -> Source<'t> {
    item.only(&["sourceType", "condition", "mappingRules"], report);
    if item.field("sourceType").is_none() {
        item.required_text("sourceType", report);
    }
    let kind = item.choice("sourceType", &SOURCE_TYPES, report);
    let condition = item
        .text("condition", report)
        .and_then(|text| condition(item.source, text, "condition", report));
    match kind.map(Text::as_str) {
        Some("Metrics") => {
            if item.field("condition").is_none() {
                item.required_text("condition", report);
            }
            Source::Metrics(condition)
        }
        _ => Source::Other,
    }
}

fn required_dimension<'t>(
    item: &Section<'t>,
    report: &mut Report,
) -> Option<RequiredDimension<'t>> {
    item.only(&["key", "valuePattern"], report);
    let value = item
        .text("valuePattern", report)
        .and_then(|text| condition(item.source, text, "valuePattern", report))
        .map(|value| value.condition);
    // The editor writes `requiredDimensions: [{}]` for none; nothing is
    // required by it.
    item.entries().next()?;
    Some(RequiredDimension {
        key: item.required_text("key", report)?,
        value,
    })
}

fn read_attribute<'t>(item: &Section<'t>, report: &mut Report) -> Attribute<'t> {
    item.only(&["key", "displayName", "pattern"], report);
    item.text("displayName", report);
    Attribute {
        key: item.required_text("key", report),
        pattern: item
            .required_text("pattern", report)
            .and_then(|text| pattern(item.source, text, "pattern", Role::Attribute, report)),
    }
}

fn pattern<'t>(
    source: &SourceFile,
    text: Text<'t>,
    field: &str,
    role: Role,
    report: &mut Report,
) -> Option<PatternText<'t>> {
    if text.is_template() {
        return None;
    }
    match Pattern::parse(text.as_str(), role) {
        Ok(pattern) => Some(PatternText { text, pattern }),
        Err(malformed) => {
            report.push(refused(source, text, field, malformed));
            None
        }
    }
}

fn condition<'t>(
    source: &SourceFile,
    text: Text<'t>,
    field: &str,
    report: &mut Report,
) -> Option<ConditionText<'t>> {
    if text.is_template() {
        return None;
    }
    match Condition::parse(text.as_str()) {
        Ok(condition) => {
            report.extend(unescaped(source, text, field, &condition));
            Some(ConditionText { text, condition })
        }
        Err(malformed) => {
            report.push(refused(source, text, field, malformed));
            None
        }
    }
}

/// The finding for a value with a special character that has no `~` before it.
/// What the platform makes of it is not documented.
fn unescaped(
    source: &SourceFile,
    text: Text<'_>,
    field: &str,
    condition: &Condition,
) -> Option<Diagnostic> {
    let written = condition.to_string();
    if written == text.as_str() {
        return None;
    }
    let (span, edit) = (
        text.span(),
        fix::replace_scalar(source, text.span(), &written),
    );
    Some(
        Diagnostic::new(
            &codes::TOPOLOGY_PATTERN,
            span,
            format!(
                "the {field} `{}` has a `(`, `)` or `~` that is not escaped",
                text.as_str()
            ),
        )
        .severity(Severity::Warning)
        .label("may be read otherwise")
        .help(format!("put a `~` before it: `{written}`"))
        .fix(format!("write `{written}`"), vec![edit]),
    )
}

fn refused(source: &SourceFile, text: Text<'_>, field: &str, malformed: Malformed) -> Diagnostic {
    let finding = Diagnostic::new(
        &codes::TOPOLOGY_PATTERN,
        text.span(),
        format!("the {field} `{}` {}", text.as_str(), malformed.problem),
    )
    .label("the platform refuses this")
    .help(malformed.help);
    match malformed.replacement {
        Some(replacement) => finding.write_instead(source, text.span(), &replacement),
        None => finding,
    }
}
