//! What a node cannot be asked for is an error of the scenario, with its place; what
//! `rehearse list` says can be asked for is none.

use sim_scenario::load_text;

/// What is said of a scenario with this request.
fn told(protocol: &str, request: &str) -> String {
    let text = format!(
        "Scenario(\n    title: \"a request\",\n    protocol: {protocol},\n    workload: \
         [KeyValue(clients: 2), Requests([\n        {request},\n    ])],\n    deadline: \"20s\",\n \
         expect: Holds,\n)\n"
    );
    match load_text("request.ron", &text, &catalogue::catalogue()) {
        Ok(_) => String::new(),
        Err(error) => error.render(false),
    }
}

fn assert_refused(protocol: &str, request: &str, why: &str) {
    let told = told(protocol, request);
    assert!(told.contains(why) && told.contains("request.ron:5"), "{request}: {told}");
    assert!(told.contains("cannot be asked for"), "{told}");
}

#[test]
fn raft_is_asked_of_servers_and_about_servers() {
    for allowed in ["Transfer(4)", "AddVoter(0)", "Joint([AddVoter(3), Remove(4)])"] {
        assert_eq!(told("Raft(nodes: 5)", &format!("At(\"1s\", 4, {allowed})")), "");
    }
    for command in
        ["Transfer(5)", "AddVoter(5)", "AddLearner(5)", "Remove(5)", "Joint([Remove(5)])"]
    {
        let why = "there is no server 5; servers are 0 to 4";
        assert_refused("Raft(nodes: 5)", &format!("At(\"1s\", 0, {command})"), why);
    }
    for (changes, why) in [
        ("", "a joint change needs a change"),
        ("AddVoter(2), Remove(2)", "names server 2 twice, and they contradict each other"),
        ("Remove(1), AddVoter(2), Remove(1)", "names server 1 twice, and one is enough"),
    ] {
        let request = format!("At(\"1s\", 0, Joint([{changes}]))");
        assert_refused("Raft(nodes: 5)", &request, why);
    }
    let why = "n6 is a client; only servers 0 to 4 take requests";
    assert_refused("Raft(nodes: 5)", "At(\"1s\", 6, Transfer(0))", why);
}

#[test]
fn multi_paxos_is_asked_for_members_that_are_there() {
    let given = "MultiPaxos(nodes: 5, members: [0, 1, 2])";
    assert_eq!(told(given, "At(\"1s\", 4, Reconfigure([3, 4]))"), "");
    for (protocol, request, why) in [
        (given, "At(\"1s\", 0, Reconfigure([0, 5]))", "there is no server 5; servers are 0 to 4"),
        (given, "At(\"1s\", 0, Reconfigure([]))", "at least one server must be an acceptor"),
        (
            given,
            "At(\"1s\", 5, Reconfigure([0]))",
            "n5 is a client; only servers 0 to 4 take requests",
        ),
        ("MultiPaxos(nodes: 5)", "At(\"1s\", 0, Reconfigure([0]))", "give `members`"),
    ] {
        assert_refused(protocol, request, why);
    }
}

#[test]
fn a_process_is_asked_to_suspect_another_one_that_is_there() {
    let told = |request: &str| {
        let text = format!(
            "Scenario(title: \"a request\", protocol: Bully(nodes: 3), workload: Requests([At(\"1s\", \
             0, {request})]), deadline: \"20s\", expect: Holds)"
        );
        let loaded = load_text("request.ron", &text, &catalogue::catalogue());
        loaded.err().map_or_else(String::new, |error| error.render(false))
    };
    assert_eq!(told("Suspect(2)"), "");
    let unknown = told("Suspect(3)");
    assert!(unknown.contains("there is no process 3; processes are 0 to 2"), "{unknown}");
    assert!(told("Suspect(0)").contains("a process does not suspect itself"));
}

#[test]
fn every_request_of_the_list_is_understood() {
    let catalogue = catalogue::catalogue();
    let mut asked = 0;
    for facts in catalogue.protocols() {
        for request in facts.requests {
            let is_given = facts.fields.iter().any(|field| field.name == "members");
            let members = if is_given { ", members: [0, 1, 2, 3, 4]" } else { "" };
            let needs_f = facts.fields.iter().any(|field| field.name == "f" && field.is_required());
            let f = if needs_f { ", f: 1" } else { "" };
            let text = format!(
                "Scenario(title: \"a request\", protocol: {}(nodes: 5{members}{f}), workload: \
                 Requests([At(\"1s\", 0, {})]), deadline: \"2s\", expect: Holds)",
                facts.name, request.example
            );
            if let Err(error) = load_text("request.ron", &text, &catalogue) {
                panic!("{}", error.render(false));
            }
            asked += 1;
        }
    }
    assert!(asked > 0);
}
