//! [`FaultText`]: a fault with its place in the file, its plain form, and its stable number.

use std::collections::BTreeMap;

use ron::value::RawValue;
use sim_check::SimTime;
use sim_engine::{PlannedFault, When};

use crate::language::Plan;
use crate::lex::{Kind, Words};
use crate::outline::Item;
use crate::sheet::Sheet;

/// A fault of the scenario.
pub(crate) struct FaultText<'a> {
    /// Its place in the file's tree.
    pub(crate) item: &'a Item,
    /// Its plain form: one line without comments, cut when it is very long.
    pub(crate) label: String,
    /// Its stable number.
    pub(crate) id: u64,
    /// What it says; `None` when it could not be read.
    pub(crate) plan: Option<Plan>,
}

impl<'a> FaultText<'a> {
    /// Reads the list of faults, each for itself.
    pub(crate) fn read_all(sheet: &mut Sheet<'a>, raw: Option<&'a RawValue>) -> Vec<Self> {
        let Some(raw) = raw else { return Vec::new() };
        let Some(raws) = sheet.read::<Vec<&'a RawValue>>(raw.get_ron(), "the faults") else {
            return Vec::new();
        };
        let items = sheet.field("faults").parts();
        let mut occurrences = BTreeMap::new();
        let mut faults = Vec::with_capacity(raws.len());
        for (raw, part) in raws.into_iter().zip(items) {
            let plain = plain_form(raw.get_ron());
            let occurrence = occurrences.entry(fingerprint(plain.bytes())).or_insert(0_u64);
            let id = fingerprint(plain.bytes().chain(occurrence.to_le_bytes()));
            *occurrence += 1;
            let label = shortened(plain_form(&sheet.text[part.value.span.clone()]));
            let plan = sheet.read(raw.get_ron(), "the fault");
            faults.push(Self { item: &part.value, label, id, plan });
        }
        faults
    }

    /// As the engine takes it; asked only when it could be read.
    pub(crate) fn planned(&self) -> Option<PlannedFault> {
        let plan = self.plan.clone()?;
        let lasts = plan.lasts();
        let (when, fault) = match plan {
            Plan::At(at, fault, _) => (When::At(SimTime::from(at)), fault),
            Plan::Between(from, to, fault) => {
                (When::Between(SimTime::from(from), SimTime::from(to)), fault)
            }
            Plan::When(trigger, fault, _) => (When::On(trigger), fault),
            Plan::Every(period, fault, _) => (When::Every(period), fault),
        };
        Some(PlannedFault { id: self.id, label: self.label.clone(), when, lasts, fault })
    }
}

/// The words of a text on one line: without comments, blanks and commas that close a list.
pub(crate) fn plain_form(text: &str) -> String {
    let words: Vec<_> = Words::new(text).map_while(Result::ok).collect();
    let mut plain = String::new();
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).map(|word| word.kind);
        match (word.kind, next) {
            (Kind::Comma, None | Some(Kind::Close(_))) => {}
            (Kind::Comma | Kind::Colon, _) => {
                plain.push_str(&text[word.span.clone()]);
                plain.push(' ');
            }
            _ => plain.push_str(&text[word.span.clone()]),
        }
    }
    plain
}

/// FNV-1a, 64 bits. The number of a fault depends on its words and on nothing else, so adding or
/// removing another fault shifts none of its draws.
fn fingerprint(bytes: impl Iterator<Item = u8>) -> u64 {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    bytes.fold(OFFSET_BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

/// A plain form, cut when it is very long.
pub(crate) fn shortened(plain: String) -> String {
    const LONGEST: usize = 200;
    match plain.char_indices().nth(LONGEST) {
        None => plain,
        Some((end, _)) => format!("{}...", &plain[..end]),
    }
}
