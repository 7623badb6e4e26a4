//! BL1 to BL3 of the Bully algorithm under storms of crashes and recoveries within the assumed
//! bound, and how much of the times that BL1 and BL2 allow is ever used.

mod common;

use std::cell::Cell;
use std::sync::Arc;

use common::{assert_held, at, ms, planned, spec};
use election::Bully;
use election::bully::{Census, Elections, Process, Properties, Settings};
use sim_check::{Checked, Claim, Judge, Kind, Property, View};
use sim_engine::{
    Delay, DiskLoss, Fault, Inside, Occasion, PlannedFault, Target, Ties, Trigger, When, World,
    faults,
};
use sim_node::{Duration, Effect, Event, NodeId};

/// Draws for the storm itself, apart from the world's own chance (SplitMix64).
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn between(&mut self, min: u64, max: u64) -> u64 {
        min + self.below(max - min + 1)
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// Crashes, inside steps and between them, of anybody or just of whom it hurts, with recoveries
/// from at once to never; and restarts of those that were to stay down.
fn storm(draw: &mut Draw, nodes: u32) -> Vec<PlannedFault> {
    let mut time = draw.between(0, 400);
    let mut faults = Vec::new();
    for id in 0..draw.between(1, 14) {
        let who = match draw.below(4) {
            0 => Target::Leader,
            1 => Target::Random(u32::try_from(draw.between(1, 2)).unwrap().min(nodes)),
            _ => Target::Node(u32::try_from(draw.below(u64::from(nodes))).unwrap()),
        };
        let down = match draw.below(6) {
            0 => None,
            1 => Some(ms(draw.below(3))),
            2 => Some(ms(draw.below(1_000))),
            _ => Some(ms(draw.below(100))),
        };
        let inside = match draw.below(4) {
            0 => Some(Inside::Drawn),
            1 => Some(Inside::First(u32::try_from(draw.below(4)).unwrap())),
            _ => None,
        };
        let crash = |who, inside| {
            Fault::from(faults::Crash { who, down, disk: DiskLoss::Prefix, inside, settings: None })
        };
        let (when, fault) = match draw.below(8) {
            0 => (When::At(at(time)), Fault::from(faults::Restart(Target::All, None))),
            1 | 2 => {
                let kinds = ["Election", "Answer", "Coordinator", "Ping", "Pong"];
                let kind = kinds[usize::try_from(draw.below(5)).unwrap()].to_string();
                let on =
                    if draw.one_in(2) { Occasion::Send(kind) } else { Occasion::Receive(kind) };
                let nth = u32::try_from(draw.between(1, 40)).unwrap();
                (When::On(Trigger { nth, ..Trigger::new(on) }), crash(Target::Trigger, inside))
            }
            _ => (When::At(at(time)), crash(who, inside)),
        };
        faults.push(planned(id, when, fault));
        time += match draw.below(4) {
            0 => draw.below(5),
            1 => draw.between(300, 900),
            _ => draw.below(150),
        };
    }
    faults
}

/// Delays from nothing to the bound: even, at both ends, or mostly at one.
fn delays(draw: &mut Draw, bound: Duration) -> Delay {
    let weights = [[1, 0, 0], [1, 4, 4], [1, 0, 9], [1, 9, 0]];
    let weights = weights[usize::try_from(draw.below(4)).unwrap()];
    let all = [Delay::Uniform(ms(0), bound), Delay::Constant(ms(0)), Delay::Constant(bound)];
    Delay::Mixture(weights.into_iter().zip(all).filter(|(weight, _)| *weight > 0).collect())
}

thread_local! {
    /// In parts per thousand of what BL1 and BL2 allow: the longest that any world of this thread
    /// used.
    static USED: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// How long after a crash or recovery there are mistaken processes, and rivals.
#[derive(Clone, Debug)]
struct Gauge(Census);

impl Gauge {
    fn read(&self, view: &View<'_, Process>) {
        let since = view.time - self.0.disturbed();
        let part = |of: Duration| since.as_nanos() * 1_000 / of.as_nanos();
        let (mut mistaken, mut rivals) = USED.get();
        if self.0.mistaken() > 0 {
            mistaken = mistaken.max(part(view.config.settling_time()));
        }
        if self.0.coordinators() > 1 {
            rivals = rivals.max(part(view.config.rivalry_time()));
        }
        USED.set((mistaken, rivals));
    }
}

impl Property<Process> for Gauge {
    const CLAIM: Claim = Claim {
        code: "GAUGE",
        name: "gauge",
        kind: Kind::Safety,
        meaning: "Measures, and claims nothing.",
        source: "this test",
    };

    fn new(_: &Settings, servers: u32) -> Self {
        Self(Census::new(servers))
    }

    fn before(&mut self, view: &View<'_, Process>, _: NodeId, _: &Event<Process>, _: &mut Judge) {
        self.read(view);
    }

    fn after(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        _: &[Effect<Process>],
        judge: &mut Judge,
    ) {
        judge.judged();
        self.0.stepped(view, node);
    }

    fn crash(&mut self, view: &View<'_, Process>, node: NodeId, _: &mut Judge) {
        self.read(view);
        self.0.disturb(view, node);
    }

    fn restart(&mut self, view: &View<'_, Process>, node: NodeId, _: &mut Judge) {
        self.read(view);
        self.0.disturb(view, node);
    }
}

/// One storm; whether anybody crashed in it.
fn weather(seed: u64) -> bool {
    let mut draw = Draw(seed);
    let bound = ms([10, 10, 40][usize::try_from(draw.below(3)).unwrap()]);
    let settings = Settings {
        nodes: u32::try_from(draw.between(1, 7)).unwrap(),
        bound,
        slack: Duration::from_nanos(1),
        period: ms([1, 20, 100][usize::try_from(draw.below(3)).unwrap()]),
        elections: Elections::OnSuspicion,
        contact_suspected: true,
        mutant: None,
    };
    // Long enough after the last planned fault for all to settle; triggered ones may come later.
    let mut spec = spec::<Bully>(&settings, delays(&mut draw, bound), at(20_000));
    spec.ties = if draw.one_in(2) { Ties::Drawn } else { Ties::FirstIn };
    spec.faults = storm(&mut draw, settings.nodes);
    let what = format!("seed {seed}: {settings:?}, {:#?}", spec.faults);
    let mut world = World::<Process, (Properties, Checked<Gauge>)>::new(Arc::new(spec), seed);
    let outcome = world.run();
    // A world in which all are down for good has nothing to judge.
    if world.states().iter().any(Option::is_some) {
        assert_held(&outcome, &what);
    }
    outcome.faults.iter().any(|fault| fault.struck > 0)
}

/// Runs so many storms and tells how much of the allowed times was used.
fn storms(seeds: std::ops::Range<u64>) -> (u64, u64) {
    let count = seeds.end - seeds.start;
    USED.set((0, 0));
    let struck = seeds.filter(|seed| weather(*seed)).count() as u64;
    assert!(struck * 10 > count * 9, "only {struck} of {count} storms struck anybody");
    let (settling, rivalry) = USED.get();
    println!(
        "{count} storms, {struck} with crashes; of the time that BL1 allows {settling} thousandths \
         were used, of BL2's {rivalry}"
    );
    (settling, rivalry)
}

/// BL1 to BL3 hold, and the gauge shows that the times they allow are needed, not generous beyond
/// use.
#[test]
fn bl1_to_bl3_hold_in_storms() {
    let (settling, rivalry) = storms(0..300);
    assert!(settling > 300 && rivalry > 300, "{settling}, {rivalry}");
}
