//! Rules about whole files.

use crate::Workspace;

/// A crate opens with what it is.
#[must_use]
pub fn crate_root_problem(path: &str, text: &str) -> Option<String> {
    let is_root = path.ends_with("src/lib.rs") || path.ends_with("src/main.rs");
    (is_root && !text.starts_with("//!"))
        .then(|| format!("{path}: a crate opens with `//!` and what it is"))
}

/// A scenario opens with a comment that tells the claim, and stands in the folder of its family,
/// under a name of lower-case words.
#[must_use]
pub fn scenario_problem(workspace: &Workspace, path: &str, text: &str) -> Option<String> {
    let below = path.strip_prefix("scenarios/")?.strip_suffix(".ron")?;
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let what = match below.split_once('/') {
        Some((family, claim)) if claim.chars().all(is_word) => {
            let is_family = workspace.root().join("crates/protocols").join(family).is_dir();
            match (is_family, text.starts_with("//")) {
                (false, _) => format!("crates/protocols has no family `{family}`"),
                (true, false) => "it does not open with a comment that states the claim".to_owned(),
                (true, true) => return None,
            }
        }
        _ => "a scenario is scenarios/<family>/<claim-in-words>.ron".to_owned(),
    };
    Some(format!("{path}: {what}"))
}
