//! How much each check matters to the author, who may know better.
//!
//! Three places say so: `extyped.toml` for all manifests below its folder, the
//! options of a face for one run, and comments in the manifest for one node.
//! The nearest to the finding wins.

mod comments;
mod settings;

#[cfg(test)]
mod tests;

use std::fmt;

pub use self::settings::{FILE_NAME, Settings};

use self::comments::Comments;
use crate::beside::Companion;
use crate::codes::{self, Code};
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::source::SourceFile;

/// What becomes of the findings of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// They are not reported.
    Allow,
    /// They are warnings.
    Warn,
    /// They are errors.
    Deny,
}

/// The levels of checks that are not left as they are.
///
/// A check that is named by itself has the level it is given. Others have that
/// of the group `all`. What then is a hint or a warning gets the level of the
/// groups `hints` and `warnings`, as with rustc's `-D warnings`.
///
/// No level touches an error that leaves nothing to generate code from: faults
/// of the syntax and of names (see [`is_fixed`]).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels {
    all: Option<Level>,
    hints: Option<Level>,
    warnings: Option<Level>,
    codes: Vec<(&'static Code, Level)>,
}

/// Why a level cannot be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// The check that is most likely meant.
    pub meant: Option<&'static Code>,
}

/// The groups, which stand where a code can.
pub const GROUPS: [&str; 3] = ["all", "hints", "warnings"];

/// Checks whose errors leave nothing that code could be generated from.
static FIXED: [&Code; 12] = [
    &codes::YAML_SYNTAX,
    &codes::DUPLICATE_KEY,
    &codes::TOO_LARGE,
    &codes::SEVERAL_DOCUMENTS,
    &codes::UNREADABLE_FILE,
    &codes::METRIC_KEY,
    &codes::METRIC_KEY_LENGTH,
    &codes::DIMENSION_KEY,
    &codes::NAME_COLLISION,
    &codes::UNKNOWN_OPTION_TARGET,
    &codes::INVALID_OPTION,
    &codes::LINT_SETTING,
];

/// Checks whose findings in a manifest come from a look at the files it names.
static OF_FILES: [&Code; 2] = [&codes::MISSING_FILE, &codes::BROKEN_FILE];

/// Whether an error of this check stays one whatever is said: without a file
/// that can be read, or without names, there is nothing to generate code from.
pub fn is_fixed(code: &Code) -> bool {
    FIXED.contains(&code)
}

impl Level {
    /// The level with this name: `allow`, `warn` or `deny`.
    pub fn named(name: &str) -> Option<Level> {
        match name {
            "allow" => Some(Level::Allow),
            "warn" => Some(Level::Warn),
            "deny" => Some(Level::Deny),
            _ => None,
        }
    }

    fn severity(self) -> Option<Severity> {
        match self {
            Level::Allow => None,
            Level::Warn => Some(Severity::Warning),
            Level::Deny => Some(Severity::Error),
        }
    }
}

impl Levels {
    /// Gives a check, by its code or name, or a group a level. The last word
    /// on the same check counts.
    ///
    /// # Errors
    /// When there is no such check, or its errors cannot be made less.
    pub fn set(&mut self, selector: &str, level: Level) -> Result<(), Refused> {
        match selector {
            "all" => self.all = Some(level),
            "hints" => self.hints = Some(level),
            "warnings" => self.warnings = Some(level),
            _ => {
                let code = codes::find(selector).ok_or_else(|| Refused::unknown(selector))?;
                if is_fixed(code) && level != Level::Deny {
                    return Err(Refused::fixed(code));
                }
                self.codes.retain(|(known, _)| *known != code);
                self.codes.push((code, level));
            }
        }
        Ok(())
    }

    /// These levels where they say something, else those of `base`.
    #[must_use]
    pub fn over(&self, base: &Levels) -> Levels {
        let mut codes = self.codes.clone();
        let is_new = |code| self.codes.iter().all(|(known, _)| *known != code);
        codes.extend(base.codes.iter().filter(|(code, _)| is_new(*code)));
        Levels {
            all: self.all.or(base.all),
            hints: self.hints.or(base.hints),
            warnings: self.warnings.or(base.warnings),
            codes,
        }
    }

    /// The findings of all phases as the author wants to see them: comments in
    /// the manifest are heeded, then these levels. JSON has no comments: in the
    /// files beside the manifest these levels alone decide.
    ///
    /// Comments that are wrong or allow nothing are findings themselves. Those
    /// that allow what only a look at all files beside the manifest could find
    /// are left in peace.
    #[must_use]
    pub fn apply(
        &self,
        source: &SourceFile,
        report: Report,
        companions: Vec<Companion>,
    ) -> (Report, Vec<Companion>) {
        self.heed_all(source, report, companions, &OF_FILES)
    }

    /// Does what [`Levels::apply`] does where all files that the manifest names
    /// were looked at.
    #[must_use]
    pub fn apply_to_all(
        &self,
        source: &SourceFile,
        report: Report,
        companions: Vec<Companion>,
    ) -> (Report, Vec<Companion>) {
        self.heed_all(source, report, companions, &[])
    }

    fn heed_all(
        &self,
        source: &SourceFile,
        report: Report,
        companions: Vec<Companion>,
        unseen: &[&Code],
    ) -> (Report, Vec<Companion>) {
        let companions = companions.into_iter().map(|companion| Companion {
            report: self.weigh_all(companion.report),
            source: companion.source,
        });
        (self.heed(source, report, unseen), companions.collect())
    }

    /// Heeds comments, then these levels. Nothing of `unseen` was looked for.
    fn heed(&self, source: &SourceFile, report: Report, unseen: &[&Code]) -> Report {
        let mut comments = Comments::read(source);
        let mut kept: Vec<Diagnostic> = report
            .into_iter()
            .filter(|finding| !comments.allow(finding))
            .collect();
        kept.extend(comments.into_findings(source, unseen));
        self.weigh_all(kept.into_iter().collect())
    }

    fn weigh_all(&self, report: Report) -> Report {
        let mut report: Report = report
            .into_iter()
            .filter_map(|finding| self.weigh(finding))
            .collect();
        report.sort();
        report
    }

    /// The finding with the severity it has here, if it is to be seen.
    fn weigh(&self, mut finding: Diagnostic) -> Option<Diagnostic> {
        if finding.severity == Severity::Error && is_fixed(finding.code) {
            return Some(finding);
        }
        let own = self.codes.iter().find(|(code, _)| *code == finding.code);
        let mut steps = [
            (Severity::Hint, self.hints),
            (Severity::Warning, self.warnings),
        ]
        .into_iter();
        if let Some(level) = own.map(|(_, level)| *level).or(self.all) {
            finding.severity = level.severity()?;
        }
        steps.try_for_each(|(severity, level)| {
            if let (true, Some(level)) = (finding.severity == severity, level) {
                finding.severity = level.severity()?;
            }
            Some(())
        })?;
        Some(finding)
    }
}

impl Refused {
    fn unknown(selector: &str) -> Self {
        let meant = codes::meant(selector);
        let group = crate::suggest::closest(selector, GROUPS);
        Refused {
            message: format!("there is no check `{selector}`"),
            help: match (meant, group) {
                (_, Some(group)) => format!("did you mean `{group}`?"),
                (Some(code), _) => format!("did you mean `{}` ({})?", code.id, code.name),
                _ => "`extyped explain` lists all checks; the groups are `all`, `hints` and \
                      `warnings`"
                    .to_owned(),
            },
            meant,
        }
    }

    fn fixed(code: &'static Code) -> Self {
        Refused {
            message: format!("`{}` ({}) cannot be switched off", code.id, code.name),
            help: "without it there is nothing to generate code from; mend what it finds"
                .to_owned(),
            meant: None,
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.message, self.help)
    }
}

impl std::error::Error for Refused {}
