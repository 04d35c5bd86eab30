//! What operators may fill in, and whether what they filled in is that.
//!
//! An activation schema (`activationSchema.json`) describes the web form of a
//! monitoring configuration: object types with properties, enums, constraints,
//! preconditions. [`Schema::check`] holds a configuration against it, reports
//! all violations at once, and hands back a document that is complete: defaults
//! filled in, hidden fields gone. The same code reads the configuration of a
//! running extension, judges a file on a developer's machine, and checks the
//! defaults of the schema itself.
//!
//! ```
//! use extyped_activation::{Schema, Side};
//!
//! let schema = Schema::read(r##"{
//!     "types": {"remote": {"type": "object", "properties": {
//!         "host": {"displayName": "Host", "type": "text",
//!             "constraints": [{"type": "NOT_BLANK"}]},
//!         "port": {"displayName": "Port", "type": "integer", "default": 443}
//!     }}},
//!     "properties": {"pythonRemote": {"type": {"$ref": "#/types/remote"}}}
//! }"##)?;
//! let sound = schema.check(Side::Remote, &serde_json::json!({"host": "lb-1"}));
//! assert_eq!(sound.value["port"], 443);
//!
//! let wrong = schema.check(Side::Remote, &serde_json::json!({"host": " ", "port": "x"}));
//! let told: Vec<String> = wrong.violations.iter().map(ToString::to_string).collect();
//! assert_eq!(told, [
//!     "pythonRemote.host (\"Host\") is blank",
//!     "pythonRemote.port (\"Port\") is a text where an integer is expected",
//! ]);
//! # Ok::<(), extyped_activation::SchemaError>(())
//! ```

mod check;
mod constraint;
mod pattern;
pub mod placeholder;
mod precondition;
#[cfg(feature = "sample")]
mod sample;
mod schema;
mod value;
mod violation;

pub use check::Checked;
pub use constraint::{Constraint, Rule};
pub use precondition::Precondition;
#[cfg(feature = "sample")]
pub use sample::{Ordered, Sample};
pub use schema::{Choice, Enumeration, Kind, ObjectType, Property, Schema, SchemaError, Side};
pub use violation::Violation;
