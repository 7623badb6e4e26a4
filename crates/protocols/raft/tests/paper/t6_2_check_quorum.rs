//! Thesis, 6.2: a leader that no majority answers steps down.

use raft::{Config, Reads, Timer};

use crate::cluster::{config, ms};
use crate::server::{TestServer, matched, put};

fn leader(servers: u32) -> TestServer {
    let mut server = TestServer::new(0, Config { check_quorum: true, ..config(servers) });
    server.elect();
    assert_eq!(server.timers[&Timer::CheckQuorum].shortest(), ms(300), "an election timeout");
    // The first interval has begun with its election, which a majority took part in.
    server.fire(Timer::CheckQuorum);
    server
}

/// "A leader in Raft steps down if an election timeout elapses without a successful round of
/// heartbeats to a majority of its cluster."
#[test]
fn a_leader_without_a_majority_steps_down() {
    for (servers, answers, leads) in
        [(3, 0, false), (3, 1, true), (5, 1, false), (5, 2, true), (4, 1, false), (4, 2, true)]
    {
        let mut server = leader(servers);
        for round in 0..3 {
            for follower in 1..=answers {
                server.receive(follower, matched(1, 1));
            }
            if server.node.is_leader() {
                server.fire(Timer::CheckQuorum);
            }
            assert_eq!(server.node.is_leader(), leads, "{answers} of {servers}, round {round}");
        }
        assert_eq!(server.term(), 1, "it steps down in its term");
        assert_eq!(server.timers.contains_key(&Timer::Election), !leads);
    }
}

/// Answers count for the interval in which they come.
#[test]
fn old_answers_do_not_keep_a_leader() {
    let mut server = leader(3);
    server.receive(1, matched(1, 1));
    server.fire(Timer::CheckQuorum);
    assert!(server.node.is_leader());
    server.fire(Timer::CheckQuorum);
    assert_eq!(server.role(), "follower");
}

/// "This allows clients to retry their requests with another server": it redirects them no more to
/// itself, and answers nothing that it had under way.
#[test]
fn clients_of_a_leader_that_stepped_down_go_elsewhere() {
    let mut server = leader(3);
    server.ask(1, put("a"));
    server.fire(Timer::CheckQuorum);
    let sent = server.ask(1, put("a"));
    assert_eq!(crate::server::answers(&sent), [service::Answer::Redirect(None)]);
    assert_eq!(crate::server::answers(&server.receive(1, matched(1, 2))), []);
}

/// It is a field of the configuration; leases need it, and bring it with them.
#[test]
fn it_is_done_only_where_it_is_asked_for() {
    for (check_quorum, reads, checks) in [
        (false, Reads::Log, false),
        (false, Reads::ReadIndex, false),
        (false, Reads::Lease, true),
        (true, Reads::Log, true),
    ] {
        let mut server = TestServer::new(0, Config { check_quorum, reads, ..config(3) });
        server.elect();
        assert_eq!(
            server.timers.contains_key(&Timer::CheckQuorum),
            checks,
            "{check_quorum} {reads:?}"
        );
    }
}

/// Who leads a cluster of one answers itself.
#[test]
fn a_single_server_goes_on() {
    let mut server = leader(1);
    for _ in 0..3 {
        server.fire(Timer::CheckQuorum);
        assert!(server.node.is_leader());
    }
}
