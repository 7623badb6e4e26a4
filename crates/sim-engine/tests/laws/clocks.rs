//! Clocks: offset and drift, timers on the node's own time, jumps of the wall clock.

use std::collections::BTreeSet;

use sim_engine::{ClockSpec, Fault, NodeSet, Target, faults};
use sim_node::{Drift, Duration, LocalTime, NodeId, Offset, WallTime};

use crate::scene::{Run, Scene, between, crash, when};
use crate::toy::{Script, ms, set};

const MS: i64 = 1_000_000;

fn offset(millis: i64) -> ClockSpec {
    ClockSpec {
        who: NodeSet::Node(0),
        offset: Offset::from_nanos(millis * MS),
        ..Default::default()
    }
}

fn drift(ppm: i32) -> ClockSpec {
    ClockSpec { who: NodeSet::Node(0), drift: Drift::from_ppm(ppm), ..Default::default() }
}

fn drift_fault(ppm: i32) -> Fault {
    Fault::from(faults::Drift(Target::Node(0), Drift::from_ppm(ppm)))
}

/// What node 0's clocks showed at each of its steps, in nanoseconds: monotonic and wall.
fn shown(run: &Run) -> Vec<(u64, i64)> {
    let state = run.world.state(NodeId::new(0)).expect("it is up");
    state.clocks.iter().map(|(now, wall)| (now.as_nanos(), wall.as_nanos())).collect()
}

/// One timer, of so many milliseconds, set at the start.
fn one_timer(millis: u64) -> Scene {
    Scene::new(2, Script::new().start(0, [set(0, millis)]).start(1, [set(0, millis)]))
}

fn fires(scene: &Scene) -> String {
    let steps = scene.run().history.steps;
    let line = steps.iter().find(|step| step.contains("n0 timer 0")).expect("the timer fires");
    line.split(' ').next().expect("a time").to_owned()
}

#[test]
fn without_a_word_about_them_clocks_show_true_time() {
    let run = one_timer(7).run();
    assert_eq!(shown(&run), [(0, 0), (7_000_000, 7 * MS)]);
}

#[test]
fn an_offset_moves_both_clocks_and_no_timer() {
    let ahead = one_timer(7).clock(offset(5_000)).run();
    assert_eq!(shown(&ahead), [(5_000_000_000, 5_000 * MS), (5_007_000_000, 5_007 * MS)]);
    // Behind, the wall clock shows less than zero; the monotonic one never does.
    let behind = one_timer(7).clock(offset(-20)).run();
    assert_eq!(shown(&behind), [(0, -20 * MS), (7_000_000, -13 * MS)]);
    assert_eq!(ahead.history.steps, ["7ms n0 timer 0", "7ms n1 timer 0"]);
}

#[test]
fn a_timer_runs_on_the_clock_of_its_node() {
    // A quarter fast: 10 ms of its own are 8 ms. A fifth slow: they are 12.5.
    let fast = one_timer(10).clock(drift(250_000));
    assert_eq!(fires(&fast), "8ms");
    assert_eq!(shown(&fast.run())[1], (10_000_000, 10 * MS));
    let slow = one_timer(10).clock(drift(-200_000));
    assert_eq!(fires(&slow), "12.5ms");
    assert_eq!(shown(&slow.run())[1], (10_000_000, 10 * MS));
    // The other node's clock is true.
    assert_eq!(slow.run().history.steps[0], "10ms n1 timer 0");
    // 150 ms / 1.0002 = 149.9700059988..., rounded up to the nanosecond so that it is never early.
    let little = one_timer(150).clock(drift(200));
    assert_eq!(fires(&little), "149.970006ms");
    assert_eq!(shown(&little.run())[1].0, 150_000_000);
}

#[test]
fn a_change_of_drift_moves_a_timer_that_runs() {
    // Twice as fast from 4 on: 4 ms are over and 6 of its own are left, which take 3.
    let scene = one_timer(10).fault(when(4), drift_fault(1_000_000));
    assert_eq!(fires(&scene), "7ms");
    assert_eq!(shown(&scene.run())[1].0, 10_000_000);
    // Only from 4 to 6: 4 + 2 * 2 = 8 ms are over at 6, and 2 are left.
    let scene = one_timer(10).fault(between(4, 6), drift_fault(1_000_000));
    assert_eq!(fires(&scene), "8ms");
    assert_eq!(shown(&scene.run())[1].0, 10_000_000);
    // Half as fast from 4 on, instead of a quarter fast: 5 ms are over and 5 left, which take 10.
    let scene = one_timer(10).clock(drift(250_000)).fault(when(4), drift_fault(-500_000));
    assert_eq!(fires(&scene), "14ms");
    // Two faults at once: the later one counts, and when it ends the earlier one. 2 ms at the own
    // rate, 2 at twice it make 6; 1 at half of it makes 6.5; the 3.5 that are left take 1.75 at
    // twice it.
    let scene = one_timer(10)
        .fault(when(2), drift_fault(1_000_000))
        .fault(between(4, 5), drift_fault(-500_000));
    assert_eq!(fires(&scene), "6.75ms");
    // A timer that is set while the clock drifts, at 2: 3 ms of its own take 1.5.
    let script = Script::new().request(0, 1, [set(0, 3)]);
    let scene = Scene::new(1, script).request(2, 0, 1).fault(when(1), drift_fault(1_000_000));
    assert_eq!(fires(&scene), "3.5ms");
}

#[test]
fn a_timer_is_never_early_on_its_own_clock_and_a_nanosecond_late_at_most() {
    // Rates that divide nothing, changed three times on the way.
    for (first, second, third) in [(333_333, -77_777, 200), (-1, 1, 123_457), (7, -999, -333_331)] {
        let scene = one_timer(10)
            .clock(drift(first))
            .fault(between(2, 5), drift_fault(second))
            .fault(between(5, 6), drift_fault(third));
        let shown = shown(&scene.run());
        let late = shown[1].0.checked_sub(10_000_000).expect("not early");
        // A nanosecond of simulation time is at most two of the clock's.
        assert!(late <= 2, "{late} ns late at {first}, {second}, {third} ppm");
    }
}

#[test]
fn jumps_move_the_wall_clock_and_neither_the_monotonic_one_nor_a_timer() {
    let jump =
        |millis: i64| Fault::from(faults::Jump(Target::Node(0), Offset::from_nanos(millis * MS)));
    let scene = one_timer(5).fault(when(3), jump(3_600_000)).request(2, 0, 1).request(9, 0, 1);
    let run = scene.clone().fault(when(7), jump(-7_200_000)).run();
    assert_eq!(
        shown(&run),
        [(0, 0), (2_000_000, 2 * MS), (5_000_000, 3_600_005 * MS), (9_000_000, -3_599_991 * MS)]
    );
    assert_eq!(run.history.steps[1], "5ms n0 timer 0");
    let other = run.world.state(NodeId::new(1)).expect("it is up");
    let shown = (LocalTime::from_nanos(5_000_000), WallTime::from_nanos(5 * MS));
    assert_eq!(other.clocks[1], shown);
}

#[test]
fn the_monotonic_clock_runs_on_across_a_crash() {
    let scene = one_timer(5).clock(offset(1_000)).fault(when(3), crash(0, Some(4)));
    let run = scene.run();
    // Restarted at 7, with a timer for 12.
    assert_eq!(shown(&run), [(1_007_000_000, 1_007 * MS), (1_012_000_000, 1_012 * MS)]);
}

#[test]
fn offsets_and_drifts_within_limits_are_drawn_for_each_node() {
    let clocks = |offset_within: u64, drift_within: i32| {
        let clock = ClockSpec {
            offset: Offset::from_nanos(100 * MS),
            drift: Drift::from_ppm(1_000),
            offset_within: ms(offset_within),
            drift_within: Drift::from_ppm(drift_within),
            ..Default::default()
        };
        let script = (0..50).fold(Script::new(), |script, node| script.start(node, [set(0, 500)]));
        let run = Scene::new(50, script).clock(clock).run();
        let nodes = run.world.states().iter().map(|state| {
            let clocks = &state.as_ref().expect("it is up").clocks;
            // The timer, of 500 ms, is a look at the drift; the start is one at the offset.
            (clocks[0].0.as_nanos(), clocks[0].1.as_nanos())
        });
        let offsets: Vec<(u64, i64)> = nodes.collect();
        (offsets, run.history.steps)
    };
    let (offsets, timers) = clocks(50, 400);
    let distinct: BTreeSet<_> = offsets.iter().collect();
    assert_eq!(distinct.len(), 50);
    assert!(offsets.iter().all(|(now, _)| (50_000_000..=150_000_000).contains(now)));
    let fires: BTreeSet<u64> = timers
        .iter()
        .map(|line| line.split(' ').next().expect("a time").parse().map(Duration::as_nanos))
        .map(|time| time.expect("a time"))
        .collect();
    assert!(fires.len() > 40, "801 drifts for 50 nodes: {}", fires.len());
    // 500 ms / 1.0014 and 500 ms / 1.0006.
    let (first, last) = (*fires.first().expect("one"), *fires.last().expect("one"));
    assert!(first >= 499_300_978 && last <= 499_700_180, "{first} to {last}");
    // Each is drawn by itself: without the one, the other is the same.
    assert_eq!(clocks(50, 0).0, offsets);
    let mut alone = clocks(0, 400).1;
    let mut both = timers;
    alone.sort_unstable();
    both.sort_unstable();
    assert_eq!(alone, both);
}
