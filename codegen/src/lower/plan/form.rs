//! The types that read an activation, decided.

use extyped_manifest::contract::{
    Activation, Choice, Enumeration, Form, ObjectType, Property, Side,
};

use crate::lower::ident::Name;

/// Everything that the module `activation` holds.
pub(crate) struct Forms<'c> {
    pub(crate) contract: &'c Activation,
    pub(crate) types: Vec<FormType<'c>>,
    pub(crate) choices: Vec<ChoiceType<'c>>,
    /// One for each side that the manifest activates.
    pub(crate) roots: Vec<Root>,
}

/// A side, and the type that reads it.
pub(crate) struct Root {
    pub(crate) side: Side,
    /// None where the schema is missing or wrong.
    pub(crate) form: Option<Form>,
    /// The side whose type it shares.
    pub(crate) same_as: Option<Side>,
}

/// A struct.
pub(crate) struct FormType<'c> {
    pub(crate) contract: &'c ObjectType,
    pub(crate) name: Name,
    pub(crate) fields: Vec<FormField<'c>>,
}

/// A field of a struct.
pub(crate) struct FormField<'c> {
    pub(crate) contract: &'c Property,
    pub(crate) name: Name,
    pub(crate) of_type: FieldType,
}

/// The type of a field, whether it may be missing aside.
pub(crate) enum FieldType {
    Text,
    Url,
    Secret,
    Boolean,
    Integer,
    Float,
    Date,
    Time,
    DateTime,
    ZonedDateTime,
    Setting,
    /// Anything.
    Json,
    /// Several; whether each may be missing.
    List(Box<FieldType>, bool),
    /// A struct or an enum.
    Named(Name),
    /// A struct that holds the one that the field is of.
    Boxed(Name),
}

/// An enum.
pub(crate) struct ChoiceType<'c> {
    pub(crate) contract: &'c Enumeration,
    pub(crate) name: Name,
    pub(crate) variants: Vec<Variant<'c>>,
}

/// A variant of an enum.
pub(crate) struct Variant<'c> {
    pub(crate) contract: &'c Choice,
    pub(crate) name: Name,
}
