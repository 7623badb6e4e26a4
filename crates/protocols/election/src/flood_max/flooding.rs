//! FM2 flooding.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, NodeId, Rounds, counted};

use super::Process;
use crate::ring::Identifier;

/// After `r` rounds a process knows the highest identifier among those from whom it is at most `r`
/// hops: the assertion by which FloodMax is proved.
#[derive(Clone, Debug)]
pub struct Flooding {
    /// The identifier of everybody that has started, and the step in which it did.
    identifiers: Vec<Option<(Identifier, u64)>>,
    /// How many rounds have been judged, by process.
    judged: Vec<u32>,
}

impl Property<Rounds<Process>> for Flooding {
    const CLAIM: Claim = Claim {
        code: "FM2",
        name: "flooding",
        kind: Kind::Safety,
        meaning: "after r rounds every process knows the highest identifier among the processes at \
                  distance at most r to it",
        source: "Lynch 1996, section 4.1.2, the proof of FloodMax",
    };

    fn new(_: &<Rounds<Process> as sim_node::Node>::Config, servers: u32) -> Self {
        Self { identifiers: vec![None; servers as usize], judged: vec![0; servers as usize] }
    }

    fn after(
        &mut self,
        view: &View<'_, Rounds<Process>>,
        node: NodeId,
        _: &[Effect<Rounds<Process>>],
        judge: &mut Judge,
    ) {
        let Some(process) = view.state(node).map(Rounds::process) else { return };
        let (rounds, highest) = (process.rounds(), process.highest());
        self.identifiers[node.index()].get_or_insert((process.identifier(), view.step));
        let before = std::mem::replace(&mut self.judged[node.index()], rounds);
        if rounds == before || rounds == 0 {
            return;
        }
        judge.judged();
        let graph = &view.config.process.graph;
        let all = (0..view.servers).map(NodeId::new).zip(&self.identifiers);
        let known = all.filter_map(|(from, known)| Some((from, (*known)?)));
        let near = known.filter(|(from, _)| graph.distance(*from, node) <= rounds);
        let missed = near.max_by_key(|(_, (identifier, _))| *identifier);
        if let Some((from, (identifier, step))) = missed
            && identifier > highest
        {
            let hops = graph.distance(from, node);
            let rounds = counted(rounds.into(), "round");
            let hops = counted(hops.into(), "hop");
            let detail = format!(
                "after {rounds} {node} knows nothing above {highest}, and {from}, {hops} away, has \
                 {identifier}"
            );
            judge.violate(node, detail, &[step]);
        }
    }

    fn restart(&mut self, _: &View<'_, Rounds<Process>>, node: NodeId, _: &mut Judge) {
        self.judged[node.index()] = 0;
    }
}
