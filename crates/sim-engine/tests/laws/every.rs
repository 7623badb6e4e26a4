//! Faults that strike again and again.

use sim_engine::{Cut, Fault, First, Target, When, faults};
use sim_node::Span;

use crate::scene::{Scene, when};
use crate::toy::{Script, ms};

fn pause() -> Fault {
    Fault::from(faults::Pause(Target::Node(0), First::Oldest))
}

fn scene() -> Scene {
    Scene::new(2, Script::new()).deadline(50)
}

/// With a fault every `shortest` to `longest` milliseconds, for `lasts` each time.
fn every(scene: Scene, (shortest, longest): (u64, u64), fault: Fault, lasts: Option<u64>) -> Scene {
    let when = When::Every(Span::between(ms(shortest), ms(longest)));
    match lasts {
        Some(lasts) => scene.lasting(when, fault, lasts),
        None => scene.fault(when, fault),
    }
}

#[test]
fn it_strikes_at_each_multiple_of_its_period_up_to_the_deadline() {
    let run = every(scene(), (15, 15), pause(), Some(4)).run();
    let expected = [
        "15ms f0 strikes [n0]",
        "19ms f0 ends",
        "30ms f0 strikes [n0]",
        "34ms f0 ends",
        "45ms f0 strikes [n0]",
        "49ms f0 ends",
    ];
    assert_eq!(run.history.faults, expected);
}

#[test]
fn a_time_at_which_it_still_holds_passes() {
    // At 20 and 40 it holds since 10 and 30.
    let run = every(scene(), (10, 10), pause(), Some(12)).run();
    let expected = [
        "10ms f0 strikes [n0]",
        "22ms f0 ends",
        "30ms f0 strikes [n0]",
        "42ms f0 ends",
        "50ms f0 strikes [n0]",
    ];
    assert_eq!(run.history.faults, expected);
}

#[test]
fn a_time_at_which_it_ends_does_not_pass() {
    let run = every(scene(), (10, 10), pause(), Some(10)).run();
    let expected = [
        "10ms f0 strikes [n0]",
        "20ms f0 ends",
        "20ms f0 strikes [n0]",
        "30ms f0 ends",
        "30ms f0 strikes [n0]",
        "40ms f0 ends",
        "40ms f0 strikes [n0]",
        "50ms f0 ends",
        "50ms f0 strikes [n0]",
    ];
    assert_eq!(run.history.faults, expected);
}

#[test]
fn without_a_length_it_strikes_again_once_something_has_ended_it() {
    let isolate = Fault::from(faults::Isolate(Target::Node(0), Cut::AtSend));
    let run = every(scene().fault(when(25), Fault::from(faults::Heal)), (10, 10), isolate, None);
    let expected =
        ["10ms f1 strikes [n0]", "25ms f1 ends", "25ms f0 strikes [n0]", "30ms f1 strikes [n0]"];
    assert_eq!(run.run().history.faults, expected);
}

#[test]
fn a_range_is_drawn_anew_each_time_from_the_faults_own_numbers() {
    let times = |scene: Scene| -> Vec<u64> {
        let faults = scene.run().history.faults;
        let strikes = faults.iter().filter(|line| line.contains("f0 strikes"));
        let millis = strikes.map(|line| line.split("ms").next().expect("a time"));
        millis.filter_map(|text| text.split('.').next()?.parse().ok()).collect()
    };
    let alone = times(every(scene().deadline(400), (5, 15), pause(), Some(1)));
    let steps: Vec<u64> = alone.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(alone.len() >= 25 && alone.len() <= 80, "{} strikes", alone.len());
    assert!(steps.iter().all(|step| (4..=16).contains(step)), "{steps:?}");
    assert!(steps.iter().any(|step| *step != steps[0]), "{steps:?}");
    // Another one beside it shifts nothing.
    let first = every(scene().deadline(400), (5, 15), pause(), Some(1));
    assert_eq!(times(every(first, (3, 9), pause(), Some(1))), alone);
}

#[test]
fn the_calm_ends_it() {
    let run = every(scene().calm(32, 5), (10, 10), pause(), Some(1)).run();
    let strikes = run.history.faults.iter().filter(|line| line.contains("strikes")).count();
    assert_eq!(strikes, 3, "at 10, 20 and 30");
}
