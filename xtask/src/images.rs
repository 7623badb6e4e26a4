//! Disks at the first start with changed numbers: such a scenario is refused or runs, in both
//! builds alike, and no protocol panics over a disk that the loader let pass.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;

use crate::Workspace;
use crate::check::Told;
use crate::corpus::{Rehearse, on_all_cores};

/// So many scenarios are made.
const SCENARIOS: u64 = 600;

/// How long each runs, in virtual time: long enough for elections and a few hundred operations.
const UNTIL: &str = "3s";

/// Numbers at which something may give way, besides those near the one that is changed.
const NUMBERS: [u64; 18] = [
    0,
    1,
    2,
    3,
    5,
    7,
    100,
    1_000_000,
    1_000_001,
    1_000_000_000,
    1_000_000_001,
    4_294_967_295,
    4_294_967_296,
    1_000_000_000_000_000,
    1_000_000_000_000_001,
    9_223_372_036_854_775_808,
    18_446_744_073_709_551_614,
    18_446_744_073_709_551_615,
];

/// Makes the scenarios and runs them in both builds.
pub fn check(workspace: &Workspace) -> Told {
    let originals = originals(workspace).map_err(|why| vec![why])?;
    let tools = Rehearse::build(workspace).map_err(|why| vec![why])?;
    let folder = tools.target().join("images");
    let _ = fs::remove_dir_all(&folder);
    let wrong = |error: std::io::Error| vec![format!("{}: {error}", folder.display())];
    fs::create_dir_all(&folder).map_err(wrong)?;
    let mut files = Vec::new();
    for seed in 0..SCENARIOS {
        let file = folder.join(format!("{seed}.ron"));
        fs::write(&file, changed(&originals, seed)).map_err(wrong)?;
        files.push(file.display().to_string());
    }
    let mut problems = Vec::new();
    let mut ends = BTreeMap::<i32, usize>::new();
    for told in on_all_cores(&files, |file| tools.alike(file, UNTIL)) {
        match told {
            Ok(code) => *ends.entry(code).or_default() += 1,
            Err(why) => problems.push(why),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let refused = ends.remove(&2).unwrap_or(0);
    let ran: usize = ends.values().sum();
    if ran < files.len() / 10 || refused < files.len() / 10 {
        return Err(vec![format!(
            "{ran} scenarios ran and {refused} were refused: too few of one"
        )]);
    }
    let originals = originals.len();
    Ok(format!(
        "{SCENARIOS} of {originals} disks: {refused} refused, {ran} run, alike in both builds"
    ))
}

/// Scenarios with images: those of the corpus, and those around the examples of the reference,
/// which between them have every field.
fn originals(workspace: &Workspace) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for path in workspace.files("scenarios", &[".ron"]) {
        let text = workspace.read(&path)?;
        // A scenario that expects a panic shows it with changed numbers as well.
        if images(&text).is_some() && !text.contains("Violates(\"PANIC\")") {
            found.push(text);
        }
    }
    found.extend(examples(&workspace.read("docs/IMAGES.md")?));
    if found.len() < 15 {
        return Err(format!("only {} scenarios with images were found", found.len()));
    }
    Ok(found)
}

/// The examples of a page that have images, each as a scenario.
#[must_use]
pub fn examples(page: &str) -> Vec<String> {
    let blocks = page.split("\n```ron fields ").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split_once("\n```"));
    let with_images = blocks.filter_map(|(block, _)| {
        let (protocol, fields) = block.split_once('\n')?;
        images(fields).map(|_| (protocol, fields))
    });
    with_images
        .map(|(protocol, fields)| {
            format!(
                "Scenario(\ntitle: \"changed numbers\",\nprotocol: {protocol},\n{fields}\n\
                 deadline: \"5s\",\nexpect: Holds,\n)\n"
            )
        })
        .collect()
}

/// Where the images of a scenario stand, with their braces.
#[must_use]
pub fn images(text: &str) -> Option<Range<usize>> {
    let start = text.find("images: {")? + "images: ".len();
    let mut depth = 0_usize;
    for (at, c) in text[start..].char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(start..start + at + 1);
        }
    }
    None
}

/// A scenario in which one to three numbers of the images are others.
#[must_use]
pub fn changed(originals: &[String], seed: u64) -> String {
    let mut words = Words(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let original = &originals[words.below(originals.len())];
    let mut text = original.clone();
    for _ in 0..1 + words.below(3) {
        let Some(images) = images(&text) else { break };
        let numbers = numbers(&text, images);
        let Some(place) = numbers.get(words.below(numbers.len().max(1))) else { break };
        let old: u64 = text[place.clone()].parse().unwrap_or(0);
        let new = match words.below(4) {
            0 => old.saturating_add(1),
            1 => old.saturating_sub(1),
            _ => NUMBERS[words.below(NUMBERS.len())],
        };
        text.replace_range(place.clone(), &new.to_string());
    }
    text
}

/// The numbers within a range: digits that belong to no name and no text.
fn numbers(text: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let is_word = |at: usize| bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_';
    let mut found = Vec::new();
    let (mut at, mut quoted) = (within.start, false);
    while at < within.end {
        if bytes[at] == b'"' {
            quoted = !quoted;
        }
        let end = (at..within.end).find(|place| !is_word(*place)).unwrap_or(within.end);
        if end == at {
            at += 1;
            continue;
        }
        if !quoted && bytes[at].is_ascii_digit() {
            found.push(at..end);
        }
        at = end;
    }
    found
}

/// A stream of numbers. (SplitMix64.)
struct Words(u64);

impl Words {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^= word >> 31;
        usize::try_from(word % limit.max(1) as u64).expect("below a length")
    }
}
