//! Files of a revision, as the program git gives them.

use std::io::{self, Read as _};
use std::process::{Command, Stdio};

use extyped_manifest::file::MAX_BYTES;
use extyped_manifest::source::SourceFile;

use super::text;
use crate::failure::Failure;
use crate::files;

/// A file or folder of a revision.
#[derive(Debug, Clone)]
pub(super) struct Revision {
    revision: String,
    path: String,
}

impl Revision {
    /// Reads `REV:PATH`.
    pub(super) fn parse(place: &str) -> Result<Self, Failure> {
        let parts = place.split_once(':').filter(|(revision, _)| {
            // What starts with a dash git would take for an option.
            !revision.is_empty() && !revision.starts_with('-')
        });
        let Some((revision, path)) = parts else {
            return Err(Failure::new(format!("`git:{place}` names no revision"))
                .help("write `git:REV:PATH`, for example `git:v1.2.0:extension/extension.yaml`"));
        };
        Ok(Revision {
            revision: revision.to_owned(),
            path: path.trim_matches('/').to_owned(),
        })
    }

    /// The manifest at the path, or of the folder there.
    pub(super) fn manifest(self) -> Result<(SourceFile, Revision), Failure> {
        let first = match self.read() {
            Ok(source) => return Ok((source, self)),
            Err(failure) => failure,
        };
        for place in files::PLACES {
            let path = if self.path.is_empty() {
                place.to_owned()
            } else {
                format!("{}/{place}", self.path)
            };
            let inside = Revision {
                path,
                ..self.clone()
            };
            if let Ok(source) = inside.read() {
                return Ok((source, inside));
            }
        }
        Err(first)
    }

    /// A file in the same folder.
    pub(super) fn beside(&self, name: &str) -> Revision {
        let path = match self.path.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{name}"),
            None => name.to_owned(),
        };
        Revision {
            path,
            ..self.clone()
        }
    }

    /// The file: at the path from the current folder, else from the top of the
    /// repository, where git itself looks.
    pub(super) fn read(&self) -> Result<SourceFile, Failure> {
        let here = format!("{}:./{}", self.revision, self.path);
        let bytes = blob(&here).or_else(|failure| {
            blob(&format!("{}:{}", self.revision, self.path)).map_err(|_| failure)
        })?;
        text(&format!("git:{}:{}", self.revision, self.path), bytes)
    }
}

/// The content of an object that is a file.
fn blob(object: &str) -> Result<Vec<u8>, Failure> {
    let mut command = Command::new("git");
    command
        .args(["cat-file", "blob", object])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let started = command.spawn().map_err(|cause| {
        let failure = Failure::new("git cannot be run").cause(cause);
        failure.help("a place that starts with `git:` needs the program git")
    });
    let mut child = started?;
    let mut bytes = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        // One byte more than allowed tells a file that is too large.
        let limit = MAX_BYTES as u64 + 1;
        stdout.take(limit).read_to_end(&mut bytes).map_err(unread)?;
    }
    let output = child.wait_with_output().map_err(unread)?;
    if output.status.success() || bytes.len() > MAX_BYTES {
        return Ok(bytes);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim().trim_start_matches("fatal: ");
    Err(
        Failure::new(format!("git does not find `{object}`: {said}")).help(
            "write `git:REV:PATH`; `git log` shows revisions, and PATH is a manifest or its folder",
        ),
    )
}

fn unread(cause: io::Error) -> Failure {
    Failure::new("what git prints cannot be read").cause(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_and_a_path_are_told_apart() {
        let parsed = Revision::parse("v1.0:a/extension.yaml").expect("both");
        assert_eq!(parsed.revision, "v1.0");
        assert_eq!(parsed.path, "a/extension.yaml");
        assert_eq!(parsed.beside("x/y.json").path, "a/x/y.json");
        let top = Revision::parse("HEAD:extension.yaml").expect("both");
        assert_eq!(top.beside("y.json").path, "y.json");
        for place in ["", "HEAD", ":path", "--upload-pack=x:path"] {
            Revision::parse(place).expect_err(place);
        }
    }
}
