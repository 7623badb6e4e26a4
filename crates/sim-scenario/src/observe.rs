//! [`Telling`]: what the engine's observer sees, told to a [`Watcher`] as text.

use std::fmt::Debug;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;
use serde::Serialize;
use sim_check::SimTime;
use sim_engine::{Crashed, Fate, Loss, Observer, Released, Sent, StepBegins, StepEnds, Struck};
use sim_node::{Effect, Event, Message, Node, NodeId, Role};

use crate::{
    Detail, Done, Form, Glance, Happening, Json, LostWrite, NodeSettings, Reason, Seen, State,
    Watcher,
};

/// So many of the writes that a crash has lost are told.
const WRITES_MAX: usize = 3;

/// The writes of a crash that are told, the first of those that it has lost.
pub(crate) fn lost_writes<'a, N: Node>(crashed: &Crashed<'a, N>) -> Vec<LostWrite> {
    let told = crashed.writes.iter().take(WRITES_MAX);
    told.map(|record| LostWrite {
        text: Detail::Contents.write(Form::Text, record),
        json: Detail::Contents.write(Form::Json, record),
    })
    .collect()
}

/// Tells a watcher what happens, free of the protocol's types.
pub(crate) struct Telling<'w> {
    watcher: &'w mut dyn Watcher,
    /// The places in the scenario's list of the faults that run.
    faults: &'w [usize],
    /// The settings in which nodes differ.
    settings: &'w NodeSettings,
    /// How many nodes there are.
    nodes: usize,
    /// What is known of every node, by number; behind them, of their second instances.
    known: Vec<Known>,
    /// The step that has begun and not ended.
    begun: Option<Begun>,
}

/// What is known of an instance of a node.
#[derive(Clone, Default)]
struct Known {
    /// Its role so far.
    role: Option<Role>,
    /// Whether it has been up before.
    started: bool,
    /// Its state as it was last written as JSON.
    written: Option<Json>,
}

struct Begun {
    step: u64,
    detail: Detail,
    at: SimTime,
    node: NodeId,
    twin: bool,
    /// `None` when nothing of the step is to be told.
    what: Option<Happening>,
    cause: Option<u64>,
    /// The node's state until then.
    before: Option<State>,
}

impl<'w> Telling<'w> {
    pub(crate) fn new(
        watcher: &'w mut dyn Watcher,
        faults: &'w [usize],
        settings: &'w NodeSettings,
        nodes: u32,
    ) -> Self {
        let nodes = nodes as usize;
        let known = vec![Known::default(); 2 * nodes];
        Self { watcher, faults, settings, nodes, known, begun: None }
    }

    /// A step that began and never ended is one in which a handler or a property panicked: what it
    /// wanted done is dropped.
    pub(crate) fn finish(&mut self) {
        self.end_step(Vec::new(), None, None);
    }

    fn known(&mut self, node: NodeId, twin: bool) -> &mut Known {
        let place = node.index() + if twin { self.nodes } else { 0 };
        &mut self.known[place]
    }

    /// The place in the scenario's list of a fault that runs.
    fn place(&self, fault: usize) -> usize {
        self.faults.get(fault).copied().unwrap_or(fault)
    }

    fn reason(&self, why: Loss) -> Reason {
        Reason(match why {
            Loss::Counted(fault) => Loss::Counted(self.place(fault)),
            other => other,
        })
    }

    /// The state of a node, if it is wanted. What did not change since it was last written is not
    /// written again.
    fn state(
        &mut self,
        is_wanted: bool,
        (node, twin): (NodeId, bool),
        state: &(impl Debug + Serialize),
    ) -> State {
        match self.watcher.form() {
            _ if !is_wanted => State::Text(String::new()),
            Form::Text => State::Text(format!("{state:?}")),
            Form::Json => {
                let written = &mut self.known(node, twin).written;
                let beside = written.as_ref().and_then(|earlier| Json::beside(earlier, state));
                let now = beside.unwrap_or_else(|| json(state));
                *written = Some(now.clone());
                State::Json(now)
            }
        }
    }

    fn end_step(&mut self, effects: Vec<Done>, role: Option<Role>, state: Option<State>) {
        let Some(begun) = self.begun.take() else { return };
        let Begun { step, at, node, twin, what, cause, before, .. } = begun;
        let role_before = std::mem::replace(&mut self.known(node, twin).role, role);
        let Some(what) = what else { return };
        self.watcher.see(Seen::Step {
            step,
            at,
            node,
            twin,
            what,
            cause,
            effects,
            role: role.map(|role| (role.name, role.rank)),
            role_changed: role != role_before,
            before,
            state,
        });
    }
}

impl<N: Node> Observer<N> for Telling<'_> {
    fn step_begins(&mut self, begins: &StepBegins<'_, N>) {
        let (peer, of_kind) = match begins.event {
            Event::Message { from, message } => (Some(*from), Some(kind::<N>(message))),
            _ => (None, None),
        };
        let detail = self.watcher.wants(&Glance {
            step: begins.step,
            at: begins.time,
            node: begins.node,
            twin: begins.twin,
            peer,
            kind: of_kind,
            is_send: false,
            is_lost: false,
        });
        let form = self.watcher.form();
        let again = matches!(begins.event, Event::Start)
            && std::mem::replace(&mut self.known(begins.node, begins.twin).started, true);
        let what = || match begins.event {
            Event::Start => {
                let settings = self.settings.of(begins.node, begins.configured_by);
                Happening::Start { again, settings: settings.map(str::to_owned) }
            }
            Event::Message { from, message } => Happening::Message {
                message: begins.message,
                from: *from,
                kind: kind::<N>(message),
                text: detail.write(form, message),
                print: print(message),
            },
            Event::Timer(timer) => {
                Happening::Timer { text: detail.write(form, timer), print: print(timer) }
            }
            Event::Request(request) => Happening::Request { text: detail.write(form, request) },
        };
        let what = (detail > Detail::Nothing).then(what);
        let &StepBegins { step, time, node, twin, cause, .. } = begins;
        let is_wanted = detail >= Detail::Passage;
        let before = begins.state.map(|state| self.state(is_wanted, (node, twin), state));
        self.begun = Some(Begun { step, detail, at: time, node, twin, what, cause, before });
    }

    fn step_ends(&mut self, ends: &StepEnds<'_, N>) {
        let detail = self.begun.as_ref().map_or(Detail::Nothing, |begun| begun.detail);
        let told = |effect: &&Effect<N>| match detail {
            Detail::Nothing => false,
            Detail::Skeleton => matches!(effect, Effect::Indicate(_) | Effect::Mark(_)),
            Detail::Contents | Detail::States | Detail::Passage => true,
        };
        let form = self.watcher.form();
        let done = |effect| done(effect, detail, form);
        let effects = ends.effects.iter().filter(told).map(done).collect();
        let who = self.begun.as_ref().map(|begun| (begun.node, begun.twin));
        let is_wanted = detail >= Detail::States;
        let told = who.zip(ends.state).map(|(who, state)| self.state(is_wanted, who, state));
        self.end_step(effects, ends.role, told);
    }

    fn sent(&mut self, sent: &Sent<'_, N>) {
        let kind = kind::<N>(sent.content);
        let detail = self.watcher.wants(&Glance {
            step: sent.step,
            at: sent.time,
            node: sent.from,
            twin: sent.twin,
            peer: Some(sent.to),
            kind: Some(kind),
            is_send: true,
            is_lost: matches!(sent.fate, Fate::Lost(_)),
        });
        if detail == Detail::Nothing {
            return;
        }
        let (arrives, held, lost) = match sent.fate {
            Fate::Arrives(at) => (Some(at), None, None),
            Fate::Held(fault) => (None, Some(self.place(fault)), None),
            Fate::Lost(why) => (None, None, Some(self.reason(why))),
        };
        self.watcher.see(Seen::Sent {
            message: sent.message,
            at: sent.time,
            step: sent.step,
            from: sent.from,
            twin: sent.twin,
            to: sent.to,
            kind,
            text: detail.write(self.watcher.form(), sent.content),
            print: print(sent.content),
            arrives,
            held,
            lost,
            copy: sent.copy,
        });
    }

    fn released(&mut self, released: &Released) {
        let &Released { message, time: at, fault, arrives } = released;
        let fault = self.place(fault);
        self.watcher.see(Seen::Released { message, at, fault, arrives });
    }

    fn lost(&mut self, at: SimTime, message: u64, why: Loss) {
        let why = self.reason(why);
        self.watcher.see(Seen::Lost { message, at, why });
    }

    fn fault(&mut self, struck: &Struck<'_>) {
        self.watcher.see(Seen::Fault {
            at: struck.time,
            fault: self.place(struck.fault),
            kind: struck.kind,
            label: struck.label.to_owned(),
            begins: struck.begins,
            victims: struck.victims.to_vec(),
        });
    }

    fn crashed(&mut self, crashed: &Crashed<'_, N>) {
        let &Crashed { time: at, node, fault, loss, .. } = crashed;
        self.known(node, false).role = None;
        let fault = self.place(fault);
        let form = self.watcher.form();
        let written = |write: LostWrite| if form == Form::Text { write.text } else { write.json };
        let writes = lost_writes(crashed).into_iter().map(written).collect();
        self.watcher.see(Seen::Crashed { at, node, fault, loss, writes });
    }

    fn calm(&mut self, at: SimTime, core: &[NodeId]) {
        self.watcher.see(Seen::Calm { at, core: core.to_vec() });
    }
}

fn done<N: Node>(effect: &Effect<N>, detail: Detail, form: Form) -> Done {
    match effect {
        Effect::Send { to, message, resend, .. } => Done::Send {
            to: *to,
            kind: kind::<N>(message),
            text: detail.write(form, message),
            resend: *resend,
        },
        Effect::SetTimer { timer, span } => Done::SetTimer {
            text: detail.write(form, timer),
            min: span.shortest(),
            max: span.longest(),
        },
        Effect::CancelTimer(timer) => Done::CancelTimer { text: detail.write(form, timer) },
        Effect::Write(record) => Done::Write { text: detail.write(form, record) },
        Effect::Barrier => Done::Barrier,
        Effect::Indicate(indication) => Done::Indicate { text: detail.write(form, indication) },
        Effect::Mark(name) => Done::Mark { name },
    }
}

impl Detail {
    /// What a step is about, if it is wanted.
    fn write(self, form: Form, value: &(impl Debug + Serialize)) -> String {
        match (self, form) {
            (Self::Nothing | Self::Skeleton, _) => String::new(),
            (_, Form::Text) => format!("{value:?}"),
            (_, Form::Json) => json(value).to_string(),
        }
    }
}

/// A value as JSON; one that refuses to be serialised, in Rust's debug form.
fn json(value: &(impl Debug + Serialize)) -> Json {
    Json::of(value).unwrap_or_else(|| Json::text(&format!("{value:?}")))
}

fn kind<N: Node>(message: &N::Message) -> &'static str {
    N::Message::KINDS.get(message.kind()).map_or("?", |(name, _)| name)
}

fn print(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}
