//! CR1: a strong read returns what was committed.

use std::collections::{BTreeMap, VecDeque};

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Node, NodeId};

use super::answers::answers;
use super::committed::Committed;
use super::of_replica;
use crate::{Indication, Party, Version};

/// CR1 committed-reads. The replica says as of which update it answers; what the value was then is
/// known from the updates.
#[derive(Clone, Debug)]
pub struct CommittedReads {
    committed: Committed,
    /// The values that replicas have answered and that their disks may hold back, in order.
    held: BTreeMap<NodeId, VecDeque<Option<Option<String>>>>,
}

impl Property<Party> for CommittedReads {
    const CLAIM: Claim = Claim {
        code: "CR1",
        name: "committed-reads",
        kind: Kind::Safety,
        meaning: "what a read returns as committed, a tail has committed before, and it is the value \
                  that the key had then",
        source: "Terrace and Freedman 2009, section 2.3",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self { committed: Committed::default(), held: BTreeMap::new() }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        self.committed.after(view, node, effects);
        // One that crashed in the middle of its step may have said that it reads, and no more.
        let is_up = super::replica(view, node).is_some();
        for (key, _, value) in answers(effects) {
            if is_up && value.is_none() {
                judge.violate(node, format!("a read of {key} is answered without a value"), &[]);
            }
            self.held.entry(node).or_default().push_back(value.cloned());
        }
    }

    fn indicated(
        &mut self,
        _: &View<'_, Party>,
        node: NodeId,
        indication: &<Party as Node>::Indication,
        judge: &mut Judge,
    ) {
        match of_replica(indication) {
            Some(Indication::Committed(upto)) => {
                if let Err(missing) = self.committed.commit(node, *upto) {
                    let detail = format!("it commits up to {upto}, and nobody saw {missing} there");
                    judge.violate(node, detail, &[]);
                }
            }
            Some(Indication::Read(key, version)) => {
                let value = self.held.get_mut(&node).and_then(VecDeque::pop_front).flatten();
                let Version::Committed(upto) = version else { return };
                judge.judged();
                let committed = self.committed.last;
                if *upto > committed {
                    let detail = format!("{key} is read as of {upto}, committed is {committed}");
                    return judge.violate(node, detail, &[]);
                }
                let was = self.committed.value(*key, *upto);
                let is = |value: &Option<String>| match (value, was) {
                    (Some(value), Some(was)) => *was == *value.as_str(),
                    (value, was) => value.is_none() && was.is_none(),
                };
                if let Some(value) = value.filter(|value| !is(value)) {
                    let detail = format!("{key} is read as {value:?}, as of {upto} it is {was:?}");
                    judge.violate(node, detail, &[]);
                }
            }
            _ => {}
        }
    }

    fn crash(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.held.remove(&node);
    }

    fn kept(&self) -> u64 {
        self.committed.kept()
    }
}
