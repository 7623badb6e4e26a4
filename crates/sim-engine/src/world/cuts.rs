//! Cuts and holds: who is parted from whom while a fault is in force.

use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::World;
use super::links::{CutInForce, CutRule};
use crate::{Cut, Observer};

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
        found.iter().flatten().copied().collect()
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
        let first = self.faults[fault as usize].stream.subset(others.clone(), half);
        let mut groups = vec![None; self.nodes()];
        for node in others {
            groups[node.index()] = Some(u16::from(first.contains(&node)));
        }
        self.cut(fault, CutRule::Groups(groups), cut);
    }

    pub(super) fn cut(&mut self, fault: u32, rule: CutRule, cut: Cut) {
        let since = self.next_sequence();
        let at_delivery = cut == Cut::AtDelivery;
        self.links.cuts.push(CutInForce { fault, since, until: None, rule, at_delivery });
    }

    pub(super) fn end_cut(&mut self, fault: u32) {
        let now = self.next_sequence();
        if self.plan.stream {
            // A stream asks later whether a cut came between sending and arrival.
            for cut in &mut self.links.cuts {
                if cut.fault == fault && cut.until.is_none() {
                    cut.until = Some(now);
                }
            }
        } else {
            self.links.cuts.retain(|cut| cut.fault != fault);
        }
        self.links.refresh(&self.plan);
    }

    pub(super) fn end_hold<O: Observer<N> + ?Sized>(&mut self, fault: u32, watch: &mut O) {
        let Some(place) = self.links.holds.iter().position(|hold| hold.fault == fault) else {
            return;
        };
        let hold = self.links.holds.remove(place);
        self.release_kept(hold.kept, watch);
    }
}
