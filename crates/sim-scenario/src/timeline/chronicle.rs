//! [`Chronicle`]: makes a timeline of what the engine's observer sees.

use sim_check::{SimTime, Wait};
use sim_engine::{
    Crashed, Ender, FaultKind, FaultTime, InCalm, Loss, Observer, Released, Sent, StepBegins,
    StepEnds, Struck, Victims,
};
use sim_node::{Effect, Event, Node, NodeId};

use crate::observe::lost_writes;
use crate::{Crash, LostWrite};

use super::{Clients, DownSpan, FaultSpan, MOST, MarkPlace, MarkRow, PLACES, RoleSpan, Timeline};

/// Makes a timeline while the run goes on. A step that changes nothing of it costs a few
/// nanoseconds.
pub(crate) struct Chronicle<'a> {
    /// The places in the scenario's list of the faults that run.
    faults: &'a [usize],
    /// The marks of the protocol, in its order.
    marks: &'a [&'static str],
    timeline: Timeline,
    /// The writes that each crash has lost, in order of time: the first of each crash, as long as
    /// there is room.
    lost: Vec<Vec<LostWrite>>,
    /// Every node's role so far, by number.
    roles: Vec<Option<RoleSpan>>,
    /// Since when each node is down, by number.
    down: Vec<Option<SimTime>>,
    /// Faults that have begun and not ended: their places in the timeline.
    in_force: Vec<(usize, &'static FaultKind)>,
    servers: u32,
    /// The step under way.
    step: u64,
    at: SimTime,
    node: NodeId,
    /// Whether a second instance of the node makes it.
    twin: bool,
}

impl<'a> Chronicle<'a> {
    pub(crate) fn new(
        faults: &'a [usize],
        marks: &'a [&'static str],
        (servers, others): (u32, u32),
    ) -> Self {
        let nodes = (servers + others) as usize;
        Self {
            faults,
            marks,
            timeline: Timeline::default(),
            lost: Vec::new(),
            roles: vec![None; nodes],
            down: vec![None; nodes],
            in_force: Vec::new(),
            servers,
            step: 0,
            at: SimTime::ZERO,
            node: NodeId::new(0),
            twin: false,
        }
    }

    /// What the crashes lost, for their rows in the report.
    pub(crate) fn name_lost_writes(&mut self, crashes: &mut [Crash]) {
        for (crash, writes) in crashes.iter_mut().zip(std::mem::take(&mut self.lost)) {
            crash.writes = writes;
        }
    }

    /// The timeline of the run, which has ended. `waits` are those of its clients.
    pub(crate) fn finish(mut self, ended: SimTime, waits: &[Wait]) -> Timeline {
        for role in std::mem::take(&mut self.roles).into_iter().flatten() {
            self.keep_role(role);
        }
        for (number, since) in (0..).zip(std::mem::take(&mut self.down)) {
            if let Some(from) = since {
                self.keep_down(DownSpan { node: NodeId::new(number), from, to: None });
            }
        }
        let mut timeline = self.timeline;
        timeline.roles.sort_by_key(|span| (span.from, span.node));
        timeline.downs.sort_by_key(|span| (span.from, span.node));
        let order = |mark: &MarkRow| self.marks.iter().position(|name| *name == mark.name);
        timeline.marks.sort_by_key(|mark| order(mark).unwrap_or(usize::MAX));
        timeline.clients = Clients::of(waits, ended);
        timeline
    }

    fn keep_role(&mut self, span: RoleSpan) {
        keep(&mut self.timeline.roles, span, &mut self.timeline.left_out);
    }

    fn keep_down(&mut self, span: DownSpan) {
        keep(&mut self.timeline.downs, span, &mut self.timeline.left_out);
    }

    /// The node's role is another from now on. A role that goes on under another rank is the same.
    fn change_role(&mut self, role: Option<sim_node::Role>) {
        let (node, from) = (self.node, self.at);
        let now =
            role.map(|role| RoleSpan { node, role: role.name, rank: role.rank, from, to: None });
        if let Some(before) = std::mem::replace(&mut self.roles[node.index()], now) {
            self.keep_role(RoleSpan { to: Some(from), ..before });
        }
    }

    fn mark(&mut self, name: &'static str) {
        let place = MarkPlace { node: self.node, at: self.at, step: self.step };
        let marks = &mut self.timeline.marks;
        let known = marks.iter().position(|mark| mark.name == name).unwrap_or_else(|| {
            marks.push(MarkRow { name, places: Vec::new() });
            marks.len() - 1
        });
        let row = &mut marks[known];
        if row.places.len() < PLACES {
            row.places.push(place);
        }
    }

    /// The faults in force for which this holds have ended.
    fn end_faults(&mut self, at: SimTime, ends: impl Fn(&FaultSpan, &FaultKind) -> bool) {
        let spans = &mut self.timeline.faults;
        self.in_force.retain(|(place, kind)| {
            let ends = ends(&spans[*place], kind);
            if ends {
                spans[*place].to = Some(at);
            }
            !ends
        });
    }
}

/// Adds what there is room for.
fn keep<T>(list: &mut Vec<T>, item: T, left_out: &mut u64) -> bool {
    if list.len() == MOST {
        *left_out += 1;
        return false;
    }
    list.push(item);
    true
}

impl<N: Node> Observer<N> for Chronicle<'_> {
    #[inline]
    fn step_begins(&mut self, begins: &StepBegins<'_, N>) {
        (self.step, self.at, self.node) = (begins.step, begins.time, begins.node);
        self.twin = begins.twin;
        if matches!(begins.event, Event::Start)
            && !self.twin
            && let Some(from) = self.down[self.node.index()].take()
        {
            self.keep_down(DownSpan { node: self.node, from, to: Some(self.at) });
        }
    }

    #[inline]
    fn step_ends(&mut self, ends: &StepEnds<'_, N>) {
        for effect in ends.effects {
            if let Effect::Mark(name) = effect {
                self.mark(name);
            }
        }
        // A row of the timeline is about the first instance of its node.
        if self.twin {
            return;
        }
        let role = ends.role;
        let known = self.roles[self.node.index()].as_ref().map(|span| span.role);
        if role.map(|role| role.name) != known {
            self.change_role(role);
        }
    }

    fn fault(&mut self, struck: &Struck<'_>) {
        let fault = self.faults.get(struck.fault).copied().unwrap_or(struck.fault);
        if !struck.begins {
            // Of a fault that has struck one after the other, one may come free before others.
            let of = |node: &NodeId| struck.victims.is_empty() || struck.victims.contains(node);
            return self.end_faults(struck.time, |span, _| {
                span.fault == fault && span.victims.iter().all(of)
            });
        }
        if struck.kind.ends() == Some(Ender::Resume) {
            let resumed = |node: &NodeId| struck.victims.contains(node);
            self.end_faults(struck.time, |span, kind| {
                kind.victims == Victims::Paused && span.victims.iter().all(resumed)
            });
        }
        let lasts = !struck.kind.is_momentary();
        let span = FaultSpan {
            fault,
            from: struck.time,
            to: (!lasts).then_some(struck.time),
            victims: struck.victims.to_vec(),
        };
        if keep(&mut self.timeline.faults, span, &mut self.timeline.left_out) && lasts {
            self.in_force.push((self.timeline.faults.len() - 1, struck.kind));
        }
    }

    fn crashed(&mut self, crashed: &Crashed<'_, N>) {
        let &Crashed { time: at, node, .. } = crashed;
        if self.lost.len() < MOST {
            self.lost.push(lost_writes(crashed));
        }
        if let Some(role) = self.roles[node.index()].take() {
            self.keep_role(RoleSpan { to: Some(at), ..role });
        }
        self.down[node.index()] = Some(at);
    }

    fn calm(&mut self, at: SimTime, core: &[NodeId]) {
        self.timeline.calm = Some(at);
        let servers = self.servers;
        let free = |node: &NodeId| node.number() >= servers || core.contains(node);
        self.end_faults(at, |span, kind| match kind.time {
            FaultTime::Lasting { calm: InCalm::Stops, .. } => true,
            _ => span.victims.iter().all(free),
        });
    }
}

/// Two observers of one run.
pub(crate) struct Both<'a, N: Node>(
    pub(crate) &'a mut dyn Observer<N>,
    pub(crate) &'a mut dyn Observer<N>,
);

impl<N: Node> Observer<N> for Both<'_, N> {
    fn watches(&self) -> bool {
        self.0.watches() || self.1.watches()
    }

    fn step_begins(&mut self, begins: &StepBegins<'_, N>) {
        self.0.step_begins(begins);
        self.1.step_begins(begins);
    }

    fn step_ends(&mut self, ends: &StepEnds<'_, N>) {
        self.0.step_ends(ends);
        self.1.step_ends(ends);
    }

    fn sent(&mut self, sent: &Sent<'_, N>) {
        self.0.sent(sent);
        self.1.sent(sent);
    }

    fn released(&mut self, released: &Released) {
        self.0.released(released);
        self.1.released(released);
    }

    fn lost(&mut self, time: SimTime, message: u64, why: Loss) {
        self.0.lost(time, message, why);
        self.1.lost(time, message, why);
    }

    fn fault(&mut self, struck: &Struck<'_>) {
        self.0.fault(struck);
        self.1.fault(struck);
    }

    fn crashed(&mut self, crashed: &Crashed<'_, N>) {
        self.0.crashed(crashed);
        self.1.crashed(crashed);
    }

    fn calm(&mut self, time: SimTime, core: &[NodeId]) {
        self.0.calm(time, core);
        self.1.calm(time, core);
    }
}
