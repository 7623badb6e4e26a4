//! One process of the ring.

use serde::{Deserialize, Serialize};
use sim_node::{Context, ImageError, Never, Node, NodeId, Role};

use super::Settings;
use crate::ring::{self, Identifier, Indication, Kept, Member, Request, successor};

/// A bug that textbooks had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sim_protocol::Mutant)]
#[non_exhaustive]
pub enum Mutant {
    /// No participant flag: a process that receives a lower identifier sends its own, again and
    /// again.
    #[mutant("CR-no-participant")]
    NoParticipant,
}

/// What goes around the ring.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sim_node::Message,
)]
pub enum Message {
    /// The highest identifier met so far on this way.
    Election(Identifier),
    /// The leader's identifier, on its round of announcement.
    Elected(Identifier),
}

/// A process of the ring.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Process {
    /// Who it is, and whom it knows to lead.
    member: Member,
    /// Whether it has sent its own identifier or passed on another. From then on it never sends
    /// its own, so its own comes home at most once.
    participant: bool,
}

impl Process {
    /// Who it is, and whom it knows to lead.
    #[must_use]
    pub fn member(&self) -> &Member {
        &self.member
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
        let mut process = Self { member, participant: false };
        if begins {
            process.join(cx);
        }
        process
    }

    fn on_message(&mut self, _from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        let own = self.member.identifier();
        match message {
            Message::Election(other) if other > own => {
                self.participant = true;
                cx.send(successor(cx), Message::Election(other));
            }
            // A lower one can never win; a process that sleeps wakes up and becomes a candidate.
            Message::Election(other) if other < own => self.join(cx),
            Message::Election(_) => self.win(cx),
            Message::Elected(leader) => self.member.follow(leader, cx),
        }
    }

    fn on_request(&mut self, Request::Elect: Request, cx: &mut Context<'_, Self>) {
        ring::tell(self.participant && !cx.config().has(Mutant::NoParticipant), cx);
        self.join(cx);
    }

    fn role(&self) -> Option<Role> {
        self.member.role(self.participant)
    }

    fn check_image(image: &Kept, _: NodeId, config: &Self::Config) -> Result<(), ImageError> {
        image.check_image(&config.ring)
    }
}

impl Process {
    /// Sends the own identifier around, once.
    fn join(&mut self, cx: &mut Context<'_, Self>) {
        if !self.participant || cx.config().has(Mutant::NoParticipant) {
            self.participant = true;
            cx.send(successor(cx), Message::Election(self.member.identifier()));
        }
    }

    /// The own identifier passed everybody, so it is the highest.
    fn win(&mut self, cx: &mut Context<'_, Self>) {
        self.participant = true;
        self.member.win(cx);
    }
}
