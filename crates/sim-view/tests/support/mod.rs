//! A run that the test invents: five nodes, a leader that is cut off, a message that comes too
//! late.
#![allow(dead_code, reason = "each test file uses its part of it")]

use sim_check::{Claim, Found, Kind, SimTime, Verdict};
use sim_engine::{CrashLoss, FaultReport, Loss};
use sim_node::{Class, Duration, NodeId};
use sim_scenario::{
    Done, Expectation, Happening, Messages, NodeSettings, PropertyReport, ProtocolFacts, Reason,
    Report, ScenarioFacts, Seen, State, ViolationReport, Watcher,
};

static CLAIMS: [Claim; 2] = [
    Claim {
        code: "LE1",
        name: "agreement",
        kind: Kind::Safety,
        meaning: "No two nodes take different leaders at the same time.",
        source: "Garcia-Molina 1982",
    },
    Claim {
        code: "LE2",
        name: "termination",
        kind: Kind::Liveness,
        meaning: "Every node that is up learns of a leader.",
        source: "Garcia-Molina 1982",
    },
];

pub(crate) fn facts(nodes: u32) -> ScenarioFacts {
    ScenarioFacts {
        title: "the leader is cut off".to_owned(),
        protocol: ProtocolFacts {
            name: "Bully",
            family: "election",
            summary: "The highest number wins.",
            source: "Garcia-Molina 1982",
            model: "synchronous, crash-stop",
            roles: &["leader"],
            headline: Some("leader"),
            resting: None,
            rank: Some("term"),
            requests: &[],
            has_disks: false,
            images: &[],
            marks: &["quiet"],
            kinds: vec!["Election", "Coordinator"],
            classes: vec![Class::Protocol; 2],
            servers: (1, 64),
            workload: None,
            fields: &[],
            properties: CLAIMS.iter().collect(),
        },
        expect: Expectation::Holds,
        servers: nodes,
        others: 0,
        parties: vec![],
        faults: vec!["At(\"6ms\", Isolate(Leader))".to_owned(), "At(\"9s\", Heal)".to_owned()],
        requests: vec![],
        reaches: vec![],
        settings: NodeSettings::default(),
        clocks: vec![],
        calm: None,
        deadline: SimTime::from_nanos(9_500_000_000),
    }
}

pub(crate) fn report() -> Report {
    Report {
        title: "the leader is cut off".to_owned(),
        protocol: "Bully".to_owned(),
        seed: 7,
        verdict: Verdict::Violated,
        as_expected: false,
        digest: 0x0123_4567_89ab_cdef,
        steps: 14,
        ended_at_ns: 25_500_000,
        messages: Messages {
            total: 9,
            protocol: 9,
            lost: 3,
            in_flight: 1,
            by_kind: [("Coordinator", 8), ("Election", 1)].into(),
            ..Messages::default()
        },
        properties: vec![
            PropertyReport {
                code: "LE1",
                name: "agreement",
                kind: Kind::Safety,
                verdict: Verdict::Violated,
            },
            PropertyReport {
                code: "LE2",
                name: "termination",
                kind: Kind::Liveness,
                verdict: Verdict::Vacuous,
            },
        ],
        violations: vec![ViolationReport {
            code: "LE1",
            at_ns: 25_500_000,
            node: Some(NodeId::new(0)),
            detail: "n0 takes n3 for the leader while n1 takes n4".to_owned(),
            step: Some(13),
            found: Found::AtStep,
            witnesses: vec![8],
        }],
        warnings: vec!["fault 1, `At(\"9s\", Heal)`, never took effect".to_owned()],
        reproduce: "rehearse run scenarios/election/cut-off.ron --seed 7".to_owned(),
        undecided: None,
        assumption_broken: None,
        faults: vec![
            FaultReport {
                label: "At(\"6ms\", Isolate(Leader))".to_owned(),
                struck: 1,
                first: Some(SimTime::from_nanos(6_000_000)),
                victims: vec![NodeId::new(4)],
                idle: None,
            },
            FaultReport {
                label: "At(\"9s\", Heal)".to_owned(),
                struck: 0,
                first: None,
                victims: vec![],
                idle: None,
            },
        ],
        crashes: vec![],
        byzantine: vec![],
        requests: vec![],
        marks: vec![],
        reaches: vec![],
        costs: vec![],
        unmet: vec![],
        timeline: None,
        history: None,
    }
}

/// A crash of which nobody says by which fault, and in which a write was lost.
pub(crate) fn crashed(us: u64, node: u32) -> Seen {
    let loss = CrashLoss { writes: 1, survived: 1, ..CrashLoss::default() };
    let writes = vec!["Elected(4)".to_owned()];
    Seen::Crashed { at: at(us), node: NodeId::new(node), fault: 0, loss, writes }
}

pub(crate) struct Tape {
    seen: Vec<Seen>,
    steps: u64,
}

impl Tape {
    pub(crate) fn new() -> Self {
        Self { seen: Vec::new(), steps: 0 }
    }

    pub(crate) fn step(&mut self, us: u64, node: u32, what: Happening, cause: Option<u64>) -> u64 {
        self.full(us, node, what, cause, vec![], None)
    }

    pub(crate) fn full(
        &mut self,
        us: u64,
        node: u32,
        what: Happening,
        cause: Option<u64>,
        effects: Vec<Done>,
        role: Option<&'static str>,
    ) -> u64 {
        let step = self.steps;
        self.steps += 1;
        self.seen.push(Seen::Step {
            step,
            at: at(us),
            node: NodeId::new(node),
            twin: false,
            what,
            cause,
            effects,
            role: role.map(|name| (name, 1)),
            role_changed: role.is_some(),
            before: None,
            state: Some(State::Text("State".to_owned())),
        });
        step
    }

    pub(crate) fn sent(&mut self, message: u64, us: u64, step: u64, ends: (u32, u32), fate: Fate) {
        let (from, to) = ends;
        let (arrives, held, lost) = match fate {
            Fate::Arrives(us) => (Some(at(us)), None, None),
            Fate::Held(fault) => (None, Some(fault), None),
            Fate::Lost(why) => (None, None, Some(Reason(why))),
        };
        self.seen.push(Seen::Sent {
            message,
            at: at(us),
            step,
            from: NodeId::new(from),
            twin: false,
            to: NodeId::new(to),
            kind: "Coordinator",
            text: format!("Coordinator({from})"),
            print: from.into(),
            arrives,
            held,
            lost,
            copy: false,
        });
    }

    /// A step of the second instance of a node.
    pub(crate) fn twin(&mut self, us: u64, node: u32, what: Happening) {
        self.full(us, node, what, None, vec![], None);
        if let Some(Seen::Step { twin, .. }) = self.seen.last_mut() {
            *twin = true;
        }
    }

    pub(crate) fn sent_by_twin(
        &mut self,
        message: u64,
        us: u64,
        step: u64,
        ends: (u32, u32),
        arrives: u64,
    ) {
        self.sent(message, us, step, ends, Fate::Arrives(arrives));
        if let Some(Seen::Sent { twin, .. }) = self.seen.last_mut() {
            *twin = true;
        }
    }

    pub(crate) fn push(&mut self, seen: Seen) {
        self.seen.push(seen);
    }

    pub(crate) fn play(&self, watcher: &mut dyn Watcher) {
        for seen in &self.seen {
            watcher.see(seen.clone());
        }
    }
}

pub(crate) enum Fate {
    Arrives(u64),
    Held(usize),
    Lost(Loss),
}

pub(crate) fn at(us: u64) -> SimTime {
    SimTime::from_nanos(us * 1_000)
}

pub(crate) fn receives(message: u64, from: u32) -> Happening {
    Happening::Message {
        message: Some(message),
        from: NodeId::new(from),
        kind: "Coordinator",
        text: format!("Coordinator({from})"),
        print: from.into(),
    }
}

pub(crate) fn indicates(leader: u32) -> Done {
    Done::Indicate { text: format!("Leader(n{leader})") }
}

fn timer(text: &str) -> Done {
    let duration = Duration::from_millis(10);
    Done::SetTimer { text: text.to_owned(), min: duration, max: duration }
}

/// Node 4 leads and is cut off; node 3 takes over; a message of node 4 reaches node 1 late.
pub(crate) fn cut_off() -> Tape {
    let mut tape = Tape::new();
    for node in 0..5 {
        tape.full(
            0,
            node,
            Happening::Start { again: false, settings: None },
            None,
            vec![timer("Patience")],
            None,
        );
    }
    let request = Happening::Request { text: "Stand".to_owned() };
    let send = |to| Done::Send {
        to: NodeId::new(to),
        kind: "Coordinator",
        text: "Coordinator(4)".to_owned(),
        resend: false,
    };
    let effects = (0..4).map(send).chain([Done::Mark { name: "quiet" }, indicates(4)]).collect();
    let four = tape.full(2_000, 4, request, None, effects, Some("leader"));
    tape.sent(0, 2_000, four, (4, 0), Fate::Arrives(7_100));
    tape.sent(1, 2_000, four, (4, 1), Fate::Arrives(9_250));
    tape.sent(2, 2_000, four, (4, 2), Fate::Arrives(4_400));
    tape.sent(3, 2_000, four, (4, 3), Fate::Lost(Loss::Link));
    tape.full(4_400, 2, receives(2, 4), Some(four), vec![indicates(4)], None);
    tape.push(Seen::Fault {
        at: at(6_000),
        fault: 0,
        kind: sim_scenario::Fault::kind_named("Isolate").expect("a kind"),
        label: "At(\"6ms\", Isolate(Leader))".to_owned(),
        begins: true,
        victims: vec![NodeId::new(4)],
    });
    tape.full(7_100, 0, receives(0, 4), Some(four), vec![indicates(4)], None);
    tape.full(9_600, 1, receives(1, 4), Some(four), vec![indicates(4)], None);
    let fires = Happening::Timer { text: "Patience".to_owned(), print: 1 };
    let three = tape.full(10_000, 3, fires, Some(3), vec![indicates(3)], Some("leader"));
    tape.sent(4, 10_000, three, (3, 0), Fate::Arrives(25_500));
    tape.sent(5, 10_000, three, (3, 1), Fate::Arrives(30_000));
    tape.sent(6, 10_000, three, (3, 2), Fate::Arrives(12_000));
    tape.sent(7, 10_000, three, (3, 4), Fate::Lost(Loss::Cut));
    tape.push(crashed(11_000, 2));
    tape.push(Seen::Lost { message: 6, at: at(12_000), why: Reason(Loss::Down) });
    tape.step(
        15_000,
        2,
        Happening::Start { again: true, settings: Some("patience: \"20ms\"".to_owned()) },
        None,
    );
    tape.step(16_000, 4, Happening::Timer { text: "Patience".to_owned(), print: 1 }, Some(4));
    let own = Happening::Message {
        message: None,
        from: NodeId::new(4),
        kind: "Election",
        text: "Election".to_owned(),
        print: 5,
    };
    tape.step(16_000, 4, own, Some(11));
    tape.full(25_500, 0, receives(4, 3), Some(three), vec![indicates(3)], None);
    tape
}
