//! A set's required dimensions, its enums and its reporter.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::docs::{Docs, enumerate};
use super::sets::{dimensions, opening};
use super::{Face, text};
use crate::lower::ident::Name;
use crate::lower::plan::{Enum, Field, FieldValue, Method, Plan, Set};

/// Everything that belongs to one set.
pub(super) fn emit(plan: &Plan<'_>, set: &Set<'_>, face: &Face) -> TokenStream {
    let dimensions = dimensions_struct(set, face);
    let enums = set.required.iter().chain(&set.optional);
    let enums = enums.filter_map(|field| match &field.value {
        FieldValue::OneOf(values) => Some(enumeration(field, values, face)),
        FieldValue::Display(_) | FieldValue::Prefixed(..) => None,
    });
    let reporter = reporter(plan, set, face);
    quote! {
        #dimensions
        #(#enums)*
        #reporter
    }
}

/// The struct that the compiler checks for missing and unknown dimensions.
fn dimensions_struct(set: &Set<'_>, face: &Face) -> Option<TokenStream> {
    if set.required.is_empty() {
        return None;
    }
    let Face { visibility, .. } = face;
    let docs = Docs::new(format!(
        "The required dimensions of [`struct@{}`].",
        set.reporter.as_str()
    ));
    let name = set.dimensions.ident();
    let parameters: Vec<_> = set.parameters().map(Name::ident).collect();
    let parameters = (!parameters.is_empty()).then(|| quote!(<#(#parameters),*>));
    let fields = set.required.iter().map(|field| {
        let docs = field_docs(field);
        let name = field.name.ident();
        let value = match &field.value {
            FieldValue::Display(parameter) | FieldValue::Prefixed(parameter, _) => {
                parameter.ident()
            }
            FieldValue::OneOf(values) => values.name.ident(),
        };
        quote!(#docs #visibility #name: #value)
    });
    Some(quote! {
        #docs
        #[derive(Debug, Clone, Copy)]
        #[allow(clippy::doc_markdown, clippy::struct_field_names)]
        #visibility struct #name #parameters {
            #(#fields,)*
        }
    })
}

fn field_docs(field: &Field<'_>) -> Docs {
    let key = text::code(&field.contract.key);
    let docs = Docs::default()
        .words(field.contract.display_name.as_deref())
        .paragraph(format!("Dimension {key}."));
    match &field.value {
        FieldValue::Prefixed(_, prefixes) => docs.paragraph(format!(
            "The topology wants a value that begins with {}; a line with another is not sent.",
            enumerate(prefixes.iter().map(String::as_str)).replace(" and ", " or ")
        )),
        FieldValue::Display(_) | FieldValue::OneOf(_) => docs,
    }
}

fn enumeration(field: &Field<'_>, values: &Enum<'_>, face: &Face) -> TokenStream {
    let Face { krate, visibility } = face;
    let key = text::code(&field.contract.key);
    let docs = Docs::new(format!(
        "The values that the topology accepts for dimension {key}."
    ));
    let name = values.name.ident();
    let variants = values.variants.iter().map(|(value, variant)| {
        let docs = Docs::new(format!("The value {}.", text::code(value)));
        let variant = variant.ident();
        quote!(#docs #variant)
    });
    let texts = values.variants.iter().map(|(value, variant)| {
        let variant = variant.ident();
        quote!(#name::#variant => #value)
    });
    let as_str_docs = Docs::new("The value as the manifest has it.");
    quote! {
        #docs
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(dead_code, clippy::doc_markdown, clippy::enum_variant_names)]
        #visibility enum #name {
            #(#variants,)*
        }
        #[allow(dead_code)]
        impl #name {
            #as_str_docs
            #[must_use]
            #visibility const fn as_str(self) -> &'static str {
                match self {
                    #(#texts,)*
                }
            }
        }
        impl #krate::__private::Display for #name {
            fn fmt(&self, f: &mut #krate::__private::Formatter<'_>) -> #krate::__private::FmtResult {
                f.pad(self.as_str())
            }
        }
    }
}

fn reporter(plan: &Plan<'_>, set: &Set<'_>, face: &Face) -> TokenStream {
    let Face { krate, visibility } = face;
    let entity_type = set.contract.entity_type.as_ref();
    let docs = Docs::default()
        .words(entity_type.and_then(|entity_type| entity_type.display_name.as_deref()))
        .paragraph(match entity_type {
            Some(entity_type) => format!(
                "Reports the metrics of an entity of type {}.",
                text::code(&entity_type.name)
            ),
            None => "Reports metrics that share their dimensions.".to_owned(),
        })
        .paragraph(dimensions(set));
    let name = set.reporter.ident();
    let optional = set
        .optional
        .iter()
        .enumerate()
        .map(|(index, field)| with(index, field, face));
    let methods = set
        .methods
        .iter()
        .filter_map(|method| report(plan, method, face));
    quote! {
        #docs
        #[must_use = "a reporter sends nothing until a metric is reported with it"]
        #[derive(Debug)]
        #[allow(clippy::doc_markdown)]
        #visibility struct #name<'r> {
            set: #krate::__private::Set<'r>,
        }
        #[allow(
            clippy::doc_markdown,
            clippy::should_implement_trait,
            clippy::wrong_self_convention,
        )]
        impl #name<'_> {
            #(#optional)*
            #(#methods)*
        }
    }
}

/// The method that adds an optional dimension.
fn with(index: usize, field: &Field<'_>, face: &Face) -> TokenStream {
    let Face { krate, visibility } = face;
    let docs = field_docs(field).paragraph("`None` leaves it out; the first value given holds.");
    let name = field.name.ident();
    let opening = opening(&field.contract.key);
    let index = Literal::usize_unsuffixed(index);
    // Where the type is known, the standard conversion tells rustc enough.
    let (form, bound, value) = match &field.value {
        FieldValue::Display(_) | FieldValue::Prefixed(..) => (
            Some(quote!(<Form>)),
            quote!(#krate::__private::Optional<Form>),
            quote!(#krate::__private::Optional::value(value)),
        ),
        FieldValue::OneOf(values) => {
            let name = values.name.ident();
            (
                None,
                quote!(#krate::__private::Into<#krate::__private::Option<#name>>),
                quote!(#krate::__private::Into::into(value)),
            )
        }
    };
    quote! {
        #docs
        #[allow(dead_code)]
        #visibility fn #name #form(mut self, value: impl #bound) -> Self {
            self.set.optional(#index, #opening, #value);
            self
        }
    }
}

/// The method that reports a metric.
fn report(plan: &Plan<'_>, method: &Method, face: &Face) -> Option<TokenStream> {
    let Face { krate, visibility } = face;
    let metric = plan.metrics.get(method.metric)?;
    let contract = metric.contract;
    let mut facts = vec![format!(
        "Metric {}: a {}",
        text::code(&contract.key),
        if metric.is_count() { "count" } else { "gauge" }
    )];
    facts.extend(
        contract
            .unit
            .as_deref()
            .map(|unit| format!("in {}", text::code(unit))),
    );
    if !contract.feature_sets.is_empty() {
        let feature_sets = enumerate(plan.feature_sets_of(metric));
        facts.push(format!("of the feature set {feature_sets}"));
    }
    let description = contract.description.as_deref();
    let docs = Docs::default()
        .words(contract.display_name.as_deref())
        .words(description.filter(|&text| Some(text) != contract.display_name.as_deref()))
        .paragraph(facts.join(" ") + ".");
    let name = method.name.ident();
    let marker = metric.marker.ident();
    let key = &contract.key;
    let index = Literal::usize_unsuffixed(method.metric);
    let (record, bound) = if metric.is_count() {
        (quote!(count), quote!(Count))
    } else {
        (quote!(gauge), quote!(Gauge))
    };
    Some(quote! {
        #docs
        #visibility fn #name(
            &mut self,
            value: impl #krate::__private::#bound<metric::#marker>,
        ) -> &mut Self {
            self.set.#record(#index, #key, value);
            self
        }
    })
}
