//! What is in force on one link: looked for with every message where little is in force, and once a
//! link where much is.

use std::sync::Arc;

use sim_node::{NodeId, Ratio};

use super::Network;
use super::known::{Between, DelayOf, Parameters};
use super::rules::Cut;
use crate::{Delay, Loss};

impl Network {
    /// The parameters of a link for one kind of message.
    pub(super) fn parameters(&mut self, from: NodeId, to: NodeId, kind: usize) -> Parameters {
        match self.crowded {
            true => self.between(from, to, kind).parameters,
            false => self.find_parameters(from, to, kind),
        }
    }

    /// A later override counts before an earlier one, and a fault before both.
    fn find_parameters(&mut self, from: NodeId, to: NodeId, kind: usize) -> Parameters {
        let base = &self.plan.network;
        let (loss, duplication) = (base.link.loss, base.link.duplication);
        let mut parameters = Parameters { delay: DelayOf::AllLinks, loss, duplication };
        let overrides = self.plan.overrides.iter().zip(&base.overrides);
        for (place, (links, one)) in overrides.enumerate() {
            if links.matches(from, to, kind) {
                self.overrides_used[place] = true;
                let delay = one.delay.as_ref().map(|_| DelayOf::Override(place));
                parameters.change(delay, one.loss, one.duplication);
            }
        }
        for (place, one) in self.changed.iter().enumerate() {
            if one.links.matches(from, to, kind) {
                self.touched.note(one.fault);
                let delay = one.delay.as_ref().map(|_| DelayOf::Fault(place));
                let before = parameters;
                parameters.change(delay, one.loss, one.duplication);
                if !self.changers.has(one.fault) && self.differ(before, parameters) {
                    self.changers.note(one.fault);
                }
            }
        }
        if self.calm.is_some() {
            parameters.loss = Ratio::ZERO;
        }
        parameters
    }

    fn differ(&self, one: Parameters, other: Parameters) -> bool {
        (one.loss, one.duplication) != (other.loss, other.duplication)
            || self.delay(one.delay) != self.delay(other.delay)
    }

    pub(super) fn delay(&self, of: DelayOf) -> &Delay {
        let all = &self.plan.network.link.delay;
        match of {
            DelayOf::AllLinks => all,
            DelayOf::Override(place) => {
                self.plan.network.overrides[place].delay.as_ref().unwrap_or(all)
            }
            DelayOf::Fault(place) => self.changed[place].delay.as_ref().unwrap_or(all),
        }
    }

    /// Everything that is in force for messages of a kind from one to another, worked out once as
    /// long as nothing begins or ends.
    pub(super) fn between(&mut self, from: NodeId, to: NodeId, kind: usize) -> &Between {
        if !self.known.has((from, to, kind)) {
            let corrupted = self.corrupted.iter().enumerate();
            let corrupted = corrupted.filter(|(_, one)| one.links.matches(from, to, kind));
            let corrupted: Arc<[usize]> = corrupted.map(|(place, _)| place).collect();
            let counting = self.counting.iter().enumerate();
            let counting = counting.filter(|(_, one)| one.links.matches(from, to, kind));
            let counting: Arc<[usize]> = counting.map(|(place, _)| place).collect();
            let parameters = self.find_parameters(from, to, kind);
            let between = Between {
                cut_off: self.meets_cut(from, to, |_| true),
                severed: self.meets_cut(from, to, |cut| cut.at_delivery),
                hold: self.hold_between(from, to, kind),
                corrupted,
                counting,
                parameters,
            };
            self.known.learn((from, to, kind), between);
        }
        self.known.get((from, to, kind))
    }

    /// Which kind of cut in force loses what one sends to the other.
    pub(super) fn cut_off(&mut self, from: NodeId, to: NodeId, kind: usize) -> Option<Loss> {
        match self.crowded {
            true => self.between(from, to, kind).cut_off,
            false => self.meets_cut(from, to, |_| true),
        }
    }

    /// Which kind of cut in force loses what arrives.
    pub(super) fn severed(&mut self, from: NodeId, to: NodeId, kind: usize) -> Option<Loss> {
        match self.crowded {
            true => self.between(from, to, kind).severed,
            false => self.meets_cut(from, to, |cut| cut.at_delivery),
        }
    }

    /// Which kind of such a cut in force keeps these two apart: a partition, if one does. Each cut
    /// that does has met a message then.
    fn meets_cut(&mut self, from: NodeId, to: NodeId, such: impl Fn(&Cut) -> bool) -> Option<Loss> {
        // In the calm the core is connected for good, and everybody who is not a server with it.
        if self.calm.as_ref().is_some_and(|calm| calm.connects(from, to)) {
            return None;
        }
        let mut met = None;
        for cut in self.cuts.iter().filter(|cut| such(cut) && cut.rule.parts(from, to)) {
            self.touched.note(cut.fault);
            if met != Some(Loss::Cut) {
                met = Some(cut.rule.loss());
            }
        }
        met
    }

    /// The place of the latest hold that keeps what is sent from one to another.
    pub(super) fn hold_between(&self, from: NodeId, to: NodeId, kind: usize) -> Option<usize> {
        self.holds.iter().rposition(|hold| hold.keeps(from, to, kind))
    }
}
