//! `extyped new`: a project that compiles, passes its tests, runs under the
//! simulator and can be packed, before a line of it is written.

pub(crate) mod args;
mod author;
mod dependency;
mod name;
mod template;

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use self::args::NewArgs;
use self::dependency::Dependency;
use self::name::Name;
use self::template::Values;
use crate::Outcome;
use crate::failure::Failure;

pub(crate) fn run(args: &NewArgs) -> Result<Outcome, Failure> {
    let path =
        match &args.path {
            Some(path) => path.clone(),
            None => PathBuf::from(ask("Name of the extension", None)?.ok_or_else(|| {
                Failure::new("a name is missing").help("`extyped new my-extension`")
            })?),
        };
    let folder = without_prefix(&path);
    let name = folder.file_name().and_then(|name| name.to_str());
    let name = Name::parse(name.unwrap_or_default())?;
    let author = if let Some(author) = &args.author {
        author.clone()
    } else {
        let known = author::known();
        ask("Author", Some(&known))?.unwrap_or(known)
    };
    refuse_to_mix(&folder)?;
    let dependency = Dependency::of_this_command();
    let values = Values {
        name: &name,
        author: &author,
        dependency: &dependency,
    };
    for (place, text) in template::files(&values) {
        let path = folder.join(place);
        write(&path, &text).map_err(|cause| {
            Failure::new(format!("{} cannot be written", path.display())).cause(cause)
        })?;
    }
    tell(&folder, &name, &dependency)?;
    Ok(Outcome::Sound)
}

/// The folder is named as the extension is, without what all names begin with.
fn without_prefix(path: &Path) -> PathBuf {
    let name = path.file_name().and_then(|name| name.to_str());
    match name.and_then(|name| name.strip_prefix("custom:")) {
        Some(name) => path.with_file_name(name),
        None => path.to_owned(),
    }
}

/// Asks, if there is somebody to ask. Nothing is the answer of who only presses
/// Enter, and of nobody.
fn ask(question: &str, known: Option<&str>) -> io::Result<Option<String>> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(None);
    }
    let mut out = anstream::stderr();
    match known {
        Some(known) => write!(out, "{question} [{known}]: ")?,
        None => write!(out, "{question}: ")?,
    }
    out.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let answer = line.trim();
    Ok((!answer.is_empty()).then(|| answer.to_owned()))
}

/// Refuses a folder that has anything in it.
fn refuse_to_mix(folder: &Path) -> Result<(), Failure> {
    let is_free = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => true,
        Err(_) => false,
    };
    if is_free {
        return Ok(());
    }
    Err(
        Failure::new(format!("{} is there already", folder.display()))
            .help("choose another name, or remove it first"),
    )
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, text)
}

fn tell(folder: &Path, name: &Name, dependency: &Dependency) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    let place = folder.display();
    writeln!(out, "{place}: a new extension, {}", name.extension())?;
    if let Dependency::Checkout(path) = dependency {
        writeln!(
            out,
            "It uses extyped from {path}, because this command was built there; in `Cargo.toml` \
             a version is what others can build."
        )?;
    }
    writeln!(
        out,
        "\n  cd {place}\n  cargo test\n  extyped build --no-sign\n\n\
         To see it run: `cargo run --example api` in one terminal, and\n\
         `extyped simulate -- cargo run --` in another."
    )
}
