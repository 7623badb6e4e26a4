//! Whether a fault that struck has changed anything: messages that it met, syncs and events that it
//! made longer, clocks that somebody looked at.

use sim_check::Properties;
use sim_node::{ClocksUsed, Node, NodeId};

use crate::Target;
use crate::world::World;

/// What a node has made of its clocks.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::world) struct ClockUse {
    /// It has read one, or set a timer.
    any: bool,
    /// When it last read the wall clock.
    wall: Option<u64>,
}

/// What to say of a fault at senders that has met no message: nothing of that kind, if it asks for
/// one, was sent to those that it names.
pub(super) fn sent_nothing(who: &str, kind: Option<&str>, to: Option<&Target>) -> String {
    let what = kind.map_or("nothing".to_owned(), |kind| format!("no {kind}"));
    let to_whom = if to.is_some() { " to those that the fault names" } else { "" };
    format!("{who} sent {what}{to_whom} meanwhile")
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// A node has used these of its clocks in a step.
    pub(in crate::world) fn note_clocks(&mut self, node: NodeId, used: ClocksUsed) {
        let of_node = &mut self.clock_use[node.index()];
        of_node.any |= used.monotonic | used.wall;
        if used.wall {
            of_node.wall = Some(self.now);
        }
    }

    /// Whether somebody looked at the clocks of each entry of the scenario.
    pub(in crate::world) fn clocks_used(&self) -> Vec<bool> {
        let servers = self.spec.servers;
        let used = |who: &crate::NodeSet| {
            let mut nodes = self.everybody().filter(|node| who.contains(*node, servers));
            nodes.any(|node| self.clock_use[node.index()].any)
        };
        self.spec.clocks.iter().map(|clock| used(&clock.who)).collect()
    }

    /// A fault has changed something.
    pub(in crate::world) fn touch(&mut self, fault: u32) {
        self.faults[fault as usize].touched = true;
    }

    /// What to say of a fault that has met nothing; it is given whom the fault struck.
    pub(super) fn untouched(&self, fault: u32, say: impl FnOnce(&str) -> String) -> Option<String> {
        let touched = self.faults[fault as usize].touched || self.network.has_touched(fault);
        (!touched).then(|| say(&self.victims_in_words(fault)))
    }

    /// What to say of syncs that lied where no crash came before a true one.
    pub(super) fn did_no_harm(&self, fault: u32) -> Option<String> {
        let who = self.victims_in_words(fault);
        let said = || format!("no crash of {who} lost what its disk had said was synced");
        (!self.faults[fault as usize].has_harmed).then(said)
    }

    /// What to say of links that a fault has changed into what they were.
    pub(super) fn changed_nothing(&self, fault: u32) -> Option<String> {
        let said = || "its links had these parameters already".to_owned();
        (!self.network.has_changed(fault)).then(said)
    }

    /// What to say of a cut that no message has met.
    pub(super) fn no_message_met_the_cut(&self, fault: u32) -> Option<String> {
        self.untouched(fault, |_| {
            let under_way = " or was under way there when it began";
            let also = if self.network.is_stream() { under_way } else { "" };
            format!("no message was sent across the cut{also}")
        })
    }

    /// What to say of a jump that no victim has seen.
    pub(super) fn nobody_saw_a_jump(&self, fault: u32) -> Option<String> {
        let state = &self.faults[fault as usize];
        let seen = |node: &NodeId| self.clock_use[node.index()].wall >= state.first;
        if state.victims.iter().any(seen) {
            return None;
        }
        let who = self.victims_in_words(fault);
        let never = self.clock_use.iter().all(|of_node| of_node.wall.is_none());
        Some(if never {
            format!("the wall clock of {who} jumped, but no node ever read its wall clock")
        } else {
            format!("the wall clock of {who} jumped, but was not read afterwards")
        })
    }

    /// What to say of a drift of clocks that no victim looks at.
    pub(super) fn nobody_saw_a_drift(&self, fault: u32) -> Option<String> {
        let victims = &self.faults[fault as usize].victims;
        let used = victims.iter().any(|node| self.clock_use[node.index()].any);
        let who = self.victims_in_words(fault);
        (!used).then(|| format!("no clock of {who} was ever read, and no timer set"))
    }

    fn victims_in_words(&self, fault: u32) -> String {
        const MOST: usize = 5;
        let victims = &self.faults[fault as usize].victims;
        let mut names: Vec<String> = victims.iter().take(MOST).map(ToString::to_string).collect();
        if victims.len() > MOST {
            names.push(format!("{} more", victims.len() - MOST));
        }
        match names.as_slice() {
            [] => "nobody".to_owned(),
            [one] => one.clone(),
            [head @ .., last] => format!("{} and {last}", head.join(", ")),
        }
    }
}
