//! Storms over the feature sets: whatever happens, every claim holds, and once all is calm the clients
//! are answered.

mod cluster;

use cluster::{at, calm, config, fault, hold, link, ms, run, spec, workload};
use raft::{Config, Party, Reads};
use sim_engine::{Cut, Delay, DiskLoss, Fault, Inside, Occasion, Strike, Target, When, WorldSpec};
use sim_node::{Ratio, Span};

/// A sequence of choices for a seed.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn flip(&mut self) -> bool {
        self.below(2) == 0
    }
}

/// A combination of features.
fn features(servers: u32, draw: &mut Draw) -> Config {
    let reads = [Reads::Log, Reads::ReadIndex, Reads::Lease][draw.below(3) as usize];
    let snapshots = draw.flip();
    Config {
        pre_vote: draw.flip(),
        check_quorum: draw.flip(),
        reads,
        snapshot_every: if snapshots { 1 + draw.below(12) } else { 0 },
        snapshot_keep: draw.below(4),
        snapshot_chunk: 1 + draw.below(4) as usize,
        entries_per_append: [1, 2, 8][draw.below(3) as usize],
        in_flight: [1, 2, 8][draw.below(3) as usize],
        noop: draw.below(4) > 0,
        ..config(servers)
    }
}

/// Something bad.
fn strike(draw: &mut Draw) -> Fault {
    let who = |draw: &mut Draw| match draw.below(3) {
        0 => Target::Leader,
        1 => Target::Random(1),
        _ => Target::Minority,
    };
    let cut = if draw.flip() { Cut::AtSend } else { Cut::AtDelivery };
    match draw.below(11) {
        0..=2 => Fault::Crash {
            who: who(draw),
            down: Some(ms(50 + draw.below(800))),
            disk: [DiskLoss::Prefix, DiskLoss::Subset, DiskLoss::Unsynced][draw.below(3) as usize],
            inside: draw.flip().then_some(Inside::Drawn),
        },
        3 => Fault::Isolate(Target::Leader, cut),
        4 => Fault::Partition(vec![Target::Minority], cut),
        5 => Fault::Pause(who(draw)),
        6 => Fault::Bridge(Target::Random(1), cut),
        7 => Fault::OneWay(who(draw), Target::Servers, cut),
        8 => Fault::SlowDisk(who(draw), Delay::Constant(ms(20 + draw.below(100)))),
        9 => Fault::Crash {
            who: Target::Servers,
            down: Some(ms(100)),
            disk: DiskLoss::Prefix,
            inside: None,
        },
        _ => Fault::Relay {
            on: Occasion::Receive("Request".into()),
            inside: Inside::Drawn,
            strike: if draw.flip() { Strike::Crash } else { Strike::Isolate },
        },
    }
}

/// A storm of five virtual seconds.
fn storm(seed: u64) -> WorldSpec<Party> {
    let mut draw = Draw(seed ^ 0x5eed);
    let servers = if draw.flip() { 3 } else { 5 };
    let server = features(servers, &mut draw);
    let mut links = link(Delay::Uniform(ms(1), ms(5 + draw.below(60))));
    links.loss = Ratio::from_percent(draw.below(20) as u32);
    links.duplication = Ratio::from_percent(draw.below(10) as u32);
    links.fifo = draw.flip();
    let mut spec = spec(servers, server, workload(60), links, at(40_000));
    spec.disks = vec![sim_engine::DiskSpec {
        who: sim_engine::NodeSet::Servers,
        sync: Delay::Uniform(ms(0), ms(draw.below(15))),
    }];
    for id in 0..2 + draw.below(6) {
        let from = 100 + draw.below(4_000);
        let fault_drawn = strike(&mut draw);
        let until = from + 100 + draw.below(1_200);
        spec.faults.push(fault(id, When::Between(at(from), at(until)), fault_drawn));
    }
    calm(&mut spec, 5_500);
    spec
}

fn storms(seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let spec = storm(seed);
        let told = format!("seed {seed}, {:?}", spec.config.server);
        hold(&run(spec, seed), &told);
    }
}

/// How many seeds: fewer in the ordinary check than in a soak.
fn seeds() -> u64 {
    std::env::var("RAFT_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(200)
}

#[test]
fn every_claim_holds_in_storms() {
    storms(0..seeds());
}

#[test]
fn every_claim_holds_without_storms() {
    for servers in [1, 2, 3, 5] {
        for reads in [Reads::Log, Reads::ReadIndex, Reads::Lease] {
            let server = Config { reads, snapshot_every: 10, ..config(servers) };
            let links = link(Delay::Constant(ms(2)));
            let spec = spec(servers, server, workload(90), links, at(15_000));
            hold(&run(spec, 1), &format!("{servers} servers, {reads:?}"));
        }
    }
}

#[test]
fn a_slow_election_timeout_is_still_one() {
    let server = Config { election_timeout: Span::between(ms(1_000), ms(2_000)), ..config(3) };
    let spec = spec(3, server, workload(30), link(Delay::Constant(ms(2))), at(15_000));
    hold(&run(spec, 3), "slow timeouts");
}
