//! The summary and the story of a scenario that violates a property name the cause that its comment
//! states.

mod support;

use support::session;

/// What both the summary and the story of a scenario must say, in any lines.
fn names(scenario: &str, causes: &[&str]) {
    for command in ["run", "explain"] {
        let text = session(&format!("{command} ../../../scenarios/{scenario}"));
        // A cause may span two lines.
        let words: Vec<&str> = text.split_whitespace().collect();
        let flat = words.join(" ");
        for cause in causes {
            assert!(flat.contains(cause), "`{cause}` is missing\n{text}");
        }
    }
}

#[test]
fn the_identifier_that_was_lost() {
    let highest = "from n1 to n2 (Election(";
    names("election/ring-loses-messages.ron --seed 3", &[highest, "the link dropped it"]);
}

#[test]
fn messages_to_a_crashed_node() {
    let lost = "2 messages from n4 to it were lost";
    names("election/ring-broken-by-a-crash.ron", &[lost, "n0 had been down since 0s"]);
}

#[test]
fn the_path_of_the_zero() {
    let path = [
        "received Values({0, 1}) of round 3 from n2",
        "received Values({0, 1}) of round 2 from n1",
        "received Values({0}) of round 1 from n0",
        "crashed during the step",
    ];
    names("consensus/chain-of-crashes-one-round-short.ron", &path);
    let path = ["of round 3 from n2", "of round 2 from n1", "of round 1 from n0"];
    names("consensus/optfloodset-one-round-short.ron", &path);
}

#[test]
fn messages_that_come_too_late() {
    let late = "n0 (its Values, sent at 0s, was still in flight, due at 1s)";
    names("consensus/holder-late-on-every-link.ron", &[late]);
}

#[test]
fn paused_nodes_and_stopped_clocks() {
    names("consensus/paused-forever.ron", &["At(\"50ms\", Pause(Node(2)))", "took effect on n2"]);
    let clock = "The clock of n1 runs 99.999% too slow";
    names("failure-detectors/omega-stopped-clock.ron", &[clock, "n0 had been down"]);
}

#[test]
fn the_assumption_that_was_broken() {
    names(
        "election/ring-broken-by-a-crash.ron",
        &["n0 crashed, but the model says `failures: None`"],
    );
}

/// The cause, and not the symptom: a client that tries again and again.
#[test]
fn what_was_repeated_and_led_nowhere() {
    let duel = [
        "n0 became candidate 667 times, follower",
        "sent Accept to n2 2,610 times",
        "n2 answered each time with Nack",
    ];
    names("paxos/multi-duel-without-omega.ron", &duel);
}
