//! From the statuses of all parts to one, in the words of the data-source
//! protocol.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use super::{Posted, Reported};
use crate::status_report::EndpointStatus;
use crate::{Status, StatusCode};

/// How many unhealthy endpoints the status names; the rest is counted.
const NAMED: usize = 20;

/// Everything a report is made from.
#[derive(Debug, Default)]
pub(super) struct Parts {
    polling: bool,
    /// Each name once. The endpoint without a name is told by its callbacks.
    endpoints: Vec<EndpointStatus>,
    places: HashMap<Arc<str>, usize>,
    /// The callbacks of the endpoint without a name.
    callbacks: Vec<(String, Status)>,
}

impl Parts {
    pub(super) fn new(polling: bool) -> Self {
        Parts {
            polling,
            ..Parts::default()
        }
    }

    /// Adds an endpoint with what its callbacks say of it and of others.
    pub(super) fn entry<'a>(
        &mut self,
        name: &Arc<str>,
        slots: impl Iterator<Item = (&'a str, Option<Cow<'a, Posted>>, &'a Reported)>,
    ) {
        let mut known = Vec::new();
        let mut callbacks = 0;
        for (callback, posted, reported) in slots {
            callbacks += 1;
            for (name, status) in reported.iter() {
                self.endpoint(name, Posted::from(status.clone()));
            }
            let Some(posted) = posted else { continue };
            if name.is_empty() && (reported.is_empty() || posted.status != Status::ok()) {
                self.callbacks
                    .push((callback.to_owned(), posted.status.clone()));
            }
            known.push((callback, posted));
        }
        if let Some(posted) = of_callbacks(known, callbacks) {
            self.endpoint(name, posted);
        }
    }

    /// Several that speak of one endpoint are merged: two statuses of one name
    /// would take turns in being news.
    fn endpoint(&mut self, name: &Arc<str>, posted: Posted) {
        let known = self
            .places
            .get(name)
            .and_then(|&place| self.endpoints.get_mut(place));
        if let Some(known) = known {
            let both = |a: &Status, b: &Status| merged([a, b]);
            known.gist = both(&known.gist, &posted.gist);
            known.status = both(&known.status, &posted.status);
            return;
        }
        self.places.insert(Arc::clone(name), self.endpoints.len());
        self.endpoints.push(EndpointStatus {
            name: Arc::clone(name),
            status: posted.status,
            gist: posted.gist,
        });
    }

    /// The status of the extension as a whole.
    pub(super) fn overall<'a>(
        &'a self,
        setup: Option<&'a Status>,
        troubles: impl Iterator<Item = (&'a str, &'a Status)>,
    ) -> Option<Status> {
        if let Some(setup) = setup
            && setup.code().is_error()
        {
            return Some(setup.clone());
        }
        let named: Vec<&EndpointStatus> = self
            .endpoints
            .iter()
            .filter(|endpoint| !endpoint.name.is_empty())
            .collect();
        let mut troubles = troubles.peekable();
        if named.is_empty() && self.callbacks.is_empty() && troubles.peek().is_none() {
            return setup.cloned().or_else(|| self.polling.then(Status::ok));
        }
        let mut codes: Vec<StatusCode> = Vec::new();
        let mut lines = Vec::new();
        if !named.is_empty() {
            codes.extend(named.iter().map(|endpoint| endpoint.status.code()));
            lines.push(summary(&named));
        }
        let callbacks = self.callbacks.iter();
        let callbacks = callbacks.map(|(name, status)| (name.as_str(), status));
        let setup = setup.map(|status| ("initialize", status));
        for (about, status) in callbacks.chain(setup).chain(troubles) {
            codes.push(status.code());
            if *status != Status::ok() {
                lines.push(format!("{about}: {status}"));
            }
        }
        Some(Status::new(merge(codes), lines.join("\n")))
    }

    pub(super) fn into_endpoints(self) -> Vec<EndpointStatus> {
        self.endpoints
    }
}

/// The status of an endpoint from those of its callbacks. With one callback it
/// is what that one said.
fn of_callbacks(mut known: Vec<(&str, Cow<'_, Posted>)>, callbacks: usize) -> Option<Posted> {
    if callbacks == 1 {
        return known.pop().map(|(_, posted)| posted.into_owned());
    }
    let all = |status: fn(&Posted) -> &Status| {
        let of = known.iter().map(|(name, posted)| (*name, status(posted)));
        let lines = of
            .clone()
            .filter(|(_, status)| **status != Status::ok())
            .map(|(name, status)| format!("{name}: {status}"));
        let text = lines.collect::<Vec<_>>().join(", ");
        Status::new(agreed(of.map(|(_, status)| status.code())), text)
    };
    (!known.is_empty()).then(|| Posted {
        status: all(|posted| &posted.status),
        gist: all(|posted| &posted.gist),
    })
}

/// One status of several about the same thing.
fn merged<'a>(statuses: impl IntoIterator<Item = &'a Status> + Clone) -> Status {
    let codes = statuses.clone().into_iter().map(Status::code);
    let texts: Vec<&str> = statuses
        .into_iter()
        .map(Status::message)
        .filter(|message| !message.is_empty())
        .collect();
    Status::new(agreed(codes), texts.join(", "))
}

/// `Endpoints OK: 1 WARNING: 0 ERROR: 1 Unhealthy endpoints: db-1 - …`
fn summary(endpoints: &[&EndpointStatus]) -> String {
    let count = |wanted: fn(StatusCode) -> bool| {
        endpoints
            .iter()
            .filter(|endpoint| wanted(endpoint.status.code()))
            .count()
    };
    let mut text = format!(
        "Endpoints OK: {} WARNING: {} ERROR: {}",
        count(|code| code == StatusCode::Ok),
        count(|code| code == StatusCode::Warning),
        count(StatusCode::is_error),
    );
    let mut unhealthy = endpoints
        .iter()
        .filter(|endpoint| endpoint.status.code() != StatusCode::Ok);
    let named: Vec<String> = unhealthy
        .by_ref()
        .take(NAMED)
        .map(|endpoint| {
            let status = &endpoint.status;
            let text = format!("{} - {} {}", endpoint.name, status.code(), status.message());
            text.trim_end().to_owned()
        })
        .collect();
    if !named.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(text, " Unhealthy endpoints: {}", named.join(", "));
        match unhealthy.count() {
            0 => {}
            more => {
                let _ = write!(text, " and {more} more");
            }
        }
    }
    text
}

/// The code of several statuses: any warning is a warning, all OK is OK, all
/// errors are a `GENERIC_ERROR`, and OK beside errors is a warning.
pub(crate) fn merge(codes: impl IntoIterator<Item = StatusCode>) -> StatusCode {
    let (mut well, mut broken) = (false, false);
    for code in codes {
        match code {
            StatusCode::Warning => return StatusCode::Warning,
            StatusCode::Ok => well = true,
            _ => broken = true,
        }
    }
    match (well, broken) {
        (true, true) => StatusCode::Warning,
        (false, true) => StatusCode::GenericError,
        (_, false) => StatusCode::Ok,
    }
}

/// [`merge`] for an endpoint: errors that agree keep their code, which tells
/// the operator more.
fn agreed(codes: impl IntoIterator<Item = StatusCode>) -> StatusCode {
    let codes: Vec<StatusCode> = codes.into_iter().collect();
    match codes.as_slice() {
        [first, rest @ ..] if rest.iter().all(|code| code == first) => *first,
        _ => merge(codes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: StatusCode = StatusCode::Ok;
    const WARNING: StatusCode = StatusCode::Warning;
    const GENERIC: StatusCode = StatusCode::GenericError;
    const REFUSED: StatusCode = StatusCode::AuthenticationError;
    const DOWN: StatusCode = StatusCode::DeviceConnectionError;

    #[test]
    fn codes_are_merged_as_the_protocol_says() {
        let table: [(&[StatusCode], StatusCode); 9] = [
            (&[], OK),
            (&[OK, OK], OK),
            (&[WARNING], WARNING),
            (&[OK, WARNING], WARNING),
            (&[DOWN, WARNING], WARNING),
            (&[DOWN], GENERIC),
            (&[DOWN, REFUSED], GENERIC),
            (&[DOWN, DOWN], GENERIC),
            (&[OK, DOWN], WARNING),
        ];
        for (codes, expected) in table {
            assert_eq!(merge(codes.iter().copied()), expected, "{codes:?}");
        }
    }

    #[test]
    fn the_callbacks_of_an_endpoint_keep_the_code_they_agree_on() {
        let table: [(&[StatusCode], StatusCode); 4] = [
            (&[REFUSED, REFUSED], REFUSED),
            (&[REFUSED, DOWN], GENERIC),
            (&[REFUSED, OK], WARNING),
            (&[OK, OK], OK),
        ];
        for (codes, expected) in table {
            assert_eq!(agreed(codes.iter().copied()), expected, "{codes:?}");
        }
    }
}
