//! Words that the glossary replaced. Its table says which, what to write instead, and where they
//! are allowed because they mean something else there.

/// Where the table stands.
pub(super) const GLOSSARY: &str = "docs/GLOSSARY.md";

/// The heading above the table. What stands below it may name the words.
const HEADING: &str = "## Words that were replaced";

/// The rule itself and its test, which name the words to refuse them.
const RULES: &[&str] = &["xtask/src/tidy/words.rs", "xtask/tests/rules.rs"];

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The words, or phrases, in lower case; with capitals, a name that is refused as it is.
    pub words: Vec<String>,
    /// What to write.
    pub instead: String,
    /// Beginnings of paths where they are allowed.
    pub paths: Vec<String>,
    /// Phrases in which they are allowed, in lower case.
    pub phrases: Vec<String>,
}

/// The rows of the glossary's table.
///
/// # Errors
/// A sentence, when there is no table or a row cannot be read.
pub fn replaced(glossary: &str) -> Result<Vec<Replaced>, String> {
    let table = glossary.split_once(HEADING).map(|(_, below)| below);
    let table = table.ok_or_else(|| format!("{GLOSSARY}: there is no \"{HEADING}\""))?;
    let rows = table.lines().filter(|line| line.starts_with('|')).skip(2);
    let rows = rows.map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, words, instead, allowed, _] = cells[..] else {
            return Err(format!("{GLOSSARY}: a row has three columns: {line}"));
        };
        let allowed = list(allowed);
        let (quoted, plain): (Vec<_>, Vec<_>) =
            allowed.into_iter().partition(|text| text.starts_with('"'));
        Ok(Replaced {
            words: list(words),
            instead: instead.to_owned(),
            paths: plain.into_iter().map(|path| path.trim_matches('`').to_owned()).collect(),
            phrases: quoted.into_iter().map(|text| text.trim_matches('"').to_owned()).collect(),
        })
    });
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    if rows.is_empty() { Err(format!("{GLOSSARY}: the table is empty")) } else { Ok(rows) }
}

fn list(cell: &str) -> Vec<String> {
    cell.split(',').map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

/// The places of a file, its own name included, with a word that was replaced.
#[must_use]
pub fn word_problems(path: &str, text: &str, replaced: &[Replaced]) -> Vec<String> {
    if RULES.contains(&path) {
        return Vec::new();
    }
    let text = if path == GLOSSARY { text.split(HEADING).next().unwrap_or_default() } else { text };
    let rows: Vec<&Replaced> =
        replaced.iter().filter(|row| !row.paths.iter().any(|p| path.starts_with(p))).collect();
    let mut problems = Vec::new();
    let mut look = |place: &str, line: &str| {
        let words = words_of(line);
        for row in &rows {
            for word in row.words.iter().filter(|word| is_in(word, &words, line, &row.phrases)) {
                let instead = &row.instead;
                problems.push(format!("{place}: \"{word}\" was replaced: write {instead}"));
            }
        }
    };
    look(path, path);
    for (index, line) in text.lines().enumerate() {
        look(&format!("{path}:{}", index + 1), line);
    }
    problems
}

/// Whether a word stands in a line, other than in these phrases.
fn is_in(word: &str, words: &[String], line: &str, phrases: &[String]) -> bool {
    if word.contains(|c: char| c.is_uppercase()) {
        return super::lines::contains_word(line, word);
    }
    let count = |phrase: &str| {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        words.windows(phrase.len()).filter(|window| *window == phrase.as_slice()).count()
    };
    let allowed: usize = phrases
        .iter()
        .filter(|phrase| phrase.split(' ').any(|part| part == word))
        .map(|phrase| count(phrase))
        .sum();
    count(word) > allowed
}

/// The words of a line in lower case, those in names included: `by_hand`, `ByHand` and "by hand"
/// are the same two.
fn words_of(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut after_small = false;
    for c in line.chars() {
        if !c.is_alphabetic() || (c.is_uppercase() && after_small) {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        }
        after_small = c.is_lowercase();
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}
