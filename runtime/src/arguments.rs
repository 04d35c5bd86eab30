//! The command line, as the Extension Execution Controller and a developer
//! write it.

use std::path::PathBuf;

use tracing::level_filters::LevelFilter;

use crate::LocalIngestSink;
use crate::levels;
use crate::suggest::closest;

/// What `--help` prints in development mode.
pub(crate) const HELP: &str = "\
Polls what activation.json names and prints what would be sent.

  --activationconfig FILE   the activation [activation.json]
  --secrets FILE            an object of names and secrets [secrets.json if it is there]
  --local-ingest            also send metrics to the OneAgent on this machine
  --local-ingest-port PORT  where it listens [14499]
  --environment URL         also send to the API of this environment
  --environment-token FILE  its access token [the variable DT_API_TOKEN]
  --environment-ca FILE     also trust these certificates, in PEM
  --metrics-file PATH       also write metrics to this file
  --no-print-metrics        print everything but metrics
  --loglevel LEVEL          error, warn, info, debug or trace [info]
  --fastcheck               check the configuration and end
";

/// Every argument that a developer or the EEC writes.
const KNOWN: [&str; 17] = [
    "--activationconfig",
    "--dsid",
    "--environment",
    "--environment-ca",
    "--environment-token",
    "--extensionconfig",
    "--fastcheck",
    "--help",
    "--idtoken",
    "--local-ingest",
    "--local-ingest-port",
    "--loglevel",
    "--metrics-file",
    "--monitoring_config_id",
    "--no-print-metrics",
    "--secrets",
    "--url",
];

/// What the command line says.
#[derive(Debug, PartialEq)]
pub(crate) struct Arguments {
    /// Present when the EEC starts the process.
    pub(crate) data_source_id: Option<String>,
    /// Where the EEC listens.
    pub(crate) url: Option<String>,
    /// The file with the token that every request to it carries.
    pub(crate) token: Option<PathBuf>,
    pub(crate) monitoring_configuration_id: Option<String>,
    pub(crate) activation: PathBuf,
    /// `None` if the developer named no file: the usual one is then read only
    /// if it is there.
    pub(crate) secrets: Option<PathBuf>,
    pub(crate) local_ingest: Option<u16>,
    /// The address of an environment.
    pub(crate) environment: Option<String>,
    /// `None` if the developer named no file: the token is then in a variable.
    pub(crate) environment_token: Option<PathBuf>,
    pub(crate) environment_ca: Option<PathBuf>,
    pub(crate) metrics_file: Option<PathBuf>,
    pub(crate) print_metrics: bool,
    pub(crate) log_level: LevelFilter,
    pub(crate) fastcheck: bool,
    pub(crate) help: bool,
    /// Names that mean nothing here. The EEC may pass some; from a developer
    /// they are slips.
    pub(crate) unknown: Vec<String>,
}

/// An argument that is known but wrong: the sentence for whoever wrote it.
#[derive(Debug, PartialEq)]
pub(crate) struct ArgumentError(pub(crate) String);

impl Arguments {
    /// Reads the arguments, without the program's name. Those that are not
    /// known are ignored: a newer EEC may pass more.
    pub(crate) fn parse(
        arguments: impl IntoIterator<Item = String>,
    ) -> Result<Self, ArgumentError> {
        let mut parsed = Arguments {
            data_source_id: None,
            url: None,
            token: None,
            monitoring_configuration_id: None,
            activation: PathBuf::from("activation.json"),
            secrets: None,
            local_ingest: None,
            environment: None,
            environment_token: None,
            environment_ca: None,
            metrics_file: None,
            print_metrics: true,
            log_level: LevelFilter::INFO,
            fastcheck: false,
            help: false,
            unknown: Vec::new(),
        };
        let mut local_ingest = false;
        let mut port = LocalIngestSink::DEFAULT_PORT;
        let mut rest = arguments.into_iter().peekable();
        while let Some(argument) = rest.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            let mut value = || {
                inline
                    .clone()
                    .or_else(|| rest.next_if(|next| !next.starts_with("--")))
                    .ok_or_else(|| ArgumentError(format!("{name} needs a value")))
            };
            match name {
                "--dsid" => parsed.data_source_id = Some(value()?),
                "--url" => parsed.url = Some(value()?),
                "--idtoken" => parsed.token = Some(value()?.into()),
                "--monitoring_config_id" => {
                    parsed.monitoring_configuration_id = Some(value()?);
                }
                "--activationconfig" => parsed.activation = value()?.into(),
                "--secrets" => parsed.secrets = Some(value()?.into()),
                "--local-ingest" => local_ingest = true,
                "--local-ingest-port" => port = parse_port(&value()?)?,
                "--environment" => parsed.environment = Some(value()?),
                "--environment-token" => parsed.environment_token = Some(value()?.into()),
                "--environment-ca" => parsed.environment_ca = Some(value()?.into()),
                "--metrics-file" => parsed.metrics_file = Some(value()?.into()),
                "--no-print-metrics" => parsed.print_metrics = false,
                "--loglevel" => parsed.log_level = parse_level(&value()?)?,
                "--fastcheck" => parsed.fastcheck = true,
                "--help" | "-h" => parsed.help = true,
                _ if name.starts_with('-') && !KNOWN.contains(&name) => {
                    parsed.unknown.push(name.to_owned());
                }
                _ => {}
            }
        }
        parsed.local_ingest = local_ingest.then_some(port);
        if parsed.environment.is_none() {
            let of_it = [
                ("--environment-token", &parsed.environment_token),
                ("--environment-ca", &parsed.environment_ca),
            ];
            if let Some((name, _)) = of_it.iter().find(|(_, file)| file.is_some()) {
                return Err(ArgumentError(format!(
                    "{name} is for --environment, which is missing"
                )));
            }
        }
        Ok(parsed)
    }

    /// One sentence for each argument that a developer cannot have meant.
    pub(crate) fn slips(&self) -> impl Iterator<Item = String> {
        self.unknown.iter().map(|name| {
            let advice = match closest(name, KNOWN) {
                Some(known) => format!("did you mean {known}?"),
                None => "--help lists those that there are".to_owned(),
            };
            format!("there is no argument {name}, it is ignored: {advice}")
        })
    }
}

fn parse_port(text: &str) -> Result<u16, ArgumentError> {
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(ArgumentError(format!(
            "--local-ingest-port is a number from 1 to 65535, not `{text}`"
        ))),
    }
}

fn parse_level(text: &str) -> Result<LevelFilter, ArgumentError> {
    levels::named(text).ok_or_else(|| {
        ArgumentError(format!(
            "--loglevel is one of error, warn, info, debug and trace, not `{text}`"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, ArgumentError> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn without_arguments_the_usual_files_are_read() {
        let parsed = parse("").expect("nothing is wrong");
        assert_eq!(parsed.activation, PathBuf::from("activation.json"));
        assert_eq!(parsed.secrets, None);
        assert_eq!(parsed.local_ingest, None);
        assert!(parsed.print_metrics);
        assert_eq!(parsed.data_source_id, None);
    }

    #[test]
    fn every_known_argument_is_read() {
        let parsed = parse(
            "--activationconfig a.json --secrets=s.json --local-ingest --local-ingest-port 9 \
             --environment https://e --environment-token t --environment-ca=ca.pem \
             --metrics-file metrics.mint --no-print-metrics --loglevel debug --fastcheck --dsid 7 --url http://127.0.0.1:1 \
             --idtoken token --monitoring_config_id=c",
        )
        .expect("nothing is wrong");
        assert_eq!(
            parsed,
            Arguments {
                data_source_id: Some("7".into()),
                url: Some("http://127.0.0.1:1".into()),
                token: Some("token".into()),
                monitoring_configuration_id: Some("c".into()),
                activation: "a.json".into(),
                secrets: Some("s.json".into()),
                local_ingest: Some(9),
                environment: Some("https://e".into()),
                environment_token: Some("t".into()),
                environment_ca: Some("ca.pem".into()),
                metrics_file: Some("metrics.mint".into()),
                print_metrics: false,
                log_level: LevelFilter::DEBUG,
                fastcheck: true,
                help: false,
                unknown: Vec::new(),
            }
        );
    }

    #[test]
    fn unknown_arguments_are_ignored_with_their_values() {
        let parsed = parse("--shiny new --extensionconfig=extension.yaml stray");
        let parsed = parsed.expect("nothing is wrong");
        assert_eq!(parsed.unknown, ["--shiny"]);
        let plain = parse("").expect("nothing is wrong");
        assert_eq!(
            Arguments {
                unknown: Vec::new(),
                ..parsed
            },
            plain
        );
    }

    #[test]
    fn a_slip_of_a_developer_is_told() {
        let parsed = parse("--secrts file --shiny").expect("slips are not fatal");
        assert_eq!(
            parsed.slips().collect::<Vec<_>>(),
            [
                "there is no argument --secrts, it is ignored: did you mean --secrets?",
                "there is no argument --shiny, it is ignored: --help lists those that there are",
            ]
        );
    }

    #[test]
    fn help_lists_what_a_developer_can_write() {
        assert!(parse("-h").is_ok_and(|parsed| parsed.help));
        let theirs = [
            "--dsid",
            "--extensionconfig",
            "--help",
            "--idtoken",
            "--monitoring_config_id",
            "--url",
        ];
        for name in KNOWN.iter().filter(|name| !theirs.contains(name)) {
            assert!(HELP.contains(&format!("  {name} ")), "{name}");
        }
    }

    #[test]
    fn a_wrong_value_says_what_would_be_right() {
        let cases = [
            (
                "--loglevel loud",
                "--loglevel is one of error, warn, info, debug and trace, not `loud`",
            ),
            (
                "--local-ingest-port 0",
                "--local-ingest-port is a number from 1 to 65535, not `0`",
            ),
            ("--secrets", "--secrets needs a value"),
            (
                "--environment-token t",
                "--environment-token is for --environment, which is missing",
            ),
            (
                "--environment-ca ca.pem",
                "--environment-ca is for --environment, which is missing",
            ),
            ("--secrets --fastcheck", "--secrets needs a value"),
        ];
        for (line, message) in cases {
            assert_eq!(
                parse(line),
                Err(ArgumentError(message.to_owned())),
                "{line}"
            );
        }
    }
}
