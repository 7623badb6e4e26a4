//! [`table`]: a tally as people read it.

use std::fmt::Write;

use crate::{Row, Tally};

/// What the storms met, as text.
#[must_use]
pub fn table(tally: &Tally) -> String {
    let mut text = String::new();
    heading(&mut text, "feature", ["storms", "", ""]);
    for (feature, storms) in &tally.features {
        line(&mut text, feature, [storms.to_string(), String::new(), String::new()]);
    }
    heading(&mut text, "fault", ["storms", "struck in", "strikes"]);
    for (fault, row) in &tally.faults {
        line(&mut text, fault, counts(row));
    }
    heading(&mut text, "message", ["storms", "sent in", "sends"]);
    for (kind, row) in &tally.kinds {
        line(&mut text, kind, counts(row));
    }
    heading(&mut text, "property", ["judged in", "vacuous in", ""]);
    for (code, judged) in &tally.properties {
        line(
            &mut text,
            code,
            [judged.judged.to_string(), judged.vacuous.to_string(), String::new()],
        );
    }
    text
}

fn counts(row: &Row) -> [String; 3] {
    [row.storms, row.in_storms, row.times].map(|count| count.to_string())
}

fn heading(text: &mut String, first: &str, rest: [&str; 3]) {
    text.push('\n');
    line(text, first, rest.map(str::to_owned));
}

fn line(text: &mut String, first: &str, rest: [String; 3]) {
    let mut row = format!("  {first:<38}");
    for cell in rest {
        write!(row, "{cell:>12}").expect("a text takes everything");
    }
    text.push_str(row.trim_end());
    text.push('\n');
}
