//! What is built for tests: nothing that has none, and everything that has some.

/// A crate without unit tests says so: building it once more for none costs minutes of every check.
/// A crate with unit tests must not say so, or nobody would run them. The same for examples in its
/// documentation.
#[must_use]
pub fn unit_tests_problem(manifest: &str, text: &str, sources: &[String]) -> Option<String> {
    let any = |is: fn(&str) -> bool| sources.iter().any(|text| text.lines().any(is));
    if sources.is_empty() {
        return None;
    }
    let tests = any(|line| line.trim() == "#[test]" || line.trim() == "#[cfg(test)]");
    let examples = sources.iter().any(|text| has_example(text));
    let says = |what: &str| {
        let library = text.split("[lib]").nth(1).unwrap_or_default();
        let library = library.split("\n[").next().unwrap_or_default();
        library.lines().any(|line| line.trim() == format!("{what} = false"))
    };
    let what = match (tests, says("test"), examples, says("doctest")) {
        (true, true, ..) => "its unit tests are not run: `[lib] test = false` goes",
        (false, false, ..) => "it has no unit tests, so its `[lib]` says `test = false`",
        (_, _, true, true) => {
            "the examples in its documentation are not run: `doctest = false` goes"
        }
        _ => return None,
    };
    Some(format!("{manifest}: {what}"))
}

/// Whether a comment has a block of code that `cargo test` runs: one that names no language.
fn has_example(text: &str) -> bool {
    let comments = text.lines().filter_map(|line| {
        let line = line.trim();
        line.strip_prefix("//!").or_else(|| line.strip_prefix("///"))
    });
    let fences = comments.filter_map(|comment| comment.trim().strip_prefix("```"));
    // Every other fence closes a block.
    fences.step_by(2).any(|language| matches!(language, "" | "rust" | "should_panic" | "no_run"))
}
