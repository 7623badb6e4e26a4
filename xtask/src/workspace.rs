//! [`Workspace`]: where the project's files are.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// The project's root, and paths relative to it.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace that this program was started in by `cargo`, or else the current directory.
    ///
    /// # Panics
    /// When neither can be told.
    #[must_use]
    pub fn find() -> Self {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = manifest.as_deref().and_then(Path::parent).map(Path::to_path_buf);
        Self::at(root.unwrap_or_else(|| env::current_dir().expect("there is a current directory")))
    }

    /// The workspace with this root.
    #[must_use]
    pub fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// Its root.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The text of a file named from the root.
    ///
    /// # Errors
    /// When it cannot be read as text, in one sentence.
    pub fn read(&self, path: &str) -> Result<String, String> {
        fs::read_to_string(self.root.join(path)).map_err(|why| format!("{path}: {why}"))
    }

    /// Every file below a folder whose name ends in one of the endings (all when there are none),
    /// as paths from the root with `/` between names, in order. A folder that does not exist
    /// has none. Build output and hidden folders other than `.cargo` and `.ci` are left out.
    #[must_use]
    pub fn files(&self, folder: &str, endings: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(self.root.join(&folder)) else { continue };
            for entry in entries.flatten() {
                let Ok(name) = entry.file_name().into_string() else { continue };
                let path = match folder.as_str() {
                    "" => name.clone(),
                    folder => format!("{folder}/{name}"),
                };
                let hidden = name.starts_with('.') && name != ".cargo" && name != ".ci";
                let kind = entry.file_type();
                if kind.is_ok_and(|kind| kind.is_dir()) {
                    if !hidden && name != "target" {
                        folders.push(path);
                    }
                } else if endings.is_empty() || endings.iter().any(|end| name.ends_with(end)) {
                    found.push(path);
                }
            }
        }
        found.sort();
        found
    }
}
