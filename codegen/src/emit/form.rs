//! The module `activation`: the types that read what operators fill in.

use extyped_manifest::contract::Side;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::docs::Docs;
use super::{Face, text};
use crate::lower::plan::form::{ChoiceType, FieldType, FormField, FormType, Forms, Root};

/// The module; nothing for an extension without code, which reads no
/// activation.
pub(super) fn emit(forms: &Forms<'_>, face: &Face) -> Option<TokenStream> {
    if !forms.contract.has_code {
        return None;
    }
    let Face { krate, visibility } = face;
    if forms.roots.is_empty() {
        let docs = Docs::new("The activation of the extension.");
        let raw_docs = Docs::new(
            "The activation, as JSON: the manifest names no activation schema to make types of.",
        );
        return Some(quote! {
            #docs
            #[allow(dead_code, unreachable_pub)]
            #visibility mod activation {
                #raw_docs
                pub type Activation = #krate::RawActivation;
            }
        });
    }
    let docs = Docs::new("What operators fill in, as the activation schema describes it.")
        .paragraph(
            "A configuration is held against the schema when it is read, and everything that is \
             wrong with it is told at once.",
        );
    let schemas = forms.contract.schemas.iter().enumerate();
    let schemas = schemas.map(|(index, schema)| {
        let (name, text) = (schema_name(index), raw(&schema.text));
        quote!(const #name: &str = #text;)
    });
    let types = forms.types.iter().map(|of_type| structure(of_type, face));
    let choices = forms
        .choices
        .iter()
        .map(|choices| enumeration(choices, face));
    let roots = forms
        .roots
        .iter()
        .map(|root| configuration(root, forms, face));
    let both = (forms.roots.len() > 1).then(|| either(forms, face));
    Some(quote! {
        #docs
        #[allow(
            dead_code,
            unreachable_pub,
            clippy::doc_markdown,
            clippy::enum_variant_names,
            clippy::large_enum_variant,
            clippy::struct_excessive_bools,
            clippy::struct_field_names,
        )]
        #visibility mod activation {
            #(#schemas)*
            #(#types)*
            #(#choices)*
            #(#roots)*
            #both
        }
    })
}

fn schema_name(index: usize) -> proc_macro2::Ident {
    format_ident!("SCHEMA_{index}")
}

/// A text as somebody would write it who means it to be read: a raw string with
/// as many signs as it takes.
fn raw(text: &str) -> TokenStream {
    // A raw string holds no carriage return; to JSON it is white space.
    let text = text.replace('\r', "");
    let longest = text
        .split(|c| c != '#')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let signs = "#".repeat(longest + 1);
    let literal = format!("r{signs}\"{text}\"{signs}");
    literal
        .parse()
        .unwrap_or_else(|_| quote::ToTokens::to_token_stream(&Literal::string(&text)))
}

fn structure(of_type: &FormType<'_>, face: &Face) -> TokenStream {
    let krate = &face.krate;
    let contract = of_type.contract;
    let docs = Docs::default()
        .words(contract.display_name.as_deref())
        .words(contract.description.as_deref())
        .paragraph(format!(
            "The type {} of the schema.",
            text::code(&contract.name)
        ));
    let name = of_type.name.ident();
    let fields = of_type.fields.iter().map(|field| {
        let docs = field_docs(field);
        let (name, of_type) = (field.name.ident(), field_type(field, krate));
        quote!(#docs pub #name: #of_type)
    });
    let read = of_type.fields.iter().map(|field| {
        let (name, key) = (field.name.ident(), &field.contract.name);
        quote!(#name: #krate::__private::field(value, #key)?)
    });
    let value = if of_type.fields.is_empty() {
        quote!(_)
    } else {
        quote!(value)
    };
    quote! {
        #docs
        #[derive(Debug, Clone)]
        pub struct #name {
            #(#fields,)*
        }
        impl #krate::__private::FromActivation for #name {
            fn from_activation(
                #value: &mut #krate::__private::Value,
            ) -> #krate::__private::Result<Self, #krate::__private::Mismatch> {
                #krate::__private::Result::Ok(#name {
                    #(#read,)*
                })
            }
        }
    }
}

fn field_docs(field: &FormField<'_>) -> Docs {
    let contract = field.contract;
    let mut docs = Docs::default()
        .words(contract.display_name.as_deref())
        .words(contract.description.as_deref());
    if !contract.limits.is_empty() {
        let limits = contract.limits.join(", ");
        docs = docs.words(Some(&format!("It has to be: {limits}.")));
    }
    if let Some(default) = &contract.default {
        docs = docs.paragraph(format!("Default: {}.", text::code(default)));
    }
    if contract.has_precondition {
        docs = docs.paragraph("`None` while the form hides it.");
    }
    docs.paragraph(format!("Field {}.", text::code(&contract.name)))
}

fn field_type(field: &FormField<'_>, krate: &TokenStream) -> TokenStream {
    let plain = plain_type(&field.of_type, krate);
    if field.contract.is_optional {
        quote!(#krate::__private::Option<#plain>)
    } else {
        plain
    }
}

fn plain_type(of_type: &FieldType, krate: &TokenStream) -> TokenStream {
    match of_type {
        FieldType::Text => quote!(#krate::__private::String),
        FieldType::Url => quote!(#krate::Url),
        FieldType::Secret => quote!(#krate::Secret),
        FieldType::Boolean => quote!(bool),
        FieldType::Integer => quote!(i64),
        FieldType::Float => quote!(f64),
        FieldType::Date => quote!(#krate::jiff::civil::Date),
        FieldType::Time => quote!(#krate::jiff::civil::Time),
        FieldType::DateTime => quote!(#krate::jiff::civil::DateTime),
        FieldType::ZonedDateTime => quote!(#krate::jiff::ZonedDateTime),
        FieldType::Setting => quote!(#krate::Setting),
        FieldType::Json => quote!(#krate::__private::Value),
        FieldType::List(item, may_be_missing) => {
            let item = plain_type(item, krate);
            if *may_be_missing {
                quote!(#krate::__private::Vec<#krate::__private::Option<#item>>)
            } else {
                quote!(#krate::__private::Vec<#item>)
            }
        }
        FieldType::Named(name) => {
            let name = name.ident();
            quote!(#name)
        }
        FieldType::Boxed(name) => {
            let name = name.ident();
            quote!(#krate::__private::Box<#name>)
        }
    }
}

fn enumeration(choices: &ChoiceType<'_>, face: &Face) -> TokenStream {
    let krate = &face.krate;
    let contract = choices.contract;
    let docs = Docs::default()
        .words(contract.display_name.as_deref())
        .words(contract.description.as_deref())
        .paragraph(format!(
            "The choices {} of the schema.",
            text::code(&contract.name)
        ));
    let name = choices.name.ident();
    let variants = choices.variants.iter().map(|variant| {
        let docs = Docs::default()
            .words(variant.contract.display_name.as_deref())
            .paragraph(format!("Choice {}.", text::code(&variant.contract.value)));
        let variant = variant.name.ident();
        quote!(#docs #variant)
    });
    let written = choices.variants.iter().map(|variant| {
        let (value, variant) = (&variant.contract.value, variant.name.ident());
        quote!(#name::#variant => #value)
    });
    let read = choices.variants.iter().map(|variant| {
        let (value, variant) = (&variant.contract.value, variant.name.ident());
        quote!(#value => #krate::__private::Result::Ok(#name::#variant))
    });
    let as_str_docs = Docs::new("The value as a configuration holds it.");
    quote! {
        #docs
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum #name {
            #(#variants,)*
        }
        impl #name {
            #as_str_docs
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    #(#written,)*
                }
            }
        }
        impl #krate::__private::FromActivation for #name {
            fn from_activation(
                value: &mut #krate::__private::Value,
            ) -> #krate::__private::Result<Self, #krate::__private::Mismatch> {
                match #krate::__private::choice(value)?.as_str() {
                    #(#read,)*
                    _ => #krate::__private::Result::Err(#krate::__private::no_choice()),
                }
            }
        }
    }
}

/// How a side is read.
fn configuration(root: &Root, forms: &Forms<'_>, face: &Face) -> TokenStream {
    let krate = &face.krate;
    let name = format_ident!("{}", root.side_name());
    let docs = Docs::new(match root.side {
        Side::Remote => "What operators fill in for an ActiveGate.",
        Side::Local => "What operators fill in for a OneAgent.",
    });
    let Some(form) = root.form else {
        let docs = docs.paragraph("JSON, because its schema could not be read.");
        return quote!(#docs pub type #name = #krate::RawActivation;);
    };
    if let Some(other) = root.same_as {
        let other = match other {
            Side::Remote => quote!(Remote),
            Side::Local => quote!(Local),
        };
        return quote!(#docs pub type #name = #other;);
    }
    let schema = schema_name(form.schema);
    let is_shared = forms.roots.iter().any(|it| it.same_as == Some(root.side));
    let read = if is_shared {
        quote!(document.either(#schema))
    } else {
        let side = name.clone();
        quote!(document.one(#schema, #krate::__private::Side::#side))
    };
    quote! {
        impl #krate::Configuration for #name {
            fn read(
                document: &#krate::__private::Document<'_>,
            ) -> #krate::__private::Result<#krate::__private::Read<Self>, #krate::ActivationError> {
                #read
            }
        }
    }
}

/// The enum of both sides.
fn either(forms: &Forms<'_>, face: &Face) -> TokenStream {
    let krate = &face.krate;
    let docs = Docs::new("What operators fill in, for whichever side.");
    let read = forms.roots.iter().map(|root| {
        let side = format_ident!("{}", root.side_name());
        quote! {
            #krate::__private::Side::#side =>
                <#side as #krate::Configuration>::read(document)?.map(Activation::#side)
        }
    });
    quote! {
        #docs
        #[derive(Debug, Clone)]
        pub enum Activation {
            /// On an ActiveGate.
            Remote(Remote),
            /// On a OneAgent.
            Local(Local),
        }
        impl #krate::Configuration for Activation {
            fn read(
                document: &#krate::__private::Document<'_>,
            ) -> #krate::__private::Result<#krate::__private::Read<Self>, #krate::ActivationError> {
                #krate::__private::Result::Ok(match document.side()? {
                    #(#read,)*
                })
            }
        }
    }
}
