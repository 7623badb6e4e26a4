//! From a scenario file to a scenario that is ready to run.

use std::path::Path;

use crate::{Catalogue, Diagnostic, Prepared};

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
    /// The warnings as people read them, with a blank line between two; empty when there is none. With
    /// `color`, ANSI colours.
    #[must_use]
    pub fn render_warnings(&self, color: bool) -> String {
        render(&self.warnings, &self.name, &self.text, color)
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

/// Reads a scenario file.
///
/// # Errors
/// When it cannot be read, is larger than [`FILE_MAX`], is not UTF-8, or does not describe a scenario
/// that can run.
pub fn load_file(path: &Path, catalogue: &Catalogue) -> Result<Loaded, LoadError> {
    let _ = (path, catalogue);
    todo!("the loader")
}

/// Reads a scenario. `name` stands in diagnostics where the file's name would.
///
/// # Errors
/// When the text is larger than [`FILE_MAX`] or does not describe a scenario that can run.
pub fn load_text(name: &str, text: &str, catalogue: &Catalogue) -> Result<Loaded, LoadError> {
    let _ = (name, text, catalogue);
    todo!("the loader")
}

/// The greatest size of a scenario file, in bytes.
pub const FILE_MAX: usize = 1 << 20;
