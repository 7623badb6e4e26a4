//! What the scenario expects: the property that it names exists.

use sim_check::{Claim, Kind};
use sim_engine::{COST, PANIC};

use crate::draft::Draft;
use crate::language::ExpectText;
use crate::renamed::{self, Within};
use crate::sheet::Sheet;
use crate::words::{clip, list, nearest};
use crate::{Diagnostic, Expectation, ProtocolFacts};

/// The most seeds that `Sometimes` may ask for.
const SEEDS_MAX: u64 = 1_000_000_000;

/// The expectation with the property's own code; `None` when the property does not exist.
pub(crate) fn resolve(
    sheet: &mut Sheet<'_>,
    draft: &Draft<'_>,
    facts: &ProtocolFacts,
) -> Option<Expectation> {
    let counts = !draft.costs.is_empty();
    match draft.expect.as_ref()? {
        ExpectText::Holds => Some(Expectation::Holds),
        ExpectText::Safe => {
            warn_of_safe(sheet, facts);
            Some(Expectation::Safe)
        }
        ExpectText::Violates(name) => {
            property(sheet, name, facts, counts).map(Expectation::Violates)
        }
        ExpectText::Sometimes(name, of) => {
            if *of == 0 || *of > SEEDS_MAX {
                let place = sheet.field("expect").at_index(1).span.clone();
                let what = if *of == 0 { "no seed" } else { "too many seeds" };
                sheet.push(
                    Diagnostic::error(place, format!("`Sometimes` names {what}"))
                        .label("out of range")
                        .help(format!("`of` is from 1 to {SEEDS_MAX}")),
                );
            }
            let code = property(sheet, name, facts, counts)?;
            Some(Expectation::Sometimes { code, of: *of })
        }
    }
}

/// `Safe` means something where there are properties that it demands and others that it does not.
fn warn_of_safe(sheet: &mut Sheet<'_>, facts: &ProtocolFacts) {
    let has = |kind| facts.properties.iter().any(|claim| claim.kind == kind);
    let (message, label, lacking) = if !has(Kind::Safety) {
        ("`Safe` demands nothing of this protocol", "demands nothing", "safety")
    } else if !has(Kind::Liveness) {
        ("`Safe` demands the same as `Holds` of this protocol", "same as `Holds`", "liveness")
    } else {
        return;
    };
    let place = sheet.field("expect").span.clone();
    let help = format!("`{}` has no {lacking} property; write `expect: Holds`", facts.name);
    sheet.push(Diagnostic::warning(place, message).label(label).help(help));
}

/// The code of the property with this code or name, in any case. `counts` when the scenario bounds
/// what a run costs.
fn property(
    sheet: &mut Sheet<'_>,
    name: &str,
    facts: &ProtocolFacts,
    counts: bool,
) -> Option<&'static str> {
    let matches = |claim: &&&'static Claim| {
        claim.code.eq_ignore_ascii_case(name) || claim.name.eq_ignore_ascii_case(name)
    };
    if let Some(claim) = facts.properties.iter().find(matches) {
        return Some(claim.code);
    }
    let of_runs = if counts { &[PANIC, COST][..] } else { &[PANIC] };
    if let Some(code) = of_runs.iter().find(|code| name.eq_ignore_ascii_case(code)) {
        return Some(code);
    }
    let both = |claim: &&'static Claim| [claim.code, claim.name];
    let names: Vec<&str> =
        facts.properties.iter().flat_map(both).chain(of_runs.iter().copied()).collect();
    let protocol = facts.name;
    let place = sheet.field("expect").at_index(0).span.clone();
    if let Some(new) = renamed::new_name(Within::Quoted(protocol), &name.to_lowercase())
        && names.contains(&new)
    {
        let error = Diagnostic::error(place, renamed::message(name, new));
        sheet.push(error.label(renamed::LABEL));
        return None;
    }
    let mut message = format!("`{protocol}` has no property `{}`", clip(name));
    if let Some(nearest) = nearest(name, &names) {
        message += &format!(", did you mean `{nearest}`?");
    }
    let known: Vec<String> =
        facts.properties.iter().map(|claim| format!("{} {}", claim.code, claim.name)).collect();
    sheet.push(
        Diagnostic::error(place, message)
            .label("no such property")
            .help(format!("its properties are {}", list(&known))),
    );
    None
}
