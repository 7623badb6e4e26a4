//! Replication: what a leader sends, what a follower keeps, and what is committed (sections 5.3 and
//! 5.4.2).

use service::{Answer, Output, Reply, Request};
use sim_node::{Context, NodeId};

use crate::node::{Standing, Timer};
use crate::types::Mark;
use crate::{
    Append, AppendReply, Entry, Index, Matching, Message, Mutant, Pace, Payload, Server, Term,
};

impl Server {
    /// A client asks.
    pub(crate) fn serve(&mut self, from: NodeId, request: Request, cx: &mut Context<'_, Self>) {
        let operation = request.operation;
        let transferring = match &self.standing {
            Standing::Leader(leading) => leading.transfer,
            _ => None,
        };
        if !self.is_leader() || transferring.is_some() {
            let leader = self.leader(cx.id()).filter(|leader| *leader != cx.id());
            let answer = Answer::Redirect(leader.filter(|_| transferring.is_none()));
            return cx.send(from, Message::Reply(Reply { operation, answer }));
        }
        if let Some(output) = self.store.answered(operation) {
            let answer = Answer::Done(output.clone());
            return cx.send(from, Message::Reply(Reply { operation, answer }));
        }
        if request.command.is_read() && cx.config().reads != crate::Reads::Log {
            return self.read(from, request, cx);
        }
        let Standing::Leader(leading) = &mut self.standing else { return };
        // A retry of what is in the log already waits for that entry.
        if leading.waiting.insert(operation, from).is_none() {
            self.propose(Payload::Command(request), cx);
        }
    }

    /// A leader adds an entry: followers get it while the own copy is on its way to disk, and
    /// counts only once it is there (thesis, 10.2.1).
    pub(crate) fn propose(&mut self, payload: Payload, cx: &mut Context<'_, Self>) {
        let is_configuration = matches!(payload, Payload::Configuration(_));
        let entry = Entry { term: self.term, payload };
        let (after, after_term) = (self.log.last(), self.log.last_term());
        // In memory first, so that what is sent has it; the write follows the sends.
        self.log.push(entry.clone());
        if let (true, Payload::Configuration(configuration)) = (is_configuration, &entry.payload) {
            self.configurations.insert(after.next(), configuration.clone());
            self.refresh_progress(cx);
        }
        self.send_to_all(cx);
        cx.write(crate::Record::Append { after, after_term, entries: vec![entry] });
        Self::persist(cx);
        cx.send(cx.id(), Message::Persisted(self.term, after.next()));
    }

    /// Only an entry of the own term commits what came before it (5.4.2). Whoever waits for one
    /// makes an empty one, unless the election has, or a client.
    pub(crate) fn want_own_entry(&mut self, cx: &mut Context<'_, Self>) {
        if self.is_leader() && self.log.last_term() != self.term {
            self.propose(Payload::Noop, cx);
        }
    }

    fn send_to_all(&mut self, cx: &mut Context<'_, Self>) {
        for node in self.others(cx.id()) {
            self.send_entries(node, cx);
        }
    }

    /// Sends a follower what it lacks, as far as its pace allows.
    pub(crate) fn send_entries(&mut self, node: NodeId, cx: &mut Context<'_, Self>) {
        loop {
            let (last, base) = (self.log.last(), self.log.base());
            let config = cx.config();
            let Standing::Leader(leading) = &mut self.standing else { return };
            let Some(progress) = leading.progress.get_mut(&node) else { return };
            if progress.next > last || !progress.may_send(config.in_flight) {
                return;
            }
            if progress.next <= base {
                return self.begin_snapshot(node, cx);
            }
            let previous = progress.next.previous();
            let entries: Vec<Entry> = self
                .log
                .from(progress.next)
                .take(config.entries_per_append)
                .map(|(_, entry)| entry.clone())
                .collect();
            let upto = Index(previous.0 + entries.len() as u64);
            let again = progress.note_sent(upto);
            let append = self.append(previous, entries, 0, cx);
            if again {
                cx.resend(node, Message::Append(append));
            } else {
                cx.send(node, Message::Append(append));
            }
        }
    }

    fn append(
        &self,
        previous: Index,
        entries: Vec<Entry>,
        round: u64,
        cx: &Context<'_, Self>,
    ) -> Append {
        Append {
            term: self.term,
            previous,
            // What is before the base is not there to be compared; see `begin_snapshot`.
            previous_term: self.log.term_at(previous).unwrap_or(Term(0)),
            entries,
            commit: self.commit,
            sent: cx.now(),
            round,
        }
    }

    /// The leader shows that it lives. An append that may be lost is sent again; where none is
    /// under way, an empty one follows what was sent last, and its answer tells whether that
    /// has arrived.
    pub(crate) fn show_life(&mut self, cx: &mut Context<'_, Self>) {
        if !self.is_leader() {
            return;
        }
        cx.set_timer(Timer::Heartbeat, cx.config().heartbeat);
        let round = self.round_to_confirm();
        for node in self.others(cx.id()) {
            let last = self.log.last();
            let Standing::Leader(leading) = &mut self.standing else { return };
            let Some(progress) = leading.progress.get_mut(&node) else { continue };
            match &mut progress.pace {
                Pace::Snapshot { .. } => {
                    self.resend_chunk(node, cx);
                    // A chunk shows life, but confirms nothing to those who read.
                    if round > 0 {
                        self.beat(node, round, cx);
                    }
                }
                Pace::Probe { waiting } if *waiting && progress.next <= last => {
                    *waiting = false;
                    self.send_entries(node, cx);
                    self.beat(node, round, cx);
                }
                _ => self.beat(node, round, cx),
            }
        }
    }

    pub(crate) fn broadcast_heartbeat(&mut self, cx: &mut Context<'_, Self>) {
        for node in self.others(cx.id()) {
            self.beat(node, 0, cx);
        }
    }

    /// Sends one empty append.
    pub(crate) fn beat(&self, node: NodeId, round: u64, cx: &mut Context<'_, Self>) {
        let Standing::Leader(leading) = &self.standing else { return };
        let Some(progress) = leading.progress.get(&node) else { return };
        // The follower may need entries that are compacted; then this only shows life, at the base.
        let previous = progress.next.previous().max(self.log.base());
        let append = self.append(previous, Vec::new(), round, cx);
        cx.send(node, Message::Append(append));
    }

    /// A follower hears its leader (figure 2, AppendEntries).
    pub(crate) fn follow(&mut self, from: NodeId, append: Append, cx: &mut Context<'_, Self>) {
        let (purpose, sent, round) = (append.purpose(), append.sent, append.round);
        let answer = |term, matching| {
            Message::AppendReply(AppendReply { term, purpose, sent, round, matching })
        };
        if append.term < self.term {
            // The term may not be durable yet, and is spoken of here.
            Self::persist(cx);
            return cx.send(from, answer(self.term, Matching::Stale));
        }
        self.hear_leader(from, append.term, cx);
        let matching = self.reconcile(append, cx);
        Self::persist(cx);
        cx.send(from, answer(self.term, matching));
    }

    /// A leader of this or a newer term has spoken.
    pub(crate) fn hear_leader(&mut self, from: NodeId, term: Term, cx: &mut Context<'_, Self>) {
        if term > self.term {
            self.enter_term(term, cx);
        }
        self.heard = Some(cx.now());
        match &mut self.standing {
            Standing::Follower { leader } => {
                *leader = Some(from);
                self.wait_for_leader(cx);
            }
            Standing::PreCandidate { .. } | Standing::Candidate { .. } => {
                self.step_down(Some(from), cx);
            }
            Standing::Leader(_) => unreachable!("RF1: two leaders in one term"),
        }
    }

    /// Makes the own log match, as far as it can be told.
    fn reconcile(&mut self, append: Append, cx: &mut Context<'_, Self>) -> Matching {
        let Append { previous, previous_term, entries, commit, .. } = append;
        let upto = Index(previous.0 + entries.len() as u64);
        let base = self.log.base();
        if previous >= base && self.log.term_at(previous) != Some(previous_term) {
            return self.conflict(previous);
        }
        // What the snapshot stands for is committed, so it matches whatever a leader has there.
        let skip = usize::try_from(base.0.saturating_sub(previous.0)).unwrap_or(usize::MAX);
        let mut after = previous.max(base);
        let mut rest = entries.into_iter().skip(skip).peekable();
        // Entries that are there already stay, with all that follows them: this append may be old.
        while let Some(entry) = rest.peek() {
            let is_there = self.log.term_at(after.next()) == Some(entry.term);
            // What is committed cannot be deleted by anybody.
            let deletes = cx.config().has(Mutant::TruncateAlways) && after >= self.commit;
            if !is_there || deletes {
                break;
            }
            after = after.next();
            rest.next();
        }
        let fresh: Vec<Entry> = rest.collect();
        if !fresh.is_empty() {
            assert!(after >= self.commit, "RF5: a committed entry would be replaced");
            self.write_entries(after, fresh, cx);
        }
        let matched = upto.max(base);
        self.commit_upto(commit.min(matched), cx);
        Matching::Upto(matched)
    }

    fn conflict(&self, rejected: Index) -> Matching {
        match self.log.term_at(rejected) {
            Some(term) => {
                let first = self.log.first_of_term(rejected);
                Matching::Conflict { rejected, term: Some(term), first }
            }
            None => Matching::Conflict { rejected, term: None, first: self.log.last().next() },
        }
    }

    /// A follower has answered.
    pub(crate) fn hear_follower(
        &mut self,
        from: NodeId,
        reply: &AppendReply,
        cx: &mut Context<'_, Self>,
    ) {
        if reply.term > self.term {
            return self.enter_term(reply.term, cx);
        }
        let term = self.term;
        let Standing::Leader(leading) = &mut self.standing else { return };
        let Some(progress) = leading.progress.get_mut(&from) else { return };
        if reply.term < term || reply.matching == Matching::Stale {
            if cx.config().has(Mutant::ReadIndexRetry) {
                self.confirm_round(from, reply.round, cx);
            }
            return;
        }
        progress.active = true;
        let from_answer = cx.config().has(Mutant::LeaseFromAnswer);
        let since = if from_answer { cx.now() } else { reply.sent };
        progress.acknowledged = progress.acknowledged.max(Some(since));
        match reply.matching {
            Matching::Upto(index) => {
                if progress.note_matched(index) {
                    self.advance_commit(cx);
                    self.notice_progress(from, cx);
                }
            }
            Matching::Conflict { rejected, term: theirs, first } => {
                let ours = theirs.and_then(|theirs| self.log.last_of_term(theirs));
                let hint = ours.map_or(first, Index::next);
                progress.note_conflict(rejected, hint);
            }
            Matching::Stale => {}
        }
        self.send_entries(from, cx);
        self.confirm_round(from, reply.round, cx);
    }

    /// The own copy of the log is durable up to an index.
    pub(crate) fn count_own_copy(&mut self, term: Term, index: Index, cx: &mut Context<'_, Self>) {
        if let Standing::Leader(leading) = &mut self.standing
            && term == self.term
        {
            leading.persisted = leading.persisted.max(index);
            self.advance_commit(cx);
        }
    }

    /// What a majority has, and is of the own term, is committed with all that is before it
    /// (5.4.2).
    pub(crate) fn advance_commit(&mut self, cx: &mut Context<'_, Self>) {
        let id = cx.id();
        let Standing::Leader(leading) = &self.standing else { return };
        let own =
            if cx.config().has(Mutant::LeaderNotCounted) { Index(0) } else { leading.persisted };
        let matched = |node: NodeId| {
            if node == id {
                own
            } else {
                leading.progress.get(&node).map_or(Index(0), |progress| progress.matched)
            }
        };
        let mut index = self.quorums(cx).committed(matched);
        if cx.config().has(Mutant::OneAck) {
            let best = leading.progress.values().map(|progress| progress.matched).max();
            index = best.unwrap_or(index).min(leading.persisted);
        }
        let own_term = self.log.term_at(index) == Some(self.term) || cx.config().has(Mutant::Fig8);
        if index > self.commit && own_term {
            self.commit_upto(index, cx);
            self.after_commit(cx);
        }
    }

    /// Applies what is committed, in order, and answers the clients that wait for it.
    fn commit_upto(&mut self, index: Index, cx: &mut Context<'_, Self>) {
        self.commit = self.commit.max(index);
        while self.applied < self.commit {
            self.applied = self.applied.next();
            let Some(entry) = self.log.get(self.applied) else {
                unreachable!("what is committed and not applied is in the log")
            };
            match &entry.payload {
                Payload::Noop => {}
                Payload::Command(request) => {
                    let output = self.store.execute(request.operation, &request.command);
                    let operation = request.operation;
                    self.answer(operation, output, cx);
                }
                Payload::Configuration(_) => cx.mark(Mark::ConfigurationCommitted),
            }
        }
        self.want_snapshot(cx);
    }

    fn answer(
        &mut self,
        operation: service::Operation,
        output: Option<Output>,
        cx: &mut Context<'_, Self>,
    ) {
        let Standing::Leader(leading) = &mut self.standing else { return };
        if let (Some(client), Some(output)) = (leading.waiting.remove(&operation), output) {
            let answer = Answer::Done(output);
            cx.send(client, Message::Reply(Reply { operation, answer }));
        }
    }
}
