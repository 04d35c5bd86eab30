//! `extyped simulate`: an extension under an Extension Execution Controller of
//! its own.

mod activation;
pub(crate) mod args;
mod chaos;
mod child;
mod describe;
mod entry;
mod expect;
mod face;
mod feed;
mod group;
mod plain;
mod session;
mod signals;
mod subject;
mod summary;
mod text;
mod verdict;
mod view;
mod wish;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal as _, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use extyped_simulator::{Builder, Simulator};
use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;

use self::activation::Activation;
use self::args::SimulateArgs;
use self::entry::{Entry, Tone};
use self::expect::Expectations;
use self::face::Face;
use self::plain::Plain;
use self::session::Session;
use self::signals::Signals;
use self::subject::{DEFAULT_SET, Subject};
use self::verdict::Judged;
use self::view::{Facts, Live};
use crate::Outcome;
use crate::args::quoted;
use crate::failure::Failure;

/// The path of `--url`: one that is not empty, for an extension has to keep it.
const PATH: &str = "datasource";

/// What `--monitoring_config_id` is.
const MONITORING_CONFIGURATION: &str = "simulated-configuration";

pub(crate) fn run(args: &SimulateArgs) -> Result<Outcome, Failure> {
    let subject = subject::read(&args.manifest)?;
    let activation = activation::read(
        args.activation.as_deref(),
        args.secrets.as_deref(),
        &subject,
    )?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        // The EEC must not wait for whoever shows what it sees.
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|cause| Failure::new("the server cannot be started").cause(cause))?;
    let outcome = runtime.block_on(simulate(args, &subject, &activation));
    // Calls that hang on purpose are not waited for.
    runtime.shutdown_background();
    outcome
}

async fn simulate(
    args: &SimulateArgs,
    subject: &Subject,
    activation: &Activation,
) -> Result<Outcome, Failure> {
    let token = token();
    let token_file = token_file(&token)?;
    let expectations = Arc::new(Expectations::new(&args.must.expectations));
    let (watcher, mut feed) = feed::new(Arc::clone(&expectations));
    let mut builder = builder(subject, activation)
        .token(token)
        .observe(move |notice| watcher.notice(notice));
    if let Some(path) = &args.record {
        let inputs = std::iter::once(&subject.path).chain(&activation.files);
        builder = builder.record_to(record(path, inputs)?);
    }
    let simulator = builder.build();
    let address = SocketAddr::from(([127, 0, 0, 1], args.port));
    let listener = simulator.listen(address).await.map_err(|cause| {
        let failure = Failure::new(format!("{address} cannot be listened on")).cause(cause);
        failure.help("name another port with --port, or none for any that is free")
    })?;
    let url = simulator.url(listener.address());
    let arguments = arguments(args, &simulator, &url, token_file.path());
    let is_live = is_live(args);
    let mut signals = Signals::new()?;
    let mut face = face(args, subject, activation, &url)?;
    for entry in opening(args, subject, activation, &url, &arguments) {
        face.show(entry);
    }
    for fault in &args.faults {
        simulator.inject(fault.clone());
    }
    if let Some(chaos) = args.chaos {
        simulator.inject_at_random(chaos.faults());
        face.at_random(Some(chaos));
    }
    let session = Session::new(args, simulator.clone(), face);
    let ended = session.run(&arguments, &mut signals, &mut feed).await?;
    // Nobody needs it any more, and what follows may never end by itself.
    drop(token_file);
    let judged = Judged {
        args,
        subject,
        feature_sets: &activation.feature_sets,
        simulator: &simulator,
        expectations: &expectations,
        ended: &ended,
    };
    let failures = judged.failures();
    let mut text = Vec::new();
    if feed.lost() > 0 {
        writeln!(
            text,
            "{} things were not shown: they came too fast",
            feed.lost()
        )?;
    }
    // Of a view that fills the terminal nothing is left.
    let shown = if is_live { &ended.output[..] } else { &[] };
    summary::write(&mut text, &judged, &failures, shown)?;
    let mut out = stdout(args);
    let written = spawn_blocking(move || {
        out.write_all(&text)?;
        out.flush()
    });
    signals.patient(async { written.await? }).await?;
    Ok(match (simulator.recording_failure(), failures.as_slice()) {
        (Some(_), _) => Outcome::Failed,
        (None, []) => Outcome::Sound,
        (None, _) => Outcome::Unsound,
    })
}

fn builder(subject: &Subject, activation: &Activation) -> Builder {
    let metrics = subject.metrics.iter();
    let mut builder = Simulator::builder()
        .path(PATH)
        .extension_yaml(&subject.text)
        .extension_name(&subject.name)
        .activation(&activation.json)
        .metrics(metrics.map(|metric| metric.key.clone()));
    for (name, keys) in &subject.feature_sets {
        builder = builder.feature_set(name, keys.iter().cloned());
    }
    builder
}

/// A token that nobody guesses by trying a few.
fn token() -> String {
    let random: String = std::iter::repeat_with(fastrand::alphanumeric)
        .take(32)
        .collect();
    format!("dt0e01.{random}")
}

/// A file that only its owner reads, and that is gone when it is dropped.
fn token_file(token: &str) -> Result<NamedTempFile, Failure> {
    let write = || {
        let mut file = tempfile::Builder::new().prefix("idtoken-").tempfile()?;
        // Without a newline: not every extension takes blanks away.
        file.write_all(token.as_bytes())?;
        file.flush()?;
        Ok(file)
    };
    write().map_err(|cause| Failure::new("the file of the token cannot be written").cause(cause))
}

/// Makes the file of the recording, unless that would empty one of the files
/// that the run was made from.
fn record<'p>(path: &Path, mut inputs: impl Iterator<Item = &'p PathBuf>) -> Result<File, Failure> {
    let place = path.canonicalize().ok();
    if place.is_some() && inputs.any(|input| input.canonicalize().ok() == place) {
        return Err(
            Failure::new(format!("{} is an input of this run", path.display()))
                .help("name another file with --record: what is in it would be lost"),
        );
    }
    File::create(path)
        .map_err(|cause| Failure::new(format!("{} cannot be written", path.display())).cause(cause))
}

/// What an EEC appends to the command.
fn arguments(
    args: &SimulateArgs,
    simulator: &Simulator,
    url: &str,
    token_file: &Path,
) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec![
        "--dsid".into(),
        simulator.data_source_id().into(),
        "--url".into(),
        url.into(),
        "--idtoken".into(),
        token_file.into(),
        "--monitoring_config_id".into(),
        MONITORING_CONFIGURATION.into(),
    ];
    if let Some(level) = args.loglevel {
        arguments.extend(["--loglevel".into(), level.name().into()]);
    }
    if args.fastcheck {
        arguments.push("--fastcheck".into());
    }
    arguments
}

/// What is said before anything happens.
fn opening(
    args: &SimulateArgs,
    subject: &Subject,
    activation: &Activation,
    url: &str,
    arguments: &[OsString],
) -> Vec<Entry> {
    let note = |text: &str| Entry::note(std::time::Duration::ZERO, text);
    let mut sets = vec![DEFAULT_SET.to_owned()];
    sets.extend(activation.feature_sets.iter().cloned());
    let mut entries = vec![note(&format!(
        "{} {} from {}, feature sets {}",
        subject.name,
        subject.version,
        subject.file,
        sets.join(", ")
    ))];
    let remarks = subject.remark.iter().chain(&activation.remarks);
    entries.extend(remarks.map(|remark| note(remark).tone(Tone::Doubtful)));
    entries.push(note(&format!("listening on {url}")));
    let faults = args.faults.iter().map(|fault| format!("injected {fault}"));
    entries.extend(faults.map(|fault| note(&fault)));
    if let Some(chaos) = args.chaos {
        entries.push(note(&format!("faults at random, seed and share {chaos}")));
    }
    if args.command.is_empty() {
        let words = arguments.iter().map(|word| quoted(&word.to_string_lossy()));
        let words = words.collect::<Vec<_>>().join(" ");
        entries.push(note(&format!("start the extension with: {words}")));
    }
    entries
}

/// Whether there is a terminal for a view.
fn is_live(args: &SimulateArgs) -> bool {
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !args.plain && !is_dumb && io::stdout().is_terminal() && io::stdin().is_terminal()
}

fn face(
    args: &SimulateArgs,
    subject: &Subject,
    activation: &Activation,
    url: &str,
) -> Result<Face, Failure> {
    if !is_live(args) {
        return Ok(Face::Plain(Plain::new(stdout(args))));
    }
    let facts = Facts {
        name: subject.name.clone(),
        version: subject.version.clone(),
        url: url.to_owned(),
        limit: args.duration,
        metrics: subject.metrics.clone(),
        feature_sets: activation.feature_sets.clone(),
    };
    let choice = anstream::AutoStream::choice(&io::stdout());
    let live = Live::open(facts, choice != anstream::ColorChoice::Never)
        .map_err(|cause| Failure::new("the terminal cannot be taken").cause(cause))?;
    Ok(Face::Live(Box::new(live)))
}

/// Standard output: with `--plain` without escape codes whatever it is.
fn stdout(args: &SimulateArgs) -> Box<dyn Write + Send> {
    if args.plain {
        Box::new(anstream::StripStream::new(io::stdout()))
    } else {
        Box::new(anstream::stdout())
    }
}
