//! The engine with everything on.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sim_check::{Checked, Claim, Judge, Kind, Property, SimTime, View};
use sim_engine::{Delay, Latency, Link, Network, Outcome, Transport, World, WorldSpec};
use sim_node::{Class, Context, Duration, Effect, Never, Node, NodeId, Ratio, Span};

use super::shape::{DELAY_MAX, DELAY_MIN, FAN_OUT_MAX, TIMER_MAX, TIMER_MIN, TIMERS};
use super::{Play, Sample, Workload, clock};

/// The world of a workload, with one property.
pub type Measured = World<Player, Checked<Counted>>;

/// Plays a workload and measures its second part.
pub fn run(workload: Workload, seed: u64) -> Sample {
    measure(world(workload, seed), workload)
}

/// Plays a workload over a table of latencies with a row and a column for each node, and measures
/// its second part. Messages take as long as without.
pub fn run_far_apart(workload: Workload, seed: u64) -> Sample {
    let mut spec = spec(workload);
    let (least, most) = (Duration::from_nanos(DELAY_MIN), DELAY_MAX - DELAY_MIN);
    spec.network.link.delay = Delay::Uniform(Duration::ZERO, Duration::from_nanos(most));
    spec.network.latency = Latency::Regions {
        region: (0..workload.nodes).collect(),
        regions: workload.nodes,
        table: vec![least; workload.nodes as usize * workload.nodes as usize],
    };
    measure(World::new(Arc::new(spec), seed), workload)
}

fn measure(mut world: Measured, workload: Workload) -> Sample {
    let warm_up = workload.virtual_nanos(workload.warm_up());
    let before = until(&mut world, warm_up).steps;
    let clock_before = clock::thread_nanos();
    let outcome = until(&mut world, warm_up + workload.virtual_nanos(workload.events));
    let nanos = clock::thread_nanos() - clock_before;
    assert!(outcome.findings.is_empty(), "the workload broke: {:?}", outcome.findings);
    Sample { events: outcome.steps - before, nanos }
}

/// A workload's world at its beginning.
pub fn world(workload: Workload, seed: u64) -> Measured {
    World::new(Arc::new(spec(workload)), seed)
}

/// Runs a world to an instant.
pub fn until(world: &mut Measured, nanos: u64) -> Outcome {
    world.run_until(SimTime::from_nanos(nanos))
}

fn spec(workload: Workload) -> WorldSpec<Player> {
    let delay = Delay::Uniform(Duration::from_nanos(DELAY_MIN), Duration::from_nanos(DELAY_MAX));
    let link = Link { delay, loss: Ratio::ZERO, duplication: Ratio::ZERO, fifo: false };
    let network = Network::new(Transport::Datagram, link);
    let an_hour = SimTime::from(Duration::from_secs(3_600));
    WorldSpec::new(workload.play, workload.nodes, network, an_hour)
}

/// A node of either play.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Player {
    /// Messages handled.
    pub handled: u32,
}

/// What players send each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Ball {
    /// Is answered; it has been handed on so often.
    Token(u32),
    /// Is not answered.
    Leaf,
}

impl sim_node::Message for Ball {
    const KINDS: &'static [(&'static str, Class)] =
        &[("Token", Class::Protocol), ("Leaf", Class::Protocol)];

    fn kind(&self) -> usize {
        match self {
            Self::Token(_) => 0,
            Self::Leaf => 1,
        }
    }
}

impl Node for Player {
    type Config = Play;
    type Message = Ball;
    type Timer = u32;
    type Request = Never;
    type Indication = Never;
    type Stable = ();

    fn start((): &(), cx: &mut Context<'_, Self>) -> Self {
        send(Ball::Token(0), cx);
        if *cx.config() == Play::Protocol {
            cx.set_timer(0, TIMER);
        }
        Self { handled: 0 }
    }

    fn on_message(&mut self, _: NodeId, ball: Ball, cx: &mut Context<'_, Self>) {
        self.handled = self.handled.wrapping_add(1);
        if *cx.config() == Play::Protocol {
            cx.cancel_timer(self.handled.wrapping_sub(1) % TIMERS);
            cx.set_timer(self.handled % TIMERS, TIMER);
        }
        let Ball::Token(hops) = ball else { return };
        send(Ball::Token(hops.wrapping_add(1)), cx);
        if *cx.config() == Play::Protocol {
            for _ in 0..cx.choose(FAN_OUT_MAX) {
                send(Ball::Leaf, cx);
            }
        }
    }

    fn on_timer(&mut self, timer: u32, cx: &mut Context<'_, Self>) {
        cx.set_timer(timer, TIMER);
    }
}

const TIMER: Span = Span::between(Duration::from_nanos(TIMER_MIN), Duration::from_nanos(TIMER_MAX));

/// Sends to any node but this one.
fn send(ball: Ball, cx: &mut Context<'_, Player>) {
    let drawn = cx.choose(u64::from(cx.servers()) - 1) as u32;
    let to = drawn + u32::from(drawn >= cx.id().number());
    cx.send(NodeId::new(to), ball);
}

/// The one property: nobody forgets what it has handled.
#[derive(Clone, Debug)]
pub struct Counted {
    handled: Vec<u32>,
}

impl Property<Player> for Counted {
    const CLAIM: Claim = Claim {
        code: "B1",
        name: "counted",
        kind: Kind::Safety,
        meaning: "The number of messages handled grows by at most one a step.",
        source: "this bench",
    };

    fn new(_: &Play, servers: u32) -> Self {
        Self { handled: vec![0; servers as usize] }
    }

    fn after(
        &mut self,
        view: &View<'_, Player>,
        node: NodeId,
        _: &[Effect<Player>],
        judge: &mut Judge,
    ) {
        let Some(state) = view.state(node) else { return };
        let before = &mut self.handled[node.index()];
        judge.judged();
        if state.handled.wrapping_sub(*before) > 1 {
            let detail = format!("{node} went from {before} to {}", state.handled);
            judge.violate(node, detail, &[]);
        }
        *before = state.handled;
    }
}
