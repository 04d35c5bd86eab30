//! The findings for people: excerpts, then one line that sums up.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use extyped_manifest::diagnostic::{Diagnostic, Report, Severity};
use extyped_manifest::render;
use extyped_manifest::source::SourceFile;

const GOOD: Style = AnsiColor::BrightGreen.on_default().bold();
const BAD: Style = AnsiColor::BrightRed.on_default().bold();
const DOUBTFUL: Style = AnsiColor::BrightYellow.on_default().bold();

/// The findings with their excerpts, an empty line after each.
pub(crate) fn findings<'a>(
    out: &mut impl Write,
    source: &SourceFile,
    diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
) -> io::Result<()> {
    for diagnostic in diagnostics {
        // The stream takes the colors out again where they are not wanted.
        let text = render::human(source, diagnostic, render::Style::Colored);
        writeln!(out, "{}\n", text.trim_end())?;
    }
    Ok(())
}

/// What was mended, or would be.
pub(crate) fn mended(
    out: &mut impl Write,
    file: &str,
    titles: &[String],
    dry_run: bool,
) -> io::Result<()> {
    let verb = if dry_run { "would mend" } else { "mended" };
    if titles.is_empty() {
        return Ok(());
    }
    let file = render::harmless(file);
    writeln!(out, "{GOOD}{verb}{GOOD:#} {file}:")?;
    for title in titles {
        writeln!(out, "  - {}", render::harmless(title))?;
    }
    writeln!(out)
}

/// Why something was not mended.
pub(crate) fn obstacles(out: &mut impl Write, obstacles: &BTreeSet<String>) -> io::Result<()> {
    for obstacle in obstacles {
        writeln!(
            out,
            "{DOUBTFUL}note{DOUBTFUL:#}: {}\n",
            render::harmless(obstacle)
        )?;
    }
    Ok(())
}

/// The line that sums up `what`, a file or several.
pub(crate) fn summary(out: &mut impl Write, what: &str, report: &Report) -> io::Result<()> {
    let style = match report
        .diagnostics()
        .iter()
        .map(|found| found.severity)
        .max()
    {
        Some(Severity::Error) => BAD,
        Some(Severity::Warning) => DOUBTFUL,
        Some(Severity::Hint) | None => GOOD,
    };
    let what = render::harmless(what);
    writeln!(out, "{what}: {style}{}{style:#}", render::summary(report))
}
