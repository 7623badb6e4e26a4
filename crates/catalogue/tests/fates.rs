//! What becomes of the requests of a scenario, for every protocol that has any.

use sim_scenario::{Asked, Fate, RunOptions, load_text};

/// What becomes of these requests.
fn fates(protocol: &str, requests: &str) -> Vec<Asked> {
    let text = format!(
        "Scenario(title: \"requests\", protocol: {protocol}, workload: Requests([{requests}]), \
         deadline: \"20s\", expect: Holds)"
    );
    let loaded = load_text("requests.ron", &text, &catalogue::catalogue());
    let loaded = loaded.unwrap_or_else(|error| panic!("{}", error.render(false)));
    loaded.prepared.run(0, &RunOptions::default()).requests
}

/// Each outcome, with the reason of a refusal.
fn told(protocol: &str, requests: &str) -> Vec<(Fate, Option<String>)> {
    let fates = fates(protocol, requests);
    fates
        .into_iter()
        .map(|asked| (asked.outcome(), asked.fate.refused.map(|refused| refused.why)))
        .collect()
}

fn refused(why: &str) -> (Fate, Option<String>) {
    (Fate::Refused, Some(why.to_owned()))
}

const DONE: (Fate, Option<String>) = (Fate::Done, None);

#[test]
fn raft_says_what_becomes_of_admin_commands() {
    let all = "At(\"1s\", 0, Joint([Remove(0), Remove(1), Remove(2)]))";
    let three = "Raft(nodes: 3, members: [0, 1, 2])";
    assert_eq!(told(three, all), [refused("no server would have a vote")]);
    let four = "Raft(nodes: 4, members: [0, 1, 2])";
    let requests = "At(\"1s\", 0, Transfer(3)), At(\"2s\", 1, AddVoter(3)), \
                    At(\"4s\", 3, Transfer(3)), At(\"5s\", 3, Transfer(3)), \
                    At(\"6s\", 0, Joint([Remove(0), AddLearner(1)]))";
    assert_eq!(
        told(four, requests),
        [refused("n3 has no vote that it keeps"), DONE, DONE, refused("n3 leads already"), DONE]
    );
}

/// A transfer fails while its target is down; the same is asked for again later. Between them the
/// leader crashes, and who is elected then is not elected by the first transfer.
#[test]
fn of_equal_transfers_each_has_its_own_outcome() {
    let text = "Scenario(title: \"t\", protocol: Raft(nodes: 3), workload: Requests([\
                At(\"2s\", 0, Transfer(2)), At(\"9s\", 0, Transfer(2))]), \
                faults: [At(\"1s\", Crash(who: Node(2), down: \"3s\")), \
                At(\"5s\", Crash(who: Leader, down: \"2s\"))], \
                deadline: \"20s\", expect: Holds)";
    let loaded = load_text("t.ron", text, &catalogue::catalogue()).expect("a scenario");
    let mut second = Vec::new();
    for seed in 0..20 {
        let requests = loaded.prepared.run(seed, &RunOptions::default()).requests;
        let why = |one: usize| requests[one].fate.refused.as_ref().map(|refused| &*refused.why);
        assert_eq!(requests[0].outcome(), Fate::Refused, "seed {seed}");
        assert_eq!(why(0), Some("n2 was not elected within an election timeout"), "seed {seed}");
        second.push(why(1).map_or(requests[1].outcome(), |why| {
            assert_eq!(why, "n2 leads already", "seed {seed}");
            Fate::Refused
        }));
    }
    assert!(second.contains(&Fate::Done), "some transfer is needed");
    assert!(second.contains(&Fate::Refused), "some ordinary election makes n2 the leader");
    assert!(second.iter().all(|fate| matches!(fate, Fate::Done | Fate::Refused)));
}

#[test]
fn raft_refuses_changes_that_change_nothing() {
    let four = "Raft(nodes: 5, members: [0, 1, 2])";
    let requests = "At(\"1s\", 0, AddVoter(1)), At(\"2s\", 1, Remove(3)), \
                    At(\"3s\", 2, Joint([AddVoter(0), Remove(4)])), \
                    At(\"4s\", 0, AddLearner(3)), At(\"6s\", 1, AddLearner(3))";
    assert_eq!(
        told(four, requests),
        [
            refused("n1 has a vote already"),
            refused("n3 is no member"),
            refused("the members are so already"),
            DONE,
            refused("n3 is a learner already")
        ]
    );
}

#[test]
fn a_learner_that_is_down_is_given_up() {
    let text = "Scenario(title: \"t\", protocol: Raft(nodes: 4, members: [0, 1, 2]), \
                workload: [KeyValue(operations: 200), Requests([At(\"1s\", 0, AddVoter(3)), \
                At(\"6s\", 1, AddLearner(3))])], faults: [At(\"0s\", Crash(who: Node(3)))], \
                deadline: \"20s\", expect: Holds)";
    let loaded = load_text("t.ron", text, &catalogue::catalogue()).expect("a scenario");
    let requests = loaded.prepared.run(0, &RunOptions::default()).requests;
    let refused = requests[0].fate.refused.as_ref().expect("it was refused");
    assert_eq!(refused.why, "n3 did not catch up in time");
}

#[test]
fn multi_paxos_says_whether_members_change() {
    let protocol = "MultiPaxos(nodes: 5, members: [0, 1, 2], \
                    quorums: Flexible(prepare: 2, accept: 2))";
    // However the members are ordered; quorums of 2 and 2 of 4 need not meet.
    let requests =
        "At(\"1s\", 0, Reconfigure([3, 0, 4])), At(\"3s\", 4, Reconfigure([0, 1, 2, 3]))";
    assert_eq!(told(protocol, requests), [DONE, refused("quorums of these members need not meet")]);
    // The members that are the newest already need no change.
    let again = "At(\"1s\", 0, Reconfigure([0, 1, 2])), At(\"3s\", 4, Reconfigure([2, 3, 4]))";
    assert_eq!(told(protocol, again), [DONE, DONE]);
}

#[test]
fn bracha_says_which_broadcast_it_has_delivered() {
    let requests = "At(\"1s\", 0, Broadcast(7)), At(\"1s\", 2, Broadcast(8))";
    assert_eq!(told("Bracha(nodes: 4, f: 1)", requests), [DONE, DONE]);
}

#[test]
fn paxos_says_which_proposal_is_chosen() {
    let requests = "At(\"0s\", 0, Propose(10)), At(\"0s\", 0, Propose(11)), \
                    At(\"5s\", 1, Propose(20)), At(\"5s\", 1, Propose(10))";
    assert_eq!(
        told("Paxos(nodes: 3, start: Nobody)", requests),
        [DONE, refused("it proposes 10 already"), refused("10 is chosen already"), DONE]
    );
}

#[test]
fn elections_say_whether_one_begins() {
    let requests = "At(\"1s\", 0, Elect), At(\"1s\", 0, Elect)";
    let twice = [DONE, refused("it takes part in an election already")];
    assert_eq!(told("Bully(nodes: 3)", requests), twice);
    let suspects = "At(\"1s\", 0, Suspect(2)), At(\"2s\", 2, Elect)";
    assert_eq!(told("Bully(nodes: 3)", suspects), [DONE, DONE]);
}

/// Nothing that a scenario can ask for goes without an answer.
#[test]
fn every_request_is_answered() {
    let catalogue = catalogue::catalogue();
    for facts in catalogue.protocols() {
        for request in facts.requests {
            let is_given = facts.fields.iter().any(|field| field.name == "members");
            let members = if is_given { ", members: [0, 1, 2, 3, 4]" } else { "" };
            let needs_f = facts.fields.iter().any(|field| field.name == "f" && field.is_required());
            let f = if needs_f { ", f: 1" } else { "" };
            let protocol = format!("{}(nodes: 5{members}{f})", facts.name);
            let asked = format!("At(\"1s\", 0, {})", request.example);
            let outcome = fates(&protocol, &asked)[0].outcome();
            let answered = matches!(outcome, Fate::Done | Fate::Refused);
            assert!(answered, "{protocol}: {}: {outcome:?}", request.example);
        }
    }
}
