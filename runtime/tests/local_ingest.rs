//! The metric API of a `OneAgent`, over a real socket.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use extyped::{
    Activation, Cycle, Endpoints, Extension, LocalIngestSink, Manifest, MemorySink, Runtime,
    Status, Verdict,
};

static MANIFEST: Manifest = Manifest::new("custom:fake", "1.0.0", &[], &[]);

/// Reports one line.
struct OneLine;

impl Extension for OneLine {
    type Config = ();
    type Endpoint = ();

    fn endpoints(&self, (): &()) -> Endpoints<()> {
        Endpoints::one(())
    }

    async fn query(&self, cx: &Cycle<Self>) -> Verdict {
        cx.untyped().gauge("fan.speed", [("side", "left")], 1_200)?;
        Ok(Status::ok())
    }
}

/// An agent that gives these answers, and then takes everything.
#[derive(Clone, Default)]
struct Agent {
    answers: Arc<Mutex<VecDeque<(StatusCode, HeaderMap, String)>>>,
    bodies: Arc<Mutex<Vec<String>>>,
}

impl Agent {
    fn answering<const N: usize>(answers: [(u16, &str); N]) -> Self {
        let agent = Agent::default();
        for (status, body) in answers {
            let status = StatusCode::from_u16(status).expect("a status");
            let answer = (status, HeaderMap::new(), body.to_owned());
            agent
                .answers
                .lock()
                .expect("nobody panicked")
                .push_back(answer);
        }
        agent
    }

    /// Listens, and says on which port.
    async fn listen(&self) -> u16 {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let app = axum::Router::new()
            .route("/metrics/ingest", post(ingest))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        port
    }

    fn bodies(&self) -> Vec<String> {
        self.bodies.lock().expect("nobody panicked").clone()
    }
}

async fn ingest(
    State(agent): State<Agent>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, HeaderMap, String) {
    assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
    agent.bodies.lock().expect("nobody panicked").push(body);
    let answer = agent.answers.lock().expect("nobody panicked").pop_front();
    answer.unwrap_or_else(|| {
        let taken = r#"{"linesValid": 1, "linesInvalid": 0}"#.to_owned();
        (StatusCode::ACCEPTED, HeaderMap::new(), taken)
    })
}

/// Runs one cycle against an agent, and says what the other sink was told.
async fn one_cycle(port: u16) -> MemorySink {
    let memory = MemorySink::new();
    let runtime = Runtime::builder(OneLine, &MANIFEST)
        .activation(Activation::new(()))
        .sink(LocalIngestSink::new(port).expect("a client"))
        .sink(memory.clone())
        .cycles(1)
        .build()
        .expect("complete");
    runtime.run(std::future::pending()).await;
    memory
}

fn status(memory: &MemorySink) -> String {
    memory.status().expect("there is one").to_string()
}

#[tokio::test]
async fn lines_arrive_as_they_were_reported() {
    let agent = Agent::default();
    let memory = one_cycle(agent.listen().await).await;
    assert_eq!(agent.bodies(), [format!("{}\n", memory.lines()[0])]);
    assert_eq!(status(&memory), "OK");
}

#[tokio::test]
async fn an_invalid_line_is_told_by_its_metric_and_not_sent_again() {
    let answer = r#"{"linesValid": 0, "linesInvalid": 1, "error": {"code": 400,
        "message": "1 invalid lines", "invalidLines": [{"line": 1, "error": "too hot"}]}}"#;
    let agent = Agent::answering([(400, answer)]);
    let memory = one_cycle(agent.listen().await).await;
    assert_eq!(agent.bodies().len(), 1);
    assert!(
        status(&memory)
            .contains("local ingest, metrics: WARNING - 1 line was not valid: `fan.speed` too hot"),
        "{}",
        status(&memory)
    );
}

#[tokio::test]
async fn an_agent_in_trouble_gets_the_same_lines_again() {
    let agent = Agent::answering([(503, "<html>try later</html>")]);
    let memory = one_cycle(agent.listen().await).await;
    let bodies = agent.bodies();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(status(&memory), "OK", "it works again");
}

#[tokio::test]
async fn lines_an_agent_will_never_take_are_not_sent_again() {
    let agent = Agent::answering([(413, "")]);
    let memory = one_cycle(agent.listen().await).await;
    assert_eq!(agent.bodies().len(), 1);
    assert!(
        status(&memory).contains("/metrics/ingest answers 413"),
        "{}",
        status(&memory)
    );
}

#[tokio::test]
async fn without_an_agent_the_status_says_what_to_look_at() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    let memory = one_cycle(port).await;
    assert_eq!(memory.lines().len(), 1, "the other sink has its line");
    assert!(
        status(&memory).contains("is a OneAgent running here, with its metric API turned on?"),
        "{}",
        status(&memory)
    );
}
