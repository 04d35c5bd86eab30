//! Where a tenant takes extensions and their configurations, and what a token
//! has to be allowed for it.
//!
//! As documented by Dynatrace: the classic API under "Extensions 2.0 API",
//! <https://docs.dynatrace.com/docs/dynatrace-api/environment-api/extensions-20>, the
//! platform under "Extensions API",
//! <https://docs.dynatrace.com/docs/dynatrace-api/platform-api/platform-extensions-v2>.

use std::fmt::Write as _;
use std::net::IpAddr;

use clap::ValueEnum;
use ureq::http::Uri;

use crate::failure::Failure;

/// The two ways to the same tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Api {
    /// `/api/v2`, by an API token
    Classic,
    /// `/platform/extensions/v2`, by a platform token
    Platform,
}

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Upload,
    Activate,
    Configure,
}

impl Purpose {
    /// What a token has to be allowed.
    pub(super) fn scope(self, api: Api) -> &'static str {
        match (api, self) {
            (Api::Classic, Purpose::Upload) => "`extensions.write`",
            (Api::Classic, Purpose::Activate) => {
                "`extensionEnvironment.write` (or `extensions.write`)"
            }
            (Api::Classic, Purpose::Configure) => "`extensionConfigurations.write`",
            (Api::Platform, Purpose::Upload | Purpose::Activate) => {
                "`extensions:definitions:write`"
            }
            // Without the second one the tenant does not find the extension.
            (Api::Platform, Purpose::Configure) => {
                "`extensions:configurations:write` and `extensions:definitions:read`"
            }
        }
    }
}

/// A tenant, by the address of which everything else is found.
#[derive(Debug, Clone)]
pub(super) struct Tenant {
    /// Without a `/` at the end.
    base: String,
    uri: Uri,
    pub(super) api: Api,
}

const HELP: &str = "write https://abc12345.live.dynatrace.com, \
    https://abc12345.apps.dynatrace.com, or https://HOST/e/ENVIRONMENT of a Managed cluster or an \
    ActiveGate";

impl Tenant {
    pub(super) fn parse(text: &str, api: Option<Api>) -> Result<Tenant, Failure> {
        let text = text.trim();
        // The text itself is not shown: it may have a password in it.
        let wrong =
            |why: &str| Err(Failure::new(format!("the URL of the tenant {why}")).help(HELP));
        let whole = if text.contains("://") {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let Ok(uri) = whole.parse::<Uri>() else {
            return wrong("is no URL");
        };
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return wrong("names no host");
        };
        if authority.as_str().contains('@') {
            return wrong("holds a user or password; a tenant takes a token only");
        }
        if authority.host().is_empty() {
            return wrong("names no host");
        }
        match scheme {
            "https" => {}
            "http" if is_this_machine(authority.host()) => {}
            "http" => return wrong("is not https, and would show the token to the network"),
            _ => return wrong("is not https"),
        }
        if uri.query().is_some() {
            return wrong("has a query, which belongs to a page");
        }
        let api = api.unwrap_or_else(|| api_of(authority.host()));
        let path = match api {
            Api::Classic => classic_root(uri.path()),
            // Whatever page was copied from the browser.
            Api::Platform => "",
        };
        let base = format!("{scheme}://{authority}{path}");
        Ok(Tenant { base, uri, api })
    }

    /// How to call it.
    pub(super) fn shown(&self) -> &str {
        &self.base
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    pub(super) fn host(&self) -> &str {
        self.uri.host().unwrap_or_default()
    }

    pub(super) fn upload(&self, validate_only: bool) -> String {
        let query = match (self.api, validate_only) {
            (_, false) => "",
            (Api::Classic, true) => "?validateOnly=true",
            (Api::Platform, true) => ":validate",
        };
        format!("{}{query}", self.extensions())
    }

    /// The version of an extension that is active.
    pub(super) fn active_version(&self, extension: &str) -> String {
        let last = match self.api {
            Api::Classic => "environmentConfiguration",
            Api::Platform => "environment-configuration",
        };
        format!("{}/{}/{last}", self.extensions(), segment(extension))
    }

    pub(super) fn configurations(&self, extension: &str) -> String {
        let last = match self.api {
            Api::Classic => "monitoringConfigurations",
            Api::Platform => "monitoring-configurations",
        };
        format!("{}/{}/{last}", self.extensions(), segment(extension))
    }

    pub(super) fn configuration(&self, extension: &str, id: &str) -> String {
        format!("{}/{}", self.configurations(extension), segment(id))
    }

    fn extensions(&self) -> String {
        let path = match self.api {
            Api::Classic => "/api/v2/extensions",
            Api::Platform => "/platform/extensions/v2/extensions",
        };
        format!("{}{path}", self.base)
    }
}

/// The SDK tells them apart by this part of the name, that of the labs
/// included.
fn api_of(host: &str) -> Api {
    if host.to_ascii_lowercase().contains(".apps.dynatrace") {
        Api::Platform
    } else {
        Api::Classic
    }
}

/// Where the API begins; many write down the URL with a part of it.
fn classic_root(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix("/v2").unwrap_or(path);
    path.strip_suffix("/api").unwrap_or(path)
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>();
    bare.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// One part of a path, whatever is in it. The `:` of `custom:x` may stand as it
/// is, and some who look at paths expect it so.
fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(url: &str) -> Tenant {
        Tenant::parse(url, None).expect(url)
    }

    #[test]
    fn a_classic_tenant_has_its_paths_below_its_root() {
        for url in [
            "https://abc.live.dynatrace.com",
            "https://abc.live.dynatrace.com/",
            "abc.live.dynatrace.com",
            "https://abc.live.dynatrace.com/api",
            "https://abc.live.dynatrace.com/api/v2/",
        ] {
            let tenant = tenant(url);
            assert_eq!(
                tenant.upload(true),
                "https://abc.live.dynatrace.com/api/v2/extensions?validateOnly=true",
                "{url}"
            );
            assert_eq!(
                tenant.active_version("custom:pond"),
                "https://abc.live.dynatrace.com/api/v2/extensions/custom:pond/environmentConfiguration"
            );
        }
        assert_eq!(
            tenant("https://ag.corp:9999/e/123/").configuration("custom:a/b", "x y"),
            "https://ag.corp:9999/e/123/api/v2/extensions/custom:a%2Fb/monitoringConfigurations/x%20y"
        );
    }

    #[test]
    fn the_platform_is_told_by_its_host_and_has_its_paths_at_the_top() {
        for url in [
            "https://abc.apps.dynatrace.com",
            "https://abc.apps.dynatrace.com/ui/apps/hub",
        ] {
            let tenant = tenant(url);
            assert_eq!(tenant.api, Api::Platform);
            assert_eq!(
                tenant.upload(true),
                "https://abc.apps.dynatrace.com/platform/extensions/v2/extensions:validate"
            );
            assert_eq!(
                tenant.configurations("custom:pond"),
                "https://abc.apps.dynatrace.com/platform/extensions/v2/extensions/custom:pond/\
                 monitoring-configurations"
            );
        }
        let labs = tenant("https://abc.dev.apps.dynatracelabs.com");
        assert_eq!(labs.api, Api::Platform);
        let forced = Tenant::parse("https://gateway.corp", Some(Api::Platform)).expect("a URL");
        assert!(forced.upload(false).ends_with("/v2/extensions"));
    }

    #[test]
    fn what_would_lead_astray_or_show_the_token_is_refused() {
        for (url, why) in [
            ("", "is no URL"),
            ("ftp://abc", "is not https"),
            ("http://abc.live.dynatrace.com", "show the token"),
            ("https://me:secret@abc.live.dynatrace.com", "holds a user"),
            ("https://abc.live.dynatrace.com/x?gf=all", "has a query"),
        ] {
            let told = Tenant::parse(url, None).expect_err(url).to_string();
            assert!(told.contains(why), "{url}: {told}");
            assert!(!told.contains("secret"), "{told}");
        }
        for url in [
            "http://localhost:8080",
            "http://127.0.0.1:1",
            "http://[::1]:1",
        ] {
            tenant(url);
        }
    }
}
