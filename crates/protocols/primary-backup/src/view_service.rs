//! [`ViewService`]: detects who is up, and decides who is what.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sim_node::{Context, ImageError, LocalTime, Never, Node, NodeId, Role};

use crate::message::{Mark, RoleName};
use crate::{
    Config, Incarnation, Message, Mutant, Number, Ping, Pong, Reads, View, ViewDisk, ViewNumber,
    ViewRecord,
};

/// The view service's timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ViewTimer {
    /// No ping of a replica has arrived for too long.
    Silent(NodeId),
    /// Who is to be suspended and has not said how far it is, is asked again.
    Retry,
    /// The lease of the primary is over.
    LeaseOver,
}

/// The view service. It may crash and come back with its disk; nothing but progress depends on
/// whether it is right about who is up.
///
/// The fields up to `acknowledged` are on disk, or on their way to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ViewService {
    /// The current view.
    pub(crate) view: Arc<View>,
    /// The greatest number that was ever used. Greater than the view's while members are suspended
    /// for the view of that number.
    pub(crate) highest: ViewNumber,
    /// Whether the primary has acknowledged the view.
    pub(crate) acknowledged: bool,
    /// Who has sent something of late. After a start, all members are taken to have.
    pub(crate) unsuspected: BTreeSet<NodeId>,
    /// The last incarnation of each replica that has sent a ping.
    pub(crate) incarnations: BTreeMap<NodeId, Incarnation>,
    /// When each replica sent the latest ping that has arrived, by its own clock.
    pub(crate) latest: BTreeMap<NodeId, LocalTime>,
    /// Members and recruits that have lost the state, as far as is known: they came back without
    /// it.
    pub(crate) stateless: BTreeSet<NodeId>,
    /// Whom the primary of this epoch did not reach.
    pub(crate) unreached: BTreeSet<NodeId>,
    /// Of the members that are up and suspended for the next view, how far they are, and since
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
        let view =
            disk.view.clone().unwrap_or_else(|| Arc::new(View::first(cx.config().backups())));
        let service = Self {
            highest: disk.highest.max(view.number),
            // The first view is known to all. When a crash kept the acknowledgement, and not
            // the view that it led to, the primary will say it again.
            acknowledged: is_first || disk.acknowledged && view.recruits.is_empty(),
            unsuspected: view.members.keys().chain(view.recruits.keys()).copied().collect(),
            incarnations: view.incarnations.clone(),
            latest: BTreeMap::new(),
            view,
            stateless: BTreeSet::new(),
            unreached: BTreeSet::new(),
            reports: BTreeMap::new(),
            lease_given: cx.now(),
        };
        if is_first {
            cx.write(ViewRecord::View(Arc::clone(&service.view)));
            cx.write(ViewRecord::Acknowledged(service.view.number));
            cx.barrier();
        }
        for node in &service.unsuspected {
            cx.set_timer(ViewTimer::Silent(*node), cx.config().timeout);
        }
        if service.is_suspending() {
            service.ask(cx);
        }
        service
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            Message::Ping(ping) => self.receive_ping(from, &ping, cx),
            Message::Report(report) => self.receive_report(from, &report, cx),
            Message::Acknowledge(number) => self.receive_acknowledgement(from, number, cx),
            // Of replicas and clients to each other.
            _ => {}
        }
    }

    fn on_timer(&mut self, timer: ViewTimer, cx: &mut Context<'_, Self>) {
        match timer {
            ViewTimer::Silent(node) => {
                self.unsuspected.remove(&node);
                cx.mark(Mark::Suspected);
                self.lose(node, cx);
            }
            ViewTimer::Retry => self.ask_again(cx),
            ViewTimer::LeaseOver => self.try_next_primary(cx),
        }
    }

    fn role(&self) -> Option<Role> {
        Some(Role::new(RoleName::ViewService.name(), self.view.number.0))
    }

    fn check_image(image: &ViewDisk, _: NodeId, config: &Config) -> Result<(), ImageError> {
        image.check(config)
    }

    fn check(&self, config: &Config) {
        assert!(self.view.number <= self.highest, "a number was used twice");
        assert!(self.view.epoch <= self.view.number, "a epoch begins with one of its views");
        assert!(self.view.members.contains_key(&self.view.primary), "a primary is a member");
        let overlap = self.view.recruits.keys().any(|node| self.view.members.contains_key(node));
        assert!(!overlap, "who is recruited is no member yet");
        let others = self.view.members.len() - 1 + self.view.recruits.len();
        assert!(others <= config.backups() as usize, "more backups than wanted");
        let are_unsuspected = self.reports.keys().all(|node| self.unsuspected.contains(node));
        assert!(are_unsuspected, "the report of a suspected member counts");
    }
}

impl ViewService {
    /// The current view.
    #[must_use]
    pub fn view(&self) -> &Arc<View> {
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

    /// A replica is up. One that does not know its membership any more has lost its state, and is
    /// not what it was before: for its membership it counts as crashed.
    fn receive_ping(&mut self, from: NodeId, ping: &Ping, cx: &mut Context<'_, Self>) {
        let incarnation = self.incarnations.entry(from).or_default();
        let latest = self.latest.entry(from).or_default();
        if ping.incarnation < *incarnation || ping.sent < *latest {
            // That it came late says nothing of what the replica has now.
            return;
        }
        *incarnation = ping.incarnation;
        *latest = ping.sent;
        let was_silent = self.mark_alive(from, cx);
        let mut was_lost = false;
        if !self.is_stateless(from, ping) {
            // Only a late ping, the first that arrived after a start, may have said otherwise.
            was_lost = self.stateless.remove(&from);
        } else if self.stateless.insert(from) {
            cx.mark(Mark::MemoryLost);
            self.lose(from, cx);
        }
        self.receive_acknowledgement(from, ping.acknowledged, cx);
        self.drop_unreached(from, &ping.unreached, cx);
        if (was_silent || was_lost) && self.is_suspending() && self.is_asked(from, cx) {
            cx.send(from, Message::Suspend(self.highest));
        }
        let lease = cx.config().reads == Reads::Lease
            && from == self.view.primary
            && !self.is_suspending()
            && !self.stateless.contains(&from);
        if lease {
            self.lease_given = cx.now();
        }
        let pong = Pong { view: Arc::clone(&self.view), lease, sent: ping.sent };
        cx.send(from, Message::Pong(pong));
        self.recruit(cx);
    }

    /// Something of a replica has arrived. Returns whether it was silent until now.
    pub(crate) fn mark_alive(&mut self, from: NodeId, cx: &mut Context<'_, Self>) -> bool {
        cx.set_timer(ViewTimer::Silent(from), cx.config().timeout);
        self.unsuspected.insert(from)
    }

    /// Whether the sender has lost what it was given as a member or a recruit. A member's
    /// state tells, even where a disk was lost; of a recruit only its incarnation does.
    fn is_stateless(&self, from: NodeId, ping: &Ping) -> bool {
        let is_older = self.view.members.get(&from).is_some_and(|since| ping.since < *since);
        is_older
            || self.view.since(from).is_some() && ping.incarnation > self.view.incarnation(from)
    }

    /// The primary has taken the view up, and waits for its recruits with every update from now on.
    fn receive_acknowledgement(
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
        cx.mark(Mark::ViewAcknowledged);
        if self.view.recruits.is_empty() {
            return self.recruit(cx);
        }
        let next = self.view.with_recruits_settled(self.highest.next());
        self.announce(next, cx);
    }

    /// A replica has crashed, or counts as crashed. What it reported says nothing any more: it
    /// would be a member that is not watched, and perhaps the primary.
    fn lose(&mut self, node: NodeId, cx: &mut Context<'_, Self>) {
        if self.is_suspending() {
            self.reports.remove(&node);
            return self.try_next_primary(cx);
        }
        if node == self.view.primary {
            return self.begin_suspending(cx);
        }
        if self.view.since(node).is_some() {
            let next = self.view.without(node, self.highest.next());
            self.announce(next, cx);
        }
    }

    /// Idle replicas that are up are recruited, as long as backups are missing and the primary is
    /// well: it must have acknowledged the view.
    fn recruit(&mut self, cx: &mut Context<'_, Self>) {
        let primary = self.view.primary;
        let is_well = self.unsuspected.contains(&primary) && !self.stateless.contains(&primary);
        if self.is_suspending() || !self.acknowledged || !is_well {
            return;
        }
        let backups = self.view.members.len() - 1;
        let seats = (cx.config().backups() as usize).saturating_sub(backups);
        if seats == 0 {
            return;
        }
        let idle = self.unsuspected.iter().filter(|node| self.view.since(**node).is_none());
        // Those that the primary does not reach come last.
        let (last, first) = idle.partition::<Vec<_>, _>(|node| self.unreached.contains(node));
        let recruits: Vec<NodeId> = first.into_iter().chain(last).take(seats).copied().collect();
        if recruits.is_empty() {
            return;
        }
        let number = self.highest.next();
        let mut next = View { number, ..View::clone(&self.view) };
        for node in recruits {
            next.recruits.insert(node, number);
            next.incarnations
                .insert(node, self.incarnations.get(&node).copied().unwrap_or_default());
        }
        self.announce(next, cx);
    }

    /// The primary does not reach these backups and recruits: without them, it can go on. Nothing
    /// that was answered is lost, just as when they are suspected.
    fn drop_unreached(
        &mut self,
        from: NodeId,
        unreached: &[(NodeId, ViewNumber)],
        cx: &mut Context<'_, Self>,
    ) {
        for (node, since) in unreached {
            let is_primary = from == self.view.primary && *node != from;
            if is_primary && !self.is_suspending() && self.view.since(*node) == Some(*since) {
                cx.mark(Mark::NotReached);
                self.unreached.insert(*node);
                self.lose(*node, cx);
            }
        }
    }

    /// The next view begins. Its primary is told, and of a new epoch all members.
    pub(crate) fn announce(&mut self, view: View, cx: &mut Context<'_, Self>) {
        self.highest = view.number;
        self.acknowledged = false;
        self.reports.clear();
        self.stateless.retain(|node| view.members.contains_key(node));
        cx.cancel_timer(ViewTimer::Retry);
        cx.cancel_timer(ViewTimer::LeaseOver);
        let view = Arc::new(view);
        cx.write(ViewRecord::View(Arc::clone(&view)));
        cx.barrier();
        let is_new_epoch = view.epoch == view.number;
        cx.mark(if is_new_epoch { Mark::NewEpoch } else { Mark::NewView });
        if is_new_epoch {
            self.unreached.clear();
        }
        self.view = view;
        let others = is_new_epoch.then(|| self.view.backups()).into_iter().flatten();
        for node in std::iter::once(self.view.primary).chain(others) {
            cx.send(node, Message::NewView(Arc::clone(&self.view)));
        }
    }

    /// Whether a node is asked how far it is: a member.
    pub(crate) fn is_asked(&self, node: NodeId, cx: &Context<'_, Self>) -> bool {
        let is_recruit = self.view.recruits.contains_key(&node);
        self.view.members.contains_key(&node) && !self.stateless.contains(&node)
            || is_recruit && cx.config().has(Mutant::Unsynced)
    }
}
