//! IV1 and IV2 judge what they claim: each is violated by what contradicts it, in a test harness.
//! Of IV1 nothing else can show it, since it holds by construction; of IV2 a scenario does, when a
//! disk is lost.

use std::collections::BTreeSet;

use election::invitation::{
    Agreement, Counter, Group, Indication, Message, Process, SameView, Settings,
};
use sim_check::{Judge, Property, SimTime, View};
use sim_node::{Context, Duration, Effect, Node, NodeId, Sink, Span, StepDetails};

const SERVERS: u32 = 5;

fn config() -> Settings {
    Settings { period: Span::exactly(Duration::from_millis(200)), ..Settings::new(SERVERS) }
}

/// Where effects go that nobody looks at.
struct Nowhere;

impl Sink<Process> for Nowhere {
    fn emit(&mut self, _: Effect<Process>) {}

    fn choose(&mut self, _: u64) -> u64 {
        unreachable!("no choices are made")
    }
}

/// A process that was invited into this group, by somebody who may have lied.
fn invited(node: u32, group: Group, coordinator: u32) -> Process {
    let config = config();
    let details = StepDetails { id: NodeId::new(node), servers: SERVERS, ..StepDetails::default() };
    let (mut nowhere, coordinator) = (Nowhere, NodeId::new(coordinator));
    let cx = &mut Context::new(&config, details, &mut nowhere);
    let mut process = Process::start(&Counter::default(), cx);
    process.on_message(coordinator, Message::Invitation { group, coordinator }, cx);
    assert_eq!((process.group(), process.coordinator()), (group, coordinator));
    process.check(&config);
    process
}

/// A claim, to which a test harness shows a run.
struct Told<P> {
    config: Settings,
    states: Vec<Option<Process>>,
    claim: P,
    judge: Judge,
    step: u64,
}

impl<P: Property<Process>> Told<P> {
    fn new() -> Self {
        let (config, states) = (config(), vec![None; SERVERS as usize]);
        let claim = P::new(&config, SERVERS);
        Self { config, states, claim, judge: Judge::default(), step: 0 }
    }

    fn tell(&mut self, hook: impl FnOnce(&mut P, &View<'_, Process>, &mut Judge)) {
        self.step += 1;
        let view = View {
            time: SimTime::ZERO,
            step: self.step,
            servers: SERVERS,
            config: &self.config,
            states: &self.states,
            core: None,
            byzantine: None,
        };
        hook(&mut self.claim, &view, &mut self.judge);
    }

    fn is_invited(&mut self, node: u32, group: Group, coordinator: u32) {
        let id = NodeId::new(node);
        self.states[id.index()] = Some(invited(node, group, coordinator));
        self.tell(|claim, view, judge| claim.after(view, id, &[], judge));
    }

    fn crashes(&mut self, node: u32) {
        let id = NodeId::new(node);
        self.states[id.index()] = None;
        self.tell(|claim, view, judge| claim.crash(view, id, judge));
    }

    fn joins(&mut self, node: u32, group: Group, view: &[u32]) {
        let view: BTreeSet<NodeId> = view.iter().copied().map(NodeId::new).collect();
        let indication = Indication::Joined { group, coordinator: group.founder, view };
        self.tell(|claim, now, judge| claim.indicated(now, NodeId::new(node), &indication, judge));
    }

    fn holds(&self) -> bool {
        self.judge.violation().is_none()
    }

    /// The steps that the violation is told with.
    fn witnesses(&self) -> Vec<u64> {
        self.judge.violation().expect("it was violated").witnesses.clone()
    }
}

fn group(founder: u32, number: u64) -> Group {
    Group { founder: NodeId::new(founder), number }
}

#[test]
fn iv1_is_violated_by_two_coordinators_of_one_group() {
    let mut told = Told::<Agreement>::new();
    told.is_invited(0, group(3, 7), 3);
    told.is_invited(1, group(3, 7), 3);
    told.is_invited(2, group(4, 7), 4);
    told.is_invited(2, group(3, 8), 3);
    assert!(told.holds(), "other groups may have others");
    told.is_invited(2, group(3, 7), 4);
    assert_eq!(told.witnesses(), [1]);
}

/// However far apart in time: the one that named the first is gone by then.
#[test]
fn iv1_remembers_whom_the_dead_named() {
    let mut told = Told::<Agreement>::new();
    told.is_invited(0, group(3, 7), 3);
    told.crashes(0);
    told.is_invited(1, group(4, 2), 4);
    told.is_invited(0, group(3, 7), 4);
    assert_eq!(told.witnesses(), [1]);
}

#[test]
fn iv2_is_violated_by_two_views_of_one_group() {
    let mut told = Told::<SameView>::new();
    told.joins(3, group(3, 7), &[0, 1, 3]);
    told.joins(0, group(3, 7), &[0, 1, 3]);
    told.joins(0, group(3, 8), &[0, 3]);
    assert!(told.holds(), "another group has another view");
    told.joins(1, group(3, 7), &[1, 3]);
    assert_eq!(told.witnesses(), [1]);
}

#[test]
fn iv2_is_violated_by_a_view_without_its_reader_or_its_coordinator() {
    for view in [[0, 3], [0, 1]] {
        let mut told = Told::<SameView>::new();
        told.joins(0, group(3, 7), &[0, 3]);
        assert!(told.holds());
        told.joins(1, group(3, 8), &view);
        assert!(!told.holds(), "{view:?}");
    }
}
