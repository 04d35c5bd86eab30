//! Mending the files that a manifest names: metrics get their new names there
//! too, and fixes of what is found in them are applied.

use std::path::{Path, PathBuf};

use extyped_manifest::beside::{self, Files, Folder, Lookup};
use extyped_manifest::diagnostic::{Edit, Fix, Rename, Report, Severity};
use extyped_manifest::fix;
use extyped_manifest::source::SourceFile;
use extyped_manifest::yaml::{self, Node, Tree};

use super::Change;

/// Fields that are only read by people.
const PROSE: [&str; 9] = [
    "content",
    "description",
    "displayName",
    "header",
    "label",
    "markdown",
    "name",
    "title",
    "tooltip",
];

/// The files beside a manifest, as they were and as they will be.
#[derive(Debug, Default)]
pub(crate) struct Companions {
    files: Vec<Companion>,
}

#[derive(Debug)]
struct Companion {
    /// As the manifest calls it.
    name: String,
    path: PathBuf,
    /// Whether it is a link to a file outside the folder: not the extension's
    /// to change, whoever else reads it.
    leads_out: bool,
    before: SourceFile,
    after: SourceFile,
    done: Vec<String>,
}

impl Companions {
    /// Reads what the manifest names. A file that is not there cannot name a
    /// metric.
    pub(crate) fn read(manifest: &Path, source: &SourceFile) -> Self {
        let folder = Folder::of(manifest);
        let files = beside::named(source).into_iter().filter_map(|name| {
            let Lookup::Found(before) = folder.read(&name) else {
                return None;
            };
            let path = manifest.with_file_name(&name);
            let before = before.named(path.display().to_string());
            Some(Companion {
                name,
                leads_out: leads_out(manifest, &path),
                path,
                after: before.clone(),
                before,
                done: Vec::new(),
            })
        });
        Companions {
            files: files.collect(),
        }
    }

    /// Whether the edits of a fix are only part of what has to be done: files
    /// name its metric as well.
    pub(crate) fn is_half(&self, fix: &Fix) -> bool {
        let rename = fix.rename.as_ref();
        rename.is_some_and(|rename| self.naming(rename).next().is_some())
    }

    fn naming(&self, rename: &Rename) -> impl Iterator<Item = &Companion> {
        let files = self.files.iter();
        files.filter(|file| file.before.text().contains(&rename.from))
    }

    /// Why a fix must not be applied: a file that names its metric and cannot
    /// be edited. Half a rename is worse than none.
    pub(crate) fn obstacle(&self, fix: &Fix) -> Option<String> {
        let rename = fix.rename.as_ref()?;
        let (file, why) = self.naming(rename).find_map(|file| {
            if file.leads_out {
                Some((file, "is a link out of the folder"))
            } else if tree(&file.before).is_none() {
                Some((file, "is no JSON"))
            } else {
                None
            }
        })?;
        Some(format!(
            "`{}` keeps its name: {} names it and {why}",
            rename.from,
            file.before.name()
        ))
    }

    /// Renames a metric in all files.
    pub(crate) fn rename(&mut self, rename: &Rename) {
        for file in &mut self.files {
            if let Some(renamed) = renamed(&file.after, rename) {
                file.after = renamed;
                file.done
                    .push(format!("rename `{}` to `{}`", rename.from, rename.to));
            }
        }
    }

    /// Applies fixes until none is left that helps, as far as `check` says of
    /// the files as they are then.
    pub(crate) fn mend(
        &mut self,
        manifest: &Path,
        check: impl Fn(&dyn Files) -> Vec<beside::Companion>,
    ) {
        let mut found = check(&self.over(manifest));
        for _ in 0..super::MAX_ROUNDS {
            let before: Vec<SourceFile> = self.files.iter().map(|it| it.after.clone()).collect();
            let mut titles = Vec::new();
            for companion in &found {
                let name = companion.source.name();
                let is_it = |file: &Companion| file.name == name && !file.leads_out;
                let Some(at) = self.files.iter().position(is_it) else {
                    continue;
                };
                if let Some((after, done)) = mended(&self.files[at].after, &companion.report) {
                    self.files[at].after = after;
                    titles.push((at, done));
                }
            }
            if titles.is_empty() {
                return;
            }
            let next = check(&self.over(manifest));
            if errors(&next) > errors(&found) {
                for (file, before) in self.files.iter_mut().zip(before) {
                    file.after = before;
                }
                return;
            }
            for (at, done) in titles {
                self.files[at].done.extend(done);
            }
            found = next;
        }
    }

    /// The files as they are now, and all others as they are on the disk.
    pub(crate) fn over(&self, manifest: &Path) -> impl Files {
        Overlay {
            files: self,
            folder: Folder::of(manifest),
        }
    }

    /// The files that are not what they were.
    pub(crate) fn into_changes(self) -> Vec<Change> {
        let changed = self.files.into_iter();
        changed
            .filter(|file| file.before.text() != file.after.text())
            .map(|file| Change {
                path: file.path,
                before: file.before,
                after: file.after.text().to_owned(),
                done: file.done,
            })
            .collect()
    }
}

struct Overlay<'c> {
    files: &'c Companions,
    folder: Folder,
}

impl Files for Overlay<'_> {
    fn read(&self, path: &str) -> Lookup {
        let mut files = self.files.files.iter();
        match files.find(|file| file.name == path) {
            Some(file) => Lookup::Found(file.after.clone().named(path)),
            None => self.folder.read(path),
        }
    }

    fn is_bare(&self) -> bool {
        self.folder.is_bare()
    }
}

/// Whether a file beside a manifest lies elsewhere in truth. One that cannot be
/// found again does not count as the extension's.
fn leads_out(manifest: &Path, path: &Path) -> bool {
    let folder = match manifest.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match (folder.canonicalize(), path.canonicalize()) {
        (Ok(folder), Ok(path)) => !path.starts_with(folder),
        _ => true,
    }
}

fn errors(companions: &[beside::Companion]) -> usize {
    let reports = companions.iter().map(|companion| &companion.report);
    reports.map(|report| report.count(Severity::Error)).sum()
}

/// The file with all its fixes, and what they do, if it can be read after them.
fn mended(source: &SourceFile, report: &Report) -> Option<(SourceFile, Vec<String>)> {
    let findings = report.diagnostics().iter();
    let fixes: Vec<Fix> = findings.filter_map(|finding| finding.fix.clone()).collect();
    let edited = fix::apply(source.text(), &fixes);
    if edited.text == source.text() {
        return None;
    }
    let done = edited.applied.iter().filter_map(|&at| fixes.get(at));
    let done = done.map(|fix| fix.title.clone()).collect();
    let after = SourceFile::new(source.name(), edited.text);
    tree(&after).is_some().then_some((after, done))
}

fn tree(source: &SourceFile) -> Option<Tree> {
    let mut report = Report::default();
    let tree = yaml::parse_json(source, &mut report);
    tree.filter(|_| !report.has_errors())
}

/// The file with the other name, if it has the old one and can be read after
/// the change.
fn renamed(source: &SourceFile, rename: &Rename) -> Option<SourceFile> {
    let tree = tree(source)?;
    let mut edits = Vec::new();
    visit(source, tree.root(), false, rename, &mut edits);
    let fix = Fix {
        title: String::new(),
        edits,
        rename: None,
    };
    let fixed = fix::apply(source.text(), &[fix]);
    let after = SourceFile::new(source.name(), fixed.text);
    (!fixed.applied.is_empty() && self::tree(&after).is_some()).then_some(after)
}

/// Collects the edits of texts that are not prose, and of keys that are the
/// metric itself.
fn visit(
    source: &SourceFile,
    node: Node<'_>,
    is_selector: bool,
    rename: &Rename,
    edits: &mut Vec<Edit>,
) {
    // Outside selectors, a word without a dot may be anything.
    if node.as_str().is_some() && (is_selector || rename.from.contains('.')) {
        edits.extend(fix::replace_within_scalar(
            source,
            node.span(),
            &rename.from,
            &rename.to,
        ));
    }
    for item in node.items() {
        visit(source, item, is_selector, rename, edits);
    }
    for entry in node.entries() {
        let name = entry.name();
        if name == rename.from && name.contains('.') {
            edits.push(fix::replace_scalar(source, entry.key.span(), &rename.to));
        }
        if !PROSE.contains(&name) || entry.value.as_str().is_none() {
            let selects = ["metric", "Selector", "selector", "query", "Query"]
                .iter()
                .any(|part| name.contains(part));
            visit(source, entry.value, selects, rename, edits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str, from: &str, to: &str) -> Option<String> {
        let rename = Rename {
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let source = SourceFile::new("dashboard.json", text);
        renamed(&source, &rename).map(|source| source.text().to_owned())
    }

    #[test]
    fn a_metric_is_renamed_where_it_is_meant_and_nowhere_else() {
        let text = r#"{
	"name": "lb.in per node",
	"tiles": [
	    {"query": "timeseries avg(lb.in), by: {node}", "title": "lb.in"},
	    {"metricSelector" : "lb.in:splitBy(\"node\"):avg + ext:lb.in + lb.in.max"},
	    {"metric": "builtin:host.cpu", "units": {"lb.in": "Byte"}, "width": 10},
	    {"queries": ["lb.in"], "other": null}
	]
}"#;
        let expected = text
            .replace("avg(lb.in)", "avg(lb.in.count)")
            .replace("\"lb.in:splitBy", "\"lb.in.count:splitBy")
            .replace("{\"lb.in\": ", "{\"lb.in.count\": ")
            .replace("[\"lb.in\"]", "[\"lb.in.count\"]");
        assert_eq!(after(text, "lb.in", "lb.in.count"), Some(expected));
    }

    #[test]
    fn a_word_without_a_dot_is_a_metric_in_selectors_only() {
        let text = r#"{"key": "sessions", "metricSelector": "sessions:avg"}"#;
        let expected = text.replace("sessions:avg", "sessions.count:avg");
        assert_eq!(after(text, "sessions", "sessions.count"), Some(expected));
    }

    #[test]
    fn a_file_that_does_not_name_it_or_is_no_json_stays() {
        assert_eq!(after(r#"{"query": "lb.out"}"#, "lb.in", "x"), None);
        assert_eq!(after(r#"{"query": "lb.in""#, "lb.in", "x"), None);
    }
}
