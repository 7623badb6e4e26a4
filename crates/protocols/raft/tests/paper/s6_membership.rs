//! Section 6: cluster membership changes by joint consensus.

use raft::{Admin, Change, Config, Configuration, Entry, Index, Payload, Term, Timer};
use sim_node::NodeId;

use crate::cluster::config;
use crate::group::Group;
use crate::server::{TestServer, append, disk, entry, kinds, matched, node, put, results, vote};

/// The joint configuration of n0, n1, n2 and n3, n4, n5.
fn joint() -> Configuration {
    let all = |change: fn(NodeId) -> Change, ids: [u32; 3]| ids.map(|id| change(node(id)));
    let changes = [all(Change::AddVoter, [3, 4, 5]), all(Change::Remove, [0, 1, 2])].concat();
    let old = Configuration::of_voters([0, 1, 2].map(node));
    old.enter_joint(true, &changes).expect("a joint configuration")
}

fn of_configuration(term: u64, configuration: Configuration) -> Entry {
    Entry { term: Term(term), payload: Payload::Configuration(configuration.into()) }
}

/// n0 with the joint configuration in its log.
fn in_joint() -> TestServer {
    let mut disk = disk(1, &[]);
    disk.log.push(of_configuration(1, joint()));
    TestServer::with_disk(0, config(3), disk)
}

/// "Once a given server adds the new configuration entry to its log, it uses that configuration for
/// all future decisions (a server always uses the latest configuration in its log, regardless of
/// whether the entry is committed)."
#[test]
fn a_configuration_is_used_as_soon_as_it_is_in_the_log() {
    let mut server = TestServer::new(0, config(3));
    let wider = Configuration::of_voters((0..5).map(node));
    server.receive(1, append(1, (0, 0), vec![of_configuration(1, wider.clone())], 0));
    assert_eq!((server.commit(), server.node.configuration()), (0, &wider));
    let asked: Vec<u32> = server.fire(Timer::Election).iter().map(|(to, _)| to.number()).collect();
    assert_eq!(asked, [1, 2, 3, 4]);
    server.restart();
    assert_eq!(server.node.configuration(), &wider, "it is in the log on disk");
}

/// "A server must be prepared to fall back to the previous configuration" when the entry is removed
/// (thesis, 4.1).
#[test]
fn a_configuration_that_is_truncated_is_used_no_longer() {
    let mut server = TestServer::new(0, config(3));
    let wider = Configuration::of_voters((0..4).map(node));
    server.receive(1, append(1, (0, 0), vec![entry(1, 1), of_configuration(1, wider)], 0));
    assert!(server.node.configuration().is_voter(node(3)));
    server.receive(2, append(2, (1, 1), vec![entry(2, 2)], 0));
    assert_eq!(server.node.configuration(), &Configuration::of_voters((0..3).map(node)));
    server.restart();
    assert!(!server.node.configuration().is_voter(node(3)), "nor after a restart");
}

/// "Agreement (for elections ...) requires separate majorities from both the old and new
/// configurations."
#[test]
fn in_joint_consensus_an_election_needs_both_majorities() {
    for (voters, wins) in [
        (&[1, 2][..], false),
        (&[1, 3], false),
        (&[3, 4, 5], false),
        (&[1, 3, 4], true),
        (&[2, 4, 5], true),
    ] {
        let mut server = in_joint();
        server.fire(Timer::Election);
        for voter in voters {
            server.receive(*voter, vote(2, true));
        }
        assert_eq!(server.node.is_leader(), wins, "n0 and {voters:?}");
    }
}

/// The same for "entry commitment".
#[test]
fn in_joint_consensus_a_commitment_needs_both_majorities() {
    for (followers, commits) in [
        (&[1, 2][..], false),
        (&[1, 3], false),
        (&[3, 4, 5], false),
        (&[1, 3, 4], true),
        (&[2, 4, 5], true),
    ] {
        let mut server = in_joint();
        server.fire(Timer::Election);
        for voter in [1, 3, 4] {
            server.receive(voter, vote(2, true));
        }
        for follower in followers {
            server.receive(*follower, matched(2, 2));
        }
        assert_eq!(server.commit(), if commits { 2 } else { 0 }, "n0 and {followers:?}");
    }
}

/// "Once C_old,new has been committed ... it is now safe for the leader to create a log entry
/// describing C_new and replicate it to the cluster."
#[test]
fn joint_consensus_is_left_once_it_is_committed_and_not_before() {
    let mut server = in_joint();
    server.fire(Timer::Election);
    for voter in [1, 3, 4] {
        server.receive(voter, vote(2, true));
    }
    server.receive(1, matched(2, 2));
    server.receive(3, matched(2, 2));
    assert!(server.node.configuration().is_joint());
    server.receive(4, matched(2, 2));
    assert_eq!(server.node.configuration(), &Configuration::of_voters([3, 4, 5].map(node)));
    assert_eq!(server.commit(), 2, "in effect, and not committed yet");
}

/// Not even when entries before it are committed in the meantime.
#[test]
fn joint_consensus_is_not_left_for_an_older_commitment() {
    let mut server = TestServer::new(0, config(3));
    server.elect();
    server.receive(1, matched(1, 1));
    server.ask(1, put("a"));
    server.admin(Admin::Joint(vec![Change::Remove(node(1))]));
    assert!(server.node.configuration().is_joint());
    server.receive(2, matched(1, 2));
    assert_eq!(server.commit(), 2, "the client's entry");
    assert!(server.node.configuration().is_joint(), "entry 3 is not committed yet");
    server.receive(2, matched(1, 3));
    assert_eq!(server.node.configuration(), &Configuration::of_voters([0, 2].map(node)));
}

/// Changes that contradict each other are made once: the last of each server's counts.
#[test]
fn changes_that_contradict_each_other_come_to_an_end() {
    let mut group = Group::new(3, &config(3));
    group.elect(0);
    let changes = vec![Change::AddVoter(node(1)), Change::Remove(node(1))];
    group.admin(0, Admin::Joint(changes));
    for _ in 0..3 {
        group.deliver_all();
        group.heartbeat(0);
    }
    assert_eq!(group.servers[0].node.configuration(), &Configuration::of_voters([0, 2].map(node)));
    let before = group.servers[0].terms().len();
    group.fire(0, Timer::Admin);
    group.deliver_all();
    assert_eq!(group.servers[0].terms().len(), before, "nothing is left to do");
    assert!(!group.servers[0].timers.contains_key(&Timer::Admin));
}

/// Two servers are asked for opposite changes. Each is made once, though the server that was
/// removed is not told so, and asks again.
#[test]
fn commands_that_contradict_each_other_come_to_an_end() {
    let mut group = Group::new(3, &config(3));
    group.elect(0);
    group.admin(2, Admin::Remove(node(2)));
    let settle = |group: &mut Group| {
        for _ in 0..3 {
            group.deliver_all();
            group.heartbeat(0);
        }
        group.deliver_all();
    };
    settle(&mut group);
    assert!(!group.servers[0].node.configuration().is_member(node(2)));
    group.admin(1, Admin::AddVoter(node(2)));
    settle(&mut group);
    for _ in 0..5 {
        for server in [2, 1, 0] {
            if group.servers[server].timers.contains_key(&Timer::Admin) {
                group.fire(u32::try_from(server).expect("three of them"), Timer::Admin);
                settle(&mut group);
            }
        }
    }
    let kept = |server: usize| group.servers[server].timers.contains_key(&Timer::Admin);
    assert_eq!([0, 1, 2].map(kept), [false; 3], "nothing is left to do");
    let configuration = group.servers[0].node.configuration();
    assert_eq!(configuration, &Configuration::of_voters([0, 1, 2].map(node)));
}

/// "The leader steps down (returns to follower state) once it has committed the C_new log entry ...
/// there will be a period of time when the leader is managing a cluster that does not include
/// itself; it replicates log entries but does not count itself in majorities."
#[test]
fn a_leader_that_is_removed_does_not_count_itself_and_steps_down_at_the_end() {
    let mut server = in_joint();
    server.fire(Timer::Election);
    for voter in [1, 3, 4] {
        server.receive(voter, vote(2, true));
    }
    for follower in [1, 3, 4] {
        server.receive(follower, matched(2, 2));
    }
    assert!(!server.node.configuration().is_voter(node(0)));
    server.ask(1, put("a"));
    server.receive(3, matched(2, 3));
    assert!(server.node.is_leader(), "it manages the cluster meanwhile");
    assert_eq!(server.commit(), 2, "n0 and n3 are no majority of n3, n4, n5");
    let sent = server.receive(4, matched(2, 3));
    assert_eq!((server.role(), server.commit()), ("follower", 3));
    let told: Vec<u32> = sent.iter().map(|(to, _)| to.number()).collect();
    assert!([3, 4, 5].iter().all(|id| told.contains(id)), "its successors receive it: {told:?}");
    assert_eq!(kinds(&server.fire(Timer::Election)), [], "it does not campaign any more");
}

/// The whole of it: new servers catch up "as non-voting members", then joint consensus, then the
/// new configuration alone, with no moment in which two majorities could decide apart.
#[test]
fn a_cluster_changes_most_of_its_servers() {
    let mut group = Group::new(5, &config(3));
    group.elect(0);
    group.ask(0, 1, put("a"));
    group.deliver_all();
    let changes = vec![
        Change::AddVoter(node(3)),
        Change::AddVoter(node(4)),
        Change::Remove(node(0)),
        Change::Remove(node(1)),
    ];
    group.admin(0, Admin::Joint(changes));
    group.deliver_all();
    let configurations: Vec<String> = group.servers[2]
        .node
        .log()
        .from(Index(0))
        .filter_map(|(_, entry)| match &entry.payload {
            Payload::Configuration(configuration) => Some(configuration.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(
        configurations,
        ["voters=(0 1 2) learners=(3 4)", "voters=(2 3 4)&&(0 1 2) autoleave", "voters=(2 3 4)",]
    );
    assert_eq!(group.servers[0].role(), "follower");
    group.cut = [0, 1].into();
    group.elect(3);
    group.ask(3, 2, put("b"));
    group.deliver_all();
    assert_eq!(group.answered.len(), 2);
    group.heartbeat(3);
    for id in 2..5 {
        assert_eq!(group.servers[id].value(1), Some("b"), "n{id}");
    }
}

/// "New servers may not initially store any log entries": a server without a vote does not
/// campaign.
#[test]
fn a_server_without_a_vote_does_not_campaign() {
    let mut server = TestServer::new(3, config(3));
    for _ in 0..3 {
        assert_eq!(kinds(&server.fire(Timer::Election)), []);
        assert_eq!((server.role(), server.term()), ("follower", 0));
    }
    let sent = server.receive(0, append(1, (0, 0), vec![entry(1, 1)], 0));
    assert_eq!(results(&sent).len(), 1, "but it takes what a leader sends");
}

/// "Servers disregard RequestVote RPCs when they believe a current leader exists. Specifically, if
/// a server receives a RequestVote RPC within the minimum election timeout of hearing from a
/// current leader, it does not update its term or grant its vote."
#[test]
fn a_removed_server_does_not_disrupt_the_cluster() {
    let mut server = TestServer::new(0, Config { check_quorum: true, ..config(3) });
    server.receive(1, append(1, (0, 0), Vec::new(), 0));
    for wait in [0, 100, 49] {
        server.wait(wait);
        assert_eq!(kinds(&server.receive(8, crate::server::vote_request(9, 99, 9))), []);
        assert_eq!((server.term(), server.marked("vote withheld")), (1, true));
    }
    server.wait(1);
    assert_eq!(
        kinds(&server.receive(8, crate::server::vote_request(9, 99, 9))),
        [(8, "RequestVoteReply")]
    );
    assert_eq!(server.term(), 9, "150ms after the leader's last message, there may be no leader");
}

/// A leader disregards them as well.
#[test]
fn a_leader_is_not_deposed_by_a_removed_server() {
    let mut server = TestServer::new(0, Config { check_quorum: true, ..config(3) });
    server.elect();
    server.wait(10_000);
    assert_eq!(kinds(&server.receive(8, crate::server::vote_request(9, 99, 9))), []);
    assert_eq!((server.role(), server.term()), ("leader", 1));
}
