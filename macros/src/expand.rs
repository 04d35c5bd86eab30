//! The expansion: the code of the sound part, and every finding where rustc
//! shows it.

use std::path::Path;

use extyped_codegen::manifest::beside::{Companion, Folder};
use extyped_codegen::manifest::diagnostic::{Diagnostic, Severity};
use extyped_codegen::manifest::levels::Settings;
use extyped_codegen::manifest::render;
use extyped_codegen::manifest::source::SourceFile;
use extyped_codegen::{Generated, generate};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote_spanned};

use crate::arguments::{self, Arguments, Mistake};
use crate::locate::Site;

/// How many errors rustc is given; after so many, a terminal with colors is
/// the better place.
const ERRORS: usize = 20;

/// What `extension!(input)` becomes, called at `site`.
pub(crate) fn expand(input: TokenStream, site: &Site) -> TokenStream {
    match arguments::parse(input) {
        Ok(arguments) => file(&arguments, site),
        Err(mistakes) => mistakes
            .into_iter()
            .map(|Mistake { span, message }| error(span, &message))
            .collect(),
    }
}

fn file(arguments: &Arguments, site: &Site) -> TokenStream {
    let path = match site.locate(&arguments.path) {
        Ok(path) => path,
        Err(message) => return error(arguments.span, &message),
    };
    let source = match SourceFile::read(&path) {
        Ok(source) => source.named(&arguments.path),
        Err(unreadable) => {
            let source = unreadable.source.named(&arguments.path);
            let text = render::compile_error(&source, &unreadable.diagnostic);
            let mut tokens = track(&path);
            tokens.extend(error(arguments.span, &text));
            return tokens;
        }
    };
    let settings = Settings::near(&path);
    let mut options = arguments.options.clone();
    options.levels = options.levels.over(&settings.levels);
    let Generated {
        tokens,
        report,
        companions,
    } = generate(&source, &options, &Folder::of(&path));
    let mut expansion = tokens;
    expansion.extend(track(&path));
    if let Some(file) = &settings.file {
        expansion.extend(track(&file.path));
        let about = file.report.diagnostics();
        expansion.extend(findings(arguments, &file.source, about));
    }
    expansion.extend(findings(arguments, &source, report.diagnostics()));
    for companion in companions {
        expansion.extend(track(&path.with_file_name(companion.source.name())));
        let Companion { source, report } = companion.beside(&arguments.path);
        expansion.extend(findings(arguments, &source, report.diagnostics()));
    }
    expansion
}

/// Makes rustc read the file, so that a change to it builds the crate again.
/// Only an absolute path works in every place a macro can be called from.
fn track(path: &Path) -> TokenStream {
    let Some(path) = path.to_str() else {
        // A path that is no text cannot be written in code.
        return TokenStream::new();
    };
    quote_spanned! { Span::call_site() =>
        const _: &[u8] = ::core::include_bytes!(#path);
    }
}

fn findings(arguments: &Arguments, source: &SourceFile, findings: &[Diagnostic]) -> TokenStream {
    let of = |severity| {
        findings
            .iter()
            .filter(move |finding| finding.severity == severity)
    };
    let mut tokens = TokenStream::new();
    for finding in of(Severity::Error).take(ERRORS) {
        tokens.extend(match finding.span {
            Some(_) => error(arguments.span, &render::compile_error(source, finding)),
            None => error(arguments.place_of(&finding.message), &about_option(finding)),
        });
    }
    let more = of(Severity::Error).skip(ERRORS).count();
    if more > 0 {
        let path = &arguments.path;
        let text = format!("and {more} more: run `extyped check {path}`");
        tokens.extend(error(arguments.span, &text));
    }
    for finding in of(Severity::Warning) {
        tokens.extend(warning(arguments.span, source, finding));
    }
    tokens
}

/// A finding that has no place in the manifest.
fn about_option(finding: &Diagnostic) -> String {
    let message = format!("{} [{}]", finding.message, finding.code.id);
    match &finding.help {
        Some(help) => format!("{message}\nhelp: {help}"),
        None => message,
    }
}

fn error(span: Span, message: &str) -> TokenStream {
    quote_spanned!(span=> ::core::compile_error! { #message })
}

/// A macro on stable Rust can only warn by using something deprecated.
fn warning(span: Span, source: &SourceFile, finding: &Diagnostic) -> TokenStream {
    let headline = render::headline(source, finding);
    let text = match &finding.help {
        Some(help) => format!("{headline}\nhelp: {help}"),
        None => headline,
    };
    let name = format_ident!("{}", finding.code.id, span = span);
    quote_spanned! { span=>
        const _: () = {
            #[deprecated(note = #text)]
            #[allow(non_upper_case_globals)]
            const #name: () = ();
            #name
        };
    }
}
