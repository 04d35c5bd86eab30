//! How many files, and so how many sockets, the process may have open.

/// More than the polls that run at once and the connections that are kept
/// between them need, in the worst of cases.
const WANTED: u64 = 8_192;

/// Asks for as many as are wanted. Systems begin at 1,024, for programs that
/// cannot count further, and let those ask for more that can.
///
/// Called where the process begins; a library has no business with limits.
pub(crate) fn ask() {
    #[cfg(unix)]
    if let Err(error) = rlimit::increase_nofile_limit(WANTED) {
        tracing::warn!("the process cannot ask for more open files: {error}");
    }
}

/// How many polls may run at once if `wanted` should. Says so if the system
/// allows fewer.
pub(crate) fn polls(wanted: usize) -> usize {
    let Some(limit) = limit() else {
        return wanted;
    };
    let allowed = polls_within(limit);
    if wanted > allowed {
        tracing::warn!(
            "{allowed} endpoints are polled at once instead of {wanted}, because this process may \
             have no more than {limit} open files: raise the limit (`ulimit -n`, `LimitNOFILE=`)"
        );
    }
    wanted.min(allowed)
}

/// Half of the files. The other half is for connections that are kept between
/// polls, those to the receivers, and what the extension itself opens.
fn polls_within(limit: u64) -> usize {
    usize::try_from(limit / 2).unwrap_or(usize::MAX).max(1)
}

#[cfg(unix)]
fn limit() -> Option<u64> {
    rlimit::Resource::NOFILE.get_soft().ok()
}

/// Sockets are no files there, and their number is not limited.
#[cfg(not(unix))]
fn limit() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polls_leave_half_of_the_files_to_everything_else() {
        assert_eq!(polls_within(1_024), 512);
        assert_eq!(polls_within(0), 1, "some progress is better than none");
        assert!(polls_within(WANTED) > crate::endpoint::DEFAULT_CONCURRENCY);
    }

    #[test]
    fn fewer_than_allowed_are_left_as_they_are() {
        assert_eq!(polls(1), 1);
    }
}
