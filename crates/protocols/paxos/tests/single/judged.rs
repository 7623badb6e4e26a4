//! The claims judge what they say: each is violated by steps that contradict it. Scenarios show
//! the same of whole runs.

use paxos::Quorums;
use paxos::single::{
    Agreement, Config, Disk, DistinctNumbers, Indication, Integrity, LearnedIsChosen, P2c, Process,
    Proposal, Settings, Validity, Value,
};
use sim_check::{Checked, Judge, Property, SimTime, View};
use sim_engine::{DiskLoss, Fault, Target, When, WorldSpec, faults};
use sim_node::{Effect, NodeId};

use crate::harness::{accept, config, proposal};
use crate::world::{at, judge, planned, run, spec, violated};

/// A claim, and the steps of a run that it is told of.
struct Told<P> {
    config: Config,
    claim: P,
    judge: Judge,
    step: u64,
}

impl<P: Property<Process>> Told<P> {
    fn of(settings: Settings) -> Self {
        let config = Config::from(settings);
        let claim = P::new(&config, config.nodes);
        Self { config, claim, judge: Judge::default(), step: 0 }
    }

    fn tell(&mut self, hook: impl FnOnce(&mut P, &View<'_, Process>, &mut Judge)) {
        self.step += 1;
        let view = View {
            time: SimTime::ZERO,
            step: self.step,
            servers: self.config.nodes,
            config: &self.config,
            states: &[],
            core: None,
            byzantine: None,
        };
        hook(&mut self.claim, &view, &mut self.judge);
    }

    fn indicates(&mut self, node: u32, indication: Indication) {
        self.tell(|claim, view, judge| {
            claim.indicated(view, NodeId::new(node), &indication, judge);
        });
    }

    fn votes(&mut self, nodes: impl IntoIterator<Item = u32>, proposal: Proposal) {
        for node in nodes {
            self.indicates(node, Indication::Accepted(proposal));
        }
    }

    fn issues(&mut self, node: u32, round: u64, value: u64) {
        let message = accept(round, node, value);
        let effect = Effect::Send { to: NodeId::new(0), message, resend: false, at_once: false };
        self.tell(|claim, view, judge| claim.after(view, NodeId::new(node), &[effect], judge));
    }

    fn holds(&self) -> bool {
        self.judge.violation().is_none()
    }

    /// The steps that the violation is told with.
    fn witnesses(&self) -> Vec<u64> {
        self.judge.violation().expect("it is violated").witnesses.clone()
    }
}

#[test]
fn px1_is_violated_by_a_value_that_was_not_proposed() {
    let mut told =
        Told::<Validity>::of(Settings { start: paxos::single::Start::Everybody, ..config(3) });
    told.votes([0], proposal(1, 0, 2));
    told.indicates(1, Indication::Learned(Value(2)));
    assert!(told.holds());
    told.votes([0], proposal(2, 0, 3));
    assert!(!told.holds());
}

#[test]
fn px2_is_violated_by_two_quorums_for_different_values() {
    let mut told = Told::<Agreement>::of(config(3));
    told.votes([0, 1], proposal(1, 0, 10));
    told.votes([2], proposal(1, 2, 20));
    told.votes([0, 2], proposal(2, 0, 10));
    assert!(told.holds(), "the same value may be chosen again");
    told.votes([1], proposal(1, 2, 20));
    assert!(!told.holds());
    assert_eq!(told.witnesses(), [1, 2, 6, 3]);
}

#[test]
fn px2_is_violated_by_learning_different_values() {
    let mut told = Told::<Agreement>::of(config(3));
    told.indicates(0, Indication::Learned(Value(10)));
    told.indicates(1, Indication::Learned(Value(10)));
    assert!(told.holds());
    told.indicates(2, Indication::Learned(Value(20)));
    assert_eq!(told.witnesses(), [1]);
}

/// A vote that is told again is one vote.
#[test]
fn px2_counts_each_acceptor_once() {
    let mut told = Told::<Agreement>::of(config(3));
    told.votes([0, 1], proposal(1, 0, 10));
    told.votes([2, 2, 2], proposal(1, 2, 20));
    assert!(told.holds());
}

#[test]
fn px3_is_violated_by_learning_what_is_not_chosen() {
    let mut told = Told::<LearnedIsChosen>::of(config(3));
    told.votes([0, 1], proposal(1, 0, 10));
    told.votes([2], proposal(1, 2, 20));
    told.indicates(2, Indication::Learned(Value(10)));
    assert!(told.holds());
    told.indicates(2, Indication::Learned(Value(20)));
    assert!(!told.holds());
}

/// 10 was chosen in ballot 3.0, by acceptors 0 and 1. Then 1 has accepted it again in a higher one,
/// so no quorum is known to have accepted one proposal.
#[test]
fn px3_takes_what_a_disk_has_learned_as_chosen() {
    let has = |accepted, learned| Disk { accepted: Some(accepted), learned, ..Disk::default() };
    let disks = [
        has(proposal(3, 0, 10), None),
        has(proposal(5, 0, 10), Some(Value(10))),
        has(proposal(2, 0, 11), None),
    ];
    let images = (0..).map(NodeId::new).zip(disks).collect();
    let world = WorldSpec { images, ..spec(config(3)) };
    for seed in 0..20 {
        assert_eq!(violated(&run(world.clone(), seed)), [""; 0]);
    }
}

/// P2c word for word: for each set S of a majority, by all of them.
#[test]
fn px4_is_p2c_over_every_quorum() {
    let votes = [(0, proposal(1, 0, 10)), (1, proposal(2, 1, 20)), (2, proposal(3, 2, 10))];
    // Whether some S allows a value, when the first so many of these have voted: by process.
    for (many, value, allowed) in [
        (0, 99, true),  // no acceptor has voted
        (1, 99, true),  // S = {1, 2}
        (2, 99, false), // {1, 2}: 20, {0, 2}: 10, {0, 1}: 20
        (2, 10, true),
        (2, 20, true),
        (3, 10, true), // any S with 2
        (3, 20, true), // {0, 1}
        (3, 99, false),
    ] {
        let mut told = Told::<P2c>::of(config(3));
        for (node, vote) in &votes[..many] {
            told.votes([*node], *vote);
        }
        told.issues(0, 9, value);
        assert_eq!(told.holds(), allowed, "{value} after {many} votes");
    }
    // What was accepted at a higher number does not count.
    let mut told = Told::<P2c>::of(config(3));
    told.votes([0, 1], proposal(7, 1, 20));
    told.issues(2, 6, 99);
    assert!(told.holds());
    // S is a quorum of phase 1, whatever its size.
    for (prepare, allowed) in [(1, true), (2, false)] {
        let quorums = Quorums::Flexible { prepare, accept: 2 };
        let mut told = Told::<P2c>::of(Settings { quorums, ..config(3) });
        told.votes([0, 1], proposal(1, 0, 10));
        told.issues(2, 6, 99);
        assert_eq!(told.holds(), allowed, "S has {prepare}");
    }
}

#[test]
fn px5_is_violated_by_learning_twice() {
    for again in [10, 20] {
        let mut told = Told::<Integrity>::of(config(3));
        told.indicates(0, Indication::Learned(Value(10)));
        told.indicates(1, Indication::Learned(Value(10)));
        assert!(told.holds());
        told.indicates(0, Indication::Learned(Value(again)));
        assert_eq!(told.witnesses(), [1]);
    }
}

#[test]
fn px6_is_violated_by_two_values_of_one_number() {
    let mut told = Told::<DistinctNumbers>::of(config(3));
    told.issues(0, 1, 10);
    told.issues(1, 1, 20);
    told.issues(0, 1, 10);
    assert!(told.holds());
    told.issues(0, 1, 20);
    assert_eq!(told.witnesses(), [1]);
}

/// P2c is violated before agreement is, since agreement is proved by it. If only agreement is
/// judged, the same run goes on and violates it: an acceptor votes, loses its disk, and votes
/// again.
#[test]
fn agreement_is_violated_after_p2c() {
    let crash = |node: u32, down, disk| {
        let fault = Fault::from(faults::Crash {
            who: Target::Node(node),
            down,
            disk,
            inside: None,
            settings: None,
        });
        (When::At(at(10)), fault)
    };
    let faults = planned([
        crash(0, None, DiskLoss::Prefix),
        crash(1, Some(crate::harness::ms(5)), DiskLoss::Everything),
    ]);
    let requests = [(0, 0, 10), (50, 2, 20)].map(|(millis, node, value)| {
        let request = paxos::single::Request::Propose(Value(value));
        (at(millis), NodeId::new(node), request)
    });
    let mut world = WorldSpec { faults, requests: requests.into(), ..spec(config(3)) };
    // Acceptor 2 receives nothing from process 0.
    world.network.overrides.push(sim_engine::LinkOverride {
        from: Some(vec![NodeId::new(0)]),
        to: Some(vec![NodeId::new(2)]),
        both: false,
        kind: None,
        delay: None,
        loss: Some(sim_node::Ratio::ONE),
        duplication: None,
    });
    assert_eq!(violated(&run(world.clone(), 0)), ["PX4"]);
    assert_eq!(violated(&judge::<Checked<Agreement>>(world, 0)), ["PX2"]);
}
