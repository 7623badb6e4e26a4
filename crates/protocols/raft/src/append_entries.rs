//! AppendEntries at its receiver (figure 2; section 5.3).

use std::sync::Arc;

use sim_node::{Context, NodeId};

use crate::core::{Core, persist};
use crate::server::State;
use crate::{
    AppendEntries, AppendReply, AppendResult, Entry, Index, Message, Mutant, Server, Term,
};

impl Server {
    /// A leader sends entries, or a heartbeat.
    pub(crate) fn on_append_entries(
        &mut self,
        from: NodeId,
        append: AppendEntries,
        cx: &mut Context<'_, Self>,
    ) {
        let (purpose, sent_at, round) = (append.purpose(), append.sent_at, append.round);
        let result = if append.term < self.core.current_term {
            AppendResult::OldTerm
        } else {
            self.on_leader_contact(from, append.term, cx);
            self.core.append(append, cx)
        };
        // What the answer says is durable before it is sent; so is the term that it names, which
        // may be new to the disk.
        persist(cx);
        let term = self.core.current_term;
        let reply = AppendReply { term, purpose, sent_at, round, result };
        cx.send(from, Message::AppendReply(reply));
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
                Self::set_election_timer(cx);
            }
            State::PreCandidate { .. } | State::Candidate { .. } => {
                self.become_follower(Some(from), cx);
            }
            State::Leader(_) => unreachable!("RF1: two leaders in one term"),
        }
    }
}

impl Core {
    /// The receiver's steps 2 to 5 of AppendEntries: refuse what does not fit to the log; remove
    /// what conflicts; append what is new; commit.
    ///
    /// Only a *conflicting* entry removes what follows it, as messages may be reordered and
    /// repeated. The leader's log is `1 1 2`, this server's `1 1 2` as well:
    ///
    /// ```text
    /// AppendEntries(prev 1, entries: 1)  sent first, arrives last: entry 2 is there and stays,
    ///                                    and so does entry 3, which was acknowledged already
    /// ```
    fn append(&mut self, append: AppendEntries, cx: &mut Context<'_, Server>) -> AppendResult {
        let AppendEntries { prev_log_index, prev_log_term, entries, leader_commit, .. } = append;
        let base = self.log.base();
        if prev_log_index >= base && self.log.term_at(prev_log_index) != Some(prev_log_term) {
            return self.conflict(prev_log_index);
        }
        // Entries that the snapshot stands for are committed, so they match the leader's.
        let compacted = usize::try_from(base.0.saturating_sub(prev_log_index.0));
        let compacted = compacted.unwrap_or(usize::MAX).min(entries.len());
        let mut after = prev_log_index.max(base);
        let mut known = compacted;
        while let Some(entry) = entries.get(known) {
            let is_there = self.log.term_at(after.next()) == Some(entry.term);
            let removes = cx.config().has(Mutant::TruncateAlways) && after >= self.commit_index;
            if !is_there || removes {
                break;
            }
            after = after.next();
            known += 1;
        }
        let match_index = Index(prev_log_index.0 + entries.len() as u64).max(base);
        if known < entries.len() {
            assert!(after >= self.commit_index, "RF5: a committed entry would be replaced");
            let new: Arc<[Entry]> = if known == 0 { entries } else { Arc::from(&entries[known..]) };
            self.write_entries(after, new, cx);
        }
        // "min(leaderCommit, index of last new entry)": what follows may not match.
        self.commit(leader_commit.min(match_index), cx, |_, _, _| {});
        AppendResult::Success(match_index)
    }

    /// The refusal of an AppendEntries. It lets the leader go back by a whole term at a time
    /// (section 5.3, "when rejecting an AppendEntries request ..."). The leader's half of it, with
    /// an example, is `Leader::next_index_after_conflict`.
    fn conflict(&self, rejected: Index) -> AppendResult {
        let term = self.log.term_at(rejected);
        let first = match term {
            Some(_) => self.log.first_of_term(rejected),
            None => self.log.last_index().next(),
        };
        AppendResult::Conflict { rejected, term, first }
    }
}
