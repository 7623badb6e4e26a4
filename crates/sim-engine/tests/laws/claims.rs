//! Claims about scripted nodes, for the tests of verdicts.

use sim_check::{Claim, Judge, Kind, Obligation, Property, SimTime, View};
use sim_node::{Effect, Event, NodeId};

use crate::toy::{Script, Toy};

const fn claim(code: &'static str, kind: Kind) -> Claim {
    Claim { code, name: code, kind, meaning: "a claim of a test", source: "this test" }
}

/// Liveness: node 0's timer `N` fires.
#[derive(Clone, Debug, Default)]
pub struct Fires<const N: u8> {
    fired: bool,
}

impl<const N: u8> Property<Toy> for Fires<N> {
    const CLAIM: Claim = claim(["FIRES0", "FIRES1", "FIRES2"][N as usize], Kind::Liveness);

    fn new(_: &Script, _: u32) -> Self {
        Self::default()
    }

    fn before(&mut self, _: &View<'_, Toy>, node: NodeId, event: &Event<Toy>, judge: &mut Judge) {
        if node == NodeId::new(0) && *event == Event::Timer(N) {
            self.fired = true;
            judge.judged();
        }
    }

    fn unmet(&self, _: &View<'_, Toy>) -> Option<Obligation> {
        let node = Some(NodeId::new(0));
        (!self.fired).then(|| Obligation { node, detail: format!("timer {N} has not fired") })
    }
}

/// Safety: nobody ever says `N`.
#[derive(Clone, Debug, Default)]
pub struct NeverSaid<const N: u32>;

impl<const N: u32> Property<Toy> for NeverSaid<N> {
    const CLAIM: Claim = claim(if N == 9 { "NOT9" } else { "NOT8" }, Kind::Safety);

    fn new(_: &Script, _: u32) -> Self {
        Self
    }

    fn indicated(&mut self, _: &View<'_, Toy>, node: NodeId, said: &u32, judge: &mut Judge) {
        judge.judged();
        if *said == N {
            judge.violate(node, format!("{node} said {N}"), &[0]);
        }
    }
}

/// Safety, judged in other hooks than most: nobody crashes, and nobody leads when the run ends.
#[derive(Clone, Debug, Default)]
pub struct EndsWell;

impl Property<Toy> for EndsWell {
    const CLAIM: Claim = claim("END", Kind::Safety);

    fn new(_: &Script, _: u32) -> Self {
        Self
    }

    fn crash(&mut self, _: &View<'_, Toy>, node: NodeId, judge: &mut Judge) {
        judge.violate(node, "it crashed", &[]);
    }

    fn end(&mut self, view: &View<'_, Toy>, judge: &mut Judge) {
        judge.judged();
        for (node, state) in view.up() {
            if state.role.is_some() {
                judge.violate(node, "it leads at the end", &[]);
            }
        }
    }
}

/// That the end is judged at the deadline or later.
#[derive(Clone, Debug)]
pub struct JudgedAtTheDeadline;

impl Property<Toy> for JudgedAtTheDeadline {
    const CLAIM: Claim = claim("DUE", Kind::Liveness);

    fn new(_: &Script, _: u32) -> Self {
        Self
    }

    fn end(&mut self, view: &View<'_, Toy>, judge: &mut Judge) {
        judge.judged();
        if view.time < crate::scene::at(100) {
            judge.violate(None, format!("judged at {}", view.time), &[]);
        }
    }
}

/// Safety, judged before each step: nobody leads for longer than 5 ms.
#[derive(Clone, Debug, Default)]
pub struct LeadsBriefly {
    since: Option<(SimTime, u64)>,
}

impl Property<Toy> for LeadsBriefly {
    const CLAIM: Claim = claim("BRIEF", Kind::Safety);

    fn new(_: &Script, _: u32) -> Self {
        Self::default()
    }

    fn before(&mut self, view: &View<'_, Toy>, _: NodeId, _: &Event<Toy>, judge: &mut Judge) {
        if let Some((since, step)) = self.since
            && view.time - since > crate::toy::ms(5)
        {
            judge.violate(None, "it has led for too long", &[step]);
        }
    }

    fn after(&mut self, view: &View<'_, Toy>, node: NodeId, _: &[Effect<Toy>], judge: &mut Judge) {
        judge.judged();
        if view.state(node).is_some_and(|state| state.role.is_some()) {
            self.since.get_or_insert((view.time, view.step));
        }
    }
}

/// Safety, never violated: it remembers a kilobyte of each step.
#[derive(Clone, Debug, Default)]
pub struct Remembers(u64);

impl Property<Toy> for Remembers {
    const CLAIM: Claim = claim("REMEMBERS", Kind::Safety);

    fn new(_: &Script, _: u32) -> Self {
        Self::default()
    }

    fn after(&mut self, _: &View<'_, Toy>, _: NodeId, _: &[Effect<Toy>], judge: &mut Judge) {
        judge.judged();
        self.0 += 1_024;
    }

    fn kept(&self) -> u64 {
        self.0
    }
}
