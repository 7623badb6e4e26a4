//! One process of the ring.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sim_node::{Class, Context, Never, Node, NodeId, Role};

use crate::ring::{self, Identifier, Indication, Kept, Request, Ring, successor};

/// What all processes share.
#[derive(Clone, Debug)]
pub struct Config {
    /// The ring.
    pub ring: Ring,
    /// Which of Peterson's algorithms.
    pub algorithm: Algorithm,
    /// Whether messages carry their place in the order.
    pub numbered: bool,
}

/// Which of Peterson's algorithms.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Algorithm {
    /// Two messages a phase, which leaves at most half: `2n log2 n + O(n)`.
    #[default]
    Basic,
    /// One message a step: `1.44 n log2 n + O(n)`.
    Improved,
}

/// What goes around the ring.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Message {
    /// A candidate, and which of the messages of its link it is, if they are numbered.
    Candidate(Identifier, Option<u32>),
    /// The leader's identifier, on its round of announcement.
    Elected(Identifier),
}

impl sim_node::Message for Message {
    const KINDS: &'static [(&'static str, Class)] =
        &[("Candidate", Class::Protocol), ("Elected", Class::Protocol)];

    fn kind(&self) -> usize {
        match self {
            Self::Candidate(..) => 0,
            Self::Elected(_) => 1,
        }
    }
}

/// The algorithm waits for nothing, so it has no timers.
pub type Timer = Never;

/// What a process does on the ring.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Part {
    /// It has not begun.
    Asleep,
    /// It compares candidates.
    Active(Active),
    /// It passes everything on.
    Relay,
}

/// A process that compares candidates.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Active {
    /// Its candidate (`tid`), at least its own identifier.
    pub candidate: Identifier,
    /// The candidate of the active process before it (`ntid`), in the second half of a phase.
    pub nearer: Option<Identifier>,
    /// How many messages it has compared: the number of the one that it waits for.
    pub step: u32,
    /// Numbered messages that came too early, by number, all above `step`.
    pub early: BTreeMap<u32, Identifier>,
}

/// A process of the ring.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Process {
    /// Its own identifier, the same in every incarnation.
    identifier: Identifier,
    /// What it does.
    part: Part,
    /// The leader, once known; its own identifier once it is elected.
    leader: Option<Identifier>,
}

impl Process {
    /// Its identifier.
    #[must_use]
    pub fn identifier(&self) -> Identifier {
        self.identifier
    }

    /// What it does on the ring.
    #[must_use]
    pub fn part(&self) -> &Part {
        &self.part
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
        let ring = &cx.config().ring;
        let identifier = ring.identifiers.own(*kept, cx);
        let mut process = Self { identifier, part: Part::Asleep, leader: None };
        if ring.initiators.include(cx.id()) {
            process.join(cx);
        }
        process
    }

    fn on_message(&mut self, _from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            // What is still under way when all is over.
            Message::Candidate(..) if self.is_elected() => {}
            Message::Candidate(candidate, number) => self.hear(candidate, number, cx),
            // The announcement is home.
            Message::Elected(_) if self.leader.is_some() => {}
            Message::Elected(leader) => self.found(leader, cx),
        }
    }

    fn on_timer(&mut self, timer: Timer, _: &mut Context<'_, Self>) {
        match timer {}
    }

    fn on_request(&mut self, Request::Elect: Request, cx: &mut Context<'_, Self>) {
        self.join(cx);
    }

    fn role(&self) -> Option<Role> {
        ring::role(self.identifier, self.leader, matches!(self.part, Part::Active(_)))
    }

    fn check(&self, _: &Config) {
        let Part::Active(active) = &self.part else { return };
        assert!(active.candidate >= self.identifier, "candidates only rise");
        assert!(active.early.keys().all(|number| *number > active.step), "what is due is compared");
    }
}

impl Process {
    /// Becomes active, once.
    fn join(&mut self, cx: &mut Context<'_, Self>) {
        if self.part == Part::Asleep {
            let (candidate, early) = (self.identifier, BTreeMap::new());
            self.part = Part::Active(Active { candidate, nearer: None, step: 0, early });
            send(candidate, 0, cx);
        }
    }

    /// A candidate of the link: home, relayed, compared, or kept until it is due.
    fn hear(&mut self, candidate: Identifier, number: Option<u32>, cx: &mut Context<'_, Self>) {
        if candidate == self.identifier && cx.config().algorithm == Algorithm::Basic {
            return self.win(cx);
        }
        self.join(cx);
        let Part::Active(active) = &mut self.part else {
            return cx.send(successor(cx), Message::Candidate(candidate, number));
        };
        match number {
            Some(number) if number > active.step => {
                active.early.insert(number, candidate);
            }
            Some(number) if number < active.step => {}
            _ => self.compare(candidate, cx),
        }
    }

    /// Compares the candidate that is due, and those that came early and are due by now.
    fn compare(&mut self, candidate: Identifier, cx: &mut Context<'_, Self>) {
        let mut due = Some(candidate);
        while let Some(candidate) = due {
            let Part::Active(active) = &mut self.part else { return };
            let goes_on = match cx.config().algorithm {
                Algorithm::Basic => active.basic(candidate),
                // Nobody else is active: it passed everybody.
                Algorithm::Improved if candidate == active.candidate => {
                    return self.found(candidate, cx);
                }
                Algorithm::Improved => active.improved(candidate),
            };
            active.step += 1;
            let Some(next) = goes_on else { return self.give_up(cx) };
            send(next, active.step, cx);
            due = active.early.remove(&active.step);
        }
    }

    /// Relays from now on, what came early first.
    fn give_up(&mut self, cx: &mut Context<'_, Self>) {
        let Part::Active(active) = std::mem::replace(&mut self.part, Part::Relay) else { return };
        for (number, candidate) in active.early {
            send(candidate, number, cx);
        }
    }

    /// This identifier is the highest: its process is told on the way, and so are all others if
    /// the leader is announced.
    fn found(&mut self, highest: Identifier, cx: &mut Context<'_, Self>) {
        if highest == self.identifier {
            return self.win(cx);
        }
        if cx.config().ring.announce {
            self.leader = Some(highest);
            cx.indicate(Indication::Follows(highest));
        }
        cx.send(successor(cx), Message::Elected(highest));
    }

    /// The own identifier passed everybody, so it is the highest.
    fn win(&mut self, cx: &mut Context<'_, Self>) {
        self.leader = Some(self.identifier);
        cx.mark(ring::ELECTED);
        cx.indicate(Indication::Elected(self.identifier));
        if cx.config().ring.announce {
            cx.send(successor(cx), Message::Elected(self.identifier));
        }
    }
}

impl Active {
    /// The candidate to send next, or nothing when this process is to relay.
    fn basic(&mut self, candidate: Identifier) -> Option<Identifier> {
        let Some(nearer) = self.nearer.take() else {
            self.nearer = Some(candidate);
            return Some(self.candidate.max(candidate));
        };
        self.candidate = (nearer >= self.candidate.max(candidate)).then_some(nearer)?;
        Some(self.candidate)
    }

    /// As [`Active::basic`], of the improved algorithm.
    fn improved(&mut self, candidate: Identifier) -> Option<Identifier> {
        if self.step.is_multiple_of(2) {
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
