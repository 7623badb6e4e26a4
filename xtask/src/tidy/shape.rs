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
/// under a name of lower-case words. Those that retell public reports of bugs are in a folder of
/// their own, and their first line names the report.
#[must_use]
pub fn scenario_problem(workspace: &Workspace, path: &str, text: &str) -> Option<String> {
    let below = path.strip_prefix("scenarios/")?.strip_suffix(".ron")?;
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let what = match below.split_once('/') {
        Some((folder, claim)) if claim.chars().all(is_word) => in_folder(workspace, folder, text)?,
        _ => "a scenario is scenarios/<family>/<claim-in-words>.ron".to_owned(),
    };
    Some(format!("{path}: {what}"))
}

/// What is wrong with the beginning of a scenario in this folder.
fn in_folder(workspace: &Workspace, folder: &str, text: &str) -> Option<String> {
    let is_family = || workspace.root().join("crates/protocols").join(folder).is_dir();
    if folder != "reports" && !is_family() {
        return Some(format!("crates/protocols has no family `{folder}`"));
    }
    let Some(comment) = text.strip_prefix("//") else {
        return Some("it does not open with a comment that states the claim".to_owned());
    };
    let first = comment.lines().next().unwrap_or_default();
    let is_named = folder != "reports" || first.split_whitespace().any(names_report);
    (!is_named).then(|| {
        "its first line names no report, such as `owner/repository#7` or `CASSANDRA-9183`"
            .to_owned()
    })
}

/// Whether a word of a comment is the name of a public report: `owner/repository#number`, or the
/// name of an issue, which is capital letters and a number.
fn names_report(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let is_name = |text: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        !text.is_empty() && text.chars().all(fits)
    };
    let is_project = |text: &str| text.len() > 1 && text.chars().all(|c| c.is_ascii_uppercase());
    match (word.split_once('#'), word.split_once('-')) {
        (Some((repository, number)), _) => {
            let parts = repository.split_once('/');
            parts.is_some_and(|(owner, name)| is_name(owner) && is_name(name)) && is_number(number)
        }
        (None, Some((project, number))) => is_project(project) && is_number(number),
        (None, None) => false,
    }
}
