//! [`Master`]: detects failures and decides who is in the chain (van Renesse and Schneider 2004,
//! section 3.1).
//!
//! The paper's master never fails; in practice it is itself replicated. Here it is one node with a
//! disk, on which every configuration is before it is sent, so a crash only delays it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sim_node::{Context, ImageError, LocalTime, Never, Node, NodeId, Role};

use crate::message::{Mark, RoleName};
use crate::{
    Assignment, Config, Configuration, Epoch, Grant, Incarnation, MasterDisk, MasterRecord, Member,
    Message, Position, Progress, Report,
};

/// The master's timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MasterTimer {
    /// This replica was silent for too long, and its lease is over.
    Silent(NodeId),
    /// Who joins has made no progress for long.
    Join,
}

/// The master.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Master {
    /// The latest configuration that it made.
    configuration: Arc<Configuration>,
    /// What the members of the chain have last reported: the configuration they have, and the
    /// last update then.
    known: BTreeMap<NodeId, (Epoch, Position)>,
    /// The newest tail, until it has all that was ever answered. The chain must not be left with
    /// it alone.
    incomplete: Option<NodeId>,
    /// How much of its history who joins had when the timer was set.
    joined: u32,
    /// Who was given up last as it joined and got nothing, and when: others go first.
    given_up: Option<(NodeId, LocalTime)>,
}

impl Node for Master {
    type Config = Config;
    type Message = Message;
    type Timer = MasterTimer;
    type Request = Never;
    type Indication = Never;
    type Stable = MasterDisk;

    fn start(disk: &MasterDisk, cx: &mut Context<'_, Self>) -> Self {
        let is_first = disk.configuration.epoch == Epoch(0);
        let first = || Arc::new(Configuration::first(cx.config()));
        let configuration = if is_first { first() } else { disk.configuration.clone() };
        let mut master = Self {
            configuration,
            known: BTreeMap::new(),
            incomplete: None,
            joined: 0,
            given_up: None,
        };
        if is_first {
            let all = master.configuration.chain.iter();
            master.known = all.map(|one| (one.node, (Epoch(1), Position(0)))).collect();
        } else {
            // Whether the newest tail was complete is not known; it will say so.
            master.incomplete = master.configuration.tail().map(|tail| tail.node);
        }
        for member in master.configuration.all() {
            cx.set_timer(MasterTimer::Silent(member.node), cx.config().patience());
        }
        if master.configuration.joining.is_some() {
            cx.set_timer(MasterTimer::Join, Self::patience_with_joining(cx.config()));
        }
        master
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            Message::Alive(sent, report) => self.receive(from, report, Some(sent), cx),
            Message::Installed(report) => self.receive(from, report, None, cx),
            _ => {}
        }
    }

    fn on_timer(&mut self, timer: MasterTimer, cx: &mut Context<'_, Self>) {
        match timer {
            MasterTimer::Silent(node) => self.suspect(node, cx),
            MasterTimer::Join => {
                self.given_up = self.configuration.joining.map(|one| (one.node, cx.now()));
                self.give_joining_up(cx);
            }
        }
    }

    fn role(&self) -> Option<Role> {
        Some(Role::new(RoleName::Master.name(), self.configuration.epoch.0))
    }

    fn check_image(image: &MasterDisk, _: NodeId, config: &Config) -> Result<(), ImageError> {
        image.check(config)
    }

    fn check(&self, config: &Config) {
        assert!(!self.configuration.chain.is_empty(), "nobody is left in the chain");
        assert!(self.configuration.chain.len() <= config.length() as usize, "too long a chain");
    }
}

impl Master {
    /// The latest configuration that it made.
    #[must_use]
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// A replica sends a heartbeat, or says what has changed.
    fn receive(
        &mut self,
        from: NodeId,
        report: Report,
        sent: Option<LocalTime>,
        cx: &mut Context<'_, Self>,
    ) {
        let Some(&own) = self.configuration.named(from) else {
            return self.receive_from_spare(from, report, cx);
        };
        if report.incarnation < own.incarnation {
            return;
        }
        let is_member = self.configuration.place(from).is_some();
        if report.incarnation > own.incarnation {
            if is_member && cx.config().disks && report.origin == own.origin {
                return self.take_back(from, report.incarnation, cx);
            }
            // What it was is lost, and so is its lease.
            self.remove(from, cx);
            if self.configuration.place(from).is_none() {
                self.receive_from_spare(from, report, cx);
            }
            return;
        }
        cx.set_timer(MasterTimer::Silent(from), cx.config().patience());
        if let Some(sent) = sent {
            cx.send(from, Message::Grant(Grant { incarnation: report.incarnation, sent }));
        }
        match is_member {
            true => self.receive_from_member(from, report, cx),
            false => self.receive_from_joining(own, report, cx),
        }
    }

    fn receive_from_member(&mut self, from: NodeId, report: Report, cx: &mut Context<'_, Self>) {
        let before = self.known.insert(from, (report.epoch, report.last));
        // What it said of an earlier link may be late.
        let linked = self.configuration.member(from).expect("it is a member").linked;
        if self.incomplete == Some(from)
            && report.progress == Progress::Complete
            && report.epoch >= linked
        {
            self.incomplete = None;
        }
        let again = before.is_some_and(|(epoch, _)| epoch == report.epoch);
        if report.epoch < self.configuration.epoch {
            return self.tell(from, again, cx);
        }
        // Its predecessor may have waited for what it has.
        let place = self.configuration.place(from).expect("it is a member");
        if let Some(before) = place.checked_sub(1).map(|place| self.configuration.chain[place]) {
            let linked = self.configuration.chain[place].linked;
            let knows = |(epoch, _): &(Epoch, Position)| *epoch >= linked;
            if !self.known.get(&before.node).is_some_and(knows) {
                self.tell(before.node, again, cx);
            }
        }
        if report.progress == Progress::SuccessorTooOld
            && let Some(successor) = self.configuration.chain.get(place + 1)
            && self.incomplete == Some(successor.node)
        {
            // It never had everything, so it has answered nothing: there is no lease to wait for.
            self.remove(successor.node, cx);
        }
    }

    /// Who joins has all of the history but what came since it was begun: it becomes the tail.
    fn receive_from_joining(&mut self, own: Member, report: Report, cx: &mut Context<'_, Self>) {
        if report.epoch < own.linked {
            return self.tell(own.node, true, cx);
        }
        match report.progress {
            Progress::CatchingUp => {
                let epoch = self.configuration.epoch.next();
                let mut chain = self.configuration.chain.clone();
                chain.push(Member { origin: own.incarnation, linked: epoch, ..own });
                self.known.insert(own.node, (report.epoch, report.last));
                self.incomplete = Some(own.node);
                cx.cancel_timer(MasterTimer::Join);
                cx.mark(Mark::ChainExtended);
                self.publish(chain, None, cx);
            }
            Progress::Lacking(received) if received > self.joined => {
                self.joined = received;
                cx.set_timer(MasterTimer::Join, Self::patience_with_joining(cx.config()));
            }
            _ => {}
        }
    }

    /// A replica that is not in the chain: is it needed?
    fn receive_from_spare(&mut self, from: NodeId, report: Report, cx: &mut Context<'_, Self>) {
        let is_needed = self.configuration.chain.len() < cx.config().length() as usize
            && self.configuration.joining.is_none()
            && self.incomplete.is_none();
        let is_fresh = report.origin == Incarnation(0);
        // Any other spare sends a heartbeat within this time.
        let gives_way = self
            .given_up
            .is_some_and(|(node, at)| node == from && cx.now() - at < cx.config().patience());
        if is_needed && is_fresh && !gives_way {
            let linked = self.configuration.epoch.next();
            let joining = Member {
                node: from,
                origin: Incarnation(0),
                incarnation: report.incarnation,
                linked,
            };
            self.joined = 0;
            cx.set_timer(MasterTimer::Silent(from), cx.config().patience());
            cx.set_timer(MasterTimer::Join, Self::patience_with_joining(cx.config()));
            self.publish(self.configuration.chain.clone(), Some(joining), cx);
        } else if report.epoch < self.configuration.epoch {
            self.tell(from, false, cx);
        }
    }

    /// A replica of the chain has come back with its disk.
    fn take_back(&mut self, node: NodeId, incarnation: Incarnation, cx: &mut Context<'_, Self>) {
        cx.set_timer(MasterTimer::Silent(node), cx.config().patience());
        cx.mark(Mark::TakenBack);
        let mut chain = self.configuration.chain.clone();
        if let Some(member) = chain.iter_mut().find(|member| member.node == node) {
            member.incarnation = incarnation;
        }
        self.known.remove(&node);
        self.publish(chain, self.configuration.joining, cx);
    }

    /// It has said nothing for so long that its lease is over, too.
    fn suspect(&mut self, node: NodeId, cx: &mut Context<'_, Self>) {
        cx.mark(Mark::Suspected);
        if self.configuration.joining.is_some_and(|joining| joining.node == node) {
            return self.give_joining_up(cx);
        }
        self.remove(node, cx);
        if self.configuration.place(node).is_some() {
            // Nobody else has the history. It may come back.
            cx.set_timer(MasterTimer::Silent(node), cx.config().patience());
        }
    }

    fn give_joining_up(&mut self, cx: &mut Context<'_, Self>) {
        if let Some(joining) = self.configuration.joining {
            cx.cancel_timer(MasterTimer::Silent(joining.node));
            cx.cancel_timer(MasterTimer::Join);
            cx.mark(Mark::JoiningGivenUp);
            self.publish(self.configuration.chain.clone(), None, cx);
        }
    }

    /// Takes a replica out of the chain, unless nobody is left then who has the whole history.
    fn remove(&mut self, node: NodeId, cx: &mut Context<'_, Self>) {
        if self.configuration.joining.is_some_and(|joining| joining.node == node) {
            return self.give_joining_up(cx);
        }
        let chain = self.configuration.chain.iter().copied();
        let chain: Vec<Member> = chain.filter(|member| member.node != node).collect();
        if chain.iter().all(|member| self.incomplete == Some(member.node)) {
            cx.mark(Mark::NobodyElseLeft);
            return;
        }
        self.known.remove(&node);
        if self.incomplete == Some(node) {
            self.incomplete = None;
        }
        cx.cancel_timer(MasterTimer::Silent(node));
        self.publish(chain, self.configuration.joining, cx);
    }

    /// Makes a new configuration.
    fn publish(
        &mut self,
        mut chain: Vec<Member>,
        mut joining: Option<Member>,
        cx: &mut Context<'_, Self>,
    ) {
        let epoch = self.configuration.epoch.next();
        let old = std::mem::take(&mut self.configuration);
        let identity = |member: Option<&Member>| member.map(|one| (one.node, one.incarnation));
        for place in 0..chain.len() {
            let own = chain[place];
            let was = old.chain.iter().position(|one| identity(Some(one)) == identity(Some(&own)));
            let had = was.and_then(|was| old.chain.get(was.checked_sub(1)?));
            let has = place.checked_sub(1).and_then(|before| chain.get(before));
            if was.is_none() || identity(had) != identity(has) {
                chain[place].linked = epoch;
            }
        }
        if identity(old.tail()) != identity(chain.last()) {
            joining.iter_mut().for_each(|joining| joining.linked = epoch);
            self.joined = 0;
        }
        self.configuration = Arc::new(Configuration { epoch, chain, joining });
        cx.write(MasterRecord(Arc::clone(&self.configuration)));
        cx.barrier();
        cx.mark(Mark::Reconfigured);
        let is_left_out = |member: &&Member| self.configuration.named(member.node).is_none();
        for member in self.configuration.all().chain(old.all().filter(is_left_out)) {
            self.tell(member.node, false, cx);
        }
    }

    /// Tells a replica the configuration. To whom has got another successor it tells what that
    /// one has, as soon as it knows: the new successor is told first (figure 3).
    fn tell(&self, node: NodeId, again: bool, cx: &mut Context<'_, Self>) {
        let place = self.configuration.place(node);
        let successor = place.and_then(|place| self.configuration.chain.get(place + 1));
        let mut successor_last = None;
        if let Some(successor) = successor {
            let reached = |known: NodeId| {
                let known = self.known.get(&known);
                known.filter(|(epoch, _)| *epoch >= successor.linked).map(|(_, last)| *last)
            };
            successor_last = reached(successor.node);
            if successor_last.is_none() && reached(node).is_none() {
                return;
            }
        }
        let configuration = Arc::clone(&self.configuration);
        let message = Message::Configure(Assignment { configuration, successor_last });
        if again {
            cx.resend(node, message);
        } else {
            cx.send(node, message);
        }
    }

    /// How long who joins may take for the next part of the history: it may be cut off from the
    /// tail, and another one not.
    fn patience_with_joining(config: &Config) -> sim_node::Duration {
        config.patience() * 5
    }
}
