//! Who is primary next (van Renesse and Schneider 2004, section 4): the members that are up are
//! suspended and say how many updates they have; the one with the most becomes primary.

use std::collections::BTreeMap;

use sim_node::{Context, NodeId};

use crate::message::Mark;
use crate::view_service::{ViewService, ViewTimer};
use crate::{Message, Mutant, Number, Reads, Report, View, ViewNumber, ViewRecord};

impl ViewService {
    /// The primary is suspected, rightly or not. From the moment on at which a member is suspended,
    /// its primary completes no update; so the number under which it was is never used again, and
    /// this service goes on with it even if it crashes meanwhile, or a ping of the primary arrives
    /// after all.
    pub(crate) fn begin_suspending(&mut self, cx: &mut Context<'_, Self>) {
        let primary = self.view.primary;
        let all = self.view.members.keys().chain(self.view.recruits.keys());
        if !all.copied().any(|node| node != primary && self.is_asked(node, cx)) {
            // No other replica has the state. If the primary does not come back with it, it is
            // lost.
            cx.mark(Mark::NobodyToSucceed);
            return;
        }
        self.highest = self.highest.next();
        cx.write(ViewRecord::Suspending(self.highest));
        cx.barrier();
        self.ask(cx);
    }

    /// Asks all that are up and have not answered.
    pub(crate) fn ask(&self, cx: &mut Context<'_, Self>) {
        for node in self.awaited(cx) {
            cx.send(node, Message::Suspend(self.highest));
        }
        cx.set_timer(ViewTimer::Retry, cx.config().retry);
    }

    pub(crate) fn ask_again(&self, cx: &mut Context<'_, Self>) {
        if !self.is_suspending() {
            return;
        }
        for node in self.awaited(cx) {
            cx.resend(node, Message::Suspend(self.highest));
        }
        cx.set_timer(ViewTimer::Retry, cx.config().retry);
    }

    /// Who is up, and has not said how far it is.
    fn awaited(&self, cx: &Context<'_, Self>) -> Vec<NodeId> {
        let awaited = |node: &NodeId| !self.reports.contains_key(node) && self.is_asked(*node, cx);
        self.unsuspected.iter().copied().filter(awaited).collect()
    }

    /// A member says how far it is.
    pub(crate) fn receive_report(
        &mut self,
        from: NodeId,
        report: &Report,
        cx: &mut Context<'_, Self>,
    ) {
        if !self.is_suspending() || report.number != self.highest || !self.is_asked(from, cx) {
            return;
        }
        self.mark_alive(from, cx);
        let since = self.view.members.get(&from);
        if since != Some(&report.since) && !cx.config().has(Mutant::Unsynced) {
            // It has lost its state.
            self.stateless.insert(from);
        } else {
            self.reports.insert(from, (report.count, report.since));
        }
        self.try_next_primary(cx);
    }

    /// Once all that are up have said how far they are, the one with the most updates becomes
    /// primary: each has all that was ever answered, and the others have nothing that it lacks.
    pub(crate) fn try_next_primary(&mut self, cx: &mut Context<'_, Self>) {
        if !self.is_suspending() || !self.awaited(cx).is_empty() {
            return;
        }
        let current = self.view.primary;
        let rank = |(node, (count, _)): (&NodeId, &(Number, ViewNumber))| {
            (*count, *node == current, std::cmp::Reverse(*node))
        };
        let best = self.reports.iter().map(|report| (rank(report), *report.0)).max();
        let Some((_, primary)) = best else { return };
        if primary != current && self.lease_lasts(cx) {
            return;
        }
        let number = self.highest;
        let members: BTreeMap<_, _> =
            self.reports.iter().map(|(node, (_, since))| (*node, *since)).collect();
        let incarnations =
            members.keys().map(|node| (*node, self.view.incarnation(*node))).collect();
        let recruits = BTreeMap::new();
        let view = View { number, epoch: number, primary, members, recruits, incarnations };
        self.announce(view, cx);
    }

    /// Whether the old primary may still rely on its lease; then this is tried again at its end.
    fn lease_lasts(&self, cx: &mut Context<'_, Self>) -> bool {
        let config = cx.config();
        if config.reads != Reads::Lease || config.has(Mutant::LeaseNoWait) {
            return false;
        }
        let left = config.lease.saturating_sub(cx.now() - self.lease_given);
        if left.is_zero() {
            return false;
        }
        cx.set_timer(ViewTimer::LeaseOver, left);
        true
    }
}
