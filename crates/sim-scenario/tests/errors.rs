//! What people read when a scenario is wrong. `INSTA_UPDATE=always cargo test` writes the golden
//! files anew.

mod refused;
mod toy;

use sim_scenario::{load_file, load_text};

use refused::{golden, with, with_fault};

#[test]
fn what_is_no_ron() {
    let deep = format!("Scenario(title: {}", "(".repeat(100));
    golden(
        "syntax",
        [
            ("an empty file", String::new()),
            ("nothing but a comment", "// to be done\n".to_owned()),
            ("something else", "hello, world".to_owned()),
            ("a name without its parentheses", "Scenario".to_owned()),
            ("a list", "[Scenario()]".to_owned()),
            ("a truncated file", with("ties: Drawn")[..60].to_owned()),
            ("a file cut inside a text", with("ties: Drawn")[..24].to_owned()),
            ("a bracket that is closed by another", with("faults: (At(\"1s\", Heal)]")),
            ("a missing comma", with("ties: Drawn bytes: true")),
            ("two commas", with("ties: Drawn,, bytes: true")),
            ("a missing value", with("ties: ")),
            ("a comment that is never closed", with("/* ties: Drawn")),
            ("a second scenario", with("ties: Drawn") + "Scenario()"),
            ("an attribute", format!("#![enable(unwrap_newtypes)]\n{}", with("ties: Drawn"))),
            ("a single quote", with("ties: 'Drawn")),
            ("a stray character", with("ties: Drawn; bytes: true")),
            ("deep nesting", deep),
            ("a value without its field", "Scenario(\"a toy\")".to_owned()),
            ("a named value and one without", with("Drawn")),
            (
                "named values among unnamed ones",
                with_fault("At(\"1s\", Crash(Leader, down: \"1s\"))"),
            ),
        ],
    );
}

#[test]
fn unknown_names() {
    let base = with("ties: Drawn");
    golden(
        "names",
        [
            ("a protocol", base.replace("Ping(", "Pign(")),
            ("a protocol that is like no other", base.replace("Ping(", "Raft(")),
            ("a field of the scenario", with("tie: Drawn")),
            ("a field of the protocol", base.replace("nodes: 5", "node: 5")),
            ("a required field that is missing", base.replace("title: \"a toy\",", "")),
            ("a required field that is nothing", base.replace("\"20s\"", "None")),
            ("a field that is given twice", with("ties: Drawn,\n    ties: FirstIn")),
            ("a fault", with_fault("At(\"1s\", Isolte(Leader))")),
            (
                "a fault by its former name",
                with_fault("At(\"1s\", Relay(on: Role(\"leader\"), strike: Crash))"),
            ),
            ("a former name without its time", with_fault("Relay(strike: Crash)")),
            ("a target", with_fault("At(\"1s\", Isolate(Lader))")),
            ("a field of a fault", with_fault("At(\"1s\", Crash(whom: Leader))")),
            ("a fault without its time", with_fault("Isolate(Leader)")),
            ("a target for a fault", with_fault("At(\"1s\", Random(1))")),
            ("a role", with_fault("At(\"1s\", Isolate(Role(\"laeder\")))")),
            ("a mark", with_fault("When((on: Mark(\"pogn\")), Heal)")),
            ("a kind of message", with_fault("When((on: Send(\"Pnig\")), Heal)")),
            (
                "a kind of message of a link",
                with_fault("At(\"1s\", Links(kind: \"ping\", loss: \"1%\"))"),
            ),
            ("an occasion", with_fault("When((on: Rôle(\"leader\")), Heal)")),
            ("no message at all", with_fault("When((on: After(\"Ping\", 0)), Heal)")),
            (
                "a place that is given twice",
                with_fault("When((on: After(\"Ping\", 1)), Crash(who: Trigger, inside: First(2)))"),
            ),
            (
                "a place of a mobile fault that is given twice",
                with_fault(
                    "At(\"1s\", Mobile(on: After(\"Ping\", 1), inside: Drawn, strike: Crash))",
                ),
            ),
            ("a field of a trigger", with_fault("When((on: Write, nht: 2), Heal)")),
            ("a trigger without its occasion", with_fault("When((nth: 2), Heal)")),
            ("a distribution", with("network: Datagram(delay: Unifrom(\"1ms\", \"2ms\"))")),
            ("a network", with("network: Tcp(delay: Constant(\"1ms\"))")),
            ("a field of the network", with("network: Stream(order: Fifo)")),
            (
                "a field of a link",
                with("network: Datagram(links: [(form: Node(0), loss: \"1%\")])"),
            ),
            ("a kind of work", with("service: [(what: Kind(\"Pign\"), time: Constant(\"1ms\"))]")),
            ("a timing model", with("model: (timing: Synchronuos(bound: \"1ms\"))")),
            ("a failure model", with("model: (failures: CrashRecover)")),
            ("a field of the model", with("model: (brocken: true)")),
            ("a workload", with("workload: KeyValue(clients: 3)")),
            ("a request", with("workload: Requests([At(\"1s\", 0, Everbody)])")),
            ("an expectation", base.replace("Holds", "Hold")),
            ("a property", base.replace("Holds", "Violates(\"awnsered\")")),
            ("a property that is like no other", base.replace("Holds", "Violates(\"LE1\")")),
            ("a property of Sometimes", base.replace("Holds", "Sometimes(\"PI3\", of: 9)")),
        ],
    );
}

#[test]
fn workloads() {
    let of_mute = |workload: &str| {
        with(&format!("workload: {workload}")).replace("Ping(nodes: 5)", "Mute(nodes: 5)")
    };
    let of_ping = |workload: &str| with(&format!("workload: {workload}"));
    let request = "Requests([At(\"1s\", 0, Everybody)])";
    golden(
        "workloads",
        [
            ("a name", of_ping("Ronuds(players: 3)")),
            ("a name that is like no other", of_ping("Storm(players: 3)")),
            ("clients of a service that the protocol has not", of_mute("KeyValue(clients: 3)")),
            ("another protocol's own", of_mute("Rounds(players: 3)")),
            ("something else", of_ping("\"Rounds\"")),
            ("a field", of_ping("Rounds(player: 3)")),
            ("a field that is missing", of_ping("Rounds(pause: \"1s\")")),
            ("no fields at all", of_ping("Rounds")),
            ("requests without a list", of_ping("Requests")),
            ("requests without a list, in parentheses", of_ping("Requests()")),
            ("a field of a wrong kind", of_ping("Rounds(players: \"3\")")),
            ("a field without a unit", of_ping("Rounds(players: 3, pause: \"10\")")),
            ("a field that makes no sense", of_ping("Rounds(players: 0)")),
            ("another one", of_ping("Rounds(players: 3, pause: \"0s\")")),
            (
                "an entry of a list",
                of_ping("Rounds(players: 2, looks: [(\"1s\", 0), (\"2s\", 2)])"),
            ),
            ("a field that makes no sense, in a list", {
                of_ping(&format!("[{request}, Rounds(players: 10)]"))
            }),
            ("one that is given twice", of_ping("[Rounds(players: 3), Rounds(players: 4)]")),
            ("requests that are given twice", of_ping(&format!("[{request}, {request}]"))),
            ("a wrong name in a list", of_ping(&format!("[{request}, KeyValue(clients: 3)]"))),
            ("a wrong request in a list", {
                of_ping(&format!("[Rounds(players: 3), {}]", request.replace("Every", "Any")))
            }),
        ],
    );
}

/// Both at once, in any order, and neither.
#[test]
fn lists_of_workloads_load() {
    let requests = "Requests([At(\"1s\", 0, Everybody)])";
    for (workload, others) in [
        (format!("[{requests}, Rounds(players: 3)]"), 3),
        (format!("[Rounds(players: 4), {requests}]"), 4),
        (format!("[{requests}]"), 0),
        ("[Rounds(players: 2)]".to_owned(), 2),
        ("[]".to_owned(), 0),
    ] {
        let text = with(&format!("workload: {workload}"));
        let loaded = load_text("toy.ron", &text, &toy::catalogue());
        let loaded = loaded.unwrap_or_else(|error| panic!("{workload}: {error}"));
        assert_eq!(loaded.prepared.facts().others, others, "{workload}");
    }
}

#[test]
fn wrong_values() {
    let base = with("ties: Drawn");
    golden(
        "values",
        [
            ("a time without quotes", with("calm: 10s")),
            ("a time without a unit", with("calm: \"10\"")),
            ("a time that is a number", with("calm: 10")),
            ("a wrong unit", with("calm: \"10sec\"")),
            ("a time longer than a year", with("calm: \"9000h\"")),
            ("a time longer than anything", with("calm: \"99999999999999999999h\"")),
            ("a fault's time without a unit", with_fault("At(\"2\", Heal)")),
            ("a loss above one", with("network: Datagram(loss: \"150%\")")),
            ("a loss without quotes", with("network: Datagram(loss: 1%)")),
            ("a drift without a unit", with_fault("At(\"1s\", Drift(Node(0), \"200\"))")),
            ("a fraction of a node", base.replace("nodes: 5", "nodes: 5.5")),
            ("a gigantic number", base.replace("nodes: 5", "nodes: 99999999999999999999999")),
            ("a number below zero", with_fault("At(\"1s\", Isolate(Node(-1)))")),
            ("a text for a number", base.replace("nodes: 5", "nodes: \"5\"")),
            ("a number for a text", base.replace("\"a toy\"", "7")),
            (
                "a span that ends before it starts",
                base.replace("nodes: 5", "nodes: 5, patience: \"9ms..1ms\""),
            ),
            (
                "a setting that makes no sense",
                base.replace("nodes: 5", "nodes: 5, patience: \"0s\""),
            ),
            (
                "a distribution upside down",
                with("network: Datagram(delay: Uniform(\"9ms\", \"1ms\"))"),
            ),
            ("a mean of zero", with("network: Datagram(delay: Exponential(mean: \"0s\"))")),
            (
                "a shape out of range",
                with("network: Datagram(delay: Pareto(min: \"1ms\", shape: 1e9, max: \"2s\"))"),
            ),
            (
                "a shape that is no number",
                with("network: Datagram(delay: Pareto(min: \"1ms\", shape: NaN, max: \"2s\"))"),
            ),
            ("an empty mixture", with("network: Datagram(delay: Mixture([]))")),
            (
                "a mixture of nothing",
                with("network: Datagram(delay: Mixture([(0, Constant(\"1ms\"))]))"),
            ),
            ("a fault with too few values", with_fault("At(\"1s\", Hold(Leader))")),
            ("a fault with too many values", with_fault("At(\"1s\", Pause(Leader, Node(1)))")),
            ("a fault without its values", with_fault("At(\"1s\", Isolate)")),
            ("a fault without values", with_fault("At(\"1s\", Heal())")),
            ("a loss of the message before the first", with_fault("At(\"1s\", Lose(nth: 0))")),
            ("a period of nearly nothing", with_fault("Every(\"1us\", Heal)")),
            ("a period that is no time", with_fault("Every(5, Heal)")),
            (
                "a period of a momentary fault that lasts",
                with_fault("Every(\"5s\", Heal, for: \"1s\")"),
            ),
            (
                "a pause with an order that is none",
                with_fault("At(\"1s\", Pause(Leader, first: Messages))"),
            ),
            ("a window with one end", with_fault("Between(\"1s\", Isolate(Leader))")),
            ("a fault that is a text", with_fault("At(\"1s\", \"Heal\")")),
            ("a map for a list", with("faults: {At(\"1s\", Heal): 1}")),
            ("a budget of nothing", with("budget: 0")),
            ("a budget beyond all bounds", with("budget: 18446744073709551615")),
            ("a memory of nearly nothing", with("memory: \"1KiB\"")),
            ("a memory without a unit", with("memory: \"64\"")),
            ("a memory that is no text", with("memory: 64")),
            ("a memory without quotes", with("memory: 64MiB")),
            ("a name for a number", base.replace("nodes: 5", "nodes: Leader")),
            ("a list for a number", with_fault("At(\"1s\", Isolate(Node([1])))")),
            ("a list for a list of numbers", with_fault("At(\"1s\", Isolate(Nodes([[1]])))")),
            ("a name for a time", with("calm: Leader")),
            ("nothing for a time", with("calm: ()")),
            ("a number for a group", with("disks: [5]")),
            ("a name for a group", with("clocks: [true]")),
            ("values of a name that takes none", with("ties: Drawn(1)")),
            ("values of what is true", with("bytes: true(1)")),
            ("a kind of work without its name", {
                with("service: [(what: Kind, time: Constant(\"1ms\"))]")
            }),
            ("a name in a list", with_fault("At(\"1s\", Isolate(Nodes([a: 1])))")),
            ("an image that is a number", with("images: {0: 5}")),
            ("an image without its node", with("images: {(asked: 3)}")),
            ("a number that is two", with("images: {0: (asked: (1, 2))}")),
            ("a request of a text", with("workload: Requests([At(\"1s\", 0, \"Everybody\")])")),
            (
                "a request of an unknown node",
                with("workload: Requests([At(\"1s\", {}, Everybody)])"),
            ),
            (
                "a request of a protocol that takes none",
                with("workload: Requests([At(\"1s\", 0, Elect)])")
                    .replace("Ping(nodes: 5)", "Mute"),
            ),
            ("a property that cannot be made", {
                base.replace("nodes: 5", "nodes: 5, clients: 2, notes: 1000")
            }),
            ("an empty title", base.replace("\"a toy\"", "\"  \"")),
            ("a title of two lines", base.replace("\"a toy\"", "\"a\\ntoy\"")),
            ("Sometimes of nothing", base.replace("Holds", "Sometimes(\"PI2\", of: 0)")),
            ("Sometimes without its seeds", base.replace("Holds", "Sometimes(\"PI2\")")),
            (
                "a request without its values",
                with("workload: Requests([At(\"1s\", 0, Two(first: 1))])"),
            ),
            ("an image of the wrong sort", with("images: {0: (asked: \"three\")}")),
            ("two images of one node", with("images: {0: (asked: 3), 0: (asked: 4)}")),
        ],
    );
}

/// What people write who know what they mean: the help is what they meant.
#[test]
fn what_was_meant() {
    let base = with("ties: Drawn");
    let expect = |expect: &str| base.replace("expect: Holds", &format!("expect: {expect}"));
    let at = |fault: &str| with_fault(&format!("At(\"1s\", {fault})"));
    golden(
        "meant",
        [
            ("a property of Holds", expect("Holds([\"PI1\"])")),
            ("nothing of Holds", expect("Holds()")),
            ("nothing of Violates", expect("Violates()")),
            ("Violates alone", expect("Violates")),
            ("a property without its quotes", expect("Violates(PI1)")),
            ("a property alone", expect("\"PI1\"")),
            ("an expectation in quotes", expect("\"Holds\"")),
            ("one value too many", expect("Sometimes(\"PI1\", 200, 3)")),
            ("a node by its number", at("Isolate(7)")),
            ("a node by its number in a field", at("Crash(who: 3, down: \"1s\")")),
            ("a node by its number in quotes", at("Isolate(Node(\"0\"))")),
            ("nodes by their numbers", at("Isolate([0, 1])")),
            ("nodes without their list", at("Isolate(Nodes(0, 1))")),
            ("a group without its list", at("Partition(Node(0))")),
            ("a target in quotes", at("Isolate(\"Leader\")")),
            ("a role in quotes", at("Isolate(\"idle\")")),
            ("a target with parentheses", at("Isolate(Leader())")),
            ("names where there are none", at("Hold(from: Node(0), to: Node(1))")),
            ("a name where there is none", at("Isolate(who: Leader)")),
            ("no name where there is one", at("Crash(Leader)")),
            ("no names where there are some", at("Crash(Leader, \"1s\")")),
            ("a named time", with_fault("At(at: \"1s\", Isolate(Leader))")),
            ("a name that belongs to another fault", with_fault("At(\"1s\", of: Heal)")),
            ("a fault without its list", with("faults: At(\"1s\", Isolate(Leader))")),
            ("a fault that is a number", with_fault("5")),
            ("an occasion for a trigger", with_fault("When(Role(\"leader\"), Pause(Trigger))")),
            ("a role without its quotes", with_fault("When((on: Role(leader)), Heal)")),
            ("a role for an occasion", with_fault("When((on: \"leader\"), Heal)")),
            ("a mark for an occasion", with_fault("When((on: \"pong\"), Heal)")),
            ("a kind of message for an occasion", with_fault("When((on: \"Ping\"), Heal)")),
            ("a delay that is a time", with("network: Datagram(delay: \"5ms\")")),
            ("a delay that is a span", with("network: Datagram(delay: \"1ms..5ms\")")),
            ("a delay alone", with("network: Datagram(\"5ms\")")),
            ("a node alone", at("Crash(3)")),
            ("a fault without its time and its list", with("faults: Isolate(Leader)")),
            ("a quantity without its quotes", with("calm: 5s")),
            ("a disk that is a time", with("disks: [(sync: \"5ms\")]")),
            ("a disk without its list", with("disks: (sync: Constant(\"5ms\"))")),
            ("a clock of a number", with("clocks: [(who: 1, drift: \"1%\")]")),
            ("a kind of work in quotes", {
                with("service: [(what: \"Ping\", time: Constant(\"1ms\"))]")
            }),
            ("a timing for a model", with("model: Synchronous(bound: \"10ms\")")),
            ("failures for a model", with("model: CrashStop")),
            ("a timing in quotes", with("model: (timing: \"Asynchronous\")")),
            ("settings without their names", base.replace("nodes: 5", "5")),
            ("a protocol in quotes", base.replace("Ping(nodes: 5)", "\"Ping\"")),
            ("a title without its quotes", base.replace("\"a toy\"", "toy")),
            ("a request alone", with("workload: Requests([Everybody])")),
            ("a request of a target", with("workload: Requests([At(\"1s\", Node(0), Everybody)])")),
            ("a request without its value", with("workload: Requests([At(\"1s\", 0, One)])")),
            ("images in a list", with("images: [(asked: 3)]")),
        ],
    );
}

/// The place is where the quote is missing, and not where that shows.
#[test]
fn quotes_that_are_missing() {
    let base = with_fault("At(\"1s\", Isolate(Leader))");
    golden(
        "quotes",
        [
            ("the closing one of the title", base.replace("\"a toy\"", "\"a toy")),
            ("the closing one of a fault's time", base.replace("\"1s\"", "\"1s")),
            ("the closing one of the last text", base.replace("\"20s\"", "\"20s")),
            ("the opening one of the title", base.replace("\"a toy\"", "a toy\"")),
            ("on one line", base.replace("\"a toy\"", "\"a toy").replace("\n    ", " ")),
        ],
    );
}

/// Two values of one key: the first would be lost without a word.
#[test]
fn keys_that_stand_twice() {
    let twice = |keys: &str| with(&format!("images: {{{keys}}}"));
    golden(
        "twice",
        [
            ("one number", twice("1: (asked: 3), 0: (asked: 4), 1: (asked: 5)")),
            ("one number in two forms", twice("16: (asked: 3), 0x1_0: (asked: 4)")),
        ],
    );
}

#[test]
fn times_out_of_order() {
    let calm = |fault: &str| with(&format!("faults: [{fault}],\n    calm: \"5s\""));
    golden(
        "times",
        [
            (
                "a window that ends before it starts",
                with_fault("Between(\"4s\", \"3s\", Pause(Leader))"),
            ),
            ("an empty window", with_fault("Between(\"3s\", \"3s\", Pause(Leader))")),
            ("a fault in the calm", calm("At(\"5s\", Pause(Leader))")),
            ("a window that reaches into the calm", calm("Between(\"4s\", \"6s\", Pause(Leader))")),
            ("a deadline before the calm", with("calm: \"30s\"")),
            ("a deadline at the beginning", with("ties: Drawn").replace("\"20s\"", "\"0s\"")),
        ],
    );
}

#[test]
fn nodes_that_are_not_there() {
    let base = with("ties: Drawn");
    golden(
        "nodes",
        [
            ("zero nodes", base.replace("nodes: 5", "nodes: 0")),
            ("fewer nodes than the protocol needs", base.replace("nodes: 5", "nodes: 1")),
            ("more nodes than the protocol's limit", base.replace("nodes: 5", "nodes: 4000000000")),
            ("a target", with_fault("At(\"1s\", Isolate(Node(7)))")),
            ("a target in a list", with_fault("At(\"1s\", Isolate(Nodes([0, 1, 5])))")),
            ("a target named twice", with_fault("At(\"1s\", Isolate(Nodes([0, 0])))")),
            ("an empty list", with_fault("At(\"1s\", Isolate(Nodes([])))")),
            ("others where there are none", with_fault("At(\"1s\", Pause(Others))")),
            (
                "a node beyond the clients",
                with_fault("At(\"1s\", Pause(Node(8)))")
                    .replace("nodes: 5", "nodes: 5, clients: 2"),
            ),
            ("more random nodes than there are", with_fault("At(\"1s\", Pause(Random(6)))")),
            ("no random nodes", with_fault("At(\"1s\", Pause(Random(0)))")),
            ("no random node of these", with_fault("At(\"1s\", Pause(RandomOf(0, All)))")),
            (
                "more of them than there are",
                with_fault("At(\"1s\", Pause(RandomOf(3, Nodes([0, 1]))))"),
            ),
            ("an unknown role of many", with_fault("At(\"1s\", Pause(Holders(\"idel\")))")),
            (
                "too many random nodes beside the leader",
                with_fault("At(\"1s\", Pause(And([Leader, Random(5)])))"),
            ),
            ("nobody in common", with_fault("At(\"1s\", Pause(InAll([Node(0), Nodes([1, 2])])))")),
            ("in all of nothing", with_fault("At(\"1s\", Pause(InAll([])))")),
            (
                "a minority of two",
                with_fault("At(\"1s\", Pause(Minority))").replace("nodes: 5", "nodes: 2"),
            ),
            (
                "the leader of a protocol without one",
                with_fault("At(\"1s\", Pause(Leader))").replace("Ping(nodes: 5)", "Mute"),
            ),
            ("the trigger of a fault without one", with_fault("At(\"1s\", Pause(Trigger))")),
            ("a trigger's node", with_fault("When((on: Write, at: 9), Pause(Trigger))")),
            (
                "a trigger that never fires",
                with_fault("When((on: Write, every: true, limit: 0), Heal)"),
            ),
            ("a limit of what happens once", with_fault("When((on: Write, limit: 2), Heal)")),
            (
                "once for each node, and every time",
                with_fault("When((on: Write, every: true, once_per_node: true), Heal)"),
            ),
            (
                "once for each node, of one",
                with_fault("When((on: Receive(\"Ping\"), to: 2, once_per_node: true), Heal)"),
            ),
            ("the sender of a mark", with_fault("When((on: Mark(\"pong\"), from: 2), Heal)")),
            (
                "the sender of a message, twice",
                with_fault("When((on: Send(\"Ping\"), at: 1, from: 1), Heal)"),
            ),
            (
                "a message to its sender",
                with_fault("When((on: Send(\"Ping\"), from: 1, to: 1), Heal)"),
            ),
            (
                "a receiver who does not exist",
                with_fault("When((on: Send(\"Ping\"), to: 9), Heal)"),
            ),
            (
                "a length of time for what strikes once",
                with_fault("At(\"1s\", Crash(who: Node(1)), for: \"2s\")"),
            ),
            ("no length of time", with_fault("At(\"1s\", Pause(Node(1)), for: \"0s\")")),
            (
                "a length of time beside a window",
                with_fault("Between(\"1s\", \"3s\", Pause(Node(1)), for: \"2s\")"),
            ),
            (
                "a length of time beyond the calm",
                with_fault("At(\"1s\", Pause(Node(1)), for: \"9s\")")
                    .replace("deadline:", "calm: \"5s\", deadline:"),
            ),
            (
                "occasions of the calm",
                with_fault("When((on: Write, after: \"6s\"), Heal)")
                    .replace("deadline:", "calm: \"5s\", deadline:"),
            ),
            ("the time before the first", with_fault("When((on: Write, nth: 0), Pause(Trigger))")),
            (
                "a write of a protocol that writes nothing",
                with_fault("When((on: Write), Pause(Trigger))").replace("Ping(nodes: 5)", "Mute"),
            ),
            ("an empty partition", with_fault("At(\"1s\", Partition([]))")),
            ("an empty group", with_fault("At(\"1s\", Partition([Nodes([]), Node(1)]))")),
            (
                "a node in two groups",
                with_fault("At(\"1s\", Partition([Nodes([0, 1]), Nodes([1, 2])]))"),
            ),
            (
                "a node in a group and among all",
                with_fault("At(\"1s\", Partition([Servers, Node(1)]))"),
            ),
            (
                "groups that draw too many",
                with_fault("At(\"1s\", Partition([Random(3), Random(3)]))"),
            ),
            ("a link from a node to itself", with_fault("At(\"1s\", OneWay(Node(1), Node(1)))")),
            ("a disk", with("disks: [(who: Node(5), sync: Constant(\"1ms\"))]")),
            ("a clock", with("clocks: [(who: Nodes([5]), offset: \"1s\")]")),
            ("a service", with("service: [(who: Others, time: Constant(\"1ms\"))]")),
            ("an image", with("images: {5: (asked: 3)}")),
            ("a request", with("workload: Requests([At(\"1s\", 5, Everybody)])")),
            ("a link", with("network: Datagram(links: [(from: Node(5), loss: \"1%\")])")),
            ("a link that changes nothing", with("network: Datagram(links: [(from: Node(0))])")),
            (
                "a fault of links that changes nothing",
                with_fault("At(\"1s\", Links(from: Node(0)))"),
            ),
            (
                "a stream that doubles",
                with("network: Stream(links: [(from: Node(0), duplication: \"1%\")])"),
            ),
        ],
    );
}

#[test]
fn several_at_once() {
    let faults = "faults: [\n        At(\"1s\", Isolte(Leader)),\n        \
                  At(\"2\", Heal),\n        At(\"3s\", Pause(Node(9))),\n        \
                  Between(\"6s\", \"5s\", Pause(Leader)),\n    ],\n    clam: \"10s\"";
    golden("several", [("five errors in one file", with(faults))]);
}

#[test]
fn files_that_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("latin1.ron"), b"Scenario(\n    title: \"caf\xe9\",\n)").expect("written");
    std::fs::write(at("large.ron"), vec![b' '; sim_scenario::FILE_MAX + 1]).expect("written");
    let tell = |name: &str| match load_file(&at(name), &toy::catalogue()) {
        Ok(_) => panic!("{name} should not load"),
        Err(error) => error.render(false).replace(&folder.path().display().to_string(), "DIR"),
    };
    let told = ["", "missing.ron", "latin1.ron", "large.ron"].map(tell).join("\n\n");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("files", told);
    });
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    let error = load_file("/dev/null".as_ref(), &toy::catalogue()).err().expect("no scenario");
    assert!(error.render(false).contains("not a regular file"), "{error}");
}

#[test]
fn what_cannot_be_reached() {
    let reach = |demand: &str| with(&format!("reaches: [{demand}]"));
    let faulty = |demand: &str| {
        with(&format!("faults: [At(\"1s\", Isolate(Leader))],\n    reaches: [{demand}]"))
    };
    golden(
        "reaches",
        [
            ("no list", with("reaches: Mark(\"pong\")")),
            ("another situation", reach("Merk(\"pong\")")),
            ("no situation", reach("7")),
            ("a situation without its name", reach("Mark(times: 2)")),
            ("a situation without values", reach("Mark")),
            ("a number for a name", reach("Mark(7)")),
            ("a mark", reach("Mark(\"pogn\")")),
            ("a role", reach("Role(\"laeder\")")),
            ("a kind of message", reach("Sent(\"Pnig\", times: 3)")),
            ("a node that does not exist", reach("Role(\"leader\", at: 5)")),
            ("a node that is none", reach("Role(\"leader\", at: \"n2\")")),
            ("no time at all", reach("Mark(\"pong\", times: 0)")),
            ("another field", reach("Mark(\"pong\", tims: 2)")),
            ("a second value", reach("Mark(\"pong\", 2)")),
            ("a fault", faulty("Fault(\"Isolate(Leeder)\")")),
            ("a fault where there are none", reach("Fault(\"Isolate(Leader)\")")),
            ("a fault at a node", faulty("Fault(\"Isolate\", at: 2)")),
        ],
    );
}
