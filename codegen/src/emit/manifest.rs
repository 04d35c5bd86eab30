//! `MANIFEST` and `FeatureSet`.

use extyped_manifest::contract::Kind;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::docs::Docs;
use super::{Face, text};
use crate::lower::plan::Plan;

/// What the runtime needs to know, and what the author can ask for.
pub(super) fn emit(plan: &Plan<'_>, face: &Face) -> TokenStream {
    let Face { krate, visibility } = face;
    let name = &plan.contract.name;
    let version = &plan.contract.version;
    let docs = Docs::new(format!(
        "The manifest of the extension {}, version {}, as the runtime needs it.",
        text::code(name),
        text::code(version)
    ));
    let metrics = plan.contract.metrics.iter().map(|metric| {
        let key = &metric.key;
        let kind = match metric.kind {
            Kind::Gauge => quote!(Gauge),
            Kind::Count => quote!(Count),
        };
        let indices = metric.feature_sets.iter().copied();
        let feature_sets = indices.map(Literal::usize_unsuffixed);
        quote!(#krate::Metric::new(#key, #krate::Kind::#kind, &[#(#feature_sets),*]))
    });
    let feature_sets = plan.contract.feature_sets.iter().map(|set| &set.name);
    let enumeration = feature_set(plan, face);
    quote! {
        #docs
        #visibility static MANIFEST: #krate::Manifest = #krate::Manifest::new(
            #name,
            #version,
            &[#(#metrics),*],
            &[#(#feature_sets),*],
        );
        #enumeration
    }
}

/// The enum of feature sets; nothing where the manifest has none.
fn feature_set(plan: &Plan<'_>, face: &Face) -> Option<TokenStream> {
    if plan.feature_sets.is_empty() {
        return None;
    }
    let Face { krate, visibility } = face;
    let enum_docs = Docs::new("The feature sets of the manifest.").paragraph(
        "`default` is always enabled; the activation of a monitoring configuration \
         enables the others.",
    );
    let variants = plan.feature_sets.iter().map(|set| {
        let docs = Docs::new(format!("The feature set {}.", text::code(set.name)));
        let variant = set.variant.ident();
        let index = Literal::usize_unsuffixed(set.index);
        quote!(#docs #variant = #index)
    });
    let names = plan.feature_sets.iter().map(|set| {
        let (variant, name) = (set.variant.ident(), set.name);
        quote!(FeatureSet::#variant => #name)
    });
    let as_str_docs = Docs::new("The name as the manifest has it.");
    Some(quote! {
        #enum_docs
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(dead_code, clippy::doc_markdown, clippy::enum_variant_names)]
        #visibility enum FeatureSet {
            #(#variants,)*
        }
        #[allow(dead_code)]
        impl FeatureSet {
            #as_str_docs
            #[must_use]
            #visibility const fn as_str(self) -> &'static str {
                match self {
                    #(#names,)*
                }
            }
        }
        impl #krate::__private::Display for FeatureSet {
            fn fmt(&self, f: &mut #krate::__private::Formatter<'_>) -> #krate::__private::FmtResult {
                f.pad(self.as_str())
            }
        }
    })
}
