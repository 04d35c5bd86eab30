//! The Python SDK.

use std::path::PathBuf;

use crate::venv;

/// A Python that has the SDK; or what there is instead.
pub(crate) fn python() -> Result<PathBuf, String> {
    venv::python(&["dt-extensions-sdk==1.11.2"], "dynatrace_extension")
}
