//! `list`: the protocols by family, their properties and their scenarios, and what of them fits the
//! words that are searched for.

use std::io::Write;

use serde::Serialize;
use sim_check::{Claim, Kind};
use sim_scenario::{
    Ask, Catalogue, Expectation, Field, ImageExample, ProtocolFacts, WorkloadFacts,
};

use crate::args::{ListArguments, nearest, plain};
use crate::corpus::{Corpus, Scenario};
use crate::exit::{Exit, Failure};
use crate::output::Output;

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
    headline: Option<&'static str>,
    rank: Option<&'static str>,
    marks: &'static [&'static str],
    servers_min: u32,
    servers_max: u32,
    message_kinds: Vec<&'static str>,
    settings: &'static [Field],
    requests: &'static [Ask],
    images: &'static [ImageExample],
    workload: Option<WorkloadFacts>,
    scenarios: Vec<ScenarioRow>,
}

#[derive(Clone, Copy, Serialize)]
struct PropertyRow {
    code: &'static str,
    name: &'static str,
    kind: Kind,
    source: &'static str,
    meaning: &'static str,
}

#[derive(Serialize)]
struct ScenarioRow {
    path: String,
    title: String,
    expects: String,
    comment: String,
}

/// How long the beginning of a comment is, unless its first sentence is longer.
const LINE: usize = 90;

/// How much of a protocol and of its scenarios is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// What a protocol is, and the beginning of a scenario's comment.
    Some,
    /// The settings of a protocol as well.
    Settings,
    /// Of a protocol its name, of a scenario the whole comment.
    Comment,
    /// Of a protocol its name, of a scenario the beginning of its comment.
    Name,
}

pub(crate) fn list(
    catalogue: &Catalogue,
    arguments: &ListArguments,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let words = &arguments.words;
    let corpus = Corpus::read(catalogue, &arguments.scenarios)?;
    let (listing, detail) = match words.as_slice() {
        [] => (whole(catalogue, &corpus, |_| true), Detail::Some),
        [name] if catalogue.protocols().any(|facts| is_called(facts, name)) => {
            (whole(catalogue, &corpus, |facts| is_called(facts, name)), Detail::Settings)
        }
        words => found(catalogue, &corpus, words)?,
    };
    if arguments.json {
        out.json(&listing)?;
    } else {
        print(&listing, detail, words, out)?;
    }
    Ok(if corpus.is_broken { Exit::Misused } else { Exit::Expected })
}

/// Whether a protocol or its family has this name.
fn is_called(facts: &ProtocolFacts, name: &str) -> bool {
    plain(facts.name) == plain(name) || plain(facts.family) == plain(name)
}

/// These protocols with all their scenarios.
fn whole(
    catalogue: &Catalogue,
    corpus: &Corpus,
    wanted: impl Fn(&ProtocolFacts) -> bool,
) -> Listing {
    let rows = catalogue.protocols().filter(|facts| wanted(facts));
    Listing { protocols: rows.map(|facts| row(facts, corpus.of(facts.name))).collect() }
}

/// The scenarios that have this name, or else those that fit all the words, by protocol.
fn found(
    catalogue: &Catalogue,
    corpus: &Corpus,
    words: &[String],
) -> Result<(Listing, Detail), Failure> {
    let named = match words {
        [name] => corpus.named(name),
        _ => vec![],
    };
    let (fitting, detail) = match named.is_empty() {
        false => (named, Detail::Comment),
        true => (corpus.fitting(words), Detail::Name),
    };
    let mut protocols = Vec::new();
    for facts in catalogue.protocols() {
        let its: Vec<&Scenario> =
            fitting.iter().copied().filter(|one| one.facts().protocol.name == facts.name).collect();
        if !its.is_empty() || detail == Detail::Name && words.iter().any(|it| has(facts, it)) {
            protocols.push(row(facts, its));
        }
    }
    if protocols.is_empty() {
        return Err(nothing(catalogue, corpus, words));
    }
    Ok((Listing { protocols }, detail))
}

/// Whether a protocol has a property, a mark or a role of this name.
fn has(facts: &ProtocolFacts, word: &str) -> bool {
    let names = facts.marks.iter().chain(facts.roles);
    properties(facts).any(|property| property.is(word))
        || names.into_iter().any(|it| same(it, word))
}

fn properties(facts: &ProtocolFacts) -> impl Iterator<Item = PropertyRow> + '_ {
    facts.properties.iter().map(|claim| {
        let &Claim { code, name, kind, source, meaning } = *claim;
        PropertyRow { code, name, kind, source, meaning }
    })
}

impl PropertyRow {
    /// Whether this is its code or its name.
    fn is(&self, word: &str) -> bool {
        same(self.code, word) || same(self.name, word)
    }
}

/// Names ignore case, dashes and blanks.
fn same(name: &str, word: &str) -> bool {
    plain(name).replace(' ', "") == plain(word).replace(' ', "")
}

/// Nothing fits: perhaps a name was misspelt.
fn nothing(catalogue: &Catalogue, corpus: &Corpus, words: &[String]) -> Failure {
    let said = words.join(" ");
    let mut names: Vec<String> = corpus.names().collect();
    for facts in catalogue.protocols() {
        names.extend([facts.name.to_owned(), facts.family.to_owned()]);
        names.extend(properties(facts).map(|property| property.name.to_owned()));
        names.extend(facts.marks.iter().chain(facts.roles).map(|name| (*name).to_owned()));
    }
    let hint = match nearest(&said, &names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`rehearse list` shows everything".to_owned(),
    };
    Failure::new(format!(
        "no protocol, family or scenario has the name `{said}`, and no scenario contains it; {hint}"
    ))
}

fn row(facts: &ProtocolFacts, scenarios: Vec<&Scenario>) -> Row {
    let properties = properties(facts).collect();
    let facts = facts.clone();
    Row {
        name: facts.name,
        family: facts.family,
        summary: facts.summary,
        source: facts.source,
        model: facts.model,
        properties,
        roles: facts.roles,
        headline: facts.headline,
        rank: facts.rank,
        marks: facts.marks,
        servers_min: facts.servers.0,
        servers_max: facts.servers.1,
        message_kinds: facts.kinds,
        settings: facts.fields,
        requests: facts.requests,
        images: facts.images,
        workload: facts.workload,
        scenarios: scenarios.into_iter().map(scenario_row).collect(),
    }
}

fn scenario_row(scenario: &Scenario) -> ScenarioRow {
    let facts = scenario.facts();
    let property = |code: &str| {
        let claim = facts.protocol.properties.iter().find(|claim| claim.code == code);
        claim.map_or(code.to_owned(), |claim| format!("{code} {}", claim.name))
    };
    let expects = match &facts.expect {
        Expectation::Holds => "holds".to_owned(),
        Expectation::Safe => "is safe".to_owned(),
        Expectation::Violates(code) => format!("violates {}", property(code)),
        Expectation::Sometimes { code, .. } => format!("sometimes violates {}", property(code)),
    };
    ScenarioRow {
        path: scenario.path.clone(),
        title: facts.title.clone(),
        expects,
        comment: scenario.comment.clone(),
    }
}

fn print(
    listing: &Listing,
    detail: Detail,
    words: &[String],
    out: &mut Output,
) -> Result<(), Failure> {
    let mut family = "";
    for row in &listing.protocols {
        if row.family != family {
            let gap = if family.is_empty() { "" } else { "\n" };
            family = row.family;
            writeln!(out, "{gap}{family}")?;
        }
        match detail {
            Detail::Some | Detail::Settings => protocol(row, detail, out)?,
            Detail::Comment | Detail::Name => hits(row, words, out)?,
        }
        for row in &row.scenarios {
            scenario(row, detail, out)?;
        }
    }
    Ok(())
}

/// What a protocol is; in detail with its settings.
fn protocol(row: &Row, detail: Detail, out: &mut Output) -> Result<(), Failure> {
    out.entry("  ", &format!("{}: {}", row.name, row.summary))?;
    out.entry("    source: ", row.source)?;
    row.properties.iter().try_for_each(|one| property(one, out))?;
    if detail == Detail::Settings {
        out.entry("    model: ", row.model)?;
        names("roles", row.roles, out)?;
        if let Some(rank) = row.rank {
            out.entry("    rank of a role: ", rank)?;
        }
        names("marks", row.marks, out)?;
        names("messages", &row.message_kinds, out)?;
        fields(row.name, row.settings, "settings", out)?;
        for Ask { example, meaning } in row.requests {
            out.entry("    request: ", &format!("{example}: {meaning}"))?;
        }
        for ImageExample { meaning, protocol, images } in row.images {
            out.entry("    ", &format!("images for {protocol}: {meaning}"))?;
            // As it is pasted.
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
    Ok(())
}

fn property(property: &PropertyRow, out: &mut Output) -> Result<(), Failure> {
    let PropertyRow { code, name, kind, meaning, .. } = property;
    let kind = match kind {
        Kind::Safety => "safety",
        Kind::Liveness => "liveness",
    };
    Ok(out.entry("    ", &format!("{code} {name} ({kind}): {meaning}"))?)
}

/// A protocol's name, with those of its properties, marks and roles that are searched for.
fn hits(row: &Row, words: &[String], out: &mut Output) -> Result<(), Failure> {
    writeln!(out, "  {}", row.name)?;
    let is_wanted = |name: &str| words.iter().any(|word| same(name, word));
    for one in row.properties.iter().filter(|one| words.iter().any(|word| one.is(word))) {
        property(one, out)?;
    }
    for (what, all) in [("role", row.roles), ("mark", row.marks)] {
        for name in all.iter().filter(|name| is_wanted(name)) {
            out.entry("    ", &format!("{what}: {name}"))?;
        }
    }
    Ok(())
}

fn scenario(row: &ScenarioRow, detail: Detail, out: &mut Output) -> Result<(), Failure> {
    let ScenarioRow { path, title, expects, comment } = row;
    writeln!(out, "    {path}")?;
    out.entry("      ", &format!("{title} ({expects})"))?;
    let lines: Vec<&str> = comment.lines().collect();
    let paragraph = lines.join(" ");
    let shown = match detail {
        Detail::Comment => paragraph.as_str(),
        _ => beginning(&paragraph),
    };
    if !shown.is_empty() {
        out.entry("      ", shown)?;
    }
    Ok(())
}

/// The first sentence of a paragraph, and those after it that fit into one line with it.
fn beginning(paragraph: &str) -> &str {
    let mut end = 0;
    while let Some(next) = paragraph[end..].find(". ") {
        if end > 0 && end + next > LINE {
            return paragraph[..end].trim_end();
        }
        end += next + 2;
    }
    match end > 0 && paragraph.len() > LINE {
        true => paragraph[..end].trim_end(),
        false => paragraph,
    }
}

/// The names that faults and triggers can use.
fn names(what: &str, names: &[&str], out: &mut Output) -> Result<(), Failure> {
    if !names.is_empty() {
        out.entry(&format!("    {what}: "), &names.join(", "))?;
    }
    Ok(())
}

/// The settings, with their defaults.
fn fields(name: &str, fields: &[Field], what: &str, out: &mut Output) -> Result<(), Failure> {
    writeln!(out, "    {what}: {name}(...)")?;
    for field in fields {
        let Field { name, default, meaning, needs, per_node, .. } = field;
        let default = default.text().unwrap_or("required");
        let needs = needs.map(|needs| format!("; needs `{needs}`")).unwrap_or_default();
        let per_node = if *per_node { "; per node" } else { "" };
        out.entry("      ", &format!("{name} ({field}; {default}{needs}{per_node}): {meaning}"))?;
    }
    if let Some(Field { name, .. }) = fields.iter().find(|field| field.per_node) {
        let how = format!(
            "servers may differ in what is `per node`: a scenario says `nodes: {{0: ({name}: ...)}}`, \
             and a crash or a restart `settings: ({name}: ...)`"
        );
        out.entry("      ", &how)?;
    }
    Ok(())
}
