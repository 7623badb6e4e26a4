//! The stable numbers of faults: what they come from, and what not.

use std::collections::{BTreeMap, BTreeSet};

use sim_engine::{
    Cut, Delay, DiskLoss, Fault, First, Inside, NodeSet, Occasion, OtherSettings, Strike, Target,
    Trigger, When, fault_ids, faults,
};
use sim_node::{Ratio, Span};

use crate::scene::{between, when};
use crate::toy::ms;

fn sets() -> BTreeMap<String, NodeSet> {
    let rack = |nodes: &[u32]| NodeSet::Nodes(nodes.to_vec());
    let named = [("a", rack(&[0, 1])), ("b", rack(&[2])), ("all", NodeSet::All)];
    named.map(|(name, set)| (name.to_owned(), set)).into()
}

fn id(when: When, fault: impl Into<Fault>) -> u64 {
    fault_ids([(&when, &fault.into())], &sets())[0]
}

fn of(who: Target) -> u64 {
    id(when(5), faults::Isolate(who, Cut::AtSend))
}

fn crash(down: Option<u64>, disk: DiskLoss, inside: Option<Inside>) -> faults::Crash {
    faults::Crash { who: Target::Random(1), down: down.map(ms), disk, inside, settings: None }
}

#[test]
fn how_long_how_much_and_what_is_left_is_none_of_it() {
    let usual = id(between(1, 9), crash(None, DiskLoss::Prefix, None));
    assert_eq!(id(when(1), crash(Some(5), DiskLoss::Rot(2), Some(Inside::Drawn))), usual);
    let other =
        faults::Crash { settings: Some(OtherSettings), ..crash(None, DiskLoss::Prefix, None) };
    assert_eq!(id(when(1), other), usual);
    let slow = |delay| faults::Slow(Target::Leader, delay);
    let longer = Delay::Uniform(ms(1), ms(2));
    assert_eq!(id(when(1), slow(Delay::Constant(ms(1)))), id(between(1, 3), slow(longer)));
    let omits = |percent| faults::OmitSends(Target::Leader, Ratio::from_percent(percent));
    assert_eq!(id(when(1), omits(10)), id(when(1), omits(90)));
    let pause = |first| faults::Pause(Target::Leader, first);
    assert_eq!(id(when(1), pause(First::Oldest)), id(when(1), pause(First::Timers)));
}

#[test]
fn one_target_has_one_number_however_it_is_written() {
    use Target::{
        All, And, Holders, InAll, Leader, Majority, Node, Nodes, Not, OneOf, Random, RandomOf,
        Role, Servers, Set, Trigger,
    };
    let name = |name: &str| name.to_owned();
    let equal = [
        (Node(1), Nodes(vec![1, 1])),
        (Nodes(vec![0, 1]), Set(name("a"))),
        (And(vec![Node(2), Set(name("a"))]), Nodes(vec![2, 1, 0])),
        (Leader, Role(name("leader"))),
        (Not(Box::new(Leader)), Not(Box::new(And(vec![Role(name("leader"))])))),
        (And(vec![Trigger, And(vec![Leader, Trigger])]), And(vec![Leader, Trigger])),
        (And(vec![Random(1), Leader]), And(vec![Leader, Random(1)])),
        (OneOf(vec![name("a"), name("b")]), OneOf(vec![name("b"), name("a")])),
        (All, Set(name("all"))),
        (And(vec![Node(1), All]), All),
        (RandomOf(2, Box::new(Servers)), Random(2)),
        (RandomOf(1, Box::new(Node(1))), RandomOf(1, Box::new(Nodes(vec![1])))),
        (InAll(vec![Leader]), Leader),
        (InAll(vec![Leader, Set(name("a"))]), InAll(vec![Nodes(vec![0, 1]), Leader])),
        (Holders(name("x")), And(vec![Holders(name("x"))])),
    ];
    for (one, other) in equal {
        assert_eq!(of(one.clone()), of(other.clone()), "{one:?} and {other:?}");
    }
    // What is drawn beside what was drawn before means something else the other way round.
    assert_ne!(of(And(vec![Random(1), Majority])), of(And(vec![Majority, Random(1)])));
    let groups = |groups: [Target; 2]| id(when(1), faults::Partition(groups.into(), Cut::AtSend));
    assert_eq!(groups([Node(1), Node(2)]), groups([Node(2), Node(1)]));
    assert_ne!(groups([Random(1), Random(2)]), groups([Random(2), Random(1)]));
}

#[test]
fn what_tells_faults_apart_gives_them_other_numbers() {
    use Target::{
        All, Holders, InAll, Majority, Minority, Node, Nodes, Not, Others, Random, RandomOf, Role,
        Servers,
    };
    let targets = [
        All,
        Servers,
        Others,
        Target::Trigger,
        Role("x".to_owned()),
        Node(0),
        Node(256),
        Nodes(vec![0, 1]),
        Random(1),
        Random(2),
        Majority,
        Minority,
        Not(Box::new(Node(0))),
        Not(Box::new(Random(1))),
        Holders("x".to_owned()),
        RandomOf(1, Box::new(All)),
        RandomOf(2, Box::new(All)),
        RandomOf(1, Box::new(Role("x".to_owned()))),
        InAll(vec![Node(0), Servers]),
    ];
    let mut all: Vec<u64> = targets.map(of).into();
    let heal = || Fault::from(faults::Heal);
    let on = |occasion: Occasion| Trigger::new(occasion);
    let sends = |kind: &str| on(Occasion::Send(kind.to_owned()));
    all.extend([
        id(when(1), heal()),
        id(when(2), heal()),
        id(When::Every(Span::exactly(ms(1))), heal()),
        id(When::Every(Span::between(ms(1), ms(2))), heal()),
        id(When::On(sends("A")), heal()),
        id(When::On(sends("B")), heal()),
        id(When::On(Trigger { nth: 2, ..sends("A") }), heal()),
        id(When::On(Trigger { at: Some(0), ..sends("A") }), heal()),
        id(When::On(Trigger { to: Some(0), ..sends("A") }), heal()),
        id(When::On(Trigger { after: Some(ms(1)), ..sends("A") }), heal()),
        id(When::On(on(Occasion::Receive("A".to_owned()))), heal()),
        id(When::On(on(Occasion::After("A".to_owned(), 1))), heal()),
        id(When::On(on(Occasion::After("A".to_owned(), 2))), heal()),
        id(When::On(on(Occasion::Write)), heal()),
        id(when(1), faults::Hold(Node(0), Node(1), None)),
        id(when(1), faults::Hold(Node(1), Node(0), None)),
        id(when(1), faults::Hold(Node(0), Node(1), Some("A".to_owned()))),
        id(when(1), faults::OneWay(Node(0), Node(1), Cut::AtSend)),
    ]);
    for strike in [Strike::Crash, Strike::Isolate] {
        let mobile = faults::Mobile { on: Occasion::Write, inside: Inside::Drawn, strike };
        all.push(id(when(1), mobile));
    }
    assert_eq!(BTreeSet::from_iter(&all).len(), all.len());
}

#[test]
fn equal_faults_are_counted() {
    let heal = Fault::from(faults::Heal);
    let times = [when(1), when(2), when(1), when(1)];
    let ids = fault_ids(times.iter().map(|when| (when, &heal)), &sets());
    assert_eq!(BTreeSet::from_iter(&ids).len(), 4);
    let alone = fault_ids([(&times[1], &heal)], &sets());
    assert_eq!(alone, [ids[1]], "the others are not counted");
}
