//! What is switched on, or added, shifts the numbers of nothing that it does not touch.

use std::collections::BTreeMap;

use sim_engine::{
    ClockSpec, Cut, Delay, DiskLoss, DiskSpec, Fault, First, Inside, NodeSet, Occasion,
    ServiceSpec, Target, Ties, Work, faults,
};
use sim_node::{Drift, Duration, Offset, Ratio, Span};

use crate::scene::{Run, Scene, between, crash, on, when};
use crate::toy::{Act, Msg, Script, ms};

const SEED: u64 = 7;

fn span(from: u64, to: u64) -> Span {
    Span::between(ms(from), ms(to))
}

/// Four nodes that send to the next one and the one after it, after rests of random length, and
/// react to nothing. They make choices and write to their disks on the way.
fn talkers() -> Scene {
    let script = (0..4).fold(Script::new(), |script, node| {
        let acts = [
            Act::Choose(10),
            Act::Send((node + 1) % 4, Msg::A(node)),
            Act::Write(node),
            Act::Barrier,
            Act::Send((node + 2) % 4, Msg::B(node)),
            Act::Set(0, span(5, 15)),
        ];
        script.start(node, [Act::Set(0, span(5, 15))]).timer(node, 0, acts)
    });
    Scene::new(4, script).delay(Delay::Uniform(ms(1), ms(20)))
}

/// Every send of a node, copies left out: when, to whom, what; and when it arrives, if it does.
fn sends(run: &Run, node: u32) -> Vec<(String, Option<String>)> {
    let own = format!(" n{node}>");
    let lines = run.history.sent.iter().filter(|line| line.contains(&own));
    let lines = lines.filter(|line| !line.contains("copy"));
    lines
        .map(|line| match line.split_once(" arrives ") {
            Some((sent, arrives)) => (sent.to_owned(), Some(arrives.to_owned())),
            None => (line.split(" lost ").next().expect("a send").to_owned(), None),
        })
        .collect()
}

/// Every timer of a node.
fn timers(run: &Run, node: u32) -> Vec<String> {
    let own = format!(" n{node} timer");
    run.history.steps.iter().filter(|line| line.contains(&own)).cloned().collect()
}

fn choices(run: &Run, node: u32) -> Vec<String> {
    let own = format!(" n{node} says");
    run.said.iter().filter(|line| line.contains(&own)).cloned().collect()
}

/// That these nodes send, rest and choose in one run as in the other. Returns how many messages
/// were lost in the one and not in the other.
fn assert_untouched(one: &Run, other: &Run, nodes: &[u32]) -> usize {
    let mut lost = 0;
    for &node in nodes {
        assert_eq!(timers(one, node), timers(other, node), "timers of node {node}");
        assert_eq!(choices(one, node), choices(other, node), "choices of node {node}");
        let (one, other) = (sends(one, node), sends(other, node));
        assert!(one.len() > 50, "{} sends", one.len());
        assert_eq!(one.len(), other.len(), "sends of node {node}");
        for ((sent, arrives), (sent_too, arrives_too)) in one.iter().zip(&other) {
            assert_eq!(sent, sent_too);
            match (arrives, arrives_too) {
                (Some(arrives), Some(arrives_too)) => assert_eq!(arrives, arrives_too, "{sent}"),
                _ => lost += 1,
            }
        }
    }
    lost
}

const ALL: [u32; 4] = [0, 1, 2, 3];

#[test]
fn switching_on_loss_changes_no_delay_and_no_timer() {
    let base = talkers().seed(SEED);
    let mut lossy = talkers();
    lossy.0.network.link.loss = Ratio::from_percent(10);
    let lost = assert_untouched(&base, &lossy.seed(SEED), &ALL);
    assert!(lost > 20, "{lost}");
}

#[test]
fn switching_on_duplication_changes_no_delay_and_no_timer() {
    let base = talkers().seed(SEED);
    let mut twice = talkers();
    twice.0.network.link.duplication = Ratio::from_percent(10);
    let twice = twice.seed(SEED);
    assert_eq!(assert_untouched(&base, &twice, &ALL), 0);
    let copies = twice.history.sent.iter().filter(|line| line.contains("copy")).count();
    assert!(copies > 20, "{copies}");
    // With loss besides, the same messages are duplicated, but for those that are lost.
    let mut both = talkers();
    both.0.network.link.duplication = Ratio::from_percent(10);
    both.0.network.link.loss = Ratio::from_percent(10);
    let both = both.seed(SEED);
    let mut copies = both.history.sent.iter().filter(|line| line.contains("copy"));
    assert!(copies.all(|line| twice.history.sent.contains(line)));
}

#[test]
fn what_one_link_is_like_is_nothing_to_another() {
    let base = talkers().seed(SEED);
    let change = |delay, loss, duplication| {
        Fault::from(faults::Links {
            from: Some(Target::Node(0)),
            to: Some(Target::Node(1)),
            both: false,
            kind: None,
            delay,
            loss,
            duplication,
        })
    };
    let long = Delay::Exponential { mean: ms(50), min: ms(20) };
    let half = Some(Ratio::from_percent(50));
    for fault in [change(Some(long), half, None), change(None, half, half)] {
        let other = talkers().fault(between(100, 900), fault).seed(SEED);
        assert_untouched(&base, &other, &[1, 2, 3]);
        // The other link of the same sender as well.
        let to_node_2 = |run: &Run| -> Vec<_> {
            let all = sends(run, 0).into_iter();
            all.filter(|(sent, _)| sent.contains(">n2")).collect()
        };
        assert_eq!(to_node_2(&base), to_node_2(&other));
    }
}

/// Whom the first fault struck.
fn victims(run: &Run) -> Vec<u32> {
    run.outcome.faults[0].victims.iter().map(|node| node.number()).collect()
}

#[test]
fn a_fault_changes_nothing_of_whom_it_does_not_strike() {
    let base = talkers().seed(SEED);
    let one = || Target::Random(1);
    let crash = |inside| {
        Fault::from(faults::Crash {
            who: Target::Random(1),
            down: Some(ms(100)),
            disk: DiskLoss::Subset,
            inside,
            settings: None,
        })
    };
    let faults = [
        crash(None),
        crash(Some(Inside::Drawn)),
        Fault::from(faults::Pause(one(), First::Oldest)),
        Fault::from(faults::Slow(one(), Delay::Uniform(ms(1), ms(3)))),
        Fault::from(faults::SlowDisk(one(), Delay::Uniform(ms(1), ms(3)))),
        Fault::from(faults::Drift(one(), Drift::from_ppm(300_000))),
        Fault::from(faults::OmitSends(one(), Ratio::from_percent(50))),
        Fault::from(faults::Jump(one(), Offset::from_nanos(-1))),
    ];
    for fault in faults {
        let other = talkers().fault(between(200, 700), fault.clone()).seed(SEED);
        let victims = victims(&other);
        assert_eq!((other.outcome.faults[0].struck, victims.len()), (1, 1), "{fault:?}");
        let rest: Vec<u32> = ALL.into_iter().filter(|node| !victims.contains(node)).collect();
        assert_eq!(assert_untouched(&base, &other, &rest), 0, "{fault:?}");
    }
}

#[test]
fn what_cuts_or_keeps_messages_changes_no_delay_of_the_rest() {
    let base = talkers().seed(SEED);
    let faults = [
        Fault::from(faults::Isolate(Target::Random(1), Cut::AtDelivery)),
        Fault::from(faults::Partition(vec![Target::Minority], Cut::AtSend)),
        Fault::from(faults::Bridge(Target::Random(1), Cut::AtSend)),
        Fault::from(faults::OmitReceives(Target::Random(2), Ratio::from_percent(50))),
    ];
    for fault in faults {
        let other = talkers().fault(between(200, 700), fault.clone()).seed(SEED);
        assert_untouched(&base, &other, &ALL);
        assert!(other.outcome.counts.lost > 10, "{fault:?}: {}", other.outcome.counts.lost);
    }
    let mobile = Fault::from(faults::Mobile {
        on: Occasion::Send("A".to_owned()),
        inside: Inside::Drawn,
        strike: sim_engine::Strike::Isolate,
    });
    let other = talkers().fault(between(200, 700), mobile).seed(SEED);
    assert_untouched(&base, &other, &ALL);
}

#[test]
fn a_slow_node_draws_its_own_service_times_as_before() {
    let script = (0..60).fold(Script::new(), |script, n| script.request(0, n, [Act::Say(n)]));
    let mut scene = Scene::new(1, script);
    let time = Delay::Uniform(ms(1), ms(9));
    scene.0.service.push(ServiceSpec { who: NodeSet::All, what: Work::Requests, time });
    let scene = (0..60).fold(scene, |scene, n| scene.request(10 + 30 * u64::from(n), 0, n));
    let scene = scene.deadline(2_000);
    let base = scene.seed(SEED).said;
    let slow = Fault::from(faults::Slow(Target::Node(0), Delay::Uniform(ms(1), ms(5))));
    let other = scene.fault(between(200, 400), slow).seed(SEED).said;
    let differing: Vec<bool> = base.iter().zip(&other).map(|(one, other)| one != other).collect();
    assert_eq!(differing.len(), 60);
    // Requests 7 to 12 come within the window; they alone take longer.
    let within = differing.iter().enumerate().filter(|(_, differs)| **differs);
    assert_eq!(within.map(|(n, _)| n).collect::<Vec<_>>(), [7, 8, 9, 10, 11, 12]);
}

#[test]
fn a_fault_changes_nothing_of_another_fault() {
    let fault = || {
        let mut scene = talkers()
            .fault(between(200, 700), Fault::from(faults::Pause(Target::Random(2), First::Oldest)));
        scene.0.faults[0].id = 99;
        scene
    };
    let alone = fault().seed(SEED);
    let besides = fault()
        .fault(between(100, 800), Fault::from(faults::Isolate(Target::Random(1), Cut::AtSend)))
        .fault(
            on(Occasion::Write),
            Fault::from(faults::OneWay(Target::Minority, Target::Majority, Cut::AtSend)),
        )
        .fault(
            between(300, 900),
            Fault::from(faults::Jump(Target::Random(3), Offset::from_nanos(5))),
        );
    let besides = besides.seed(SEED);
    assert_eq!(alone.outcome.faults[0], besides.outcome.faults[0]);
}

#[test]
fn a_node_that_nobody_talks_to_changes_nothing() {
    let base = talkers().seed(SEED);
    let silent = talkers().others(1).seed(SEED);
    assert_eq!(assert_untouched(&base, &silent, &ALL), 0);
    assert_eq!(base.history.sent, silent.history.sent);
    // Not even if it is busy with itself.
    let mut busy = talkers().others(1);
    let acts = [Act::Choose(5), Act::Send(4, Msg::A(4)), Act::Set(0, span(1, 3))];
    let script = std::mem::take(&mut busy.0.config);
    busy.0.config = Script::clone(&script).start(4, acts.clone()).timer(4, 0, acts).into();
    let busy = busy.seed(SEED);
    assert_eq!(assert_untouched(&base, &busy, &ALL), 0);
    assert!(timers(&busy, 4).len() > 200);
}

#[test]
fn what_one_node_draws_more_is_nothing_to_the_others() {
    let base = talkers().seed(SEED);
    let mut more = talkers();
    let script = std::mem::take(&mut more.0.config);
    let acts = [
        Act::Send(1, Msg::A(0)),
        Act::Send(2, Msg::Beat(0)),
        Act::Choose(3),
        Act::Choose(3),
        Act::Set(0, span(2, 3)),
        Act::Set(1, span(2, 3)),
    ];
    more.0.config = Script::clone(&script).timer(0, 0, acts).into();
    assert_eq!(assert_untouched(&base, &more.seed(SEED), &[1, 2, 3]), 0);
}

#[test]
fn each_purpose_draws_by_itself() {
    // Choices, rests and delays of one node do not shift each other.
    let base = talkers().seed(SEED);
    let sets = |acts: Vec<Act>| {
        let mut scene = talkers();
        let script = std::mem::take(&mut scene.0.config);
        scene.0.config = Script::clone(&script).timer(0, 0, acts).into();
        scene.seed(SEED)
    };
    let sending = |to, message| Act::Send(to, message);
    let again = || Act::Set(0, span(5, 15));
    let (first, second) = (sending(1, Msg::A(0)), sending(2, Msg::B(0)));
    let no_choice = sets(vec![first.clone(), Act::Write(0), Act::Barrier, second.clone(), again()]);
    assert_eq!(sends(&base, 0), sends(&no_choice, 0));
    assert_eq!(timers(&base, 0), timers(&no_choice, 0));
    let no_sends = sets(vec![Act::Choose(10), Act::Write(0), Act::Barrier, again()]);
    assert_eq!(timers(&base, 0), timers(&no_sends, 0));
    assert_eq!(choices(&base, 0), choices(&no_sends, 0));
}

#[test]
fn disks_clocks_services_and_ties_shift_no_delay() {
    let base = talkers().seed(SEED);
    let of_node_0 = NodeSet::Node(0);
    let sync = Delay::Uniform(ms(1), ms(2));
    let mut disk = talkers();
    disk.0.disks.push(DiskSpec { who: of_node_0.clone(), sync });
    let mut clock = talkers();
    clock.0.clocks.push(ClockSpec {
        who: of_node_0.clone(),
        offset_within: ms(50),
        drift_within: Drift::from_ppm(1_000),
        ..ClockSpec::default()
    });
    let mut service = talkers();
    service.0.service.push(ServiceSpec {
        who: of_node_0,
        what: Work::Any,
        time: Delay::Uniform(ms(1), ms(2)),
    });
    for scene in [disk, clock, service] {
        assert_eq!(assert_untouched(&base, &scene.seed(SEED), &[1, 2, 3]), 0);
    }
    let mut ties = talkers();
    ties.0.ties = Ties::Drawn;
    assert_eq!(assert_untouched(&base, &ties.seed(SEED), &ALL), 0);
    let asked = talkers().request(500, 2, 9).seed(SEED);
    assert_eq!(assert_untouched(&base, &asked, &ALL), 0);
}

#[test]
fn two_seeds_differ_and_so_do_nodes() {
    let (one, other) = (talkers().seed(1), talkers().seed(2));
    for node in ALL {
        assert_ne!(sends(&one, node), sends(&other, node));
        assert_ne!(timers(&one, node), timers(&other, node));
        assert_ne!(choices(&one, node), choices(&other, node));
    }
    let rests: BTreeMap<String, u32> = ALL
        .into_iter()
        .map(|node| (timers(&one, node)[0].split(' ').next().expect("a time").to_owned(), node))
        .collect();
    assert_eq!(rests.len(), 4, "{rests:?}");
}

#[test]
fn a_fault_that_never_strikes_changes_nothing_at_all() {
    let base = talkers().seed(SEED);
    let never = talkers()
        .fault(on(Occasion::Mark("never".to_owned())), crash(0, None))
        .fault(when(5_000), crash(1, None))
        .seed(SEED);
    assert_eq!(base.history.steps, never.history.steps);
    assert_eq!(base.history.sent, never.history.sent);
    assert_eq!(base.said, never.said);
}

/// The same words on every platform: written down once, and never to change. A change of how
/// words are drawn changes the history of every seed.
#[test]
fn seeds_mean_the_same_everywhere() {
    let script = Script::new()
        .start(0, [Act::Set(0, Span::between(Duration::ZERO, Duration::from_secs(1)))])
        .timer(0, 0, [Act::Choose(1_000_000), Act::Send(1, Msg::A(0)), Act::Send(1, Msg::A(1))]);
    let scene = Scene::new(2, script)
        .delay(Delay::Uniform(Duration::ZERO, Duration::from_secs(1)))
        .deadline(10_000);
    let run = scene.seed(42);
    assert_eq!(run.history.sent, GOLDEN_SENT);
    assert_eq!(run.said, GOLDEN_SAID);
}

const GOLDEN_SENT: [&str; 2] = [
    "461.765099ms n0>n1 A(0) arrives 1.452669196s",
    "461.765099ms n0>n1 A(1) arrives 735.824396ms",
];
const GOLDEN_SAID: [&str; 1] = ["461.765099ms n0 says 981762"];
