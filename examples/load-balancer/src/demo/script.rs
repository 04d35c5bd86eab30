//! What the first load balancer does, poll by poll.

use axum::http::StatusCode;

/// What it does when it is asked for its health.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// Answers that all is well.
    Healthy,
    /// Answers that a member of its pool is down.
    Degraded,
    /// Takes the request and says nothing.
    Hang,
    /// Answers with this status and nothing else.
    Status(StatusCode),
    /// Asks to be left alone for this many seconds.
    RateLimit(u32),
    /// Answers, but what it sends is no JSON.
    Malformed,
}

/// One poll of the play.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) act: Act,
    /// What to notice.
    pub(super) moral: &'static str,
}

/// One scene for each poll; then it begins again.
static SCRIPT: [Scene; 11] = [
    Scene {
        act: Act::Healthy,
        moral: "running totals are remembered: what they grow by is sent from the next poll on",
    },
    Scene {
        act: Act::Healthy,
        moral: "now the bytes are there, as the growth since the poll before",
    },
    Scene {
        act: Act::Hang,
        moral: "the request ends at its deadline, and costs this load balancer this cycle",
    },
    Scene {
        act: Act::Status(StatusCode::UNAUTHORIZED),
        moral: "one event is closed and another opened: events follow changes, not cycles",
    },
    Scene {
        act: Act::Status(StatusCode::FORBIDDEN),
        moral: "a token that may not is told from one that is wrong",
    },
    Scene {
        act: Act::Status(StatusCode::NOT_FOUND),
        moral: "whoever configures the extension has to mend this: a status, no event",
    },
    Scene {
        act: Act::Status(StatusCode::INTERNAL_SERVER_ERROR),
        moral: "the load balancer's own fault: an event, and another try in a minute",
    },
    Scene {
        act: Act::Malformed,
        moral: "the place of the mistake is named, and no string of the answer is shown",
    },
    Scene {
        act: Act::RateLimit(90),
        moral: "no fault, but a wish: the next poll comes later",
    },
    Scene {
        act: Act::Degraded,
        moral: "all is well again, and no byte was lost: the growth is that of the whole outage",
    },
    Scene {
        act: Act::Healthy,
        moral: "and on it goes",
    },
];

impl Scene {
    /// The scene for the poll with this index.
    pub(super) fn at(poll: usize) -> &'static Scene {
        &SCRIPT[poll % SCRIPT.len()]
    }
}

impl Act {
    /// The act in words, after the name of the load balancer.
    pub(super) fn describe(self) -> String {
        match self {
            Act::Healthy => "answers 200".to_owned(),
            Act::Degraded => "answers 200, with a member of its pool down".to_owned(),
            Act::Hang => "takes the request and never answers".to_owned(),
            Act::Status(status) => format!("answers {status}"),
            Act::RateLimit(seconds) => {
                format!("answers 429 Too Many Requests, Retry-After: {seconds}")
            }
            Act::Malformed => "answers 200 with broken JSON".to_owned(),
        }
    }
}
