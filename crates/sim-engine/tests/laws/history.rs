//! What happened in a run, in lines that can be written down by hand.

use std::collections::BTreeMap;

use sim_check::{Claim, Judged, Obligation, Properties, SimTime, View};
use sim_engine::{
    CrashLoss, Crashed, Fate, Loss, Observer, Released, Sent, StepBegins, StepEnds, Struck,
};
use sim_node::{Effect, Event, NodeId};

use crate::toy::{Script, Toy};

/// Everything that an observer is told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Every step but the starts at the beginning: `5ms n1 A(1) from n0`, `5ms n0 timer 0`,
    /// `5ms n0 request 7`, `5ms n0 restart [1, 2]` with what the disk held.
    pub steps: Vec<String>,
    /// Every message as it leaves: `0s n0>n1 A(1) arrives 1ms`, `0s n0>n1 A(1) lost Cut`; and what
    /// a hold lets go: `0s n0>n1 A(1) held by 0`, `5ms 0 releases A(1) arrives 5ms`.
    pub sent: Vec<String>,
    /// Every message that was lost on its way: `1ms A(1) Down`.
    pub lost: Vec<String>,
    /// Faults, crashes and the calm: `1ms f0 strikes [n1]`, `2ms f0 ends`, `1ms n1 crashed`,
    /// `9ms calm [n0, n1]`.
    pub faults: Vec<String>,
    /// For each crash who, by which fault, what was lost, and which writes.
    pub crashes: Vec<(NodeId, usize, CrashLoss, Vec<u32>)>,
    /// For each step, what caused it.
    pub causes: Vec<Option<u64>>,
    names: BTreeMap<u64, String>,
    started: Vec<NodeId>,
}

fn name(nodes: &[NodeId]) -> String {
    let names: Vec<String> = nodes.iter().map(ToString::to_string).collect();
    format!("[{}]", names.join(", "))
}

impl Observer<Toy> for History {
    fn step_begins(&mut self, step: &StepBegins<'_, Toy>) {
        assert_eq!(step.step, self.causes.len() as u64, "steps are numbered in order");
        self.causes.push(step.cause);
        let (time, node) = (step.time, step.node);
        self.steps.push(match step.event {
            Event::Start if !self.started.contains(&node) => return self.started.push(node),
            Event::Start => format!("{time} {node} restart"),
            Event::Message { from, message } => format!("{time} {node} {message:?} from {from}"),
            Event::Timer(timer) => format!("{time} {node} timer {timer}"),
            Event::Request(request) => format!("{time} {node} request {request}"),
        });
    }

    fn step_ends(&mut self, ends: &StepEnds<'_, Toy>) {
        if let (Some(line), Some(state)) = (self.steps.last_mut(), ends.state)
            && line.ends_with("restart")
        {
            *line = format!("{line} {:?}", state.disk);
        }
    }

    fn sent(&mut self, sent: &Sent<'_, Toy>) {
        let Sent { message, time, from, to, content, .. } = sent;
        self.names.insert(*message, format!("{content:?}"));
        let copy = if sent.copy { "copy " } else { "" };
        let fate = match sent.fate {
            Fate::Arrives(arrives) => format!("arrives {arrives}"),
            Fate::Held(fault) => format!("held by {fault}"),
            Fate::Lost(why) => format!("lost {why:?}"),
        };
        self.sent.push(format!("{time} {from}>{to} {content:?} {copy}{fate}"));
    }

    fn released(&mut self, released: &Released) {
        let Released { message, time, fault, arrives } = released;
        let name = &self.names[message];
        self.sent.push(format!("{time} {fault} releases {name} arrives {arrives}"));
    }

    fn lost(&mut self, time: SimTime, message: u64, why: Loss) {
        let name = &self.names[&message];
        self.lost.push(format!("{time} {name} {why:?}"));
    }

    fn fault(&mut self, struck: &Struck<'_>) {
        let Struck { time, label, victims, .. } = struck;
        self.faults.push(if struck.begins {
            format!("{time} {label} strikes {}", name(victims))
        } else {
            format!("{time} {label} ends")
        });
    }

    fn crashed(&mut self, crashed: &Crashed<'_, Toy>) {
        let Crashed { time, node, fault, loss, writes } = crashed;
        self.faults.push(format!("{time} {node} crashed"));
        self.crashes.push((*node, *fault, *loss, writes.to_vec()));
    }

    fn calm(&mut self, time: SimTime, core: &[NodeId]) {
        self.faults.push(format!("{time} calm {}", name(core)));
    }
}

/// Listens at the top: every indication with its time, `5ms n0 says 1`. It claims nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ears {
    pub said: Vec<String>,
    /// The core that each calm showed to properties: those to which liveness applies.
    pub cores: Vec<Vec<NodeId>>,
}

impl Properties<Toy> for Ears {
    fn claims() -> Vec<&'static Claim> {
        Vec::new()
    }
    fn new(_: &Script, _: u32) -> Self {
        Self::default()
    }
    fn before(&mut self, _: &View<'_, Toy>, _: NodeId, _: &Event<Toy>) {}
    fn after(&mut self, _: &View<'_, Toy>, _: NodeId, _: &[Effect<Toy>]) {}
    fn indicated(&mut self, view: &View<'_, Toy>, node: NodeId, said: &u32) {
        self.said.push(format!("{} {node} says {said}", view.time));
    }
    fn crash(&mut self, _: &View<'_, Toy>, _: NodeId) {}
    fn restart(&mut self, _: &View<'_, Toy>, _: NodeId) {}
    fn calm(&mut self, view: &View<'_, Toy>) {
        self.cores.push(view.correct().map(|(node, _)| node).collect());
    }
    fn end(&mut self, _: &View<'_, Toy>) {}
    fn violated(&self) -> bool {
        false
    }
    fn unmet(&self, _: &View<'_, Toy>, _: &mut Vec<(&'static Claim, Obligation)>) {}
    fn judged<'a>(&'a self, _: &mut Vec<Judged<'a>>) {}
}
