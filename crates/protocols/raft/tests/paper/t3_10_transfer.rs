//! Thesis, 3.10: leadership transfer.

use raft::{Admin, Config, Message, Reads, RequestVote, Term, Timer};
use service::Answer;
use sim_node::{RequestId, RequestOutcome, Requested};

use crate::cluster::{config, ms};
use crate::group::Group;
use crate::server::{TestServer, answers, entries, kinds, matched, node, put, votes};

fn leader() -> TestServer {
    let mut server = TestServer::new(0, config(3));
    server.elect();
    server.receive(1, matched(1, 1));
    server.receive(2, matched(1, 1));
    server
}

/// "The prior leader stops accepting new client requests."
#[test]
fn a_leader_that_transfers_takes_no_requests() {
    let mut server = leader();
    server.admin(Admin::Transfer(node(1)));
    assert_eq!(answers(&server.ask(1, put("a"))), [Answer::Redirect(None)]);
    assert_eq!(server.terms(), [1]);
}

/// "The prior leader fully updates the target server's log to match its own", then "sends a
/// TimeoutNow request to the target server".
#[test]
fn the_target_is_brought_up_to_date_and_then_sent_timeout_now() {
    let mut server = leader();
    assert_eq!(kinds(&server.admin(Admin::Transfer(node(1)))), [(1, "TimeoutNow")], "it has all");

    let mut server = leader();
    let sent = server.ask(1, put("a"));
    assert_eq!(entries(&sent).len(), 2);
    assert_eq!(kinds(&server.admin(Admin::Transfer(node(1)))), [], "it lacks the last entry");
    assert_eq!(kinds(&server.receive(2, matched(1, 2))), [(100, "Reply")], "another has it");
    assert_eq!(kinds(&server.receive(1, matched(1, 2))), [(1, "TimeoutNow")]);
}

/// "This request has the same effect as the target server's election timer firing": it campaigns at
/// once, without a pre-vote.
#[test]
fn the_target_campaigns_at_once() {
    for pre_vote in [true, false] {
        let mut server = TestServer::new(1, Config { pre_vote, ..config(3) });
        server.receive(0, crate::server::heartbeat(1));
        let sent = server.receive(0, Message::TimeoutNow(Term(1).into()));
        assert_eq!(kinds(&sent), [(0, "RequestVote"), (2, "RequestVote")]);
        assert_eq!((server.role(), server.term()), ("candidate", 2));
        let transfers = sent.iter().all(|(_, message)| {
            matches!(message, Message::RequestVote(RequestVote { leadership_transfer: true, .. }))
        });
        assert!(transfers, "and says that the leader wants it so");
    }
}

#[test]
fn a_late_timeout_now_of_an_old_leader_starts_nothing() {
    let mut server = TestServer::new(1, config(3));
    server.receive(0, crate::server::heartbeat(2));
    assert_eq!(kinds(&server.receive(0, Message::TimeoutNow(Term(1).into()))), []);
    assert_eq!((server.role(), server.term()), ("follower", 2));
    let mut learner = TestServer::new(3, config(3));
    learner.receive(0, crate::server::heartbeat(2));
    assert_eq!(
        kinds(&learner.receive(0, Message::TimeoutNow(Term(2).into()))),
        [],
        "nor without a vote"
    );
}

/// Thesis, 4.2.3: votes are not withheld when the leader itself wants the election.
#[test]
fn voters_with_a_current_leader_vote_for_its_target() {
    for leadership_transfer in [true, false] {
        let mut server = TestServer::new(2, Config { check_quorum: true, ..config(3) });
        server.receive(0, crate::server::heartbeat(1));
        let (last_log_index, last_log_term) = (raft::Index(0), Term(0));
        let request =
            RequestVote { term: Term(2), last_log_index, last_log_term, leadership_transfer };
        let sent = server.receive(1, Message::RequestVote(request));
        assert_eq!(votes(&sent).len(), usize::from(leadership_transfer));
    }
}

#[test]
fn leadership_goes_over_within_three_messages_to_each() {
    for check_quorum in [true, false] {
        let features = Config { check_quorum, pre_vote: true, reads: Reads::Lease, ..config(3) };
        let mut group = Group::new(3, &features);
        group.elect(0);
        group.ask(0, 1, put("a"));
        group.deliver_all();
        group.admin(0, Admin::Transfer(node(2)));
        group.deliver_all();
        assert!(group.servers[2].node.is_leader());
        assert_eq!((group.servers[0].role(), group.servers[0].term()), ("follower", 2));
        group.ask(2, 2, put("b"));
        group.deliver_all();
        assert_eq!(group.answered.len(), 2);
    }
}

/// "If leadership transfer does not complete after about an election timeout, the prior leader
/// aborts the transfer and resumes accepting client requests."
#[test]
fn a_transfer_that_takes_too_long_is_aborted() {
    let mut server = leader();
    server.admin(Admin::Transfer(node(1)));
    assert_eq!(server.timers[&Timer::Transfer].longest(), ms(300));
    assert_eq!(answers(&server.ask(1, put("a"))), [Answer::Redirect(None)]);
    server.fire(Timer::Transfer);
    assert!(server.marked("transfer aborted"));
    server.ask(1, put("a"));
    assert_eq!(answers(&server.receive(2, matched(1, 2))).len(), 1);
    assert_eq!(kinds(&server.receive(1, matched(1, 2))), [], "and its target is told no more");
}

/// A target that loses its vote meanwhile cannot be elected, so the leader serves again at once.
#[test]
fn a_transfer_to_a_server_that_loses_its_vote_is_aborted() {
    for change in [Admin::AddLearner(node(1)), Admin::Remove(node(1))] {
        let mut server = leader();
        server.ask(1, put("a"));
        server.admin(Admin::Transfer(node(1)));
        assert_eq!(answers(&server.ask(2, put("b"))), [Answer::Redirect(None)]);
        server.admin(change.clone());
        assert!(server.marked("transfer aborted"), "{change:?}");
        assert!(!server.timers.contains_key(&Timer::Transfer), "{change:?}");
        assert_eq!(kinds(&server.receive(1, matched(1, 3))), [], "{change:?}: it is told no more");
        assert!(answers(&server.ask(2, put("b"))).is_empty(), "{change:?}: it serves again");
    }
}

#[test]
fn leadership_goes_only_to_another_voter() {
    for to in [0, 3, 8] {
        let mut server = leader();
        assert_eq!(kinds(&server.admin(Admin::Transfer(node(to)))), []);
        server.ask(1, put("a"));
        assert_eq!(
            answers(&server.receive(1, matched(1, 2))).len(),
            1,
            "n{to}: it goes on to serve"
        );
    }
}

/// A transfer under way is not turned to another target: that one would be told when it has less
/// than the first.
#[test]
fn a_second_transfer_does_not_take_the_place_of_the_first() {
    let mut server = leader();
    server.admin(Admin::Transfer(node(1)));
    assert_eq!(kinds(&server.admin(Admin::Transfer(node(2)))), []);
}

fn refused(request: u32, why: &str) -> (RequestId, RequestOutcome) {
    (RequestId::new(request), RequestOutcome::Refused(why.to_owned()))
}

/// What becomes of a transfer is told of the request for it, not of another one for the same.
#[test]
fn each_request_for_a_transfer_has_its_own_outcome() {
    let mut server = leader();
    server.admin(Admin::Transfer(node(1)));
    assert_eq!(server.outcomes, []);
    server.admin(Admin::Transfer(node(1)));
    assert_eq!(server.outcomes, [refused(1, "leadership is being transferred to n1")]);
    server.admin(Admin::Transfer(node(0)));
    assert_eq!(server.outcomes, [refused(2, "n0 leads already")]);
    server.fire(Timer::Transfer);
    assert_eq!(server.outcomes, [refused(0, "n1 was not elected within an election timeout")]);
}

/// A transfer is done by the election that it began, and by no other.
#[test]
fn a_transfer_is_done_when_its_target_wins_the_election_that_it_began() {
    let asked = RequestId::new(7);
    for wins_at_once in [true, false] {
        let mut server = TestServer::new(1, config(3));
        server.receive(0, crate::server::heartbeat(1));
        server.receive(0, Message::TimeoutNow(Requested::new(Term(1), [asked])));
        if !wins_at_once {
            server.fire(Timer::Election);
        }
        server.receive(2, crate::server::vote(server.term(), true));
        assert!(server.node.is_leader());
        let done = wins_at_once.then_some((asked, RequestOutcome::Done));
        assert_eq!(server.outcomes, Vec::from_iter(done), "{wins_at_once}");
    }
}

/// A server that knows no leader keeps a transfer. If the leader turns out to be its target, there
/// is nothing to transfer.
#[test]
fn a_transfer_that_waited_until_its_target_led_is_refused() {
    let mut server = TestServer::new(2, config(3));
    server.admin(Admin::Transfer(node(1)));
    server.receive(1, crate::server::heartbeat(1));
    server.fire(Timer::Admin);
    assert_eq!(server.outcomes, [refused(0, "n1 leads already")]);
}
