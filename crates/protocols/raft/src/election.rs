//! Elections: RequestVote, pre-votes, and when a server withholds its vote (sections 5.2, 5.4.1 and
//! 6; thesis, 4.2.3 and 9.6).

use std::collections::BTreeMap;

use sim_node::{Context, NodeId};

use crate::core::persist;
use crate::leader::LeaderState;
use crate::server::{State, Timer};
use crate::types::Mark;
use crate::{Message, Mutant, Record, RequestVote, Server, Term, VoteReply, VoteResult, mutants};

impl Server {
    /// No message of a leader arrived for an election timeout.
    pub(crate) fn on_election_timeout(&mut self, cx: &mut Context<'_, Self>) {
        if self.is_leader() {
            return;
        }
        Self::set_election_timer(cx);
        if !self.may_be_elected(cx.id()) {
            return;
        }
        if cx.config().pre_vote {
            self.start_pre_vote(cx);
        } else {
            self.start_election(false, cx);
        }
    }

    /// Whether it has a vote, or had one until a change that may not be committed. In the latter
    /// case the others may lack that change and need its vote, and only this server can bring them
    /// the change, as a leader that does not count itself (thesis, 4.2.2). A server without a vote
    /// waits until it receives a configuration in which it has one.
    ///
    /// ```text
    /// Servers 0 and 1; entry 2 removes server 0, which leads.
    ///   log of 0: 1 2   in effect: {1}
    ///   log of 1: 1     in effect: {0 1}
    /// Server 1 needs the vote of 0, which refuses it, as its own log is more up to date. So 0 must
    /// campaign: the vote of 1 is a majority of {1}, and the new leader brings 1 the entry.
    /// ```
    fn may_be_elected(&self, id: NodeId) -> bool {
        self.core.configurations.is_voter_since(self.core.commit_index, id)
    }

    /// Asks whether it would win an election in the next term. It stays in its term meanwhile.
    fn start_pre_vote(&mut self, cx: &mut Context<'_, Self>) {
        self.state = State::PreCandidate { votes: BTreeMap::from([(cx.id(), true)]) };
        let request = self.request_vote(self.core.current_term.next(), false);
        self.send_to_voters(&Message::PreVote(request), cx);
        self.count_pre_votes(cx);
    }

    /// Begins an election: a new term and its own vote, both durable before they are sent.
    fn start_election(&mut self, leadership_transfer: bool, cx: &mut Context<'_, Self>) {
        let (id, term) = (cx.id(), self.core.current_term.next());
        self.core.current_term = term;
        self.core.voted_for = Some(id);
        self.state = State::Candidate { votes: BTreeMap::from([(id, true)]) };
        Self::set_election_timer(cx);
        cx.write(Record::Vote { term, vote: Some(id) });
        persist(cx);
        let request = self.request_vote(term, leadership_transfer);
        self.send_to_voters(&Message::RequestVote(request), cx);
        // The requests wait behind the barrier, so the votes of others arrive after its own is
        // durable. Where its own vote is enough, that too waits behind the barrier, as a message
        // to itself.
        let own = |voter| (voter == id).then_some(true);
        if self.configuration().vote(own) == VoteResult::Won {
            cx.send(id, Message::Vote(VoteReply { term, vote_granted: true }));
        }
    }

    fn request_vote(&self, term: Term, leadership_transfer: bool) -> RequestVote {
        let log = &self.core.log;
        RequestVote {
            term,
            last_log_index: log.last_index(),
            last_log_term: log.last_term(),
            leadership_transfer,
        }
    }

    fn send_to_voters(&self, message: &Message, cx: &mut Context<'_, Self>) {
        for voter in self.configuration().voters() {
            if voter != cx.id() {
                cx.send(voter, message.clone());
            }
        }
    }

    /// The leader transfers its leadership to this server (thesis, 3.10).
    pub(crate) fn on_timeout_now(&mut self, term: Term, cx: &mut Context<'_, Self>) {
        let may_lead = !self.is_leader() && self.configuration().is_voter(cx.id());
        if term == self.core.current_term && may_lead {
            self.start_election(true, cx);
        }
    }

    /// A server asks whether it would be elected. The answer changes nothing here.
    pub(crate) fn on_pre_vote(
        &mut self,
        from: NodeId,
        request: &RequestVote,
        cx: &mut Context<'_, Self>,
    ) {
        let vote_granted = request.term > self.core.current_term
            && !self.has_current_leader(cx)
            && self.core.log.is_up_to_date(request.last_log_term, request.last_log_index);
        // A refusal carries this server's term, so that a server in an older term learns of it.
        let term = if vote_granted { request.term } else { self.core.current_term };
        // The current term may not be durable yet, if no message has named it so far.
        persist(cx);
        cx.send(from, Message::PreVoteReply(VoteReply { term, vote_granted }));
    }

    pub(crate) fn on_pre_vote_reply(
        &mut self,
        from: NodeId,
        reply: &VoteReply,
        cx: &mut Context<'_, Self>,
    ) {
        // The term of a pre-vote that is granted is the one that was asked about.
        if reply.vote_granted {
            if reply.term != self.core.current_term.next() {
                return;
            }
        } else if self.observe_term(reply.term, cx) {
            return;
        }
        if let State::PreCandidate { votes } = &mut self.state {
            votes.insert(from, reply.vote_granted);
            self.count_pre_votes(cx);
        }
    }

    fn count_pre_votes(&mut self, cx: &mut Context<'_, Self>) {
        if let State::PreCandidate { votes } = &self.state {
            match self.configuration().vote(|voter| votes.get(&voter).copied()) {
                VoteResult::Won => self.start_election(false, cx),
                VoteResult::Lost => self.state = State::Follower { leader: None },
                VoteResult::Pending => {}
            }
        }
    }

    /// A candidate requests a vote (figure 2, RequestVote).
    pub(crate) fn on_request_vote(
        &mut self,
        from: NodeId,
        request: &RequestVote,
        cx: &mut Context<'_, Self>,
    ) {
        // "If a server receives a RequestVote within the minimum election timeout of hearing from a
        // current leader, it does not update its term or grant its vote" (section 6). That holds in
        // the term of the request, too, in which the server may be already because of another
        // message: the leader's lease still relies on it.
        let is_current = request.term >= self.core.current_term;
        if is_current && !request.leadership_transfer && self.withholds_vote(cx) {
            cx.mark(Mark::VoteWithheld);
            return;
        }
        self.observe_term(request.term, cx);
        let core = &mut self.core;
        let is_free = core.voted_for.is_none_or(|candidate| candidate == from)
            || cx.config().has(Mutant::Vote2);
        let vote_granted = request.term == core.current_term
            && is_free
            && core.log.is_up_to_date(request.last_log_term, request.last_log_index);
        let term = core.current_term;
        let writes_late = cx.config().has(Mutant::NonatomicVote);
        if vote_granted {
            core.voted_for = Some(from);
            let vote = if writes_late { None } else { core.voted_for };
            cx.write(Record::Vote { term, vote });
            Self::set_election_timer(cx);
        }
        persist(cx);
        cx.send(from, Message::Vote(VoteReply { term, vote_granted }));
        if vote_granted && writes_late {
            cx.write(Record::Vote { term, vote: Some(from) });
        }
    }

    /// A voter has answered a RequestVote.
    pub(crate) fn on_vote(&mut self, from: NodeId, reply: &VoteReply, cx: &mut Context<'_, Self>) {
        if self.observe_term(reply.term, cx) {
            return;
        }
        if reply.term < self.core.current_term && !cx.config().has(Mutant::StaleVoteReply) {
            return;
        }
        if let State::Candidate { votes } = &mut self.state {
            let configuration = self.core.configuration();
            let voter = mutants::voter_counted(from, reply, votes, configuration, cx);
            votes.insert(voter, reply.vote_granted);
            let configuration = mutants::counted_configuration(configuration, cx);
            let vote = |voter| votes.get(&voter).copied();
            if configuration.vote(vote) == VoteResult::Won {
                self.become_leader(cx);
            }
        }
    }

    /// A majority has voted for this candidate.
    fn become_leader(&mut self, cx: &mut Context<'_, Self>) {
        cx.mark(Mark::ElectionWon);
        cx.cancel_timer(Timer::Election);
        self.state = State::Leader(Box::new(LeaderState::new(&self.core, cx.id())));
        self.if_leader(cx, |leader| leader.on_elected());
    }

    /// Whether it is a leader, or has received a message of one within the shortest election
    /// timeout.
    fn has_current_leader(&self, cx: &Context<'_, Self>) -> bool {
        let shortest = cx.config().election_timeout.shortest();
        self.is_leader() || self.last_contact.is_some_and(|contact| cx.now() - contact < shortest)
    }

    /// Whether it withholds its vote: because there is a current leader, or because there may have
    /// been one shortly before this server crashed.
    ///
    /// A lease relies on it (`leader/reads.rs`). With timeouts from 150 ms on:
    ///
    /// ```text
    ///   0 ms  the leader sends a heartbeat; servers 1 and 2 answer: a lease until 148 ms
    ///  20 ms  server 2 crashes, and forgets when it last had contact
    ///  60 ms  server 2 is up again: it grants no vote before 210 ms
    /// 100 ms  server 3, whose link to the leader is cut, requests votes: 1 and 2 withhold theirs
    /// ```
    fn withholds_vote(&self, cx: &Context<'_, Self>) -> bool {
        let shortest = cx.config().election_timeout.shortest();
        let restarted = self.restarted_at.filter(|_| !cx.config().has(Mutant::LeaseRestart));
        cx.config().withholds_votes()
            && !cx.config().has(Mutant::LeaseNoWithhold)
            && (self.has_current_leader(cx)
                || restarted.is_some_and(|restarted| cx.now() - restarted < shortest))
    }
}
