//! The tables of `docs/JSON.md`.

use std::collections::{BTreeMap, BTreeSet};

/// What the page says of a field.
#[derive(Debug)]
pub(crate) struct Row {
    /// The types that it may have.
    pub(crate) types: BTreeSet<String>,
    /// Whether it may be null.
    pub(crate) null: bool,
}

/// The fields of a section, by their paths.
pub(crate) type Section = BTreeMap<String, Row>;

/// The page: its sections with a table, by their titles.
pub(crate) fn page() -> BTreeMap<String, Section> {
    let mut sections: BTreeMap<String, Section> = BTreeMap::new();
    let mut title = "";
    for line in include_str!("../../../../docs/JSON.md").lines() {
        if line.starts_with('#') {
            title = line.trim_start_matches(['#', ' ']);
        } else if line.starts_with("| `") {
            let (field, row) = row(line);
            let twice = sections.entry(title.to_owned()).or_default().insert(field, row);
            assert!(twice.is_none(), "{title}: a field stands there twice: {line}");
        }
    }
    sections
}

fn row(line: &str) -> (String, Row) {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let [_, field, types, null, _, _] = cells[..] else {
        panic!("a row has the columns field, type, null and what it is: {line}");
    };
    // Types are written as in "text, boolean or list of texts".
    let types = types.replace(" or ", ", ");
    let types = types.split(", ").map(str::to_owned).collect();
    (field.trim_matches('`').to_owned(), Row { types, null: !null.is_empty() })
}
