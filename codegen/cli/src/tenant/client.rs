//! Requests to a tenant: each has a deadline, each is tried again while that
//! may help, and nothing that is secret is in what comes back.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, EXPECT, LOCATION, RETRY_AFTER};
use ureq::http::{HeaderValue, Method, Request, Response};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body as Stream, Proxy};

use super::answer::{Answer, Body, one_line};
use super::args::TenantArgs;
use super::endpoints::{Purpose, Tenant};
use super::patience::{Patience, retry_after};
use super::token::Token;
use super::{proxy, say, trouble};
use crate::failure::Failure;

/// How long it may take to find and reach the host.
const CONNECT: Duration = Duration::from_secs(15);

/// Most bytes of an answer. A tenant's have a few thousand.
const MAX_ANSWER: u64 = 5_000_000;

/// From how many bytes on the tenant is asked first whether it wants them, so
/// that a wrong token is told as such, and not as a connection that was cut off
/// while it was sent to.
const LARGE: usize = 1_000_000;

/// How often a host that cannot be reached is tried again: mostly its name is
/// wrong, and nobody wants to wait to learn that.
const RECONNECTS: u32 = 2;

/// A tenant, and all that is needed to ask it.
pub(super) struct Client {
    pub(super) tenant: Tenant,
    token: Token,
    header: HeaderValue,
    agent: Agent,
    timeout: Duration,
    is_proxied: bool,
    retries: u32,
    pause: Duration,
    /// Secrets, and what stands in their place.
    concealed: Vec<(String, String)>,
}

/// A request.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) url: String,
    /// Its type and bytes.
    pub(super) content: Option<(&'static str, &'a [u8])>,
    /// Whether it does no harm if it arrives twice.
    pub(super) repeatable: bool,
}

impl Client {
    pub(super) fn open(args: &TenantArgs, timeout: Duration) -> Result<Client, Failure> {
        let variable = |name: &str| std::env::var(name).ok();
        let url = args.tenant.clone();
        let url = ["DT_TENANT_URL", "DT_API_URL"]
            .into_iter()
            .fold(url, |url, name| {
                url.or_else(|| variable(name).filter(|it| !it.trim().is_empty()))
            })
            .ok_or_else(|| {
                Failure::new("there is no URL of a tenant")
                    .help("name it with --tenant, or set DT_TENANT_URL")
            })?;
        let tenant = Tenant::parse(&url, args.api)?;
        let token = Token::find(args, &tenant)?;
        let header = token.header(tenant.api)?;
        let proxy = proxy::of(tenant.uri(), variable)?;
        let timeout = args.timeout.unwrap_or(timeout);
        let is_proxied = proxy.is_some();
        let agent = agent(&tenant, proxy, args.ca.as_deref(), timeout)?;
        let concealed = vec![(token.text().to_owned(), "[token]".to_owned())];
        Ok(Client {
            tenant,
            token,
            header,
            agent,
            timeout,
            is_proxied,
            retries: args.retries,
            pause: Duration::from_millis(args.retry_pause),
            concealed,
        })
    }

    /// From now on takes secrets out of all answers too, since what is wrong
    /// with a value may be told with the value.
    pub(super) fn conceal(&mut self, secrets: impl IntoIterator<Item = (String, String)>) {
        // Short ones are words that stand elsewhere too, and no secrets.
        let secrets = secrets.into_iter().filter(|(secret, _)| secret.len() >= 4);
        self.concealed.extend(secrets);
        // A secret may be a part of another one.
        let longest_first = |(secret, _): &(String, String)| std::cmp::Reverse(secret.len());
        self.concealed.sort_by_key(longest_first);
    }

    /// Asks until there is an answer that will not change by waiting.
    pub(super) fn send(&self, call: &Call<'_>) -> Result<Answer, Failure> {
        let mut patience = Patience::new(self.retries, self.pause);
        let mut reconnects = Patience::new(self.retries.min(RECONNECTS), self.pause);
        loop {
            let tries = patience.done() + reconnects.done() + 1;
            match self.once(call) {
                Ok(mut answer) => {
                    answer.tries = tries;
                    let Some(why) = answer.not_yet(call.repeatable) else {
                        return Ok(answer);
                    };
                    let Some(wait) = patience.wait(answer.retry_after) else {
                        return Ok(answer);
                    };
                    pause(&why, wait, &patience);
                }
                Err(error) => {
                    let failure =
                        || trouble::failure(&error, &self.tenant, self.timeout, self.is_proxied);
                    let again = match trouble::kind(&error) {
                        trouble::Kind::Unreached => true,
                        trouble::Kind::CutOff => call.repeatable,
                        trouble::Kind::Lasting => false,
                    };
                    let wait = if again { reconnects.wait(None) } else { None };
                    let Some(wait) = wait else {
                        return Err(failure());
                    };
                    pause(failure().message(), wait, &reconnects);
                }
            }
        }
    }

    fn once(&self, call: &Call<'_>) -> Result<Answer, ureq::Error> {
        let request = Request::builder()
            .method(&call.method)
            .uri(&call.url)
            .header(ACCEPT, "application/json; charset=utf-8")
            .header(AUTHORIZATION, &self.header);
        let response = match call.content {
            Some((kind, bytes)) => {
                let mut request = request.header(CONTENT_TYPE, kind);
                if bytes.len() > LARGE {
                    request = request.header(EXPECT, "100-continue");
                }
                self.agent.run(request.body(bytes)?)?
            }
            None => self.agent.run(request.body(())?)?,
        };
        self.read(response)
    }

    fn read(&self, mut response: Response<Stream>) -> Result<Answer, ureq::Error> {
        let header = |name| {
            let value = response.headers().get(name);
            value
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let retry_after =
            header(RETRY_AFTER).and_then(|value| retry_after(&value, SystemTime::now()));
        let location = header(LOCATION);
        let content_type = header(CONTENT_TYPE);
        let status = response.status().as_u16();
        let bytes = response.body_mut().with_config().limit(MAX_ANSWER);
        let text = String::from_utf8_lossy(&bytes.read_to_vec()?).into_owned();
        let mut body = Body::read(content_type.as_deref(), &text);
        match &mut body {
            Body::Json(value) => self.take_secrets_out(value),
            Body::Text(text) => *text = self.without_secrets(text),
            Body::Empty | Body::Html => {}
        }
        Ok(Answer {
            status,
            body,
            retry_after,
            location: location.map(|it| self.without_secrets(&it)),
            tries: 1,
        })
    }

    fn take_secrets_out(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.without_secrets(text),
            Value::Array(items) => items.iter_mut().for_each(|it| self.take_secrets_out(it)),
            Value::Object(fields) => {
                fields.values_mut().for_each(|it| self.take_secrets_out(it));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn without_secrets(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (secret, instead) in &self.concealed {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), instead);
            }
        }
        text
    }

    /// Why an answer is none that the request can be done with.
    pub(super) fn failure(&self, answer: &Answer, purpose: Purpose) -> Failure {
        let host = self.tenant.host();
        let status = answer.status;
        let refusal = answer.refusal().unwrap_or_default();
        let said = match &answer.body {
            _ if !refusal.message.is_empty() => format!(": {}", one_line(&refusal.message)),
            Body::Text(text) => format!(": {}", one_line(text)),
            _ => String::new(),
        };
        let url = "is the URL of the tenant right? https://abc12345.live.dynatrace.com, \
            https://abc12345.apps.dynatrace.com, https://HOST/e/ENVIRONMENT of a Managed cluster \
            or an ActiveGate";
        let tell = |message: String| Failure::new(format!("{message}{said}"));
        match status {
            300..=399 => {
                let target = answer.location.as_deref().map(one_line).unwrap_or_default();
                tell(format!("{host} sends us elsewhere ({status}): {target}")).help(url)
            }
            407 => tell("the proxy asks for a user and password (407)".to_owned())
                .help("write them into its address: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"),
            _ if matches!(answer.body, Body::Html) => Failure::new(format!(
                "{host} answers with a page for people instead of JSON ({status})"
            ))
            .help(format!("a login page, or one of a proxy? {url}")),
            401 => {
                let origin = &self.token.origin;
                let why = self
                    .token
                    .mismatch(self.tenant.api)
                    .unwrap_or("it may be mistyped, expired, disabled, or of another tenant");
                tell(format!(
                    "the tenant does not know the token of {origin} (401)"
                ))
                .help(why)
            }
            403 => {
                let scopes = if refusal.missing_scopes.is_empty() {
                    purpose.scope(self.tenant.api).to_owned()
                } else {
                    format!("`{}`", one_line(&refusal.missing_scopes.join("`, `")))
                };
                let origin = &self.token.origin;
                tell(format!("the token of {origin} may not do that (403)"))
                    .help(format!("it needs the scope {scopes}"))
            }
            404 if purpose == Purpose::Configure && !said.is_empty() => tell(
                "the tenant does not find the extension, or the configuration (404)".to_owned(),
            )
            .help("has it been uploaded and activated? `extyped upload --activate`"),
            404 if purpose == Purpose::Activate => tell(
                "the extension is uploaded, and not active: the tenant does not find it (404)"
                    .to_owned(),
            )
            .help("try again in a minute, or activate it there"),
            404 => tell(format!(
                "there is no such API at {} (404)",
                self.tenant.shown()
            ))
            .help(url),
            413 => tell("the request is too large (413)".to_owned())
                .help("for the tenant, or for a proxy on the way to it"),
            409 if refusal.is_duplicate() => tell("the tenant has it already (409)".to_owned()),
            409 | 429 => {
                let tries = match answer.tries {
                    1 => "when it was asked".to_owned(),
                    tries => format!("in any of {tries} tries"),
                };
                tell(format!("the tenant was not ready ({status}) {tries}"))
                    .help("try again in a few minutes, or with more --retries")
            }
            500.. => tell(format!("the tenant fails ({status})")).help(
                "nothing is known of the cause; if it lasts, https://dynatrace.status.io or the \
                 operators of your cluster may know more",
            ),
            _ => tell(format!("{host} answers what is not understood ({status})")).help(url),
        }
    }
}

fn pause(why: &str, wait: Duration, patience: &Patience) {
    let (done, of) = (patience.done(), patience.retries());
    let wait_shown = humantime::format_duration(Duration::from_secs(wait.as_secs()));
    say(&format!(
        "{why}; trying again in {wait_shown} ({done} of {of})"
    ));
    thread::sleep(wait);
}

fn agent(
    tenant: &Tenant,
    proxy: Option<Proxy>,
    ca: Option<&Path>,
    timeout: Duration,
) -> Result<Agent, Failure> {
    let needs_tls = tenant.uri().scheme_str() == Some("https")
        || proxy
            .as_ref()
            .is_some_and(|it| it.uri().scheme_str() == Some("https"));
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        // A file that is named is read, whether it is needed or not.
        .root_certs(if needs_tls || ca.is_some() {
            roots(ca)?
        } else {
            RootCerts::new_with_certs(&[])
        })
        .build();
    let config = Agent::config_builder()
        .user_agent(concat!("extyped/", env!("CARGO_PKG_VERSION")))
        .http_status_as_error(false)
        // The answer of an API is no redirect, and the token goes nowhere else.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(proxy)
        .tls_config(tls)
        .timeout_resolve(Some(CONNECT.min(timeout)))
        .timeout_connect(Some(CONNECT.min(timeout)))
        .timeout_global(Some(timeout))
        .build();
    Ok(config.new_agent())
}

/// The certificates of the system, or of `SSL_CERT_FILE`, and those of a file.
fn roots(ca: Option<&Path>) -> Result<RootCerts, Failure> {
    let native = rustls_native_certs::load_native_certs();
    let mut certificates: Vec<Certificate<'static>> = native
        .certs
        .iter()
        .map(|der| Certificate::from_der(der).to_owned())
        .collect();
    if let Some(path) = ca {
        let shown = path.display();
        let pem = fs::read(path)
            .map_err(|cause| Failure::new(format!("{shown} cannot be read")).cause(cause))?;
        let before = certificates.len();
        certificates.extend(parse_pem(&pem).filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        }));
        if certificates.len() == before {
            return Err(Failure::new(format!("{shown} holds no certificate"))
                .help("it is PEM: -----BEGIN CERTIFICATE-----"));
        }
    }
    if certificates.is_empty() {
        let why = native.errors.first().map(ToString::to_string);
        let why = why.map(|why| format!(": {why}")).unwrap_or_default();
        return Err(Failure::new(format!(
            "there are no certificates to trust on this system{why}"
        ))
        .help("name a file with --ca or SSL_CERT_FILE"));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}
