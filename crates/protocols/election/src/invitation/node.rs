//! One process of the invitation algorithm.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sim_node::{Context, ImageError, Node, NodeId, Role, Stable};

use super::{Group, Indication, Mark, Message, Part, Request, Settings, Timer};

/// What a process keeps: the number of the last group that it founded.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Counter(pub u64);

/// The only record there is: the number of a group that is about to be founded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Record(pub u64);

impl Stable for Counter {
    type Record = Record;

    fn apply(&mut self, record: &Record) {
        self.0 = self.0.max(record.0);
    }
}

/// What a process is doing. In all stages but two it is in a group that is ready (the paper's state
/// *Normal*).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Stage {
    /// A coordinator, until its next check.
    Coordinating,
    /// A coordinator that has asked for others; those that said yes so far.
    Checking(BTreeSet<NodeId>),
    /// A coordinator that found these, and leaves it to higher ones for a while to merge them.
    Delaying(BTreeSet<NodeId>),
    /// A coordinator that has invited others into a new group (the paper's *Election*).
    Merging,
    /// A process that has accepted an invitation (the paper's *Reorganization*).
    Joining,
    /// A member, until its next question.
    Following,
    /// A member that has asked its coordinator.
    Asking,
}

/// A process of the invitation algorithm; its priority is its node number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Process {
    /// Its own number.
    id: NodeId,
    /// The number of the last group that it founded.
    counter: u64,
    /// What it is doing, and what its timer is set for.
    stage: Stage,
    /// The group that it is in, is founding or has accepted.
    group: Group,
    /// Who coordinates that.
    coordinator: NodeId,
    /// Who has accepted (the paper's `Up`); of a coordinator only, and without itself.
    up: BTreeSet<NodeId>,
    /// Who is in the group, as the coordinator has said; of no interest until the group is ready.
    view: BTreeSet<NodeId>,
}

impl Process {
    /// The group that it is in, is founding or has accepted.
    #[must_use]
    pub fn group(&self) -> Group {
        self.group
    }

    /// The coordinator of that group.
    #[must_use]
    pub fn coordinator(&self) -> NodeId {
        self.coordinator
    }

    /// Who is in the group, as far as it is ready.
    #[must_use]
    pub fn view(&self) -> Option<&BTreeSet<NodeId>> {
        self.is_ready().then_some(&self.view)
    }

    /// What it is doing.
    #[must_use]
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Whether its group is ready.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !matches!(self.stage, Stage::Merging | Stage::Joining)
    }

    /// Whether it coordinates a group that is ready.
    #[must_use]
    pub fn is_coordinator(&self) -> bool {
        self.is_ready() && self.coordinator == self.id
    }
}

impl Node for Process {
    type Config = Settings;
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Indication = Indication;
    type Stable = Counter;

    fn start(kept: &Counter, cx: &mut Context<'_, Self>) -> Self {
        let mut process = Self {
            id: cx.id(),
            counter: kept.0,
            stage: Stage::Coordinating,
            group: Group { founder: cx.id(), number: kept.0 },
            coordinator: cx.id(),
            up: BTreeSet::new(),
            view: BTreeSet::new(),
        };
        process.recover(cx);
        process
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            Message::AreYouCoordinator { group } => {
                let yes = self.is_coordinator();
                cx.send(from, Message::Coordinator { group, yes });
            }
            Message::Coordinator { group, yes } => match &mut self.stage {
                Stage::Checking(found) if yes && group == self.group => {
                    found.insert(from);
                }
                _ => {}
            },
            Message::AreYouThere { group } => {
                let own = group == self.group && self.coordinator == self.id;
                let yes = own && self.up.contains(&from);
                cx.send(from, Message::There { group, yes });
            }
            Message::There { group, yes } if group == self.group => match (&self.stage, yes) {
                (Stage::Asking, true) => self.follow(cx),
                (Stage::Asking, false) => self.leave(cx),
                // The second copy of an answer, or one that was waited for no longer.
                _ => {}
            },
            Message::Invitation { group, coordinator } if self.may_join(group, coordinator) => {
                self.join(group, coordinator, cx);
            }
            Message::Accept { group } if self.stage == Stage::Merging && group == self.group => {
                self.up.insert(from);
            }
            Message::Ready { group, view } if group == self.group => {
                if self.stage == Stage::Joining {
                    self.enter(view, cx);
                    self.follow(cx);
                }
            }
            // Of a group that this process has left, or too late for it.
            Message::There { .. }
            | Message::Invitation { .. }
            | Message::Accept { .. }
            | Message::Ready { .. } => {}
        }
    }

    fn on_timer(&mut self, Timer: Timer, cx: &mut Context<'_, Self>) {
        match std::mem::replace(&mut self.stage, Stage::Coordinating) {
            Stage::Coordinating => self.check_others(cx),
            Stage::Checking(found) => self.wait_for_higher(found, cx),
            Stage::Delaying(found) => self.merge(&found, cx),
            Stage::Merging => self.make_ready(cx),
            Stage::Following => self.ask(cx),
            Stage::Joining | Stage::Asking => self.leave(cx),
        }
    }

    fn on_request(&mut self, Request::Check: Request, cx: &mut Context<'_, Self>) {
        if self.stage == Stage::Coordinating {
            cx.done(cx.request());
            self.check_others(cx);
        } else if self.is_coordinator() {
            cx.refuse(cx.request(), "the coordinator has something else to do");
        } else {
            cx.refuse(cx.request(), "it is no coordinator");
        }
    }

    fn role(&self) -> Option<Role> {
        let rank = u64::from(self.id.number());
        match self.stage {
            Stage::Merging => Some(Role::new(Part::Candidate.name(), rank)),
            // Of several coordinators, the one of the largest group.
            _ if self.is_coordinator() => {
                Some(Role::leader(((self.view.len() as u64) << 32) | rank))
            }
            _ => None,
        }
    }

    fn check_image(image: &Counter, _: NodeId, _: &Settings) -> Result<(), ImageError> {
        let checked = ImageError::check_counter("", image.0);
        checked.map_err(|error| ImageError::new(error.message))
    }

    fn check(&self, _: &Settings) {
        let coordinates = self.coordinator == self.id;
        let follows = matches!(self.stage, Stage::Joining | Stage::Following | Stage::Asking);
        assert_ne!(coordinates, follows, "IV1: coordinates exactly the groups that it founded");
        assert_eq!(coordinates, self.group.founder == self.id, "IV1: a founder coordinates");
        assert!(coordinates || self.up.is_empty(), "only a coordinator knows who has accepted");
        let member = |node| self.view.contains(&node);
        let stands = member(self.id) && member(self.coordinator);
        assert!(!self.is_ready() || stands, "IV2: its view contains it and its coordinator");
    }
}

impl Process {
    /// Founds a group of its own, alone (the paper's *Recovery*).
    fn recover(&mut self, cx: &mut Context<'_, Self>) {
        self.found(cx);
        self.enter(BTreeSet::from([self.id]), cx);
        self.coordinate(cx);
    }

    /// As [`Process::recover`], because the coordinator does not answer.
    fn leave(&mut self, cx: &mut Context<'_, Self>) {
        cx.mark(Mark::Recovered);
        self.recover(cx);
    }

    /// Gives the next group its number, before any other process learns of it.
    fn found(&mut self, cx: &mut Context<'_, Self>) {
        self.counter = self.counter.checked_add(1).expect("groups do not run out");
        cx.write(Record(self.counter));
        if cx.config().barrier {
            cx.barrier();
        }
        self.group = Group { founder: self.id, number: self.counter };
        self.coordinator = self.id;
        self.up.clear();
    }

    /// The group is ready, and this process in it.
    fn enter(&mut self, view: BTreeSet<NodeId>, cx: &mut Context<'_, Self>) {
        let (group, coordinator) = (self.group, self.coordinator);
        self.view = view;
        cx.indicate(Indication::Joined { group, coordinator, view: self.view.clone() });
    }

    fn coordinate(&mut self, cx: &mut Context<'_, Self>) {
        self.stage = Stage::Coordinating;
        cx.set_timer(Timer, cx.config().period);
    }

    /// Asks everybody whether there are other coordinators (the paper's *Check*).
    fn check_others(&mut self, cx: &mut Context<'_, Self>) {
        self.stage = Stage::Checking(BTreeSet::new());
        cx.broadcast(&Message::AreYouCoordinator { group: self.group });
        cx.set_timer(Timer, cx.config().timeout);
    }

    /// The answers are in. Higher coordinators come first.
    fn wait_for_higher(&mut self, found: BTreeSet<NodeId>, cx: &mut Context<'_, Self>) {
        let Some(highest) = found.last() else { return self.coordinate(cx) };
        let delay = cx.config().delay(self.id, *highest);
        if delay.is_zero() {
            self.merge(&found, cx);
        } else {
            self.stage = Stage::Delaying(found);
            cx.set_timer(Timer, delay);
        }
    }

    /// Invites these coordinators and its own members into a new group (the paper's *Merge*).
    fn merge(&mut self, found: &BTreeSet<NodeId>, cx: &mut Context<'_, Self>) {
        cx.mark(Mark::Merging);
        let invited: BTreeSet<NodeId> = self.up.union(found).copied().collect();
        self.found(cx);
        self.stage = Stage::Merging;
        let (group, coordinator) = (self.group, self.coordinator);
        for node in invited {
            cx.send(node, Message::Invitation { group, coordinator });
        }
        cx.set_timer(Timer, cx.config().timeout);
    }

    /// The processes that have accepted by now are in the group.
    fn make_ready(&mut self, cx: &mut Context<'_, Self>) {
        let view: BTreeSet<NodeId> = self.up.iter().copied().chain([self.id]).collect();
        for member in &self.up {
            cx.send(*member, Message::Ready { group: self.group, view: view.clone() });
        }
        cx.mark(Mark::Merged);
        self.enter(view, cx);
        self.coordinate(cx);
    }

    /// Whether to accept an invitation: unless this process is on its way into another group, is
    /// in this one, or has founded it, long ago.
    fn may_join(&self, group: Group, coordinator: NodeId) -> bool {
        self.is_ready() && group != self.group && coordinator != self.id
    }

    /// Accepts, and passes the invitation on to its own members, if it coordinates any.
    fn join(&mut self, group: Group, coordinator: NodeId, cx: &mut Context<'_, Self>) {
        for member in std::mem::take(&mut self.up) {
            if member != coordinator {
                cx.send(member, Message::Invitation { group, coordinator });
            }
        }
        (self.group, self.coordinator) = (group, coordinator);
        self.stage = Stage::Joining;
        cx.send(coordinator, Message::Accept { group });
        cx.set_timer(Timer, cx.config().joining_time());
    }

    fn follow(&mut self, cx: &mut Context<'_, Self>) {
        self.stage = Stage::Following;
        cx.set_timer(Timer, cx.config().period);
    }

    /// Asks the coordinator whether it is still there (the paper's *Timeout*).
    fn ask(&mut self, cx: &mut Context<'_, Self>) {
        self.stage = Stage::Asking;
        cx.send(self.coordinator, Message::AreYouThere { group: self.group });
        cx.set_timer(Timer, cx.config().timeout);
    }
}
