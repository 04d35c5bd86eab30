//! The three faces write the same code, in every process.

mod support;

// A macro crate exports nothing but macros, so its modules are taken as they
// are: `expand` is what `extension!` calls.
#[path = "../../macros/src/arguments.rs"]
mod arguments;
#[path = "../../macros/src/expand.rs"]
mod expand;
#[path = "../../macros/src/literal.rs"]
mod literal;
#[path = "../../macros/src/locate.rs"]
mod locate;

use std::env;
use std::fs;
use std::process::Command;

use extyped_codegen::manifest::contract::Kind;
use extyped_codegen::{GeneratedFile, Options, generate_file};
use proc_macro2::TokenStream;

use support::{Fixture, fixtures, package_dir};

/// What a process that stands in for build.rs is told.
const FIXTURE: &str = "EXTYPED_TESTS_FIXTURE";

#[test]
fn the_macro_writes_what_the_generator_writes() {
    let site = locate::Site {
        manifest_dir: Some(package_dir()),
        source_dir: None,
    };
    for fixture in fixtures() {
        let expansion = expand::expand(arguments(&fixture), &site);
        // What the macro adds: rustc has to watch the manifest and the files
        // beside it, and shows what is wrong with them.
        let mut watched = String::new();
        let beside = (fixture.name == "forms").then_some("fixtures/forms/activationSchema.json");
        for path in [Some(&*fixture.path()), beside].into_iter().flatten() {
            let path = package_dir().join(path);
            let path = path.to_str().expect("the path is text");
            watched += &format(quote::quote!(
                const _: &[u8] = ::core::include_bytes!(#path);
            ));
        }
        let expected = format!("{}{watched}", body(&file(&fixture)));
        let expansion = format(expansion);
        let (code, findings) = expansion.split_at(expected.len().min(expansion.len()));
        assert_eq!(code, expected, "{}", fixture.name);
        let findings = findings.matches("#[deprecated(").count();
        let expected = usize::from(matches!(fixture.name, "forms" | "empty"));
        assert_eq!(findings, expected, "{}", fixture.name);
    }
}

#[test]
fn the_macro_heeds_comments_options_and_the_file_beside_the_manifest() {
    let bare = "name: custom:lb\nversion: 1.0.0\nminDynatraceVersion: '1.285'\nauthor:\n  name: me\n\
                metrics:\n  - key: lb.a_count\n";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("the file");
    };
    let site = locate::Site {
        manifest_dir: Some(folder.path().to_owned()),
        source_dir: None,
    };
    let expand = |options: &str| {
        let arguments = format!("\"extension.yaml\"{options}");
        let arguments = arguments.parse().expect("arguments");
        expand::expand(arguments, &site).to_string()
    };
    let errors = |expansion: &str| expansion.matches("compile_error").count();
    let is_warned = |expansion: &str| expansion.contains("[EXT032]");

    write("extension.yaml", bare);
    assert!(is_warned(&expand("")));
    assert_eq!(errors(&expand("")), 0);
    assert!(!is_warned(&expand(", allow = [\"EXT032\"]")));
    assert_eq!(errors(&expand(", deny = [\"EXT032\"]")), 1);

    write("extyped.toml", "[lints]\nEXT032 = \"deny\"\n");
    let expansion = expand("");
    assert_eq!(errors(&expansion), 1);
    // A change to the file has to build the crate again.
    assert_eq!(expansion.matches("include_bytes").count(), 2);
    assert_eq!(errors(&expand(", warn = [\"EXT032\"]")), 0);

    write(
        "extension.yaml",
        &bare.replace("a_count", "a_count # extyped: allow(EXT032) why"),
    );
    assert!(!is_warned(&expand("")));
    write("extyped.toml", "[lint]\n");
    let expansion = expand("");
    assert_eq!(errors(&expansion), 1);
    assert!(expansion.contains("did you mean `lints`?"), "{expansion}");
}

#[test]
fn build_scripts_write_what_the_generator_writes() {
    let this = env::current_exe().expect("the test runs");
    for fixture in fixtures() {
        let out_dir = tempfile::tempdir().expect("a temporary folder");
        let status = Command::new(&this)
            .args(["--ignored", "--exact", "stand_in_for_build_rs"])
            .env(FIXTURE, fixture.name)
            .env("CARGO_MANIFEST_DIR", package_dir())
            .env("OUT_DIR", out_dir.path())
            .output()
            .expect("the test can be run again")
            .status;
        assert!(status.success(), "{}", fixture.name);
        let written = fs::read_to_string(out_dir.path().join("extension.rs"));
        assert_eq!(
            written.expect("build.rs writes a file"),
            file(&fixture),
            "{}",
            fixture.name
        );
    }
}

#[test]
#[ignore = "run by another test, in a process of its own"]
fn stand_in_for_build_rs() {
    let name = env::var(FIXTURE).expect("the other test says which fixture");
    let fixture = fixtures().into_iter().find(|fixture| fixture.name == name);
    let fixture = fixture.expect("the other test names a fixture");
    extyped_codegen::build(fixture.path())
        .options(fixture.options)
        .emit();
}

#[test]
fn the_command_line_writes_what_the_generator_writes() {
    for fixture in fixtures() {
        let mut command = Command::new(env!("CARGO"));
        command
            .current_dir(package_dir())
            .args(["run", "--quiet", "-p", "extyped-cli", "--", "generate"])
            .arg(fixture.path());
        for (original, name) in &fixture.options.names {
            command.arg("--name").arg(format!("{original}={name}"));
        }
        for (key, kind) in &fixture.options.overrides.kinds {
            command.arg("--kind").arg(format!("{key}={}", word(*kind)));
        }
        for key in &fixture.options.overrides.optional {
            command.arg("--optional").arg(key);
        }
        command.arg("--crate").arg(&fixture.options.crate_path);
        command.arg("--visibility").arg(&fixture.options.visibility);
        let output = command.output().expect("cargo can be run");
        assert!(
            output.status.success(),
            "{}: {}",
            fixture.name,
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            file(&fixture),
            "{}",
            fixture.name
        );
    }
}

fn file(fixture: &Fixture) -> String {
    let GeneratedFile { text, .. } =
        generate_file(&fixture.source(), &fixture.options, &fixture.files());
    text
}

/// The code without the line that says what wrote it.
fn body(file: &str) -> &str {
    file.split_once("\n\n").expect("there is a header").1
}

fn format(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).expect("generated code is Rust"))
}

/// What an author writes between the parentheses of the macro.
fn arguments(fixture: &Fixture) -> TokenStream {
    let tokens = |text: &str| text.parse::<TokenStream>().expect("options are Rust");
    let path = fixture.path();
    let Options {
        overrides,
        names,
        crate_path,
        visibility,
        // They change no code, and have a test of their own.
        levels: _,
    } = &fixture.options;
    let kinds = overrides.kinds.iter().map(|(key, kind)| {
        let kind = tokens(word(*kind));
        quote::quote!(#key = #kind)
    });
    let names = names.iter();
    let names = names.map(|(original, name)| quote::quote!(#original = #name));
    let optional = &overrides.optional;
    let (crate_path, visibility) = (tokens(crate_path), tokens(visibility));
    quote::quote! {
        #path,
        kinds = { #(#kinds),* },
        names = { #(#names),* },
        optional = [#(#optional),*],
        crate = #crate_path,
        visibility = #visibility,
    }
}

/// A kind as authors write it.
fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Gauge => "gauge",
        Kind::Count => "count",
    }
}
