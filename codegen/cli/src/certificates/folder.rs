//! Where certificates are kept: in the folder that `dt-sdk` uses as well.

use std::env;
use std::path::PathBuf;

use crate::failure::Failure;

/// What names another folder.
const VARIABLE: &str = "DT_CERTIFICATES_FOLDER";

/// The folder, which need not be there.
pub(super) fn default() -> Result<PathBuf, Failure> {
    if let Some(folder) = env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
        return Ok(folder.into());
    }
    match env::home_dir() {
        Some(home) if !home.as_os_str().is_empty() => {
            Ok(home.join(".dynatrace").join("certificates"))
        }
        _ => Err(
            Failure::new("there is no home folder to keep certificates in")
                .help(format!("name a folder, or set {VARIABLE}")),
        ),
    }
}
