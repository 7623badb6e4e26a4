//! RF2: a leader never overwrites or deletes entries of its log.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Node, NodeId};

use super::{records, server};
use crate::{Index, Party, Record, Term};

/// RF2 leader-append-only (figure 3).
#[derive(Clone, Debug)]
pub struct LeaderAppendOnly {
    /// By server: of a leader its term, and its last entry's index and term.
    logs: Vec<Option<(Term, Index, Term)>>,
}

impl Property<Party> for LeaderAppendOnly {
    const CLAIM: Claim = Claim {
        code: "RF2",
        name: "leader-append-only",
        kind: Kind::Safety,
        meaning: "a leader never overwrites or deletes entries in its log; it only appends",
        source: "Ongaro and Ousterhout 2014 (extended version), figure 3; section 5.3",
    };

    fn new(_: &<Party as Node>::Config, servers: u32) -> Self {
        Self { logs: vec![None; servers as usize] }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let Some(server) = server(view, node) else { return };
        let Some(before) = self.logs.get_mut(node.index()) else { return };
        let log = server.log();
        let now = (server.term(), log.last_index(), log.last_term());
        let before = std::mem::replace(before, server.is_leader().then_some(now));
        let (Some((term, last, last_term)), true) = (before, server.is_leader()) else { return };
        if term != now.0 {
            return;
        }
        let compacted = last < log.base();
        if !compacted && log.term_at(last) != Some(last_term) {
            judge.violate(node, format!("the leader no longer has its entry {last}"), &[]);
        }
        for record in records(effects) {
            let Record::Append { after, .. } = record else { continue };
            judge.judged();
            if *after < last {
                let detail =
                    format!("the leader overwrites entries after {after}; its log ended at {last}");
                judge.violate(node, detail, &[]);
            }
        }
    }

    fn crash(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        if let Some(before) = self.logs.get_mut(node.index()) {
            *before = None;
        }
    }
}
