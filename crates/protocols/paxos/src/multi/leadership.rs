//! Who leads: the lowest member that the failure detector does not suspect.
//!
//! "A reliable algorithm for electing a proposer must use either randomness or real time" (Lamport
//! 2001, 2.4). Safety does not depend on it: two servers that both think they lead outbid each
//! other, until their detectors agree.

use failure_detectors::{Heartbeat, Omega, OmegaConfig};
use sim_node::{Context, Layer, Never, Node, NodeId};

use super::node::Timer;
use super::types::Mark;
use super::{Config, Leader, Message, Record, Server};

/// The layer below: an eventual leader detector among all servers.
#[derive(Debug)]
pub(super) enum Detector {}

impl Layer<Server> for Detector {
    type Inner = Omega;

    fn config(config: &Config) -> &OmegaConfig {
        &config.omega
    }

    fn message(message: Heartbeat) -> Message {
        Message::Detector(message)
    }

    fn timer(timer: failure_detectors::Timer) -> Timer {
        Timer::Detector(timer)
    }

    fn record(record: Never) -> Record {
        match record {}
    }
}

impl Server {
    pub(super) fn start_omega(cx: &mut Context<'_, Self>) -> Omega {
        cx.layer_with::<Detector, _>(|cx| Omega::start(&(), cx)).0
    }

    pub(super) fn hear_heartbeat(
        &mut self,
        from: NodeId,
        heartbeat: Heartbeat,
        cx: &mut Context<'_, Self>,
    ) {
        if let Some(omega) = &mut self.omega {
            cx.layer::<Detector>(|cx| omega.on_message(from, heartbeat, cx));
            self.reconsider(cx);
        }
    }

    pub(super) fn detector_timer(
        &mut self,
        timer: failure_detectors::Timer,
        cx: &mut Context<'_, Self>,
    ) {
        if let Some(omega) = &mut self.omega {
            cx.layer::<Detector>(|cx| omega.on_timer(timer, cx));
            self.reconsider(cx);
        }
    }

    /// Whom this server takes for the leader: whom Omega trusts, or where that is no member any
    /// more (or not yet), the lowest member that the detector inside does not suspect.
    pub(super) fn trusted(&self) -> NodeId {
        let members = self.configurations.at(self.executed.next());
        let lowest = *members.first().expect("there are always members");
        let Some(omega) = &self.omega else { return lowest };
        if members.contains(&omega.trusted()) {
            return omega.trusted();
        }
        let suspected = omega.detector().suspected();
        members.iter().copied().find(|member| !suspected.contains(member)).unwrap_or(lowest)
    }

    /// Begins to lead, or ceases to, as it now should.
    pub(super) fn reconsider(&mut self, cx: &mut Context<'_, Self>) {
        let proposes = self.proposer().is_some();
        let should = match cx.config().leader {
            Leader::Omega => self.trusted() == cx.id(),
            // A proposer stays one until it is outbid; others become one when they are asked.
            Leader::Everybody => {
                let members = self.configurations.at(self.executed.next());
                let asked = !self.queue.is_empty() || !self.wishes.is_empty();
                proposes || (asked && members.contains(&cx.id()))
            }
        };
        if proposes && !should {
            cx.mark(Mark::SteppedDown);
            self.step_down(cx);
        } else if should && !proposes && !self.resting {
            self.campaign(cx);
        }
    }
}
