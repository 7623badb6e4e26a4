//! [`FaultText`]: a fault with its place in the file, its plain form, and its stable number.

use std::collections::BTreeMap;

use ron::value::RawValue;
use sim_engine::{NodeSet, PlannedFault, fault_ids};

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
    /// Its stable number; see [`fault_ids`].
    pub(crate) id: u64,
    /// What it says; `None` when it could not be read.
    pub(crate) plan: Option<Plan>,
}

impl<'a> FaultText<'a> {
    /// Reads the list of faults, each for itself, in a scenario with these sets of nodes.
    pub(crate) fn read_all(
        sheet: &mut Sheet<'a>,
        raw: Option<&'a RawValue>,
        sets: &BTreeMap<String, NodeSet>,
    ) -> Vec<Self> {
        let Some(raw) = raw else { return Vec::new() };
        let Some(raws) = sheet.read::<Vec<&'a RawValue>>(raw.get_ron(), "the faults") else {
            return Vec::new();
        };
        let items = sheet.field("faults").parts();
        let mut faults = Vec::with_capacity(raws.len());
        for (raw, part) in raws.into_iter().zip(items) {
            let label = shortened(plain_form(&sheet.text[part.value.span.clone()]));
            let plan = sheet.read::<Plan>(raw.get_ron(), "the fault");
            faults.push(Self { item: &part.value, label, id: 0, plan });
        }
        // A scenario with a fault that could not be read is not run.
        let read: Vec<_> = faults.iter_mut().filter(|fault| fault.plan.is_some()).collect();
        let planned = read.iter().filter_map(|fault| fault.plan.as_ref());
        let planned: Vec<_> = planned.map(|plan| (plan.when(), plan.fault())).collect();
        let ids = fault_ids(planned.iter().map(|(when, fault)| (when, *fault)), sets);
        read.into_iter().zip(ids).for_each(|(fault, id)| fault.id = id);
        faults
    }

    /// As the engine takes it; asked only when it could be read.
    pub(crate) fn planned(&self) -> Option<PlannedFault> {
        let plan = self.plan.as_ref()?;
        let (when, fault) = (plan.when(), plan.fault().clone());
        let (id, label) = (self.id, self.label.clone());
        Some(PlannedFault { id, label, when, lasts: plan.lasts(), fault })
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

/// A plain form, cut when it is very long.
pub(crate) fn shortened(plain: String) -> String {
    const LONGEST: usize = 200;
    match plain.char_indices().nth(LONGEST) {
        None => plain,
        Some((end, _)) => format!("{}...", &plain[..end]),
    }
}
