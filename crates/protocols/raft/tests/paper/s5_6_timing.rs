//! Section 5.6: timing and availability: broadcast time, election timeout, time between failures.

use sim_engine::Delay;

use crate::cluster::{at, config, link, ms, run, sent, spec, workload};

/// "The broadcast time should be an order of magnitude less than the election timeout so that
/// leaders can reliably send the heartbeat messages required to keep followers from starting
/// elections": then no server campaigns once there is a leader.
#[test]
fn a_leader_in_a_fast_network_stays_leader() {
    for seed in 0..10 {
        let campaigns = |until| {
            let world =
                spec(5, config(5), workload(0), link(Delay::Uniform(ms(1), ms(8))), at(until));
            sent(&run(world, seed), "RequestVote")
        };
        let early = campaigns(3_000);
        assert!(early >= 4, "a server campaigns");
        assert_eq!(campaigns(60_000), early, "seed {seed}");
    }
}

/// Where a round trip takes longer than the longest timeout, every candidate is overtaken by its
/// own next term: no server is ever elected.
#[test]
fn no_server_is_elected_in_a_network_slower_than_the_timeout() {
    for seed in 0..10 {
        let world = spec(5, config(5), workload(0), link(Delay::Constant(ms(200))), at(30_000));
        let outcome = run(world, seed);
        assert!(sent(&outcome, "RequestVote") > 300, "all campaign all the time");
        for kind in ["AppendEntries", "Heartbeat"] {
            assert_eq!(sent(&outcome, kind), 0, "seed {seed}: a leader would have sent it");
        }
    }
}
