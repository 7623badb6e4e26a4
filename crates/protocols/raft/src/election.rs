//! Elections: pre-votes, votes, and the withholding of votes (sections 5.2 and 5.4.1; thesis, 4.2.3
//! and 9.6).

use std::collections::BTreeMap;

use sim_node::{Context, NodeId};

use crate::node::{Leading, Standing, Timer};
use crate::reads::Reading;
use crate::types::Mark;
use crate::{
    Index, Message, Mutant, Payload, Progress, Record, Server, Term, VoteReply, VoteRequest,
    VoteResult,
};

impl Server {
    /// No leader was heard for an election timeout.
    pub(crate) fn miss_leader(&mut self, cx: &mut Context<'_, Self>) {
        if self.is_leader() {
            return;
        }
        self.wait_for_leader(cx);
        if !self.may_be_needed(cx.id()) {
            return;
        }
        if cx.config().pre_vote {
            self.ask_before(cx);
        } else {
            self.campaign(false, cx);
        }
    }

    /// Whether it has a vote, or had one until a change that may not be committed: then the others
    /// may lack that change and need its vote, while only it can bring them the change, as a
    /// leader that does not count itself (thesis, 4.2.2). Others wait to hear of a
    /// configuration with their vote.
    fn may_be_needed(&self, id: NodeId) -> bool {
        let committed = self.configurations.range(..=self.commit).next_back();
        let from = committed.map(|(index, _)| *index).unwrap_or_default();
        self.configurations.range(from..).any(|(_, configuration)| configuration.is_voter(id))
    }

    /// Asks whether it would win an election in the next term.
    fn ask_before(&mut self, cx: &mut Context<'_, Self>) {
        self.standing = Standing::PreCandidate { votes: BTreeMap::from([(cx.id(), true)]) };
        let request = self.vote_request(self.term.next(), false);
        self.ask_voters(&Message::PreVote(request), cx);
        self.settle_pre_vote(cx);
    }

    /// Begins an election: new term, own vote, durable before anybody hears of it.
    fn campaign(&mut self, transfer: bool, cx: &mut Context<'_, Self>) {
        self.term = self.term.next();
        self.vote = Some(cx.id());
        self.standing = Standing::Candidate { votes: BTreeMap::from([(cx.id(), true)]) };
        self.wait_for_leader(cx);
        cx.write(Record::Vote { term: self.term, vote: self.vote });
        Self::persist(cx);
        let request = self.vote_request(self.term, transfer);
        self.ask_voters(&Message::RequestVote(request), cx);
        // The votes of others come after the own is durable, for only then are they asked. Whoever
        // needs no other waits for its own as well: to itself, behind the barrier.
        let id = cx.id();
        let own = |voter| (voter == id).then_some(true);
        if self.configuration().vote(own) == VoteResult::Won {
            cx.send(id, Message::Vote(VoteReply { term: self.term, granted: true }));
        }
    }

    fn vote_request(&self, term: Term, transfer: bool) -> VoteRequest {
        VoteRequest { term, last: self.log.last(), last_term: self.log.last_term(), transfer }
    }

    fn ask_voters(&self, message: &Message, cx: &mut Context<'_, Self>) {
        for voter in self.configuration().voters() {
            if voter != cx.id() {
                cx.send(voter, message.clone());
            }
        }
    }

    /// Leadership was transferred to this server.
    pub(crate) fn take_over(&mut self, term: Term, cx: &mut Context<'_, Self>) {
        let may_lead = !self.is_leader() && self.configuration().is_voter(cx.id());
        if term == self.term && may_lead {
            self.campaign(true, cx);
        }
    }

    /// Somebody asks whether it would be elected. Nothing changes here: only an answer goes out.
    pub(crate) fn answer_pre_vote(
        &mut self,
        from: NodeId,
        request: &VoteRequest,
        cx: &mut Context<'_, Self>,
    ) {
        let granted = request.term > self.term
            && !self.hears_leader(cx)
            && self.log.is_no_newer_than(request.last_term, request.last);
        // A refusal carries the own term, so that a server that fell behind catches up.
        let term = if granted { request.term } else { self.term };
        // The term may not be durable yet, if it came in this incarnation without an answer.
        Self::persist(cx);
        cx.send(from, Message::PreVoteReply(VoteReply { term, granted }));
    }

    pub(crate) fn count_pre_vote(
        &mut self,
        from: NodeId,
        reply: &VoteReply,
        cx: &mut Context<'_, Self>,
    ) {
        if !reply.granted && reply.term > self.term {
            return self.enter_term(reply.term, cx);
        }
        if reply.granted && reply.term != self.term.next() {
            return;
        }
        if let Standing::PreCandidate { votes } = &mut self.standing {
            votes.insert(from, reply.granted);
            self.settle_pre_vote(cx);
        }
    }

    fn settle_pre_vote(&mut self, cx: &mut Context<'_, Self>) {
        let Standing::PreCandidate { votes } = &self.standing else { return };
        match self.configuration().vote(|voter| votes.get(&voter).copied()) {
            VoteResult::Won => self.campaign(false, cx),
            VoteResult::Lost => self.standing = Standing::Follower { leader: None },
            VoteResult::Pending => {}
        }
    }

    /// Somebody campaigns (figure 2, RequestVote).
    pub(crate) fn answer_vote(
        &mut self,
        from: NodeId,
        request: &VoteRequest,
        cx: &mut Context<'_, Self>,
    ) {
        // "If a server receives a RequestVote within the minimum election timeout of hearing from a
        // current leader, it does not update its term or grant its vote" (section 6). Nor does it
        // when it is in that term already, of which somebody else may have told it: its
        // lease binds it still.
        if request.term >= self.term && !request.transfer && self.withholds(cx) {
            cx.mark(Mark::VoteWithheld);
            return;
        }
        if request.term > self.term {
            self.enter_term(request.term, cx);
        }
        let free = self.vote.is_none_or(|vote| vote == from) || cx.config().has(Mutant::Vote2);
        let granted = request.term == self.term
            && free
            && self.log.is_no_newer_than(request.last_term, request.last);
        let late = cx.config().has(Mutant::NonatomicVote);
        if granted {
            self.vote = Some(from);
            let written = if late { None } else { self.vote };
            cx.write(Record::Vote { term: self.term, vote: written });
            self.wait_for_leader(cx);
        }
        Self::persist(cx);
        cx.send(from, Message::Vote(VoteReply { term: self.term, granted }));
        if granted && late {
            cx.write(Record::Vote { term: self.term, vote: self.vote });
        }
    }

    pub(crate) fn count_vote(
        &mut self,
        from: NodeId,
        reply: &VoteReply,
        cx: &mut Context<'_, Self>,
    ) {
        if reply.term > self.term {
            return self.enter_term(reply.term, cx);
        }
        if reply.term < self.term && !cx.config().has(Mutant::StaleVoteReply) {
            return;
        }
        let from = self.counted_for(from, reply.granted, cx);
        if let Standing::Candidate { votes } = &mut self.standing {
            votes.insert(from, reply.granted);
            self.settle_vote(cx);
        }
    }

    /// For whom a vote is counted: for whoever gave it. A number in the place of a set does not
    /// know who that was, and takes a vote that arrives again for somebody else's.
    fn counted_for(&self, from: NodeId, granted: bool, cx: &Context<'_, Self>) -> NodeId {
        match &self.standing {
            Standing::Candidate { votes }
                if granted && cx.config().has(Mutant::DupVote) && votes.contains_key(&from) =>
            {
                let mut voters = self.configuration().voters().into_iter();
                voters.find(|voter| !votes.contains_key(voter)).unwrap_or(from)
            }
            _ => from,
        }
    }

    fn settle_vote(&mut self, cx: &mut Context<'_, Self>) {
        let Standing::Candidate { votes } = &self.standing else { return };
        if self.quorums(cx).vote(|voter| votes.get(&voter).copied()) == VoteResult::Won {
            self.lead(cx);
        }
    }

    /// It has been elected.
    fn lead(&mut self, cx: &mut Context<'_, Self>) {
        cx.mark(Mark::ElectionWon);
        cx.cancel_timer(Timer::Election);
        let last = self.log.last();
        let others = self.others(cx.id());
        self.standing = Standing::Leader(Box::new(Leading {
            progress: others.into_iter().map(|node| (node, Progress::new(last))).collect(),
            persisted: Index(0),
            waiting: BTreeMap::new(),
            reading: Reading::default(),
            transfer: None,
            transfer_begun: false,
            plan: None,
        }));
        cx.set_timer(Timer::Heartbeat, cx.config().heartbeat);
        if cx.config().withholds_votes() {
            cx.set_timer(Timer::Quorum, cx.config().election_timeout.longest());
        }
        // What it wrote as a follower may not be durable yet.
        Self::persist(cx);
        cx.send(cx.id(), Message::Persisted(self.term, last));
        if cx.config().noop {
            self.propose(Payload::Noop, cx);
        } else {
            self.broadcast_heartbeat(cx);
        }
    }

    /// Whether it has heard a leader within the shortest election timeout, or is one.
    fn hears_leader(&self, cx: &Context<'_, Self>) -> bool {
        let shortest = cx.config().election_timeout.shortest();
        self.is_leader() || self.heard.is_some_and(|heard| cx.now() - heard < shortest)
    }

    /// Whether it withholds its vote: for a leader's sake, or because it may have heard one shortly
    /// before it crashed.
    fn withholds(&self, cx: &Context<'_, Self>) -> bool {
        let shortest = cx.config().election_timeout.shortest();
        let restarted = self.restarted.filter(|_| !cx.config().has(Mutant::LeaseRestart));
        cx.config().withholds_votes()
            && !cx.config().has(Mutant::LeaseNoWithhold)
            && (self.hears_leader(cx)
                || restarted.is_some_and(|restarted| cx.now() - restarted < shortest))
    }

    /// Does a majority still answer? If not, somebody else may lead already (thesis, 6.2).
    pub(crate) fn check_quorum(&mut self, cx: &mut Context<'_, Self>) {
        let id = cx.id();
        let Standing::Leader(leading) = &self.standing else { return };
        let answers = |node: NodeId| {
            Some(node == id || leading.progress.get(&node).is_some_and(|one| one.active))
        };
        if self.configuration().vote(answers) != VoteResult::Won {
            return self.step_down(None, cx);
        }
        if let Standing::Leader(leading) = &mut self.standing {
            for progress in leading.progress.values_mut() {
                progress.active = false;
            }
        }
        cx.set_timer(Timer::Quorum, cx.config().election_timeout.longest());
    }
}
