//! The names of the types that read an activation.

use extyped_manifest::beside::Companion;
use extyped_manifest::contract::{
    Activation, ActivationSchema, Enumeration, Form, ObjectType, PropertyKind, Side,
};
use extyped_manifest::diagnostic::Report;

use super::claims::{Claims, Owner};
use super::ident::{Name, Role};
use super::plan::form::{ChoiceType, FieldType, FormField, FormType, Forms, Root, Variant};
use super::renames::Renames;

/// Decides the types of all forms. Collisions are findings of the file that the
/// names are in.
pub(super) fn lower<'c>(
    activation: &'c Activation,
    renames: &Renames<'_>,
    companions: &mut [Companion],
) -> Forms<'c> {
    let mut items = Claims::new("type", &["Activation"]).of("activation");
    let roots = roots(activation);
    let mut decided = Forms {
        contract: activation,
        types: Vec::new(),
        choices: Vec::new(),
        roots: Vec::new(),
    };
    // Roots first: their names are promised.
    for root in &roots {
        if root.same_as.is_none() {
            items.reserve(root.side_name());
        }
    }
    for (index, schema) in activation.schemas.iter().enumerate() {
        let mut nobody = Report::default();
        let mut of_file = companions
            .iter_mut()
            .find(|companion| companion.source.name() == schema.path);
        let report = of_file
            .as_deref_mut()
            .map_or(&mut nobody, |companion| &mut companion.report);
        let mut scope = Scope {
            renames,
            items: &mut items,
            report,
        };
        let names = scope.names(schema, index, &roots);
        let types = schema.types.iter().enumerate();
        for (at, contract) in types {
            let Some(Some(name)) = names.types.get(at) else {
                continue;
            };
            decided.types.push(FormType {
                contract,
                fields: scope.fields(contract, name, &names),
                name: name.clone(),
            });
        }
        for (at, contract) in schema.enumerations.iter().enumerate() {
            if let Some(Some(name)) = names.choices.get(at) {
                decided.choices.push(ChoiceType {
                    contract,
                    variants: scope.variants(contract, name),
                    name: name.clone(),
                });
            }
        }
        if let Some(companion) = of_file {
            companion.report.sort();
        }
    }
    decided.roots = roots;
    decided
}

/// The sides, and which of them share a type.
fn roots(activation: &Activation) -> Vec<Root> {
    let mut roots: Vec<Root> = Vec::new();
    for (side, form) in &activation.sides {
        let same = roots
            .iter()
            .find(|other| form.is_some() && other.form == *form);
        let same_as = same.map(|other| other.side);
        roots.push(Root {
            side: *side,
            form: *form,
            same_as,
        });
    }
    roots
}

/// What the types and enumerations of one schema are called; none where the
/// name is taken.
struct Names {
    types: Vec<Option<Name>>,
    choices: Vec<Option<Name>>,
}

struct Scope<'s> {
    renames: &'s Renames<'s>,
    items: &'s mut Claims,
    report: &'s mut Report,
}

impl Scope<'_> {
    fn names(&mut self, schema: &ActivationSchema, index: usize, roots: &[Root]) -> Names {
        let types = schema.types.iter().enumerate().map(|(at, of_type)| {
            let form = Form {
                schema: index,
                object_type: at,
            };
            if let Some(root) = roots.iter().find(|root| root.form == Some(form)) {
                return Some(Name::camel(Role::Type, root.side_name()));
            }
            let owner = Owner {
                what: format!("the type `{}`", of_type.name),
                target: of_type.name.clone(),
                span: of_type.span,
            };
            self.claimed(&owner)
        });
        let types = types.collect();
        let choices = schema.enumerations.iter().map(|choices| {
            let owner = Owner {
                what: format!("the enumeration `{}`", choices.name),
                target: choices.name.clone(),
                span: choices.span,
            };
            self.claimed(&owner)
        });
        Names {
            types,
            choices: choices.collect(),
        }
    }

    fn claimed(&mut self, owner: &Owner) -> Option<Name> {
        let words = self.renames.get(&owner.target).unwrap_or(&owner.target);
        let name = Name::camel(Role::Type, words);
        let is_free = self.items.claim(name.as_str(), owner, self.report);
        is_free.then_some(name)
    }

    fn fields<'c>(
        &mut self,
        of_type: &'c ObjectType,
        name: &Name,
        names: &Names,
    ) -> Vec<FormField<'c>> {
        let mut claims = Claims::new("field", &[]).of(name.as_str());
        let mut fields = Vec::new();
        for property in &of_type.properties {
            let words = self.renames.get(&property.name).unwrap_or(&property.name);
            let field = Name::snake(Role::Field, words);
            let owner = Owner {
                what: format!("the property `{}`", property.name),
                target: property.name.clone(),
                span: property.span,
            };
            if claims.claim(field.as_str(), &owner, self.report) {
                fields.push(FormField {
                    contract: property,
                    name: field,
                    of_type: field_type(&property.kind, names),
                });
            }
        }
        fields
    }

    fn variants<'c>(&mut self, choices: &'c Enumeration, name: &Name) -> Vec<Variant<'c>> {
        let mut claims = Claims::new("variant", &[]).of(name.as_str());
        let mut variants = Vec::new();
        for choice in &choices.choices {
            let target = format!("{}={}", choices.name, choice.value);
            let words = self.renames.get(&target).unwrap_or(&choice.value);
            let variant = Name::camel(Role::Value, words);
            let owner = Owner {
                what: format!("the choice `{}`", choice.value),
                target,
                span: choice.span,
            };
            if claims.claim(variant.as_str(), &owner, self.report) {
                variants.push(Variant {
                    contract: choice,
                    name: variant,
                });
            }
        }
        variants
    }
}

/// The type of a field. What it refers to and has no name can be read all the
/// same, as JSON.
fn field_type(kind: &PropertyKind, names: &Names) -> FieldType {
    match kind {
        PropertyKind::Text | PropertyKind::TimeZone => FieldType::Text,
        PropertyKind::Url => FieldType::Url,
        PropertyKind::Secret => FieldType::Secret,
        PropertyKind::Boolean => FieldType::Boolean,
        PropertyKind::Integer => FieldType::Integer,
        PropertyKind::Float => FieldType::Float,
        PropertyKind::LocalDate => FieldType::Date,
        PropertyKind::LocalTime => FieldType::Time,
        PropertyKind::LocalDateTime => FieldType::DateTime,
        PropertyKind::ZonedDateTime => FieldType::ZonedDateTime,
        PropertyKind::Setting => FieldType::Setting,
        PropertyKind::Other => FieldType::Json,
        PropertyKind::List(item, may_be_missing) => {
            FieldType::List(Box::new(field_type(item, names)), *may_be_missing)
        }
        PropertyKind::Object {
            object_type,
            is_recursive,
        } => match names.types.get(*object_type) {
            Some(Some(name)) if *is_recursive => FieldType::Boxed(name.clone()),
            Some(Some(name)) => FieldType::Named(name.clone()),
            _ => FieldType::Json,
        },
        PropertyKind::Choice(index) => match names.choices.get(*index) {
            Some(Some(name)) => FieldType::Named(name.clone()),
            _ => FieldType::Json,
        },
    }
}

impl Root {
    /// The name of its type, and of the variant of `Activation`.
    pub(crate) fn side_name(&self) -> &'static str {
        match self.side {
            Side::Remote => "Remote",
            Side::Local => "Local",
        }
    }
}
