//! RF4: a committed entry is in the logs of the leaders of all later terms.

use std::collections::BTreeMap;

use sim_check::{Claim, Judge, Kind, Property, View, size_of_entries};
use sim_node::{Effect, Node, NodeId};

use super::server;
use crate::{Index, Party, Server, Term};

/// RF4 leader-completeness (figure 3). The entries that a snapshot covers belong to the log here.
#[derive(Clone, Debug)]
pub struct LeaderCompleteness {
    /// Every committed entry, from index 1 on.
    committed: Vec<Committed>,
    /// The leader of each term.
    leaders: BTreeMap<Term, NodeId>,
    /// The leader seen last (a cache: it is usually also the next one).
    last: Option<(Term, NodeId)>,
}

/// A committed entry.
#[derive(Clone, Copy, Debug)]
struct Committed {
    /// Its term.
    term: Term,
    /// The term in which it was committed.
    committed_in: Term,
    /// The step that committed it.
    step: u64,
}

impl Property<Party> for LeaderCompleteness {
    const CLAIM: Claim = Claim {
        code: "RF4",
        name: "leader-completeness",
        kind: Kind::Safety,
        meaning: "an entry committed in a term is in the logs of the leaders of all later terms",
        source: "Ongaro and Ousterhout 2014 (extended version), figure 3; section 5.4",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self { committed: Vec::new(), leaders: BTreeMap::new(), last: None }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        _: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let Some(server) = server(view, node) else { return };
        let leader = (server.term(), node);
        if server.is_leader()
            && self.last.replace(leader) != Some(leader)
            && self.leaders.insert(server.term(), node) != Some(node)
        {
            judge.judged();
            self.compare(node, server, 0, judge);
        }
        let known = self.committed.len();
        if server.commit_index().0 > known as u64 {
            self.commit(view, server, judge, known);
        }
    }

    fn kept(&self) -> u64 {
        size_of_entries(self.committed.len() + self.leaders.len())
    }
}

impl LeaderCompleteness {
    /// A server has committed entries that were not known to be: it is a leader, or has learned of
    /// them from one.
    fn commit(&mut self, view: &View<'_, Party>, server: &Server, judge: &mut Judge, known: usize) {
        let (committed_in, step) = (server.term(), view.step);
        for number in known as u64 + 1..=server.commit_index().0 {
            // What a snapshot covers was committed by the server that took it, and is known.
            let Some(term) = server.log().term_at(Index(number)) else { break };
            self.committed.push(Committed { term, committed_in, step });
        }
        // Leaders of later terms that were elected before.
        for (_, leader) in self.leaders.range(committed_in.next()..) {
            if let Some(later) = super::server(view, *leader)
                && later.is_leader()
                && later.term() > committed_in
            {
                self.compare(*leader, later, known, judge);
            }
        }
    }

    /// Does a leader have the committed entries, after the first `from` of them?
    fn compare(&self, node: NodeId, leader: &Server, from: usize, judge: &mut Judge) {
        let (log, term) = (leader.log(), leader.term());
        let compacted = usize::try_from(log.base().0.saturating_sub(1)).unwrap_or(usize::MAX);
        for (index, entry) in (1..).zip(&self.committed).skip(from.max(compacted)) {
            let index = Index(index);
            if entry.committed_in >= term {
                continue;
            }
            if log.term_at(index) != Some(entry.term) {
                let committed_in = entry.committed_in;
                let detail = format!(
                    "the leader of term {term} lacks entry {index}, committed in term {committed_in}"
                );
                return judge.violate(node, detail, &[entry.step]);
            }
        }
    }
}
