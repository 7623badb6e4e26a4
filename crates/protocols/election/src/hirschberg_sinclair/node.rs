//! One process of the ring.

use serde::{Deserialize, Serialize};
use sim_node::{Context, ImageError, Never, Node, NodeId, Role};

use crate::ring::{
    self, Identifier, Indication, Kept, Member, Request, Ring, predecessor, successor,
};

/// A side of a process. Tokens leave on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Side {
    /// Towards the next process.
    Clockwise,
    /// Towards the one before.
    Counterclockwise,
}

impl Side {
    fn opposite(self) -> Self {
        match self {
            Self::Clockwise => Self::Counterclockwise,
            Self::Counterclockwise => Self::Clockwise,
        }
    }

    fn neighbour(self, cx: &Context<'_, Process>) -> NodeId {
        match self {
            Self::Clockwise => successor(cx),
            Self::Counterclockwise => predecessor(cx),
        }
    }
}

/// What tells a token from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Token {
    /// The identifier of the candidate that sent it out.
    pub identifier: Identifier,
    /// The phase in which it did.
    pub phase: u32,
    /// The side of the candidate on which it left.
    pub side: Side,
}

/// What goes around the ring.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sim_node::Message,
)]
pub enum Message {
    /// A token on its way out, and how many hops it has still to go, this one included.
    Outbound(Token, u32),
    /// A token on its way back.
    Inbound(Token),
    /// The leader's identifier, on its round of announcement.
    Elected(Identifier),
}

/// A process that sends tokens of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Candidacy {
    /// The phase: tokens go to the distance `2^phase`.
    pub phase: u32,
    /// The side whose token is back. Once both are, the next phase begins.
    pub back: Option<Side>,
}

/// A process of the ring.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Process {
    /// Who it is, and whom it knows to lead.
    member: Member,
    /// Whether it has sent tokens of its own or passed on others. From then on it never begins.
    participant: bool,
    /// Its candidacy, if it began one. One that a higher process stopped stays in its phase.
    candidacy: Option<Candidacy>,
}

impl Process {
    /// Who it is, and whom it knows to lead.
    #[must_use]
    pub fn member(&self) -> &Member {
        &self.member
    }

    /// Its candidacy, if it began one.
    #[must_use]
    pub fn candidacy(&self) -> Option<Candidacy> {
        self.candidacy
    }
}

impl Node for Process {
    type Config = Ring;
    type Message = Message;
    type Timer = Never;
    type Request = Request;
    type Indication = Indication;
    type Stable = Kept;

    fn start(kept: &Kept, cx: &mut Context<'_, Self>) -> Self {
        let (member, begins) = Member::start(*kept, cx);
        let mut process = Self { member, participant: false, candidacy: None };
        if begins {
            process.join(cx);
        }
        process
    }

    fn on_message(&mut self, _from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        let own = self.member.identifier();
        match message {
            Message::Outbound(token, hops) if token.identifier > own => {
                self.pass(token, hops, cx);
            }
            // A lower one can never win; a process that sleeps wakes up and becomes a candidate.
            Message::Outbound(token, _) if token.identifier < own => self.join(cx),
            Message::Outbound(..) => self.win(cx),
            Message::Inbound(token) if token.identifier == own => self.back(token, cx),
            Message::Inbound(token) => {
                cx.send(token.side.opposite().neighbour(cx), Message::Inbound(token));
            }
            Message::Elected(leader) => self.member.follow(leader, cx),
        }
    }

    fn on_request(&mut self, Request::Elect: Request, cx: &mut Context<'_, Self>) {
        ring::tell(self.participant, cx);
        self.join(cx);
    }

    fn role(&self) -> Option<Role> {
        self.member.role(self.participant)
    }

    fn check_image(image: &Kept, _: NodeId, config: &Self::Config) -> Result<(), ImageError> {
        image.check_image(config)
    }

    fn check(&self, _: &Ring) {
        assert!(self.participant || self.candidacy.is_none(), "a candidate takes part");
    }
}

impl Process {
    /// Begins a candidacy, once.
    fn join(&mut self, cx: &mut Context<'_, Self>) {
        if !self.participant {
            self.participant = true;
            self.begin(0, cx);
        }
    }

    /// Sends a token to the distance of the phase, both ways.
    fn begin(&mut self, phase: u32, cx: &mut Context<'_, Self>) {
        self.candidacy = Some(Candidacy { phase, back: None });
        let distance = 1_u32.checked_shl(phase).unwrap_or(u32::MAX);
        for side in [Side::Clockwise, Side::Counterclockwise] {
            let token = Token { identifier: self.member.identifier(), phase, side };
            cx.send(side.neighbour(cx), Message::Outbound(token, distance));
        }
    }

    /// A higher token travels on, or turns back where its distance ends.
    fn pass(&mut self, token: Token, hops: u32, cx: &mut Context<'_, Self>) {
        self.participant = true;
        if hops > 1 {
            cx.send(token.side.neighbour(cx), Message::Outbound(token, hops - 1));
        } else {
            cx.send(token.side.opposite().neighbour(cx), Message::Inbound(token));
        }
    }

    /// A token of its own is back: with the other, nobody within this distance is higher.
    fn back(&mut self, token: Token, cx: &mut Context<'_, Self>) {
        let Some(candidacy) = &mut self.candidacy else { return };
        if candidacy.phase != token.phase {
            return;
        }
        match candidacy.back {
            None => candidacy.back = Some(token.side),
            Some(side) if side == token.side => {}
            Some(_) => self.begin(token.phase + 1, cx),
        }
    }

    /// A token of its own passed everybody, so its identifier is the highest. The other token of
    /// the phase comes home the same way, and changes nothing.
    fn win(&mut self, cx: &mut Context<'_, Self>) {
        if !self.member.is_elected() {
            self.participant = true;
            self.member.win(cx);
        }
    }
}
