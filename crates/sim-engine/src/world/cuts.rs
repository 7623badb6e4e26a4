//! Cuts: who is parted from whom while a fault is in force.

use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::network::CutRule;
use super::{Pending, World};
use crate::Cut;

impl<N: Node, P: Properties<N>> World<N, P> {
    /// Groups are cut from each other; servers in no group form one more.
    pub(super) fn partition(&mut self, fault: u32, found: &[Vec<NodeId>], cut: Cut) -> Vec<NodeId> {
        let mut groups = vec![None; self.nodes()];
        groups[..self.spec.servers as usize].fill(Some(0));
        for (number, group) in found.iter().enumerate() {
            for node in group {
                groups[node.index()] = u16::try_from(number + 1).ok();
            }
        }
        self.cut(fault, CutRule::Groups(groups), cut);
        // Who is in several groups is struck once.
        let mut is_new = vec![true; self.nodes()];
        let mut first = |node: &NodeId| std::mem::replace(&mut is_new[node.index()], false);
        found.iter().flatten().copied().filter(|node| first(node)).collect()
    }

    /// The nodes are cut from all servers that are not among them.
    pub(super) fn cut_off(&mut self, fault: u32, who: &[NodeId], cut: Cut) {
        let mut groups = vec![None; self.nodes()];
        groups[..self.spec.servers as usize].fill(Some(0));
        for node in who {
            groups[node.index()] = Some(1);
        }
        self.cut(fault, CutRule::Groups(groups), cut);
    }

    /// The other servers fall into two drawn halves; the bridge talks to both.
    pub(super) fn bridge(&mut self, fault: u32, who: &[NodeId], cut: Cut) {
        let servers = (0..self.spec.servers).map(NodeId::new);
        let others: Vec<NodeId> = servers.filter(|node| !who.contains(node)).collect();
        let half = others.len() / 2;
        let first = self.faults[fault as usize].chance.targets().subset(others.clone(), half);
        let mut groups = vec![None; self.nodes()];
        for node in others {
            groups[node.index()] = Some(u16::from(first.contains(&node)));
        }
        self.cut(fault, CutRule::Groups(groups), cut);
    }

    pub(super) fn cut(&mut self, fault: u32, rule: CutRule, cut: Cut) {
        let since = self.agenda.next_sequence();
        self.network.cut(fault, since, rule, cut == Cut::AtDelivery);
        if self.network.has_many_past_cuts() {
            let under_way = self.agenda.all().filter_map(|(pending, _)| match pending {
                Pending::Message(envelope) => Some(envelope.id),
                _ => None,
            });
            let oldest = under_way.min().unwrap_or(since);
            self.network.forget_cuts_before(oldest);
        }
    }

    pub(super) fn end_cut(&mut self, fault: u32) {
        // Its end has a place in the order of all that happens, as its beginning has.
        self.agenda.next_sequence();
        self.network.end_cut(fault);
    }
}
