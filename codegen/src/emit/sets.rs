//! `Metrics`: the way in, with a method for each set of dimensions.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::docs::{Docs, enumerate};
use super::{Face, text};
use crate::lower::ident::Name;
use crate::lower::plan::{FieldValue, Plan, Set};

/// The struct and its methods.
pub(super) fn emit(plan: &Plan<'_>, face: &Face) -> TokenStream {
    let Face { krate, visibility } = face;
    let struct_docs = Docs::new(format!(
        "The metrics of the extension {}.",
        text::code(&plan.contract.name)
    ))
    .paragraph("Each method names the dimensions of what is measured and gives a reporter for it.");
    let of_docs = Docs::new("The metrics that a callback reports: `Metrics::of(cx)`.");
    let is_enabled = (!plan.feature_sets.is_empty()).then(|| {
        let docs = Docs::new("Whether the metrics of a feature set are wanted.").paragraph(
            "Metrics that are not are left out in any case; asking saves the work of \
             collecting them.",
        );
        quote! {
            #docs
            #[must_use]
            #[allow(dead_code)]
            #visibility fn is_enabled(&self, feature_set: FeatureSet) -> bool {
                self.recorder.is_feature_set_enabled(feature_set as usize)
            }
        }
    });
    let openers = plan.sets.iter().map(|set| opener(set, face));
    quote! {
        #struct_docs
        #[derive(Debug, Clone, Copy)]
        #visibility struct Metrics<'r> {
            // Without a set of dimensions nothing reads it.
            #[allow(dead_code)]
            recorder: &'r #krate::Recorder,
        }
        #[allow(
            clippy::doc_markdown,
            clippy::too_many_lines,
            clippy::trivially_copy_pass_by_ref,
            clippy::wrong_self_convention,
        )]
        impl<'r> Metrics<'r> {
            #of_docs
            #[must_use]
            #visibility fn of(source: &'r impl #krate::__private::AsRef<#krate::Recorder>) -> Self {
                Metrics { recorder: #krate::__private::AsRef::as_ref(source) }
            }
            #is_enabled
            #(#openers)*
        }
    }
}

/// With more type parameters than these, clippy finds a type too complex. The
/// exact number, 12 today, is for clippy to say.
const PLAIN_PARAMETERS: usize = 8;

/// The method that opens a set.
fn opener(set: &Set<'_>, face: &Face) -> TokenStream {
    let Face { krate, visibility } = face;
    let docs = Docs::new(opens(set)).paragraph(dimensions(set));
    let method = set.method.ident();
    let reporter = set.reporter.ident();
    let constants = set
        .constants
        .iter()
        .map(|(key, value)| (opening(key), value))
        .map(|(opening, value)| quote!(set.constant(#opening, #value);));
    if set.required.is_empty() {
        let open = if set.constants.is_empty() {
            quote!(let set = #krate::__private::Set::open(self.recorder);)
        } else {
            quote! {
                let mut set = #krate::__private::Set::open(self.recorder);
                #(#constants)*
            }
        };
        return quote! {
            #docs
            #visibility fn #method(&self) -> #reporter<'r> {
                #open
                #reporter { set }
            }
        };
    }
    let given = set.required.iter().enumerate().map(|(index, field)| {
        let (name, local) = (field.name.ident(), local(index));
        // As rustc tells authors to write what would be `d0: d0`.
        if name == local {
            quote!(#name)
        } else {
            quote!(#name: #local)
        }
    });
    let written = set.required.iter().enumerate().map(|(index, field)| {
        let opening = opening(&field.contract.key);
        let local = local(index);
        match &field.value {
            FieldValue::Display(_) => quote!(set.dimension(#opening, &#local);),
            FieldValue::Prefixed(_, prefixes) => {
                quote!(set.prefixed(#opening, &[#(#prefixes),*], &#local);)
            }
            FieldValue::OneOf(_) => quote!(set.constant(#opening, #local.as_str());),
        }
    });
    let parameters: Vec<_> = set.parameters().map(Name::ident).collect();
    let bounds =
        (!parameters.is_empty()).then(|| quote!(<#(#parameters: #krate::__private::Display),*>));
    let arguments = (!parameters.is_empty()).then(|| quote!(<#(#parameters),*>));
    let dimensions = set.dimensions.ident();
    let lints =
        (parameters.len() > PLAIN_PARAMETERS).then(|| quote!(#[allow(clippy::type_complexity)]));
    quote! {
        #docs
        #lints
        #visibility fn #method #bounds(&self, dimensions: #dimensions #arguments) -> #reporter<'r> {
            let #dimensions { #(#given),* } = dimensions;
            let mut set = #krate::__private::Set::open(self.recorder);
            #(#constants)*
            #(#written)*
            #reporter { set }
        }
    }
}

/// What the value of a dimension is called meanwhile.
fn local(index: usize) -> Ident {
    format_ident!("d{index}")
}

/// What stands on a line before the value of a dimension.
pub(super) fn opening(key: &str) -> String {
    format!(",{key}=\"")
}

/// What a set is for.
fn opens(set: &Set<'_>) -> String {
    match &set.contract.entity_type {
        Some(entity_type) => format!(
            "Opens a reporter for an entity of type {}.",
            text::code(&entity_type.name)
        ),
        None => "Opens a reporter.".to_owned(),
    }
}

/// The dimensions of a set, in words.
pub(super) fn dimensions(set: &Set<'_>) -> String {
    let mut parts = Vec::new();
    let keys = |fields: &[crate::lower::plan::Field<'_>]| {
        let keys: Vec<_> = fields
            .iter()
            .map(|field| field.contract.key.clone())
            .collect();
        enumerate(keys.iter().map(String::as_str))
    };
    if !set.required.is_empty() {
        parts.push(format!("Dimensions: {}.", keys(&set.required)));
    }
    if !set.optional.is_empty() {
        parts.push(format!("Optional: {}.", keys(&set.optional)));
    }
    if !set.constants.is_empty() {
        let constants: Vec<_> = set
            .constants
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let constants = enumerate(constants.iter().map(String::as_str));
        parts.push(format!("Always: {constants}."));
    }
    if parts.is_empty() {
        "Without dimensions.".to_owned()
    } else {
        parts.join(" ")
    }
}
