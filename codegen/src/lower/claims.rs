//! Final names, and who has them: collisions are found on the result.

use std::collections::HashMap;

use extyped_manifest::codes;
use extyped_manifest::diagnostic::{Diagnostic, Report};
use extyped_manifest::source::Span;

/// The names of one scope.
pub(crate) struct Claims {
    /// What has a name here: "method".
    kind: &'static str,
    /// The scope in words, after the name: " of `Node`".
    place: String,
    taken: HashMap<String, Owner>,
}

/// What a name stands for, in the manifest's words.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    /// A noun and what the manifest calls it: "metric `lb.cpu`".
    pub(crate) what: String,
    /// What the option `names` calls it.
    pub(crate) target: String,
    pub(crate) span: Span,
}

/// The owner recorded for names that generated code needs for itself.
const NOBODY: Span = Span { start: 0, end: 0 };

impl Claims {
    /// The scope of things of a kind. The generator itself uses the `reserved`
    /// names.
    pub(crate) fn new(kind: &'static str, reserved: &[&str]) -> Self {
        Claims {
            kind,
            place: String::new(),
            taken: reserved
                .iter()
                .map(|name| ((*name).to_owned(), nobody()))
                .collect(),
        }
    }

    /// Says where the scope is.
    pub(crate) fn of(self, item: &str) -> Self {
        Claims {
            place: format!(" of `{item}`"),
            ..self
        }
    }

    /// Takes `name` for generated code itself.
    pub(crate) fn reserve(&mut self, name: &str) {
        self.taken.insert(name.to_owned(), nobody());
    }

    /// Whether `name` is in use.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.taken.contains_key(name)
    }

    /// Takes `name` for `owner`. Where it is in use, reports the collision and
    /// answers `false`.
    pub(crate) fn claim(&mut self, name: &str, owner: &Owner, report: &mut Report) -> bool {
        let Some(first) = self.taken.get(name) else {
            self.taken.insert(name.to_owned(), owner.clone());
            return true;
        };
        let name = format!("{} `{name}`{}", self.kind, self.place);
        report.push(collision(&name, first, owner));
        false
    }
}

fn nobody() -> Owner {
    Owner {
        what: String::new(),
        target: String::new(),
        span: NOBODY,
    }
}

fn collision(name: &str, first: &Owner, second: &Owner) -> Diagnostic {
    let help = format!(
        "choose another name with the option `names = {{ \"{}\" = \"…\" }}`",
        second.target
    );
    if first.what.is_empty() {
        let message = format!(
            "{} would get the {name}, which generated code needs for itself",
            second.what
        );
        return Diagnostic::new(&codes::NAME_COLLISION, second.span, message)
            .label(format!("would be the {name}"))
            .help(help);
    }
    let message = format!(
        "{} and {} would both get the {name}",
        first.what, second.what
    );
    let diagnostic = Diagnostic::new(&codes::NAME_COLLISION, second.span, message)
        .label(format!("would be the {name} too"))
        .help(help);
    if first.span == second.span {
        diagnostic
    } else {
        diagnostic.related(first.span, format!("is the {name}"))
    }
}
