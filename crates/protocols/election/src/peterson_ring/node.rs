//! One process of the ring.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sim_node::{Context, ImageError, Never, Node, NodeId, Role};

use super::Settings;
use crate::ring::{self, Identifier, Indication, Kept, Member, Request, successor};

/// Which of Peterson's algorithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sim_protocol::SettingValue)]
pub enum Algorithm {
    /// Two messages a phase, which leaves at most half: `2n log2 n + O(n)`.
    Basic,
    /// One message a step: `1.44 n log2 n + O(n)`.
    Improved,
}

/// What goes around the ring.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sim_node::Message,
)]
pub enum Message {
    /// A candidate, and which of the messages of its link it is, if they are numbered.
    Candidate(Identifier, Option<u32>),
    /// The leader's identifier, on its round of announcement.
    Elected(Identifier),
}

/// How many candidates a process receives at most on any ring of fewer than 2^32 processes: two a
/// phase, of which there are at most `floor(log2 n)`, and one that is home. The improved algorithm
/// is content with fewer. A process that receives more knows that links duplicate messages, or
/// worse.
pub const CANDIDATES_MAX: u32 = 2 * (u32::BITS - 1) + 1;

/// What a process does on the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Part {
    /// It has not begun.
    Asleep,
    /// It compares candidates.
    Active(Active),
    /// It passes everything on.
    Relay,
}

/// A process that compares candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Active {
    /// Its candidate (`tid`), at least its own identifier.
    pub candidate: Identifier,
    /// The candidate of the active process before it (`ntid`), in the second half of a phase.
    pub nearer: Option<Identifier>,
}

/// A process of the ring.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Process {
    /// Who it is, and whom it knows to lead.
    member: Member,
    /// What it does.
    part: Part,
    /// How many candidates it has received: the number of the one that is due.
    received: u32,
    /// Numbered candidates that came too early, by number, all above `received`.
    early: BTreeMap<u32, Identifier>,
}

impl Process {
    /// Who it is, and whom it knows to lead.
    #[must_use]
    pub fn member(&self) -> &Member {
        &self.member
    }

    /// What it does on the ring.
    #[must_use]
    pub fn part(&self) -> Part {
        self.part
    }
}

impl Node for Process {
    type Config = Settings;
    type Message = Message;
    type Timer = Never;
    type Request = Request;
    type Indication = Indication;
    type Stable = Kept;

    fn start(kept: &Kept, cx: &mut Context<'_, Self>) -> Self {
        let (member, begins) = Member::start(*kept, cx);
        let mut process = Self { member, part: Part::Asleep, received: 0, early: BTreeMap::new() };
        if begins {
            process.join(cx);
        }
        process
    }

    fn on_message(&mut self, _from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            Message::Candidate(candidate, None) => self.take(candidate, cx),
            Message::Candidate(candidate, Some(number)) => self.sort(candidate, number, cx),
            // The announcement is home, or was here before.
            Message::Elected(_) if self.member.leader().is_some() => {}
            Message::Elected(leader) => self.found(leader, cx),
        }
    }

    fn on_request(&mut self, Request::Elect: Request, cx: &mut Context<'_, Self>) {
        ring::tell(self.part != Part::Asleep, cx);
        self.join(cx);
    }

    fn role(&self) -> Option<Role> {
        self.member.role(matches!(self.part, Part::Active(_)))
    }

    fn check_image(image: &Kept, _: NodeId, config: &Self::Config) -> Result<(), ImageError> {
        image.check_image(&config.ring)
    }

    fn check(&self, _: &Settings) {
        assert!(self.received <= CANDIDATES_MAX, "no ring sends more candidates");
        assert!(
            self.early.keys().all(|number| *number > self.received),
            "the candidate that is due is handled"
        );
        let Part::Active(active) = self.part else { return };
        assert!(active.candidate >= self.member.identifier(), "candidates only rise");
    }
}

impl Process {
    /// Becomes active, once.
    fn join(&mut self, cx: &mut Context<'_, Self>) {
        if self.part == Part::Asleep {
            let candidate = self.member.identifier();
            self.part = Part::Active(Active { candidate, nearer: None });
            send(candidate, 0, cx);
        }
    }

    /// Numbered candidates are handled in the order in which they were sent, and each once.
    fn sort(&mut self, candidate: Identifier, number: u32, cx: &mut Context<'_, Self>) {
        if number >= self.received {
            self.early.insert(number, candidate);
        }
        while let Some(due) = self.early.remove(&self.received) {
            self.take(due, cx);
        }
    }

    /// The next candidate of the link: home, compared or relayed.
    fn take(&mut self, candidate: Identifier, cx: &mut Context<'_, Self>) {
        let number = self.received;
        // Such a candidate goes around for ever when no active process is left, and in more copies
        // each time when links duplicate it.
        if number == CANDIDATES_MAX {
            return;
        }
        self.received += 1;
        // What is still under way when all is over.
        if self.member.is_elected() {
            return;
        }
        let algorithm = cx.config().algorithm;
        if candidate == self.member.identifier() && algorithm == Algorithm::Basic {
            return self.member.win(cx);
        }
        self.join(cx);
        let Part::Active(active) = &mut self.part else { return send(candidate, number, cx) };
        let goes_on = match algorithm {
            Algorithm::Basic => active.basic(candidate),
            // No other process is active: the candidate passed all of them.
            Algorithm::Improved if candidate == active.candidate => {
                return self.found(candidate, cx);
            }
            Algorithm::Improved => active.improved(candidate, number),
        };
        match goes_on {
            Some(next) => send(next, number + 1, cx),
            None => self.part = Part::Relay,
        }
    }

    /// This identifier is the highest: its process is told on the way, and so are all others if
    /// the leader is announced.
    fn found(&mut self, highest: Identifier, cx: &mut Context<'_, Self>) {
        if highest == self.member.identifier() {
            self.member.win(cx);
        } else if cx.config().ring.announce {
            self.member.follow(highest, cx);
        } else {
            cx.send(successor(cx), Message::Elected(highest));
        }
    }
}

impl Active {
    /// The candidate to send next, or nothing when this process becomes a relay.
    fn basic(&mut self, candidate: Identifier) -> Option<Identifier> {
        let Some(nearer) = self.nearer.take() else {
            self.nearer = Some(candidate);
            return Some(self.candidate.max(candidate));
        };
        self.candidate = (nearer >= self.candidate.max(candidate)).then_some(nearer)?;
        Some(self.candidate)
    }

    /// As [`Active::basic`], of the improved algorithm; steps count from 0.
    fn improved(&mut self, candidate: Identifier, step: u32) -> Option<Identifier> {
        if step.is_multiple_of(2) {
            return (self.candidate > candidate).then_some(self.candidate);
        }
        self.candidate = (candidate > self.candidate).then_some(candidate)?;
        Some(self.candidate)
    }
}

fn send(candidate: Identifier, number: u32, cx: &mut Context<'_, Process>) {
    let number = cx.config().numbered.then_some(number);
    cx.send(successor(cx), Message::Candidate(candidate, number));
}
