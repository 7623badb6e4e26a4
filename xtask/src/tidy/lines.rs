//! Rules about single lines.

/// The longest line of code.
pub const COLUMNS: usize = 100;

/// Marks of unfinished work. (In two parts, so that this file keeps the rule.)
const UNFINISHED: &[&str] =
    &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("dbg", "!")];

/// Beginnings of paths that exist on somebody's machine only.
const MACHINE: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!("/tm", "p/"),
    concat!("C:", "\\"),
];

/// Lines that are too long, unfinished, or true on one machine only, and blanks at a line's end.
#[must_use]
pub fn line_problems(path: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut wrong = |what: String| problems.push(format!("{path}:{}: {what}", index + 1));
        let columns = line.chars().count();
        if path.ends_with(".rs") && columns > COLUMNS && !may_be_long(line) {
            wrong(format!("{columns} columns; at most {COLUMNS}"));
        }
        for word in UNFINISHED.iter().filter(|word| contains_word(line, word)) {
            wrong(format!("`{word}`: finish it, or leave it out"));
        }
        for start in MACHINE.iter().filter(|start| contains_path(line, start)) {
            wrong(format!("a path of one machine, `{start}`"));
        }
        if line.ends_with([' ', '\t']) {
            wrong("blanks at the end of the line".to_owned());
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        problems.push(format!("{path}: the last line has no end"));
    }
    problems
}

/// Addresses and tables in comments cannot be broken, and text in quotes reads better whole.
fn may_be_long(line: &str) -> bool {
    let comment = line.trim_start().trim_start_matches(['/', '!']).trim_start();
    line.contains("://") || comment.starts_with('|') || line.contains('"')
}

/// Whether a word stands in a line, not as part of a longer one.
pub(super) fn contains_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        let ends_open = word.ends_with(is_part) && after.is_some_and(is_part);
        !before.is_some_and(is_part) && !ends_open
    })
}

/// Whether an absolute path begins so, as opposed to a part of a longer path or address.
fn contains_path(line: &str, start: &str) -> bool {
    line.match_indices(start).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "_.-*>}".contains(c))
    })
}
