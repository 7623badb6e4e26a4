//! Thesis, 10.2: writing to disk in parallel (10.2.1), batching and pipelining (10.2.2).

use raft::{Config, Index, Timer};
use sim_node::Effect;

use crate::cluster::config;
use crate::server::{Sent, TestServer, answers, entries, matched, put};

fn features(entries_per_append: usize, in_flight: usize) -> Config {
    Config { entries_per_append, in_flight, ..config(3) }
}

/// n0 leads, and n1 is known to match.
fn leader(config: Config) -> TestServer {
    let mut server = TestServer::new(0, config);
    server.elect();
    server.receive(1, matched(1, 1));
    server
}

/// The last indices of the appends to n1.
fn to_n1(sent: &[Sent]) -> Vec<(u64, usize)> {
    let appends = entries(sent).into_iter().filter(|(to, _)| *to == 1);
    appends.map(|(_, append)| (append.prev_log_index.0 + 1, append.entries.len())).collect()
}

/// 10.2.1: "the leader writes to its own disk in parallel with replicating to its followers": what
/// goes to followers leaves before the write, and waits for no barrier.
#[test]
fn the_leader_writes_while_its_followers_do() {
    let mut server = leader(config(3));
    server.slow_disk = true;
    let sent = server.ask(1, put("a"));
    assert_eq!(to_n1(&sent), [(2, 1)], "it leaves at once");
    let place = |what: fn(&Effect<raft::Server>) -> bool| server.effects.iter().position(what);
    let send = place(|effect| matches!(effect, Effect::Send { .. })).expect("a send");
    let write = place(|effect| matches!(effect, Effect::Write(_))).expect("a write");
    assert!(send < write);
}

/// 10.2.1: "The leader may even commit an entry before it has been written to its own disk, if a
/// majority of followers have written it."
#[test]
fn a_majority_of_followers_commits_without_the_leader_s_disk() {
    let mut server = leader(config(3));
    server.receive(2, matched(1, 1));
    server.slow_disk = true;
    server.ask(1, put("a"));
    server.receive(1, matched(1, 2));
    assert_eq!(server.commit(), 1);
    server.receive(2, matched(1, 2));
    assert_eq!(server.commit(), 2);
    let answered = answers(&server.sync());
    assert_eq!(answered.len(), 1, "the client is answered once all is durable");
}

/// 10.2.2: several entries go in one append, as many as the configuration allows.
#[test]
fn entries_are_sent_in_batches() {
    for (batch, expected) in [(1, vec![(2, 1)]), (3, vec![(2, 3)]), (64, vec![(2, 7)])] {
        let mut server = TestServer::new(0, features(batch, 1));
        server.elect();
        for sequence in 1..=7 {
            assert_eq!(to_n1(&server.ask(sequence, put("a"))), [], "one is under way");
        }
        assert_eq!(to_n1(&server.receive(1, matched(1, 1))), expected, "at most {batch}");
    }
}

/// 10.2.2: "the leader can update nextIndex for a follower immediately after sending an entry,
/// without waiting for its acknowledgment", as long as a window has room.
#[test]
fn appends_follow_each_other_within_a_window() {
    let mut server = leader(features(1, 3));
    let sent: Vec<_> = (1..=5).map(|sequence| to_n1(&server.ask(sequence, put("a")))).collect();
    assert_eq!(sent, [vec![(2, 1)], vec![(3, 1)], vec![(4, 1)], vec![], vec![]]);
    assert_eq!(to_n1(&server.receive(1, matched(1, 2))), [(5, 1)], "an answer makes room for one");
    assert_eq!(
        to_n1(&server.receive(1, matched(1, 4))),
        [(6, 1)],
        "an answer covers all before it"
    );
}

/// While it is not known where the logs match, one append at a time looks for it.
#[test]
fn a_leader_probes_before_it_pipelines() {
    let mut server = TestServer::new(0, features(1, 8));
    assert_eq!(to_n1(&server.elect()), [(1, 1)]);
    for sequence in 1..=3 {
        assert_eq!(to_n1(&server.ask(sequence, put("a"))), []);
    }
    assert_eq!(to_n1(&server.receive(1, matched(1, 1))), [(2, 1), (3, 1), (4, 1)]);
}

/// 10.2.2: when a message of the pipeline was lost, the consistency check fails for those behind
/// it, and the leader goes back.
#[test]
fn after_a_loss_the_leader_goes_back() {
    let mut server = leader(features(1, 8));
    for sequence in 1..=3 {
        server.ask(sequence, put("a"));
    }
    // The append of entry 2 is lost; that of entry 3 finds a gap.
    let gap = raft::AppendResult::Rejected {
        rejected: Index(2),
        conflict_term: None,
        first_index: Index(2),
    };
    let sent = server.receive(1, crate::server::reply(1, gap));
    assert_eq!(to_n1(&sent), [(2, 1)]);
    let resent =
        |effect: &Effect<raft::Server>| matches!(effect, Effect::Send { resend: true, .. });
    assert!(server.effects.iter().any(resent), "counted as what it is");
    assert_eq!(to_n1(&server.receive(1, matched(1, 2))), [(3, 1), (4, 1)]);
}

/// When all messages were lost, the follower sees no gap; then a heartbeat shows where its log
/// ends.
#[test]
fn a_heartbeat_finds_out_what_was_lost_at_the_end() {
    let mut server = leader(features(1, 2));
    server.ask(1, put("a"));
    server.ask(2, put("b"));
    let sent = server.fire(Timer::Heartbeat);
    let heartbeats = crate::server::appends(&sent);
    let (_, append) = heartbeats.iter().find(|(to, _)| *to == 1).expect("a heartbeat");
    assert_eq!(append.prev_log_index, Index(3), "it stands behind all that was sent");
    let gap = raft::AppendResult::Rejected {
        rejected: Index(3),
        conflict_term: None,
        first_index: Index(2),
    };
    assert_eq!(to_n1(&server.receive(1, crate::server::reply(1, gap))), [(2, 1)]);
}
