//! The lines at the top.

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::state::{Phase, View};
use super::theme::{QUIET, TITLE, Theme};
use crate::simulate::entry::{Tone, counted, one_line};
use crate::simulate::text::{ago, clip, clock};

/// A heartbeat comes every 50 s; without one for this long, an EEC would take
/// the extension for dead.
const LATE: Duration = Duration::from_mins(1);

/// The extension and the time; its status; what came in. In one line only the
/// first.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, view: &View, theme: Theme) {
    let lines = [
        first(view, area.width, theme),
        status(view, area.width, theme),
        counts(view, area.width, theme),
    ];
    for (row, line) in area.rows().zip(lines) {
        frame.render_widget(line, row);
    }
}

fn first(view: &View, width: u16, theme: Theme) -> Line<'static> {
    let (facts, snapshot) = (&view.facts, &view.snapshot);
    let mut time = clock(snapshot.elapsed);
    if let Some(limit) = facts.limit {
        time = format!("{time} of {}", clock(limit));
    }
    let state = if view.is_paused {
        Some((format!(" paused, {} waiting ", view.held()), theme.chosen()))
    } else if view.phase == Phase::Stopping {
        Some((" stopping ".to_owned(), theme.chosen()))
    } else {
        None
    };
    let state_cells = state.as_ref().map_or(0, |(text, _)| text.len() + 1);
    let room = usize::from(width).saturating_sub(time.len() + state_cells + 3);
    let name = clip(
        &one_line(&format!("{} {}", facts.name, facts.version)),
        room,
    );
    let cells = Span::raw(name.as_str()).width();
    let mut spans = vec![Span::styled(format!(" {name}"), TITLE)];
    spans.push(Span::raw(" ".repeat(room.saturating_sub(cells) + 1)));
    if let Some((text, style)) = state {
        spans.push(Span::styled(text, style));
        spans.push(Span::raw(" "));
    }
    spans.push(Span::raw(time));
    Line::from(spans)
}

fn status(view: &View, width: u16, theme: Theme) -> Line<'static> {
    let snapshot = &view.snapshot;
    let Some((heartbeat, at)) = &snapshot.status else {
        return Line::styled(" ○ no heartbeat yet", QUIET);
    };
    let since = snapshot.elapsed.saturating_sub(*at);
    let tone = match heartbeat.status.as_str() {
        "" => Tone::Plain,
        "OK" => Tone::Good,
        "WARNING" => Tone::Doubtful,
        _ => Tone::Bad,
    };
    let name = match heartbeat.status.as_str() {
        "" => "no status yet".to_owned(),
        status => one_line(status),
    };
    let age = if since > LATE {
        format!("no heartbeat for {}", ago(since))
    } else if since.as_secs() == 0 {
        "now".to_owned()
    } else {
        format!("{} ago", ago(since))
    };
    let age_style = if since > LATE {
        theme.tone(Tone::Bad)
    } else {
        QUIET
    };
    let used = name.len() + age.len() + 7;
    let room = usize::from(width).saturating_sub(used);
    Line::from(vec![
        Span::styled(format!(" ● {name}"), theme.tone(tone)),
        Span::styled(format!("  {age}"), age_style),
        Span::raw(format!("  {}", clip(&one_line(&heartbeat.message), room))),
    ])
}

fn counts(view: &View, width: u16, theme: Theme) -> Line<'static> {
    let totals = &view.snapshot.totals;
    let mut parts = vec![
        (counted(totals.requests, "request"), Style::new()),
        (counted(totals.lines, "line"), Style::new()),
        (
            format!("{} invalid", totals.invalid),
            if totals.invalid > 0 {
                theme.tone(Tone::Bad)
            } else {
                Style::new()
            },
        ),
        (counted(totals.events, "event"), Style::new()),
        (counted(totals.logs, "log event"), Style::new()),
        (counted(totals.faults, "faulted call"), Style::new()),
    ];
    if totals.faults == 0 {
        parts.pop();
    }
    match view.process {
        Some(id) => parts.push((format!("process {id}"), QUIET)),
        None => parts.push((view.facts.url.clone(), QUIET)),
    }
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for (number, (text, style)) in parts.into_iter().enumerate() {
        let separator = if number == 0 { "" } else { " · " };
        used += Span::raw(separator).width() + text.len();
        if used > usize::from(width) {
            break;
        }
        spans.push(Span::styled(separator, QUIET));
        spans.push(Span::styled(text, style));
    }
    Line::from(spans)
}

/// The faults, if there are any.
pub(super) fn faults(view: &View, theme: Theme) -> Option<Line<'static>> {
    let snapshot = &view.snapshot;
    let mut told = Vec::new();
    if !snapshot.is_up {
        told.push("connections are refused".to_owned());
    }
    told.extend(view.chaos.map(|chaos| format!("at random {chaos}")));
    told.extend(snapshot.faults.iter().cloned());
    if told.is_empty() {
        return None;
    }
    let text = format!(" faults: {}", told.join(" · "));
    Some(Line::styled(text, theme.tone(Tone::Doubtful)))
}
