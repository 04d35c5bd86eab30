//! A wheel for each program, with a tag that is true.

use extyped_package::archive::Entry;
use extyped_package::glibc::Glibc;
use extyped_package::limits::size;
use extyped_package::platform::{Arch, Platform};
use extyped_package::program::Program;
use extyped_package::wheel::Wheel;

use super::cargo::Built;
use super::stages::{self, Stages};
use super::subject::Subject;
use crate::failure::Failure;

/// How many symbols are named where a promise cannot be kept.
const NAMED: usize = 4;

/// The wheel of a program.
pub(super) fn make(
    built: &Built,
    subject: &Subject,
    stages: &mut Stages,
) -> Result<Entry, Failure> {
    let path = built.path.display();
    let program = Program::inspect(&built.bytes)
        .map_err(|why| Failure::new(format!("{path} cannot be packed: {why}")).unsound())?;
    if let Some(promised) = built.glibc {
        keep(&program, promised, &path.to_string())?;
    }
    let needed = program.glibc.unwrap_or(Glibc::OLDEST).max(Glibc::OLDEST);
    let wheel = Wheel {
        extension: &subject.name,
        version: &subject.version,
        module: &subject.module,
        program: &name(built)?,
        bytes: &built.bytes,
        platform: program.platform,
        glibc: built.glibc.unwrap_or(needed).max(Glibc::OLDEST),
    };
    let name = wheel.file_name();
    let content = wheel
        .write()
        .map_err(|cause| Failure::new(format!("{name} cannot be written: {cause}")))?;
    stages.done(
        "Packed",
        format_args!("{name}, {}", size(content.len() as u64)),
    );
    if let Platform::Linux(arch) = program.platform {
        tell(&program, arch, wheel.glibc);
    }
    Ok(Entry::new(name, content))
}

/// Refuses a program that asks for more than was promised.
fn keep(program: &Program, promised: Glibc, path: &str) -> Result<(), Failure> {
    let newer = program.newer_than(promised);
    let Some((newest, _)) = newer.first() else {
        return Ok(());
    };
    let symbols = newer.iter().flat_map(|(version, symbols)| {
        symbols
            .iter()
            .map(move |name| format!("{name} ({version})"))
    });
    let symbols: Vec<String> = symbols.take(NAMED).collect();
    Err(Failure::new(format!(
        "{path} needs glibc {newest}, and was to run with {promised}: it asks for {}",
        symbols.join(", ")
    ))
    .help(format!(
        "give a target with `.{newest}`, or look for what brings in these symbols: a library in C \
         that was not built for {promised}"
    ))
    .unsound())
}

/// Says what hosts need, where that is more than any has.
fn tell(program: &Program, arch: Arch, glibc: Glibc) {
    if glibc > Glibc::OLDEST {
        stages::remark(format_args!(
            "the program needs glibc {glibc}; with cargo-zigbuild installed, `--target {}.{}` \
             builds it for all hosts",
            triple(arch),
            Glibc::OLDEST
        ));
    }
    if !program.libraries.is_empty() {
        stages::remark(format_args!(
            "the program does not start on hosts without {}",
            program.libraries.join(", ")
        ));
    }
}

/// What rustc calls Linux with glibc on this processor.
fn triple(arch: Arch) -> &'static str {
    match arch {
        Arch::X86_64 => "x86_64-unknown-linux-gnu",
        Arch::Aarch64 => "aarch64-unknown-linux-gnu",
        Arch::S390x => "s390x-unknown-linux-gnu",
        Arch::Ppc64le => "powerpc64le-unknown-linux-gnu",
    }
}

/// What the program is called in the wheel, and in the list of processes.
fn name(built: &Built) -> Result<String, Failure> {
    let name = built.path.file_stem().and_then(|name| name.to_str());
    let is_plain = |name: &&str| {
        name.chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    name.filter(is_plain).map(str::to_owned).ok_or_else(|| {
        let path = built.path.display();
        Failure::new(format!("{path} cannot be packed under this name"))
            .help("letters, digits, `.`, `_` and `-` are the same everywhere")
            .unsound()
    })
}

/// Refuses two wheels of one name: one would be lost.
pub(super) fn refuse_twins(wheels: &[Entry]) -> Result<(), Failure> {
    for (index, wheel) in wheels.iter().enumerate() {
        if wheels[..index].iter().any(|other| other.name == wheel.name) {
            return Err(Failure::new(format!(
                "two programs are for the same machines and would both be {}",
                wheel.name
            ))
            .unsound());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// This test: a program that was linked on this machine.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn own() -> Program {
        let path = std::env::current_exe().expect("the path of this program");
        Program::inspect(&std::fs::read(path).expect("this program")).expect("a program")
    }

    #[test]
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn a_promise_that_the_program_breaks_is_an_error_with_the_symbols() {
        let program = own();
        let needed = program.glibc.expect("it is linked to glibc");
        assert!(keep(&program, needed, "target/x").is_ok());

        let promised = Glibc { major: 2, minor: 2 };
        let refused = keep(&program, promised, "target/x").expect_err("2.2 has not everything");
        let refused = refused.to_string();
        let said = format!("target/x needs glibc {needed}, and was to run with 2.2");
        assert!(refused.contains(&said), "{refused}");
        assert!(refused.contains(&format!(" ({needed})")), "{refused}");
    }

    #[test]
    fn the_program_is_named_as_its_file_is() {
        let named = |path: &str| {
            let built = Built {
                path: path.into(),
                bytes: Vec::new(),
                glibc: None,
            };
            name(&built).ok()
        };
        assert_eq!(
            named("target/release/load-balancer").as_deref(),
            Some("load-balancer")
        );
        assert_eq!(named("target/lb.exe").as_deref(), Some("lb"));
        assert_eq!(named("target/my ext"), None);
        assert_eq!(named("target/\"quoted\""), None);
    }
}
