//! What came of a run, as a table.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use extyped_manifest::render::harmless;
use extyped_simulator::{Call, Severity, Simulator};

use super::child::exit;
use super::entry::{counted, one_line};
use super::session::{Ended, Why};
use super::text::wrap;
use super::verdict::{Judged, never_reported};

const TITLE: Style = Style::new().bold();
const GOOD: Style = AnsiColor::BrightGreen.on_default().bold();
const BAD: Style = AnsiColor::BrightRed.on_default().bold();
const DOUBTFUL: Style = AnsiColor::BrightYellow.on_default().bold();

/// Most rows of anything.
const ROWS: usize = 200;

/// Writes the summary and the verdict; `output` is what the extension wrote last
/// and nobody saw.
pub(crate) fn write(
    out: &mut impl Write,
    judged: &Judged<'_>,
    failures: &[String],
    output: &[String],
) -> io::Result<()> {
    let (subject, simulator) = (judged.subject, judged.simulator);
    writeln!(out)?;
    writeln!(
        out,
        "{TITLE}{} {}{TITLE:#} ran for {:.1} s{}",
        harmless(&subject.name),
        harmless(&subject.version),
        judged.ended.after.as_secs_f64(),
        how(judged.ended)
    )?;
    if !judged.args.fastcheck {
        metrics(out, judged)?;
    }
    requests(out, simulator)?;
    statuses(out, simulator)?;
    findings(out, simulator)?;
    if let Some(failure) = simulator.recording_failure() {
        writeln!(
            out,
            "{BAD}recording{BAD:#}  ended early: {}",
            harmless(&failure)
        )?;
    }
    if !failures.is_empty() && !output.is_empty() {
        writeln!(out)?;
        writeln!(out, "{TITLE}the last it wrote{TITLE:#}")?;
        for line in output {
            writeln!(out, "  {line}")?;
        }
    }
    verdict(out, judged, failures)
}

fn how(ended: &Ended) -> String {
    let Some(status) = ended.exit else {
        return String::new();
    };
    let why = match ended.why {
        Why::ByItself => "ended by itself",
        Why::Time | Why::Asked | Why::Unread if ended.killed.is_some() => "was killed",
        Why::Time | Why::Asked | Why::Unread => "was asked to end",
    };
    format!(" and {why}: {}", exit(status))
}

fn metrics(out: &mut impl Write, judged: &Judged<'_>) -> io::Result<()> {
    let metrics = judged.simulator.metrics();
    writeln!(out)?;
    if metrics.is_empty() {
        writeln!(out, "no metric came")?;
    } else {
        let width = metrics.keys().map(String::len).max().unwrap_or_default();
        let width = width.clamp(6, 60);
        writeln!(
            out,
            "{TITLE}{:<width$}  {:>8}  {:>7}  last value{TITLE:#}",
            "metric", "lines", "series"
        )?;
        for (key, metric) in metrics.iter().take(ROWS) {
            writeln!(
                out,
                "{:<width$}  {:>8}  {:>7}  {}",
                harmless(key),
                metric.lines,
                metric.series,
                metric.last
            )?;
        }
        if metrics.len() > ROWS {
            writeln!(out, "and {} more", metrics.len() - ROWS)?;
        }
    }
    let missing = never_reported(judged.subject, judged.feature_sets, judged.simulator);
    if !missing.is_empty() {
        writeln!(out)?;
        writeln!(
            out,
            "{DOUBTFUL}in the manifest and never reported{DOUBTFUL:#}"
        )?;
        for key in missing.iter().take(ROWS) {
            writeln!(out, "  {}", harmless(key))?;
        }
    }
    let off: Vec<&str> = judged
        .subject
        .feature_sets
        .keys()
        .map(String::as_str)
        .filter(|set| *set != "default" && !judged.feature_sets.iter().any(|on| on == set))
        .collect();
    if !off.is_empty() {
        writeln!(
            out,
            "feature sets that are off: {}",
            harmless(&off.join(", "))
        )?;
    }
    Ok(())
}

fn requests(out: &mut impl Write, simulator: &Simulator) -> io::Result<()> {
    let totals = simulator.totals();
    let calls = simulator.calls();
    let calls: Vec<String> = Call::ALL
        .into_iter()
        .filter_map(|call| Some(format!("{call} {}", calls.get(&call)?)))
        .collect();
    writeln!(out)?;
    writeln!(
        out,
        "requests    {} on {}",
        totals.requests,
        counted(totals.connections, "connection")
    )?;
    parts(out, "", &calls)?;
    if totals.faults > 0 {
        writeln!(out, "faults      met by {}", counted(totals.faults, "call"))?;
    }
    let taken: Vec<String> = [
        (totals.lines, "line"),
        (totals.events, "event"),
        (totals.logs, "log event"),
        (totals.self_monitoring_lines, "self-monitoring line"),
        (totals.self_monitoring_logs, "self-monitoring log event"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| counted(number, what))
    .collect();
    parts(out, "taken", &taken)
}

/// Parts of a sentence, in lines that are not too long.
fn parts(out: &mut impl Write, label: &str, parts: &[String]) -> io::Result<()> {
    if parts.is_empty() {
        return Ok(());
    }
    let mut label = label;
    for line in wrap(&parts.join(", "), 68, usize::MAX) {
        writeln!(out, "{label:<12}{line}")?;
        label = "";
    }
    Ok(())
}

/// Each status once, when it began.
fn statuses(out: &mut impl Write, simulator: &Simulator) -> io::Result<()> {
    let mut changes = simulator.heartbeats();
    changes.dedup_by(|next, last| next.item == last.item);
    if changes.is_empty() {
        return writeln!(out, "status      no heartbeat came");
    }
    let mut label = "status";
    for change in changes.iter().rev().take(20).rev() {
        let status = match change.item.status.as_str() {
            "" => "none yet",
            status => status,
        };
        let separator = if change.item.message.is_empty() {
            ""
        } else {
            ": "
        };
        writeln!(
            out,
            "{label:<10} {:>7.1} s  {}{separator}{}",
            change.at.as_secs_f64(),
            harmless(status),
            one_line(&change.item.message)
        )?;
        label = "";
    }
    writeln!(
        out,
        "            {}",
        // Those that are kept may be fewer.
        counted(simulator.totals().heartbeats, "heartbeat")
    )
}

fn findings(out: &mut impl Write, simulator: &Simulator) -> io::Result<()> {
    let totals = simulator.totals();
    let findings = simulator.findings();
    let of = |severity| {
        findings
            .iter()
            .filter(move |finding| finding.severity == severity)
    };
    if totals.invalid == 0 {
        writeln!(out, "invalid     {GOOD}nothing{GOOD:#}")?;
    } else {
        writeln!(out)?;
        writeln!(out, "{BAD}invalid: {}{BAD:#}", totals.invalid)?;
        list(out, of(Severity::Invalid))?;
    }
    if of(Severity::Remark).next().is_some() {
        writeln!(out)?;
        writeln!(out, "{DOUBTFUL}remarks{DOUBTFUL:#}")?;
        list(out, of(Severity::Remark))?;
    }
    Ok(())
}

fn list<'f>(
    out: &mut impl Write,
    findings: impl Iterator<Item = &'f extyped_simulator::Finding>,
) -> io::Result<()> {
    for finding in findings.take(ROWS) {
        writeln!(
            out,
            "  {:>7.1} s  {}: {}",
            finding.at.as_secs_f64(),
            one_line(&finding.subject),
            one_line(&finding.reason)
        )?;
    }
    Ok(())
}

fn verdict(out: &mut impl Write, judged: &Judged<'_>, failures: &[String]) -> io::Result<()> {
    writeln!(out)?;
    if judged.args.fastcheck
        && let Some(status) = judged.simulator.status()
    {
        let separator = if status.message.is_empty() { "" } else { ": " };
        writeln!(
            out,
            "fastcheck: {}{separator}{}",
            harmless(&status.status),
            one_line(&status.message)
        )?;
    }
    for failure in failures {
        writeln!(out, "{BAD}failed{BAD:#}: {}", harmless(failure))?;
    }
    if failures.is_empty() {
        let told = if judged.args.must.is_anything() {
            "all that was asked for holds"
        } else {
            "nothing failed"
        };
        writeln!(out, "{GOOD}{told}{GOOD:#}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn heartbeats_count_when_they_are_forgotten() {
        let builder = Simulator::builder().token("t").data_source_id("7");
        let simulator = builder.memory(4_096).build();
        let body = r#"{"status": "OK", "message": ""}"#;
        let request = format!(
            "POST /alive/7 HTTP/1.1\r\nhost: x\r\nauthorization: Api-Token t\r\n\
             connection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        for _ in 0..50 {
            let mut stream = simulator.connect().expect("it is up");
            stream.write_all(request.as_bytes()).await.expect("a pipe");
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.expect("an answer");
        }
        assert!(simulator.heartbeats().len() < 50, "some are forgotten");
        let mut out = Vec::new();
        statuses(&mut out, &simulator).expect("memory");
        let told = String::from_utf8(out).expect("UTF-8");
        assert!(told.contains("  50 heartbeats\n"), "{told}");
    }
}
