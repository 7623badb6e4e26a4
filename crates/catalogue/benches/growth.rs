//! Does an event cost the same however many things of a kind a scenario has? For each kind of
//! thing, a scenario is run with a number of them and with twice as many, and processor time per
//! step is compared. `cargo xtask bench growth` runs it. It measures, and judges nothing.

use std::process::ExitCode;

use sim_scenario::{Prepared, RunOptions, load_text};

const USAGE: &str =
    "usage: cargo xtask bench growth [--rounds N] [NAME]   (9 rounds of everything)";

/// A kind of thing of which a scenario can have many.
struct Thing {
    name: &'static str,
    /// How many there are at first; then twice and four times as many.
    first: u32,
    /// The scenario with so many of them.
    text: fn(u32) -> String,
}

const THINGS: &[Thing] = &[
    Thing { name: "cuts that are over, on streams", first: 500, text: cuts_over },
    Thing { name: "cuts in force", first: 50, text: cuts_in_force },
    Thing { name: "overrides of links", first: 50, text: overrides },
    Thing { name: "changed links in force", first: 50, text: changed_links },
    Thing { name: "holds in force", first: 20, text: holds },
    Thing { name: "messages held by the network", first: 2_000, text: held_messages },
    Thing { name: "triggers for a mark that wait", first: 100, text: waiting_triggers },
    Thing { name: "triggers for a message that wait", first: 100, text: message_triggers },
    Thing { name: "faults to come", first: 500, text: faults_to_come },
    Thing { name: "crashes", first: 500, text: crashes },
    Thing { name: "strikes of a mobile fault", first: 200, text: mobile_strikes },
    Thing { name: "clients", first: 20, text: clients },
    Thing { name: "operations, closed loop", first: 2_000, text: operations },
    Thing { name: "operations under way", first: 500, text: open_operations },
    Thing { name: "entries of Raft's log", first: 2_000, text: raft_log },
    Thing { name: "slots of Multi-Paxos", first: 2_000, text: slots },
    Thing { name: "updates of a chain", first: 2_000, text: chain_updates },
    Thing { name: "updates of primary-backup", first: 2_000, text: backup_updates },
    Thing { name: "effects held by a disk", first: 500, text: held_effects },
    Thing { name: "messages in the queue of a paused node", first: 1_000, text: paused_node },
    Thing { name: "requests of the workload", first: 500, text: requests },
    Thing { name: "idle nodes", first: 20, text: idle_nodes },
    Thing { name: "nodes of a ring", first: 50, text: ring },
];

const NETWORK: &str = "network: Datagram(delay: Uniform(\"1ms\", \"10ms\"))";
const STREAM: &str = "network: Stream(delay: Uniform(\"1ms\", \"10ms\"))";

fn scenario(parts: &[String]) -> String {
    format!("Scenario(title: \"growth\", {}, expect: Holds)", parts.join(", "))
}

/// A cluster that does nothing but heartbeats for a minute, with these faults.
fn heartbeats(network: &str, faults: &[String]) -> String {
    scenario(&[
        "protocol: EventuallyPerfect(nodes: 5)".to_owned(),
        network.to_owned(),
        format!("faults: [{}]", faults.join(", ")),
        "deadline: \"60s\"".to_owned(),
    ])
}

fn many(count: u32, each: impl Fn(u32) -> String) -> Vec<String> {
    (0..count).map(each).collect()
}

fn cuts_over(count: u32) -> String {
    let cut = |place: u32| {
        let at = 1_000 * place / count;
        format!("Between(\"{at}ms\", \"{}ms\", OneWay(Node(0), Node(1)))", at + 1)
    };
    heartbeats(STREAM, &many(count, cut))
}

fn cuts_in_force(count: u32) -> String {
    let cut = |_| "Between(\"0s\", \"59s\", OneWay(Node(0), Node(1)))".to_owned();
    heartbeats(NETWORK, &many(count, cut))
}

fn overrides(count: u32) -> String {
    let links =
        many(count, |_| "(from: Node(0), to: Node(1), delay: Constant(\"2ms\"))".to_owned());
    let delay = "delay: Uniform(\"1ms\", \"10ms\")";
    heartbeats(&format!("network: Datagram({delay}, links: [{}])", links.join(", ")), &[])
}

fn changed_links(count: u32) -> String {
    let change =
        |_| "Between(\"0s\", \"59s\", Links(from: Node(0), delay: Constant(\"2ms\")))".to_owned();
    heartbeats(NETWORK, &many(count, change))
}

fn holds(count: u32) -> String {
    let hold = |_| "Between(\"0s\", \"59s\", Hold(Node(0), Node(1)))".to_owned();
    heartbeats(NETWORK, &many(count, hold))
}

fn held_messages(count: u32) -> String {
    let seconds = count / 10;
    scenario(&[
        "protocol: EventuallyPerfect(nodes: 5)".to_owned(),
        NETWORK.to_owned(),
        format!("faults: [Between(\"0s\", \"{seconds}s\", Hold(Node(0), Node(1)))]"),
        format!("deadline: \"{}s\"", seconds + 10),
    ])
}

fn waiting_triggers(count: u32) -> String {
    let wait = |place: u32| {
        let nth = 1_000_000 + place;
        format!("When((on: Mark(\"snapshot taken\"), nth: {nth}), Isolate(Trigger))")
    };
    scenario(&[
        "protocol: Raft(nodes: 3)".to_owned(),
        NETWORK.to_owned(),
        format!("faults: [{}]", many(count, wait).join(", ")),
        "deadline: \"60s\"".to_owned(),
    ])
}

fn message_triggers(count: u32) -> String {
    let wait = |place: u32| {
        format!("When((on: Send(\"Heartbeat\"), nth: {}), Isolate(Trigger))", 10_000_000 + place)
    };
    heartbeats(NETWORK, &many(count, wait))
}

fn faults_to_come(count: u32) -> String {
    let later = |place: u32| format!("At(\"{}ms\", Jump(Node(0), \"1ms\"))", 59_000 + place % 900);
    heartbeats(NETWORK, &many(count, later))
}

fn crashes(count: u32) -> String {
    let crash = |place: u32| {
        format!("At(\"{}ms\", Crash(who: Node(0), down: \"1ms\"))", 50_000 * place / count)
    };
    heartbeats(NETWORK, &many(count, crash))
}

fn mobile_strikes(count: u32) -> String {
    let seconds = count / 10;
    scenario(&[
        "protocol: EventuallyPerfect(nodes: 5)".to_owned(),
        STREAM.to_owned(),
        format!(
            "faults: [Between(\"0s\", \"{seconds}s\", Mobile(on: Send(\"Heartbeat\"), strike: Isolate))]"
        ),
        format!("deadline: \"{}s\"", seconds + 10),
    ])
}

/// A service under clients: a protocol with its settings, and the workload.
fn service(protocol: &str, more: &str, workload: &str, seconds: u32) -> String {
    scenario(&[
        format!("protocol: {protocol}"),
        format!("{NETWORK}{more}"),
        format!("workload: KeyValue({workload})"),
        format!("deadline: \"{seconds}s\""),
    ])
}

const RAFT: &str = "Raft(nodes: 3)";
/// Without appends, whose values grow with every operation.
const MIX: &str = "mix: (get: 4, put: 4, append: 0, cas: 1)";

fn clients(count: u32) -> String {
    // However many they are, they ask for as much.
    let think = format!("arrivals: Closed(think: \"{}ms\")", 5 * count);
    let all = format!("clients: {count}, operations: 4000, keys: {count}, {think}, {MIX}");
    service(RAFT, "", &all, 60)
}

fn operations(count: u32) -> String {
    service(RAFT, "", &format!("clients: 4, operations: {count}, keys: 100, {MIX}"), count / 5)
}

fn open_operations(count: u32) -> String {
    // Nobody answers while all are paused.
    let all = format!(
        "clients: 1, operations: {count}, keys: {count}, arrivals: Open(every: \"1ms\"), \
         timeout: \"200s\", {MIX}"
    );
    let pause = ", faults: [Between(\"1s\", \"10s\", Pause(Servers))]";
    service(RAFT, pause, &all, 60)
}

fn log_of(protocol: &str, count: u32) -> String {
    service(
        protocol,
        "",
        &format!(
            "clients: 4, operations: {count}, keys: 100, mix: (get: 0, put: 1, append: 0, cas: 0)"
        ),
        count / 5,
    )
}

fn raft_log(count: u32) -> String {
    log_of(RAFT, count)
}

fn slots(count: u32) -> String {
    log_of("MultiPaxos(nodes: 3)", count)
}

fn chain_updates(count: u32) -> String {
    log_of("ChainReplication(nodes: 3)", count)
}

fn backup_updates(count: u32) -> String {
    log_of("PrimaryBackup(nodes: 3)", count)
}

fn held_effects(count: u32) -> String {
    let all = format!(
        "clients: 1, operations: {count}, keys: {count}, arrivals: Open(every: \"1ms\"), {MIX}"
    );
    let disk = format!(", disks: [(who: Node(2), sync: Constant(\"{count}ms\"))]");
    service("ChainReplication(nodes: 3)", &disk, &all, 10 + count / 100)
}

fn paused_node(count: u32) -> String {
    let seconds = count / 10;
    heartbeats_for(seconds + 10, &format!("Between(\"0s\", \"{seconds}s\", Pause(Node(1)))"))
}

fn heartbeats_for(seconds: u32, fault: &str) -> String {
    scenario(&[
        "protocol: EventuallyPerfect(nodes: 5)".to_owned(),
        NETWORK.to_owned(),
        format!("faults: [{fault}]"),
        format!("deadline: \"{seconds}s\""),
    ])
}

fn requests(count: u32) -> String {
    let ask = |place: u32| {
        format!("At(\"{}ms\", {}, Transfer({}))", 1_000 + 20 * place, place % 3, (place + 1) % 3)
    };
    scenario(&[
        "protocol: Raft(nodes: 3)".to_owned(),
        NETWORK.to_owned(),
        format!("workload: Requests([{}])", many(count, ask).join(", ")),
        format!("deadline: \"{}s\"", 10 + count / 40),
    ])
}

fn idle_nodes(count: u32) -> String {
    scenario(&[
        format!("protocol: Raft(nodes: {}, members: [0, 1, 2])", count.max(3)),
        NETWORK.to_owned(),
        "deadline: \"60s\"".to_owned(),
    ])
}

fn ring(count: u32) -> String {
    scenario(&[
        format!("protocol: ChangRoberts(nodes: {count})"),
        NETWORK.to_owned(),
        "deadline: \"1000s\"".to_owned(),
    ])
}

fn main() -> ExitCode {
    let mut rounds = 9;
    let mut only = None;
    // `cargo bench` itself adds `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--rounds" => match arguments.next().and_then(|number| number.parse().ok()) {
                Some(number) if number > 0 => rounds = number,
                _ => return usage(),
            },
            name if !name.starts_with('-') && only.is_none() => only = Some(name.to_owned()),
            _ => return usage(),
        }
    }
    let chosen = |thing: &&Thing| only.as_ref().is_none_or(|name| thing.name.contains(&**name));
    println!("{:<40} {:>8} {:>10} {:>8} {:>8}", "", "count", "ns a step", "twice", "4 times");
    let mut code = ExitCode::SUCCESS;
    for thing in THINGS.iter().filter(chosen) {
        if let Err(why) = measure(thing, rounds) {
            eprintln!("{}: {}", thing.name, why.lines().take(8).collect::<Vec<_>>().join("\n"));
            code = ExitCode::from(2);
        }
    }
    code
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

/// Measures so many, twice and four times as many in turns: the least of the rounds, which is what
/// others on the machine disturb least.
fn measure(thing: &Thing, rounds: u32) -> Result<(), String> {
    let catalogue = catalogue::catalogue();
    let counts = [1, 2, 4].map(|times| thing.first * times);
    let mut worlds = Vec::new();
    for count in counts {
        let text = (thing.text)(count);
        let loaded = load_text("growth.ron", &text, &catalogue).map_err(|why| why.to_string())?;
        worlds.push(loaded.prepared);
    }
    let mut least = [f64::INFINITY; 3];
    for _ in 0..rounds {
        for (least, world) in least.iter_mut().zip(&worlds) {
            *least = least.min(nanos_a_step(world.as_ref()));
        }
    }
    let [first, twice, four] = least;
    println!(
        "{:<40} {:>8} {first:>10.0} {:>8.2} {:>8.2}",
        thing.name,
        thing.first,
        twice / first,
        four / first,
    );
    Ok(())
}

fn nanos_a_step(world: &dyn Prepared) -> f64 {
    let began = thread_nanos();
    let report = world.run(0, &RunOptions::default());
    (thread_nanos() - began) as f64 / report.steps as f64
}

#[cfg(unix)]
fn thread_nanos() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    u64::try_from(time.tv_sec).expect("past") * 1_000_000_000
        + u64::try_from(time.tv_nsec).expect("past")
}
