//! The hidden module with a type for each metric.
//!
//! The types exist for rustc's messages, which show their names: so they are
//! named like the keys, whatever the conventions for types.

use proc_macro2::TokenStream;
use quote::quote;

use crate::lower::plan::Plan;

/// The module; nothing where there is no metric.
pub(super) fn emit(plan: &Plan<'_>) -> Option<TokenStream> {
    if plan.metrics.is_empty() {
        return None;
    }
    let names = plan.metrics.iter().map(|metric| metric.marker.ident());
    Some(quote! {
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types, unreachable_pub)]
        mod metric {
            #(pub enum #names {})*
        }
    })
}
