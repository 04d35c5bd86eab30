//! A status, and what of it is news.

use crate::Status;

/// A status as it is put up.
///
/// Its gist is the status without what is different each time it is told, such
/// as an age or a running total: an operator who has heard of a fault does not
/// want to hear every minute that it is a minute older.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Posted {
    pub(crate) status: Status,
    pub(crate) gist: Status,
}

impl Posted {
    pub(crate) fn map(self, change: impl Fn(Status) -> Status) -> Self {
        Posted {
            status: change(self.status),
            gist: change(self.gist),
        }
    }
}

impl From<Status> for Posted {
    fn from(status: Status) -> Self {
        Posted {
            gist: status.clone(),
            status,
        }
    }
}
