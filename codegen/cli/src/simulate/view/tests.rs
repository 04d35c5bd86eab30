//! The picture, at several sizes.

use std::time::Duration;

use extyped_simulator::Simulator;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;

use super::draw::draw;
use super::snapshot::{Facts, Snapshot};
use super::state::View;
use super::theme::Theme;
use super::typed;
use crate::simulate::entry::{Entry, Tone, Topic};
use crate::simulate::subject::Metric;
use crate::simulate::wish::Wish;

const SECOND: Duration = Duration::from_secs(1);

/// Posts a body to a simulated EEC.
async fn post(simulator: &Simulator, call: &str, media_type: &str, body: &str) {
    let mut stream = simulator.connect().expect("it is up");
    let request = format!(
        "POST /{call}/7 HTTP/1.1\r\nhost: x\r\nauthorization: Api-Token t\r\nconnection: close\r\n\
         content-type: {media_type}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("a pipe");
    stream
        .read_to_end(&mut Vec::new())
        .await
        .expect("an answer");
}

/// A view of a run of 95 seconds.
async fn view() -> View {
    let simulator = Simulator::builder().token("t").data_source_id("7").build();
    let metric = |key: &str, set: &str| Metric {
        key: key.to_owned(),
        feature_sets: vec![set.to_owned()],
    };
    let mut view = View::new(Facts {
        name: "custom:load-balancer".to_owned(),
        version: "1.0.0".to_owned(),
        url: "http://127.0.0.1:14599/datasource".to_owned(),
        limit: Some(SECOND * 300),
        metrics: vec![
            metric("lb.device.connections", "default"),
            metric("lb.node.cpu", "default"),
            metric("lb.node.bytes.in.count", "Traffic"),
            metric("lb.pool.members.that.are.healthy.at.the.moment", "default"),
            metric("lb.pool.health", "Pools"),
        ],
        feature_sets: vec!["Traffic".to_owned()],
    });
    view.process = Some(4_711);
    let json = "application/json";
    tokio::time::advance(SECOND * 60).await;
    post(
        &simulator,
        "mint",
        "text/plain",
        concat!(
            "lb.device.connections,device.address=a 12\n",
            "lb.node.cpu,node.name=n1 gauge,min=1,max=3.5,sum=4.5,count=2\n",
            "lb.node.cpu,node.name=n2 gauge,99.25\n",
            "lb.node.bytes.in.count,node.name=n1 count,delta=1234567\n",
            "lb.nodes 1\n",
            "lb.node cpu 1",
        ),
    )
    .await;
    let alive = r#"{"status": "WARNING", "message": "Endpoints OK: 1 WARNING: 0 ERROR: 1 Unhealthy endpoints: lb-2 - DEVICE_CONNECTION_ERROR refused"}"#;
    tokio::time::advance(SECOND * 23).await;
    post(&simulator, "alive", json, alive).await;
    for fault in ["mint=429:retry=5s:30s", "all=delay:1s:5x"] {
        simulator.inject(fault.parse().expect("a fault"));
    }
    tokio::time::advance(SECOND * 12).await;
    let at = |second| SECOND * second;
    let call = |second, label, text: &str| Entry::new(at(second), Topic::Call, label, text);
    for entry in [
        Entry::note(at(0), "listening on http://127.0.0.1:14599/datasource"),
        call(1, "userconfig", "the activation"),
        call(1, "featuresets", "the feature sets"),
        Entry::output(at(1), "polling lb-1 and lb-2"),
        Entry::new(at(60), Topic::Problem, "invalid", "lb.node cpu 1: the payload is neither `gauge,` with a number or a summary nor `count,delta=` with a number (at byte 8)").tone(Tone::Bad),
        Entry::new(at(60), Topic::Problem, "remark", "lb.nodes: the manifest does not have this metric").tone(Tone::Doubtful),
        call(60, "mint", "5 lines, 1 invalid; new: lb.device.connections, lb.node.cpu, lb.node.bytes.in.count and 1 more: refused with 400").tone(Tone::Bad),
        Entry::new(at(83), Topic::Status, "alive", "WARNING: Endpoints OK: 1 WARNING: 0 ERROR: 1").tone(Tone::Doubtful),
        Entry::new(at(83), Topic::Event, "events", "CUSTOM_INFO a heron"),
        Entry::output(at(84), "lb-2: connection refused, and this is a line that is longer than the column of the output is wide, whatever the terminal"),
    ] {
        view.push(entry);
    }
    view.update(Snapshot::take(&simulator, &view.facts));
    view
}

fn picture(view: &mut View, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("memory");
    let theme = Theme { has_color: true };
    terminal
        .draw(|frame| draw(frame, view, theme))
        .expect("memory");
    terminal.backend().to_string()
}

fn press(view: &mut View, keys: &str) {
    for c in keys.chars() {
        let code = match c {
            '\n' => KeyCode::Enter,
            '\u{1b}' => KeyCode::Esc,
            c => KeyCode::Char(c),
        };
        view.key(KeyEvent::new(code, KeyModifiers::NONE));
    }
}

#[tokio::test(start_paused = true)]
async fn the_usual_terminal() {
    insta::assert_snapshot!(picture(&mut view().await, 80, 24));
}

#[tokio::test(start_paused = true)]
async fn a_wide_terminal_has_notes_and_the_output_beside() {
    insta::assert_snapshot!(picture(&mut view().await, 120, 40));
}

#[tokio::test(start_paused = true)]
async fn a_tiny_terminal_shows_the_list() {
    insta::assert_snapshot!(picture(&mut view().await, 40, 10));
}

#[tokio::test(start_paused = true)]
async fn problems_are_told_in_full() {
    let mut view = view().await;
    press(&mut view, "2");
    insta::assert_snapshot!(picture(&mut view, 80, 24));
}

#[tokio::test(start_paused = true)]
async fn a_slip_in_a_fault_is_explained() {
    let mut view = view().await;
    press(&mut view, "fmint=fourhundred\n");
    insta::assert_snapshot!(picture(&mut view, 80, 24));
}

#[tokio::test(start_paused = true)]
async fn help_lies_on_top() {
    let mut view = view().await;
    press(&mut view, "?");
    insta::assert_snapshot!(picture(&mut view, 80, 30));
}

#[tokio::test(start_paused = true)]
async fn nothing_has_come_yet() {
    let mut view = View::new(Facts {
        name: "custom:x".to_owned(),
        url: "http://127.0.0.1:14599/datasource".to_owned(),
        ..Facts::default()
    });
    view.update(Snapshot::take(&Simulator::new(), &view.facts));
    insta::assert_snapshot!(picture(&mut view, 60, 14));
}

#[tokio::test(start_paused = true)]
async fn no_size_is_too_small() {
    let mut view = view().await;
    for keys in ["", "m", "2", "5", "p", "?", "xfmi", "nt\n"] {
        press(&mut view, keys);
        for height in [1, 2, 3, 4, 7, 8, 11, 12, 16] {
            for width in [1, 2, 3, 9, 24, 40, 60, 110] {
                picture(&mut view, width, height);
            }
        }
    }
}

#[tokio::test]
async fn what_was_typed_behind_a_wish_is_not_lost() {
    let (send, mut events) = mpsc::channel(8);
    for c in "2cq".chars() {
        let key = KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
        send.try_send(Ok(Event::Key(key))).expect("room");
    }
    let mut view = View::new(Facts::default());
    for expected in [Wish::Clear, Wish::Quit] {
        let first = events.recv().await;
        let wish = typed(&mut view, first, &mut events).expect("a terminal");
        assert_eq!(wish, Some(expected));
    }
}
