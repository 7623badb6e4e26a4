//! A crash: the node loses its volatile state.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Duration, Node, NodeId};

use super::Behaviour;
use crate::fault::{
    Argument, Arguments, CrashInStep, FaultFacts, FaultKind, FaultTime, InStep, Late, Part, Sides,
    Victims,
};
use crate::world::World;
use crate::world::nodes::Status;
use crate::{DiskLoss, Failures, Inside, Observer, OtherSettings, Target};

/// Momentary: the node loses its volatile state and what its barriers held. It restarts after
/// `down`, or never. With `inside`, it crashes inside its next step (the triggering one, if the
/// target is `Trigger`): the first effects happen, the rest never do.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crash {
    /// Who.
    pub who: Target,
    /// How long it stays down; for good when left out.
    #[serde(default)]
    pub down: Option<Duration>,
    /// What becomes of its disk.
    #[serde(default)]
    pub disk: DiskLoss,
    /// Between steps when left out.
    #[serde(default)]
    pub inside: Option<Inside>,
    /// The settings that it starts with from then on, in the place of those that an earlier fault
    /// gave it; the same as before when left out.
    #[serde(default)]
    pub settings: Option<OtherSettings>,
}

impl Behaviour for Crash {
    const KIND: FaultKind = FaultKind {
        name: "Crash",
        example: "Crash(who: Random(1), down: \"500ms\")",
        time: FaultTime::Momentary { ends: None },
        victims: Victims::Down,
        draws: Some("which writes survive, and the place inside a step"),
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self { who, down, disk, inside, settings } = self;
        let arguments = Arguments::none()
            .field("who", Argument::Target(who))
            .given("down", down.map(Argument::Duration))
            .field("disk", Argument::Disk(*disk))
            .given("inside", inside.map(Argument::Inside))
            .given("settings", settings.map(|_| Argument::Settings));
        let crash = |inside: Inside| CrashInStep { inside, disk: *disk, down: *down };
        FaultFacts {
            arguments,
            sides: Sides::None,
            part: Part::Nodes,
            failure: Some(match down {
                None => (Failures::CrashStop, "a node crashes"),
                Some(_) if disk.is_of_durable_writes() => {
                    (Failures::Any, "a node returns without its disk")
                }
                Some(_) => (Failures::CrashRecovery, "a crashed node returns"),
            }),
            late: Late::Never,
            step: match (who, inside) {
                (Target::Trigger, Some(inside)) => InStep::Crashes(crash(*inside)),
                (Target::Trigger, None) => InStep::CrashesAfter(crash(Inside::First(u32::MAX))),
                _ => InStep::After,
            },
            idle: None,
        }
    }

    fn begin<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        watch: &mut O,
    ) -> Option<Vec<NodeId>> {
        let mut victims = world.find(fault, &self.who)?;
        victims.retain(|node| world.status[node.index()].has(Status::UP));
        if let Some(inside) = self.inside {
            let crash = CrashInStep { inside, disk: self.disk, down: self.down };
            victims.into_iter().for_each(|node| world.plan_crash_in_step(node, fault, crash));
            // A node that crashes inside a step is struck when it crashes.
            return Some(Vec::new());
        }
        for &node in &victims {
            world.crash(node, self.disk, fault, watch);
            world.configure(node, fault);
            if let Some(down) = self.down {
                world.restart_at(world.now.saturating_add(down.as_nanos()), node);
            }
        }
        Some(victims)
    }

    fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        _: &mut World<N, P>,
        _: u32,
        _: &[NodeId],
        _: &mut O,
    ) {
    }
}
