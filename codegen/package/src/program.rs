//! The program of an extension, as its file tells: for which machines it is,
//! and what it asks of them.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use object::elf::{self, FileHeader32, FileHeader64};
use object::read::elf::{Dyn as _, FileHeader, ProgramHeader as _, SectionTable};
use object::read::pe::ImageNtHeaders as _;
use object::{Endianness, FileKind};

use crate::glibc::Glibc;
use crate::platform::{Arch, Platform};

/// What the file of a program says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The machines it runs on.
    pub platform: Platform,
    /// The oldest glibc that has everything it asks for; none if it asks for
    /// nothing, which is so for one that brings its C library along.
    pub glibc: Option<Glibc>,
    /// What it asks for of each version of glibc.
    symbols: BTreeMap<Glibc, Vec<String>>,
    /// The shared libraries it cannot start without, apart from those of glibc.
    pub libraries: Vec<String>,
}

/// What every Linux with glibc has, besides the C library itself.
const OF_GLIBC: [&str; 9] = [
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "libresolv.so.2",
    "librt.so.1",
    "libutil.so.1",
    "ld-linux",
];

impl Program {
    /// Reads the headers of an executable.
    ///
    /// # Errors
    ///
    /// When it is no program, or none that an agent could run.
    pub fn inspect(bytes: &[u8]) -> Result<Program, ProgramError> {
        match FileKind::parse(bytes)? {
            FileKind::Elf64 => of_elf::<FileHeader64<Endianness>>(bytes),
            FileKind::Elf32 => of_elf::<FileHeader32<Endianness>>(bytes),
            FileKind::Pe64 => of_windows(bytes),
            other => Err(ProgramError::NoAgent(format!("{other:?}"))),
        }
    }

    /// The symbols that a host with this glibc does not have, by the version
    /// they came with, newest first.
    pub fn newer_than(&self, glibc: Glibc) -> Vec<(Glibc, &[String])> {
        let newer = self.symbols.range(glibc..).rev();
        newer
            .filter(|(version, _)| **version > glibc)
            .map(|(version, symbols)| (*version, symbols.as_slice()))
            .collect()
    }
}

fn of_elf<Header>(bytes: &[u8]) -> Result<Program, ProgramError>
where
    Header: FileHeader<Endian = Endianness>,
{
    let header = Header::parse(bytes)?;
    let endian = header.endian()?;
    let machine = header.e_machine(endian);
    let arch = match (machine, header.is_big_endian()) {
        (elf::EM_X86_64, false) => Arch::X86_64,
        (elf::EM_AARCH64, false) => Arch::Aarch64,
        (elf::EM_S390, true) => Arch::S390x,
        (elf::EM_PPC64, false) => Arch::Ppc64le,
        _ => return Err(ProgramError::NoAgent(format!("ELF machine {}", machine.0))),
    };
    let sections = header.sections(endian, bytes)?;
    // A static program without them may be one that unpacks another.
    if sections.is_empty() {
        return Err(ProgramError::NoSections);
    }
    let mut libraries = libraries::<Header>(&sections, endian, bytes)?;
    let mut interpreter = None;
    for segment in header.program_headers(endian, bytes)? {
        interpreter = interpreter.or(segment.interpreter(endian, bytes)?.map(text));
    }
    let is_musl = |name: &String| name.contains("musl");
    if libraries.iter().chain(&interpreter).any(is_musl) {
        return Err(ProgramError::SharedMusl);
    }
    let is_program = match header.e_type(endian) {
        elf::ET_EXEC => true,
        // A program that may lie anywhere in memory is one too, whether it
        // needs libraries or not.
        elf::ET_DYN => interpreter.is_some() || libraries.is_empty(),
        _ => false,
    };
    if !is_program {
        return Err(ProgramError::NotExecutable);
    }
    libraries.retain(|name| !OF_GLIBC.iter().any(|known| name.starts_with(known)));
    let mut symbols = versions::<Header>(&sections, endian, bytes)?;
    name_symbols::<Header>(&mut symbols, &sections, endian, bytes)?;
    Ok(Program {
        platform: Platform::Linux(arch),
        glibc: symbols.keys().next_back().copied(),
        symbols,
        libraries,
    })
}

/// The libraries that the loader has to find.
fn libraries<'data, Header>(
    sections: &SectionTable<'data, Header>,
    endian: Endianness,
    bytes: &'data [u8],
) -> Result<Vec<String>, ProgramError>
where
    Header: FileHeader<Endian = Endianness>,
{
    let Some((entries, link)) = sections.dynamic(endian, bytes)? else {
        return Ok(Vec::new());
    };
    let strings = sections.strings(endian, bytes, link)?;
    let needed = entries
        .iter()
        .filter(|entry| entry.tag(endian) == elf::DT_NEEDED);
    needed
        .map(|entry| Ok(text(entry.string(endian, strings)?)))
        .collect()
}

/// The versions that the loader insists on. It puts up with a host that lacks
/// a weak one, and the program then asks whether it is there.
fn versions<'data, Header>(
    sections: &SectionTable<'data, Header>,
    endian: Endianness,
    bytes: &'data [u8],
) -> Result<BTreeMap<Glibc, Vec<String>>, ProgramError>
where
    Header: FileHeader<Endian = Endianness>,
{
    let mut found = BTreeMap::new();
    let Some((mut files, link)) = sections.gnu_verneed(endian, bytes)? else {
        return Ok(found);
    };
    let strings = sections.strings(endian, bytes, link)?;
    while let Some((_, mut versions)) = files.next()? {
        while let Some(version) = versions.next()? {
            let is_weak = version.vna_flags.get(endian).contains(elf::VER_FLG_WEAK);
            let name = text(version.name(endian, strings)?);
            if let (false, Some(glibc)) = (is_weak, Glibc::of_symbol(&name)) {
                let symbols: &mut Vec<String> = found.entry(glibc).or_default();
                // No symbol stands behind it that could be named in its place.
                if name.starts_with("GLIBC_ABI_") {
                    symbols.push(name);
                }
            }
        }
    }
    Ok(found)
}

/// Adds to each version which symbols it is asked for.
fn name_symbols<'data, Header>(
    found: &mut BTreeMap<Glibc, Vec<String>>,
    sections: &SectionTable<'data, Header>,
    endian: Endianness,
    bytes: &'data [u8],
) -> Result<(), ProgramError>
where
    Header: FileHeader<Endian = Endianness>,
{
    let Some(versions) = sections.versions(endian, bytes)? else {
        return Ok(());
    };
    let table = sections.symbols(endian, bytes, elf::SHT_DYNSYM)?;
    for (index, symbol) in table.enumerate() {
        let version = versions.version_index(endian, index).index();
        let Some(version) = versions.version(version)? else {
            continue;
        };
        let glibc = Glibc::of_symbol(&text(version.name()));
        if let Some(named) = glibc.and_then(|it| found.get_mut(&it)) {
            named.push(text(table.symbol_name(endian, symbol)?));
        }
    }
    Ok(())
}

fn of_windows(bytes: &[u8]) -> Result<Program, ProgramError> {
    let dos = object::pe::ImageDosHeader::parse(bytes)?;
    let mut offset = dos.nt_headers_offset().into();
    let (headers, _) = object::pe::ImageNtHeaders64::parse(bytes, &mut offset)?;
    let file = headers.file_header();
    let arch = match file.machine.get(object::LittleEndian) {
        object::pe::IMAGE_FILE_MACHINE_AMD64 => Arch::X86_64,
        other => return Err(ProgramError::NoAgent(format!("PE machine {:#x}", other.0))),
    };
    let characteristics = file.characteristics.get(object::LittleEndian);
    if characteristics.contains(object::pe::IMAGE_FILE_DLL) {
        return Err(ProgramError::NotExecutable);
    }
    Ok(Program {
        platform: Platform::Windows(arch),
        glibc: None,
        symbols: BTreeMap::new(),
        libraries: Vec::new(),
    })
}

fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// Why a file cannot be the program of an extension.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProgramError {
    /// Its headers make no sense.
    Unreadable(String),
    /// It is for machines that have no agent.
    NoAgent(String),
    /// It is a library or an object file.
    NotExecutable,
    /// Its section headers are gone, and with them what it asks of the host.
    NoSections,
    /// It needs musl on the host, and agents run on glibc.
    SharedMusl,
}

impl From<object::read::Error> for ProgramError {
    fn from(error: object::read::Error) -> Self {
        ProgramError::Unreadable(error.to_string())
    }
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProgramError::Unreadable(why) => write!(f, "it is no program: {why}"),
            ProgramError::NoAgent(what) => write!(
                f,
                "agents run on Linux and Windows, and this is a program for something else ({what})"
            ),
            ProgramError::NotExecutable => f.write_str("it is a library, not a program"),
            ProgramError::NoSections => f.write_str(
                "it has no section headers, so that nothing tells which glibc it needs: it was \
                 stripped of them, or packed by a tool such as UPX",
            ),
            ProgramError::SharedMusl => f.write_str(
                "it needs musl as a shared library, which hosts of agents do not have: link it \
                 statically, or build for a target with glibc",
            ),
        }
    }
}

impl Error for ProgramError {}
