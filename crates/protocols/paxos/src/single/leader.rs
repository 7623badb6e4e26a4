//! The distinguished proposer (section 2.4): the process that an [`Omega`] trusts.

use failure_detectors::{Heartbeat, Omega, OmegaConfig, Trust};
use sim_node::{Context, Indications, Layer, Never, Node, NodeId};

use super::message::Mark;
use super::{Config, Message, Process, Record, Timer};

/// The layer that chooses the distinguished proposer.
#[derive(Debug)]
pub enum Leadership {}

impl Layer<Process> for Leadership {
    type Inner = Omega;

    fn config(config: &Config) -> &OmegaConfig {
        config.leader.as_ref().expect("the layer is only there with a configuration")
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

impl Process {
    pub(super) fn on_heartbeat(
        &mut self,
        from: NodeId,
        heartbeat: Heartbeat,
        cx: &mut Context<'_, Self>,
    ) {
        if let Some(omega) = &mut self.omega {
            let indications = cx.layer::<Leadership>(|cx| omega.on_message(from, heartbeat, cx));
            self.on_trust(&indications, cx);
        }
    }

    pub(super) fn on_detector_timer(
        &mut self,
        timer: failure_detectors::Timer,
        cx: &mut Context<'_, Self>,
    ) {
        if let Some(omega) = &mut self.omega {
            let indications = cx.layer::<Leadership>(|cx| omega.on_timer(timer, cx));
            self.on_trust(&indications, cx);
        }
    }

    /// If Omega trusts another process from now on, only that one proposes.
    fn on_trust(&mut self, indications: &Indications<Omega>, cx: &mut Context<'_, Self>) {
        match indications.last() {
            None => {}
            Some(Trust(trusted)) if *trusted == self.id => {
                cx.mark(Mark::TrustsItself);
                self.pursue(cx);
            }
            Some(Trust(_)) => {
                self.give_up(cx);
                self.hand_over(true, cx);
            }
        }
    }

    /// Whether it may issue proposals now.
    pub(super) fn leads(&self) -> bool {
        self.omega.as_ref().is_none_or(|omega| omega.trusted() == self.id)
    }

    /// Hands its own value to the process that it trusts. At the start it does not if that process
    /// has a value itself.
    pub(super) fn hand_over(&self, always: bool, cx: &mut Context<'_, Self>) {
        if let (Some(omega), Some(value)) = (&self.omega, self.own()) {
            let trusted = omega.trusted();
            let is_needed = always || cx.config().start_value(trusted).is_none();
            if trusted != self.id && self.learned().is_none() && is_needed {
                cx.send(trusted, Message::Forward(value));
            }
        }
    }
}
