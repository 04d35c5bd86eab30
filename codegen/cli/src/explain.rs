//! `extyped explain`.

use std::fmt::Write as _;
use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use extyped_manifest::codes::{self, Code};
use extyped_manifest::diagnostic::Severity;
use extyped_manifest::levels::is_fixed;

use crate::Outcome;
use crate::args::ExplainArgs;
use crate::failure::Failure;

const HEADING: Style = Style::new().bold();
const CODE: Style = AnsiColor::Cyan.on_default();

pub(crate) fn run(args: &ExplainArgs) -> Result<Outcome, Failure> {
    let text = match &args.code {
        None => list(),
        Some(wanted) => match codes::find(wanted) {
            Some(code) => page(code.explanation) + &standing(code),
            None => return Err(unknown(wanted)),
        },
    };
    anstream::stdout().lock().write_all(text.as_bytes())?;
    Ok(Outcome::Sound)
}

/// Whether the check can be switched off, and how.
fn standing(code: &Code) -> String {
    let id = code.id;
    let text = if is_fixed(code) {
        "This check cannot be switched off: without it there is nothing to generate code from."
            .to_owned()
    } else {
        format!(
            "Where you know better: `-A {id}`, `{id} = \"allow\"` under `[lints]` in extyped.toml,\n\
             or a comment in the manifest, `# extyped: allow({id}) reason`."
        )
    };
    format!("\n{}\n", inline(&text))
}

fn unknown(wanted: &str) -> Failure {
    let suggestion = codes::meant(wanted);
    let all = "`extyped explain` lists them all";
    Failure::new(format!("there is no check `{wanted}`")).help(match suggestion {
        Some(code) => format!("did you mean `{}` ({})? {all}", code.id, code.name),
        None => all.to_owned(),
    })
}

fn list() -> String {
    let width = codes::ALL.iter().map(|code| code.name.len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for code in codes::ALL {
        let severity = match code.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{CODE}{}{CODE:#}  {:width$}  {severity}",
            code.id, code.name
        );
    }
    text
}

/// A page of Markdown for a terminal: headings and code stand out, the marks
/// that only a renderer needs are gone.
fn page(markdown: &str) -> String {
    let mut text = String::new();
    let mut in_block = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        let _ = if in_block && line.is_empty() {
            writeln!(text)
        } else if in_block {
            writeln!(text, "    {CODE}{line}{CODE:#}")
        } else if let Some(heading) = heading(line) {
            writeln!(text, "{HEADING}{heading}{HEADING:#}")
        } else {
            writeln!(text, "{}", inline(line))
        };
    }
    text
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    (text.len() < line.len()).then(|| text.strip_prefix(' '))?
}

/// Colors what stands between backticks and leaves them: without color they
/// are what sets it apart.
fn inline(line: &str) -> String {
    let mut parts = line.split('`');
    let mut text = parts.next().unwrap_or_default().to_owned();
    let mut is_code = true;
    let rest: Vec<_> = parts.collect();
    for (at, part) in rest.iter().enumerate() {
        let is_closed = at + 1 < rest.len();
        let _ = match (is_code, is_closed) {
            (true, true) => write!(text, "{CODE}`{part}`{CODE:#}"),
            (true, false) => write!(text, "`{part}"),
            (false, _) => write!(text, "{part}"),
        };
        is_code = !is_code;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn a_page_keeps_its_words_and_loses_its_marks() {
        let text = page("# EXT030: name\n\nAbout `a` and `b`.\n\n```yaml\n# key\n\na: 1\n```\n");
        assert_eq!(
            plain(&text),
            "EXT030: name\n\nAbout `a` and `b`.\n\n    # key\n\n    a: 1\n"
        );
        assert!(text.contains(&format!("{CODE}`a`{CODE:#}")));
        assert!(text.contains(&format!("{HEADING}EXT030: name{HEADING:#}")));
    }

    #[test]
    fn a_backtick_without_a_partner_stays_a_backtick() {
        assert_eq!(inline("a ` b"), "a ` b");
        assert_eq!(plain(&inline("`a` b ` c")), "`a` b ` c");
    }

    #[test]
    fn every_check_is_listed_on_a_line_of_its_own() {
        let list = plain(&list());
        assert_eq!(list.lines().count(), codes::ALL.len());
        for (line, code) in list.lines().zip(codes::ALL) {
            assert!(
                line.starts_with(code.id) && line.contains(code.name),
                "{line}"
            );
        }
    }
}
