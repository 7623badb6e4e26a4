//! Peterson's lock for two (*Myths about the mutual exclusion problem*, Information Processing
//! Letters 12(3), 1981).
//!
//! ```text
//! flag[i] := true; turn := i;                     the doorway
//! wait until not flag[other] or turn ≠ i;         one access at a time, over and over
//! critical section;
//! flag[i] := false
//! ```

use serde::{Deserialize, Serialize};
use sim_node::Node;
use sim_protocol::{Protocol, SettingsError, Setup};

use crate::properties::Claims;
use crate::{Access, Domain, Life, Lock, Mark, Part, RegisterConfig, Section, Semantics, World};

/// Peterson's lock, as the tools see it.
#[derive(Clone, Copy, Debug)]
pub enum Peterson {}

/// The names of the registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Shared {
    /// `flag[i]`: process i wants in, or is inside. Written by i alone.
    Flag(u32),
    /// Who came last, and so gives way. Written by both.
    Turn,
}

/// A line of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum PetersonLock {
    /// Outside.
    Remainder,
    /// `flag[i] := true`
    RaiseFlag,
    /// `turn := i`
    TakeTurn,
    /// Is the other's flag down?
    ReadFlag,
    /// Did the other come last?
    ReadTurn,
    /// Inside.
    Critical,
    /// `flag[i] := false`
    LowerFlag,
}

impl Lock for PetersonLock {
    type Name = Shared;
    type Config = PetersonSettings;

    fn new() -> Self {
        Self::Remainder
    }

    fn registers(config: &PetersonSettings) -> Vec<(Shared, RegisterConfig)> {
        let bit = |semantics| RegisterConfig { semantics, domain: Domain::UpTo(1) };
        vec![
            (Shared::Flag(0), bit(config.flags)),
            (Shared::Flag(1), bit(config.flags)),
            (Shared::Turn, bit(config.turn)),
        ]
    }

    fn section(&self) -> Section {
        match self {
            Self::Remainder => Section::Remainder,
            Self::RaiseFlag | Self::TakeTurn => Section::Doorway,
            Self::ReadFlag | Self::ReadTurn => Section::Waiting,
            Self::Critical => Section::Critical,
            Self::LowerFlag => Section::Exit,
        }
    }

    fn enter(&mut self, _: u32, _: &PetersonSettings) {
        *self = Self::RaiseFlag;
    }

    fn access(&self, me: u32) -> Option<Access<Shared>> {
        let other = 1 - me;
        match self {
            Self::RaiseFlag => Some(Access::Write(Shared::Flag(me), 1)),
            Self::TakeTurn => Some(Access::Write(Shared::Turn, u64::from(me))),
            Self::ReadFlag => Some(Access::Read(Shared::Flag(other))),
            Self::ReadTurn => Some(Access::Read(Shared::Turn)),
            Self::LowerFlag => Some(Access::Write(Shared::Flag(me), 0)),
            Self::Remainder | Self::Critical => None,
        }
    }

    fn advance(&mut self, value: u64, me: u32, _: &PetersonSettings) {
        *self = match self {
            Self::RaiseFlag => Self::TakeTurn,
            Self::TakeTurn => Self::ReadFlag,
            Self::ReadFlag if value == 0 => Self::Critical,
            Self::ReadFlag => Self::ReadTurn,
            Self::ReadTurn if value != u64::from(me) => Self::Critical,
            Self::ReadTurn => Self::ReadFlag,
            Self::LowerFlag => Self::Remainder,
            Self::Remainder | Self::Critical => unreachable!("no access is under way"),
        };
    }

    fn leave(&mut self) {
        *self = Self::LowerFlag;
    }
}

/// What a scenario may set of Peterson's lock.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct PetersonSettings {
    /// The semantics of the two flags: what overlapping accesses return.
    #[setting(default = Semantics::Atomic)]
    pub flags: Semantics,
    /// The semantics of the register that both processes write; with less than Atomic the lock
    /// fails.
    #[setting(default = Semantics::Atomic)]
    pub turn: Semantics,
    /// How processes and memory live.
    #[setting(flatten)]
    pub life: Life,
}

impl Protocol for Peterson {
    const NAME: &'static str = "Peterson";
    const FAMILY: &'static str = "shared-memory";
    const SUMMARY: &'static str = "Mutual exclusion for two processes with three registers.";
    const SOURCE: &'static str =
        "Peterson 1981, Myths about the mutual exclusion problem; Lynch 1996, section 10.5.1";
    const MODEL: &'static str = "asynchronous, perfect links, no crash within the protocol; \
        safe flags, an atomic turn";
    const ROLES: &'static [&'static str] = Part::ALL;
    const HEADLINE: Option<&'static str> = Some(Part::Critical.name());
    const MARKS: &'static [&'static str] = Mark::ALL;

    const SERVERS: (u32, u32) = (2, 2);

    type Settings = PetersonSettings;
    type Workload = ();
    type Node = World<PetersonLock>;
    type Request = <World<PetersonLock> as Node>::Request;
    type Properties = Claims;

    fn configure(
        settings: &PetersonSettings,
        _: Option<&()>,
    ) -> Result<Setup<World<PetersonLock>>, SettingsError> {
        Ok(settings.life.setup(2, settings.clone()))
    }
}
