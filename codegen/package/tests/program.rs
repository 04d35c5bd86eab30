//! What the files of programs tell, and that files which lie harm nobody.

use extyped_package::glibc::Glibc;
use extyped_package::platform::{Arch, Platform};
use extyped_package::program::{Program, ProgramError};

/// This test itself: a program that was linked on this machine.
fn own() -> Vec<u8> {
    let path = std::env::current_exe().expect("the path of this program");
    std::fs::read(path).expect("this program")
}

/// The headers of a program for Windows, and nothing behind them.
fn windows(machine: u16, characteristics: u16) -> Vec<u8> {
    let mut bytes = vec![0; 0x200];
    bytes[..2].copy_from_slice(b"MZ");
    bytes[0x3c] = 0x80;
    bytes[0x80..0x84].copy_from_slice(b"PE\0\0");
    bytes[0x84..0x86].copy_from_slice(&machine.to_le_bytes());
    bytes[0x94..0x96].copy_from_slice(&240u16.to_le_bytes());
    bytes[0x96..0x98].copy_from_slice(&characteristics.to_le_bytes());
    bytes[0x98..0x9a].copy_from_slice(&0x20bu16.to_le_bytes());
    bytes
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
fn a_program_tells_its_machine_and_its_glibc() {
    let program = Program::inspect(&own()).expect("a program");
    assert_eq!(program.platform, Platform::Linux(Arch::X86_64));
    let glibc = program.glibc.expect("it is linked to glibc");
    assert!(glibc >= Glibc { major: 2, minor: 2 }, "{glibc}");
    assert_eq!(program.libraries, Vec::<String>::new());

    assert_eq!(program.newer_than(glibc), [], "nothing newer than its own");
    let old = Glibc { major: 2, minor: 0 };
    let newer = program.newer_than(old);
    let (newest, symbols) = newer.first().expect("something newer than 2.0");
    assert_eq!(*newest, glibc);
    assert!(!symbols.is_empty(), "the symbols are named");
}

#[test]
fn programs_for_windows_are_told_from_libraries_and_other_processors() {
    let program = Program::inspect(&windows(0x8664, 0x0022)).expect("a program");
    assert_eq!(program.platform, Platform::Windows(Arch::X86_64));
    assert_eq!(program.glibc, None);
    assert_eq!(
        Program::inspect(&windows(0x8664, 0x2022)),
        Err(ProgramError::NotExecutable)
    );
    assert!(matches!(
        Program::inspect(&windows(0xaa64, 0x0022)),
        Err(ProgramError::NoAgent(_))
    ));
}

#[test]
fn what_is_no_program_is_refused() {
    for bytes in [&b""[..], b"#!/bin/sh\n", b"\x7fELF", b"MZ", &[0; 64]] {
        assert!(Program::inspect(bytes).is_err(), "{bytes:?}");
    }
}

/// Of what such a program needs nothing can be said, and it must not be said
/// that it starts anywhere.
#[test]
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
fn a_program_without_section_headers_is_refused() {
    let mut bytes = own();
    // Where they are, how many, and which has their names.
    bytes[0x28..0x30].fill(0);
    bytes[0x3c..0x40].fill(0);
    assert_eq!(Program::inspect(&bytes), Err(ProgramError::NoSections));
}

/// Headers with any byte changed lead to an answer, not to a panic.
#[test]
#[cfg(target_os = "linux")]
fn damaged_headers_are_survived() {
    let mut bytes = own();
    // The header, and the tables that it leads to at the end of the file.
    let tables = bytes.len().saturating_sub(3_000)..bytes.len();
    for at in (0..1_500).chain(tables) {
        let kept = bytes[at];
        for damaged in [0, 0xff, kept ^ 0x55] {
            bytes[at] = damaged;
            let _ = Program::inspect(&bytes);
        }
        bytes[at] = kept;
    }
}
