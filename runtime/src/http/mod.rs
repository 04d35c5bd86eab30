//! Asking endpoints over HTTP: every failure is typed, nothing hangs, and no
//! message holds a secret.

mod call;
mod client;
mod connections;
mod error;
mod failure;
mod in_flight;
mod json;
mod options;
mod redirect;
mod request;
mod response;
pub(crate) mod retry_after;

pub(crate) use call::shown_text;
pub use client::HttpClient;
pub use error::{PollError, PollErrorKind};
pub use options::HttpOptions;
pub use request::HttpRequest;
pub use response::HttpResponse;
