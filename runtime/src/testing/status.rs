//! A heartbeat as a status.

use extyped_simulator::Heartbeat;

use crate::{Status, StatusCode};

const CODES: [StatusCode; 9] = [
    StatusCode::Ok,
    StatusCode::Warning,
    StatusCode::GenericError,
    StatusCode::InvalidArgsError,
    StatusCode::EecConnectionError,
    StatusCode::InvalidConfigError,
    StatusCode::AuthenticationError,
    StatusCode::DeviceConnectionError,
    StatusCode::UnknownError,
];

/// What a heartbeat says; `None` where it says that nothing is known.
pub(super) fn of(heartbeat: Heartbeat) -> Option<Status> {
    let code = CODES
        .into_iter()
        .find(|code| code.as_str() == heartbeat.status)?;
    Some(Status::new(code, heartbeat.message))
}
