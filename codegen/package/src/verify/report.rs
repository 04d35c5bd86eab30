//! What was checked, and what came of it.

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is as it should be.
    Passed,
    /// It is not.
    Failed,
    /// That could not be found out.
    Open,
}

/// One thing that has to be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What it is about, in a word or two.
    pub about: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// What was found.
    pub text: String,
    /// What to do about it.
    pub help: Option<&'static str>,
}

/// All checks in the order in which they build on each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The checks.
    pub checks: Vec<Check>,
}

impl Report {
    /// Whether nothing is wrong; something may have stayed open.
    pub fn is_sound(&self) -> bool {
        let mut checks = self.checks.iter();
        checks.all(|check| check.outcome != Outcome::Failed)
    }

    pub(super) fn passed(&mut self, about: &'static str, text: impl Into<String>) {
        self.push(about, Outcome::Passed, text, None);
    }

    pub(super) fn failed(
        &mut self,
        about: &'static str,
        text: impl Into<String>,
        help: Option<&'static str>,
    ) {
        self.push(about, Outcome::Failed, text, help);
    }

    pub(super) fn open(&mut self, about: &'static str, text: impl Into<String>) {
        self.push(about, Outcome::Open, text, None);
    }

    fn push(
        &mut self,
        about: &'static str,
        outcome: Outcome,
        text: impl Into<String>,
        help: Option<&'static str>,
    ) {
        self.checks.push(Check {
            about,
            outcome,
            text: text.into(),
            help,
        });
    }
}
