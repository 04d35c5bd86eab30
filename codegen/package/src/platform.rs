//! The machines that agents run on, as wheels name them.

use std::fmt;

use crate::glibc::Glibc;

/// A system and a processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Platform {
    /// Linux with glibc.
    Linux(Arch),
    /// Windows.
    Windows(Arch),
}

/// A processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arch {
    /// 64 bits of Intel and AMD.
    X86_64,
    /// 64 bits of ARM.
    Aarch64,
    /// IBM Z.
    S390x,
    /// IBM POWER, little-endian.
    Ppc64le,
}

impl Arch {
    fn name(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64",
            Arch::Aarch64 => "aarch64",
            Arch::S390x => "s390x",
            Arch::Ppc64le => "ppc64le",
        }
    }
}

impl Platform {
    /// The tags of a wheel for these machines, with `glibc` or newer: by
    /// PEP 600, and by the older name that the version has, if it has one.
    pub fn tags(self, glibc: Glibc) -> Vec<String> {
        match self {
            Platform::Linux(arch) => {
                let Glibc { major, minor } = glibc;
                let arch = arch.name();
                let mut tags = vec![format!("manylinux_{major}_{minor}_{arch}")];
                if glibc == Glibc::OLDEST {
                    tags.push(format!("manylinux2014_{arch}"));
                }
                tags
            }
            Platform::Windows(Arch::X86_64) => vec!["win_amd64".to_owned()],
            Platform::Windows(arch) => vec![format!("win_{}", arch.name())],
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Platform::Linux(arch) => write!(f, "Linux {}", arch.name()),
            Platform::Windows(arch) => write!(f, "Windows {}", arch.name()),
        }
    }
}
