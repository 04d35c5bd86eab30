//! The `screens` section: which cards each screen defines, which its layouts
//! name, and which attributes it shows.

use crate::model::Text;
use crate::model::section::Section;
use crate::yaml::Node;

/// An entry of `screens`.
pub(crate) struct Screen<'t> {
    /// `entityType`.
    pub(crate) entity_type: Option<Text<'t>>,
    /// The cards that it defines.
    pub(crate) cards: Vec<Card<'t>>,
    /// The cards that its layouts and injections name.
    pub(crate) named: Vec<NamedCard<'t>>,
    /// Whether a layout shows cards that it does not name.
    pub(crate) shows_all: bool,
    /// The attributes it shows.
    pub(crate) attributes: Vec<ShownAttribute<'t>>,
}

/// A card as a screen defines it.
pub(crate) struct Card<'t> {
    pub(crate) key: Text<'t>,
    /// The kind under which a layout names it.
    pub(crate) kind: &'static str,
}

/// A card as a layout names it.
pub(crate) struct NamedCard<'t> {
    pub(crate) key: Text<'t>,
    /// `type`.
    pub(crate) kind: Option<Text<'t>>,
    /// The entity types whose screens define it, if it is not this one's.
    pub(crate) of: Vec<&'t str>,
}

/// An attribute that a screen shows.
pub(crate) struct ShownAttribute<'t> {
    pub(crate) key: Text<'t>,
    /// The entity type whose attribute it is; none if a selector decides.
    pub(crate) of: Option<&'t str>,
}

/// The lists of cards, and the kind of those in each.
const CARD_LISTS: [(&str, &str); 8] = [
    ("chartsCards", "CHART_GROUP"),
    ("dqlTableCards", "DQL_TABLE"),
    ("entitiesListCards", "ENTITIES_LIST"),
    ("eventsCards", "EVENTS"),
    ("healthCards", "HEALTH"),
    ("logsCards", "LOGS"),
    ("messageCards", "MESSAGE"),
    ("metricTableCards", "METRIC_TABLE"),
];

/// The parts of a screen that name cards.
const LAYOUTS: [&str; 2] = ["listSettings", "detailsSettings"];
const INJECTIONS: [&str; 2] = ["listInjections", "detailsInjections"];

/// Reads `screens`, whose form was checked before.
pub(super) fn read<'t>(root: &Section<'t>) -> Vec<Screen<'t>> {
    let screens = root.field("screens").map(|field| field.value);
    screens
        .into_iter()
        .flat_map(Node::items)
        .map(screen)
        .collect()
}

fn screen(node: Node<'_>) -> Screen<'_> {
    let mut screen = Screen {
        entity_type: node.get("entityType").and_then(Text::of),
        cards: Vec::new(),
        named: Vec::new(),
        shows_all: false,
        attributes: Vec::new(),
    };
    for (list, kind) in CARD_LISTS {
        for card in node.get(list).into_iter().flat_map(Node::items) {
            let key = card.get("key").and_then(Text::of);
            screen.cards.extend(key.map(|key| Card { key, kind }));
        }
    }
    for settings in LAYOUTS.iter().filter_map(|settings| node.get(settings)) {
        if let Some(layout) = settings.get("layout") {
            let automatic = layout.get("autoGenerate").and_then(Node::as_bool);
            screen.shows_all |= automatic == Some(true);
            screen.names(layout.get("cards"));
        }
    }
    for injections in INJECTIONS {
        screen.names(node.get(injections));
    }
    screen.shown(node);
    screen
}

impl<'t> Screen<'t> {
    /// Takes the cards of a layout, those in groups too.
    fn names(&mut self, cards: Option<Node<'t>>) {
        for card in cards.into_iter().flat_map(Node::items) {
            if let Some(group) = card.get("cards") {
                self.names(Some(group));
                continue;
            }
            let kind = card.get("type").and_then(Text::of);
            let key = card.get("key").and_then(Text::of);
            // What others inject is not defined here, and a line has no key.
            let elsewhere = kind.is_some_and(|kind| matches!(&*kind, "INJECTIONS" | "BREAK_LINE"));
            if !elsewhere {
                let selector = card.get("entitySelectorTemplate").and_then(Node::as_str);
                let of = selector.map(crate::selector::entity_types);
                let of = of.unwrap_or_default();
                self.named
                    .extend(key.map(|key| NamedCard { key, kind, of }));
            }
        }
    }

    /// Takes the attributes of the properties card and of lists of entities.
    fn shown(&mut self, node: Node<'t>) {
        let own = self.entity_type.map(Text::as_str);
        let properties = node
            .get("propertiesCard")
            .and_then(|card| card.get("properties"));
        self.attributes_of(properties, own);
        for list in node
            .get("entitiesListCards")
            .into_iter()
            .flat_map(Node::items)
        {
            let of = match list.get("entitySelectorTemplate").and_then(Node::as_str) {
                None => own,
                Some(selector) => crate::selector::entity_types(selector).first().copied(),
            };
            self.attributes_of(list.get("columns"), of);
        }
    }

    fn attributes_of(&mut self, list: Option<Node<'t>>, of: Option<&'t str>) {
        for item in list.into_iter().flat_map(Node::items) {
            let key = item
                .get("attribute")
                .and_then(|attribute| attribute.get("key"));
            let key = key.and_then(Text::of);
            self.attributes
                .extend(key.map(|key| ShownAttribute { key, of }));
        }
    }
}
