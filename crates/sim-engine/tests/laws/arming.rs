//! Triggers that ask for a link or a time, that fire again and again, or once for each node; and
//! faults that end by themselves.

use sim_engine::{
    Cut, Delay, DiskLoss, Fault, First, Inside, Occasion, Target, Trigger, When, faults,
};
use sim_node::Offset;

use crate::scene::{Scene, at, on, when};
use crate::toy::{Act, Msg, Script, ms, set};

/// Every 30 ms nodes 0, 1 and 2 mark and send A twice to node 3: node 0 from 10 on, node 1 from 20
/// on, node 2 from 30 on. It ends at 100.
fn busy() -> Scene {
    let script = (0..3).fold(Script::new(), |script, node| {
        let acts =
            [Act::Mark("on"), Act::Send(3, Msg::A(node)), Act::Send(3, Msg::A(node)), set(0, 30)];
        script.start(node, [set(0, 10 * (u64::from(node) + 1))]).timer(node, 0, acts)
    });
    Scene::new(4, script).deadline(100)
}

fn mark() -> Trigger {
    Trigger::new(Occasion::Mark("on".to_owned()))
}

fn sent() -> Trigger {
    Trigger::new(Occasion::Send("A".to_owned()))
}

fn received() -> Trigger {
    Trigger::new(Occasion::Receive("A".to_owned()))
}

/// Momentary, and nobody notices it.
fn strike() -> Fault {
    Fault::from(faults::Jump(Target::Trigger, Offset::from_nanos(1)))
}

/// Lasting, and node 3 is not the one that sets it off.
fn pause() -> Fault {
    Fault::from(faults::Pause(Target::Node(3), First::Oldest))
}

/// What the faults of a scene do, without the label of the only one: `10ms strikes [n0]`.
fn told(scene: &Scene) -> Vec<String> {
    scene.run().history.faults.iter().map(|line| line.replace("f0 ", "")).collect()
}

fn strikes(trigger: Trigger) -> Vec<String> {
    let faults = told(&busy().fault(When::On(trigger), strike()));
    faults.iter().map(|line| line.replace("strikes ", "")).collect()
}

#[test]
fn a_trigger_may_ask_for_the_sender_and_the_receiver() {
    assert_eq!(strikes(Trigger { from: Some(1), ..received() }), ["21ms [n3]"]);
    assert_eq!(strikes(Trigger { from: Some(1), to: Some(3), ..received() }), ["21ms [n3]"]);
    assert!(strikes(Trigger { from: Some(1), to: Some(2), ..received() }).is_empty());
    assert_eq!(strikes(Trigger { from: Some(2), ..sent() }), ["30ms [n2]"]);
    assert_eq!(strikes(Trigger { to: Some(3), ..sent() }), ["10ms [n0]"]);
    assert!(strikes(Trigger { to: Some(1), ..sent() }).is_empty());
    // Messages of other senders do not count: its third comes with its second step.
    assert_eq!(strikes(Trigger { from: Some(1), nth: 3, ..received() }), ["51ms [n3]"]);
    assert_eq!(strikes(Trigger { nth: 3, ..received() }), ["21ms [n3]"]);
}

#[test]
fn what_happens_before_its_time_does_not_count() {
    let after = |millis, nth| strikes(Trigger { after: Some(ms(millis)), nth, ..mark() });
    assert_eq!(after(0, 1), ["10ms [n0]"]);
    assert_eq!(after(15, 1), ["20ms [n1]"]);
    assert_eq!(after(20, 1), ["20ms [n1]"], "what happens right then counts");
    assert_eq!(after(21, 1), ["30ms [n2]"]);
    assert_eq!(after(21, 3), ["50ms [n1]"]);
    assert!(after(200, 1).is_empty());
}

#[test]
fn it_may_strike_every_time_up_to_a_limit() {
    let every = |trigger: Trigger| strikes(Trigger { every: true, ..trigger });
    let second = ["20ms [n1]", "40ms [n0]", "60ms [n2]", "80ms [n1]", "100ms [n0]"];
    assert_eq!(every(Trigger { nth: 2, ..mark() }), second);
    assert_eq!(every(Trigger { nth: 2, limit: Some(3), ..mark() }), second[..3]);
    assert_eq!(every(Trigger { at: Some(2), ..mark() }), ["30ms [n2]", "60ms [n2]", "90ms [n2]"]);
    // Two in a step: the third is in the second step, whose fourth is counted by then.
    assert_eq!(every(Trigger { nth: 3, ..sent() }), second);
    assert_eq!(
        every(Trigger { after: Some(ms(55)), limit: Some(2), ..mark() }),
        ["60ms [n2]", "70ms [n0]"]
    );
}

#[test]
fn a_lasting_fault_waits_again_when_it_has_ended() {
    let every = Trigger { every: true, ..mark() };
    let expected = [
        "10ms strikes [n3]",
        "35ms ends",
        "40ms strikes [n3]",
        "65ms ends",
        "70ms strikes [n3]",
        "95ms ends",
        "100ms strikes [n3]",
    ];
    assert_eq!(told(&busy().lasting(When::On(every.clone()), pause(), 25)), expected);
    // Nothing ends it: it strikes once.
    assert_eq!(told(&busy().fault(When::On(every), pause())), ["10ms strikes [n3]"]);
}

#[test]
fn each_node_may_set_it_off_once() {
    let once = |trigger: Trigger| strikes(Trigger { once_per_node: true, ..trigger });
    assert_eq!(once(mark()), ["10ms [n0]", "20ms [n1]", "30ms [n2]"]);
    assert_eq!(once(Trigger { limit: Some(2), ..mark() }), ["10ms [n0]", "20ms [n1]"]);
    // The second time of each.
    assert_eq!(once(Trigger { nth: 2, ..mark() }), ["40ms [n0]", "50ms [n1]", "60ms [n2]"]);
    assert_eq!(
        once(Trigger { after: Some(ms(25)), ..mark() }),
        ["30ms [n2]", "40ms [n0]", "50ms [n1]"]
    );
}

#[test]
fn while_it_holds_for_one_node_it_does_not_for_another() {
    let once = Trigger { once_per_node: true, ..mark() };
    // Node 1 marks at 20, which passes, and again at 50.
    let expected = [
        "10ms strikes [n3]",
        "25ms ends",
        "30ms strikes [n3]",
        "45ms ends",
        "50ms strikes [n3]",
        "65ms ends",
    ];
    assert_eq!(told(&busy().lasting(When::On(once), pause(), 15)), expected);
}

#[test]
fn a_fault_with_a_length_of_time_ends_by_itself() {
    let scene = busy().lasting(when(10), pause(), 5);
    assert_eq!(told(&scene), ["10ms strikes [n3]", "15ms ends"]);
    // A(0) comes at 11 and waits.
    assert!(scene.run().history.steps.contains(&"15ms n3 A(0) from n0".to_owned()));
    // It begins when there is somebody to strike, and holds for its time from then on.
    let script = Script::new().start(0, [set(0, 10)]).timer(0, 0, [Act::Become("leader", 1)]);
    let scene = Scene::new(2, script).lasting(
        when(1),
        Fault::from(faults::Pause(Target::Leader, First::Oldest)),
        7,
    );
    assert_eq!(told(&scene), ["10ms strikes [n0]", "17ms ends"]);
    // The calm ends it at the latest, and its own end is none any more.
    let cut = Fault::from(faults::SlowDisk(Target::Servers, Delay::Constant(ms(1))));
    let scene = busy().lasting(when(10), cut, 50).calm(40, 1);
    let ends: Vec<String> = told(&scene).into_iter().filter(|line| line.contains("ends")).collect();
    assert_eq!(ends, ["40ms ends"]);
}

#[test]
fn the_end_of_an_earlier_strike_does_not_end_a_later_one() {
    let cut = Fault::from(faults::Isolate(Target::Node(3), Cut::AtSend));
    let every = Trigger { every: true, ..mark() };
    let heal = Fault::from(faults::Heal);
    let scene = busy().lasting(When::On(every), cut, 50).fault(when(15), heal);
    // It would have ended at 60; it is healed at 15, strikes at 20, and ends at 70.
    let expected = [
        "10ms strikes [n3]",
        "15ms ends",
        "15ms f1 strikes [n3]",
        "20ms strikes [n3]",
        "70ms ends",
        "70ms strikes [n3]",
    ];
    assert_eq!(told(&scene), expected);
}

#[test]
fn who_crashes_inside_a_step_may_do_so_every_time() {
    let crash = Fault::from(faults::Crash {
        who: Target::Trigger,
        down: Some(ms(5)),
        disk: DiskLoss::Prefix,
        inside: Some(Inside::First(0)),
        settings: None,
    });
    let every = Trigger { every: true, limit: Some(5), ..mark() };
    let scene = busy().fault(When::On(every), crash);
    let faults = told(&scene);
    let strikes: Vec<&String> = faults.iter().filter(|line| line.contains("strikes")).collect();
    // Node 0 is back at 15, and sets its timer to 10 anew; at 45 node 1 lives.
    let expected = [
        "10ms strikes [n0]",
        "20ms strikes [n1]",
        "25ms strikes [n0]",
        "30ms strikes [n2]",
        "40ms strikes [n0]",
    ];
    assert_eq!(strikes, expected);
    assert!(scene.run().history.sent.contains(&"45ms n1>n3 A(1) arrives 46ms".to_owned()));
}

#[test]
fn what_waits_changes_nothing_else() {
    let delay = Delay::Uniform(ms(1), ms(9));
    let scene = busy().delay(delay);
    let never = Trigger {
        to: Some(0),
        after: Some(ms(5)),
        every: true,
        ..Trigger::new(Occasion::Send("B".to_owned()))
    };
    let once = Trigger { once_per_node: true, ..Trigger::new(Occasion::Write) };
    let other = scene
        .clone()
        .lasting(When::On(never), pause(), 5)
        .lasting(when(500), pause(), 5)
        .fault(When::On(once), strike());
    for seed in 0..20 {
        let (one, two) = (scene.seed(seed).history, other.seed(seed).history);
        assert_eq!((one.steps, one.sent), (two.steps, two.sent));
    }
    // Nor does it matter to a trigger what another one asks for.
    let run = busy()
        .fault(on(Occasion::Mark("on".to_owned())), strike())
        .fault(When::On(Trigger { from: Some(1), ..received() }), strike())
        .run();
    assert_eq!(run.history.faults, ["10ms f0 strikes [n0]", "21ms f1 strikes [n3]"]);
    assert_eq!(run.outcome.faults[1].first, Some(at(21)));
}
