//! What a failure-free run costs, as equalities: one proposer, messages that take one delay each,
//! disks that take no time.

use std::collections::BTreeMap;
use std::sync::Arc;

use paxos::Quorums;
use paxos::single::{Learn, Process, Proposers, Request, SendTo, Settings, Start, Suite, Value};
use sim_check::Verdict;
use sim_engine::{Outcome, World, WorldSpec};
use sim_node::NodeId;

use crate::harness::{config, ms, omega};
use crate::world::{at, run, sent, spec};

const SIZES: [u32; 4] = [3, 5, 7, 9];

/// The only one to propose is this.
fn one_proposer(config: Settings, proposer: u32) -> Settings {
    Settings { start: Start::Given(BTreeMap::from([(proposer, Value(10))])), ..config }
}

fn quiet(config: Settings) -> Outcome {
    let outcome = run(spec(config), 0);
    assert_eq!(outcome.verdict, Verdict::Held, "{:?}", outcome.findings);
    assert_eq!(outcome.counts.lost + outcome.counts.retransmission, 0);
    outcome
}

/// Messages of the two phases: prepare, promise, accept, accepted.
fn phases(outcome: &Outcome) -> [u64; 4] {
    ["Prepare", "Promise", "Accept", "Accepted"].map(|kind| sent(outcome, kind))
}

/// How many delays after the beginning each process has learned, by number.
fn delays(spec: WorldSpec<Process>, from: u64) -> Vec<u64> {
    let processes = (spec.servers + spec.others) as usize;
    let mut world: World<Process, Suite> = World::new(Arc::new(spec), 0);
    let mut learned = vec![None; processes];
    for delay in 0..20 {
        world.run_until(at(from + delay));
        for (process, since) in world.states().iter().zip(&mut learned) {
            let knows = process.as_ref().is_some_and(|process| process.learned().is_some());
            if knows && since.is_none() {
                *since = Some(delay);
            }
        }
    }
    learned.into_iter().map(|since| since.expect("everybody learns")).collect()
}

/// A proposer that is an acceptor: 4(n-1), and n-1 to tell it.
#[test]
fn four_messages_to_each_other_acceptor_and_one_to_tell() {
    for servers in SIZES {
        let n = u64::from(servers);
        for proposer in [0, servers - 1] {
            let outcome = quiet(one_proposer(config(servers), proposer));
            assert_eq!(phases(&outcome), [n - 1; 4], "{servers} acceptors");
            assert_eq!(phases(&outcome).iter().sum::<u64>(), 4 * (n - 1));
            assert_eq!(sent(&outcome, "Learn"), n - 1);
            assert_eq!(outcome.counts.total(), 5 * (n - 1), "and nothing else");
        }
    }
}

/// A proposer apart: 4n, and n to tell it.
#[test]
fn four_messages_to_each_acceptor_when_the_proposer_is_apart() {
    for servers in SIZES {
        let n = u64::from(servers);
        let outcome = quiet(Settings {
            proposers: Proposers::Separate(1),
            start: Start::Everybody,
            ..config(servers)
        });
        assert_eq!(phases(&outcome), [n; 4], "{servers} acceptors");
        assert_eq!(phases(&outcome).iter().sum::<u64>(), 4 * n);
        assert_eq!(sent(&outcome, "Learn"), n);
        assert_eq!(outcome.counts.total(), 5 * n);
    }
}

/// When acceptors tell all processes, acceptances are n(n-1), or n*n with the proposer apart, and
/// no other message is sent.
#[test]
fn acceptors_that_tell_all_processes_send_n_times_as_many() {
    for servers in SIZES {
        let n = u64::from(servers);
        let learn = Learn::FromAcceptors;
        let outcome = quiet(Settings { learn, ..one_proposer(config(servers), 0) });
        assert_eq!(phases(&outcome), [n - 1, n - 1, n - 1, n * (n - 1)], "{servers} acceptors");
        assert_eq!(outcome.counts.total(), (n + 3) * (n - 1));
        let apart = Settings {
            proposers: Proposers::Separate(1),
            start: Start::Everybody,
            learn,
            ..config(servers)
        };
        let outcome = quiet(apart);
        assert_eq!(phases(&outcome), [n, n, n, n * n], "{servers} acceptors");
        assert_eq!(outcome.counts.total(), n * (n + 3));
    }
}

/// Requests to quorums only: 2(q-1) in each phase.
#[test]
fn requests_to_quorums_cost_as_much_as_the_quorums() {
    for servers in SIZES {
        let n = u64::from(servers);
        for accept in 1..=servers {
            let prepare = servers + 1 - accept;
            let quorums = Quorums::Flexible { prepare, accept };
            assert!(quorums.are_safe(servers));
            let flexible = one_proposer(Settings { quorums, ..config(servers) }, 1);
            let outcome = quiet(Settings { send_to: SendTo::Quorum, ..flexible.clone() });
            let (q1, q2) = (u64::from(prepare), u64::from(accept));
            assert_eq!(phases(&outcome), [q1 - 1, q1 - 1, q2 - 1, q2 - 1]);
            assert_eq!(outcome.counts.total(), 2 * (q1 - 1) + 2 * (q2 - 1) + n - 1);
            // Sent to all, the sizes of quorums change no count.
            assert_eq!(quiet(flexible).counts.total(), 5 * (n - 1));
        }
    }
}

/// Four delays until the proposer knows, and one more until everybody does.
#[test]
fn the_proposer_learns_after_four_delays() {
    for servers in SIZES {
        let mut expected = vec![5; servers as usize];
        expected[0] = 4;
        assert_eq!(delays(spec(one_proposer(config(servers), 0)), 0), expected);
        let apart = Settings {
            proposers: Proposers::Separate(1),
            start: Start::Everybody,
            ..config(servers)
        };
        let mut expected = vec![5; servers as usize];
        expected.push(4);
        assert_eq!(delays(spec(apart), 0), expected);
    }
}

/// Acceptors that tell everybody save a delay for all but the proposer.
#[test]
fn all_learn_after_four_delays_from_the_acceptors() {
    for servers in SIZES {
        let learn = Learn::FromAcceptors;
        let learned = delays(spec(Settings { learn, ..one_proposer(config(servers), 0) }), 0);
        assert_eq!(learned.iter().max(), Some(&4), "{servers} acceptors");
        assert_eq!(learned[0], 4);
    }
}

/// A leader that has done phase 1 ahead knows two delays after it got the value, for 2(n-1)
/// messages.
#[test]
fn two_delays_with_phase_1_done() {
    for servers in SIZES {
        let n = u64::from(servers);
        let leader = omega(ms(100));
        let ahead = spec(Settings { leader, prepare_ahead: true, ..config(servers) });
        let request = Request::Propose(Value(10));
        let idle = run(ahead.clone(), 0);
        assert_eq!(phases(&idle), [n - 1, n - 1, 0, 0], "phase 1 ahead of any value");
        assert_eq!(idle.counts.protocol, 2 * (n - 1));
        let asked = WorldSpec { requests: vec![(at(50), NodeId::new(0), request)], ..ahead };
        let mut expected = vec![3; servers as usize];
        expected[0] = 2;
        assert_eq!(delays(asked.clone(), 50), expected);
        let outcome = run(asked, 0);
        assert_eq!(outcome.verdict, Verdict::Held);
        assert_eq!(phases(&outcome), [n - 1; 4]);
        assert_eq!(outcome.counts.protocol, 5 * (n - 1));
    }
}

/// A leader, everybody with a value of its own: the same cost, and signs of life in their column.
#[test]
fn a_leader_costs_signs_of_life_alone() {
    for servers in SIZES {
        let n = u64::from(servers);
        let leader = omega(ms(30));
        let outcome = quiet(Settings { leader, start: Start::Everybody, ..config(servers) });
        assert_eq!(outcome.counts.protocol, 5 * (n - 1), "{servers} acceptors");
        assert_eq!(outcome.counts.heartbeat, 4 * n * (n - 1), "at 0, 30, 60 and 90 ms");
    }
}
