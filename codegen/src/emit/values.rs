//! The hidden module with a type for each metric.
//!
//! The types exist for rustc's messages, which show their names: so they are
//! named like the keys, whatever the conventions for types.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote;

use crate::lower::plan::Plan;

/// The module; nothing where there is no metric. A metric that no reporter has,
/// since its method could not be named, has no type either: it would be unused.
pub(super) fn emit(plan: &Plan<'_>) -> Option<TokenStream> {
    let methods = plan.sets.iter().flat_map(|set| &set.methods);
    let reported: HashSet<usize> = methods.map(|method| method.metric).collect();
    if reported.is_empty() {
        return None;
    }
    let metrics = plan.metrics.iter().enumerate();
    let names = metrics
        .filter(|(index, _)| reported.contains(index))
        .map(|(_, metric)| metric.marker.ident());
    Some(quote! {
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types, unreachable_pub)]
        mod metric {
            #(pub enum #names {})*
        }
    })
}
