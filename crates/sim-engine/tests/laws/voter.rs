//! A voter that must never vote twice, through storms of crashes: right with a barrier between its
//! write and its vote, wrong without.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sim_check::{Checked, Claim, Judge, Kind, Property, SimTime, Verdict, View};
use sim_engine::{
    Delay, DiskLoss, DiskSpec, Fault, Inside, Link, Network, NodeSet, PlannedFault, Target,
    Transport, When, World, WorldSpec, faults,
};
use sim_node::{
    Class, Context, Duration, Event, Message, Never, Node, NodeId, Ratio, Span, Stable,
};

const MS: fn(u64) -> Duration = Duration::from_millis;

/// Whether the voter sets a barrier.
#[derive(Clone, Copy, Debug)]
struct Careful(bool);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Paper {
    /// A candidate asks for a vote.
    Ask { term: u32 },
    /// A voter gives it.
    Vote { term: u32 },
}

impl Message for Paper {
    const KINDS: &'static [(&'static str, Class)] =
        &[("Ask", Class::Protocol), ("Vote", Class::Protocol)];
    fn kind(&self) -> usize {
        match self {
            Self::Ask { .. } => 0,
            Self::Vote { .. } => 1,
        }
    }
}

/// Whom the voter has voted for, by term.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Votes(BTreeMap<u32, NodeId>);

impl Stable for Votes {
    type Record = (u32, NodeId);
    fn apply(&mut self, (term, candidate): &(u32, NodeId)) {
        self.0.insert(*term, *candidate);
    }
}

/// Servers vote; the two others ask for votes, term after term, both in every term.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Party {
    votes: Votes,
    term: u32,
}

impl Party {
    fn rest(cx: &mut Context<'_, Self>) {
        cx.set_timer((), Span::between(MS(5), MS(15)));
    }
}

impl Node for Party {
    type Config = Careful;
    type Message = Paper;
    type Timer = ();
    type Request = Never;
    type Indication = Never;
    type Stable = Votes;

    fn start(votes: &Votes, cx: &mut Context<'_, Self>) -> Self {
        if cx.id().number() >= cx.servers() {
            Self::rest(cx);
        }
        Self { votes: votes.clone(), term: 0 }
    }

    fn on_message(&mut self, from: NodeId, paper: Paper, cx: &mut Context<'_, Self>) {
        let Paper::Ask { term } = paper else { return };
        let vote = (term, from);
        if !self.votes.0.contains_key(&term) {
            self.votes.apply(&vote);
            cx.write(vote);
        }
        if self.votes.0[&term] == from {
            if cx.config().0 {
                cx.barrier();
            }
            cx.send(from, Paper::Vote { term });
        }
    }

    fn on_timer(&mut self, (): (), cx: &mut Context<'_, Self>) {
        // Each term is asked for three times, as messages get lost.
        self.term += 1;
        cx.broadcast(&Paper::Ask { term: self.term / 3 });
        Self::rest(cx);
    }

    fn on_request(&mut self, request: Never, _: &mut Context<'_, Self>) {
        match request {}
    }
}

/// Nobody receives a vote of a voter that has given another one its vote of that term.
#[derive(Clone, Debug, Default)]
struct OneVote(BTreeMap<(NodeId, u32), NodeId>);

impl Property<Party> for OneVote {
    const CLAIM: Claim = Claim {
        code: "V1",
        name: "one-vote",
        kind: Kind::Safety,
        meaning: "No voter votes for two candidates in one term",
        source: "Ongaro, Ousterhout 2014, section 5.2",
    };

    fn new(_: &Careful, _: u32) -> Self {
        Self::default()
    }

    fn before(
        &mut self,
        _: &View<'_, Party>,
        candidate: NodeId,
        event: &Event<Party>,
        judge: &mut Judge,
    ) {
        if let Event::Message { from, message: Paper::Vote { term } } = event {
            judge.judged();
            let first = *self.0.entry((*from, *term)).or_insert(candidate);
            if first != candidate {
                let detail = format!("{from} voted for {first} and {candidate} in term {term}");
                judge.violate(*from, detail, &[]);
            }
        }
    }
}

/// Three voters, two candidates, half a second, and twenty crashes, half of them inside a step.
fn storm(careful: bool, seed: u64) -> sim_engine::Outcome {
    let link = Link {
        delay: Delay::Uniform(MS(1), MS(10)),
        loss: Ratio::from_percent(5),
        duplication: Ratio::from_percent(5),
        fifo: false,
    };
    let network = Network::new(Transport::Datagram, link);
    let mut spec = WorldSpec::new(Careful(careful), 3, network, SimTime::from(MS(500)));
    spec.others = 2;
    spec.disks.push(DiskSpec { who: NodeSet::All, sync: Delay::Uniform(MS(1), MS(5)) });
    spec.faults = (0..20)
        .map(|id| PlannedFault {
            lasts: None,
            id,
            label: format!("crash {id}"),
            when: When::Between(SimTime::ZERO, SimTime::from(MS(450))),
            fault: Fault::from(faults::Crash {
                who: Target::Random(1),
                down: Some(MS(3)),
                disk: [DiskLoss::Prefix, DiskLoss::Subset][id as usize / 2 % 2],
                inside: (id % 2 == 0).then_some(Inside::Drawn),
                settings: None,
            }),
        })
        .collect();
    World::<Party, Checked<OneVote>>::new(Arc::new(spec), seed).run()
}

#[test]
fn with_a_barrier_nobody_ever_votes_twice() {
    let mut crashes = 0;
    for seed in 0..1_000 {
        let outcome = storm(true, seed);
        assert_eq!(outcome.verdict, Verdict::Held, "seed {seed}: {:?}", outcome.findings);
        assert_eq!(outcome.properties[0].1, Verdict::Held, "seed {seed} had votes to judge");
        crashes += outcome.faults.iter().filter(|fault| fault.struck > 0).count();
    }
    assert!(crashes > 15_000, "{crashes}");
}

#[test]
fn without_a_barrier_somebody_does() {
    let found = (0..200).filter(|seed| storm(false, *seed).verdict == Verdict::Violated).count();
    assert!(found > 20, "found in {found} of 200 runs");
}
