//! [`Process`]: a proposer, an acceptor and a learner, or some of these.

use failure_detectors::Omega;
use serde::{Deserialize, Serialize};
use sim_node::{Context, ImageError, Node, NodeId, Role};
use sim_protocol::Asks;

use super::message::RoleName;
use super::{
    Acceptor, Config, Disk, Leadership, Learner, Message, Phase, Proposal, Proposer, Value,
};

/// What a process can be asked for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Asks,
)]
pub enum Request {
    /// Propose this value; the first one stands.
    ///
    /// An acceptor that is no proposer does nothing.
    #[ask("Propose(10)")]
    Propose(Value),
}

/// What a process tells the layer above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Indication {
    /// As an acceptor it has accepted this, for good.
    Accepted(Proposal),
    /// As a learner it knows that this is chosen.
    Learned(Value),
}

/// What a process waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timer {
    /// A proposer's answers are overdue, or its backoff is over.
    Proposer,
    /// A learner has waited long enough.
    Ask,
    /// A timer of the failure detector.
    Detector(failure_detectors::Timer),
}

/// A process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Process {
    pub(super) id: NodeId,
    /// `None` at a proposer that is no acceptor.
    pub(super) acceptor: Option<Acceptor>,
    /// `None` at an acceptor that is no proposer.
    pub(super) proposer: Option<Proposer>,
    pub(super) learner: Learner,
    /// Chooses the process that proposes; `None` where all may.
    pub(super) omega: Option<Omega>,
}

impl Process {
    /// Its acceptor, when it is one.
    #[must_use]
    pub fn acceptor(&self) -> Option<Acceptor> {
        self.acceptor
    }

    /// Its proposer, when it is one.
    #[must_use]
    pub fn proposer(&self) -> Option<&Proposer> {
        self.proposer.as_ref()
    }

    /// Its learner.
    #[must_use]
    pub fn learner(&self) -> &Learner {
        &self.learner
    }

    /// What it has learned.
    #[must_use]
    pub fn learned(&self) -> Option<Value> {
        self.learner.learned()
    }

    /// The value that it wants chosen.
    #[must_use]
    pub fn own(&self) -> Option<Value> {
        self.proposer.as_ref()?.own.map(|own| own.value)
    }

    /// Whom it trusts to propose, where only one is to.
    #[must_use]
    pub fn trusted(&self) -> Option<NodeId> {
        self.omega.as_ref().map(Omega::trusted)
    }

    /// What is sent from here on waits until all writes are durable.
    pub(super) fn persist(cx: &mut Context<'_, Self>) {
        if cx.config().barrier {
            cx.barrier();
        }
    }
}

impl Node for Process {
    type Config = Config;
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Indication = Indication;
    type Stable = Disk;

    fn start(disk: &Disk, cx: &mut Context<'_, Self>) -> Self {
        let (id, config) = (cx.id(), cx.config());
        let omega = config.leader.is_some().then(|| {
            let (omega, _) = cx.layer_with::<Leadership, _>(|cx| Omega::start(&(), cx));
            omega
        });
        let mut process = Self {
            id,
            acceptor: config.is_acceptor(id).then(|| Acceptor::new(disk)),
            proposer: config.is_proposer(id).then(|| Proposer::new(disk, id, config)),
            learner: Learner::new(disk),
            omega,
        };
        if process.learned().is_none() {
            cx.set_timer(Timer::Ask, config.ask);
            process.hand_over(false, cx);
            process.pursue(cx);
        }
        process
    }

    fn check_image(image: &Disk, id: NodeId, config: &Config) -> Result<(), ImageError> {
        image.check(id, config)
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            // A process that has learned does not let the value be proposed again.
            Message::Prepare(_) | Message::Accept(_) | Message::Ask | Message::Forward(_)
                if self.learned().is_some() =>
            {
                self.answer(from, cx);
            }
            // Requests, which acceptors alone are sent.
            Message::Prepare(ballot) => {
                if let Some(acceptor) = &mut self.acceptor
                    && acceptor.on_prepare(from, ballot, cx)
                {
                    self.on_number(ballot, cx);
                }
            }
            Message::Accept(proposal) => {
                if let Some(acceptor) = &mut self.acceptor
                    && acceptor.on_accept(proposal, cx)
                {
                    self.on_number(proposal.ballot, cx);
                }
            }
            // What proposers alone are sent.
            Message::Promise { ballot, accepted } => {
                if let Some(proposer) = &mut self.proposer {
                    proposer.on_promise(from, ballot, accepted, cx);
                }
            }
            Message::Refuse(promised) => self.on_number(promised, cx),
            Message::Forward(value) => self.on_forward(value, cx),
            // What all are sent, as all are learners.
            Message::Accepted(proposal) => self.on_accepted(from, proposal, cx),
            Message::Learn(value) => self.learn(value, cx),
            Message::Ask => self.answer(from, cx),
            Message::Detector(heartbeat) => self.on_heartbeat(from, heartbeat, cx),
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>) {
        match timer {
            Timer::Proposer => {
                let proposer = self.proposer.as_mut().expect("proposers alone set this timer");
                proposer.on_timer(cx);
            }
            Timer::Ask => self.ask(cx),
            Timer::Detector(timer) => self.on_detector_timer(timer, cx),
        }
    }

    fn on_request(&mut self, request: Request, cx: &mut Context<'_, Self>) {
        match request {
            Request::Propose(value) => self.on_propose(value, cx),
        }
    }

    /// A leader has done phase 1; of several, the one with the greater number ranks higher.
    fn role(&self) -> Option<Role> {
        let phase = self.proposer.as_ref()?.phase();
        let rank = |ballot: &crate::Ballot| ballot.round << 16 | u64::from(self.id.number());
        match phase {
            Phase::Idle => None,
            Phase::BackingOff => Some(Role::new(RoleName::Proposer.name(), 0)),
            Phase::Preparing(ballot, _) => Some(Role::new(RoleName::Proposer.name(), rank(ballot))),
            Phase::Prepared(ballot) => Some(Role::leader(rank(ballot))),
            Phase::Accepting(proposal, _) => Some(Role::leader(rank(&proposal.ballot))),
        }
    }

    fn check(&self, config: &Config) {
        if let Some(Acceptor { promised, accepted }) = self.acceptor {
            let accepted = accepted.map(|proposal| proposal.ballot);
            assert!(promised >= accepted, "promised {promised:?}, accepted in {accepted:?}");
        }
        if let Some(proposer) = &self.proposer {
            proposer.check(config);
            let idle = *proposer.phase() == Phase::Idle;
            assert!(idle || self.learned().is_none(), "PX7: proposes, though it has learned");
            assert!(idle || self.leads(), "proposes, though another process is trusted");
        }
        if let (Some(omega), Some(leader)) = (&self.omega, &config.leader) {
            omega.check(leader);
        }
    }
}
