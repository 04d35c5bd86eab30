//! The sinks that a developer asks for on the command line, besides the
//! console.

use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;

use crate::arguments::Arguments;
use crate::sink::{EnvironmentSink, FileSink, LocalIngestSink, Sink, SinkError};
use crate::{EnvironmentOptions, HttpOptions, StatusCode};

/// Where the token is if no file is named.
const TOKEN_VARIABLE: &str = "DT_API_TOKEN";

#[derive(Default)]
pub(crate) struct AskedSinks {
    pub(crate) sinks: Vec<Arc<dyn Sink>>,
    /// What must appear in nothing the process says.
    pub(crate) secrets: Vec<String>,
}

/// Builds the sinks. `variable` reads the environment of the process.
pub(crate) fn of(
    arguments: &Arguments,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<AskedSinks, SinkError> {
    let mut asked = AskedSinks::default();
    if let Some(port) = arguments.local_ingest {
        asked.sinks.push(Arc::new(LocalIngestSink::new(port)?));
    }
    if let Some(url) = &arguments.environment {
        let token = token(arguments.environment_token.as_deref(), variable)?;
        let mut http = HttpOptions::new();
        if let Some(file) = &arguments.environment_ca {
            http = http.ca_pem(read(file, "--environment-ca")?);
        }
        let options = EnvironmentOptions::new().http(http);
        let secret = SecretString::from(token.as_str());
        asked.sinks.push(Arc::new(EnvironmentSink::with_options(
            url, &secret, options,
        )?));
        asked.secrets.push(token);
    }
    if let Some(path) = &arguments.metrics_file {
        asked.sinks.push(Arc::new(FileSink::new(path)?));
    }
    Ok(asked)
}

fn token(
    file: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<String, SinkError> {
    let token = match file {
        Some(file) => read(file, "--environment-token")?,
        None => variable(TOKEN_VARIABLE).ok_or_else(|| {
            wrong(format!(
                "--environment needs an access token: name its file with --environment-token, or \
                 set {TOKEN_VARIABLE}"
            ))
        })?,
    };
    Ok(token.trim().to_owned())
}

fn read(file: &Path, argument: &str) -> Result<String, SinkError> {
    std::fs::read_to_string(file).map_err(|error| {
        wrong(format!(
            "{}, which {argument} names, cannot be read: {error}",
            file.display()
        ))
    })
}

fn wrong(message: String) -> SinkError {
    SinkError::never(message).with_code(StatusCode::InvalidConfigError)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAAS: &str = "--environment https://abc12345.live.dynatrace.com";

    /// The names of the sinks that a command line asks for.
    fn asked(line: &str, variable: Option<&str>) -> Result<(Vec<String>, Vec<String>), SinkError> {
        let arguments = Arguments::parse(line.split_whitespace().map(str::to_owned));
        let arguments = arguments.unwrap_or_else(|error| panic!("{}", error.0));
        let asked = of(&arguments, |name| {
            assert_eq!(name, "DT_API_TOKEN");
            variable.map(str::to_owned)
        })?;
        let names = asked.sinks.iter().map(|sink| sink.name().to_owned());
        Ok((names.collect(), asked.secrets))
    }

    #[test]
    fn each_argument_asks_for_its_sink() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = |name: &str| dir.path().join(name).display().to_string();
        std::fs::write(path("token"), "dt0c01.x\n").expect("the directory is ours");
        let all = format!(
            "--local-ingest {SAAS} --environment-token {} --metrics-file {}",
            path("token"),
            path("metrics.mint")
        );
        let cases = [
            ("", None, Vec::new(), Vec::new()),
            (
                SAAS,
                Some("dt0c01.y"),
                vec!["environment API"],
                vec!["dt0c01.y"],
            ),
            (
                all.as_str(),
                Some("dt0c01.y"),
                vec!["local ingest", "environment API", "file"],
                vec!["dt0c01.x"],
            ),
        ];
        for (line, variable, names, secrets) in cases {
            let (found, known) = asked(line, variable).expect("nothing is wrong");
            assert_eq!(
                (found, known),
                (to_owned(&names), to_owned(&secrets)),
                "{line}"
            );
        }
    }

    fn to_owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn what_is_missing_is_told_by_the_argument() {
        let cases = [
            (SAAS.to_owned(), "or set DT_API_TOKEN"),
            (
                format!("{SAAS} --environment-token no/such/file"),
                "no/such/file, which --environment-token names, cannot be read",
            ),
            (
                format!("{SAAS} --environment-token Cargo.toml"),
                "characters that no token has",
            ),
            (
                "--metrics-file no/such/file".to_owned(),
                "no/such/file cannot be written",
            ),
        ];
        for (line, message) in cases {
            let error = asked(&line, None).expect_err(&line);
            assert!(error.message().contains(message), "{error}");
            assert_eq!(error.code(), StatusCode::InvalidConfigError);
        }
        let line = format!("{SAAS} --environment-ca no/such/ca");
        let error = asked(&line, Some("dt0c01.y")).expect_err(&line);
        assert!(
            error.message().contains("which --environment-ca names"),
            "{error}"
        );
    }
}
