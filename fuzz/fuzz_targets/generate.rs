//! From a text to code: whatever is wrong with a manifest, and with the files
//! that it names, there is an answer, all fixes can be applied, and the code of
//! the sound part is Rust.

#![no_main]

use extyped_codegen::{Findings, Generated, Options, check, generate};
use extyped_manifest::beside::{Files, Lookup};
use extyped_manifest::diagnostic::{Fix, Report};
use extyped_manifest::fix;
use extyped_manifest::source::SourceFile;
use libfuzzer_sys::fuzz_target;

/// The text after this line stands in every file that the manifest names.
const DIVIDER: &str = "\n=====\n";

struct Same<'t>(&'t str);

impl Files for Same<'_> {
    fn read(&self, path: &str) -> Lookup {
        Lookup::Found(SourceFile::new(path, self.0))
    }

    fn is_bare(&self) -> bool {
        false
    }
}

fuzz_target!(|text: &str| {
    let (manifest, beside) = text.split_once(DIVIDER).unwrap_or((text, "{}"));
    let source = SourceFile::new("extension.yaml", manifest);
    let options = Options::default();
    let Findings { report, companions } = check(&source, &options, &Same(beside));
    let Generated { tokens, .. } = generate(&source, &options, &Same(beside));
    let code = tokens.to_string();
    if let Err(error) = syn::parse_file(&code) {
        panic!("{error}\n{code}");
    }
    mend(&source, &report);
    for companion in &companions {
        mend(&companion.source, &companion.report);
    }
});

fn mend(source: &SourceFile, report: &Report) {
    for finding in report.diagnostics() {
        let related = finding.related.iter().map(|related| related.span);
        for span in related.chain(finding.span) {
            let range = span.start as usize..span.end as usize;
            assert!(source.text().get(range).is_some(), "{finding:?}");
        }
    }
    let fixes: Vec<Fix> = report
        .diagnostics()
        .iter()
        .filter_map(|finding| finding.fix.clone())
        .collect();
    fix::apply(source.text(), &fixes);
}
