//! Plan → tokens. Nothing is decided here and nothing can fail.

mod docs;
mod form;
mod manifest;
mod reporter;
mod sets;
mod text;
mod values;

use proc_macro2::TokenStream;
use quote::quote;

use crate::lower::plan::Plan;

/// The version of the interface between generated code and the runtime's
/// hidden module. The runtime refuses any other.
const API: u32 = 3;

/// What does not come from the manifest.
pub(crate) struct Face {
    /// The path of the `extyped` crate.
    pub(crate) krate: TokenStream,
    /// The visibility of the items.
    pub(crate) visibility: TokenStream,
}

/// Writes the plan down.
///
/// What an author may leave unused is allowed to be dead code; methods of
/// metrics are not. In a private module of a binary, where nothing else can call
/// them, rustc then tells which metrics of the manifest are never reported.
pub(crate) fn emit(plan: &Plan<'_>, face: &Face) -> TokenStream {
    let Face { krate, .. } = face;
    let manifest = manifest::emit(plan, face);
    let metrics = sets::emit(plan, face);
    let reporters = plan.sets.iter().map(|set| reporter::emit(plan, set, face));
    let values = values::emit(plan);
    let forms = form::emit(&plan.forms, face);
    quote! {
        const _: () = #krate::__private::assert_generator(#API);
        #manifest
        #metrics
        #(#reporters)*
        #values
        #forms
    }
}
