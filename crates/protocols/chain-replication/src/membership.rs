//! A replica's part in changes of the chain: heartbeats, leases, new configurations, and a new
//! beginning (van Renesse and Schneider 2004, section 3.1).

use std::sync::Arc;

use service::Routes;
use sim_node::{Context, LocalTime, NodeId};

use crate::message::Mark;
use crate::{
    Assignment, Config, Configuration, Disk, Grant, Incarnation, Message, Mutant, Record, Replica,
    Timer,
};

/// A lease where there are none.
const FOR_EVER: LocalTime = LocalTime::from_nanos(u64::MAX);

impl Replica {
    /// The first start, or the first of which anything is left: all know the first
    /// configuration, and in the latter case it may be long over.
    pub(crate) fn begin_first_configuration(&mut self, cx: &mut Context<'_, Self>) {
        self.configuration = Arc::new(Configuration::first(cx.config()));
        self.place = self.configuration.place(cx.id());
        if self.place.is_some() {
            self.origin = self.incarnation;
            self.complete = true;
        }
        // In one record: half of it would be a replica that has lost its place.
        cx.write(Record::First(self.place.map(|_| self.epoch())));
    }

    /// It comes back with its disk. What it knew to be committed was not written down; what had
    /// left its log was.
    pub(crate) fn recover(&mut self, disk: &Disk, config: &Config) {
        (self.origin, self.complete) = (disk.origin, disk.complete);
        Arc::make_mut(&mut self.configuration).epoch = disk.epoch;
        self.store = disk.store.clone();
        (self.last, self.committed) = (disk.base, disk.base);
        for update in &disk.log {
            self.execute(update, config);
        }
        self.log = disk.log.clone();
    }

    /// Sends the master a heartbeat, now and regularly. A replica that waits for the rest of the
    /// history asks for it again.
    pub(crate) fn send_heartbeat(&mut self, cx: &mut Context<'_, Self>) {
        cx.send(cx.config().master(), Message::Alive(cx.now(), self.report()));
        if let Some(predecessor) = self.predecessor().filter(|_| !self.complete) {
            cx.send(predecessor.node, Message::Pull(self.epoch(), self.last));
        }
        cx.set_timer(Timer::Heartbeat, cx.config().heartbeat);
    }

    /// Tells the master of a change here, at once.
    pub(crate) fn report_to_master(&self, cx: &mut Context<'_, Self>) {
        cx.send(cx.config().master(), Message::Installed(self.report()));
    }

    /// The master has answered a heartbeat: the lease counts from when that was sent.
    pub(crate) fn renew_lease(&mut self, grant: Grant, cx: &mut Context<'_, Self>) {
        if grant.incarnation != self.incarnation {
            return;
        }
        let lease = cx.config().lease;
        let until = lease.map_or(FOR_EVER, |lease| grant.sent + cx.config().trusted(lease));
        if self.lease.is_none_or(|had| had < until) {
            self.lease = Some(until);
            self.read_waiting(cx);
        }
    }

    /// Whether it may answer reads: the master will not leave it behind without waiting its lease
    /// out. Without leases, once the master has answered it, it is trusted to be in the chain as
    /// long as it does not know better, which is right where the master is never wrong.
    pub(crate) fn may_read(&self, cx: &Context<'_, Self>) -> bool {
        let is_trusted = cx.config().lease.is_none() && cx.config().has(Mutant::ReadBeforeLease);
        is_trusted || self.lease.is_some_and(|until| cx.now() < until)
    }

    /// The master has made a new configuration.
    pub(crate) fn configure(&mut self, assignment: Assignment, cx: &mut Context<'_, Self>) {
        let Assignment { configuration, successor_last } = assignment;
        if configuration.epoch < self.epoch() {
            return;
        }
        if configuration.epoch == self.epoch() {
            // It came twice, as the report was lost; or it was known from the disk.
            return self.report_to_master(cx);
        }
        let id = cx.id();
        match configuration.named(id).copied() {
            Some(own)
                if own.incarnation == self.incarnation && configuration.place(id).is_some() =>
            {
                self.install(configuration, successor_last, cx);
            }
            // In one incarnation it joins once, and not after it was in the chain: what it wrote
            // then, and what is under way of what it said then, must not pass for the new history.
            Some(own) if own.incarnation == self.incarnation && self.may_join(cx.config()) => {
                self.join(configuration, own, cx);
            }
            // The master has not noticed that it came back; it will.
            Some(own) if own.origin == self.origin && own.incarnation < self.incarnation => {}
            _ => self.leave_chain(configuration, cx),
        }
    }

    fn may_join(&self, config: &Config) -> bool {
        self.origin == Incarnation(0) || config.has(Mutant::JoinedTwice)
    }

    /// It is in the chain.
    fn install(
        &mut self,
        configuration: Arc<Configuration>,
        successor_last: Option<crate::Position>,
        cx: &mut Context<'_, Self>,
    ) {
        let was_head = self.is_head();
        let was_tail = self.is_acting_tail();
        let had = self.successor().copied();
        let linked = self.linked();
        if self.origin == Incarnation(0) {
            self.origin = self.incarnation;
        }
        self.place = configuration.place(cx.id());
        self.configuration = configuration;
        self.incoming = None;
        if cx.config().lease.is_none() {
            // The master knows of it, and tells it to take part.
            self.lease = Some(FOR_EVER);
        }
        if self.linked() != linked {
            // Another predecessor may have other updates at those positions.
            self.early.clear();
        }
        if cx.config().disks {
            cx.write(Record::Member { epoch: self.epoch(), origin: self.origin });
            cx.barrier();
        }
        cx.mark(Mark::ConfigurationInstalled);
        self.link_to_successor(had.map(|member| (member.node, member.linked)), successor_last, cx);
        self.report_to_master(cx);
        self.hand_history_over(cx);
        if self.is_head() && !was_head {
            cx.mark(Mark::Head);
            self.announce(true, false, cx);
        }
        if !was_tail && let Some(mut tail) = self.as_tail() {
            tail.take_over(cx);
        }
        self.read_waiting(cx);
        self.ask_again(cx);
    }

    /// Has it another successor, or the same one in another incarnation? Then that one gets what it
    /// lacks.
    ///
    /// The middle of a chain a, b, c fails. The master asks c first (figure 3), and a sends what
    /// follows:
    ///
    /// ```text
    /// before:  a  history 1..=9, Sent 5..=9   b  history 1..=7, Sent 5..=7   c  history 1..=6
    ///          update 8 and 9 are on their way to b, which fails; 7 is on its way to c
    /// master:  "a, c" is told to c, which installs it and says that it has 1..=6; then to a, with "6"
    /// a:       sends c what follows 6 in Sent, in one Resume: 7, 8, 9
    /// c:       adds them, is complete, and commits 9: a may forget up to there
    /// 7 of b may still arrive at c: b is not its predecessor any more, so it is dropped
    /// ```
    ///
    /// A new head does nothing more: it has no predecessor, and what it lacks of the old head's
    /// updates has reached nobody behind it, so no tail has answered it. Clients ask again.
    fn link_to_successor(
        &mut self,
        had: Option<(NodeId, crate::Epoch)>,
        successor_last: Option<crate::Position>,
        cx: &mut Context<'_, Self>,
    ) {
        let Some(successor) = self.successor().copied() else {
            self.successor_too_old = false;
            return;
        };
        if had == Some((successor.node, successor.linked)) {
            return;
        }
        let Some(last) = successor_last else { return };
        self.successor_too_old = last < self.base();
        if !self.successor_too_old {
            let updates = self.lacking(last, cx);
            cx.send(successor.node, Message::Resume(self.epoch(), updates));
        }
        if self.committed < self.last {
            self.wait_for_acks(cx);
        }
    }

    /// Tells the clients to whom they may turn.
    pub(crate) fn announce(&self, as_head: bool, as_tail: bool, cx: &mut Context<'_, Self>) {
        let id = cx.id();
        let routes = Routes { updates: as_head.then_some(id), reads: as_tail.then_some(id) };
        if routes != Routes::default() {
            for client in cx.config().clients.clone() {
                cx.send(NodeId::new(client), Message::Routes(routes));
            }
        }
    }

    /// It is not in the chain, or not any more. A replica that was in it must begin a new
    /// incarnation: what it knows may be what no other replica does.
    fn leave_chain(&mut self, configuration: Arc<Configuration>, cx: &mut Context<'_, Self>) {
        let mut reads = std::mem::take(&mut self.waiting);
        reads.append(&mut self.asked);
        if self.origin == Incarnation(0) {
            *self = Self::spare(self.incarnation, configuration);
        } else {
            *self = Self::spare(self.incarnation.next(), configuration);
            cx.write(Record::Reset);
            cx.barrier();
            cx.mark(Mark::Deposed);
        }
        cx.cancel_timer(Timer::Retry);
        for (_, request) in reads {
            self.read(request, cx);
        }
        self.send_heartbeat(cx);
    }
}
