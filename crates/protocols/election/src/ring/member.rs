//! [`Member`]: who a process is and whom it knows to lead, and what every algorithm does with that.

use serde::Serialize;
use sim_node::{Context, Node, Role};

use super::{
    CANDIDATE, Codes, ELECTED, Identifier, Indication, Kept, Named, Ring, RingElection, successor,
};

/// A process with an identifier, as its algorithm sets it apart from those of other algorithms.
pub trait Contender: Node<Stable = Kept, Indication = Indication> {
    /// The codes of its claims.
    const CODES: Codes;
    /// Where they are claimed.
    const PAPER: &'static str;

    /// The ring that all processes share.
    fn ring(config: &Self::Config) -> &Ring;
    /// Who it is, and whom it knows to lead.
    fn member(&self) -> &Member;
    /// The message by which a leader is announced.
    fn elected(leader: Identifier) -> Self::Message;
}

/// Who a process is, and whom it knows to lead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Member {
    /// Its own identifier, the same in every incarnation.
    identifier: Identifier,
    /// The leader, once known; its own identifier once it is elected.
    leader: Option<Identifier>,
}

impl Member {
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

    /// A process at its start, and whether it is to begin an election at once.
    pub(crate) fn start<N: Contender>(kept: Kept, cx: &mut Context<'_, N>) -> (Self, bool) {
        let ring = N::ring(cx.config());
        let identifier = Identifier::own(ring, kept, cx);
        (Self { identifier, leader: None }, ring.initiators.include(cx.id()))
    }

    /// It is elected, and announces that.
    pub(crate) fn win<N: Contender>(&mut self, cx: &mut Context<'_, N>) {
        self.leader = Some(self.identifier);
        cx.mark(ELECTED);
        cx.indicate(Indication::Elected(self.identifier));
        if N::ring(cx.config()).announce {
            cx.send(successor(cx), N::elected(self.identifier));
        }
    }

    /// An announcement: news to be passed on, unless it is home, or was here before.
    pub(crate) fn follow<N: Contender>(&mut self, leader: Identifier, cx: &mut Context<'_, N>) {
        if leader == self.identifier || self.leader == Some(leader) {
            return;
        }
        self.leader = Some(leader);
        cx.indicate(Indication::Follows(leader));
        cx.send(successor(cx), N::elected(leader));
    }

    /// The role of a process: the leader, or one that takes part and is undecided.
    pub(crate) fn role(&self, takes_part: bool) -> Option<Role> {
        if self.is_elected() {
            return Some(Role::leader(self.identifier.0));
        }
        (takes_part && self.leader.is_none()).then(|| Role::new(CANDIDATE, self.identifier.0))
    }
}

impl<N: Contender> RingElection for N {
    const CODES: Codes = N::CODES;
    const PAPER: &'static str = N::PAPER;

    fn announces(config: &N::Config) -> bool {
        N::ring(config).announce
    }

    fn is_elected(&self) -> bool {
        self.member().is_elected()
    }

    fn knows_leader(&self) -> bool {
        self.member().leader().is_some()
    }

    fn identifier(&self) -> Option<Identifier> {
        Some(self.member().identifier())
    }

    fn named(indication: &Indication) -> Named {
        match *indication {
            Indication::Elected(leader) => Named { elected: true, leader: Some(leader) },
            Indication::Follows(leader) => Named { elected: false, leader: Some(leader) },
        }
    }
}
