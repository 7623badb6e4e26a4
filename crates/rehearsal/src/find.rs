//! Finds a scenario that is named without its folder or its ending: beside where it was looked for,
//! and below the folder that `list` lists.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::args::{SCENARIOS, nearest, plain};
use crate::exit::Failure;
use crate::output::tell;

/// How deep folders are looked through.
const DEPTH: usize = 8;

/// Makes the path of a file out of what was named: itself when it is there; otherwise the one
/// scenario of that name in the folder where it was looked for; otherwise the one below the folder
/// of scenarios. Names ignore case and dashes, and may lack their ending.
///
/// # Errors
/// When several have the name, or none has and one has a name like it.
pub(crate) fn resolve(file: &mut PathBuf) -> Result<(), Failure> {
    if file.symlink_metadata().is_ok() {
        return Ok(());
    }
    let exact = with_ending(file);
    if exact.is_file() {
        return found(file, exact);
    }
    // Without a folder there is nothing to be found in it.
    let beside = beside(file).unwrap_or_default();
    let below = scenario_files(Path::new(SCENARIOS)).unwrap_or_default();
    for known in [&beside, &below] {
        let named: Vec<&PathBuf> = known.iter().filter(|known| has_name(known, file)).collect();
        match named.as_slice() {
            [] => {}
            [one] => return found(file, one.to_path_buf()),
            several => return Err(ambiguous(file, several)),
        }
    }
    let mut all = below;
    for one in beside {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    suggest(file, &all)
}

/// The file with the ending of a scenario behind its name.
fn with_ending(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".ron");
    name.into()
}

/// The scenarios in the folder where the file was looked for, and not in those within it.
fn beside(file: &Path) -> io::Result<Vec<PathBuf>> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let is_here = folder == Path::new("");
    let mut files = Vec::new();
    collect(if is_here { Path::new(".") } else { folder }, 0, &mut files)?;
    if is_here {
        // Named as the user would.
        files.iter_mut().for_each(|file| *file = file.file_name().unwrap_or_default().into());
    }
    Ok(files)
}

fn found(file: &mut PathBuf, one: PathBuf) -> Result<(), Failure> {
    tell(&format!("note: `{}` is {}", file.display(), one.display()));
    *file = one;
    Ok(())
}

fn ambiguous(file: &Path, several: &[&PathBuf]) -> Failure {
    let paths: Vec<String> = several.iter().map(|path| format!("  {}", path.display())).collect();
    Failure::new(format!(
        "{} scenarios are called `{}`:\n{}",
        several.len(),
        file.display(),
        paths.join("\n"),
    ))
}

/// Whether a path ends with these parts, of which the last may lack its ending.
pub(crate) fn has_name(known: &Path, named: &Path) -> bool {
    let text = |part: &OsStr| plain(&part.to_string_lossy());
    let mut parts = named.iter().rev();
    let Some(last) = parts.next() else { return false };
    let is_last = |name: Option<&OsStr>| name.is_some_and(|name| text(name) == text(last));
    let mut folders = known.iter().rev().skip(1);
    (is_last(known.file_name()) || is_last(known.file_stem()))
        && parts.all(|part| folders.next().is_some_and(|folder| text(folder) == text(part)))
}

/// So many scenarios are suggested.
const SUGGESTIONS: usize = 5;

/// A name like that of a scenario is an error that says so; of other files the loader tells.
fn suggest(file: &Path, all: &[PathBuf]) -> Result<(), Failure> {
    let name = stem(file);
    let stems: Vec<String> = all.iter().map(|path| stem(path)).collect();
    let near: Vec<&PathBuf> = match nearest(&name, &stems) {
        Some(near) => all.iter().filter(|path| stem(path) == near).collect(),
        None => with_words_like(&name, all),
    };
    let refused = |hint: &str| {
        let file = file.display();
        Err(Failure::new(format!("cannot read `{file}`: the file does not exist; {hint}")))
    };
    match near.as_slice() {
        [] if file.components().count() == 1 && file.extension().is_none() => {
            refused("`rehearse list` shows the scenarios")
        }
        [] => Ok(()),
        [one] => refused(&format!("did you mean {}?", one.display())),
        several => {
            let lines: Vec<String> =
                several.iter().map(|path| format!("  {}", path.display())).collect();
            let shown = lines.len().min(SUGGESTIONS);
            let more = match lines.len() - shown {
                0 => String::new(),
                more => format!("\n  and {more} more, which `rehearse list` shows"),
            };
            refused(&format!("did you mean one of these?\n{}{more}", lines[..shown].join("\n")))
        }
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The scenarios among whose words there is one like each word of a name, the likest first.
fn with_words_like<'a>(name: &str, all: &'a [PathBuf]) -> Vec<&'a PathBuf> {
    let wanted: Vec<String> = words(name);
    let mut found: Vec<(usize, &PathBuf)> = all
        .iter()
        .filter_map(|path| {
            let own = words(&stem(path));
            let each = wanted.iter().map(|word| distance(word, &own));
            Some((each.sum::<Option<usize>>()?, path))
        })
        .collect();
    found.sort_by_key(|(distance, _)| *distance);
    if wanted.is_empty() { Vec::new() } else { found.into_iter().map(|(_, path)| path).collect() }
}

/// How far a word is from the nearest of some others, if that is near; it may be cut short.
fn distance(word: &str, others: &[String]) -> Option<usize> {
    if others.iter().any(|other| other.starts_with(word)) {
        return Some(0);
    }
    nearest(word, others).map(|near| strsim::damerau_levenshtein(word, near))
}

/// The words of a name that say something.
fn words(name: &str) -> Vec<String> {
    let words = name.split(['-', '_', ' ', '.']).filter(|word| word.len() > 2);
    words.map(str::to_lowercase).collect()
}

/// The scenario files in a folder and in those within it, in order of their names.
pub(crate) fn scenario_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    collect(folder, DEPTH, &mut files)?;
    Ok(files)
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // Links to folders are not followed: they may make a circle.
        if entry.file_type()?.is_dir() {
            if depth > 0 {
                collect(&path, depth - 1, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "ron") {
            files.push(path);
        }
    }
    Ok(())
}
