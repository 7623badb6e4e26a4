//! PX1 validity.

use std::collections::BTreeSet;

use sim_check::{Claim, Judge, Kind, Property, View, size_of_entries};
use sim_node::{Effect, Event, NodeId};

use crate::single::{Config, Indication, Process, Request, Value};
use crate::starts::{Start, Starts};

/// Only a value that has been proposed may be chosen, or learned.
#[derive(Clone, Debug)]
pub struct Validity {
    /// What the processes have to propose, from the start or by request.
    proposed: BTreeSet<Value>,
    starts: Starts,
}

impl Property<Process> for Validity {
    const CLAIM: Claim = Claim {
        code: "PX1",
        name: "validity",
        kind: Kind::Safety,
        meaning: "only a value that has been proposed is chosen or learned",
        source: "Lamport 2001, Paxos Made Simple, section 2.1",
    };

    fn new(config: &Config, _: u32) -> Self {
        let proposed = config.everybody().filter_map(|process| config.start_value(process));
        let starts = Starts::new(config.nodes + config.separate());
        Self { proposed: proposed.collect(), starts }
    }

    fn before(&mut self, _: &View<'_, Process>, _: NodeId, event: &Event<Process>, _: &mut Judge) {
        if let Event::Request(Request::Propose(value)) = event {
            self.proposed.insert(*value);
        }
    }

    /// A scenario may have written disks: what is on them was proposed before it began.
    fn after(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        _: &[Effect<Process>],
        _: &mut Judge,
    ) {
        let Some(process) = view.state(node) else { return };
        if self.starts.step(node) == Some(Start::First) {
            let accepted = process.acceptor().and_then(|acceptor| acceptor.accepted);
            self.proposed.extend(accepted.map(|proposal| proposal.value));
            self.proposed.extend(process.own());
            self.proposed.extend(process.learned());
        }
    }

    fn indicated(
        &mut self,
        _: &View<'_, Process>,
        node: NodeId,
        indication: &Indication,
        judge: &mut Judge,
    ) {
        judge.judged();
        let (does, value) = match indication {
            Indication::Accepted(proposal) => ("accepts", proposal.value),
            Indication::Learned(value) => ("learns", *value),
        };
        if !self.proposed.contains(&value) {
            judge.violate(node, format!("{node} {does} {value}, which was not proposed"), &[]);
        }
    }

    fn kept(&self) -> u64 {
        size_of_entries(self.proposed.len())
    }
}
