//! EPFD3: what the layer above is told is what the detector thinks.

use std::collections::BTreeSet;

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Event, NodeId};

use crate::{EventuallyPerfect, Indication};

/// EPFD3: `Suspect(p)` and `Restore(p)` alternate and add up to what the process suspects, and
/// never name the process itself. The host of the detector knows it through its indications
/// alone.
#[derive(Clone, Debug)]
pub struct FaithfulIndications {
    /// For each process, the sum of the indications of its present incarnation.
    told: Vec<BTreeSet<NodeId>>,
}

impl FaithfulIndications {
    fn compare(&self, view: &View<'_, EventuallyPerfect>, node: NodeId, judge: &mut Judge) {
        let Some(state) = view.state(node) else { return };
        let told = &self.told[node.index()];
        if state.suspected() != told {
            let detail = format!("{node} suspects {:?} but told {told:?}", state.suspected());
            judge.violate(node, detail, &[]);
        }
    }
}

impl Property<EventuallyPerfect> for FaithfulIndications {
    const CLAIM: Claim = Claim {
        code: "EPFD3",
        name: "faithful-indications",
        kind: Kind::Safety,
        meaning: "Suspect(p) and Restore(p) alternate, add up to what the process suspects, and \
                  never name the process itself",
        source: "Cachin, Guerraoui, Rodrigues 2011, module 2.8, indications",
    };

    fn new(_: &crate::Config, servers: u32) -> Self {
        Self { told: vec![BTreeSet::new(); servers as usize] }
    }

    /// Between two steps of a process, what it told must be what it thinks.
    fn before(
        &mut self,
        view: &View<'_, EventuallyPerfect>,
        node: NodeId,
        _: &Event<EventuallyPerfect>,
        judge: &mut Judge,
    ) {
        self.compare(view, node, judge);
    }

    fn indicated(
        &mut self,
        _: &View<'_, EventuallyPerfect>,
        node: NodeId,
        indication: &Indication,
        judge: &mut Judge,
    ) {
        judge.judged();
        let told = &mut self.told[node.index()];
        let (peer, news) = match *indication {
            Indication::Suspect(peer) => (peer, told.insert(peer)),
            Indication::Restore(peer) => (peer, told.remove(&peer)),
        };
        if peer == node || !news {
            judge.violate(node, format!("{node} indicated {indication:?} out of turn"), &[]);
        }
    }

    fn crash(&mut self, _: &View<'_, EventuallyPerfect>, node: NodeId, _: &mut Judge) {
        self.told[node.index()].clear();
    }

    fn end(&mut self, view: &View<'_, EventuallyPerfect>, judge: &mut Judge) {
        for (node, _) in view.up() {
            self.compare(view, node, judge);
        }
    }
}
