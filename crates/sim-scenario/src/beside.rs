//! Tables of latencies in files beside a scenario: `Csv(file: "latencies.csv")` becomes the
//! `Regions(..)` that it stands for, in the scenario's own text. So who keeps, edits or replays
//! that text needs no other file. No line is added, so lines keep their numbers.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Component, Path};

use csv::{ReaderBuilder, StringRecord, Trim};
use sim_node::{Duration, counted};

use crate::language::LatencyText;
use crate::load::{Unreadable, read_file};
use crate::mixed::unmixed;
use crate::{Diagnostic, LoadError, tree};

const EXAMPLE: &str = "the first line names the regions behind a unit of time, and each other line \
                       begins with a region: `ms,eu,us`, `eu,1,40`, `us,41,1`";

/// The text of a scenario in which a table of latencies in a file of this folder is written out.
/// Other texts stay as they are; what is wrong with them is told when they are loaded.
///
/// # Errors
/// When the file cannot be read or is no table of latencies, with the place in it.
pub fn with_files(name: &str, text: &str, folder: &Path) -> Result<String, LoadError> {
    let Some((place, file, round_trip)) = asked(text) else { return Ok(text.to_owned()) };
    let refused = |diagnostic: Diagnostic| LoadError {
        name: name.to_owned(),
        text: text.to_owned(),
        diagnostics: vec![diagnostic],
    };
    let is_beside = |one| matches!(one, Component::Normal(_) | Component::CurDir);
    let path = folder.join(&file);
    if file.is_empty() || !Path::new(&file).components().all(is_beside) {
        let message = format!("`{file}` does not name a file beside the scenario");
        return Err(refused(
            Diagnostic::error(place, message)
                .label("not beside it")
                .help("name a file of the same folder, or of one within it"),
        ));
    }
    // What is wrong with a place in the table is told there, everything else where it is named.
    let unusable = |table: String, diagnostic: Diagnostic| match diagnostic.span {
        None => refused(Diagnostic { span: Some(place.clone()), ..diagnostic }),
        Some(_) => LoadError {
            name: path.display().to_string(),
            text: table,
            diagnostics: vec![diagnostic],
        },
    };
    let table =
        read_file(&path).map_err(|Unreadable { text, diagnostic }| unusable(text, *diagnostic))?;
    let regions = Table::read(&table, round_trip)
        .map_err(|diagnostic| unusable(table.clone(), *diagnostic))?;
    let lines = text[place.clone()].matches('\n').count();
    let written = regions.written(lines);
    Ok([&text[..place.start], &written, &text[place.end..]].concat())
}

/// Where a scenario asks for a table, in which file, and whether that gives round trips.
fn asked(text: &str) -> Option<(Range<usize>, String, bool)> {
    if !text.contains("Csv") {
        return None;
    }
    let outline = tree::read(text).ok()?;
    let latency = outline.at_field(text, "network").at_field(text, "latency");
    if latency.name(text) != Some("Csv") {
        return None;
    }
    let plain = unmixed(text, &outline).ok()?;
    match ron::from_str(&plain[latency.span.clone()]).ok()? {
        LatencyText::Csv { file, round_trip } => Some((latency.span.clone(), file, round_trip)),
        LatencyText::Regions { .. } | LatencyText::Drawn(_) => None,
    }
}

/// What a scenario names that was not read from a file, so that nothing stands beside it.
pub(crate) fn nothing_beside(place: Range<usize>) -> Diagnostic {
    Diagnostic::error(place, "there is no file beside this scenario, which is no file itself")
        .label("a table in a file")
        .help("write the table in the scenario: `latency: Regions(sets: [..], table: [..])`")
}

/// A table of latencies: from each region, a row, to each, a column.
#[derive(Debug)]
struct Table {
    sets: Vec<String>,
    rows: Vec<Vec<Duration>>,
}

/// A line of a CSV file.
struct Line {
    span: Range<usize>,
    record: StringRecord,
}

impl Line {
    fn wrong(&self, message: impl Into<String>) -> Box<Diagnostic> {
        let wrong = Diagnostic::error(self.span.clone(), message);
        Box::new(wrong.label("in this line").help(EXAMPLE))
    }
}

impl Table {
    fn read(text: &str, round_trip: bool) -> Result<Self, Box<Diagnostic>> {
        let lines = lines(text)?;
        let Some((head, lines)) = lines.split_first() else {
            let empty = Diagnostic::about_the_file("the file contains no table");
            return Err(Box::new(empty.help(EXAMPLE)));
        };
        let unit = &head.record[0];
        if !unit.is_empty() && format!("1{unit}").parse::<Duration>().is_err() {
            let message = format!("`{unit}` is not a unit of time: ns, us, ms, s, min or h");
            return Err(head.wrong(message));
        }
        let sets: Vec<String> = head.record.iter().skip(1).map(ToOwned::to_owned).collect();
        if sets.is_empty() {
            return Err(head.wrong("the first line names no region"));
        }
        for (place, name) in sets.iter().enumerate() {
            if name.is_empty() {
                return Err(head.wrong(format!("column {} names no region", place + 2)));
            }
            if sets[..place].contains(name) {
                return Err(head.wrong(format!("the region `{name}` has two columns")));
            }
        }
        let mut rows = BTreeMap::new();
        for line in lines {
            let name = &line.record[0];
            if !sets.iter().any(|set| set == name) {
                return Err(line.wrong(format!("the region `{name}` has no column")));
            }
            let row = row(line, &sets, unit, round_trip)?;
            if rows.insert(name, row).is_some() {
                return Err(line.wrong(format!("the region `{name}` has two lines")));
            }
        }
        let found: Option<Vec<_>> = sets.iter().map(|set| rows.remove(set.as_str())).collect();
        match found {
            Some(rows) => Ok(Self { sets, rows }),
            None => {
                let lacks = |set: &&String| !lines.iter().any(|line| line.record[0] == ***set);
                let set = sets.iter().find(lacks).expect("one has no line");
                Err(head.wrong(format!("the region `{set}` has no line")))
            }
        }
    }

    /// As a scenario says it, on one line more than there are line breaks.
    fn written(&self, line_breaks: usize) -> String {
        let names = self.sets.iter().map(|set| ron::to_string(set).expect("a text")).collect();
        let row = |row: &Vec<Duration>| {
            listed(row.iter().map(|time| format!("\"{time}\"")).collect::<Vec<_>>())
        };
        let rows = self.rows.iter().map(row).collect();
        let end = "\n".repeat(line_breaks);
        format!("Regions(sets: {}, table: {}{end})", listed(names), listed(rows))
    }
}

fn listed(parts: Vec<String>) -> String {
    format!("[{}]", parts.join(", "))
}

/// The latencies of a line, one for each region.
fn row(
    line: &Line,
    sets: &[String],
    unit: &str,
    round_trip: bool,
) -> Result<Vec<Duration>, Box<Diagnostic>> {
    let from = &line.record[0];
    if line.record.len() != sets.len() + 1 {
        let (found, regions) = (line.record.len() - 1, counted(sets.len() as u64, "region"));
        let found = counted(found as u64, "latency");
        return Err(line.wrong(format!("`{from}` has {found} for {regions}")));
    }
    let mut times = Vec::with_capacity(sets.len());
    for (to, cell) in sets.iter().zip(line.record.iter().skip(1)) {
        let wrong = |why: String| line.wrong(format!("from `{from}` to `{to}`: {why}"));
        if cell.is_empty() {
            return Err(wrong("there is no latency".to_owned()));
        }
        let is_bare = cell.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let unit = if is_bare { unit } else { "" };
        let time: Duration =
            format!("{cell}{unit}").parse().map_err(|why| wrong(format!("{why}")))?;
        let nanos = time.as_nanos();
        times.push(Duration::from_nanos(if round_trip { nanos / 2 } else { nanos }));
    }
    Ok(times)
}

/// The lines of a CSV file, blank ones and comments left out.
fn lines(text: &str) -> Result<Vec<Line>, Box<Diagnostic>> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    let mut record = StringRecord::new();
    loop {
        let more = reader.read_record(&mut record).map_err(|why| {
            Box::new(Diagnostic::about_the_file(format!("the file is no CSV: {why}")))
        })?;
        if !more {
            return Ok(lines);
        }
        let start = record.position().map_or(0, |at| at.byte());
        let start = usize::try_from(start).unwrap_or(0).min(text.len());
        lines.push(Line { span: first_line(text, start), record: record.clone() });
    }
}

/// The first line from a place on that is neither blank nor a comment.
fn first_line(text: &str, mut start: usize) -> Range<usize> {
    for line in text[start..].split_inclusive('\n') {
        let content = line.trim();
        if !content.is_empty() && !content.starts_with('#') {
            let from = start + (line.len() - line.trim_start().len());
            return from..from + content.len();
        }
        start += line.len();
    }
    start..start
}
