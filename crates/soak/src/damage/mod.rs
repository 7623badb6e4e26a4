//! Damaged scenario files: whatever stands in a file, it is refused with its place or it runs.
//!
//! A damaged file is a file of the corpus, or [`RARE`], after one to six [`Mishap`]s, all drawn
//! from its seed. It is loaded and, when it loads, run for a few steps: nothing may panic outside a
//! handler, take long, or take much memory ([`Gauge`]).

mod gauge;
mod judge;
mod mishap;
mod tokens;

use std::fs;
use std::path::{Path, PathBuf};

pub use gauge::{Gauge, most_held};
pub use judge::{Fate, Fault, judge};
pub use mishap::Mishap;

use crate::Draw;

/// A scenario with the names of the language that no file of the corpus needs.
pub const RARE: &str = include_str!("rare.ron");

/// The files that are damaged, and the words that stand in them.
pub struct Originals {
    texts: Vec<String>,
    words: Vec<String>,
}

/// A file after its mishaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// The seed.
    pub seed: u64,
    /// What is left of the file.
    pub text: String,
}

impl Originals {
    /// The scenarios in a folder and in those within it, in the order of their paths, and [`RARE`].
    ///
    /// # Errors
    /// When they cannot be read, or there is none.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let mut files = Vec::new();
        collect(folder, &mut files)
            .map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
        files.sort_unstable();
        let mut texts = Vec::new();
        for file in files {
            let text = fs::read_to_string(&file);
            texts.push(text.map_err(|error| format!("{}: {error}", file.display()))?);
        }
        if texts.is_empty() {
            return Err(format!("{} contains no scenario", folder.display()));
        }
        texts.push(RARE.to_owned());
        Self::of(texts).ok_or_else(|| format!("{} contains no words", folder.display()))
    }

    /// These texts; `None` when there is none.
    #[must_use]
    pub fn of(texts: Vec<String>) -> Option<Self> {
        let mut words: Vec<String> = Vec::new();
        for text in &texts {
            words.extend(tokens::of(text).into_iter().map(|span| text[span].to_owned()));
        }
        words.sort_unstable();
        words.dedup();
        (!texts.is_empty() && !words.is_empty()).then_some(Self { texts, words })
    }

    /// The words that stand in them, each once, in their order.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The damaged file of a seed.
    #[must_use]
    pub fn damaged(&self, seed: u64) -> Damaged {
        let mut draw = Draw::of(seed, "file");
        let place = |draw: &mut Draw| draw.below(self.texts.len() as u64) as usize;
        let mut bytes = self.texts[place(&mut draw)].clone().into_bytes();
        // Most often one thing is wrong: what is wrecked everywhere is refused at the first word.
        let mishaps = if draw.chance(60) { 1 } else { draw.between(2, 6) };
        for number in 0..mishaps {
            let mut draw = Draw::of(seed, &format!("mishap {number}"));
            let other = &self.texts[place(&mut draw)];
            Mishap::draw(&mut draw).befall(&mut bytes, other, &self.words, &mut draw);
        }
        Damaged { seed, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "ron") {
            files.push(path);
        }
    }
    Ok(())
}
