//! The timeline of a run, made while it goes on.

mod toy;

use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::{Loaded, Report, RunOptions, Timeline, load_text};

fn load(fields: &str) -> Loaded {
    let text = format!(
        "Scenario(title: \"t\", protocol: Ping(nodes: 5), network: Datagram(delay: \
         Constant(\"4ms\")), workload: Requests([At(\"100ms\", 0, Everybody), At(\"2s\", 3, \
         Everybody)]), {fields} deadline: \"20s\", expect: Holds)"
    );
    load_text("toy.ron", &text, &toy::catalogue()).unwrap_or_else(|error| panic!("{error}"))
}

fn run(loaded: &Loaded, timeline: bool) -> Report {
    loaded.prepared.run(0, &RunOptions { timeline, ..RunOptions::default() })
}

fn timeline(fields: &str) -> Timeline {
    run(&load(fields), true).timeline.expect("it was asked for")
}

fn ms(millis: u64) -> SimTime {
    SimTime::from_nanos(millis * 1_000_000)
}

/// A node that waits for pongs leads.
#[test]
fn a_role_lasts_from_one_step_to_another() {
    let timeline = timeline("");
    let leaders = timeline.roles.iter().filter(|span| span.role == "leader");
    let leaders: Vec<_> = leaders.map(|span| (span.node.number(), span.from, span.to)).collect();
    assert_eq!(
        leaders,
        [(0, ms(100), Some(ms(108))), (3, ms(2_000), Some(ms(2_008)))],
        "{timeline:?}"
    );
    let idle = timeline.roles.iter().filter(|span| span.role == "idle" && span.to.is_none());
    assert_eq!(idle.count(), 5, "all are idle at the end");
    assert!(timeline.roles.is_sorted_by_key(|span| (span.from, span.node)));
}

#[test]
fn a_mark_knows_where_it_was_reached() {
    let timeline = timeline("");
    let [pong] = &timeline.marks[..] else { panic!("{:?}", timeline.marks) };
    assert_eq!((pong.name, pong.places.len()), ("pong", 8));
    assert_eq!((pong.places[0].node.number(), pong.places[0].at), (0, ms(108)));
}

#[test]
fn a_crash_ends_a_role_and_a_start_ends_the_crash() {
    let timeline = timeline(
        "faults: [At(\"102ms\", Crash(who: Node(0), down: \"1s\")), At(\"3s\", Crash(who: \
         Node(4)))],",
    );
    let downs: Vec<_> =
        timeline.downs.iter().map(|span| (span.node.number(), span.from, span.to)).collect();
    assert_eq!(downs, [(0, ms(102), Some(ms(1_102))), (4, ms(3_000), None)]);
    let led = timeline.roles.iter().find(|span| span.role == "leader").expect("it led");
    assert_eq!((led.node.number(), led.to), (0, Some(ms(102))));
}

#[test]
fn a_fault_is_in_force_until_something_ends_it() {
    let timeline = timeline(
        "faults: [Between(\"1s\", \"3s\", Pause(Node(1))), At(\"4s\", Isolate(Node(2))), \
         At(\"5s\", Heal), At(\"6s\", Pause(Node(1))), At(\"7s\", Resume(Node(1))), At(\"8s\", \
         Isolate(Node(4))), At(\"8s\", Pause(Node(3)))], calm: \"10s\",",
    );
    let spans: Vec<_> =
        timeline.faults.iter().map(|span| (span.fault, span.from, span.to)).collect();
    let at = |fault, from, to: u64| (fault, ms(from), Some(ms(to)));
    assert_eq!(
        spans,
        [
            at(0, 1_000, 3_000),
            at(1, 4_000, 5_000),
            at(2, 5_000, 5_000),
            at(3, 6_000, 7_000),
            at(4, 7_000, 7_000),
            at(5, 8_000, 10_000),
            at(6, 8_000, 10_000),
        ]
    );
    assert_eq!(timeline.faults[0].victims, [NodeId::new(1)]);
    assert_eq!(timeline.calm, Some(ms(10_000)));
}

#[test]
fn without_clients_there_is_nothing_to_tell_of_them() {
    assert_eq!(timeline("").clients, None);
}

#[test]
fn it_changes_nothing_in_the_run() {
    let loaded = load("faults: [At(\"102ms\", Crash(who: Node(0), down: \"1s\"))],");
    let (with, without) = (run(&loaded, true), run(&loaded, false));
    assert_eq!(without.timeline, None);
    assert_eq!(Report { timeline: None, ..with.clone() }, without);
    let options = RunOptions { timeline: true, ..RunOptions::default() };
    let watched = loaded.prepared.watch(0, &options, &mut Vec::new());
    assert_eq!(watched, with, "watched or not");
}

/// A mark that is reached again and again must not fill the memory.
#[test]
fn of_one_mark_it_keeps_a_hundred_places() {
    let request = |number: u32| format!("At(\"{}ms\", {}, One(1))", 10 * number, 2 + number % 3);
    let requests: Vec<String> = (0..900).map(request).collect();
    let text = format!(
        "Scenario(title: \"t\", protocol: Ping(nodes: 5), network: Datagram(delay: \
         Constant(\"1ms\")), workload: Requests([{}]), deadline: \"20s\", expect: Holds)",
        requests.join(", "),
    );
    let loaded =
        load_text("toy.ron", &text, &toy::catalogue()).unwrap_or_else(|error| panic!("{error}"));
    let timeline = run(&loaded, true).timeline.expect("it was asked for");
    assert_eq!(timeline.marks[0].places.len(), 100);
    assert_eq!(timeline.roles.iter().filter(|span| span.role == "leader").count(), 900);
}

/// Node 0 takes the lead and crashes in the same step, after its first ping: with a slow disk it
/// leads until the ping has left.
#[test]
fn a_role_that_is_taken_in_the_step_of_a_crash_is_told() {
    let crash = "faults: [When((on: After(\"Ping\", 1)), Crash(who: Trigger))],";
    let slow = format!("disks: [(sync: Constant(\"50ms\"))], {crash}");
    for (fields, until) in [(crash, 100), (&slow, 150)] {
        let timeline = timeline(fields);
        let leaders = timeline.roles.iter().filter(|span| span.role == "leader");
        let first = leaders.clone().next().expect("node 0 led");
        let found = (first.node.number(), first.from, first.to);
        assert_eq!(found, (0, ms(100), Some(ms(until))), "{timeline:?}");
        assert_eq!(timeline.downs[0].from, ms(until));
    }
}

/// What the second instance of a node does is not taken for a change of its role.
#[test]
fn a_second_instance_has_no_row() {
    let twins = "faults: [At(\"1s\", Twins(who: Node(3), to: Node(4)))],";
    let of_3 = |timeline: &Timeline| -> Vec<_> {
        let roles = timeline.roles.iter().filter(|span| span.node == NodeId::new(3));
        roles.map(|span| (span.role, span.from, span.to)).collect()
    };
    let timeline = timeline(twins);
    assert_eq!(of_3(&timeline)[0], ("idle", ms(0), Some(ms(2_000))), "{timeline:?}");
}
