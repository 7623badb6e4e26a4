//! Section 5.3: log replication.

use raft::{AppendResult, Config, Index, Message, Record, Term, Timer};
use service::{Answer, Output};
use sim_node::Effect;

use crate::cluster::config;
use crate::group::Group;
use crate::server::{
    TestServer, answers, append, disk, entries, entry, heartbeat, kinds, matched, node, put,
    results,
};

const DONE: Answer = Answer::Done(Output::Done);

/// "The leader appends the command to its log as a new entry, then issues AppendEntries RPCs in
/// parallel to each of the other servers to replicate the entry."
#[test]
fn a_command_goes_into_the_leader_s_log_and_to_all_others() {
    let mut server = TestServer::new(0, config(3));
    server.elect();
    server.receive(1, matched(1, 1));
    server.receive(2, matched(1, 1));
    let sent = server.ask(1, put("a"));
    assert_eq!(server.terms(), [1, 1], "the empty entry, and the command");
    let sent = entries(&sent);
    assert_eq!(sent.iter().map(|(to, _)| *to).collect::<Vec<_>>(), [1, 2]);
    for (_, append) in sent {
        assert_eq!((append.prev_log_index, append.prev_log_term), (Index(1), Term(1)));
        assert_eq!(append.entries.len(), 1);
        assert_eq!(append.entries.first(), server.node.log().get(Index(2)));
    }
}

/// "When the entry has been safely replicated, the leader applies the entry to its state machine
/// and returns the result of that execution to the client."
#[test]
fn the_client_is_answered_once_a_majority_has_the_entry() {
    for servers in [1, 3, 5, 7] {
        let mut server = TestServer::new(0, config(servers));
        server.elect();
        let mut sent = server.ask(1, put("a"));
        for follower in 1..servers {
            let committed = 2 * follower > servers;
            assert_eq!(answers(&sent).is_empty(), !committed, "{follower} of {servers}");
            if committed {
                break;
            }
            assert_eq!(server.value(1), None, "not applied before");
            sent = server.receive(follower, matched(1, 2));
        }
        assert_eq!(answers(&sent), [DONE]);
        assert_eq!(server.value(1), Some("a"));
    }
}

/// The own copy counts once it is durable, and not before.
#[test]
fn the_leader_s_own_copy_counts_only_when_it_is_durable() {
    let mut server = TestServer::new(0, config(3));
    server.elect();
    server.slow_disk = true;
    server.ask(1, put("a"));
    assert_eq!(answers(&server.receive(1, matched(1, 2))), []);
    assert_eq!(server.commit(), 1, "one durable copy of three");
    assert_eq!(answers(&server.sync()), [DONE]);
}

/// "The leader keeps track of the highest index it knows to be committed, and it includes that
/// index in future AppendEntries RPCs (including heartbeats)"; "Once a follower learns that a log
/// entry is committed, it applies the entry to its local state machine (in log order)."
#[test]
fn followers_learn_what_is_committed_and_apply_it_in_order() {
    let mut group = Group::new(3, &config(3));
    group.elect(0);
    group.ask(0, 1, put("a"));
    group.ask(0, 2, put("b"));
    group.deliver_all();
    assert_eq!(group.servers[0].value(1), Some("b"));
    group.heartbeat(0);
    for server in &group.servers {
        assert_eq!((server.commit(), server.value(1)), (3, Some("b")), "{}", server.id);
    }
}

/// "leaderCommit > commitIndex: set commitIndex = min(leaderCommit, index of last new entry)": what
/// follows in the log is not known to match.
#[test]
fn a_follower_commits_no_further_than_the_append_proves() {
    for (entries, commit, expected) in
        [(vec![], 3, 1), (vec![], 1, 1), (vec![entry(1, 2)], 3, 2), (vec![entry(1, 2)], 1, 1)]
    {
        let mut server = TestServer::with_disk(0, config(3), disk(1, &[1, 1, 1]));
        server.receive(1, append(2, (1, 1), entries.clone(), commit));
        assert_eq!(server.commit(), expected, "{} entries, commit {commit}", entries.len());
    }
}

#[test]
fn a_commit_index_never_decreases() {
    let mut server = TestServer::with_disk(0, config(3), disk(1, &[1, 1, 1]));
    server.receive(1, append(1, (3, 1), Vec::new(), 3));
    server.receive(1, append(1, (2, 1), Vec::new(), 1));
    server.receive(1, append(2, (3, 1), Vec::new(), 0));
    assert_eq!(server.commit(), 3);
}

/// "If the follower does not find an entry in its log with the same index and term, then it refuses
/// the new entries." What it says instead lets the leader back up by a term at a time.
#[test]
fn an_append_whose_previous_entry_is_missing_is_refused() {
    let conflict = |rejected, term: Option<u64>, first| AppendResult::Rejected {
        rejected: Index(rejected),
        conflict_term: term.map(Term),
        first_index: Index(first),
    };
    let ok = |upto| AppendResult::Success(Index(upto));
    for (previous, expected) in [
        ((0, 0), ok(1)),
        ((1, 1), ok(2)),
        ((2, 1), ok(3)),
        ((2, 2), conflict(2, Some(1), 1)),
        ((3, 2), ok(4)),
        ((3, 1), conflict(3, Some(2), 3)),
        ((4, 3), conflict(4, Some(2), 3)),
        ((5, 2), conflict(5, None, 5)),
        ((9, 3), conflict(9, None, 5)),
    ] {
        let mut server = TestServer::with_disk(0, config(3), disk(4, &[1, 1, 2, 2]));
        let new = entry(4, previous.0 + 1);
        let sent = server.receive(1, append(4, previous, vec![new], 0));
        assert_eq!(results(&sent), [expected], "previous {previous:?}");
        if matches!(expected, AppendResult::Rejected { .. }) {
            assert_eq!(server.terms(), [1, 1, 2, 2], "nothing has changed");
            assert!(server.has_set(Timer::Election), "it is a message of the leader all the same");
        }
    }
}

/// Figure 7: whatever followers have lost or have too much, the leader brings them into line, and
/// with the term of the conflict in the answer it "can decrement nextIndex to bypass all of the
/// conflicting entries in that term; one AppendEntries RPC will be required for each term with
/// conflicting entries".
#[test]
fn the_leader_brings_the_logs_of_figure_7_into_line_a_term_at_a_time() {
    let leader: &[u64] = &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
    // Each with the refusals that it takes: one for a log that is too short, one for each term that
    // the leader has to skip.
    let followers: [(&str, &[u64], usize); 6] = [
        ("a", &[1, 1, 1, 4, 4, 5, 5, 6, 6], 1),
        ("b", &[1, 1, 1, 4], 1),
        ("c", &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6], 0),
        ("d", &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7], 0),
        ("e", &[1, 1, 1, 4, 4, 4, 4], 2),
        ("f", &[1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3], 2),
    ];
    let logs = [leader].into_iter().chain(followers.iter().map(|(_, log, _)| *log));
    let mut group = Group::with_disks(logs.map(|log| disk(7, log)).collect(), &config(7));
    group.elect(0);
    group.heartbeat(0);
    let expected = [leader, &[8]].concat();
    for (place, (name, _, refusals)) in (1..).zip(followers) {
        assert_eq!(group.servers[place].terms(), expected, "follower {name}");
        assert_eq!(group.servers[place].commit(), 11, "follower {name}");
        let log = group.servers[0].node.log();
        assert_eq!(group.servers[place].node.log(), log, "follower {name}");
        assert_eq!(&group.servers[place].disk.log, log, "follower {name}, on disk");
        let refused = group.delivered.iter().filter(|(from, _, message)| {
            let Message::AppendEntriesReply(reply) = message else { return false };
            from.index() == place && matches!(reply.result, AppendResult::Rejected { .. })
        });
        assert_eq!(refused.count(), refusals, "follower {name}");
    }
}

/// The leader goes back to the end of its own entries of the term that the follower has there, and
/// no further: what is before that matches.
#[test]
fn a_leader_that_has_the_term_of_the_conflict_goes_back_to_its_end() {
    for (theirs, previous) in [(4, 5), (3, 3), (1, 3)] {
        let conflict = AppendResult::Rejected {
            rejected: Index(7),
            conflict_term: Some(Term(theirs)),
            first_index: Index(4),
        };
        let mut server = TestServer::with_disk(0, config(3), disk(7, &[1, 1, 1, 4, 4, 5, 5]));
        server.elect();
        let sent = server.receive(1, crate::server::reply(8, conflict));
        let sent = entries(&sent);
        let [(1, append)] = sent.as_slice() else { panic!("one append: {sent:?}") };
        assert_eq!(append.prev_log_index, Index(previous), "term {theirs}");
    }
}

/// "If an existing entry conflicts with a new one (same index but different terms), delete the
/// existing entry and all that follow it" (figure 2).
#[test]
fn a_conflicting_entry_is_deleted_with_all_that_follow() {
    let mut server = TestServer::with_disk(0, config(3), disk(2, &[1, 1, 2, 2]));
    let sent = server.receive(1, append(3, (1, 1), vec![entry(1, 2), entry(3, 3)], 0));
    assert_eq!(results(&sent), [AppendResult::Success(Index(3))]);
    assert_eq!(server.terms(), [1, 1, 3]);
    assert_eq!(&server.disk.log, server.node.log(), "on disk as well");
}

/// An append that was overtaken, or arrives twice, brings nothing new and takes nothing away.
#[test]
fn a_reordered_older_append_does_not_truncate() {
    for entries in [vec![], vec![entry(1, 1)], vec![entry(1, 1), entry(1, 2)]] {
        let mut server = TestServer::with_disk(0, config(3), disk(1, &[1, 1, 1]));
        let upto = Index(entries.len() as u64);
        let sent = server.receive(1, append(1, (0, 0), entries, 0));
        assert_eq!(server.terms(), [1, 1, 1]);
        assert_eq!(results(&sent), [AppendResult::Success(upto)], "what it proves, and no more");
        let writes = server.effects.iter().any(|effect| matches!(effect, Effect::Write(_)));
        assert!(!writes, "there is nothing to write");
    }
}

/// Answers may be reordered too: an old one takes back neither a match nor what was sent.
#[test]
fn a_reordered_older_answer_takes_nothing_back() {
    let mut server = TestServer::new(0, config(3));
    server.elect();
    server.receive(1, matched(1, 1));
    server.ask(1, put("a"));
    server.receive(1, matched(1, 2));
    assert_eq!(server.commit(), 2);
    // Entries are under way, which would be sent again from where the conflict was.
    server.ask(2, put("b"));
    let conflict =
        AppendResult::Rejected { rejected: Index(1), conflict_term: None, first_index: Index(1) };
    for message in [matched(1, 1), crate::server::reply(1, conflict)] {
        let sent = server.receive(1, message);
        assert_eq!(kinds(&sent), []);
        assert_eq!(server.commit(), 2);
    }
}

/// Write, barrier, then speak: an acknowledged entry is durable.
#[test]
fn a_follower_acknowledges_only_what_is_durable() {
    let mut server = TestServer::new(0, config(3));
    server.slow_disk = true;
    assert_eq!(results(&server.receive(1, append(1, (0, 0), vec![entry(1, 1)], 0))), []);
    // Nor is it told by a later answer that has nothing to write.
    assert_eq!(results(&server.receive(1, append(1, (1, 1), Vec::new(), 0))), []);
    assert_eq!(results(&server.sync()), [AppendResult::Success(Index(1)); 2]);
    server.restart();
    assert_eq!(server.terms(), [1]);

    let effects = {
        let mut server = TestServer::new(0, config(3));
        server.receive(1, append(1, (0, 0), vec![entry(1, 1)], 0));
        server.effects.clone()
    };
    let place = |what: &dyn Fn(&Effect<raft::Server>) -> bool| effects.iter().position(what);
    let write =
        place(&|effect| matches!(effect, Effect::Write(Record::Append { .. }))).expect("a write");
    let barrier = effects.iter().rposition(|effect| *effect == Effect::Barrier).expect("a barrier");
    let send = place(&|effect| matches!(effect, Effect::Send { .. })).expect("an answer");
    assert!(write < barrier && barrier < send, "{effects:?}");
}

/// "If followers crash or run slowly, or if network packets are lost, the leader retries
/// AppendEntries RPCs indefinitely (even after it has responded to the client) until all followers
/// eventually store all log entries."
#[test]
fn the_leader_tries_again_until_every_follower_has_everything() {
    for cut_before in [true, false] {
        let mut group = Group::new(3, &config(3));
        if cut_before {
            group.cut.insert(2);
        }
        group.elect(0);
        group.cut.insert(2);
        for sequence in 1..=20 {
            group.ask(0, sequence, put(&sequence.to_string()));
            group.deliver_all();
        }
        assert_eq!(group.answered.len(), 20, "the client has its answers");
        for _ in 0..10 {
            group.heartbeat(0);
        }
        assert!(group.servers[2].terms().len() <= 1);
        group.cut.clear();
        group.heartbeat(0);
        group.heartbeat(0);
        assert_eq!(group.servers[2].node.log(), group.servers[0].node.log());
        assert_eq!(group.servers[2].value(1), Some("20"));
    }
}

/// "A leader never overwrites or deletes entries in its own log."
#[test]
fn a_leader_keeps_its_log() {
    let mut server = TestServer::with_disk(0, config(3), disk(3, &[1, 2, 3]));
    server.elect();
    server.ask(1, put("a"));
    let conflict = AppendResult::Rejected {
        rejected: Index(3),
        conflict_term: Some(Term(1)),
        first_index: Index(1),
    };
    server.receive(1, crate::server::reply(4, conflict));
    server.receive(2, matched(4, 2));
    assert_eq!(server.terms(), [1, 2, 3, 4, 4]);
}

/// "If the client contacts a follower, the follower redirects it to the leader" (5.1); without one
/// it knows of none.
#[test]
fn a_follower_redirects_clients_to_the_leader() {
    let mut server = TestServer::new(0, config(3));
    assert_eq!(answers(&server.ask(1, put("a"))), [Answer::Redirect(None)]);
    server.receive(2, heartbeat(1));
    assert_eq!(answers(&server.ask(1, put("a"))), [Answer::Redirect(Some(node(2)))]);
    server.fire(Timer::Election);
    assert_eq!(answers(&server.ask(1, put("a"))), [Answer::Redirect(None)]);
    assert_eq!(server.terms(), [] as [u64; 0]);
}

/// "Log Matching": "if two entries in different logs have the same index and term, then the logs
/// are identical in all preceding entries", since an append with a gap before it is refused
/// whatever the order in which appends arrive.
#[test]
fn appends_in_any_order_leave_no_gap() {
    let mut group = Group::new(3, &Config { entries_per_append: 1, ..config(3) });
    group.elect(0);
    for sequence in 1..=6 {
        group.ask(0, sequence, put(&sequence.to_string()));
        // The wire turns round: the latest is delivered first.
        group.wire.make_contiguous().reverse();
    }
    group.deliver_all();
    group.heartbeat(0);
    group.heartbeat(0);
    for server in &group.servers {
        assert_eq!(server.node.log(), group.servers[0].node.log(), "{}", server.id);
        assert_eq!(server.value(1), Some("6"));
    }
}
