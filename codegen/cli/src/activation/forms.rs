//! The forms that a manifest has.

use extyped_activation::{Schema, Side};
use extyped_manifest::contract::{self, Activation};

/// The schema of each side that has a form.
pub(crate) fn of(activation: &Activation) -> Vec<(Side, Schema)> {
    let sides = activation.sides.iter();
    let forms = sides.filter_map(|(side, form)| {
        let schema = activation.schemas.get((*form)?.schema)?;
        let side = match side {
            contract::Side::Remote => Side::Remote,
            contract::Side::Local => Side::Local,
        };
        Some((side, Schema::read(&schema.text).ok()?))
    });
    forms.collect()
}
