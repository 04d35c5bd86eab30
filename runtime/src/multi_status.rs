//! Several statuses of one callback.

use crate::board::merge;
use crate::{Status, StatusCode};

/// The statuses of the steps of a query, for one that goes on after a step
/// that failed.
///
/// Together they are a warning if any is, or if some are fine and some are
/// broken; `GENERIC_ERROR` if all are broken; and OK if all are, or if there
/// are none. The messages are joined.
///
/// ```
/// use extyped::{MultiStatus, Status, StatusCode};
///
/// let mut all = MultiStatus::new();
/// all.add(Status::ok());
/// all.add(Status::new(StatusCode::AuthenticationError, "replicas: check the token"));
/// all.add(Status::new(StatusCode::GenericError, "backups: none for 3 days"));
/// assert_eq!(
///     Status::from(all).to_string(),
///     "WARNING - replicas: check the token, backups: none for 3 days",
/// );
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MultiStatus(Vec<Status>);

impl MultiStatus {
    /// No statuses yet, which is OK.
    pub const fn new() -> Self {
        MultiStatus(Vec::new())
    }

    /// Adds the status of a step.
    pub fn add(&mut self, status: Status) {
        self.0.push(status);
    }

    /// The status that all together make.
    pub fn merged(&self) -> Status {
        let codes: Vec<StatusCode> = self.0.iter().map(Status::code).collect();
        let messages: Vec<&str> = self
            .0
            .iter()
            .map(Status::message)
            .filter(|message| !message.is_empty())
            .collect();
        Status::new(merge(codes), messages.join(", "))
    }
}

impl From<MultiStatus> for Status {
    fn from(all: MultiStatus) -> Self {
        all.merged()
    }
}

impl Extend<Status> for MultiStatus {
    fn extend<I: IntoIterator<Item = Status>>(&mut self, statuses: I) {
        self.0.extend(statuses);
    }
}

impl FromIterator<Status> for MultiStatus {
    fn from_iter<I: IntoIterator<Item = Status>>(statuses: I) -> Self {
        MultiStatus(statuses.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_statuses_make_one_in_the_words_of_the_protocol() {
        let ok = |message: &'static str| Status::new(StatusCode::Ok, message);
        let refused = || Status::new(StatusCode::AuthenticationError, "q2");
        let table = [
            (vec![], "OK"),
            (vec![Status::ok(), Status::ok()], "OK"),
            (vec![ok("q1"), Status::ok()], "OK - q1"),
            // As recorded from Dynatrace's own SDK.
            (vec![ok("q1"), refused()], "WARNING - q1, q2"),
            (vec![refused()], "GENERIC_ERROR - q2"),
            (
                vec![refused(), Status::new(StatusCode::GenericError, "")],
                "GENERIC_ERROR - q2",
            ),
            (vec![refused(), Status::warning("q3")], "WARNING - q2, q3"),
        ];
        for (statuses, expected) in table {
            let all: MultiStatus = statuses.into_iter().collect();
            assert_eq!(Status::from(all).to_string(), expected);
        }
    }
}
