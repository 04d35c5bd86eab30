//! What can go wrong with an EEC, on demand.

mod plan;
mod text;

use std::fmt;
use std::time::Duration;

pub(crate) use plan::{End, Plan, Verdict};

use crate::Call;

/// A fault to inject, into which calls and for how long.
///
/// Without a limit it lasts until [`Simulator::clear_faults`]. Several faults
/// can be in force: delays add up, and of the others the first that was
/// injected decides.
///
/// ```
/// use std::time::Duration;
/// use extyped_simulator::{Call, Fault};
///
/// let busy = Fault::status(429)
///     .retry_after(Duration::from_secs(60))
///     .on([Call::Mint])
///     .lasting(Duration::from_secs(30));
/// assert_eq!(busy, "mint=429:retry=60s:30s".parse().unwrap());
/// ```
///
/// As text a fault is `CALLS=WHAT`, followed by any of `:30s` for how long,
/// `:3x` for how many calls, and `@10s` for when it begins:
///
/// | text | fault |
/// |---|---|
/// | `mint=429` | [`Fault::status`]; `:retry=60s` adds the header, `:html` or `:empty` another body |
/// | `mint,logs=html` | [`Fault::html`] |
/// | `all=delay:8s` | [`Fault::delay`], the first duration |
/// | `alive=hang` | [`Fault::hang`] |
/// | `mint=drop` | [`Fault::drop`] |
/// | `mint=lose` | [`Fault::lose`] |
/// | `mint=half` | [`Fault::half`] |
/// | `refuse:20s` | [`Fault::refuse`], whatever the call |
/// | `restart@60s` | [`Fault::restart`] |
///
/// [`Simulator::clear_faults`]: crate::Simulator::clear_faults
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub(crate) kind: Kind,
    /// Empty means all.
    pub(crate) calls: Vec<Call>,
    pub(crate) lasting: Option<Duration>,
    pub(crate) times: Option<u64>,
    pub(crate) after: Duration,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Delay(Duration),
    Hang,
    Drop,
    Lose,
    Half,
    Answer {
        status: u16,
        retry_after: Option<Duration>,
        body: Body,
    },
    Refuse,
    Restart,
}

/// What stands in an answer that is a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    /// `{"error": {"code": …, "message": …}}`, as the EEC answers.
    Json,
    /// A page, as a proxy in between answers.
    Html,
    Empty,
}

impl Fault {
    fn new(kind: Kind) -> Self {
        Fault {
            kind,
            calls: Vec::new(),
            lasting: None,
            times: None,
            after: Duration::ZERO,
        }
    }

    /// Reads the request that much later. Nothing was taken if the client has
    /// gone by then.
    pub fn delay(by: Duration) -> Self {
        Fault::new(Kind::Delay(by))
    }

    /// Never answers, and takes nothing.
    pub fn hang() -> Self {
        Fault::new(Kind::Hang)
    }

    /// Closes the connection without an answer, and takes nothing.
    pub fn drop() -> Self {
        Fault::new(Kind::Drop)
    }

    /// Takes what was sent and closes the connection without an answer: the
    /// client cannot know.
    pub fn lose() -> Self {
        Fault::new(Kind::Lose)
    }

    /// Takes what was sent, answers with success and half of the body, and
    /// closes the connection.
    pub fn half() -> Self {
        Fault::new(Kind::Half)
    }

    /// Answers with this status and takes nothing. What is no error status,
    /// 400 to 599, is 500.
    pub fn status(status: u16) -> Self {
        Fault::new(Kind::Answer {
            status: if (400..600).contains(&status) {
                status
            } else {
                500
            },
            retry_after: None,
            body: Body::Json,
        })
    }

    /// Answers `200 OK` with an HTML page, as a proxy or a login page in
    /// between does, and takes nothing.
    pub fn html() -> Self {
        Fault::new(Kind::Answer {
            status: 200,
            retry_after: None,
            body: Body::Html,
        })
    }

    /// Refuses connections and cuts those that are open. Concerns all calls.
    pub fn refuse() -> Self {
        Fault::new(Kind::Refuse)
    }

    /// Cuts all connections and forgets everything the EEC itself remembers
    /// between calls, such as registered counts. What was recorded stays.
    /// Together with [`lasting`](Self::lasting) it stays down that long.
    pub fn restart() -> Self {
        Fault::new(Kind::Restart)
    }

    /// Adds the header `Retry-After`, in whole seconds, to a
    /// [`status`](Self::status).
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        if let Kind::Answer { retry_after, .. } = &mut self.kind {
            *retry_after = Some(wait);
        }
        self
    }

    /// Makes the body of a [`status`](Self::status) an HTML page.
    #[must_use]
    pub fn with_html_body(self) -> Self {
        self.with_body(Body::Html)
    }

    /// Leaves the body of a [`status`](Self::status) empty.
    #[must_use]
    pub fn with_empty_body(self) -> Self {
        self.with_body(Body::Empty)
    }

    fn with_body(mut self, new: Body) -> Self {
        if let Kind::Answer { body, .. } = &mut self.kind {
            *body = new;
        }
        self
    }

    /// Only these calls; all if there are none. [`refuse`](Self::refuse) and
    /// [`restart`](Self::restart) always concern all.
    #[must_use]
    pub fn on(mut self, calls: impl IntoIterator<Item = Call>) -> Self {
        self.calls = calls.into_iter().collect();
        self
    }

    /// Ends after so many calls.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Ends that long after it began.
    #[must_use]
    pub fn lasting(mut self, time: Duration) -> Self {
        self.lasting = Some(time);
        self
    }

    /// Begins that long after it was injected.
    #[must_use]
    pub fn after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }

    /// Whether it concerns the server rather than a call.
    pub(crate) fn is_outage(&self) -> bool {
        matches!(self.kind, Kind::Refuse | Kind::Restart)
    }
}

/// How far a fault is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FaultProgress {
    /// The fault, as it was injected.
    pub fault: Fault,
    /// How long until it begins; zero once it is in force.
    pub begins_in: Duration,
    /// How long until it ends, if it ends by itself.
    pub ends_in: Option<Duration>,
    /// How many more calls meet it, if they are counted.
    pub calls_left: Option<u64>,
}

/// Faults at random, the same for the same seed and the same order of calls.
#[derive(Debug, Clone, PartialEq)]
pub struct RandomFaults {
    pub(crate) seed: u64,
    pub(crate) share: f64,
    pub(crate) faults: Vec<Fault>,
    pub(crate) spared: Vec<Call>,
}

impl RandomFaults {
    /// Each call meets one of `faults` with a probability of `share`, from 0
    /// to 1. The calls a fault is limited to count, its duration counts for
    /// [`Fault::refuse`] and [`Fault::restart`], other limits do not.
    ///
    /// ```
    /// use std::time::Duration;
    /// use extyped_simulator::{Call, Fault, RandomFaults, Simulator};
    ///
    /// # let tokio = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    /// # let _context = tokio.enter();
    /// let simulator = Simulator::new();
    /// simulator.inject_at_random(RandomFaults::new(42, 0.1, [
    ///     Fault::status(429),
    ///     Fault::delay(Duration::from_secs(8)).on([Call::Mint]),
    ///     Fault::restart().lasting(Duration::from_secs(20)),
    /// ]));
    /// ```
    pub fn new(seed: u64, share: f64, faults: impl IntoIterator<Item = Fault>) -> Self {
        RandomFaults {
            seed,
            share: share.clamp(0.0, 1.0),
            faults: faults.into_iter().collect(),
            spared: Vec::new(),
        }
    }

    /// These calls meet none of them and set none off.
    #[must_use]
    pub fn sparing(mut self, calls: impl IntoIterator<Item = Call>) -> Self {
        self.spared.extend(calls);
        self
    }
}

/// Why a text is no fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultError(pub(crate) String);

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FaultError {}
