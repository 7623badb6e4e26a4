//! Elections: RequestVote, pre-votes, and when a server disregards candidates (sections 5.2, 5.4.1
//! and 6; thesis, 4.2.3 and 9.6).

use std::collections::{BTreeMap, BTreeSet};

use sim_node::{Context, NodeId, RequestId, Requested};

use crate::common::hold_sends_until_durable;
use crate::leader::LeaderState;
use crate::server::{State, Timer};
use crate::types::Mark;
use crate::{
    Message, Mutant, Record, RequestVote, RequestVoteReply, Server, Term, VoteResult, mutants,
};

impl Server {
    /// A follower or candidate received nothing from a leader for an election timeout. RequestVote
    /// and PreVote are not retried (section 5.1); this starts a new election instead.
    pub(crate) fn on_election_timeout(&mut self, cx: &mut Context<'_, Self>) {
        if self.is_leader() {
            return;
        }
        Self::restart_election_timer(cx);
        if !self.may_campaign(cx.id()) {
            return;
        }
        if cx.config().pre_vote {
            self.start_pre_vote(cx);
        } else {
            self.start_election(None, cx);
        }
    }

    /// Whether this server may start elections: it is a voter of the configuration in effect, or of
    /// the committed one, or of one between them. A removed server must campaign until its removal
    /// is committed (thesis, 4.2.2): the others may not have the entry yet, and may need its vote
    /// or its log. A server that is in none of these configurations waits.
    ///
    /// ```text
    /// Servers 0 and 1; entry 2 removes server 0, which leads.
    ///   log of 0: 1 2   in effect: {1}
    ///   log of 1: 1     in effect: {0 1}
    /// Server 1 needs the vote of 0, which refuses it, as its own log is more up to date. So 0 must
    /// campaign: the vote of 1 is a majority of {1}, and the new leader brings 1 the entry.
    /// ```
    fn may_campaign(&self, id: NodeId) -> bool {
        self.common.configurations.is_voter_since(self.common.commit_index, id)
    }

    /// Starts a pre-vote: would this server win an election in the next term? It stays in its term
    /// meanwhile.
    fn start_pre_vote(&mut self, cx: &mut Context<'_, Self>) {
        self.state = State::PreCandidate { votes: BTreeMap::from([(cx.id(), true)]) };
        let request = self.request_vote(self.common.current_term.next(), false);
        self.send_to_voters(&Message::PreVote(request), cx);
        self.count_pre_votes(cx);
    }

    /// Begins an election: a new term and its own vote, both durable before they are sent. A
    /// transfer that wants it comes with the requests for it.
    fn start_election(
        &mut self,
        transfer: Option<BTreeSet<RequestId>>,
        cx: &mut Context<'_, Self>,
    ) {
        let leadership_transfer = transfer.is_some();
        let (id, term) = (cx.id(), self.common.current_term.next());
        self.common.current_term = term;
        self.common.voted_for = Some(id);
        let votes = BTreeMap::from([(id, true)]);
        self.state = State::Candidate { votes, transfer: transfer.unwrap_or_default() };
        Self::restart_election_timer(cx);
        cx.write(Record::Vote { term, vote: Some(id) });
        hold_sends_until_durable(cx);
        let request = self.request_vote(term, leadership_transfer);
        self.send_to_voters(&Message::RequestVote(request), cx);
        // The requests wait behind the barrier, so the votes of others arrive after its own is
        // durable. Where its own vote is enough, that too waits behind the barrier, as a message
        // to itself.
        let own = |voter| (voter == id).then_some(true);
        if self.configuration().vote(own) == VoteResult::Won {
            cx.send(id, Message::RequestVoteReply(RequestVoteReply { term, vote_granted: true }));
        }
    }

    fn request_vote(&self, term: Term, leadership_transfer: bool) -> RequestVote {
        let log = &self.common.log;
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
    pub(crate) fn on_timeout_now(&mut self, term: &Requested<Term>, cx: &mut Context<'_, Self>) {
        let is_other_voter = !self.is_leader() && self.configuration().is_voter(cx.id());
        if term.what == self.common.current_term && is_other_voter {
            self.start_election(Some(term.by.clone()), cx);
        }
    }

    /// A pre-vote request. Answering it changes no state. Unlike a vote, a pre-vote is refused
    /// while there is a current leader even without `check_quorum`, and a recent restart does not
    /// matter: granting a pre-vote elects nobody.
    pub(crate) fn on_pre_vote(
        &mut self,
        from: NodeId,
        request: &RequestVote,
        cx: &mut Context<'_, Self>,
    ) {
        let is_stale = request.term < self.common.current_term;
        if is_stale && cx.config().has(Mutant::SilentPreVote) {
            return;
        }
        let vote_granted = request.term > self.common.current_term
            && !self.has_current_leader(cx)
            && self
                .common
                .log
                .candidate_is_up_to_date(request.last_log_term, request.last_log_index);
        // A refusal carries this server's term, so that a server in an older term learns of it.
        let term = if vote_granted { request.term } else { self.common.current_term };
        // The current term may not be durable yet, if no message has named it so far.
        hold_sends_until_durable(cx);
        cx.send(from, Message::PreVoteReply(RequestVoteReply { term, vote_granted }));
    }

    pub(crate) fn on_pre_vote_reply(
        &mut self,
        from: NodeId,
        reply: &RequestVoteReply,
        cx: &mut Context<'_, Self>,
    ) {
        // The term of a pre-vote that is granted is the one that was asked about.
        if reply.vote_granted {
            if reply.term != self.common.current_term.next() {
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

    /// A pre-candidate that has lost is a follower again. A candidate that has lost stays one until
    /// its timeout, as in figure 4.
    fn count_pre_votes(&mut self, cx: &mut Context<'_, Self>) {
        if let State::PreCandidate { votes } = &self.state {
            match self.configuration().vote(|voter| votes.get(&voter).copied()) {
                VoteResult::Won => self.start_election(None, cx),
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
        // current leader, it does not update its term or grant its vote" (section 6; here only with
        // `check_quorum` or leases, as in etcd). No reply is sent. That holds in the term of the
        // request, too, in which the server may be already because of another message: the
        // leader's lease still relies on it.
        let is_not_stale = request.term >= self.common.current_term;
        if is_not_stale && !request.leadership_transfer && self.disregards_candidates(cx) {
            cx.mark(Mark::VoteWithheld);
            return;
        }
        self.observe_term(request.term, cx);
        let common = &mut self.common;
        let (term, voted_for) = (common.current_term, mutants::voted_for(common.voted_for, cx));
        let may_vote_for_sender = voted_for.is_none_or(|candidate| candidate == from)
            && !mutants::votes_for_nobody(common.configuration(), cx);
        let vote_granted = request.term == term
            && may_vote_for_sender
            && common.log.candidate_is_up_to_date(request.last_log_term, request.last_log_index);
        if vote_granted {
            common.voted_for = Some(from);
            cx.write(Record::Vote { term, vote: mutants::vote_before_reply(from, cx) });
            Self::restart_election_timer(cx);
        }
        hold_sends_until_durable(cx);
        cx.send(from, Message::RequestVoteReply(RequestVoteReply { term, vote_granted }));
        if vote_granted {
            mutants::write_vote_after_reply(term, from, cx);
        }
    }

    /// A voter has answered a RequestVote.
    pub(crate) fn on_request_vote_reply(
        &mut self,
        from: NodeId,
        reply: &RequestVoteReply,
        cx: &mut Context<'_, Self>,
    ) {
        if self.observe_term(reply.term, cx) {
            return;
        }
        if reply.term < self.common.current_term && !cx.config().has(Mutant::StaleVoteReply) {
            return;
        }
        if let State::Candidate { votes, .. } = &mut self.state {
            let configuration = self.common.configuration();
            let voter = mutants::voter_counted(from, reply, votes, configuration, cx);
            votes.insert(voter, reply.vote_granted);
            let configuration = mutants::counted_configuration(configuration, cx);
            let vote = |voter| votes.get(&voter).copied();
            if configuration.vote(vote) == VoteResult::Won {
                self.become_leader(cx);
            }
        }
    }

    /// A majority has voted for this candidate. A transfer is done by the election that it began,
    /// and by no later one.
    fn become_leader(&mut self, cx: &mut Context<'_, Self>) {
        cx.mark(Mark::ElectionWon);
        cx.cancel_timer(Timer::Election);
        let leader = State::Leader(Box::new(LeaderState::new(&self.common, cx.id())));
        if let State::Candidate { transfer, .. } = std::mem::replace(&mut self.state, leader) {
            cx.done(transfer);
        }
        self.if_leader(cx, |leader| leader.on_elected());
    }

    /// Whether this server is a leader, or has received a message of one within the minimum
    /// election timeout.
    fn has_current_leader(&self, cx: &Context<'_, Self>) -> bool {
        let shortest = cx.config().election_timeout.shortest();
        self.is_leader() || self.last_contact.is_some_and(|contact| cx.now() - contact < shortest)
    }

    /// Whether this server disregards candidates: because there is a current leader, or because
    /// there may have been one shortly before it crashed.
    ///
    /// A lease relies on it (`leader/reads.rs`). Four servers, leader 0, election timeouts of at
    /// least 150 ms, drift 1%:
    ///
    /// ```text
    ///   0 ms  the leader sends a heartbeat; servers 1 and 2 answer: a lease until 148 ms
    ///  20 ms  server 2 crashes, and forgets when it last had contact
    ///  60 ms  server 2 is up again: it grants no vote before 210 ms
    /// 100 ms  server 3, whose link to the leader is cut, requests votes: 1 and 2 disregard it
    /// ```
    fn disregards_candidates(&self, cx: &Context<'_, Self>) -> bool {
        let shortest = cx.config().election_timeout.shortest();
        let restarted = self.restarted_at.filter(|_| !cx.config().has(Mutant::LeaseRestart));
        cx.config().uses_check_quorum()
            && !cx.config().has(Mutant::LeaseNoWithhold)
            && (self.has_current_leader(cx)
                || restarted.is_some_and(|restarted| cx.now() - restarted < shortest))
    }
}
