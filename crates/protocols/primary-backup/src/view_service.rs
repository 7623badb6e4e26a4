//! [`ViewService`]: hears who lives, and says who is what.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sim_node::{Context, LocalTime, Never, Node, NodeId, Role};

use crate::{
    Config, Memory, Message, Mutant, Number, Ping, Pong, Reads, View, ViewDisk, ViewNumber,
    ViewRecord,
};

/// The view service's timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ViewTimer {
    /// Nothing was heard of a replica for too long.
    Silent(NodeId),
    /// Who is to be suspended and has not said how far it is, is asked again.
    Retry,
    /// The lease of the primary is over.
    LeaseOver,
}

/// The view service. It may crash and come back with its disk; nothing but progress depends on
/// whether it is right about who lives.
///
/// The fields up to `acknowledged` are on disk, or on their way to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ViewService {
    /// The current view.
    pub(crate) view: View,
    /// The greatest number that was ever used. Greater than the view's while members are suspended
    /// for the view of that number.
    pub(crate) highest: ViewNumber,
    /// Whether the primary has acknowledged the view.
    pub(crate) acknowledged: bool,
    /// Who was heard of late. After a start, all members are taken to be.
    pub(crate) alive: BTreeSet<NodeId>,
    /// The last memory of each replica that was heard of.
    pub(crate) memories: BTreeMap<NodeId, Memory>,
    /// When each replica sent the latest ping that was heard of it, by its own clock.
    pub(crate) latest: BTreeMap<NodeId, LocalTime>,
    /// Members and recruits that have lost the state, as far as is known: they came back without
    /// a memory.
    pub(crate) reborn: BTreeSet<NodeId>,
    /// Whom the primary of this reign did not reach.
    pub(crate) unreached: BTreeSet<NodeId>,
    /// Of the members that live and are suspended for the next view, how far they are, and since
    /// when they are members.
    pub(crate) reports: BTreeMap<NodeId, (Number, ViewNumber)>,
    /// When the primary was last given a lease, or this service started, which may have given one
    /// just before.
    pub(crate) lease_given: LocalTime,
}

impl Node for ViewService {
    type Config = Config;
    type Message = Message;
    type Timer = ViewTimer;
    type Request = Never;
    type Indication = Never;
    type Stable = ViewDisk;

    fn start(disk: &ViewDisk, cx: &mut Context<'_, Self>) -> Self {
        let is_first = disk.view.is_none();
        let view = disk.view.clone().unwrap_or_else(|| View::first(cx.config().backups));
        let service = Self {
            highest: disk.highest.max(view.number),
            // The first view is known to everybody. When a crash kept the acknowledgement, and not
            // the view that it led to, the primary will say it again.
            acknowledged: is_first || disk.acknowledged && view.recruits.is_empty(),
            alive: view.members.keys().chain(view.recruits.keys()).copied().collect(),
            memories: view.memories.clone(),
            latest: BTreeMap::new(),
            view,
            reborn: BTreeSet::new(),
            unreached: BTreeSet::new(),
            reports: BTreeMap::new(),
            lease_given: cx.now(),
        };
        if is_first {
            cx.write(ViewRecord::View(service.view.clone()));
            cx.write(ViewRecord::Acknowledged(service.view.number));
            cx.barrier();
        }
        for node in &service.alive {
            cx.set_timer(ViewTimer::Silent(*node), cx.config().timeout);
        }
        if service.is_suspending() {
            service.ask(cx);
        }
        service
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            Message::Ping(ping) => self.hear(from, &ping, cx),
            Message::Report(report) => self.count_report(from, &report, cx),
            Message::Acknowledge(number) => self.hear_acknowledgement(from, number, cx),
            // Of replicas and clients to each other.
            _ => {}
        }
    }

    fn on_timer(&mut self, timer: ViewTimer, cx: &mut Context<'_, Self>) {
        match timer {
            ViewTimer::Silent(node) => {
                self.alive.remove(&node);
                cx.mark("suspected");
                self.lose(node, cx);
            }
            ViewTimer::Retry => self.ask_again(cx),
            ViewTimer::LeaseOver => self.try_next_reign(cx),
        }
    }

    fn on_request(&mut self, request: Never, _: &mut Context<'_, Self>) {
        match request {}
    }

    fn role(&self) -> Option<Role> {
        Some(Role::new("view-service", self.view.number.0))
    }

    fn check(&self, config: &Config) {
        assert!(self.view.number <= self.highest, "a number was used twice");
        assert!(self.view.reign <= self.view.number, "a reign begins with one of its views");
        assert!(self.view.members.contains_key(&self.view.primary), "a primary is a member");
        let overlap = self.view.recruits.keys().any(|node| self.view.members.contains_key(node));
        assert!(!overlap, "who is recruited is no member yet");
        let others = self.view.members.len() - 1 + self.view.recruits.len();
        assert!(others <= config.backups as usize, "more backups than wanted");
        let all_live = self.reports.keys().all(|node| self.alive.contains(node));
        assert!(all_live, "the report of a dead member counts");
    }
}

impl ViewService {
    /// The current view.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.view
    }

    /// Whether the primary has acknowledged it.
    #[must_use]
    pub fn is_acknowledged(&self) -> bool {
        self.acknowledged
    }

    /// Whether the members are suspended, or are to be, for the next view.
    pub(crate) fn is_suspending(&self) -> bool {
        self.highest > self.view.number
    }

    /// A replica lives. One that does not know its membership any more has lost its state, and is
    /// not what it was before: for its membership it is as good as dead.
    fn hear(&mut self, from: NodeId, ping: &Ping, cx: &mut Context<'_, Self>) {
        let memory = self.memories.entry(from).or_default();
        let latest = self.latest.entry(from).or_default();
        if ping.memory < *memory || ping.sent < *latest {
            // That it came late says nothing of what the replica has now.
            return;
        }
        *memory = ping.memory;
        *latest = ping.sent;
        let was_silent = self.note_life(from, cx);
        let mut was_lost = false;
        if !self.is_reborn(from, ping) {
            // Only a late ping, the first that was heard after a start, may have said otherwise.
            was_lost = self.reborn.remove(&from);
        } else if self.reborn.insert(from) {
            cx.mark("memory lost");
            self.lose(from, cx);
        }
        self.hear_acknowledgement(from, ping.acknowledged, cx);
        self.drop_unreached(from, &ping.unreached, cx);
        if (was_silent || was_lost) && self.is_suspending() && self.is_asked(from, cx) {
            cx.send(from, Message::Suspend(self.highest));
        }
        let lease = cx.config().reads == Reads::Lease
            && from == self.view.primary
            && !self.is_suspending()
            && !self.reborn.contains(&from);
        if lease {
            self.lease_given = cx.now();
        }
        let pong = Pong { view: self.view.clone(), lease, sent: ping.sent };
        cx.send(from, Message::Pong(pong));
        self.recruit(cx);
    }

    /// Something was heard of a replica. Returns whether it was silent until now.
    pub(crate) fn note_life(&mut self, from: NodeId, cx: &mut Context<'_, Self>) -> bool {
        cx.set_timer(ViewTimer::Silent(from), cx.config().timeout);
        self.alive.insert(from)
    }

    /// Whether whoever sent this has lost what it was given as a member or a recruit. A member's
    /// state tells, even where a disk was lost; of a recruit only its memory does.
    fn is_reborn(&self, from: NodeId, ping: &Ping) -> bool {
        let is_older = self.view.members.get(&from).is_some_and(|since| ping.since < *since);
        is_older || self.view.since(from).is_some() && ping.memory > self.view.memory(from)
    }

    /// The primary has taken the view up, and waits for its recruits with every update from now on.
    fn hear_acknowledgement(
        &mut self,
        from: NodeId,
        number: ViewNumber,
        cx: &mut Context<'_, Self>,
    ) {
        let is_news = !self.acknowledged && !self.is_suspending();
        if !is_news || from != self.view.primary || number != self.view.number {
            return;
        }
        self.acknowledged = true;
        cx.write(ViewRecord::Acknowledged(number));
        cx.mark("view acknowledged");
        if self.view.recruits.is_empty() {
            return self.recruit(cx);
        }
        let next = self.view.with_recruits_settled(self.highest.next());
        self.announce(next, cx);
    }

    /// A replica is dead, or as good as dead. What it reported says nothing any more: it would be
    /// a member that nobody watches, and perhaps the primary.
    fn lose(&mut self, node: NodeId, cx: &mut Context<'_, Self>) {
        if self.is_suspending() {
            self.reports.remove(&node);
            return self.try_next_reign(cx);
        }
        if node == self.view.primary {
            return self.begin_suspending(cx);
        }
        if self.view.since(node).is_some() {
            let next = self.view.without(node, self.highest.next());
            self.announce(next, cx);
        }
    }

    /// Idle replicas that live are recruited, as long as backups are missing and the primary is
    /// well: it must have acknowledged the view.
    fn recruit(&mut self, cx: &mut Context<'_, Self>) {
        let primary = self.view.primary;
        let is_well = self.alive.contains(&primary) && !self.reborn.contains(&primary);
        if self.is_suspending() || !self.acknowledged || !is_well {
            return;
        }
        let backups = self.view.members.len() - 1;
        let seats = (cx.config().backups as usize).saturating_sub(backups);
        let idle = self.alive.iter().filter(|node| self.view.since(**node).is_none());
        // Whom the primary does not reach comes last.
        let (last, first) = idle.partition::<Vec<_>, _>(|node| self.unreached.contains(node));
        let recruits: Vec<NodeId> = first.into_iter().chain(last).take(seats).copied().collect();
        if recruits.is_empty() {
            return;
        }
        let number = self.highest.next();
        let mut next = View { number, ..self.view.clone() };
        for node in recruits {
            next.recruits.insert(node, number);
            next.memories.insert(node, self.memories.get(&node).copied().unwrap_or_default());
        }
        self.announce(next, cx);
    }

    /// The primary does not reach these backups and recruits: without them, it can go on. Nobody
    /// loses what was answered, just as when they are suspected.
    fn drop_unreached(
        &mut self,
        from: NodeId,
        unreached: &[(NodeId, ViewNumber)],
        cx: &mut Context<'_, Self>,
    ) {
        for (node, since) in unreached {
            let is_primary = from == self.view.primary && *node != from;
            if is_primary && !self.is_suspending() && self.view.since(*node) == Some(*since) {
                cx.mark("not reached");
                self.unreached.insert(*node);
                self.lose(*node, cx);
            }
        }
    }

    /// The next view begins. Its primary hears of it, and of a new reign all members.
    pub(crate) fn announce(&mut self, view: View, cx: &mut Context<'_, Self>) {
        self.highest = view.number;
        self.acknowledged = false;
        self.reports.clear();
        self.reborn.retain(|node| view.members.contains_key(node));
        cx.cancel_timer(ViewTimer::Retry);
        cx.cancel_timer(ViewTimer::LeaseOver);
        cx.write(ViewRecord::View(view.clone()));
        cx.barrier();
        let is_new_reign = view.reign == view.number;
        cx.mark(if is_new_reign { "new reign" } else { "new view" });
        if is_new_reign {
            self.unreached.clear();
        }
        self.view = view;
        let others = is_new_reign.then(|| self.view.backups()).into_iter().flatten();
        for node in std::iter::once(self.view.primary).chain(others) {
            cx.send(node, Message::NewView(self.view.clone()));
        }
    }

    /// Whether a node is asked how far it is: a member.
    pub(crate) fn is_asked(&self, node: NodeId, cx: &Context<'_, Self>) -> bool {
        let is_recruit = self.view.recruits.contains_key(&node);
        self.view.members.contains_key(&node) && !self.reborn.contains(&node)
            || is_recruit && cx.config().has(Mutant::Unsynced)
    }
}
