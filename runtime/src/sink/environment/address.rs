//! The address of an environment, as people write it.

use std::net::IpAddr;

use reqwest::Url;

use crate::http::shown_text;

/// The three forms there are, for errors.
pub(super) const FORMS: &str = "https://ENVIRONMENT-ID.live.dynatrace.com, \
     https://HOST/e/ENVIRONMENT-ID for Dynatrace Managed, or \
     https://ACTIVEGATE:9999/e/ENVIRONMENT-ID";

/// What follows the address of an environment when somebody copies it from a
/// request.
const API_PATHS: [&str; 6] = [
    "/api/v2/metrics/ingest",
    "/api/v2/logs/ingest",
    "/api/v2/events/ingest",
    "/api/v2",
    "/api/v1",
    "/api",
];

/// The address that the paths of the API are appended to, without a slash at
/// its end. `Err` says what is wrong with it and how it is written.
pub(super) fn parse(text: &str, plain_http: bool) -> Result<String, String> {
    let url = Url::parse(text.trim()).map_err(|error| {
        format!(
            "`{}` is not the address of an environment ({error}): it is {FORMS}",
            shown_text(text.trim())
        )
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!(
            "the address of the environment holds a user name or a password, and the token is all \
             that it takes: write {FORMS}"
        ));
    }
    let shown = shown_text(url.as_str());
    if !matches!(url.scheme(), "https" | "http") {
        return Err(format!(
            "`{shown}` does not start with https://: the address of an environment is {FORMS}"
        ));
    }
    let host = url.host_str().unwrap_or_default();
    if let Some(api) = of_the_api(host) {
        return Err(format!(
            "{host} serves the web interface and not the API: write https://{api}"
        ));
    }
    if url.scheme() == "http" && !plain_http && !is_loopback(host) {
        return Err(format!(
            "`{shown}` would send the token in clear text: write https://, or allow plain HTTP if \
             nobody can listen in between"
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!(
            "`{shown}` is followed by more than an address, as a page of the web interface is: \
             write {FORMS}"
        ));
    }
    let address = url.as_str().trim_end_matches('/');
    let base = API_PATHS.iter().find_map(|path| address.strip_suffix(path));
    Ok(base.unwrap_or(address).trim_end_matches('/').to_owned())
}

/// The host of the API that belongs to a host of the web interface: `.live.`
/// instead of `.apps.`, and in the stages before it nothing.
fn of_the_api(host: &str) -> Option<String> {
    let (environment, domain) = host.split_once(".apps.")?;
    match domain {
        "dynatrace.com" => Some(format!("{environment}.live.{domain}")),
        "dynatracelabs.com" => Some(format!("{environment}.{domain}")),
        _ => None,
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_address_is_taken() {
        let cases = [
            (
                "https://abc12345.live.dynatrace.com",
                "https://abc12345.live.dynatrace.com",
            ),
            (
                " https://abc12345.live.dynatrace.com/\n",
                "https://abc12345.live.dynatrace.com",
            ),
            (
                "https://managed.example/e/0f1e2d3c-4b5a-6978/",
                "https://managed.example/e/0f1e2d3c-4b5a-6978",
            ),
            (
                "https://activegate.example:9999/e/abc12345",
                "https://activegate.example:9999/e/abc12345",
            ),
            (
                "https://abc12345.live.dynatrace.com/api/v2/metrics/ingest",
                "https://abc12345.live.dynatrace.com",
            ),
            (
                "https://managed.example/e/abc/api/v2/",
                "https://managed.example/e/abc",
            ),
            (
                "https://abc12345.live.dynatrace.com//",
                "https://abc12345.live.dynatrace.com",
            ),
            (
                "https://abc12345.sprint.dynatracelabs.com",
                "https://abc12345.sprint.dynatracelabs.com",
            ),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("http://[::1]:8080/e/x", "http://[::1]:8080/e/x"),
        ];
        for (text, address) in cases {
            assert_eq!(parse(text, false).as_deref(), Ok(address), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_told_with_what_would_be() {
        let cases = [
            ("", "is not the address of an environment"),
            (
                "abc12345.live.dynatrace.com",
                "it is https://ENVIRONMENT-ID.live.dynatrace.com",
            ),
            ("ftp://abc12345.live.dynatrace.com", "start with https://"),
            (
                "https://abc12345.apps.dynatrace.com",
                "write https://abc12345.live.dynatrace.com",
            ),
            (
                "https://abc12345.apps.dynatrace.com/ui/apps/dynatrace.hub",
                "write https://abc12345.live.dynatrace.com",
            ),
            (
                "https://abc12345.sprint.apps.dynatracelabs.com/",
                "write https://abc12345.sprint.dynatracelabs.com",
            ),
            (
                "https://abc12345.live.dynatrace.com/#dashboards;gtf=-2h",
                "followed by more than an address",
            ),
            (
                "https://abc12345.live.dynatrace.com/ui?gtf=today",
                "followed by more than an address",
            ),
            (
                "http://abc12345.live.dynatrace.com",
                "would send the token in clear text",
            ),
            ("http://localhost.evil.example", "in clear text"),
            ("http://10.0.0.1", "in clear text"),
        ];
        for (text, message) in cases {
            let error = parse(text, false).expect_err(text);
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn plain_http_can_be_allowed() {
        let address = parse("http://activegate.example:9999/e/abc", true);
        assert_eq!(
            address.as_deref(),
            Ok("http://activegate.example:9999/e/abc")
        );
    }

    #[test]
    fn a_password_in_an_address_is_not_repeated() {
        for text in [
            "https://me:hunter2@abc12345.live.dynatrace.com",
            "https://me:hunter2@",
            "ftp://me:hunter2@abc/?token=hunter2",
            "http://abc/?token=hunter2",
        ] {
            let error = parse(text, false).expect_err(text);
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
