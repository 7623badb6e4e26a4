//! Who leads: the lowest member that the failure detector does not suspect.
//!
//! "A reliable algorithm for electing a proposer must use either randomness or real time" (Lamport
//! 2001, 2.4). Safety does not depend on it: two servers that both think that they should lead
//! outbid each other, until their detectors agree.

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

    pub(super) fn on_heartbeat(
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

    pub(super) fn on_detector_timer(
        &mut self,
        timer: failure_detectors::Timer,
        cx: &mut Context<'_, Self>,
    ) {
        if let Some(omega) = &mut self.omega {
            cx.layer::<Detector>(|cx| omega.on_timer(timer, cx));
            self.reconsider(cx);
        }
    }

    /// The server that should lead, as far as this one knows: the one that Omega trusts. If that is
    /// no member, because the members have changed, it is the lowest member that is not suspected.
    pub(super) fn trusted(&self) -> NodeId {
        let members = self.replica.configurations.at(self.replica.executed.next());
        let lowest = members.first().expect("there are always members");
        let omega = self.omega.as_ref().expect("only where Omega chooses the leader");
        if members.contains(omega.trusted()) {
            return omega.trusted();
        }
        let suspected = omega.detector().suspected();
        members.iter().find(|member| !suspected.contains(member)).unwrap_or(lowest)
    }

    /// Begins phase 1, or steps down, as it now should.
    pub(super) fn reconsider(&mut self, cx: &mut Context<'_, Self>) {
        let proposes = self.proposer.ballot().is_some();
        let should = match cx.config().leader {
            Leader::Omega => self.trusted() == cx.id(),
            // A proposer stays one until it is outbid; others become one when they are asked.
            Leader::Everybody => {
                let pending = &self.pending;
                let asked = !pending.queue.is_empty() || !pending.commands.is_empty();
                let members = self.replica.configurations.at(self.replica.executed.next());
                proposes || (asked && members.contains(cx.id()))
            }
        };
        if proposes && !should {
            cx.mark(Mark::SteppedDown);
            self.step_down(cx);
        } else if should && !proposes && !self.backing_off {
            self.begin_phase_1(cx);
        }
    }
}
