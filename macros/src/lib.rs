//! The `extension!` macro of [extyped](https://docs.rs/extyped), which
//! re-exports it: that is where to use it from.

mod arguments;
mod expand;
mod literal;
mod locate;

use std::path::PathBuf;

use proc_macro::{Span, TokenStream};

use self::locate::Site;

/// Writes typed reporters for the metrics of a manifest.
///
/// The path leads to `extension.yaml` from the folder of Cargo.toml, or from
/// that of the calling file. A change to the manifest builds the crate again.
///
/// # What it writes
/// * `Metrics`, with a method for each set of dimensions. `Metrics::of(cx)`
///   gives it to a callback.
/// * A struct of the required dimensions for each set, such as
///   `NodeDimensions`, and a reporter, such as `Node`, with a method for each
///   metric and a `with_…` method for each optional dimension.
/// * An enum for each dimension whose values the topology lists.
/// * `FeatureSet`, if the manifest has feature sets.
/// * `activation`, a module of the types that read the monitoring configuration:
///   `Remote` and `Local`, whichever the manifest activates, a struct for each
///   object type that they reach, and an enum for each list of choices. Where
///   both sides are activated, `Activation` reads either. They are made of the
///   activation schemas that `python.activation` names; without one, `Activation`
///   is JSON.
/// * `MANIFEST`, for the runtime.
///
/// # Names
/// A set is named after its entity type without the namespace (`lb:node`
/// becomes `Node` and `node`), else after what the keys of its metrics share.
/// A metric is named after its key without the prefix that all metrics of the
/// set share. Keywords become raw identifiers (`r#type`), and a name that
/// would start with a digit gets a word in front (`Value200`). A name changes
/// only when its own set changes.
///
/// # Options
/// ```ignore
/// extyped::extension!(
///     "extension/extension.yaml",
///     // What a metric is, where its key does not say it.
///     kinds = { "lb.sessions" = gauge },
///     // Other names, for whatever the manifest names: metrics, dimensions,
///     // entity types, feature sets, values, sets by their dimensions, and the
///     // types, properties and choices of an activation schema.
///     names = {
///         "lb:node" = "Member",
///         "lb.cpu" = "cpu_usage",
///         "state=UP" = "Running",
///         "{device.address}{pool.name}" = "Pool",
///     },
///     // Declared dimensions that need not be given.
///     optional = ["region"],
///     // The path of this crate, where it has another name.
///     crate = ::extyped,
///     // The visibility of everything written.
///     visibility = pub(crate),
///     // How much checks matter, by code, name or group.
///     allow = ["EXT032"],
///     warn = ["unknown-unit"],
///     deny = ["warnings"],
/// );
/// ```
///
/// What holds for every face stands in `extyped.toml`, beside the manifest or in
/// a folder above it, and in comments of the manifest; `extyped explain EXT073`
/// shows both.
///
/// # Errors
/// Everything that is wrong with the manifest is an error of the compiler with
/// the place in the manifest; the code of the sound part is written all the
/// same. Warnings show as uses of deprecated constants: `#[allow(deprecated)]`
/// on a module around the macro silences them.
#[proc_macro]
pub fn extension(input: TokenStream) -> TokenStream {
    let source_file = Span::call_site().local_file();
    let site = Site {
        manifest_dir: std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from),
        source_dir: source_file.and_then(|file| file.parent().map(PathBuf::from)),
    };
    expand::expand(input.into(), &site).into()
}
