//! The `vars` section: what a user of a declarative data source fills in.

use crate::model::Text;
use crate::model::section::Section;
use crate::yaml::Node;

/// A variable of the monitoring configuration: an entry of `vars`.
pub(crate) struct Variable<'t> {
    /// `id`.
    pub(crate) id: Text<'t>,
    /// `defaultValue`.
    pub(crate) default: Option<Text<'t>>,
}

/// Reads `vars`, whose form was checked before.
pub(super) fn read<'t>(root: &Section<'t>) -> Vec<Variable<'t>> {
    let list = root.field("vars").map(|field| field.value);
    let items = list.into_iter().flat_map(Node::items);
    items
        .filter_map(|item| {
            Some(Variable {
                id: item.get("id").and_then(Text::of)?,
                default: item.get("defaultValue").and_then(Text::of),
            })
        })
        .collect()
}
