//! Whom a fault strikes: chosen when it strikes.

use std::collections::BTreeSet;

use sim_check::Properties;
use sim_node::{Node, NodeId, Role};

use super::World;
use super::nodes::Status;
use crate::Target;
use crate::chance::below;

/// What drawn targets are drawn among.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Among {
    /// Servers that are up.
    Up,
    /// Servers that are down.
    Down,
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// The nodes that a target stands for now; `None` when nobody fits.
    pub(super) fn resolve(
        &mut self,
        fault: u32,
        target: &Target,
        among: Among,
        trigger: Option<NodeId>,
    ) -> Option<Vec<NodeId>> {
        self.resolve_beside(fault, target, among, trigger, &[])
    }

    /// The groups of a partition, in order. Named nodes come first, so that a drawn group is drawn
    /// among those that no other group has.
    pub(super) fn find_groups(
        &mut self,
        fault: u32,
        groups: &[Target],
    ) -> Option<Vec<Vec<NodeId>>> {
        let trigger = self.faults[fault as usize].trigger;
        let mut found = vec![Vec::new(); groups.len()];
        for drawn in [false, true] {
            for (place, group) in groups.iter().enumerate() {
                if group.is_drawn() == drawn {
                    let taken = found.concat();
                    found[place] = self.resolve_beside(fault, group, Among::Up, trigger, &taken)?;
                }
            }
        }
        Some(found)
    }

    /// Everybody who is in one of these: first those that are not drawn, so that the others are
    /// drawn beside them.
    fn find_all(
        &mut self,
        fault: u32,
        parts: &[Target],
        among: Among,
        trigger: Option<NodeId>,
        taken: &[NodeId],
    ) -> Option<Vec<NodeId>> {
        let mut found: Vec<NodeId> = Vec::new();
        let parts: Vec<&Target> = parts.iter().flat_map(Target::parts).collect();
        for drawn in [false, true] {
            for part in parts.iter().filter(|part| part.is_drawn() == drawn) {
                let taken = [taken, &found].concat();
                found.extend(self.resolve_beside(fault, part, among, trigger, &taken)?);
            }
        }
        found.sort_unstable();
        found.dedup();
        Some(found)
    }

    /// The nodes of a set of the scenario, in order.
    fn members_of(&self, name: &str) -> Vec<NodeId> {
        let Some(set) = self.spec.sets.get(name) else { return Vec::new() };
        let servers = self.spec.servers;
        self.everybody().filter(|node| set.contains(*node, servers)).collect()
    }

    /// As [`World::resolve`]; what is drawn is drawn among servers that are not taken.
    fn resolve_beside(
        &mut self,
        fault: u32,
        target: &Target,
        among: Among,
        trigger: Option<NodeId>,
        taken: &[NodeId],
    ) -> Option<Vec<NodeId>> {
        let servers = self.spec.servers;
        let count = |some: u32| usize::try_from(some).expect("32 bits fit");
        let found: Vec<NodeId> = match target {
            Target::Node(number) => vec![NodeId::new(*number)],
            Target::Nodes(numbers) => {
                let some: BTreeSet<u32> = numbers.iter().copied().collect();
                some.into_iter().map(NodeId::new).collect()
            }
            Target::Leader => vec![self.holder(Role::LEADER)?],
            Target::Role(name) => vec![self.holder(name)?],
            Target::Holders(name) => self.in_role(name).map(|(_, node)| node).collect(),
            Target::Trigger => vec![trigger?],
            Target::Servers => (0..servers).map(NodeId::new).collect(),
            Target::Others => self.everybody().skip(count(servers)).collect(),
            Target::All => self.everybody().collect(),
            Target::Majority => self.draw_servers(fault, count(servers / 2 + 1), None, taken)?,
            Target::Minority => {
                self.draw_servers(fault, count(servers.saturating_sub(1) / 2), None, taken)?
            }
            Target::Random(some) => self.draw_servers(fault, count(*some), Some(among), taken)?,
            Target::RandomOf(some, whom) => {
                let whom = self.resolve_beside(fault, whom, among, trigger, taken)?;
                self.draw(fault, count(*some), Some(among), whom, taken)?
            }
            Target::And(parts) => self.find_all(fault, parts, among, trigger, taken)?,
            Target::InAll(parts) => {
                let mut parts = parts.iter();
                let mut found = self.resolve_beside(fault, parts.next()?, among, trigger, taken)?;
                for part in parts {
                    let part = self.resolve_beside(fault, part, among, trigger, taken)?;
                    let part: BTreeSet<NodeId> = part.into_iter().collect();
                    found.retain(|node| part.contains(node));
                }
                found
            }
            Target::Not(whom) => {
                let whom = self.resolve_beside(fault, whom, among, trigger, taken)?;
                (0..servers).map(NodeId::new).filter(|node| !whom.contains(node)).collect()
            }
            Target::Set(name) => self.members_of(name),
            Target::OneOf(names) => {
                let word = self.faults[fault as usize].chance.targets().word();
                // By whom they hold, so that neither names nor their order decide.
                let mut sets: Vec<_> = names.iter().map(|name| self.members_of(name)).collect();
                sets.sort_unstable();
                let drawn = usize::try_from(below(word, sets.len() as u64)).expect("an index");
                sets.into_iter().nth(drawn)?
            }
        };
        let nodes = self.nodes();
        let found: Vec<NodeId> = found.into_iter().filter(|node| node.index() < nodes).collect();
        (!found.is_empty()).then_some(found)
    }

    /// The highest-ranked holder of a role; of equals the one with the lowest number.
    fn holder(&self, name: &str) -> Option<NodeId> {
        let holders = self.in_role(name).map(|(rank, node)| (rank, std::cmp::Reverse(node)));
        holders.max().map(|(_, node)| node.0)
    }

    /// All holders of a role with their ranks, by number.
    fn in_role(&self, name: &str) -> impl Iterator<Item = (u64, NodeId)> {
        self.everybody().filter_map(move |node| {
            let role = self.roles.get(node.index()).copied().flatten()?;
            (role.name == name).then_some((role.rank, node))
        })
    }

    fn draw_servers(
        &mut self,
        fault: u32,
        count: usize,
        among: Option<Among>,
        taken: &[NodeId],
    ) -> Option<Vec<NodeId>> {
        let servers = (0..self.spec.servers).map(NodeId::new).collect();
        self.draw(fault, count, among, servers, taken)
    }

    /// Draws so many of these nodes, in order of their numbers.
    fn draw(
        &mut self,
        fault: u32,
        count: usize,
        among: Option<Among>,
        mut of: Vec<NodeId>,
        taken: &[NodeId],
    ) -> Option<Vec<NodeId>> {
        let fits = |node: &NodeId| {
            // Lasting faults that strike at the beginning come before the first starts.
            let to_start = self.incarnations[node.index()] == 0;
            let up = to_start || self.status[node.index()].has(Status::UP);
            among.is_none_or(|among| up == (among == Among::Up)) && !taken.contains(node)
        };
        of.retain(fits);
        if count == 0 || of.len() < count {
            return None;
        }
        Some(self.faults[fault as usize].chance.targets().subset(of, count))
    }
}
