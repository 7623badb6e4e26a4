//! Membership changes (section 6; thesis, chapter 4).
//!
//! One server at a time (thesis, 4.1): any majority of the old configuration and any majority of
//! the new one have a server in common, so both may be in use at once. With two servers more at
//! once they may not, and each of them could elect a leader:
//!
//! ```text
//! {0 1 2} -> {0 1 2 3}     {0 1} and {2 3 0} share 0: safe
//! {0 1 2} -> {0 1 2 3 4}   {0 1} and {2 3 4} share no server: two leaders in one term
//! ```
//!
//! Joint consensus (section 6) goes through a configuration in which every decision needs a
//! majority of both:
//!
//! ```text
//! log of the leader   5: {0 3 4}&{0 1 2}             joint (new and old), in effect at once
//!                     6, 7: operations               need two of {0 1 2} and two of {0 3 4}
//!                     8: {0 3 4}                     appended once 5 is committed
//! committed           5 by 0, 1, 3                   8 by two of {0 3 4} alone
//! ```
//!
//! A change begins only when the last one is committed *and* an entry of the current term is, too
//! (Ongaro's correction of 2015). Without the second condition, with servers 0 to 3:
//!
//! ```text
//! term 1   0 leads: appends {0 1 2 3 4}, stores it on 4 alone, and is cut off
//! term 2   1 leads by the votes of 2 and 3: appends {1 2 3}, and commits it with 2
//! term 3   0 comes back, and is elected in {0 1 2 3 4} by 3 and 4, without {1 2 3} in its log
//! ```
//!
//! An entry of term 2 that was committed before {1 2 3} would be in the logs of 1, 2 and 3, and
//! none of them would vote for server 0, whose log ends in term 1.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use sim_node::{NodeId, RequestId, Requested};

use super::catching_up::{CatchUpRound, ROUNDS_MAX, slow_learner};
use super::{Leader, Progress};
use crate::types::Mark;
use crate::{Admin, Change, ChangeError, Configuration, Mutant, Payload};

/// A membership change under way at the leader.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct PendingChange {
    changes: Vec<Change>,
    joint: bool,
    /// The requests that ask for it.
    #[serde(skip)]
    by: BTreeSet<RequestId>,
    /// The servers that catch up before they get a vote.
    pub(super) catching_up: BTreeMap<NodeId, CatchUpRound>,
    /// Servers that have caught up. (They may lag again by now; that is allowed.)
    pub(super) caught_up: BTreeSet<NodeId>,
}

impl PendingChange {
    fn new(changes: Vec<Change>, joint: bool, by: BTreeSet<RequestId>) -> Self {
        Self { changes, joint, by, catching_up: BTreeMap::new(), caught_up: BTreeSet::new() }
    }

    /// The servers that are no members yet and are to have a vote: they become learners first.
    fn new_learners(&self, configuration: &Configuration) -> Vec<NodeId> {
        let members = configuration.members();
        let new = self.changes.iter().filter_map(|change| match change {
            Change::AddVoter(node) if !members.contains(node) => Some(*node),
            _ => None,
        });
        new.collect()
    }
}

impl Leader<'_, '_> {
    /// Executes an admin command, if it is not done and no other change is under way.
    pub(crate) fn execute_admin(&mut self, command: &Requested<Admin>) {
        let (changes, joint) = match &command.what {
            Admin::Transfer(target) => return self.start_transfer(command.with(*target)),
            // It is told to be done once its entry is committed.
            change if change.is_done(self.common.configuration()) => return,
            Admin::AddVoter(node) => (vec![Change::AddVoter(*node)], false),
            Admin::AddLearner(node) => (vec![Change::AddLearner(*node)], false),
            Admin::Remove(node) => (vec![Change::Remove(*node)], false),
            Admin::Joint(changes) => (changes.clone(), true),
        };
        self.give_up_slow_change();
        match &mut self.state.change {
            // What becomes of the change under way becomes of all that ask for it.
            Some(change) if change.changes == changes && change.joint == joint => {
                change.by.extend(&command.by);
            }
            Some(_) => {}
            None => {
                self.state.change = Some(PendingChange::new(changes, joint, command.by.clone()));
                self.continue_change();
            }
        }
    }

    /// A server that catches up too slowly, or is down, does not delay all other changes for ever.
    fn give_up_slow_change(&mut self) {
        let longest = self.cx.config().election_timeout.longest();
        let (now, patience) = (self.cx.now(), longest.saturating_mul(u64::from(ROUNDS_MAX)));
        let is_slow = self.state.change.as_ref().is_some_and(|change| {
            change.catching_up.values().any(|round| now - round.began() > patience)
        });
        if is_slow {
            let of_change = |change: &PendingChange| change.catching_up.keys().next().copied();
            if let Some(node) = self.state.change.as_ref().and_then(of_change) {
                self.refuse_change(&slow_learner(node));
            }
            self.cx.mark(Mark::LearnerTooSlow);
            self.state.change = None;
        }
    }

    /// Takes the next step of a membership change, if there is one and its time has come. It is
    /// called whenever that may be: the command arrives, an entry is committed, a server has caught
    /// up. Of `Joint([AddVoter(3), Remove(1)])` at a leader of {0 1 2}, the stages are:
    ///
    /// ```text
    /// 1 learners     3 is no member: appends voters {0 1 2}, learners {3}; 3 catches up
    /// 2 catching up  the entry is committed, 3 is still in `catching_up`: waits
    /// 3 the change   3 has caught up: appends {0 2 3}&{0 1 2}; `change` is None from here on
    /// 4 leaving      that entry is committed, the configuration is joint: appends {0 2 3}
    /// ```
    ///
    /// A simple change ends with stage 3; without new servers it begins there. A new leader knows
    /// no `change`, but finds a joint configuration in its log, and leaves it.
    pub(super) fn continue_change(&mut self) {
        let is_due =
            self.common.is_configuration_committed() && self.common.has_committed_in_current_term();
        if !is_due && !self.cx.config().has(Mutant::SingleChange) {
            return self.ensure_entry_of_current_term();
        }
        let configuration = self.common.configuration().clone();
        if configuration.is_joint() {
            if configuration.leaves_joint_by_itself()
                && let Ok(next) = configuration.leave_joint()
            {
                self.state.change = None;
                self.propose(Payload::Configuration(Arc::new(next)));
            }
        } else if let Some(change) = &mut self.state.change {
            let new = change.new_learners(&configuration);
            if !new.is_empty() {
                let round = CatchUpRound::first(self.common.log.last_index(), self.cx.now());
                change.catching_up.extend(new.iter().map(|node| (*node, round)));
                let changes: Vec<Change> = new.into_iter().map(Change::AddLearner).collect();
                let next = configuration.simple(&changes);
                return self.propose_configuration(next, None);
            }
            self.catch_up_old_learners(&configuration);
            self.propose_change(&configuration);
        }
    }

    /// A learner from before the change catches up, too, if it is not known to have done so.
    fn catch_up_old_learners(&mut self, configuration: &Configuration) {
        let round = CatchUpRound::first(self.common.log.last_index(), self.cx.now());
        let Some(change) = &mut self.state.change else { return };
        for one in &change.changes {
            if let Change::AddVoter(node) = one
                && configuration.is_learner(*node)
                && !change.caught_up.contains(node)
                && let Some(progress) = self.state.progress.get(node)
                && progress.match_index < self.common.commit_index
            {
                change.catching_up.entry(*node).or_insert(round);
            }
        }
    }

    /// Appends the change itself, once no server catches up any more.
    fn propose_change(&mut self, configuration: &Configuration) {
        if let Some(change) = self.state.change.take_if(|change| change.catching_up.is_empty()) {
            let next = if change.joint {
                configuration.enter_joint(true, &change.changes)
            } else {
                configuration.simple(&change.changes)
            };
            self.propose_configuration(next, Some(change));
        }
    }

    /// Proposes `next`, or refuses the change if `next` is an error. `finished` is the change that
    /// ends with this configuration, already taken out of the state; `None` if the change goes on.
    fn propose_configuration(
        &mut self,
        next: Result<Configuration, ChangeError>,
        finished: Option<PendingChange>,
    ) {
        match next {
            Ok(next) if next != **self.common.configuration() => {
                self.propose(Payload::Configuration(Arc::new(next)));
            }
            Ok(_) => {}
            Err(why) => {
                self.cx.mark(Mark::ChangeRefused);
                self.state.change = finished.or(self.state.change.take());
                self.refuse_change(why.in_words());
                self.state.change = None;
            }
        }
    }

    /// Tells why the change under way is given up.
    pub(super) fn refuse_change(&mut self, why: &str) {
        if let Some(change) = &self.state.change {
            self.cx.refuse(change.by.iter().copied(), why);
        }
    }

    /// The configuration in effect has changed: the leader replicates to its members.
    pub(super) fn update_members(&mut self) {
        let (id, last) = (self.cx.id(), self.common.log.last_index().previous());
        let mut peers = self.common.configuration().members();
        peers.remove(&id);
        let progress = &mut self.state.progress;
        progress.retain(|peer, _| peers.contains(peer));
        for peer in peers {
            // New peers start at the configuration entry that was just appended.
            progress.entry(peer).or_insert_with(|| Progress::new(last));
        }
        self.abort_transfer_to_a_demoted();
    }

    /// Whether a configuration without it is committed: then the leader steps down (thesis, 4.2.2).
    pub(super) fn is_removed(&self) -> bool {
        let configuration = self.common.configuration();
        self.common.is_configuration_committed()
            && !configuration.is_joint()
            && !configuration.is_voter(self.cx.id())
    }
}
