//! The option `names`: what it renames, and what it names in vain.

use std::cell::RefCell;

use extyped_manifest::codes;
use extyped_manifest::diagnostic::{Diagnostic, Report};

use extyped_manifest::suggest::closest;

/// The option `names`, and what was asked of it.
pub(crate) struct Renames<'o> {
    names: &'o [(String, String)],
    /// Everything that could have been renamed.
    asked: RefCell<Vec<String>>,
}

impl<'o> Renames<'o> {
    pub(crate) fn new(names: &'o [(String, String)]) -> Self {
        Renames {
            names,
            asked: RefCell::default(),
        }
    }

    /// The words to name `original` with, where the option has some.
    pub(crate) fn get(&self, original: &str) -> Option<&'o str> {
        self.asked.borrow_mut().push(original.to_owned());
        self.names
            .iter()
            .find(|(key, words)| key == original && !is_blank(words))
            .map(|(_, words)| words.as_str())
    }

    /// Reports what can name nothing: no words, and things that nobody asked
    /// for. `complete` says whether everything in the manifest was asked for;
    /// if not, a name may belong to a part that was left out for its errors.
    pub(crate) fn finish(self, complete: bool, report: &mut Report) {
        let mut asked = self.asked.into_inner();
        asked.sort_unstable();
        asked.dedup();
        for (key, words) in self.names {
            let first = self.names.iter().find(|(other, _)| other == key);
            if let Some((_, first)) = first
                && first != words
            {
                report.push(
                    Diagnostic::new(
                        &codes::INVALID_OPTION,
                        None,
                        format!("the option `names` calls `{key}` both `{first}` and `{words}`"),
                    )
                    .help("say it once"),
                );
            }
            if is_blank(words) {
                report.push(
                    Diagnostic::new(
                        &codes::INVALID_OPTION,
                        None,
                        format!("the option `names` gives `{key}` the name `{words}`, which has no letter"),
                    )
                    .help("write the words of the name, `pool_member`"),
                );
            }
            if complete && !asked.contains(key) {
                let diagnostic = Diagnostic::new(
                    &codes::UNKNOWN_OPTION_TARGET,
                    None,
                    format!("the option `names` renames `{key}`, which the manifest does not have"),
                );
                report.push(match closest(key, asked.iter().map(String::as_str)) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic.help(
                        "name a metric, a dimension, an entity type, a feature set or a \
                         value as the manifest writes it, or the dimensions of a set as \
                         `{node.name}{pool.name}`",
                    ),
                });
            }
        }
    }
}

fn is_blank(words: &str) -> bool {
    !words.chars().any(char::is_alphanumeric)
}
