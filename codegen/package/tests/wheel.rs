//! The wheel as an installer reads it. That pip does, and that the program then
//! runs, is a test of the command.

use extyped_package::archive;
use extyped_package::glibc::Glibc;
use extyped_package::platform::{Arch, Platform};
use extyped_package::wheel::Wheel;

fn wheel(platform: Platform, glibc: Glibc) -> Wheel<'static> {
    Wheel {
        extension: "custom:load-balancer",
        version: "1.2.3",
        module: "load_balancer",
        program: "load-balancer",
        bytes: b"\x7fELF",
        platform,
        glibc,
    }
}

/// The text of a file of the wheel.
fn text(wheel: &Wheel, name: &str) -> String {
    let bytes = wheel.write().expect("a wheel");
    let entries = archive::read(&bytes, 1_000_000).expect("its files");
    let entry = entries.into_iter().find(|entry| entry.name == name);
    String::from_utf8(entry.expect(name).content).expect("a text")
}

#[test]
fn its_name_says_where_it_runs() {
    let newer = Glibc {
        major: 2,
        minor: 34,
    };
    for (platform, glibc, tags) in [
        (
            Platform::Linux(Arch::X86_64),
            Glibc::OLDEST,
            "manylinux_2_17_x86_64.manylinux2014_x86_64",
        ),
        (
            Platform::Linux(Arch::X86_64),
            newer,
            "manylinux_2_34_x86_64",
        ),
        (
            Platform::Linux(Arch::Aarch64),
            newer,
            "manylinux_2_34_aarch64",
        ),
        (Platform::Linux(Arch::S390x), newer, "manylinux_2_34_s390x"),
        (Platform::Windows(Arch::X86_64), newer, "win_amd64"),
    ] {
        assert_eq!(
            wheel(platform, glibc).file_name(),
            format!("load_balancer-1.2.3-py3-none-{tags}.whl")
        );
    }
}

#[test]
fn it_says_of_itself_what_its_name_says() {
    let wheel = wheel(Platform::Linux(Arch::X86_64), Glibc::OLDEST);
    insta::assert_snapshot!(text(&wheel, "load_balancer-1.2.3.dist-info/WHEEL"), @r"
    Wheel-Version: 1.0
    Generator: extyped 0.1.0
    Root-Is-Purelib: false
    Tag: py3-none-manylinux_2_17_x86_64
    Tag: py3-none-manylinux2014_x86_64
    ");
    insta::assert_snapshot!(text(&wheel, "load_balancer-1.2.3.dist-info/METADATA"), @r"
    Metadata-Version: 2.1
    Name: load_balancer
    Version: 1.2.3
    Summary: The Dynatrace extension custom:load-balancer
    Requires-Python: >=3.10
    ");
}

#[test]
fn every_file_is_listed_with_its_digest() {
    let wheel = wheel(Platform::Linux(Arch::X86_64), Glibc::OLDEST);
    let record = text(&wheel, "load_balancer-1.2.3.dist-info/RECORD");
    let bytes = wheel.write().expect("a wheel");
    let entries = archive::read(&bytes, 1_000_000).expect("its files");
    let names: Vec<&str> = entries.iter().map(|entry| &*entry.name).collect();
    let listed: Vec<&str> = record
        .lines()
        .filter_map(|it| it.split(',').next())
        .collect();
    assert_eq!(listed, names);
    // sha256sum of the four bytes, as a URL would have it.
    let program =
        "load_balancer/load-balancer,sha256=O9u0_oOXzSuEJDCznM_wGoZjx1GUXvXpoJ4mf7ix01k,4";
    assert!(record.lines().any(|line| line == program), "{record}");
    assert!(record.ends_with("load_balancer-1.2.3.dist-info/RECORD,,\n"));
}

#[test]
fn the_program_may_be_run_where_that_is_kept() {
    let bytes = wheel(Platform::Linux(Arch::X86_64), Glibc::OLDEST)
        .write()
        .expect("a wheel");
    let entries = archive::read(&bytes, 1_000_000).expect("its files");
    let runnable: Vec<&str> = entries
        .iter()
        .filter(|entry| entry.executable)
        .map(|entry| &*entry.name)
        .collect();
    assert_eq!(runnable, ["load_balancer/load-balancer"]);
}

#[test]
fn the_shims_name_the_program() {
    for (platform, line) in [
        (
            Platform::Linux(Arch::X86_64),
            "os.path.abspath(__file__)), \"load-balancer\")",
        ),
        (
            Platform::Windows(Arch::X86_64),
            "os.path.abspath(__file__)), \"load-balancer.exe\")",
        ),
    ] {
        let shim = text(&wheel(platform, Glibc::OLDEST), "load_balancer/__main__.py");
        assert!(shim.contains(line), "{shim}");
        assert!(!shim.contains('@'), "{shim}");
    }
}
