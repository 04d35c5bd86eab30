//! The whole picture.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style, Stylize as _};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Block, Borders};

use super::header;
use super::help;
use super::list;
use super::prompt_line;
use super::snapshot::{Row, State};
use super::state::View;
use super::table;
use super::tabs::Tab;
use super::theme::{QUIET, TITLE, Theme};

/// From this width on, the output of the extension has a column of its own.
const WIDE: u16 = 110;

/// Below this height there is room for the table or the list.
const LOW: u16 = 12;

/// Draws the view.
pub(crate) fn draw(frame: &mut Frame<'_>, view: &mut View, theme: Theme) {
    let area = frame.area();
    let faults = header::faults(view, theme);
    let mut hint = prompt_line::hint(area.width, &view.prompt, theme);
    hint.truncate(if area.height >= LOW { hint.len() } else { 1 });
    let [head, faults_area, body, hint_area, foot] = Layout::vertical([
        Constraint::Length(match area.height {
            LOW.. => 3,
            8.. => 2,
            _ => 1,
        }),
        Constraint::Length(u16::from(faults.is_some())),
        Constraint::Fill(1),
        Constraint::Length(u16::try_from(hint.len()).unwrap_or_default()),
        Constraint::Length(1),
    ])
    .areas(area);
    header::draw(frame, head, view, theme);
    if let Some(faults) = faults {
        frame.render_widget(faults, faults_area);
    }
    draw_body(frame, body, view, theme);
    frame.render_widget(Text::from(hint), hint_area);
    if view.prompt.is_open {
        prompt_line::draw(frame, foot, &view.prompt, theme);
    } else {
        frame.render_widget(keys(theme, foot.width), foot);
    }
    if view.shows_help {
        help::draw(frame, area, theme);
    }
}

fn draw_body(frame: &mut Frame<'_>, area: Rect, view: &mut View, theme: Theme) {
    if area.height < LOW - 4 {
        if view.in_table {
            draw_table(frame, area, view, theme);
        } else {
            draw_lists(frame, area, view, theme);
        }
        return;
    }
    // A title, the head of the table and its rows, but no more than half.
    let rows = u16::try_from(view.snapshot.rows.len()).unwrap_or(u16::MAX);
    let wanted = rows.max(1).saturating_add(2);
    let [upper, lower] = Layout::vertical([
        Constraint::Length(wanted.min(area.height / 2)),
        Constraint::Fill(1),
    ])
    .areas(area);
    draw_table(frame, upper, view, theme);
    draw_lists(frame, lower, view, theme);
}

fn draw_table(frame: &mut Frame<'_>, area: Rect, view: &mut View, theme: Theme) {
    let rows = &view.snapshot.rows;
    let count = |of: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| of(row)).count();
    let came = count(&|row| row.state == State::Reported);
    let listed = rows.len() - count(&|row| row.state == State::Unlisted);
    let title = vec![
        Span::styled(
            " Metrics ",
            if view.in_table { theme.chosen() } else { TITLE },
        ),
        Span::styled(
            match listed {
                0 => String::new(),
                _ => format!(" {came} of the {listed} in the manifest came "),
            },
            QUIET,
        ),
    ];
    let block = section(title);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    table::draw(frame, inner, view, theme);
}

fn draw_lists(frame: &mut Frame<'_>, area: Rect, view: &mut View, theme: Theme) {
    let is_wide = area.width >= WIDE;
    if !is_wide {
        draw_list(frame, area, view, (view.tab, true), theme);
        return;
    }
    let [left, gap, right] = Layout::horizontal([
        Constraint::Percentage(56),
        Constraint::Length(1),
        Constraint::Fill(1),
    ])
    .areas(area);
    // The output has its own column; choosing it moves the keys there.
    let tab = match view.tab {
        Tab::Output => Tab::Activity,
        tab => tab,
    };
    draw_list(frame, left, view, (tab, false), theme);
    frame.render_widget(Block::new(), gap);
    let style = if view.tab == Tab::Output && !view.in_table {
        theme.chosen()
    } else {
        TITLE
    };
    let block = section(vec![Span::styled(" 5 Output ", style)]);
    let inner = block.inner(right);
    frame.render_widget(block, right);
    list::draw(frame, inner, view, Tab::Output, theme);
}

fn draw_list(
    frame: &mut Frame<'_>,
    area: Rect,
    view: &mut View,
    (tab, has_output): (Tab, bool),
    theme: Theme,
) {
    let title = titles(view, area.width, has_output, theme);
    let block = section(title);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    list::draw(frame, inner, view, tab, theme);
}

/// The names of the lists, with what needs attention.
fn titles(view: &View, width: u16, has_output: bool, theme: Theme) -> Vec<Span<'static>> {
    let problems = view.newest(Tab::Problems).count();
    let mut titles = Vec::new();
    for (number, tab) in (1..).zip(Tab::ALL) {
        if tab == Tab::Output && !has_output {
            continue;
        }
        let count = match (tab, problems) {
            (Tab::Problems, 1..) => format!(" {problems}"),
            _ => String::new(),
        };
        // Where there is little room, only the chosen one has a name.
        let text = if width < 60 && tab != view.tab {
            format!(" {number}{count} ")
        } else {
            format!(" {number} {}{count} ", tab.title())
        };
        let style = if tab == view.tab && !view.in_table {
            theme.chosen()
        } else if !count.is_empty() {
            theme.tone(crate::simulate::entry::Tone::Bad)
        } else {
            Style::new()
        };
        titles.push(Span::styled(text, style));
    }
    titles
}

/// A part of the picture: a rule with a title.
fn section(title: Vec<Span<'static>>) -> Block<'static> {
    let title = title.into_iter().map(|span| {
        // Otherwise a title is as dim as its rule.
        let is_dim = span.style.add_modifier.contains(Modifier::DIM);
        if is_dim { span } else { span.not_dim() }
    });
    Block::new()
        .borders(Borders::TOP)
        .border_style(QUIET)
        .title(Line::from(title.collect::<Vec<_>>()))
}

/// The keys, in the order of the picture, with how much they are worth the
/// room; the least is worth most.
const KEYS: [(&str, &str, u8); 8] = [
    ("f", "fault", 0),
    ("c", "clear", 5),
    ("p", "pause", 4),
    ("Tab", "list", 3),
    ("↑↓", "scroll", 6),
    ("m", "metrics", 7),
    ("?", "help", 1),
    ("q", "quit", 2),
];

/// As many keys as there is room for.
fn keys(theme: Theme, width: u16) -> Line<'static> {
    let cells = |key: &str, what: &str| key.chars().count() + what.len() + 3;
    let fits = |worth: u8| {
        let chosen = KEYS.iter().filter(|(.., other)| *other <= worth);
        let used: usize = chosen.map(|(key, what, _)| cells(key, what)).sum();
        used < usize::from(width)
    };
    let mut spans = vec![Span::raw(" ")];
    for (key, what, _) in KEYS.into_iter().filter(|(.., worth)| fits(*worth)) {
        spans.push(Span::styled(key, theme.key()));
        spans.push(Span::styled(format!(" {what}  "), QUIET));
    }
    Line::from(spans)
}
