//! The README is true: the commands that it shows run, and its example is what the command
//! prints.

use crate::check::Told;
use crate::{Workspace, command};

/// A fenced block of a Markdown file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What stands after the opening fence: `sh`, `text`.
    pub language: String,
    /// The lines between the fences.
    pub lines: Vec<String>,
}

/// Runs the test command as the README gives it.
pub fn test(workspace: &Workspace) -> Told {
    let blocks = blocks(&workspace.read("README.md").map_err(|why| vec![why])?);
    let commands = commands(&blocks);
    let tests = commands.iter().find(|line| line.starts_with("cargo test"));
    let line = tests.ok_or_else(|| vec!["README.md shows no `cargo test` command".to_owned()])?;
    command::run(command(workspace, line)).map_err(|why| vec![why])?;
    Ok(format!("`{line}` passed"))
}

/// Runs the README's other commands; the first block of text after a command must be part of what
/// it prints.
pub fn check(workspace: &Workspace) -> Told {
    let blocks = blocks(&workspace.read("README.md").map_err(|why| vec![why])?);
    let mut problems = Vec::new();
    let mut shown = 0;
    for (index, block) in blocks.iter().enumerate().filter(|(_, block)| block.language == "sh") {
        let example = blocks.get(index + 1).filter(|next| next.language == "text");
        for line in commands(std::slice::from_ref(block)) {
            if line.starts_with("cargo test") {
                continue;
            }
            shown += 1;
            problems.extend(shows(workspace, &line, example).err());
        }
    }
    match (problems.is_empty(), shown) {
        (true, 0) => Err(vec!["README.md shows no command to run".to_owned()]),
        (true, _) => Ok(format!("{shown} commands do what the README says")),
        (false, _) => Err(problems),
    }
}

fn shows(workspace: &Workspace, line: &str, example: Option<&Block>) -> Result<(), String> {
    let output = command::capture(&mut command(workspace, line))?;
    let printed = command::text(&output)?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{line}` failed: {}\n{printed}{errors}", output.status));
    }
    let missing = example.and_then(|example| first_missing(&example.lines, printed));
    missing.map_or(Ok(()), |missing| {
        Err(format!("`{line}` does not print the README's line (in this order): {missing}"))
    })
}

/// A line of the README as a command, without a shell.
fn command(workspace: &Workspace, line: &str) -> std::process::Command {
    let mut words = line.split_whitespace();
    words.next();
    command::cargo(workspace, &words.collect::<Vec<_>>())
}

/// The first line of an example that is not printed after those before it. `...` stands for any
/// lines.
#[must_use]
pub fn first_missing<'a>(example: &'a [String], printed: &str) -> Option<&'a str> {
    let mut printed = printed.lines();
    let wanted = example.iter().filter(|line| !line.is_empty() && line.trim() != "...");
    wanted.map(String::as_str).find(|line| !printed.any(|one| one.trim_end() == line.trim_end()))
}

/// The `cargo` commands in blocks of shell.
#[must_use]
pub fn commands(blocks: &[Block]) -> Vec<String> {
    let shell = blocks.iter().filter(|block| block.language == "sh");
    let lines = shell.flat_map(|block| &block.lines);
    let bare = lines.map(|line| line.split(" #").next().unwrap_or_default().trim());
    bare.filter(|line| line.starts_with("cargo ")).map(str::to_owned).collect()
}

/// The fenced blocks of a Markdown text.
#[must_use]
pub fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in markdown.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => {
                open = Some(Block { language: language.trim().to_owned(), lines: Vec::new() });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.lines.push(line.to_owned()),
            (None, None) => {}
        }
    }
    blocks
}
