//! Whether a proxy is asked, and which.
//!
//! `ureq` reads the variables too, but takes the first one that is set, whatever
//! the scheme of the URL, and knows `NO_PROXY` only by whole names: neither
//! `corp.example` for what is below it, nor spaces, ports or networks.

use std::net::IpAddr;

use ureq::Proxy;
use ureq::http::Uri;

use crate::failure::Failure;

/// The proxy for a URL, as the environment wants it.
pub(super) fn of(
    target: &Uri,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Proxy>, Failure> {
    let set = |name: &str| {
        [name.to_ascii_lowercase(), name.to_owned()]
            .into_iter()
            .find_map(|name| Some((variable(&name).filter(|it| !it.trim().is_empty())?, name)))
    };
    let own = match target.scheme_str() {
        Some("https") => "HTTPS_PROXY",
        _ => "HTTP_PROXY",
    };
    let Some((address, name)) = set(own).or_else(|| set("ALL_PROXY")) else {
        return Ok(None);
    };
    if let Some((list, _)) = set("NO_PROXY")
        && is_excepted(target, &list)
    {
        return Ok(None);
    }
    // The address is not shown: it may have a password in it.
    Proxy::new(address.trim()).map(Some).map_err(|_| {
        Failure::new(format!("{name} is no address of a proxy"))
            .help("write http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT")
    })
}

/// Whether `NO_PROXY` names the host.
fn is_excepted(target: &Uri, list: &str) -> bool {
    let host = target.host().unwrap_or_default().to_ascii_lowercase();
    let host = host.trim_start_matches('[').trim_end_matches([']', '.']);
    let port = target.port_u16().or(match target.scheme_str() {
        Some("https") => Some(443),
        _ => Some(80),
    });
    let entries = list
        .split([',', ' ', '\t'])
        .filter(|entry| !entry.is_empty());
    entries.into_iter().any(|entry| {
        let entry = entry.to_ascii_lowercase();
        entry == "*" || names(&entry, host, port)
    })
}

fn names(entry: &str, host: &str, port: Option<u16>) -> bool {
    if let Ok(address) = host.parse::<IpAddr>() {
        let bare = entry.trim_start_matches('[').trim_end_matches(']');
        if let Ok(other) = bare.parse::<IpAddr>() {
            return address == other;
        }
        if let Some(is_in) = is_in_network(address, entry) {
            return is_in;
        }
    }
    let name = match entry.rsplit_once(':') {
        Some((name, wanted)) => {
            if wanted.parse() != Ok(port.unwrap_or_default()) {
                return false;
            }
            name
        }
        None => entry,
    };
    let name = name.trim_start_matches('*').trim_start_matches('.');
    let below = host.strip_suffix(name).unwrap_or_default();
    !name.is_empty() && (host == name || below.ends_with('.'))
}

/// Whether an address is in a network such as `10.0.0.0/8`; nothing if that is
/// no network.
fn is_in_network(address: IpAddr, network: &str) -> Option<bool> {
    let (first, length) = network.split_once('/')?;
    let (first, length) = (first.parse().ok()?, length.parse::<u32>().ok()?);
    Some(match (address, first) {
        (IpAddr::V4(address), IpAddr::V4(first)) => {
            let mask = u32::MAX
                .checked_shl(32_u32.checked_sub(length)?)
                .unwrap_or(0);
            address.to_bits() & mask == first.to_bits() & mask
        }
        (IpAddr::V6(address), IpAddr::V6(first)) => {
            let mask = u128::MAX
                .checked_shl(128_u32.checked_sub(length)?)
                .unwrap_or(0);
            address.to_bits() & mask == first.to_bits() & mask
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_host(url: &str, variables: &[(&str, &str)]) -> Option<String> {
        let url: Uri = url.parse().expect("a URL");
        let proxy = of(&url, |name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        proxy
            .expect("a proxy or none")
            .map(|it| it.host().to_owned())
    }

    #[test]
    fn the_scheme_chooses_the_variable() {
        let all = [
            ("HTTPS_PROXY", "http://secure:1"),
            ("http_proxy", "http://plain:1"),
            ("ALL_PROXY", "socks5://all:1"),
        ];
        assert_eq!(of_host("https://a.b", &all).as_deref(), Some("secure"));
        assert_eq!(of_host("http://a.b", &all).as_deref(), Some("plain"));
        assert_eq!(of_host("https://a.b", &all[1..]).as_deref(), Some("all"));
        assert_eq!(of_host("https://a.b", &[("HTTPS_PROXY", "")]), None);
    }

    #[test]
    fn no_proxy_names_hosts_domains_ports_and_networks() {
        let excepted = |url: &str, list: &str| {
            of_host(url, &[("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", list)]).is_none()
        };
        for (url, list) in [
            ("https://a.corp.example", "*"),
            ("https://a.corp.example", "other, corp.example"),
            ("https://a.corp.example", ".corp.example"),
            ("https://A.Corp.Example", "*.corp.example"),
            ("https://corp.example", "corp.example:443"),
            ("https://10.2.3.4", "10.0.0.0/8"),
            ("https://10.2.3.4", "10.2.3.4"),
            ("https://[fe80::1]:9999", "fe80::/10"),
        ] {
            assert!(excepted(url, list), "{url} {list}");
        }
        for (url, list) in [
            ("https://notcorp.example", "corp.example"),
            ("https://a.corp.example", "corp.example.org, b"),
            ("https://corp.example:9999", "corp.example:443"),
            ("https://11.2.3.4", "10.0.0.0/8"),
            ("https://10.2.3.4", "10.0.0.0/40"),
            ("https://a.b", ","),
        ] {
            assert!(!excepted(url, list), "{url} {list}");
        }
    }

    #[test]
    fn an_address_that_is_none_is_refused_and_not_shown() {
        let url: Uri = "https://a.b".parse().expect("a URL");
        let told = of(&url, |name| {
            (name == "HTTPS_PROXY").then(|| "fake://me:secret@p".to_owned())
        });
        let told = told.expect_err("no proxy").to_string();
        assert!(told.contains("HTTPS_PROXY is no address"), "{told}");
        assert!(!told.contains("secret"), "{told}");
    }
}
