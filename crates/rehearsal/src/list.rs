//! `list`: the protocols by family, their properties and their scenarios.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sim_check::{Claim, Kind};
use sim_scenario::{Ask, Catalogue, Field, ImageExample, ProtocolFacts, WorkloadFacts, load_file};

use crate::args::{ListArguments, nearest, plain};
use crate::exit::{Exit, Failure};
use crate::output::{Output, tell};

/// How deep folders are looked through.
pub(crate) const DEPTH: usize = 8;

#[derive(Serialize)]
struct Listing {
    protocols: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: &'static str,
    family: &'static str,
    summary: &'static str,
    source: &'static str,
    model: &'static str,
    properties: Vec<PropertyRow>,
    roles: &'static [&'static str],
    marks: &'static [&'static str],
    servers_min: u32,
    servers_max: u32,
    message_kinds: Vec<&'static str>,
    settings: &'static [Field],
    requests: &'static [Ask],
    images: &'static [ImageExample],
    workload: Option<WorkloadFacts>,
    scenarios: Vec<String>,
}

#[derive(Serialize)]
struct PropertyRow {
    code: &'static str,
    name: &'static str,
    kind: Kind,
    source: &'static str,
    meaning: &'static str,
}

pub(crate) fn list(
    catalogue: &Catalogue,
    arguments: &ListArguments,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let wanted = |facts: &ProtocolFacts| match &arguments.name {
        None => true,
        Some(name) => plain(facts.name) == plain(name) || plain(facts.family) == plain(name),
    };
    if let Some(name) = &arguments.name
        && !catalogue.protocols().any(wanted)
    {
        let names: Vec<&str> =
            catalogue.protocols().flat_map(|facts| [facts.name, facts.family]).collect();
        let meant = match nearest(name, &names) {
            Some(near) => format!(", did you mean `{near}`?"),
            None => "; `rehearse list` shows all of them".to_owned(),
        };
        return Err(Failure::new(format!("no protocol or family has the name `{name}`{meant}")));
    }
    let (mut scenarios, broken) = scenarios(catalogue, &arguments.scenarios)?;
    let rows = catalogue.protocols().filter(|facts| wanted(facts)).map(|facts| {
        let scenarios = scenarios.remove(facts.name).unwrap_or_default();
        row(facts, scenarios)
    });
    let listing = Listing { protocols: rows.collect() };
    if arguments.json {
        out.json(&listing)?;
    } else {
        print(&listing, arguments.name.is_some(), out)?;
    }
    Ok(if broken { Exit::Misused } else { Exit::Expected })
}

fn row(facts: &ProtocolFacts, scenarios: Vec<String>) -> Row {
    let property = |claim: &&'static Claim| {
        let &Claim { code, name, kind, source, meaning } = *claim;
        PropertyRow { code, name, kind, source, meaning }
    };
    let properties = facts.properties.iter().map(property).collect();
    let facts = facts.clone();
    Row {
        name: facts.name,
        family: facts.family,
        summary: facts.summary,
        source: facts.source,
        model: facts.model,
        properties,
        roles: facts.roles,
        marks: facts.marks,
        servers_min: facts.servers.0,
        servers_max: facts.servers.1,
        message_kinds: facts.kinds,
        settings: facts.fields,
        requests: facts.requests,
        images: facts.images,
        workload: facts.workload,
        scenarios,
    }
}

/// Prints the protocols; in detail with their settings.
fn print(listing: &Listing, in_detail: bool, out: &mut Output) -> Result<(), Failure> {
    let mut family = "";
    for row in &listing.protocols {
        if row.family != family {
            let gap = if family.is_empty() { "" } else { "\n" };
            family = row.family;
            writeln!(out, "{gap}{family}")?;
        }
        writeln!(out, "  {}: {}", row.name, row.summary)?;
        writeln!(out, "    source: {}", row.source)?;
        for property in &row.properties {
            let PropertyRow { code, name, kind, meaning, .. } = property;
            let kind = match kind {
                Kind::Safety => "safety",
                Kind::Liveness => "liveness",
            };
            writeln!(out, "    {code} {name} ({kind}): {meaning}")?;
        }
        if in_detail {
            writeln!(out, "    model: {}", row.model)?;
            names("roles", row.roles, out)?;
            names("marks", row.marks, out)?;
            names("messages", &row.message_kinds, out)?;
            fields(row.name, row.settings, "settings", out)?;
            for Ask { example, meaning } in row.requests {
                writeln!(out, "    request: {example}: {meaning}")?;
            }
            for ImageExample { meaning, protocol, images } in row.images {
                writeln!(out, "    images for {protocol}: {meaning}")?;
                let mut before = "images: ";
                for line in images.lines() {
                    writeln!(out, "      {before}{line}")?;
                    before = "";
                }
            }
            if let Some(WorkloadFacts { name, fields: set }) = row.workload {
                fields(name, set, "workload", out)?;
            }
        }
        for path in &row.scenarios {
            writeln!(out, "    {path}")?;
        }
    }
    Ok(())
}

/// The names that faults and triggers can use.
fn names(what: &str, names: &[&str], out: &mut Output) -> Result<(), Failure> {
    if !names.is_empty() {
        writeln!(out, "    {what}: {}", names.join(", "))?;
    }
    Ok(())
}

/// The settings, with their defaults.
fn fields(name: &str, fields: &[Field], what: &str, out: &mut Output) -> Result<(), Failure> {
    writeln!(out, "    {what}: {name}(...)")?;
    for field in fields {
        let Field { name, default, meaning, .. } = field;
        let default = default.text().unwrap_or("must be given");
        writeln!(out, "      {name} ({field}; {default}): {meaning}")?;
    }
    Ok(())
}

/// The scenario files by the name of their protocol, and whether any of them is broken.
fn scenarios(
    catalogue: &Catalogue,
    folder: &Path,
) -> Result<(BTreeMap<&'static str, Vec<String>>, bool), Failure> {
    let mut files = Vec::new();
    if folder.is_dir() {
        let failed = |error| Failure::new(format!("{} cannot be read: {error}", folder.display()));
        collect(folder, DEPTH, &mut files).map_err(failed)?;
    } else {
        let folder = folder.display();
        tell(&format!("note: the folder {folder} does not exist, so no scenarios are listed"));
    }
    let mut by_protocol: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    let mut broken = false;
    for file in files {
        match load_file(&file, catalogue) {
            Ok(loaded) => {
                let name = loaded.prepared.facts().protocol.name;
                let path = file.to_string_lossy().into_owned();
                by_protocol.entry(name).or_default().push(path);
            }
            Err(error) => {
                broken = true;
                tell(&error.render(true));
            }
        }
    }
    Ok((by_protocol, broken))
}

/// The scenario files in a folder and in those within it, in order of their names.
pub(crate) fn collect(
    folder: &Path,
    depth: usize,
    files: &mut Vec<PathBuf>,
) -> std::io::Result<()> {
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
