//! `extyped explain`.

use std::fmt::Write as _;
use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use extyped_manifest::codes::{self, Code};
use extyped_manifest::diagnostic::Severity;
use extyped_manifest::suggest::closest;

use crate::Outcome;
use crate::args::ExplainArgs;
use crate::failure::Failure;

const HEADING: Style = Style::new().bold();
const CODE: Style = AnsiColor::Cyan.on_default();

pub(crate) fn run(args: &ExplainArgs) -> Result<Outcome, Failure> {
    let text = match &args.code {
        None => list(),
        Some(wanted) => match codes::find(wanted) {
            Some(code) => page(code.explanation),
            None => return Err(unknown(wanted)),
        },
    };
    anstream::stdout().lock().write_all(text.as_bytes())?;
    Ok(Outcome::Sound)
}

fn unknown(wanted: &str) -> Failure {
    let names = codes::ALL.iter().flat_map(|code| [code.id, code.name]);
    let suggestion = numbered(wanted).or_else(|| closest(wanted, names).and_then(codes::find));
    let all = "`extyped explain` lists them all";
    Failure::new(format!("there is no check `{wanted}`")).help(match suggestion {
        Some(code) => format!("did you mean `{}` ({})? {all}", code.id, code.name),
        None => all.to_owned(),
    })
}

/// The code with the number in `wanted`: `30`, `E030` and `EXT0030` all mean
/// `EXT030`.
fn numbered(wanted: &str) -> Option<&'static Code> {
    let digits = wanted.trim_start_matches(|c: char| !c.is_ascii_digit());
    let number: u16 = digits.parse().ok()?;
    codes::find(&format!("EXT{number:03}"))
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
    fn a_slip_in_a_code_is_understood() {
        for slip in ["30", "030", "EXT30", "ext-030", "E0030"] {
            assert_eq!(numbered(slip).map(|code| code.id), Some("EXT030"), "{slip}");
        }
        assert_eq!(numbered("EXT999"), None);
        assert_eq!(numbered("EXT99999999"), None);
        assert_eq!(numbered("count"), None);
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
