//! The token: where it comes from, and that it goes nowhere else.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use ureq::http::HeaderValue;

use super::args::TenantArgs;
use super::endpoints::{Api, Tenant};
use crate::failure::Failure;

const WARNING: Style = AnsiColor::BrightYellow.on_default().bold();

/// Most bytes of a token; those of Dynatrace have about 100.
const MAX_BYTES: u64 = 4_096;

/// A token. What is printed of it is where it came from.
pub(super) struct Token {
    text: String,
    /// The variable or file.
    pub(super) origin: String,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({})", self.origin)
    }
}

impl Token {
    /// Finds the token that the tenant takes.
    pub(super) fn find(args: &TenantArgs, tenant: &Tenant) -> Result<Token, Failure> {
        match args.token_file.as_deref() {
            Some(path) if path == Path::new("-") => from_stdin(),
            Some(path) => from_file(path),
            None => from_environment(tenant, |name| std::env::var(name).ok()),
        }
    }

    /// The header that carries it; its value is marked so that nothing prints
    /// it.
    pub(super) fn header(&self, api: Api) -> Result<HeaderValue, Failure> {
        let scheme = match api {
            Api::Classic => "Api-Token",
            Api::Platform => "Bearer",
        };
        let mut value = HeaderValue::from_str(&format!("{scheme} {}", self.text))
            .map_err(|_| no_token(&self.origin))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The text, to take it out of what the other side says.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What is odd about using it with this API, by how tokens of Dynatrace
    /// begin.
    pub(super) fn mismatch(&self, api: Api) -> Option<&'static str> {
        match api {
            Api::Platform if self.text.starts_with("dt0c01.") => Some(
                "it is an API token, which goes with https://….live.dynatrace.com; \
                 https://….apps.dynatrace.com takes platform tokens",
            ),
            Api::Classic if self.text.starts_with("dt0s16.") => Some(
                "it is a platform token, which goes with https://….apps.dynatrace.com; \
                 this URL takes API tokens",
            ),
            _ => None,
        }
    }

    fn new(text: &str, origin: &str) -> Result<Token, Failure> {
        let text = text.trim();
        let is_one = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_one {
            return Err(no_token(origin));
        }
        Ok(Token {
            text: text.to_owned(),
            origin: origin.to_owned(),
        })
    }
}

fn no_token(origin: &str) -> Failure {
    Failure::new(format!("{origin} holds no token"))
        .help("a token is one word such as dt0c01.ST2EY….NW5OE…, with nothing around it")
}

fn from_environment(
    tenant: &Tenant,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Token, Failure> {
    let (wanted, other) = match tenant.api {
        Api::Classic => ("DT_API_TOKEN", "DT_PLATFORM_TOKEN"),
        Api::Platform => ("DT_PLATFORM_TOKEN", "DT_API_TOKEN"),
    };
    let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    if let Some(text) = set(wanted) {
        return Token::new(&text, wanted);
    }
    let failure = Failure::new(format!("there is no token: {wanted} is not set"));
    Err(if set(other).is_some() {
        let theirs = match tenant.api {
            Api::Classic => "https://….apps.dynatrace.com",
            Api::Platform => "https://….live.dynatrace.com",
        };
        failure.help(format!(
            "{other} is set; its tokens go with a URL such as {theirs}, not with {}",
            tenant.shown()
        ))
    } else {
        failure.help(
            "set it, or name a file with the token with --token-file (`-` reads standard input)",
        )
    })
}

fn from_stdin() -> Result<Token, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(
            Failure::new("the token would show on the screen while you write it").help(
                "pipe it in: `pass show dynatrace | extyped … --token-file -`, or name a file",
            ),
        );
    }
    let origin = "standard input";
    Token::new(&read(stdin.lock(), origin)?, origin)
}

fn from_file(path: &Path) -> Result<Token, Failure> {
    let origin = path.display().to_string();
    let file = File::open(path)
        .map_err(|cause| Failure::new(format!("{origin} cannot be read")).cause(cause))?;
    if let Ok(metadata) = fs::metadata(path)
        && is_open_to_others(&metadata)
    {
        let told = format!(
            "{WARNING}warning{WARNING:#}: others on this machine can read {origin}; \
             `chmod 600` keeps the token to yourself"
        );
        crate::tenant::say(&told);
    }
    Token::new(&read(file, &origin)?, &origin)
}

fn read(from: impl Read, origin: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|cause| Failure::new(format!("{origin} cannot be read")).cause(cause))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(no_token(origin));
    }
    String::from_utf8(bytes).map_err(|_| no_token(origin))
}

#[cfg(unix)]
fn is_open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    // A pipe of the shell, `<(…)`, is nobody else's.
    metadata.is_file() && metadata.mode() & 0o044 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(url: &str) -> Tenant {
        Tenant::parse(url, None).expect("a URL")
    }

    fn find(url: &str, variables: &[(&str, &str)]) -> Result<Token, String> {
        from_environment(&tenant(url), |name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
        .map_err(|failure| failure.to_string())
    }

    #[test]
    fn each_host_takes_its_kind_of_token() {
        let both = [
            ("DT_API_TOKEN", " classic\n"),
            ("DT_PLATFORM_TOKEN", "platform"),
        ];
        let classic = find("https://a.live.dynatrace.com", &both).expect("a token");
        assert_eq!(
            classic.header(Api::Classic).expect("a header"),
            "Api-Token classic"
        );
        let platform = find("https://a.apps.dynatrace.com", &both).expect("a token");
        assert_eq!(
            platform.header(Api::Platform).expect("a header"),
            "Bearer platform"
        );
    }

    #[test]
    fn a_token_for_the_other_host_is_told_of() {
        let told = find(
            "https://a.apps.dynatrace.com",
            &[("DT_API_TOKEN", "hidden")],
        );
        let told = told.expect_err("no token for it");
        assert!(told.contains("DT_PLATFORM_TOKEN is not set"), "{told}");
        assert!(told.contains("https://….live.dynatrace.com"), "{told}");
        assert!(!told.contains("hidden"), "{told}");
        let told = find("https://a.live.dynatrace.com", &[("DT_API_TOKEN", " ")]);
        assert!(told.expect_err("none").contains("--token-file"));
    }

    #[test]
    fn what_is_no_token_is_not_shown() {
        for text in ["", "two words", "line\nline", "ümlaut"] {
            let told = Token::new(text, "token.txt").expect_err(text).to_string();
            assert!(told.contains("token.txt holds no token"), "{told}");
            assert!(
                !told.contains("words") && !told.contains("ümlaut"),
                "{told}"
            );
        }
    }

    #[test]
    fn neither_the_token_nor_its_header_can_be_printed() {
        let token = Token::new("dt0c01.abc.secret", "DT_API_TOKEN").expect("a token");
        let header = token.header(Api::Classic).expect("a header");
        let printed = format!("{token:?} {header:?}");
        assert!(!printed.contains("secret"), "{printed}");
        assert!(token.mismatch(Api::Platform).is_some());
        assert!(token.mismatch(Api::Classic).is_none());
    }
}
