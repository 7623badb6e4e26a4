//! The kinds of faults, a module each: what is to be known of the kind, and its beginning and end.
//!
//! A new kind is its module and its line in the list below. The compiler asks the module for
//! everything that the plan, the calm, the checks of a scenario, storms and pictures need to know
//! of it.

mod bridge;
mod byzantine;
mod corrupt;
mod course;
mod crash;
mod drift;
mod equivocate;
mod full_disk;
mod heal;
mod hold;
mod idle;
mod isolate;
mod jump;
mod links;
mod lose;
mod lying_disk;
mod mobile;
mod mute;
mod omission;
mod omit_receives;
mod omit_sends;
mod one_way;
mod partition;
mod pause;
mod reading;
mod replay;
mod restart;
mod resume;
mod slow;
mod slow_disk;
mod stall_disk;
mod swizzle;
mod tamper;
mod twins;

use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::World;
use crate::fault::{FaultFacts, FaultKind};
use crate::{Observer, PlannedFault};

pub(super) use course::FaultState;
pub(super) use full_disk::Full;
pub(super) use idle::ClockUse;
pub(super) use stall_disk::Stall;

/// What a kind of fault is and does.
pub(crate) trait Behaviour {
    /// What is to be known of the kind.
    const KIND: FaultKind;

    /// What is to be known of one fault of a scenario.
    fn facts(&self) -> FaultFacts<'_>;

    /// It strikes, or begins to hold. Returns whom it struck, or `None` when nobody fits its
    /// target: then nothing has happened, and it waits.
    fn begin<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        watch: &mut O,
    ) -> Option<Vec<NodeId>>;

    /// What lasts ends for these nodes: all whom it struck, or in the calm those of the core.
    fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        nodes: &[NodeId],
        watch: &mut O,
    );

    /// Why it has changed nothing in this run, though it struck: a sentence without a full stop.
    /// `None` when it has, or may have.
    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        _world: &World<N, P>,
        _fault: u32,
    ) -> Option<String> {
        None
    }
}

/// The list of all kinds, in the order in which they are told.
macro_rules! kinds {
    ($($module:ident::$Kind:ident),* $(,)?) => {
        $(pub use $module::$Kind;)*

        /// What is done to the world.
        ///
        /// *Momentary* faults strike once; *lasting* ones hold for their window. Cuts among servers
        /// leave other nodes, such as clients, connected to everybody, unless they are named.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Fault {
            $(#[doc = concat!("See [`", stringify!($Kind), "`].")] $Kind($Kind),)*
        }

        impl Fault {
            /// What is to be known of every kind.
            pub const KINDS: &'static [FaultKind] = &[$($Kind::KIND),*];
            const NAMES: &'static [&'static str] = &[$($Kind::KIND.name),*];

            /// What is to be known of its kind.
            #[must_use]
            pub fn kind(&self) -> &'static FaultKind {
                match self {
                    $(Self::$Kind(_) => const { &$Kind::KIND },)*
                }
            }

            /// What is to be known of it.
            #[must_use]
            pub fn facts(&self) -> FaultFacts<'_> {
                match self {
                    $(Self::$Kind(fault) => fault.facts(),)*
                }
            }

            fn begin<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
                &self,
                world: &mut World<N, P>,
                fault: u32,
                watch: &mut O,
            ) -> Option<Vec<NodeId>> {
                match self {
                    $(Self::$Kind(one) => one.begin(world, fault, watch),)*
                }
            }

            pub(super) fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
                &self,
                world: &mut World<N, P>,
                fault: u32,
                nodes: &[NodeId],
                watch: &mut O,
            ) {
                match self {
                    $(Self::$Kind(one) => one.end(world, fault, nodes, watch),)*
                }
            }

            /// Why it has changed nothing in this run, though it struck.
            pub(super) fn idle_in_run<N: Node, P: Properties<N>>(
                &self,
                world: &World<N, P>,
                fault: u32,
            ) -> Option<String> {
                match self {
                    $(Self::$Kind(one) => one.idle_in_run(world, fault),)*
                }
            }

            /// Reads the kind of this name.
            fn read<'de, V: serde::de::VariantAccess<'de>>(
                name: &str,
                variant: V,
            ) -> Result<Option<Self>, V::Error> {
                use serde::Deserialize;
                $(if name == $Kind::KIND.name {
                    return $Kind::deserialize(reading::Variant(variant)).map(Self::$Kind).map(Some);
                })*
                Ok(None)
            }
        }

        $(impl From<$Kind> for Fault {
            fn from(fault: $Kind) -> Self {
                Self::$Kind(fault)
            }
        })*
    };
}

kinds! {
    crash::Crash,
    restart::Restart,
    pause::Pause,
    resume::Resume,
    partition::Partition,
    isolate::Isolate,
    one_way::OneWay,
    bridge::Bridge,
    swizzle::Swizzle,
    heal::Heal,
    hold::Hold,
    links::Links,
    slow::Slow,
    slow_disk::SlowDisk,
    stall_disk::StallDisk,
    lying_disk::LyingDisk,
    full_disk::FullDisk,
    omit_sends::OmitSends,
    omit_receives::OmitReceives,
    corrupt::Corrupt,
    lose::Lose,
    drift::Drift,
    jump::Jump,
    mobile::Mobile,
    mute::Mute,
    tamper::Tamper,
    equivocate::Equivocate,
    replay::Replay,
    twins::Twins,
}

impl Fault {
    /// The kind of this name.
    #[must_use]
    pub fn kind_named(name: &str) -> Option<&'static FaultKind> {
        Self::KINDS.iter().find(|kind| kind.name == name)
    }
}

impl PlannedFault {
    /// What is to be known of its kind.
    pub(crate) fn kind(&self) -> &'static FaultKind {
        self.fault.kind()
    }
}
