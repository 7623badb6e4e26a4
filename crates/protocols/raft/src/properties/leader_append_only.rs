//! RF2: a leader never overwrites or deletes entries of its log.

use std::collections::BTreeMap;

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Node, NodeId};

use super::{records, server};
use crate::{Index, Party, Record, Term};

/// RF2 leader-append-only (figure 3).
#[derive(Clone, Debug)]
pub struct LeaderAppendOnly {
    /// Of every leader its term, and the last entry of its log with that entry's term.
    logs: BTreeMap<NodeId, (Term, Index, Term)>,
}

impl Property<Party> for LeaderAppendOnly {
    const CLAIM: Claim = Claim {
        code: "RF2",
        name: "leader-append-only",
        kind: Kind::Safety,
        meaning: "a leader never overwrites or deletes entries of its log, it only appends",
        source: "Ongaro and Ousterhout 2014, figure 3; section 5.3",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self { logs: BTreeMap::new() }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let Some(leader) = server(view, node).filter(|server| server.is_leader()) else {
            self.logs.remove(&node);
            return;
        };
        let log = leader.log();
        let now = (leader.term(), log.last(), log.last_term());
        let Some((term, last, last_term)) = self.logs.insert(node, now) else { return };
        if term != now.0 {
            return;
        }
        let compacted = last < log.base();
        if !compacted && log.term_at(last) != Some(last_term) {
            judge.violate(node, format!("the leader's entry {last} is gone"), &[]);
        }
        for record in records(effects) {
            let Record::Append { after, .. } = record else { continue };
            judge.judged();
            if *after < last {
                let detail = format!("the leader writes after {after}, and had entries to {last}");
                judge.violate(node, detail, &[]);
            }
        }
    }

    fn crash(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.logs.remove(&node);
    }
}
