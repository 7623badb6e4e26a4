//! RF3: logs that have an entry of one index and term are identical up to it.

use std::collections::BTreeMap;

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Node, NodeId};

use super::records;
use crate::{Index, Party, Payload, Record, Term};

/// RF3 log-matching (figure 3). By induction it is enough that every entry of one index and term
/// has one content and one term before it.
#[derive(Clone, Debug)]
pub struct LogMatching {
    /// Every entry that was ever in a log: the term before it, its content, and the first step.
    entries: BTreeMap<(Index, Term), (Term, Payload, u64)>,
}

impl Property<Party> for LogMatching {
    const CLAIM: Claim = Claim {
        code: "RF3",
        name: "log-matching",
        kind: Kind::Safety,
        meaning: "logs with an entry of one index and term are identical in all entries up to it",
        source: "Ongaro and Ousterhout 2014, figure 3; section 5.3",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self { entries: BTreeMap::new() }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        for record in records(effects) {
            let Record::Append { after, after_term, entries } = record else { continue };
            let (mut index, mut before) = (*after, *after_term);
            for entry in entries {
                index = index.next();
                let name = (index, entry.term);
                if let Some((term, payload, step)) = self.entries.get(&name) {
                    judge.judged();
                    if *term != before || *payload != entry.payload {
                        let term = entry.term;
                        let detail = format!("two entries {index} of term {term} differ");
                        judge.violate(node, detail, &[*step]);
                    }
                } else {
                    self.entries.insert(name, (before, entry.payload.clone(), view.step));
                }
                before = entry.term;
            }
        }
    }
}
