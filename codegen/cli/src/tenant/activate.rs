//! Which version of an extension is the active one.

use std::io::Write;

use serde_json::json;
use ureq::http::Method;

use super::answer::{Answer, one_line};
use super::client::{Call, Client};
use super::endpoints::{Api, Purpose};
use super::upload::version_of;
use crate::Outcome;
use crate::failure::Failure;

/// What was active.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Before {
    Nothing,
    Version(String),
    /// The token may not ask, or the tenant does not say.
    Unknown,
}

/// Makes a version the active one, and says which one was.
pub(super) fn run(
    client: &Client,
    name: &str,
    version: &str,
    out: &mut impl Write,
) -> Result<Outcome, Failure> {
    let url = client.tenant.active_version(name);
    let asked = client.send(&Call {
        method: Method::GET,
        url: url.clone(),
        content: None,
        repeatable: true,
    });
    // That it cannot be asked is no reason not to try.
    let before = asked.map_or(Before::Unknown, |answer| before(&answer));
    if before == Before::Version(version.to_owned()) {
        writeln!(out, "{name} {version} is active already")?;
        return Ok(Outcome::Sound);
    }
    let body = json!({ "version": version }).to_string();
    let answer = client.send(&Call {
        // The classic API enables an extension by POST and changes its version
        // by PUT; the platform has one for both.
        method: match (client.tenant.api, &before) {
            (Api::Platform, _) | (Api::Classic, Before::Nothing) => Method::POST,
            (Api::Classic, Before::Version(_) | Before::Unknown) => Method::PUT,
        },
        url,
        content: Some(("application/json", body.as_bytes())),
        repeatable: true,
    })?;
    if !answer.is_success() {
        let refusal = answer.refusal().filter(|_| answer.status == 400);
        let Some(refusal) = refusal else {
            return Err(client.failure(&answer, Purpose::Activate));
        };
        return Err(Failure::new(format!(
            "the tenant does not activate {name} {version}: {}",
            one_line(&refusal.message)
        ))
        .unsound());
    }
    let told = match before {
        Before::Nothing => ", the first version to be",
        Before::Version(before) => &format!(", before it was {}", one_line(&before)),
        Before::Unknown => "",
    };
    writeln!(out, "{name} {version} is active{told}")?;
    Ok(Outcome::Sound)
}

fn before(answer: &Answer) -> Before {
    match (answer.status, version_of(answer)) {
        (200, Some(version)) => Before::Version(version.to_owned()),
        (404, _) if answer.json().is_some() => Before::Nothing,
        _ => Before::Unknown,
    }
}
