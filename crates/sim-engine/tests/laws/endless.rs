//! A run that is stopped at its budget says why; one that gets nowhere is found before.

use sim_check::Verdict;
use sim_engine::{
    Delay, DiskLoss, Inside, Occasion, Outcome, Strike, Target, Trigger, When, faults,
};
use sim_node::{Duration, Offset, Span};

use crate::scene::{Scene, between};
use crate::toy::{Act, Msg, Script, ms, set};

fn of_budget(mut scene: Scene, budget: u64) -> Outcome {
    scene.0.steps_max = budget;
    scene.run().outcome
}

fn nanos(nanos: u64) -> Act {
    Act::Set(0, Span::exactly(Duration::from_nanos(nanos)))
}

fn why(outcome: &Outcome) -> &str {
    assert_eq!(outcome.verdict, Verdict::Unknown);
    outcome.undecided.as_deref().expect("it is undecided")
}

#[test]
fn a_node_that_sends_to_itself_for_ever_is_found_early() {
    let script = Script::new().request(0, 1, [Act::Send(0, Msg::A(1))]).message(
        0,
        Msg::A(1),
        [Act::Send(0, Msg::A(1))],
    );
    let scene = Scene::new(2, script).request(5, 0, 1);
    let outcome = of_budget(scene, 1_000_000);
    // It looks every 15,625 steps, and 65,536 steps that the node causes itself are enough.
    assert_eq!(outcome.steps, 78_125);
    assert_eq!(
        why(&outcome),
        "time stood still at 5ms: 78123 steps were made at this instant, and next comes A of n0 \
         to itself"
    );
}

#[test]
fn two_nodes_that_answer_each_other_without_delay_are_found_early() {
    let script = Script::new()
        .request(0, 1, [Act::Send(1, Msg::A(1))])
        .message(1, Msg::A(1), [Act::Reply(Msg::B(1))])
        .message(0, Msg::B(1), [Act::Reply(Msg::A(1))]);
    let scene = Scene::new(2, script).delay(Delay::Constant(ms(0))).request(5, 0, 1);
    let outcome = of_budget(scene, 1_000_000);
    assert!(outcome.steps < 150_000, "{}", outcome.steps);
    assert!(why(&outcome).starts_with("time stood still at 5ms: 125000 steps"), "{outcome:?}");
}

#[test]
fn clients_that_are_served_without_delay_are_let_be() {
    // The same with messages of clients: who knows when they are content?
    let script = Script::new()
        .request(0, 1, [Act::Send(1, Msg::Ask(1))])
        .message(1, Msg::Ask(1), [Act::Reply(Msg::B(1))])
        .message(0, Msg::B(1), [Act::Reply(Msg::Ask(1))]);
    let scene = Scene::new(2, script).delay(Delay::Constant(ms(0))).request(5, 0, 1);
    let outcome = of_budget(scene, 200_000);
    assert_eq!(outcome.steps, 200_000);
    let spent = "the budget of 200,000 steps is used up: time stood still at 5ms: 199998 steps";
    assert!(why(&outcome).starts_with(spent), "{outcome:?}");
}

#[test]
fn a_timer_of_a_nanosecond_is_found_early() {
    let script = Script::new().start(0, [nanos(1)]).timer(0, 0, [nanos(1)]);
    let outcome = of_budget(Scene::new(2, script), 1_000_000);
    assert!(outcome.steps < 80_000, "{}", outcome.steps);
    let told = why(&outcome);
    assert!(told.starts_with("time hardly passed at "), "{told}");
    assert!(
        told.ends_with(
            "n0 caused 65536 steps of its own within 65.536us, and next comes n0's timer 0"
        ),
        "{told}"
    );
}

#[test]
fn a_fault_that_strikes_two_nodes_in_turn_for_ever_at_one_instant_is_found_early() {
    // Each start makes a message to itself, which is the occasion for a crash.
    let starts = |node| [Act::Send(node, Msg::A(1))];
    let script = Script::new()
        .start(0, starts(0))
        .start(1, starts(1))
        .message(0, Msg::A(1), [Act::Mark("up")])
        .message(1, Msg::A(1), [Act::Mark("up")]);
    let mobile = faults::Mobile {
        on: Occasion::Mark("up".to_owned()),
        inside: Inside::First(1),
        strike: Strike::Crash,
    };
    let scene = Scene::new(2, script).fault(between(0, 500), mobile.into());
    let outcome = of_budget(scene, 1_000_000);
    assert!(outcome.steps < 10_000, "{}", outcome.steps);
    let said = "the fault f0 sets itself off: it struck 1024 times at 0s, and each time n1 emits \
                the mark \"up\" again";
    assert_eq!(why(&outcome), said);
}

/// A node becomes leader as it starts, and a fault crashes it then.
fn crashed_as_it_leads(down: Duration) -> Scene {
    let script = Script::new().start(0, [Act::Become("leader", 1)]);
    let crash = faults::Crash {
        who: Target::Trigger,
        down: Some(down),
        disk: DiskLoss::Prefix,
        inside: None,
        settings: None,
    };
    let trigger = Trigger { every: true, ..Trigger::new(Occasion::Role("leader".to_owned())) };
    Scene::new(1, script).fault(When::On(trigger), crash.into())
}

#[test]
fn a_trigger_that_sets_itself_off_is_found_early_and_named() {
    let told = |down| {
        let outcome = of_budget(crashed_as_it_leads(down), 1_000_000);
        assert!(outcome.steps < 3_000, "{}", outcome.steps);
        why(&outcome).to_owned()
    };
    let again = "and each time n0 takes the role leader again";
    let itself = "the fault f0 sets itself off: it struck 1024 times";
    assert_eq!(told(Duration::ZERO), format!("{itself} at 0s, {again}"));
    let within = "within 1.023us, until 1.023us";
    assert_eq!(told(Duration::from_nanos(1)), format!("{itself} {within}, {again}"));
}

#[test]
fn a_trigger_that_sets_itself_off_and_leaves_time_is_let_be() {
    let outcome = of_budget(crashed_as_it_leads(Duration::from_micros(100)), 1_000_000);
    assert_eq!((outcome.verdict, outcome.faults[0].struck), (Verdict::Held, 10_001));
}

#[test]
fn a_trigger_of_many_nodes_at_one_instant_is_let_be() {
    // Each node sends to the next as it starts, and each message is an occasion.
    let nodes = 5_000;
    let mut script = Script::new();
    for node in 0..nodes {
        script = script.start(node, [Act::Send((node + 1) % nodes, Msg::A(1))]);
    }
    let trigger = Trigger { every: true, ..Trigger::new(Occasion::Send("A".to_owned())) };
    let jump = faults::Jump(Target::Trigger, Offset::from_nanos(1));
    let scene = Scene::new(nodes, script).fault(When::On(trigger), jump.into());
    let outcome = of_budget(scene, 100_000);
    assert_eq!((outcome.verdict, outcome.faults[0].struck), (Verdict::Held, 5_000));
}

#[test]
fn a_long_row_at_one_instant_that_ends_is_no_finding() {
    // 60,000 timers of nothing, one after the other, are less than an eighth of the budget.
    let again = |timer: u8| Act::Set(timer, Span::exactly(ms(0)));
    let mut script = Script::new().start(0, [again(0)]);
    for timer in 0..=254 {
        script = script.timer(0, timer, [again(timer + 1)]);
    }
    let outcome = of_budget(Scene::new(1, script), 1_000_000);
    assert_eq!((outcome.verdict, outcome.steps), (Verdict::Held, 257));
}

#[test]
fn many_nodes_that_are_busy_at_one_instant_are_no_finding() {
    // A message goes around a ring of a thousand nodes without delay, again and again: the row of
    // causes is long, but passes many nodes.
    let nodes = 1_000;
    let mut script = Script::new().request(0, 1, [Act::Send(1, Msg::A(1))]);
    for node in 0..nodes {
        script = script.message(node, Msg::A(1), [Act::Send((node + 1) % nodes, Msg::A(1))]);
    }
    let scene = Scene::new(nodes, script).delay(Delay::Constant(ms(0))).request(5, 0, 1);
    let outcome = of_budget(scene, 200_000);
    assert_eq!(outcome.steps, 200_000, "only the budget stops it");
}

#[test]
fn a_queue_that_grows_is_told_with_who_sends_what_to_whom() {
    // Each A makes two of it.
    let twice = |to| [Act::Send(to, Msg::A(1)), Act::Send(to, Msg::A(1))];
    let script = Script::new()
        .request(0, 1, [Act::Send(1, Msg::A(1))])
        .message(1, Msg::A(1), twice(0))
        .message(0, Msg::A(1), twice(1));
    let outcome = of_budget(Scene::new(2, script).request(5, 0, 1), 4_000);
    // Two starts, the request, and 2^n - 1 messages in n milliseconds: 2,047 come to node 1 last,
    // and of the next 2,048 to node 0, 1,950 have come and made two each.
    let told = why(&outcome);
    let spent = "the budget of 4,000 steps is used up: 3,998 messages and events are pending, ";
    assert_eq!(told, format!("{spent}3,900 of them A from n0 to n1"));
}

#[test]
fn a_queue_that_grows_without_an_end_is_found_early() {
    let twice = |to| [Act::Send(to, Msg::A(1)), Act::Send(to, Msg::A(1))];
    let script = Script::new()
        .start(0, [Act::Send(1, Msg::A(1))])
        .message(1, Msg::A(1), twice(0))
        .message(0, Msg::A(1), twice(1));
    let outcome = of_budget(Scene::new(2, script), 10_000_000);
    assert!(outcome.steps < 70_000, "{}", outcome.steps);
    let grows = "what is pending grows without an end: from 8192 to 65536 messages and events \
                 within 3ms, until 16ms, ";
    assert!(why(&outcome).starts_with(grows), "{outcome:?}");
    assert!(why(&outcome).ends_with("of them A from n0 to n1"), "{outcome:?}");
}

#[test]
fn a_broadcast_of_many_is_no_queue_that_grows() {
    // Three hundred nodes send to each other at once, and once more.
    let nodes = 300;
    let mut script = Script::new();
    for node in 0..nodes {
        let all = || (0..nodes).filter(|to| *to != node).map(|to| Act::Send(to, Msg::A(1)));
        script = script.start(node, all().chain([set(0, 10)]).collect::<Vec<_>>());
        script = script.timer(node, 0, all().collect::<Vec<_>>());
    }
    let outcome = of_budget(Scene::new(nodes, script), 10_000_000);
    assert_eq!(outcome.verdict, Verdict::Held, "{outcome:?}");
}

#[test]
fn a_run_that_is_simply_long_says_how_far_it_got_and_how_long_it_takes() {
    let script = Script::new().start(0, [set(0, 1)]).timer(0, 0, [set(0, 1)]);
    let outcome = of_budget(Scene::new(1, script), 100);
    assert_eq!(
        why(&outcome),
        "the budget of 100 steps is used up: the run is long, and has got to 99ms of 1s; at this \
         pace it takes about 1010 steps"
    );
}
