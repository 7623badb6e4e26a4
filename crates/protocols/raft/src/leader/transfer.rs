//! Leadership transfer (thesis, 3.10).

use sim_node::{NodeId, Requested};

use super::{Leader, Outcome, STILL_LEADER};
use crate::Message;
use crate::server::Timer;
use crate::types::Mark;

/// Why a transfer begins nothing.
pub(crate) fn leads_already(target: NodeId) -> String {
    format!("{target} leads already")
}

impl Leader<'_, '_> {
    /// An administrator asks for a transfer: this leader accepts no new requests, brings the target
    /// up to date, and then tells it to start an election at once.
    pub(super) fn start_transfer(&mut self, transfer: Requested<NodeId>) {
        let target = transfer.what;
        if target == self.cx.id() {
            return self.cx.refuse(transfer.by, leads_already(target));
        }
        if !self.common.configuration().is_incoming_voter(target) {
            return self.cx.refuse(transfer.by, format!("{target} has no vote that it keeps"));
        }
        if let Some(other) = &self.state.transfer_target {
            let why = format!("leadership is being transferred to {}", other.what);
            return self.cx.refuse(transfer.by, why);
        }
        self.cx.mark(Mark::TransferBegun);
        self.state.transfer_target = Some(transfer);
        self.state.transfer_begun = true;
        self.cx.set_timer(Timer::Transfer, self.cx.config().election_timeout.longest());
        if !self.send_timeout_now_if_up_to_date(target)
            && let Some(mut peer) = self.peer(target)
        {
            peer.send_entries();
        }
    }

    /// A follower's matchIndex has increased.
    pub(super) fn on_follower_progress(&mut self, from: NodeId) {
        if self.state.transfer_target.as_ref().is_some_and(|target| target.what == from) {
            self.send_timeout_now_if_up_to_date(from);
        }
        self.update_catch_up_round(from);
    }

    /// Returns whether the target has the whole log.
    fn send_timeout_now_if_up_to_date(&mut self, target: NodeId) -> bool {
        let is_up_to_date = self.match_index(target) == Some(self.common.log.last_index());
        if is_up_to_date && let Some(transfer) = &self.state.transfer_target {
            let term = transfer.with(self.common.current_term);
            self.cx.send(target, Message::TimeoutNow(term));
        }
        is_up_to_date
    }

    /// "If leadership transfer does not complete after about an election timeout, the current
    /// leader aborts the transfer and resumes accepting client requests." It has no lease in this
    /// term any more, as the target may still be elected.
    pub(crate) fn on_transfer_timeout(&mut self) -> Outcome {
        self.abort_transfer("was not elected within an election timeout");
        STILL_LEADER
    }

    /// The configuration in effect has changed. A target that has no vote any more cannot be
    /// elected, so the leader does not wait for it.
    pub(super) fn abort_transfer_to_a_demoted(&mut self) {
        let target = self.state.transfer_target.as_ref();
        let configuration = self.common.configuration();
        if target.is_some_and(|target| !configuration.is_incoming_voter(target.what)) {
            self.cx.cancel_timer(Timer::Transfer);
            self.abort_transfer("has no vote any more that it keeps");
        }
    }

    /// Gives up the transfer under way, since its target ... `why`.
    fn abort_transfer(&mut self, why: &str) {
        if let Some(Requested { what: target, by }) = self.state.transfer_target.take() {
            self.cx.refuse(by, format!("{target} {why}"));
            self.cx.mark(Mark::TransferAborted);
        }
    }
}
