//! One process of the ring.

use serde::{Deserialize, Serialize};
use sim_node::{Context, Never, Node, NodeId, Role};

use super::Settings;
use crate::ring::{self, Request, successor};

/// What an active process sends around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Token {
    /// The round for which the identity was drawn; 0 in all, when rounds are left out.
    pub round: u32,
    /// The identity.
    pub identity: u32,
    /// How many hops it has gone when it arrives.
    pub hops: u32,
    /// Whether no process on its way had the same.
    pub unique: bool,
}

/// What goes around the ring.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sim_node::Message,
)]
pub enum Message {
    /// An identity on its way.
    Token(Token),
    /// Somebody is elected.
    Elected,
}

/// What a process tells the layer above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Indication {
    /// This process is the leader.
    Elected,
    /// Another one is.
    Follows,
}

/// What a process does on the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Part {
    /// It has not begun.
    Asleep,
    /// It has drawn this identity for this round.
    Active {
        /// The round.
        round: u32,
        /// The identity.
        identity: u32,
    },
    /// It passes everything on.
    Passive,
    /// It is elected.
    Leader,
}

/// A process of the ring.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Process {
    /// What it does.
    part: Part,
    /// Whether it knows that somebody is elected.
    informed: bool,
}

impl Process {
    /// What it does on the ring.
    #[must_use]
    pub fn part(&self) -> Part {
        self.part
    }

    /// Whether it has been elected.
    #[must_use]
    pub fn is_elected(&self) -> bool {
        self.part == Part::Leader
    }

    /// Whether it knows that somebody is elected.
    #[must_use]
    pub fn knows_leader(&self) -> bool {
        self.informed
    }
}

impl Node for Process {
    type Config = Settings;
    type Message = Message;
    type Timer = Never;
    type Request = Request;
    type Indication = Indication;
    type Stable = ();

    fn start((): &(), cx: &mut Context<'_, Self>) -> Self {
        let mut process = Self { part: Part::Asleep, informed: false };
        if cx.config().initiators.include(cx.id()) {
            process.draw(0, cx);
        }
        process
    }

    fn on_message(&mut self, _from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            Message::Token(token) => self.take(token, cx),
            // The announcement is home, or somebody else's.
            Message::Elected if self.informed => {}
            Message::Elected => {
                self.informed = true;
                cx.indicate(Indication::Follows);
                cx.send(successor(cx), Message::Elected);
            }
        }
    }

    fn on_request(&mut self, Request::Elect: Request, cx: &mut Context<'_, Self>) {
        ring::tell(self.part != Part::Asleep, cx);
        if self.part == Part::Asleep {
            self.draw(0, cx);
        }
    }

    fn role(&self) -> Option<Role> {
        match self.part {
            Part::Leader => Some(Role::leader(0)),
            Part::Active { round, .. } if !self.informed => {
                Some(Role::new(ring::CANDIDATE, u64::from(round)))
            }
            _ => None,
        }
    }

    fn check(&self, config: &Settings) {
        if let Part::Active { round, identity } = self.part {
            assert!(identity >= 1 && identity <= config.identities(), "identities are 1 to k");
            assert!(config.rounds || round == 0, "without rounds they are not counted");
        }
        assert!(self.informed || !self.is_elected(), "a leader knows");
    }
}

impl Process {
    /// Draws an identity for a round and sends it around.
    fn draw(&mut self, round: u32, cx: &mut Context<'_, Self>) {
        let drawn = cx.choose(u64::from(cx.config().identities())) + 1;
        let identity = u32::try_from(drawn).expect("one of a number of 32 bits");
        self.part = Part::Active { round, identity };
        pass(Token { round, identity, hops: 0, unique: true }, cx);
    }

    fn take(&mut self, token: Token, cx: &mut Context<'_, Self>) {
        let Part::Active { round, identity } = self.part else {
            // What still reaches the leader is of no use to anybody, nor is what is home here.
            if self.part != Part::Leader {
                self.part = Part::Passive;
                if token.hops < cx.config().size() {
                    pass(token, cx);
                }
            }
            return;
        };
        let (theirs, own) = ((token.round, token.identity), (round, identity));
        // Behind; or the second copy of an own one, the first of which came home long ago.
        if token.round < round {
            return;
        }
        if token.hops == cx.config().size() {
            match token.unique {
                true => self.win(cx),
                false => self.draw(round + u32::from(cx.config().rounds), cx),
            }
        } else if theirs == own {
            pass(Token { unique: false, ..token }, cx);
        } else if theirs > own {
            self.part = Part::Passive;
            pass(token, cx);
        }
    }

    /// The own token passed everybody, and nobody had the same.
    fn win(&mut self, cx: &mut Context<'_, Self>) {
        self.part = Part::Leader;
        self.informed = true;
        cx.mark(ring::ELECTED);
        cx.indicate(Indication::Elected);
        if cx.config().announce {
            cx.send(successor(cx), Message::Elected);
        }
    }
}

/// Sends a token on, one hop further.
fn pass(token: Token, cx: &mut Context<'_, Process>) {
    let hops = token.hops.saturating_add(1);
    cx.send(successor(cx), Message::Token(Token { hops, ..token }));
}
