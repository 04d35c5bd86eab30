//! What operators fill in, as the activation schemas describe it.

use crate::source::Span;

/// The forms of an extension, one for each side it can be activated on.
#[derive(Debug, Clone, Default)]
pub struct Activation {
    /// The schemas that were read, in the order of the manifest.
    pub schemas: Vec<ActivationSchema>,
    /// The sides that the manifest activates, remote before local. A side whose
    /// schema is missing or wrong has no form.
    pub sides: Vec<(Side, Option<Form>)>,
    /// Whether the extension has code of its own, which reads activations.
    pub has_code: bool,
}

/// A way to activate an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// On an `ActiveGate`, `pythonRemote`.
    Remote,
    /// On a `OneAgent`, `pythonLocal`.
    Local,
}

/// Where the fields of a form are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Index into [`Activation::schemas`].
    pub schema: usize,
    /// Index into [`ActivationSchema::types`].
    pub object_type: usize,
}

/// A schema, as far as its forms need it.
#[derive(Debug, Clone)]
pub struct ActivationSchema {
    /// The path that the manifest names.
    pub path: String,
    /// The text of the file.
    pub text: String,
    /// The object types that the forms reach, in the order of the file.
    pub types: Vec<ObjectType>,
    /// The enumerations that the forms reach, in the order of the file.
    pub enumerations: Vec<Enumeration>,
}

/// A group of fields.
#[derive(Debug, Clone)]
pub struct ObjectType {
    /// Its name in `types`.
    pub name: String,
    /// Where the name is written.
    pub span: Span,
    /// `displayName`, if given.
    pub display_name: Option<String>,
    /// `description`, if given.
    pub description: Option<String>,
    /// The fields, in the order of the form.
    pub properties: Vec<Property>,
}

/// A field.
#[derive(Debug, Clone)]
pub struct Property {
    /// Its name in JSON.
    pub name: String,
    /// Where the name is written.
    pub span: Span,
    /// `displayName`, if given.
    pub display_name: Option<String>,
    /// `description`, if given.
    pub description: Option<String>,
    /// What it holds.
    pub kind: PropertyKind,
    /// Whether it may have no value: it is nullable, or a precondition may hide
    /// it.
    pub is_optional: bool,
    /// The default, as the file writes it; none for a secret.
    pub default: Option<String>,
    /// What a value has to be, in words: `1 to 500 characters`.
    pub limits: Vec<String>,
    /// How many items a list has at least; 0 for anything else.
    pub least_items: u64,
    /// Whether a precondition may hide it.
    pub has_precondition: bool,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PropertyKind {
    /// A text.
    Text,
    /// A text that is a URL.
    Url,
    /// A text that is shown to nobody.
    Secret,
    /// `true` or `false`.
    Boolean,
    /// A number without a fraction.
    Integer,
    /// A number.
    Float,
    /// A date.
    LocalDate,
    /// A time of day.
    LocalTime,
    /// A date and a time of day.
    LocalDateTime,
    /// A date and a time in a zone.
    ZonedDateTime,
    /// The name of a time zone.
    TimeZone,
    /// The identifier of an object of the tenant.
    Setting,
    /// Several values; whether each may be missing.
    List(Box<PropertyKind>, bool),
    /// A group of fields.
    Object {
        /// Index into [`ActivationSchema::types`].
        object_type: usize,
        /// Whether the group holds itself, by way of this field.
        is_recursive: bool,
    },
    /// A choice: index into [`ActivationSchema::enumerations`].
    Choice(usize),
    /// Something the schema does not say in words that are known.
    Other,
}

/// A list of choices.
#[derive(Debug, Clone)]
pub struct Enumeration {
    /// Its name in `enums`.
    pub name: String,
    /// Where the name is written.
    pub span: Span,
    /// `displayName`, if given.
    pub display_name: Option<String>,
    /// `description`, if given.
    pub description: Option<String>,
    /// What may be chosen.
    pub choices: Vec<Choice>,
}

/// What may be chosen.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The value as JSON holds it, without quotes.
    pub value: String,
    /// Where it is written.
    pub span: Span,
    /// `displayName`, if given.
    pub display_name: Option<String>,
}
