//! Random small worlds: one history each, however it is run, and laws that hold in all of them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::select;
use sim_engine::{
    ClockSpec, Cut, Delay, DiskLoss, DiskSpec, Fault, First, Inside, NodeSet, Observer, Occasion,
    Outcome, ServiceSpec, StepBegins, Strike, Target, Ties, Transport, Trigger, When, Work, World,
    faults,
};
use sim_node::{Drift, Event, NodeId, Offset, Ratio, Span};

use crate::history::{Ears, History};
use crate::scene::{Scene, at};
use crate::toy::{Act, Msg, Script, Toy, ms};

const SERVERS: u32 = 4;
const END: u64 = 300;

fn delay() -> impl Strategy<Value = Delay> {
    let constant = (0..10_u64).prop_map(|millis| Delay::Constant(ms(millis)));
    let uniform = (0..5_u64, 0..20_u64).prop_map(|(a, b)| Delay::Uniform(ms(a), ms(a + b)));
    let tail = (1..10_u64).prop_map(|mean| Delay::Exponential { mean: ms(mean), min: ms(0) });
    let power = (1..3_u64).prop_map(|min| Delay::Pareto { min: ms(min), shape: 1.5, max: ms(60) });
    let simple = prop_oneof![constant, uniform, tail, power].boxed();
    let mixed = proptest::collection::vec((1..5_u32, simple.clone()), 1..3);
    prop_oneof![4 => simple, 1 => mixed.prop_map(Delay::Mixture)]
}

fn ratio() -> impl Strategy<Value = Ratio> {
    prop_oneof![Just(0), 1..100_u32].prop_map(Ratio::from_percent)
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        6 => plain_target(),
        1 => proptest::collection::vec(plain_target(), 1..3).prop_map(Target::And),
        1 => plain_target().prop_map(|whom| Target::Not(Box::new(whom))),
    ]
}

fn plain_target() -> impl Strategy<Value = Target> {
    prop_oneof![
        (0..=SERVERS).prop_map(Target::Node),
        (1..3_u32).prop_map(Target::Random),
        select(vec![
            Target::Leader,
            Target::Majority,
            Target::Minority,
            Target::Servers,
            Target::Others,
            Target::All,
            Target::Trigger,
            Target::Nodes(vec![0, 2]),
        ]),
    ]
}

fn occasion() -> impl Strategy<Value = Occasion> {
    select(vec![
        Occasion::Role("leader".to_owned()),
        Occasion::Mark("mark".to_owned()),
        Occasion::Send("A".to_owned()),
        Occasion::Receive("B".to_owned()),
        Occasion::Write,
    ])
}

fn inside() -> impl Strategy<Value = Inside> {
    prop_oneof![Just(Inside::Drawn), (0..4_u32).prop_map(Inside::First)]
}

fn fault() -> impl Strategy<Value = Fault> {
    let cut = || select(vec![Cut::AtSend, Cut::AtDelivery]);
    let loss = select(vec![
        DiskLoss::Prefix,
        DiskLoss::Subset,
        DiskLoss::Unsynced,
        DiskLoss::Everything,
        DiskLoss::Torn,
        DiskLoss::Rot(2),
        DiskLoss::OldCopy(ms(9)),
    ]);
    let down = proptest::option::of((1..50_u64).prop_map(ms));
    let kind = || proptest::option::of(select(vec!["A".to_owned(), "B".to_owned()]));
    let links = (
        proptest::option::of(target()),
        proptest::option::of(target()),
        any::<bool>(),
        kind(),
        proptest::option::of(delay()),
        proptest::option::of(ratio()),
        proptest::option::of(ratio()),
    );
    let crash = (target(), down, loss, proptest::option::of(inside()));
    let mobile = (occasion(), inside(), select(vec![Strike::Crash, Strike::Isolate]));
    let network = prop_oneof![
        (proptest::collection::vec(target(), 1..3), cut())
            .prop_map(|(groups, cut)| Fault::from(faults::Partition(groups, cut))),
        (target(), cut()).prop_map(|(who, cut)| Fault::from(faults::Isolate(who, cut))),
        (target(), target(), cut())
            .prop_map(|(from, to, cut)| Fault::from(faults::OneWay(from, to, cut))),
        (target(), cut()).prop_map(|(who, cut)| Fault::from(faults::Bridge(who, cut))),
        (target(), target(), kind())
            .prop_map(|(from, to, kind)| Fault::from(faults::Hold(from, to, kind))),
        Just(Fault::from(faults::Heal)),
        links.prop_map(|(from, to, both, kind, delay, loss, duplication)| Fault::from(
            faults::Links { from, to, both, kind, delay, loss, duplication }
        )),
    ];
    let nodes = prop_oneof![
        3 => crash.prop_map(|(who, down, disk, inside)| {
            Fault::from(faults::Crash { who, down, disk, inside, settings: None })
        }),
        1 => target().prop_map(|who| Fault::from(faults::Restart(who, None))),
        1 => (target(), select(vec![First::Oldest, First::Timers]))
            .prop_map(|(who, first)| Fault::from(faults::Pause(who, first))),
        1 => target().prop_map(|who| Fault::from(faults::Resume(who))),
        1 => (target(), delay()).prop_map(|(who, time)| Fault::from(faults::Slow(who, time))),
        1 => (target(), delay()).prop_map(|(who, sync)| Fault::from(faults::SlowDisk(who, sync))),
        1 => target().prop_map(|who| Fault::from(faults::StallDisk(who))),
        1 => target().prop_map(|who| Fault::from(faults::LyingDisk(who))),
        1 => target().prop_map(|who| Fault::from(faults::FullDisk(who))),
        1 => (target(), ratio())
            .prop_map(|(who, ratio)| Fault::from(faults::OmitSends(who, ratio))),
        1 => (target(), ratio())
            .prop_map(|(who, ratio)| Fault::from(faults::OmitReceives(who, ratio))),
        1 => (target(), -900_000..900_000)
            .prop_map(|(who, ppm)| Fault::from(faults::Drift(who, Drift::from_ppm(ppm)))),
        1 => (target(), -9_000_000..9_000_000_i64)
            .prop_map(|(who, nanos)| Fault::from(faults::Jump(who, Offset::from_nanos(nanos)))),
    ];
    let corrupt = (proptest::option::of(target()), proptest::option::of(target()), ratio());
    let ends = (proptest::option::of(target()), proptest::option::of(target()));
    let lose = (ends, kind(), 1..9_u32, 0..4_u32);
    // On the heap: a value of all of them is large.
    prop_oneof![
        network.boxed(),
        byzantine().boxed(),
        corrupt.prop_map(|(from, to, share)| {
            Fault::from(faults::Corrupt { from, to, kind: None, share })
        }),
        lose.prop_map(|((from, to), kind, nth, times)| {
            Fault::from(faults::Lose { from, to, kind, nth, times })
        }),
        nodes.boxed(),
        mobile.prop_map(|(on, inside, strike)| Fault::from(faults::Mobile { on, inside, strike })),
    ]
}

fn byzantine() -> impl Strategy<Value = Fault> {
    let to = || proptest::option::of(target());
    let kind = || proptest::option::of(select(vec!["A".to_owned(), "B".to_owned()]));
    prop_oneof![
        1 => (target(), to(), kind())
            .prop_map(|(who, to, kind)| Fault::from(faults::Mute { who, to, kind })),
        1 => (target(), to(), kind(), ratio()).prop_map(|(who, to, kind, share)| {
            Fault::from(faults::Tamper { who, to, kind, share })
        }),
        1 => (target(), to(), kind())
            .prop_map(|(who, to, kind)| Fault::from(faults::Equivocate { who, to, kind })),
        1 => (target(), to(), kind(), ratio(), any::<bool>()).prop_map(
            |(who, to, kind, share, instead)| {
                Fault::from(faults::Replay { who, to, kind, share, instead })
            }
        ),
        3 => (target(), to()).prop_map(|(who, to)| Fault::from(faults::Twins { who, to })),
    ]
}

fn time() -> impl Strategy<Value = When> {
    prop_oneof![
        (0..END).prop_map(|time| When::At(at(time))),
        (0..END, 0..END).prop_map(|(a, b)| When::Between(at(a.min(b)), at(a.max(b)))),
        (occasion(), proptest::option::of(0..SERVERS), 1..4_u32)
            .prop_map(|(on, at, nth)| When::On(Trigger { at, nth, ..Trigger::new(on) })),
        trigger().prop_map(When::On),
        (1..30_u64, 0..30_u64)
            .prop_map(|(least, more)| When::Every(Span::between(ms(least), ms(least + more)))),
    ]
}

/// A trigger with everything that it may say. It is limited, as a node that crashes at each of its
/// writes and returns at once would not get on.
fn trigger() -> impl Strategy<Value = Trigger> {
    use proptest::option::of;
    let peers = (of(0..SERVERS), of(0..SERVERS));
    (occasion(), peers, of(0..END), 1..4_u32, any::<(bool, bool)>(), 1..5_u32).prop_map(
        |(on, (from, to), after, nth, (every, once_per_node), limit)| Trigger {
            from,
            to,
            after: after.map(ms),
            nth,
            every,
            once_per_node,
            limit: Some(limit),
            ..Trigger::new(on)
        },
    )
}

fn message() -> impl Strategy<Value = Msg> {
    prop_oneof![
        (0..2_u32).prop_map(Msg::A),
        (0..2_u32).prop_map(Msg::B),
        Just(Msg::Beat(0)),
        Just(Msg::Ask(0)),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..=SERVERS, message()).prop_map(|(to, message)| Act::Send(to, message)),
        1 => (0..=SERVERS, message()).prop_map(|(to, message)| Act::Resend(to, message)),
        1 => message().prop_map(Act::Broadcast),
        2 => (1..3_u8, 1..30_u64, 0..10_u64)
            .prop_map(|(timer, a, b)| Act::Set(timer, Span::between(ms(a), ms(a + b)))),
        1 => (1..3_u8).prop_map(Act::Cancel),
        2 => (0..9_u32).prop_map(Act::Write),
        2 => Just(Act::Barrier),
        1 => (0..9_u32).prop_map(Act::Say),
        1 => (1..9_u64).prop_map(Act::Choose),
        1 => Just(Act::Mark("mark")),
        1 => (0..3_u64).prop_map(|rank| Act::Become("leader", rank)),
        1 => Just(Act::Resign),
    ]
}

/// Nodes that are set off by a timer again and again, and react to what comes. What a message sets
/// off is not sent on (but for a request's), so that a world does not fill up.
fn script() -> impl Strategy<Value = Script> {
    let acts = || proptest::collection::vec(act(), 0..6);
    let quiet = || {
        let calm = |act: &Act| !matches!(act, Act::Send(..) | Act::Resend(..) | Act::Broadcast(_));
        acts().prop_map(move |acts| acts.into_iter().filter(calm).collect::<Vec<_>>())
    };
    let node = (acts(), acts(), quiet(), quiet(), quiet(), acts());
    proptest::collection::vec(node, SERVERS as usize + 1).prop_map(|nodes| {
        (0..).zip(nodes).fold(Script::new(), |script, (node, acts)| {
            let (mut start, mut tick, a, b, other, request) = acts;
            let again = Act::Set(0, Span::between(ms(5), ms(20)));
            start.push(again.clone());
            tick.push(again);
            script
                .start(node, start)
                .timer(node, 0, tick)
                .timer(node, 1, other)
                .message(node, Msg::A(0), a)
                .message(node, Msg::B(0), b)
                .request(node, 0, request)
        })
    })
}

fn scene() -> impl Strategy<Value = Scene> {
    let network = (delay(), ratio(), ratio(), any::<bool>(), any::<bool>());
    let world = (
        proptest::option::of(delay()),
        proptest::option::of(delay()),
        proptest::option::of((0..9_000_000_i64, -900_000..900_000_i32, any::<bool>())),
        any::<bool>(),
        proptest::option::of((100..END, 0..20_u64)),
    );
    let faults = proptest::collection::vec((time(), fault()), 0..8);
    let requests = proptest::collection::vec((0..END, 0..=SERVERS), 0..6);
    (script(), network, world, faults, requests).prop_map(
        |(script, (delay, loss, duplication, fifo, stream), world, faults, requests)| {
            let (sync, service, clock, ties, calm) = world;
            let mut scene = Scene::new(SERVERS, script).others(1).delay(delay).deadline(END);
            let spec = &mut scene.0;
            (spec.network.link.loss, spec.network.link.duplication) = (loss, duplication);
            spec.network.link.fifo = fifo;
            if stream {
                spec.network.transport = Transport::Stream;
            }
            spec.disks.extend(sync.map(|sync| DiskSpec { who: NodeSet::All, sync }));
            let who = NodeSet::Nodes(vec![0, 2]);
            spec.service.extend(service.map(|time| ServiceSpec { who, what: Work::Any, time }));
            spec.clocks.extend(clock.map(|(offset, ppm, within)| ClockSpec {
                who: NodeSet::Nodes(vec![1, 2]),
                offset: Offset::from_nanos(offset),
                drift: Drift::from_ppm(ppm),
                offset_within: if within { ms(50) } else { ms(0) },
                drift_within: Drift::from_ppm(if within { 5_000 } else { 0 }),
            }));
            spec.steps_max = 20_000;
            spec.ties = if ties { Ties::Drawn } else { Ties::FirstIn };
            // Any order of the calm and the faults: the engine takes what it is given.
            let scene = calm.into_iter().fold(scene, |scene, (at, bound)| scene.calm(at, bound));
            let scene =
                faults.into_iter().fold(scene, |scene, (when, fault)| scene.fault(when, fault));
            requests.into_iter().fold(scene, |scene, (at, node)| scene.request(at, node, 0))
        },
    )
}

fn watched(scene: &Scene, seed: u64) -> (Outcome, History, World<Toy, Ears>) {
    let run = scene.seed(seed);
    (run.outcome, run.history, run.world)
}

/// Counts what is handled, by the ids of messages.
#[derive(Default)]
struct Ids(BTreeSet<u64>);

impl Observer<Toy> for Ids {
    fn step_begins(&mut self, step: &StepBegins<'_, Toy>) {
        if let Event::Message { from, .. } = step.event {
            assert_eq!(step.message.is_none(), *from == step.node);
            self.0.extend(step.message);
        }
    }
}

proptest! {
    #[test]
    fn one_seed_is_one_history(scene in scene(), seed in any::<u64>()) {
        let (outcome, history, world) = watched(&scene, seed);
        let (again, history_again, world_again) = watched(&scene, seed);
        prop_assert_eq!(&outcome, &again);
        prop_assert_eq!(history, history_again);
        prop_assert_eq!(world.states(), world_again.states());
        prop_assert_eq!(outcome, scene.world::<Ears>(seed).run());
    }

    #[test]
    fn a_clone_in_the_middle_runs_on_as_the_original(
        scene in scene(), seed in any::<u64>(), stop in 0..END, further in 0..END,
    ) {
        let (whole, _, over) = watched(&scene, seed);
        let mut world = scene.world::<Ears>(seed);
        world.run_until(at(stop));
        let mut fork = world.clone();
        prop_assert_eq!(&world.run(), &whole);
        fork.run_until(at(stop + further));
        let mut fork_of_fork = fork.clone();
        prop_assert_eq!(&fork.run(), &whole);
        prop_assert_eq!(&fork_of_fork.run(), &whole);
        prop_assert_eq!(fork_of_fork.states(), over.states());
        prop_assert_eq!(fork_of_fork.properties(), over.properties());
    }

    #[test]
    fn stepping_is_running(scene in scene(), seed in any::<u64>()) {
        let mut world = scene.world::<Ears>(seed);
        let mut steps = 0;
        while world.step() {
            steps += 1;
            prop_assert_eq!(world.steps(), steps);
        }
        prop_assert_eq!(world.outcome(), scene.world::<Ears>(seed).run());
    }

    #[test]
    fn counts_balance_and_causes_come_first(scene in scene(), seed in any::<u64>()) {
        let mut world = scene.world::<Ears>(seed);
        let mut handled = Ids::default();
        let outcome = world.run_watched(None, &mut handled);
        let counts = &outcome.counts;
        let of_kinds: u64 = counts.by_kind.iter().map(|(_, sent)| sent).sum();
        prop_assert_eq!(counts.total(), of_kinds);
        let handled = handled.0.len() as u64;
        prop_assert_eq!(counts.total(), handled + counts.lost + counts.in_flight);

        let record: Vec<_> = world.record().iter().collect();
        prop_assert_eq!(record.len() as u64, outcome.steps);
        prop_assert!(record.is_sorted_by_key(|step| step.time));
        for (index, step) in (0_u64..).zip(&record) {
            prop_assert!(step.cause.is_none_or(|cause| cause < index));
            prop_assert!(step.node < NodeId::new(SERVERS + 1));
        }
    }

    #[test]
    fn a_stream_delivers_in_order(scene in scene(), seed in any::<u64>()) {
        let mut scene = scene;
        scene.0.network.transport = Transport::Stream;
        // Of two instances each has a queue of its own.
        scene.0.faults.retain(|planned| !matches!(planned.fault, Fault::Twins(_)));
        let mut order = InOrder::default();
        scene.world::<Ears>(seed).run_watched(None, &mut order);
        prop_assert!(order.overtaken.is_empty(), "{:?}", order.overtaken);
    }
}

/// By link, the greatest id of a message that was handled: ids are in the order of sending.
#[derive(Default)]
struct InOrder {
    last: BTreeMap<(NodeId, NodeId), u64>,
    overtaken: Vec<(NodeId, NodeId, u64)>,
}

impl Observer<Toy> for InOrder {
    fn step_begins(&mut self, step: &StepBegins<'_, Toy>) {
        let (Event::Message { from, .. }, Some(id)) = (step.event, step.message) else { return };
        let last = self.last.entry((*from, step.node)).or_insert(id);
        if *last > id {
            self.overtaken.push((*from, step.node, id));
        }
        *last = id.max(*last);
    }
}
