//! Membership changes and leadership transfer (section 6; Ongaro's thesis, chapter 4 and 3.10; the
//! correction of 2015: not before an entry of the own term is committed).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sim_node::{Context, LocalTime, NodeId};

use crate::node::{Standing, Timer};
use crate::types::Mark;
use crate::{Admin, Change, Configuration, Index, Message, Mutant, Payload, Progress, Server};

/// A change of configuration under way at the leader.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Plan {
    changes: Vec<Change>,
    joint: bool,
    /// The servers that catch up before they get a vote.
    catching_up: BTreeMap<NodeId, CatchUp>,
    /// Those that have. A busy leader is always a little ahead of them, which holds up nothing.
    caught_up: BTreeSet<NodeId>,
}

/// A server catches up in rounds: each is over when it has what the leader had at the round's
/// beginning (thesis, 4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct CatchUp {
    target: Index,
    began: LocalTime,
    rounds: u32,
}

/// After so many rounds a server is too slow (thesis, 4.2.1).
const ROUNDS_MAX: u32 = 10;

impl Server {
    /// An administrator wants something: the leader does it, others pass it on until it is done.
    pub(crate) fn wish(&mut self, wish: Admin, cx: &mut Context<'_, Self>) {
        // A member that is no server would be waited for as long as the cluster lasts.
        if wish.names().iter().any(|node| node.number() >= cx.servers()) {
            return cx.mark(Mark::ChangeRefused);
        }
        if self.is_leader() {
            self.fulfil(&wish, cx);
            if matches!(wish, Admin::Transfer(_)) {
                return;
            }
        }
        if !self.wishes.contains(&wish) {
            self.wishes.push_back(wish);
            self.pass_wishes_on(cx);
        }
    }

    /// Tries again what has not been done yet, whoever leads now.
    pub(crate) fn pass_wishes_on(&mut self, cx: &mut Context<'_, Self>) {
        let (committed, leader) = (self.commit, self.leader(cx.id()));
        let settled = self.configuration_index() <= committed;
        let mut wishes = std::mem::take(&mut self.wishes);
        wishes.retain(|wish| !(settled && self.is_fulfilled(wish, cx.id())));
        if !wishes.is_empty() {
            cx.set_timer(Timer::Admin, cx.config().election_timeout);
        }
        for wish in &wishes {
            match leader {
                Some(leader) if leader != cx.id() => {
                    cx.send(leader, Message::Admin(wish.clone()));
                }
                Some(_) => self.fulfil(wish, cx),
                None => {}
            }
        }
        // A transfer is asked for once: repeated, it would take leadership from whoever got it
        // since.
        let asked = leader.is_some();
        wishes.retain(|wish| !(asked && matches!(wish, Admin::Transfer(_))));
        self.wishes = wishes;
    }

    fn is_fulfilled(&self, wish: &Admin, id: NodeId) -> bool {
        let now = self.configuration();
        match wish {
            Admin::Transfer(to) => self.leader(id) == Some(*to),
            _ if now.is_joint() => false,
            Admin::AddVoter(node) => now.is_voter(*node),
            Admin::AddLearner(node) => now.is_learner(*node),
            Admin::Remove(node) => !now.members().contains(node),
            // Changes may contradict each other; then the last of each server's counts.
            Admin::Joint(changes) => {
                let after = now.enter_joint(true, changes).and_then(|joint| joint.leave_joint());
                after.is_ok_and(|after| after == *now)
            }
        }
    }

    /// The leader begins to do what an administrator wants, if it can.
    fn fulfil(&mut self, wish: &Admin, cx: &mut Context<'_, Self>) {
        if self.is_fulfilled(wish, cx.id()) {
            return;
        }
        let (changes, joint) = match wish {
            Admin::Transfer(to) => return self.begin_transfer(*to, cx),
            Admin::AddVoter(node) => (vec![Change::AddVoter(*node)], false),
            Admin::AddLearner(node) => (vec![Change::AddLearner(*node)], false),
            Admin::Remove(node) => (vec![Change::Remove(*node)], false),
            Admin::Joint(changes) => (changes.clone(), true),
        };
        let Standing::Leader(leading) = &mut self.standing else { return };
        // A server that is too slow, or dead, does not hold up all other changes for good.
        let (now, patience) = (cx.now(), cx.config().election_timeout.longest());
        let patience = patience.saturating_mul(u64::from(ROUNDS_MAX));
        let late = |plan: &Plan| plan.catching_up.values().any(|one| now - one.began > patience);
        if leading.plan.as_ref().is_some_and(late) {
            cx.mark(Mark::LearnerTooSlow);
            leading.plan = None;
        }
        if leading.plan.is_none() {
            let (catching_up, caught_up) = Default::default();
            leading.plan = Some(Plan { changes, joint, catching_up, caught_up });
            self.go_on_with_plan(cx);
        }
    }

    /// Whether the configuration may change: the last change is committed, and so is an entry of
    /// the own term (Ongaro's correction of 2015).
    fn may_change(&self, cx: &Context<'_, Self>) -> bool {
        let settled = self.configuration_index() <= self.commit
            && self.log.term_at(self.commit) == Some(self.term);
        settled || cx.config().has(Mutant::SingleChange)
    }

    /// The next stage of the change under way: learners first, then votes.
    pub(crate) fn go_on_with_plan(&mut self, cx: &mut Context<'_, Self>) {
        if !self.may_change(cx) {
            return self.want_own_entry(cx);
        }
        let (now, last, time) = (self.configuration().clone(), self.log.last(), cx.now());
        let Standing::Leader(leading) = &mut self.standing else { return };
        if now.is_joint() {
            if let (true, Ok(next)) = (now.leaves_by_itself(), now.leave_joint()) {
                leading.plan = None;
                self.propose(Payload::Configuration(next), cx);
            }
            return;
        }
        let Some(plan) = &mut leading.plan else { return };
        let members = now.members();
        let newcomers: Vec<Change> = plan
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::AddVoter(node) if !members.contains(node) => {
                    Some(Change::AddLearner(*node))
                }
                _ => None,
            })
            .collect();
        if !newcomers.is_empty() {
            let round = CatchUp { target: last, began: time, rounds: 1 };
            for change in &newcomers {
                if let Change::AddLearner(node) = change {
                    plan.catching_up.insert(*node, round);
                }
            }
            return self.change(now.simple(&newcomers), cx);
        }
        // A learner that was there before catches up as well, if it is not known to have done so.
        for change in &plan.changes {
            if let Change::AddVoter(node) = change
                && now.is_learner(*node)
                && !plan.caught_up.contains(node)
                && leading.progress.get(node).is_some_and(|one| one.matched < self.commit)
            {
                let round = CatchUp { target: last, began: time, rounds: 1 };
                plan.catching_up.entry(*node).or_insert(round);
            }
        }
        if !plan.catching_up.is_empty() {
            return;
        }
        let plan = leading.plan.take();
        if let Some(Plan { changes, joint, .. }) = plan {
            let next = if joint { now.enter_joint(true, &changes) } else { now.simple(&changes) };
            self.change(next, cx);
        }
    }

    fn change(
        &mut self,
        next: Result<Configuration, crate::ChangeError>,
        cx: &mut Context<'_, Self>,
    ) {
        match next {
            Ok(next) if next != *self.configuration() => {
                self.propose(Payload::Configuration(next), cx);
            }
            Ok(_) => {}
            Err(_) => {
                cx.mark(Mark::ChangeRefused);
                if let Standing::Leader(leading) = &mut self.standing {
                    leading.plan = None;
                }
            }
        }
    }

    /// The configuration in effect has changed: the leader follows whoever belongs now.
    pub(crate) fn refresh_progress(&mut self, cx: &mut Context<'_, Self>) {
        let others = self.others(cx.id());
        let last = self.log.last().previous();
        let Standing::Leader(leading) = &mut self.standing else { return };
        leading.progress.retain(|node, _| others.contains(node));
        for node in others {
            leading.progress.entry(node).or_insert_with(|| Progress::new(last));
        }
    }

    /// A follower has more of the log than was known.
    pub(crate) fn notice_progress(&mut self, from: NodeId, cx: &mut Context<'_, Self>) {
        let last = self.log.last();
        let shortest = cx.config().election_timeout.shortest();
        let Standing::Leader(leading) = &mut self.standing else { return };
        let matched = leading.progress.get(&from).map_or(Index(0), |progress| progress.matched);
        if leading.transfer == Some(from) && matched == last {
            cx.send(from, Message::TimeoutNow(self.term));
        }
        let Some(plan) = &mut leading.plan else { return };
        let Some(round) = plan.catching_up.get_mut(&from) else { return };
        if matched < round.target {
            return;
        }
        // With nothing left to send, another round would be over at once.
        if cx.now() - round.began < shortest || matched == last {
            plan.catching_up.remove(&from);
            plan.caught_up.insert(from);
            self.go_on_with_plan(cx);
        } else if round.rounds >= ROUNDS_MAX {
            cx.mark(Mark::LearnerTooSlow);
            leading.plan = None;
        } else {
            *round = CatchUp { target: last, began: cx.now(), rounds: round.rounds + 1 };
        }
    }

    /// Something new is committed.
    pub(crate) fn after_commit(&mut self, cx: &mut Context<'_, Self>) {
        self.begin_early_reads(cx);
        let id = cx.id();
        let settled = self.configuration_index() <= self.commit;
        let now = self.configuration();
        // "The leader steps down once it has committed" the configuration that it is not part of.
        if settled && !now.is_joint() && !now.is_voter(id) && self.is_leader() {
            // Its successor should know: the commit index goes out once more.
            self.broadcast_heartbeat(cx);
            return self.step_down(None, cx);
        }
        self.go_on_with_plan(cx);
    }

    /// Leadership goes to another voter, once that has the whole log (thesis, 3.10).
    fn begin_transfer(&mut self, to: NodeId, cx: &mut Context<'_, Self>) {
        let may = to != cx.id() && self.configuration().stays_voter(to);
        let last = self.log.last();
        let Standing::Leader(leading) = &mut self.standing else { return };
        if !may || leading.transfer.is_some() {
            return;
        }
        cx.mark(Mark::TransferBegun);
        leading.transfer = Some(to);
        leading.transfer_begun = true;
        cx.set_timer(Timer::Transfer, cx.config().election_timeout.longest());
        let ready = leading.progress.get(&to).is_some_and(|progress| progress.matched == last);
        if ready {
            cx.send(to, Message::TimeoutNow(self.term));
        } else {
            self.send_entries(to, cx);
        }
    }

    /// The transfer has taken too long: this server goes on to lead, without a lease in this term,
    /// since its target may still take over.
    pub(crate) fn abort_transfer(&mut self, cx: &mut Context<'_, Self>) {
        if let Standing::Leader(leading) = &mut self.standing
            && leading.transfer.take().is_some()
        {
            cx.mark(Mark::TransferAborted);
        }
    }
}
