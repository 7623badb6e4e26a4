//! One process of the ring.

use std::fmt;

use serde::{Deserialize, Serialize};
use sim_node::{Class, Context, Never, Node, NodeId, Role, Stable};

/// What all processes of a ring share.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who is called what.
    pub identifiers: Identifiers,
    /// Who begins at its start; the others wait for a request or for a message.
    pub initiators: Initiators,
    /// Whether the leader tells the others.
    pub announce: bool,
}

/// Where identifiers come from.
#[derive(Clone, Debug)]
pub enum Identifiers {
    /// One for each node, by its number. They should be distinct; the algorithm relies on it.
    Given(Vec<Identifier>),
    /// Each process draws its own at its first start and keeps it on disk. Distinct for sure, and
    /// in an order that is as good as uniform.
    Drawn,
}

/// Who begins an election without being asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Initiators {
    /// Everybody.
    #[default]
    All,
    /// These nodes, or nobody.
    Only(Vec<u32>),
}

/// By what a process is told apart and compared; not its place on the ring.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Identifier(pub u64);

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What goes around the ring.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Message {
    /// The highest identifier met so far on this way.
    Election(Identifier),
    /// The leader's identifier, on its round of announcement.
    Elected(Identifier),
}

impl sim_node::Message for Message {
    const KINDS: &'static [(&'static str, Class)] =
        &[("Election", Class::Protocol), ("Elected", Class::Protocol)];

    fn kind(&self) -> usize {
        match self {
            Self::Election(_) => 0,
            Self::Elected(_) => 1,
        }
    }
}

/// The algorithm waits for nothing, so it has no timers.
pub type Timer = Never;

/// What a workload may ask of a process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Request {
    /// Begin an election, unless this process takes part in one already.
    Elect,
}

/// What a process tells the layer above.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Indication {
    /// This process is the leader; its identifier.
    Elected(Identifier),
    /// The leader's identifier, as announced.
    Follows(Identifier),
}

/// What a process keeps: the identifier that it drew, if it drew one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Kept(pub Option<Identifier>);

/// The only record there is: the identifier drawn at the first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Record(pub Identifier);

impl Stable for Kept {
    type Record = Record;
    fn apply(&mut self, record: &Record) {
        self.0 = Some(record.0);
    }
}

/// A process of the ring.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Process {
    /// Its own identifier, the same in every incarnation.
    identifier: Identifier,
    /// Whether it has sent its own identifier or passed on another. From then on it never sends
    /// its own, so its own comes home at most once.
    participant: bool,
    /// The leader, once known; its own identifier once that came home.
    leader: Option<Identifier>,
}

impl Process {
    /// Its identifier.
    #[must_use]
    pub fn identifier(&self) -> Identifier {
        self.identifier
    }

    /// Whether it has been elected.
    #[must_use]
    pub fn is_elected(&self) -> bool {
        self.leader == Some(self.identifier)
    }

    /// The identifier of the leader, once it knows.
    #[must_use]
    pub fn leader(&self) -> Option<Identifier> {
        self.leader
    }
}

impl Node for Process {
    type Config = Config;
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Indication = Indication;
    type Stable = Kept;

    fn start(kept: &Kept, cx: &mut Context<'_, Self>) -> Self {
        let identifier = identifier(*kept, cx);
        let mut process = Self { identifier, participant: false, leader: None };
        let begins = match &cx.config().initiators {
            Initiators::All => true,
            Initiators::Only(some) => some.contains(&cx.id().number()),
        };
        if begins {
            process.join(cx);
        }
        process
    }

    fn on_message(&mut self, _from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            Message::Election(other) if other > self.identifier => {
                self.participant = true;
                cx.send(successor(cx), Message::Election(other));
            }
            // A lower one can never win; whoever sleeps wakes up and runs in its place.
            Message::Election(other) if other < self.identifier => self.join(cx),
            Message::Election(_) => self.win(cx),
            // The announcement is home.
            Message::Elected(leader) if leader == self.identifier => {}
            Message::Elected(leader) => self.follow(leader, cx),
        }
    }

    fn on_timer(&mut self, timer: Timer, _: &mut Context<'_, Self>) {
        match timer {}
    }

    fn on_request(&mut self, Request::Elect: Request, cx: &mut Context<'_, Self>) {
        self.join(cx);
    }

    fn role(&self) -> Option<Role> {
        if self.is_elected() {
            return Some(Role::leader(self.identifier.0));
        }
        let undecided = self.participant && self.leader.is_none();
        undecided.then(|| Role::new(super::ChangRoberts::CANDIDATE, self.identifier.0))
    }
}

impl Process {
    /// Sends the own identifier around, once.
    fn join(&mut self, cx: &mut Context<'_, Self>) {
        if !self.participant {
            self.participant = true;
            cx.send(successor(cx), Message::Election(self.identifier));
        }
    }

    /// The own identifier passed everybody, so it is the highest.
    fn win(&mut self, cx: &mut Context<'_, Self>) {
        self.participant = true;
        self.leader = Some(self.identifier);
        cx.mark(super::ChangRoberts::ELECTED);
        cx.indicate(Indication::Elected(self.identifier));
        if cx.config().announce {
            cx.send(successor(cx), Message::Elected(self.identifier));
        }
    }

    fn follow(&mut self, leader: Identifier, cx: &mut Context<'_, Self>) {
        self.leader = Some(leader);
        cx.indicate(Indication::Follows(leader));
        cx.send(successor(cx), Message::Elected(leader));
    }
}

/// The identifier of this process: given, kept from its first start, or drawn and kept.
fn identifier(kept: Kept, cx: &mut Context<'_, Process>) -> Identifier {
    let given = match &cx.config().identifiers {
        Identifiers::Given(identifiers) => identifiers.get(cx.id().index()).copied(),
        Identifiers::Drawn => None,
    };
    if let Some(identifier) = given.or(kept.0) {
        return identifier;
    }
    // The high part gives the order, the low part makes it unique whatever was drawn.
    let drawn = cx.choose(1 << 32);
    let identifier = Identifier(drawn << 32 | u64::from(cx.id().number()));
    cx.write(Record(identifier));
    cx.barrier();
    identifier
}

/// The next process on the ring, the only one that this one can send to.
fn successor(cx: &Context<'_, Process>) -> NodeId {
    NodeId::new((cx.id().number() + 1) % cx.servers())
}
