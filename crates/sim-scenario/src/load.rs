//! From a scenario file to a scenario that is ready to run.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::beside::with_files;
use crate::check::check_draft;
use crate::draft::Draft;
use crate::mixed::unmixed;
use crate::sheet::Sheet;
use crate::words::count;
use crate::{Catalogue, Diagnostic, Level, Prepared, quotes, tree, twice};

/// A scenario that is ready to run.
pub struct Loaded {
    /// What runs it.
    pub prepared: Box<dyn Prepared>,
    /// What its author should know, in order of place.
    pub warnings: Vec<Diagnostic>,
    /// The name of the file, or the name that was given instead.
    pub name: String,
    /// The text of the file.
    pub text: String,
}

impl Loaded {
    /// The warnings as people read them, with a blank line between two; empty when there is none.
    /// Of very many, the first ones and how many more there are. With `color`, ANSI colours.
    #[must_use]
    pub fn render_warnings(&self, color: bool) -> String {
        let shown = self.warnings.len().min(DIAGNOSTICS_MAX);
        let text = render(&self.warnings[..shown], &self.name, &self.text, color);
        match self.warnings.len() - shown {
            0 => text,
            more => format!("{text}\n\nand {}", count(more as u64, "more warning")),
        }
    }
}

/// Why a scenario cannot run: at least one error, and the warnings besides, in order of place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The name of the file, or the name that was given instead.
    pub name: String,
    /// The text of the file, as far as it could be read.
    pub text: String,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

impl LoadError {
    /// The errors as people read them, with a blank line between two. With `color`, ANSI colours.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        render(&self.diagnostics, &self.name, &self.text, color)
    }
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for LoadError {}

fn render(diagnostics: &[Diagnostic], name: &str, text: &str, color: bool) -> String {
    let rendered: Vec<String> =
        diagnostics.iter().map(|diagnostic| diagnostic.render(name, text, color)).collect();
    rendered.join("\n\n")
}

/// The greatest size of a scenario file, in bytes.
pub const FILE_MAX: usize = 1 << 20;

/// At most so many diagnostics are told; further ones are likely to follow from these.
const DIAGNOSTICS_MAX: usize = 20;

/// Reads a scenario file.
///
/// # Errors
/// When it cannot be read, is larger than [`FILE_MAX`], is not UTF-8, or does not describe a
/// scenario that can run.
pub fn load_file(path: &Path, catalogue: &Catalogue) -> Result<Loaded, LoadError> {
    load_text(&path.display().to_string(), &read_text(path)?, catalogue)
}

/// The text of a scenario file, which need not be one, with what it takes from files beside it.
///
/// # Errors
/// When one of them cannot be read, is larger than [`FILE_MAX`] or is not UTF-8, or when a file
/// beside the scenario is not what it should be.
pub fn read_text(path: &Path) -> Result<String, LoadError> {
    let name = path.display().to_string();
    match read_file(path) {
        Ok(text) => with_files(&name, &text, path.parent().unwrap_or(Path::new(""))),
        Err(Unreadable { text, diagnostic }) => {
            Err(LoadError { name, text, diagnostics: vec![*diagnostic] })
        }
    }
}

/// Reads a scenario. `name` stands in diagnostics where the file's name would.
///
/// # Errors
/// When the text is larger than [`FILE_MAX`] or does not describe a scenario that can run.
pub fn load_text(name: &str, text: &str, catalogue: &Catalogue) -> Result<Loaded, LoadError> {
    let (prepared, mut diagnostics) =
        if text.len() > FILE_MAX { (None, vec![too_large()]) } else { understand(text, catalogue) };
    // In order of place; of equals, errors first.
    diagnostics.sort_by_key(|d| (d.span.as_ref().map(|span| span.start), d.level));
    diagnostics.dedup();
    match prepared {
        Some(prepared) if diagnostics.iter().all(|d| d.level == Level::Warning) => {
            let (name, text) = (name.to_owned(), text.to_owned());
            Ok(Loaded { prepared, warnings: diagnostics, name, text })
        }
        _ => {
            diagnostics.sort_by_key(|diagnostic| diagnostic.level);
            diagnostics.truncate(DIAGNOSTICS_MAX);
            Err(LoadError { name: name.to_owned(), text: text.to_owned(), diagnostics })
        }
    }
}

/// The scenario that the text describes, and everything there is to say about it.
fn understand(text: &str, catalogue: &Catalogue) -> (Option<Box<dyn Prepared>>, Vec<Diagnostic>) {
    let outline = match tree::read(text) {
        Ok(outline) => outline,
        Err(wrong) => return (None, vec![quotes::suspect(text, *wrong)]),
    };
    let plain = match unmixed(text, &outline) {
        Ok(plain) => plain,
        Err(diagnostic) => return (None, vec![*diagnostic]),
    };
    if let Some(formula) = quotes::bare_formula(text, &outline) {
        return (None, vec![formula]);
    }
    let protocol = outline.at_field(text, "protocol").name(text);
    let facts = protocol.and_then(|name| catalogue.find(name));
    let diagnostics = twice::check_maps(text, &outline);
    let mut sheet = Sheet { text, plain: &plain, outline: &outline, facts, diagnostics };
    let prepared = Draft::read(&mut sheet).and_then(|draft| {
        check_draft(&mut sheet, &draft);
        catalogue.prepare(&mut sheet, &draft)
    });
    let mut diagnostics = sheet.diagnostics;
    if prepared.is_none() && diagnostics.iter().all(|d| d.level == Level::Warning) {
        diagnostics.push(Diagnostic::about_the_file("the scenario is incomplete"));
    }
    (prepared, diagnostics)
}

/// Why a file has no text: what could be read of it, and what is wrong.
pub(crate) struct Unreadable {
    pub(crate) text: String,
    pub(crate) diagnostic: Box<Diagnostic>,
}

/// The text of a file.
pub(crate) fn read_file(path: &Path) -> Result<String, Unreadable> {
    let unreadable = |why: String| {
        let diagnostic =
            Diagnostic::about_the_file(format!("cannot read `{}`: {why}", path.display()));
        Unreadable { text: String::new(), diagnostic: Box::new(diagnostic) }
    };
    let failed = |error: std::io::Error| unreadable(reason(&error));
    // Asked before it is opened: opening a pipe may wait for ever.
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(unreadable("it is a directory".to_owned()));
    }
    if !metadata.is_file() {
        return Err(unreadable("it is not a regular file".to_owned()));
    }
    let mut bytes = Vec::new();
    // The file may grow while it is read, or say nothing of its size.
    let most = u64::try_from(FILE_MAX).unwrap_or(u64::MAX);
    let file = File::open(path).map_err(failed)?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > FILE_MAX {
        return Err(Unreadable { text: String::new(), diagnostic: Box::new(too_large()) });
    }
    String::from_utf8(bytes).map_err(|error| {
        let start = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
        let place = start..start + char::REPLACEMENT_CHARACTER.len_utf8();
        let diagnostic = Diagnostic::error(place, "the file is not valid UTF-8")
            .label("these bytes are not a character")
            .help("save the file as UTF-8");
        Unreadable { text, diagnostic: Box::new(diagnostic) }
    })
}

fn too_large() -> Diagnostic {
    Diagnostic::about_the_file(format!("the file is larger than {} KiB", FILE_MAX / 1024))
}

/// Why a file could not be read, in the same words on every platform where it matters.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "the file does not exist".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
