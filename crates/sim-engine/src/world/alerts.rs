//! [`Alerts`]: who waits for what happens in a step. What nobody waits for costs nothing, and a
//! step costs what it sets off, however many wait.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use sim_node::NodeId;

use crate::{Occasion, Trigger};

/// Triggers that wait for their occasion, and mobile faults in force.
#[derive(Clone, Debug, Default)]
pub(super) struct Alerts {
    /// By what happens, and where. Never iterated but to end a mobile fault.
    watches: FxHashMap<(Happening, Where), Watch>,
    /// The roles and marks that somebody waits for.
    names: Vec<String>,
    waiting: usize,
    /// How many have begun to wait so far.
    begun: u64,
    /// Whether anybody has waited for a message behind which to strike.
    between: bool,
    /// Whether anybody has waited for messages of one link.
    peers: bool,
}

/// Where something has to happen: at any node or at one of them, and with any node at the other end
/// of a message or with one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Where {
    pub(super) node: Option<NodeId>,
    pub(super) peer: Option<NodeId>,
}

/// Something that can happen in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Happening {
    /// The place of a role among the names.
    Role(usize),
    /// The place of a mark.
    Mark(usize),
    /// The index of a kind; `None` for one that does not exist.
    Send(Option<usize>),
    /// So many of a kind are sent.
    After(Option<usize>, u32),
    Receive(Option<usize>),
    Write,
}

/// Who waits for something.
#[derive(Clone, Debug, Default)]
struct Watch {
    /// How often it has happened.
    seen: u64,
    /// Triggers, by the time at which it is theirs.
    triggers: BTreeSet<(u64, Waiter)>,
    mobile: BTreeSet<Waiter>,
}

/// A fault that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Waiter {
    /// Of those that wait for one step, who began to wait first goes first.
    begun: u64,
    pub(super) fault: u32,
    /// A mobile fault waits for every occasion, and not for its n-th.
    pub(super) is_mobile: bool,
}

impl Alerts {
    /// Whether nobody waits for anything.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// A fault waits for its trigger, there.
    pub(super) fn wait(
        &mut self,
        fault: u32,
        trigger: &Trigger,
        at: Where,
        kind: impl Fn(&str) -> Option<usize>,
    ) {
        self.peers |= at.peer.is_some();
        let happening = self.happening(&trigger.on, kind);
        let waiter = self.waiter(fault, false);
        let watch = self.watches.entry((happening, at)).or_default();
        // The first occurrence is the first from now on; there is none before it.
        watch.triggers.insert((watch.seen + u64::from(trigger.nth.max(1)), waiter));
    }

    /// A mobile fault waits for its occasion, again and again, until it [ends](Alerts::end).
    pub(super) fn begin(
        &mut self,
        fault: u32,
        on: &Occasion,
        kind: impl Fn(&str) -> Option<usize>,
    ) {
        let happening = self.happening(on, kind);
        let waiter = self.waiter(fault, true);
        self.watches.entry((happening, Where::default())).or_default().mobile.insert(waiter);
    }

    /// A mobile fault ends.
    pub(super) fn end(&mut self, fault: u32) {
        for watch in self.watches.values_mut() {
            let before = watch.mobile.len();
            watch.mobile.retain(|waiter| waiter.fault != fault);
            self.waiting -= before - watch.mobile.len();
        }
    }

    /// Nobody waits any longer.
    pub(super) fn clear(&mut self) {
        (self.watches, self.waiting) = (FxHashMap::default(), 0);
    }

    /// Something has happened at a node, so often in one step: with anybody at the other end, or
    /// with this one. Adds who waited for that.
    pub(super) fn happened(
        &mut self,
        happening: Happening,
        (node, peer): (NodeId, Option<NodeId>),
        times: u32,
        met: &mut Vec<Waiter>,
    ) {
        for node in [None, Some(node)] {
            let at = Where { node, peer };
            let Some(watch) = self.watches.get_mut(&(happening, at)) else { continue };
            watch.seen += u64::from(times);
            while let Some((due, waiter)) = watch.triggers.first().copied()
                && due <= watch.seen
            {
                watch.triggers.pop_first();
                self.waiting -= 1;
                met.push(waiter);
            }
            met.extend(&watch.mobile);
        }
    }

    /// Whether anybody may wait for a message behind which to strike.
    pub(super) fn wait_between_effects(&self) -> bool {
        self.between
    }

    /// Whether anybody may wait for messages of one link.
    pub(super) fn ask_for_peers(&self) -> bool {
        self.peers
    }

    /// A role, if somebody waits for it.
    pub(super) fn role(&self, name: &str) -> Option<Happening> {
        self.place(name).map(Happening::Role)
    }

    /// A mark, if somebody waits for it.
    pub(super) fn mark(&self, name: &str) -> Option<Happening> {
        self.place(name).map(Happening::Mark)
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|one| one == name)
    }

    fn happening(&mut self, on: &Occasion, kind: impl Fn(&str) -> Option<usize>) -> Happening {
        let mut place = |name: &String| {
            self.place(name).unwrap_or_else(|| {
                self.names.push(name.clone());
                self.names.len() - 1
            })
        };
        match on {
            Occasion::Role(name) => Happening::Role(place(name)),
            Occasion::Mark(name) => Happening::Mark(place(name)),
            Occasion::Send(name) => Happening::Send(kind(name)),
            Occasion::After(name, count) => {
                self.between = true;
                Happening::After(kind(name), *count)
            }
            Occasion::Receive(name) => Happening::Receive(kind(name)),
            Occasion::Write => Happening::Write,
        }
    }

    fn waiter(&mut self, fault: u32, is_mobile: bool) -> Waiter {
        self.waiting += 1;
        self.begun += 1;
        Waiter { begun: self.begun, fault, is_mobile }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: NodeId = NodeId::new(0);
    const B: NodeId = NodeId::new(1);

    fn on_write(alerts: &mut Alerts, fault: u32, node: Option<NodeId>, nth: u32) {
        let trigger = Trigger { nth, ..Trigger::new(Occasion::Write) };
        alerts.wait(fault, &trigger, Where { node, peer: None }, |_| None);
    }

    fn write(alerts: &mut Alerts, node: NodeId, times: u32) -> Vec<u32> {
        let mut met = Vec::new();
        alerts.happened(Happening::Write, (node, None), times, &mut met);
        met.sort_unstable();
        met.into_iter().map(|waiter| waiter.fault).collect()
    }

    #[test]
    fn a_trigger_is_met_once_at_its_occurrence() {
        let mut alerts = Alerts::default();
        on_write(&mut alerts, 7, None, 3);
        on_write(&mut alerts, 8, Some(B), 1);
        assert!(write(&mut alerts, A, 2).is_empty());
        assert_eq!(write(&mut alerts, B, 2), [7, 8], "the third at any node, the first at B");
        assert!(write(&mut alerts, B, 9).is_empty());
        assert!(alerts.is_empty());
    }

    #[test]
    fn a_mobile_fault_is_met_until_it_ends() {
        let mut alerts = Alerts::default();
        alerts.begin(3, &Occasion::Mark("done".to_owned()), |_| None);
        let done = alerts.mark("done").expect("it is waited for");
        assert_eq!(alerts.mark("begun"), None);
        for _ in 0..2 {
            let mut met = Vec::new();
            alerts.happened(done, (A, None), 1, &mut met);
            assert_eq!(met.len(), 1);
        }
        alerts.end(3);
        assert!(alerts.is_empty());
    }

    #[test]
    fn who_began_to_wait_first_goes_first() {
        let mut alerts = Alerts::default();
        for (fault, nth) in [(5, 2), (4, 1), (6, 2)] {
            on_write(&mut alerts, fault, None, nth);
        }
        assert_eq!(write(&mut alerts, A, 2), [5, 4, 6]);
    }

    #[test]
    fn who_waits_for_one_link_is_told_of_no_other() {
        let mut alerts = Alerts::default();
        let trigger = Trigger::new(Occasion::Send("A".to_owned()));
        alerts.wait(1, &trigger, Where { node: None, peer: Some(B) }, |_| Some(0));
        let sent = Happening::Send(Some(0));
        let mut met = Vec::new();
        assert!(alerts.ask_for_peers());
        alerts.happened(sent, (A, None), 1, &mut met);
        alerts.happened(sent, (B, Some(A)), 1, &mut met);
        assert!(met.is_empty());
        alerts.happened(sent, (A, Some(B)), 1, &mut met);
        assert_eq!(met.len(), 1);
    }
}
