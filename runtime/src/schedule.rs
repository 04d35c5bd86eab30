//! What runs beside `query`, at its own pace.

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::{Cycle, Extension, PollError, Status};

/// What a callback of an extension says when it is done.
pub type Verdict = Result<Status, PollError>;

/// A running callback.
pub(crate) type Run<'a> = Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>;

/// An additional callback: each endpoint runs it at its own interval, beside
/// `query` and independent of it.
///
/// ```
/// # use std::time::Duration;
/// # use extyped::{Cycle, Endpoints, Extension, PollError, Schedule, Status};
/// struct Archive;
///
/// impl Extension for Archive {
/// #   type Config = ();
/// #   type Endpoint = ();
/// #   fn endpoints(&self, _: &()) -> Endpoints<()> { Endpoints::one(()) }
/// #   async fn query(&self, _: &Cycle<Self>) -> Result<Status, PollError> { Ok(Status::ok()) }
///     fn schedules(&self) -> Vec<Schedule<Self>> {
///         vec![Schedule::new("inventory", Duration::from_hours(1), Self::inventory)]
///     }
/// }
///
/// impl Archive {
///     async fn inventory(&self, cx: &Cycle<Self>) -> Result<Status, PollError> {
///         Ok(Status::ok())
///     }
/// }
/// ```
pub struct Schedule<E: Extension> {
    pub(crate) name: Cow<'static, str>,
    pub(crate) interval: Duration,
    pub(crate) deadline: Option<Duration>,
    pub(crate) offset: Option<Duration>,
    pub(crate) callback: Arc<dyn for<'a> Callback<'a, E>>,
}

/// An async method of an extension that takes a cycle, as `query` does.
///
/// Every `async fn(&Self, &Cycle<Self>) -> Result<Status, PollError>` whose
/// future is `Send` is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot run on a schedule",
    label = "not an `async fn(&self, cx: &Cycle<Self>) -> Result<Status, PollError>`",
    note = "name an async method of the extension that takes what `query` takes, `Self::inventory`, and hold nothing across an await that is not `Send`"
)]
pub trait Callback<'a, E: Extension>: Send + Sync + 'static {
    #[doc(hidden)]
    fn run(&self, extension: &'a E, cycle: &'a Cycle<E>) -> Run<'a>;
}

impl<'a, E, F, Fut> Callback<'a, E> for F
where
    E: Extension,
    F: Fn(&'a E, &'a Cycle<E>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Verdict> + Send + 'a,
{
    fn run(&self, extension: &'a E, cycle: &'a Cycle<E>) -> Run<'a> {
        Box::pin(self(extension, cycle))
    }
}

impl<E: Extension> Schedule<E> {
    /// Runs `callback` every `interval`, at least one second. The name is what
    /// statuses and the self-monitoring of the extension call it, where all
    /// endpoints are summed; `query` is taken.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        interval: Duration,
        callback: impl for<'a> Callback<'a, E>,
    ) -> Self {
        Schedule {
            name: name.into(),
            interval,
            deadline: None,
            offset: None,
            callback: Arc::new(callback),
        }
    }

    /// Cancels a run that takes longer; three quarters of the interval if
    /// nothing is said.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Runs first so long after the start, for every endpoint; zero is at once.
    /// If nothing is said, the endpoints are spread, see
    /// [`FirstRuns`](crate::FirstRuns). In development mode everything runs at
    /// once.
    #[must_use]
    pub fn offset(mut self, offset: Duration) -> Self {
        self.offset = Some(offset);
        self
    }
}

impl<E: Extension> fmt::Debug for Schedule<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schedule")
            .field("name", &self.name)
            .field("interval", &self.interval)
            .field("deadline", &self.deadline)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}
