//! LE2, HS2 and PR2 are one claim about the highest identifier of a ring: what it says while the
//! process that bears it is down, in a test harness.

mod common;

use common::{at, ms, spec};
use election::ChangRoberts;
use election::chang_roberts::{Identifier, Indication, Initiators, Process, Properties, Settings};
use election::ring::{Highest, Ring};
use sim_check::{Judge, Property, SimTime, View};
use sim_engine::{Delay, World};
use sim_node::NodeId;

/// Processes that have started and received nothing, with these identifiers.
fn started(ids: &[u64]) -> Vec<Option<Process>> {
    let settings = Settings::new(Ring {
        nodes: u32::try_from(ids.len()).unwrap(),
        ids: ids.to_vec(),
        order: None,
        initiators: Initiators::Only(Vec::new()),
        announce: true,
    });
    let spec = spec::<ChangRoberts>(&settings, Delay::Constant(ms(10)), at(1_000));
    let mut world = World::<Process, Properties>::new(spec.into(), 0);
    world.run_until(at(1));
    world.states().to_vec()
}

/// The claim, to which a test harness shows a run.
struct Told {
    config: Settings,
    states: Vec<Option<Process>>,
    claim: Highest,
    judge: Judge,
}

impl Told {
    fn of(ids: &[u64]) -> Self {
        let servers = u32::try_from(ids.len()).unwrap();
        let config = Settings::new(Ring { ids: ids.to_vec(), ..Ring::new(servers) });
        let claim = <Highest as Property<Process>>::new(&config, servers);
        let states = started(ids);
        let mut told = Self { config, states, claim, judge: Judge::default() };
        (0..servers).for_each(|node| {
            told.tell(|claim, view, judge| {
                claim.after(view, NodeId::new(node), &[], judge);
            })
        });
        told
    }

    fn tell(&mut self, hook: impl FnOnce(&mut Highest, &View<'_, Process>, &mut Judge)) {
        let view = View {
            time: SimTime::ZERO,
            step: 0,
            servers: u32::try_from(self.states.len()).unwrap(),
            config: &self.config,
            states: &self.states,
            core: None,
            byzantine: None,
        };
        hook(&mut self.claim, &view, &mut self.judge);
    }

    fn crashes(&mut self, node: usize) {
        self.states[node] = None;
        let id = NodeId::new(u32::try_from(node).unwrap());
        self.tell(|claim, view, judge| claim.crash(view, id, judge));
    }

    /// The process of this node is back, with this identifier.
    fn returns(&mut self, node: usize, identifier: u64) {
        let mut ids = vec![1; self.states.len()];
        ids[node] = identifier;
        self.states[node] = started(&ids)[node].clone();
        let id = NodeId::new(u32::try_from(node).unwrap());
        self.tell(|claim, view, judge| claim.after(view, id, &[], judge));
    }

    fn indicates(&mut self, node: u32, indication: Indication) {
        self.tell(|claim, view, judge| {
            claim.indicated(view, NodeId::new(node), &indication, judge);
        });
    }

    fn violated(&self) -> bool {
        self.judge.violation().is_some()
    }
}

#[test]
fn a_lower_one_must_not_be_elected_while_the_highest_is_down() {
    let mut told = Told::of(&[4, 9, 6]);
    told.crashes(1);
    told.indicates(2, Indication::Elected(Identifier(6)));
    assert!(told.violated(), "n1 is down, and 9 is the highest of the ring");
    let violation = told.judge.violation().unwrap();
    assert_eq!(violation.detail, "n2 knows 6 as leader, but n1 has the identifier 9");
}

#[test]
fn the_highest_may_be_named_while_it_is_down() {
    let mut told = Told::of(&[4, 9, 6]);
    told.indicates(1, Indication::Elected(Identifier(9)));
    told.crashes(1);
    told.indicates(2, Indication::Follows(Identifier(9)));
    assert!(!told.violated());
    told.indicates(0, Indication::Follows(Identifier(6)));
    assert!(told.violated());
}

/// An identifier that nobody bears any more is not one of the ring.
#[test]
fn a_process_that_comes_back_as_another_counts_as_the_other() {
    let mut told = Told::of(&[4, 9, 6]);
    told.crashes(1);
    told.returns(1, 5);
    told.indicates(2, Indication::Elected(Identifier(6)));
    assert!(!told.violated(), "9 is gone for good");
    told.crashes(0);
    told.returns(0, 7);
    told.indicates(1, Indication::Follows(Identifier(6)));
    assert!(told.violated(), "7 came");
}

/// Nobody who is down can be asked, but everybody has been seen: identifiers outlast a whole ring.
#[test]
fn all_but_one_may_be_down() {
    let mut told = Told::of(&[4, 9, 6]);
    (1..3).for_each(|node| told.crashes(node));
    told.indicates(0, Indication::Elected(Identifier(4)));
    assert!(told.violated());
}
