//! Thesis, 4.2.1: new servers catch up before they get a vote.

use raft::{Admin, Message, Timer};
use sim_node::{RequestId, RequestOutcome, Requested};

use crate::cluster::config;
use crate::group::Group;
use crate::server::{TestServer, matched, node, put, vote};

/// "A new server joins the cluster as a non-voting member. The leader replicates log entries to it,
/// but it is not yet counted towards majorities for voting or commitment purposes."
#[test]
fn a_learner_gets_the_log_and_counts_for_nothing() {
    let mut group = Group::new(4, &config(3));
    group.elect(0);
    group.admin(0, Admin::AddLearner(node(3)));
    group.deliver_all();
    group.cut = [1, 2].into();
    group.ask(0, 1, put("a"));
    group.deliver_all();
    assert_eq!(group.servers[3].terms().len(), 3, "it has the entry");
    assert_eq!(group.answered, [], "n0 and a learner are no majority");
    let mut candidate = TestServer::with_disk(1, config(3), (*group.servers[1].disk).clone());
    candidate.fire(Timer::Election);
    candidate.receive(3, vote(2, true));
    assert_eq!(candidate.role(), "candidate", "its vote elects no leader");
    group.cut.clear();
    group.fire(3, Timer::Election);
    assert_eq!(group.servers[3].role(), "follower", "and it does not campaign");
}

/// A server that is added has no vote until it has caught up.
#[test]
fn a_new_voter_catches_up_first() {
    let mut group = Group::new(4, &config(3));
    group.elect(0);
    for sequence in 1..=30 {
        group.ask(0, sequence, put(&sequence.to_string()));
    }
    group.deliver_all();
    group.cut = [3].into();
    group.admin(0, Admin::AddVoter(node(3)));
    group.deliver_all();
    for _ in 0..5 {
        group.heartbeat(0);
        assert!(group.servers[0].node.configuration().is_learner(node(3)));
    }
    group.cut.clear();
    group.heartbeat(0);
    assert!(group.servers[0].node.configuration().is_voter(node(3)));
    assert_eq!(group.servers[3].terms().len(), group.servers[0].terms().len());
}

/// n0 leads, and n3 is to become a voter. Returns it at the beginning of the first round.
fn adding() -> TestServer {
    let mut server = TestServer::new(0, config(3));
    server.elect();
    server.receive(1, matched(1, 1));
    server.admin(Admin::AddVoter(node(3)));
    server.receive(1, matched(1, 2));
    assert!(server.node.configuration().is_learner(node(3)));
    server
}

/// A round takes so long, and a client's entry comes in meanwhile.
fn round(server: &mut TestServer, number: u64, millis: u64) {
    let last = 1 + number;
    server.ask(number, put("a"));
    server.wait(millis);
    server.receive(3, matched(1, last));
}

/// "The replication of entries to the new server is split into rounds ... Each round replicates all
/// the log entries present in the leader's log at the start of the round"; "if the last round lasts
/// less than an election timeout, then the leader adds the new server to the cluster".
#[test]
fn a_learner_whose_round_is_short_gets_its_vote() {
    let mut server = adding();
    for number in 1..=4 {
        round(&mut server, number, 200);
        assert!(server.node.configuration().is_learner(node(3)), "round {number} took too long");
    }
    round(&mut server, 5, 100);
    assert!(server.node.configuration().is_voter(node(3)));
}

/// The same where the leader is busy, and so always a little ahead of a learner whose link is slow:
/// the round counts, and not whether the learner has all that is committed by then.
#[test]
fn a_learner_whose_link_is_slow_gets_its_vote_from_a_busy_leader() {
    let mut server = adding();
    for number in 1..=2 {
        server.ask(number, put("a"));
        server.receive(1, matched(1, 2 + number));
    }
    server.wait(20);
    server.receive(3, matched(1, 3));
    assert_eq!(server.commit(), 4, "more than the learner has");
    assert!(server.node.configuration().is_voter(node(3)));
}

/// "The algorithm waits a fixed number of rounds (such as 10) ... otherwise, the leader aborts the
/// configuration change."
#[test]
fn a_learner_that_is_too_slow_is_given_up() {
    let mut server = adding();
    for number in 1..=10 {
        assert!(!server.marked("learner too slow"), "round {number}");
        round(&mut server, number, 200);
    }
    assert!(server.marked("learner too slow"));
    round(&mut server, 11, 1);
    assert!(server.node.configuration().is_learner(node(3)), "the change is over");
    server.admin(Admin::Remove(node(2)));
    server.receive(1, matched(1, 13));
    assert!(!server.node.configuration().is_voter(node(2)), "and others may begin");
}

/// A learner that does not answer at all does not hold up other changes for good.
#[test]
fn a_learner_that_is_dead_is_given_up_for_another_change() {
    let mut server = adding();
    server.admin(Admin::Remove(node(2)));
    assert!(server.node.configuration().is_voter(node(2)));
    server.wait(3_001);
    server.admin(Admin::Remove(node(2)));
    assert!(server.marked("learner too slow"));
    assert!(!server.node.configuration().is_voter(node(2)));
}

/// What becomes of a change becomes of every request that asks for it while it is under way, and
/// of no later one.
#[test]
fn the_requests_for_a_change_share_its_outcome_while_it_is_under_way() {
    let mut server = adding();
    server.admin(Admin::AddVoter(node(3)));
    for number in 1..=10 {
        round(&mut server, number, 200);
    }
    let why = "n3 did not catch up in time";
    let refused = |number| (RequestId::new(number), RequestOutcome::Refused(why.to_owned()));
    assert_eq!(server.outcomes, [refused(0), refused(1)]);
    server.admin(Admin::AddVoter(node(3)));
    assert_eq!(server.outcomes, []);
}

/// A command that is forwarded comes with the request for it.
#[test]
fn a_leader_tells_of_the_request_that_another_server_was_asked_for() {
    let mut group = Group::new(4, &config(3));
    group.elect(0);
    group.deliver_all();
    let asked = RequestId::new(7);
    let command = Requested::new(Admin::AddVoter(node(2)), [asked]);
    group.server(0).receive(1, Message::Admin(command));
    assert_eq!(group.servers[0].outcomes, [(asked, RequestOutcome::Done)], "it has a vote");
}
