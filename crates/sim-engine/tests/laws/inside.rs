//! A crash inside a step: the first effects happen and the rest never do.

use std::collections::BTreeMap;

use sim_engine::{Delay, DiskLoss, Fault, Inside, NodeSet, Occasion, Target, faults};
use sim_node::NodeId;

use crate::scene::{Run, Scene, on, when};
use crate::toy::{Act, Msg, Script, ms, set};

/// A step with seven effects, at 2 ms, in which the node crashes after the first `effects`; it is
/// back at 12 ms, from its durable records only.
fn dies_after(effects: u32, sync: u64) -> Run {
    let acts = [
        Act::Send(1, Msg::A(1)),
        Act::Write(7),
        Act::Barrier,
        Act::Send(1, Msg::A(2)),
        Act::Say(3),
        set(0, 1),
        Act::Send(1, Msg::A(3)),
    ];
    let fault = Fault::from(faults::Crash {
        who: Target::Trigger,
        down: Some(ms(10)),
        disk: DiskLoss::Unsynced,
        inside: Some(Inside::First(effects)),
        settings: None,
    });
    Scene::new(2, Script::new().request(0, 1, acts))
        .sync(NodeSet::All, Delay::Constant(ms(sync)))
        .request(2, 0, 1)
        .fault(on(Occasion::Write), fault)
        .run()
}

#[test]
fn the_first_effects_happen_and_the_rest_never_do() {
    let (one, two, three) =
        ("2ms n0>n1 A(1) arrives 3ms", "2ms n0>n1 A(2) arrives 3ms", "2ms n0>n1 A(3) arrives 3ms");
    // By the number of effects: what was sent, what was said, what the disk holds afterwards. The
    // disk syncs at once, so the third effect, the barrier, makes the record durable.
    let expected: [(&[&str], bool, &str); 8] = [
        (&[], false, "[]"),
        (&[one], false, "[]"),
        (&[one], false, "[]"),
        (&[one], false, "[7]"),
        (&[one, two], false, "[7]"),
        (&[one, two], true, "[7]"),
        (&[one, two], true, "[7]"),
        (&[one, two, three], true, "[7]"),
    ];
    for (effects, (sent, said, disk)) in (0..).zip(expected) {
        let run = dies_after(effects, 0);
        assert_eq!(run.history.sent, sent, "{effects} effects");
        assert_eq!(run.said, if said { vec!["2ms n0 says 3"] } else { vec![] });
        let restart = format!("12ms n0 restart {disk}");
        assert_eq!(run.history.steps.last(), Some(&restart), "{effects} effects");
        // The timer that the seventh effect follows never fires: its incarnation is over.
        assert!(!run.history.steps.iter().any(|step| step.contains("timer")));
        assert_eq!(run.history.faults, ["2ms f0 strikes [n0]", "2ms n0 crashed"]);
    }
}

#[test]
fn what_waits_behind_a_barrier_takes_place_with_the_sync_and_the_rest_never_does() {
    // The sync takes from 2 ms to 3 ms. With effects behind the barrier among the first, the node
    // crashes when the last of them has left, and is back ten milliseconds later.
    let (one, two, three) =
        ("2ms n0>n1 A(1) arrives 3ms", "3ms n0>n1 A(2) arrives 4ms", "3ms n0>n1 A(3) arrives 4ms");
    let expected: [(&[&str], bool, &str); 8] = [
        (&[], false, "12ms n0 restart []"),
        (&[one], false, "12ms n0 restart []"),
        (&[one], false, "12ms n0 restart []"),
        (&[one], false, "12ms n0 restart []"),
        (&[one, two], false, "13ms n0 restart [7]"),
        (&[one, two], true, "13ms n0 restart [7]"),
        (&[one, two], true, "13ms n0 restart [7]"),
        (&[one, two, three], true, "13ms n0 restart [7]"),
    ];
    for (effects, (sent, said, restart)) in (0..).zip(expected) {
        let run = dies_after(effects, 1);
        assert_eq!(run.history.sent, sent, "{effects} effects");
        assert_eq!(run.said, if said { vec!["3ms n0 says 3"] } else { vec![] });
        assert_eq!(run.history.steps.last().map(String::as_str), Some(restart));
        assert!(!run.history.steps.iter().any(|step| step.contains("timer")));
    }
}

#[test]
fn a_drawn_number_of_effects_covers_all() {
    let sends: Vec<Act> = (0..4).map(|number| Act::Send(1, Msg::A(number))).collect();
    let fault = Fault::from(faults::Crash {
        who: Target::Trigger,
        down: None,
        disk: DiskLoss::Prefix,
        inside: Some(Inside::Drawn),
        settings: None,
    });
    let scene = Scene::new(2, Script::new().request(0, 1, sends))
        .request(2, 0, 1)
        .fault(on(Occasion::Send("A".to_owned())), fault);
    let mut seen = BTreeMap::new();
    for seed in 0..500 {
        let run = scene.seed(seed);
        let sent = run.history.sent.len();
        let prefix: Vec<String> =
            (0..sent).map(|number| format!("2ms n0>n1 A({number}) arrives 3ms")).collect();
        assert_eq!(run.history.sent, prefix);
        *seen.entry(sent).or_insert(0_u32) += 1;
    }
    // Each of 0 to 4 effects in one of five runs: 100 of 500, give or take 4 standard deviations of
    // 9.
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert!(seen.values().all(|times| (64..=136).contains(times)), "{seen:?}");
}

#[test]
fn a_node_can_be_made_to_crash_inside_its_next_step() {
    let script = Script::new()
        .request(0, 1, [Act::Send(1, Msg::A(1)), Act::Send(1, Msg::A(2))])
        .request(1, 1, [Act::Send(0, Msg::B(1)), Act::Send(0, Msg::B(2))]);
    let fault = Fault::from(faults::Crash {
        who: Target::Node(0),
        down: None,
        disk: DiskLoss::Prefix,
        inside: Some(Inside::First(1)),
        settings: None,
    });
    let scene = Scene::new(2, script).request(4, 1, 1).request(5, 0, 1).fault(when(1), fault);
    let run = scene.run();
    // The other node's step at 4 is nothing to it. Its own next step is the request at 5, which has
    // been planned for longer than the two messages that come at the same instant: A(1) leaves,
    // A(2) never does, and the messages find nobody.
    let steps = ["4ms n1 request 1", "5ms n0 request 1", "6ms n1 A(1) from n0"];
    assert_eq!(run.history.steps, steps);
    let left = run.history.sent.last().map(String::as_str);
    assert_eq!(left, Some("5ms n0>n1 A(1) arrives 6ms"));
    assert_eq!(run.history.lost, ["5ms B(1) Down", "5ms B(2) Down"]);
    assert_eq!(run.history.faults, ["5ms f0 strikes [n0]", "5ms n0 crashed"]);
    assert_eq!(run.world.state(NodeId::new(0)), None);
}

#[test]
fn the_step_in_which_a_node_dies_leaves_no_state() {
    let run = dies_after(7, 0);
    let mut world = run.world.clone();
    world.run();
    // Restarted at 12: it has handled its start only.
    assert_eq!(world.state(NodeId::new(0)).expect("it is up").handled, 1);
}
