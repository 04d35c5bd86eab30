//! `# extyped: allow(EXT051) reason`: comments that speak to the checks.
//!
//! A comment after a value is about what begins on its line, one on a line of
//! its own about what begins on the next: an entry with its value, or an item
//! of a list, as a whole.

use super::{Refused, is_fixed};
use crate::codes::{self, Code};
use crate::diagnostic::{Diagnostic, Edit, Report, Severity};
use crate::order::order_by;
use crate::source::{SourceFile, Span, offset};
use crate::yaml::{self, Tree};

/// What a comment that speaks to the checks starts with.
const ADDRESS: &str = "extyped:";

/// All comments of a file.
#[derive(Default)]
pub(super) struct Comments {
    allows: Vec<Allow>,
    /// What is wrong with the comments themselves.
    problems: Vec<Diagnostic>,
}

/// One code in the list of a comment.
struct Allow {
    code: &'static Code,
    /// Where the code is written.
    span: Span,
    /// The comment it stands in.
    comment: Comment,
    /// What it is about; nothing if nothing begins there.
    about: Option<Span>,
    is_used: bool,
}

/// A comment that addresses the checks.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Comment {
    /// From the `#` to the end of the line.
    span: Span,
    /// Whether nothing else stands on its line.
    is_alone: bool,
}

/// The codes between the parentheses, each with its place, and the reason.
struct Parts<'s> {
    codes: Vec<(&'s str, Span)>,
    reason: &'s str,
}

impl Comments {
    /// Reads the comments of a file. Of one that is no YAML there are none:
    /// where a comment starts is then anybody's guess.
    pub(super) fn read(source: &SourceFile) -> Self {
        let mut comments = Comments::default();
        if !source.text().contains(ADDRESS) {
            return comments;
        }
        if let Some(tree) = yaml::parse(source, &mut Report::default()) {
            let places = Places::new(source, &tree);
            for comment in places.comments(source) {
                comments.add(source, &places, comment);
            }
        }
        comments
    }

    /// Whether a comment allows the finding.
    pub(super) fn allow(&mut self, finding: &Diagnostic) -> bool {
        let Some(place) = finding.span else {
            return false;
        };
        let mut is_allowed = false;
        for allow in &mut self.allows {
            let covers = allow
                .about
                .is_some_and(|about| about.start <= place.start && place.start <= about.end);
            if allow.code == finding.code && covers {
                // Of several that do, each had its use.
                allow.is_used = true;
                is_allowed = true;
            }
        }
        is_allowed
    }

    /// What there is to say about the comments, now that all findings are in.
    /// Of what is `unseen`, nobody knows whether it would have been found.
    pub(super) fn into_findings(self, source: &SourceFile, unseen: &[&Code]) -> Vec<Diagnostic> {
        let Comments {
            mut allows,
            problems,
        } = self;
        for allow in &mut allows {
            // Without the catalog most checks have not been made.
            allow.is_used |= cfg!(not(feature = "catalog")) || unseen.contains(&allow.code);
        }
        let mut findings = problems;
        for allow in allows.iter().filter(|allow| !allow.is_used) {
            findings.push(unused(source, allow, &allows));
        }
        findings
    }

    fn add(&mut self, source: &SourceFile, places: &Places, comment: Comment) {
        let Some(parts) = parts(source, comment.span) else {
            self.problems.push(
                setting(comment.span, "this comment is not understood").help(
                    "write `# extyped: allow(EXT051) reason`, with several codes between \
                     commas; other comments must not start with `extyped:`",
                ),
            );
            return;
        };
        if parts.reason.is_empty() {
            self.problems.push(
                Diagnostic::new(
                    &codes::ALLOW_WITHOUT_REASON,
                    comment.span,
                    "this comment does not say why",
                )
                .label("a reason belongs here")
                .help("write after the parenthesis why the finding may stay"),
            );
        }
        let about = places.about(source, comment);
        for (name, span) in parts.codes {
            match codes::find(name) {
                Some(code) if is_fixed(code) => {
                    let refused = Refused::fixed(code);
                    self.problems
                        .push(setting(span, refused.message).help(refused.help));
                }
                Some(code) => self.allows.push(Allow {
                    code,
                    span,
                    comment,
                    about,
                    is_used: false,
                }),
                None => self.problems.push(unknown(name, span)),
            }
        }
    }
}

fn setting(span: Span, message: impl Into<String>) -> Diagnostic {
    // The worst that can happen is that a finding is seen which was not to be.
    Diagnostic::new(&codes::LINT_SETTING, span, message)
        .severity(Severity::Warning)
        .label("allows nothing")
}

fn unknown(name: &str, span: Span) -> Diagnostic {
    if super::GROUPS.contains(&name) {
        return setting(span, format!("a comment cannot allow `{name}`"))
            .help("name the codes of the findings; extyped.toml takes groups");
    }
    let refused = Refused::unknown(name);
    let finding = setting(span, refused.message).help(refused.help);
    match refused.meant {
        Some(code) => {
            let replacement = code.id.to_owned();
            finding.fix(
                format!("write `{}`", code.id),
                vec![Edit { span, replacement }],
            )
        }
        None => finding,
    }
}

fn unused(source: &SourceFile, allow: &Allow, all: &[Allow]) -> Diagnostic {
    let code = allow.code.id;
    let of_comment = all.iter().filter(|other| other.comment == allow.comment);
    let is_useless = of_comment.clone().all(|other| !other.is_used);
    let edit = if is_useless {
        remove(source, allow.comment)
    } else {
        let spans: Vec<Span> = of_comment.map(|other| other.span).collect();
        remove_from_list(allow.span, &spans)
    };
    if allow.about.is_none() {
        // Where it belongs only the author knows.
        let message = format!("nothing begins where this comment allows `{code}`");
        return Diagnostic::new(&codes::UNUSED_ALLOW, allow.span, message)
            .label("allows nothing")
            .help("put it on the line of the finding, or on the line above it");
    }
    let message = format!("nothing here is a finding of `{code}` that could be allowed");
    Diagnostic::new(&codes::UNUSED_ALLOW, allow.span, message)
        .label("allows nothing")
        .help("remove it, or move it to the line of the finding or the line above")
        .fix(
            format!("remove the comment that allows `{code}`"),
            vec![edit],
        )
}

/// Takes a comment away, and its line if nothing else is on it.
fn remove(source: &SourceFile, comment: Comment) -> Edit {
    let text = source.text();
    let before = text.get(..comment.span.start as usize).unwrap_or_default();
    let start = offset(before.trim_end_matches([' ', '\t']).len());
    let span = if comment.is_alone {
        let next = source.line_of(comment.span.start) + 1;
        let end = if next <= source.line_count() {
            source.line(next).start
        } else {
            comment.span.end
        };
        Span::new(start, end)
    } else {
        Span::new(start, comment.span.end)
    };
    Edit {
        span,
        replacement: String::new(),
    }
}

/// Takes one code out of a list, with the comma that set it apart.
fn remove_from_list(code: Span, list: &[Span]) -> Edit {
    let next = list.iter().filter(|other| other.start > code.start).min();
    let previous = list.iter().filter(|other| other.start < code.start).max();
    let span = match (next, previous) {
        (Some(next), _) => Span::new(code.start, next.start),
        (None, Some(previous)) => Span::new(previous.end, code.end),
        (None, None) => code,
    };
    Edit {
        span,
        replacement: String::new(),
    }
}

/// The parts of `# extyped: allow(A, B) reason`.
fn parts(source: &SourceFile, comment: Span) -> Option<Parts<'_>> {
    let text = source.slice(comment);
    let (_, said) = text.split_once(ADDRESS)?;
    let list = said.trim_start().strip_prefix("allow")?.trim_start();
    let (list, reason) = list.strip_prefix('(')?.split_once(')')?;
    let start_of = |part: &str| offset(part.as_ptr().addr() - text.as_ptr().addr());
    let codes: Vec<(&str, Span)> = list
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| {
            let start = comment.start + start_of(name);
            (name, Span::new(start, start + offset(name.len())))
        })
        .collect();
    (!codes.is_empty()).then(|| Parts {
        codes,
        reason: reason.trim_matches(|c: char| c.is_whitespace() || ":-–—".contains(c)),
    })
}

/// Where comments can stand in a file, and what they can be about.
struct Places {
    /// The scalars, in the order of the file.
    scalars: Vec<Span>,
    /// Entries and items, in the order of the file; of those that begin at the
    /// same place, the longest first.
    nodes: Vec<Span>,
}

impl Places {
    fn new(source: &SourceFile, tree: &Tree) -> Self {
        let mut scalars: Vec<Span> = Vec::new();
        let mut nodes: Vec<Span> = Vec::new();
        for node in tree.nodes() {
            if node.as_str().is_some() {
                scalars.push(node.span());
            }
            nodes.extend(node.items().map(yaml::Node::span));
            nodes.extend(node.entries().map(|entry| {
                let (key, value) = (entry.key.span(), entry.value.span());
                // The value of an alias stands elsewhere.
                Span::new(key.start, value.end.max(key.end))
            }));
        }
        order_by(&mut scalars, |span| span.order());
        order_by(&mut nodes, |span| {
            [source.line_of(span.start), u32::MAX - span.end, 0]
        });
        Places { scalars, nodes }
    }

    /// The comments that address the checks.
    fn comments(&self, source: &SourceFile) -> Vec<Comment> {
        let text = source.text();
        let found = text.match_indices(ADDRESS).filter_map(|(at, _)| {
            let before = text.get(..at)?.trim_end_matches([' ', '\t']);
            let start = before.trim_end_matches('#');
            let line = source.line(source.line_of(offset(at)));
            let indent = text.get(line.start as usize..start.len())?;
            let is_alone = indent.trim_matches('\u{feff}').trim().is_empty();
            let is_comment = start.len() < before.len()
                && (is_alone || start.ends_with([' ', '\t']))
                && !self.is_text(offset(start.len()));
            is_comment.then(|| Comment {
                span: Span::new(offset(start.len()), line.end),
                is_alone,
            })
        });
        found.collect()
    }

    fn is_text(&self, at: u32) -> bool {
        let after = self.scalars.partition_point(|span| span.start <= at);
        let before = self.scalars.get(..after).and_then(<[Span]>::last);
        before.is_some_and(|span| at < span.end)
    }

    /// What a comment is about: what begins on its line, or on the next one
    /// that is no comment. That line itself is always part of it.
    fn about(&self, source: &SourceFile, comment: Comment) -> Option<Span> {
        let mut number = source.line_of(comment.span.start);
        if comment.is_alone {
            number += 1;
            while source
                .slice(source.line(number))
                .trim_start()
                .starts_with('#')
            {
                number += 1;
            }
        }
        let line = source.line(number);
        if source.slice(line).trim().is_empty() {
            return None;
        }
        let first = self
            .nodes
            .partition_point(|span| source.line_of(span.start) < number);
        let node = self.nodes.get(first);
        let node = node.filter(|span| source.line_of(span.start) == number);
        let end = node.map_or(line.end, |span| span.end.max(line.end));
        Some(Span::new(line.start, end))
    }
}
