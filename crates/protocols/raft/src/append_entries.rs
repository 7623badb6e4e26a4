//! AppendEntries at its receiver (figure 2; section 5.3).

use std::sync::Arc;

use sim_node::{Context, NodeId};

use crate::common::{CommonState, hold_sends_until_durable};
use crate::server::State;
use crate::{
    AppendEntries, AppendEntriesReply, AppendResult, Entry, Index, Message, Server, Term, mutants,
};

impl Server {
    /// A leader sends entries, or a heartbeat.
    pub(crate) fn on_append_entries(
        &mut self,
        from: NodeId,
        append: AppendEntries,
        cx: &mut Context<'_, Self>,
    ) {
        let (kind, sent_at, round) = (append.kind(), append.sent_at, append.round);
        let result = if append.term < self.common.current_term {
            AppendResult::StaleTerm
        } else {
            self.on_leader_contact(from, append.term, cx);
            self.common.append(append, cx)
        };
        // What the reply says is durable before it is sent; so is the term that it names, which may
        // be new to the disk.
        hold_sends_until_durable(cx);
        let term = self.common.current_term;
        let reply = AppendEntriesReply { term, kind, sent_at, round, result };
        cx.send(from, Message::AppendEntriesReply(reply));
    }

    /// A message of the leader of this or of a newer term arrived.
    pub(crate) fn on_leader_contact(
        &mut self,
        from: NodeId,
        term: Term,
        cx: &mut Context<'_, Self>,
    ) {
        self.observe_term(term, cx);
        self.last_contact = Some(cx.now());
        match &mut self.state {
            State::Follower { leader } => {
                *leader = Some(from);
                Self::restart_election_timer(cx);
            }
            State::PreCandidate { .. } | State::Candidate { .. } => {
                self.become_follower(Some(from), cx);
            }
            State::Leader(_) => unreachable!("RF1: two leaders in one term"),
        }
    }
}

impl CommonState {
    /// The receiver's steps 2 to 5 of AppendEntries: reject if the log has no matching entry at
    /// prevLogIndex; delete conflicting entries; append new ones; advance commitIndex.
    ///
    /// Only a *conflicting* entry removes what follows it, as messages may be reordered and
    /// repeated. Both logs have the terms `1 1 2`:
    ///
    /// ```text
    /// AppendEntries(prevLogIndex 1, entries of term 1) was sent before entry 3 existed and arrives
    /// late: entry 2 is already there, so nothing is removed; entry 3, which this server has
    /// acknowledged, stays.
    /// ```
    ///
    /// This server applies at once what `leader_commit` covers, although its own disk may not have
    /// these entries yet: a majority has them on disk, and after a crash the leader sends them
    /// again.
    fn append(&mut self, append: AppendEntries, cx: &mut Context<'_, Server>) -> AppendResult {
        let AppendEntries { prev_log_index, prev_log_term, entries, leader_commit, .. } = append;
        let base = self.log.base();
        if prev_log_index >= base && self.log.term_at(prev_log_index) != Some(prev_log_term) {
            return self.reject(prev_log_index);
        }
        // Entries that the snapshot covers are committed, so they match the leader's.
        let covered_by_snapshot = usize::try_from(base.0.saturating_sub(prev_log_index.0));
        let mut already_stored = covered_by_snapshot.unwrap_or(usize::MAX).min(entries.len());
        let mut last_kept = prev_log_index.max(base);
        while let Some(entry) = entries.get(already_stored) {
            let own = self.log.term_at(last_kept.next());
            let matches = own == Some(entry.term) || mutants::keeps_anyway(own, cx);
            if !matches || mutants::truncates_anyway(last_kept, self.commit_index, cx) {
                break;
            }
            last_kept = last_kept.next();
            already_stored += 1;
        }
        let match_index = Index(prev_log_index.0 + entries.len() as u64).max(base);
        if already_stored < entries.len() {
            assert!(last_kept >= self.commit_index, "RF5: a committed entry would be replaced");
            let new: Arc<[Entry]> =
                if already_stored == 0 { entries } else { Arc::from(&entries[already_stored..]) };
            self.replace_suffix(last_kept, new, cx);
        }
        // "min(leaderCommit, index of last new entry)": what follows may not match.
        self.advance_commit_index(leader_commit.min(match_index), cx, |_, _, _| {});
        AppendResult::Success(match_index)
    }

    /// Rejects an AppendEntries. The reply lets the leader decrement nextIndex by a whole term at a
    /// time (section 5.3, "when rejecting an AppendEntries request ..."). The leader's half of it,
    /// with an example, is `next_index_after_rejection`.
    fn reject(&self, rejected: Index) -> AppendResult {
        let conflict_term = self.log.term_at(rejected);
        let first_index = match conflict_term {
            Some(_) => self.log.first_of_term(rejected),
            None => self.log.last_index().next(),
        };
        AppendResult::Rejected { rejected, conflict_term, first_index }
    }
}
