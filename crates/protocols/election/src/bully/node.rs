//! One process of the Bully algorithm.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sim_node::{Context, Names, Node, NodeId, Role};
use sim_protocol::Asks;

use super::{Elections, Mutant, Settings};

/// The messages between processes.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sim_node::Message,
)]
pub enum Message {
    /// To all higher processes: is any of you up?
    Election,
    /// To a lower process: I am up, and take over.
    Answer,
    /// To all lower processes: I am the coordinator.
    Coordinator,
    /// To the coordinator: are you still there?
    #[message(Heartbeat)]
    Ping,
    /// From the coordinator: I am still here.
    #[message(Heartbeat)]
    Pong,
}

/// What a process marks.
#[derive(Clone, Copy, Debug, Names)]
pub enum Mark {
    /// It becomes the coordinator.
    Elected,
    /// Its coordinator did not reply.
    Suspected,
}

/// The roles of a process.
#[derive(Clone, Copy, Debug, Names)]
pub enum Part {
    /// The coordinator of this algorithm.
    Leader,
    /// One that takes part in an election and is no coordinator.
    Candidate,
}

/// The timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Timer {
    /// Waits for an answer, and after an answer for a coordinator.
    Election,
    /// Waits for the reply to a ping, or for the time of the next one.
    Detector,
}

/// The requests to a process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Asks)]
pub enum Request {
    /// Begin an election, unless this process takes part in one already.
    Elect,
    /// Suspect this process until a message from it arrives.
    ///
    /// This begins no election.
    #[ask("Suspect(4)")]
    Suspect(NodeId),
}

/// The indications to the layer above.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Indication {
    /// This process is the coordinator now.
    Leader(NodeId),
}

/// The phase of a process in an election.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Phase {
    /// It takes part in no election.
    Settled,
    /// It has asked the higher processes, and none has answered yet.
    Asking,
    /// A higher process has answered; its declaration is due.
    Awaiting,
}

/// A process of the Bully algorithm; its identifier is its node number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Process {
    /// Its own identifier.
    id: NodeId,
    /// The coordinator that it names: itself or a higher process.
    leader: Option<NodeId>,
    /// Its phase in an election.
    phase: Phase,
    /// Whether a ping is out that was not replied to. Only while it is settled and follows.
    pinged: bool,
    /// The processes that a request told it to suspect, and from which no message has arrived
    /// since.
    suspected: BTreeSet<NodeId>,
}

impl Process {
    /// The coordinator that it names.
    #[must_use]
    pub fn leader(&self) -> Option<NodeId> {
        self.leader
    }

    /// Whether it is coordinator.
    #[must_use]
    pub fn is_coordinator(&self) -> bool {
        self.leader == Some(self.id)
    }

    /// Its phase in an election.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }
}

impl Node for Process {
    type Config = Settings;
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Indication = Indication;
    type Stable = ();

    fn start((): &(), cx: &mut Context<'_, Self>) -> Self {
        let mut process = Self {
            id: cx.id(),
            leader: None,
            phase: Phase::Settled,
            pinged: false,
            suspected: BTreeSet::new(),
        };
        if cx.config().elections == Elections::OnSuspicion {
            process.elect(cx);
        }
        process
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        self.suspected.remove(&from);
        match (message, self.phase) {
            (Message::Election, phase) => {
                cx.send(from, Message::Answer);
                if phase == Phase::Settled {
                    self.elect(cx);
                }
            }
            (Message::Answer, Phase::Asking) => {
                self.phase = Phase::Awaiting;
                cx.set_timer(Timer::Election, cx.config().patience());
            }
            // A second answer, or one that comes after the declaration.
            (Message::Answer, Phase::Awaiting | Phase::Settled) => {}
            (Message::Coordinator, _) if from > self.id => self.follow(from, cx),
            // A lower process declared itself. Bully it, unless that is under way.
            (Message::Coordinator, Phase::Settled) => self.elect(cx),
            (Message::Coordinator, Phase::Asking | Phase::Awaiting) => {}
            (Message::Ping, _) if self.is_coordinator() => cx.send(from, Message::Pong),
            // The silence tells the follower that it follows the wrong one.
            (Message::Ping, _) => {}
            (Message::Pong, _) if self.pinged && self.leader == Some(from) => {
                self.pinged = false;
                cx.set_timer(Timer::Detector, cx.config().period);
            }
            // A reply to an earlier incarnation, or of a coordinator that was followed before.
            (Message::Pong, _) => {}
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>) {
        match (timer, self.phase) {
            (Timer::Election, Phase::Asking) => self.win(cx),
            // The process that answered has crashed.
            (Timer::Election, Phase::Awaiting) => self.elect(cx),
            (Timer::Detector, Phase::Settled) if self.pinged => self.suspect(cx),
            (Timer::Detector, Phase::Settled) => self.ping(cx),
            (Timer::Election, Phase::Settled)
            | (Timer::Detector, Phase::Asking | Phase::Awaiting) => {
                unreachable!("{timer:?} is cancelled when a process becomes {:?}", self.phase)
            }
        }
    }

    fn on_request(&mut self, request: Request, cx: &mut Context<'_, Self>) {
        match request {
            Request::Elect if self.phase == Phase::Settled => {
                cx.done(cx.request());
                self.elect(cx);
            }
            Request::Elect => cx.refuse(cx.request(), "it takes part in an election already"),
            Request::Suspect(process) => {
                cx.done(cx.request());
                self.suspected.insert(process);
            }
        }
    }

    fn role(&self) -> Option<Role> {
        let rank = u64::from(self.id.number());
        if self.is_coordinator() {
            return Some(Role::leader(rank));
        }
        (self.phase != Phase::Settled).then_some(Role::new(Part::Candidate.name(), rank))
    }

    fn check(&self, config: &Settings) {
        assert!(self.leader.is_none_or(|leader| leader >= self.id), "BL1: follows a lower process");
        let idle = self.phase == Phase::Settled && self.leader.is_none();
        assert!(!idle || config.elections == Elections::OnRequest, "BL3: waits for nothing");
        assert!(!self.pinged || self.phase == Phase::Settled, "pings while in an election");
    }
}

impl Process {
    /// Asks all higher processes, and waits for a round trip.
    fn elect(&mut self, cx: &mut Context<'_, Self>) {
        self.phase = Phase::Asking;
        self.pinged = false;
        cx.cancel_timer(Timer::Detector);
        for higher in self.id.number() + 1..cx.servers() {
            let higher = NodeId::new(higher);
            if cx.config().contact_suspected || !self.suspected.contains(&higher) {
                cx.send(higher, Message::Election);
            }
        }
        if cx.config().has(Mutant::NoWait) {
            self.win(cx);
            return;
        }
        cx.set_timer(Timer::Election, cx.config().round_trip());
    }

    /// No higher process answered: this is the highest live process.
    fn win(&mut self, cx: &mut Context<'_, Self>) {
        self.phase = Phase::Settled;
        if !self.is_coordinator() {
            cx.mark(Mark::Elected);
        }
        self.name(self.id, cx);
        for lower in (0..self.id.number()).map(NodeId::new) {
            cx.send(lower, Message::Coordinator);
        }
    }

    /// A higher process declared itself.
    fn follow(&mut self, coordinator: NodeId, cx: &mut Context<'_, Self>) {
        self.phase = Phase::Settled;
        self.name(coordinator, cx);
        cx.cancel_timer(Timer::Election);
        if cx.config().elections == Elections::OnSuspicion {
            self.ping(cx);
        }
    }

    fn name(&mut self, leader: NodeId, cx: &mut Context<'_, Self>) {
        if self.leader != Some(leader) {
            self.leader = Some(leader);
            cx.indicate(Indication::Leader(leader));
        }
    }

    /// Sends the coordinator a heartbeat, and waits for a round trip.
    fn ping(&mut self, cx: &mut Context<'_, Self>) {
        if let Some(leader) = self.leader {
            self.pinged = true;
            cx.send(leader, Message::Ping);
            cx.set_timer(Timer::Detector, cx.config().round_trip());
        }
    }

    /// The coordinator has crashed, or is not coordinator any more.
    fn suspect(&mut self, cx: &mut Context<'_, Self>) {
        self.leader = None;
        cx.mark(Mark::Suspected);
        self.elect(cx);
    }
}
