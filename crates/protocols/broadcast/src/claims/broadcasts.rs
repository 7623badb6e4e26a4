//! What correct processes have broadcast, and who has delivered: ghost state.

use std::collections::{BTreeMap, BTreeSet};

use sim_check::{Obligation, View, size_of_entries};
use sim_node::{Effect, NodeId};

use crate::{Broadcast, Content, Instance, Message, Process};

/// What correct processes have broadcast.
#[derive(Clone, Debug, Default)]
pub(super) struct Broadcasts(BTreeMap<Instance, Content>);

impl Broadcasts {
    /// A process has made a step: it broadcasts what it says in SEND. An incarnation that numbers
    /// from 0 again replaces what one before it had broadcast.
    pub(super) fn learn(&mut self, node: NodeId, effects: &[Effect<Process>]) {
        for effect in effects {
            if let Effect::Send { message: Message::Send(said), .. } = effect
                && said.instance.sender == node
            {
                self.0.insert(said.instance, said.content);
            }
        }
    }

    pub(super) fn content(&self, instance: Instance) -> Option<Content> {
        self.0.get(&instance).copied()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Instance, Content)> {
        self.0.iter().map(|(instance, content)| (*instance, *content))
    }

    pub(super) fn kept(&self) -> u64 {
        size_of_entries(self.0.len())
    }
}

/// Who has delivered something, by broadcast.
#[derive(Clone, Debug, Default)]
pub(super) struct Deliveries(BTreeMap<Instance, BTreeMap<NodeId, (Content, u64)>>);

impl Deliveries {
    /// A process delivers at this step. Returns what it had delivered before, and at which step.
    pub(super) fn add(
        &mut self,
        node: NodeId,
        Broadcast { instance, content }: Broadcast,
        step: u64,
    ) -> Option<(Content, u64)> {
        self.0.entry(instance).or_default().insert(node, (content, step))
    }

    /// The first of the others that has delivered something else.
    pub(super) fn other(
        &self,
        Broadcast { instance, content }: Broadcast,
    ) -> Option<(NodeId, Content, u64)> {
        let delivered = self.0.get(&instance)?.iter();
        let mut others = delivered.filter(|(_, (other, _))| *other != content);
        others.next().map(|(node, (other, step))| (*node, *other, *step))
    }

    pub(super) fn contains(&self, node: NodeId, instance: Instance) -> bool {
        self.0.get(&instance).is_some_and(|delivered| delivered.contains_key(&node))
    }

    /// The broadcasts of which a process that is not Byzantine has delivered something.
    pub(super) fn instances<'a>(
        &'a self,
        view: &'a View<'_, Process>,
    ) -> impl Iterator<Item = Instance> + 'a {
        let by_correct = |delivered: &BTreeMap<NodeId, (Content, u64)>| {
            delivered.keys().any(|node| !view.is_byzantine(*node))
        };
        let some = self.0.iter().filter(move |(_, delivered)| by_correct(delivered));
        some.map(|(instance, _)| *instance)
    }

    /// A correct process that has delivered nothing of one of these broadcasts.
    pub(super) fn missing(
        &self,
        view: &View<'_, Process>,
        instances: impl IntoIterator<Item = Instance>,
        why: &str,
    ) -> Option<Obligation> {
        let correct: BTreeSet<NodeId> = view.correct().map(|(node, _)| node).collect();
        instances.into_iter().find_map(|instance| {
            let node = *correct.iter().find(|node| !self.contains(**node, instance))?;
            let detail = format!("{node} has not delivered {instance}, {why}");
            Some(Obligation { node: Some(node), detail })
        })
    }

    pub(super) fn kept(&self) -> u64 {
        size_of_entries(self.0.values().map(BTreeMap::len).sum())
    }
}
