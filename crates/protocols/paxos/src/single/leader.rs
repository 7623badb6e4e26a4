//! The distinguished proposer (section 2.4): who it is, an [`Omega`] says.

use failure_detectors::{Heartbeat, Omega, OmegaConfig, Trust};
use sim_node::{Context, Indications, Layer, Never, Node, NodeId};

use super::message::Mark;
use super::{Config, Message, Process, Record, Timer};

/// The layer that says who is to propose.
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
    pub(super) fn hear_sign_of_life(
        &mut self,
        from: NodeId,
        heartbeat: Heartbeat,
        cx: &mut Context<'_, Self>,
    ) {
        let Some(omega) = &mut self.omega else { return };
        let told = cx.layer::<Leadership>(|cx| omega.on_message(from, heartbeat, cx));
        self.heed(&told, cx);
    }

    pub(super) fn watch(&mut self, timer: failure_detectors::Timer, cx: &mut Context<'_, Self>) {
        let Some(omega) = &mut self.omega else { return };
        let told = cx.layer::<Leadership>(|cx| omega.on_timer(timer, cx));
        self.heed(&told, cx);
    }

    /// Somebody else is trusted from now on.
    fn heed(&mut self, told: &Indications<Omega>, cx: &mut Context<'_, Self>) {
        let Some(Trust(trusted)) = told.last() else { return };
        if *trusted == self.id {
            cx.mark(Mark::TrustsItself);
            self.pursue(cx);
        } else {
            self.give_up(cx);
            self.hand_over(true, cx);
        }
    }

    /// Whether it may issue proposals now.
    pub(super) fn leads(&self) -> bool {
        self.omega.as_ref().is_none_or(|omega| omega.trusted() == self.id)
    }

    /// Hands its own value to the process that it trusts. At the start this is left out where that
    /// process has a value itself.
    pub(super) fn hand_over(&self, always: bool, cx: &mut Context<'_, Self>) {
        let (Some(omega), Some(value)) = (&self.omega, self.own()) else { return };
        let trusted = omega.trusted();
        let needed = always || cx.config().start_value(trusted).is_none();
        if trusted != self.id && self.learned().is_none() && needed {
            cx.send(trusted, Message::Forward(value));
        }
    }
}
