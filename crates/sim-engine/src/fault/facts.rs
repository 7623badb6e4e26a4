//! [`FaultFacts`]: what is to be known of one fault of a scenario before it strikes.

use sim_node::{Drift, Duration, Offset, Ratio};

use crate::{Cut, Delay, DiskLoss, Failures, First, Inside, Occasion, Strike, Target};

/// What is to be known of one fault of a scenario before it strikes. Each kind gives all of it in
/// its module.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultFacts<'a> {
    /// Its arguments.
    pub arguments: Arguments<'a>,
    /// Whom it sets apart from whom.
    pub sides: Sides<'a>,
    /// The part of the world that it changes.
    pub part: Part<'a>,
    /// The weakest failure model that permits it, and what it does to be ruled out by others;
    /// `None` when every model permits it.
    pub failure: Option<(Failures, &'static str)>,
    /// How it makes messages late.
    pub late: Late<'a>,
    /// Where it strikes when a step sets it off.
    pub step: InStep<'a>,
    /// Why it can have no effect, as it is written; `None` when it may have one.
    pub idle: Option<Idle>,
}

impl FaultFacts<'_> {
    /// Whether it may take what is durable on a disk back to what it was before.
    pub(crate) fn takes_disks_back(&self) -> bool {
        let takes_back = |(_, argument): (Place, Argument<'_>)| match argument {
            Argument::Disk(loss) => loss.takes_back(),
            _ => false,
        };
        matches!(self.part, Part::Syncs) || self.arguments.iter().any(takes_back)
    }

    /// The length of time after which it has ended by itself, if it does.
    #[must_use]
    pub fn ends_within(&self) -> Option<Duration> {
        self.arguments.iter().find_map(|(_, argument)| match argument {
            Argument::Within(length) => Some(length),
            _ => None,
        })
    }

    /// Whether nodes are to be asked for their roles.
    #[must_use]
    pub fn asks_roles(&self) -> bool {
        self.arguments.iter().any(|(_, argument)| match argument {
            Argument::Target(target) => target.asks_roles(),
            Argument::Groups(groups) => groups.iter().any(Target::asks_roles),
            Argument::Occasion(occasion) => occasion.asks_roles(),
            _ => false,
        })
    }
}

/// The arguments of a fault that are given, in the order of the language.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments<'a>([Option<(Place, Argument<'a>)>; 8]);

impl<'a> Arguments<'a> {
    /// No arguments.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Which messages: from whom, to whom and of which kind, each if it is given.
    #[must_use]
    pub fn of_links(
        from: Option<&'a Target>,
        to: Option<&'a Target>,
        kind: Option<&'a str>,
    ) -> Self {
        Self::none()
            .given("from", from.map(Argument::Target))
            .given("to", to.map(Argument::Target))
            .given("kind", kind.map(Argument::Kind))
    }

    /// With an argument at this place among values without names.
    #[must_use]
    pub fn at(self, index: usize, argument: Argument<'a>) -> Self {
        self.with(Place::Index(index), argument)
    }

    /// With an argument of this name.
    #[must_use]
    pub fn field(self, name: &'static str, argument: Argument<'a>) -> Self {
        self.with(Place::Field(name), argument)
    }

    /// With an argument of this name, if it is given.
    #[must_use]
    pub fn given(self, name: &'static str, argument: Option<Argument<'a>>) -> Self {
        match argument {
            Some(argument) => self.field(name, argument),
            None => self,
        }
    }

    /// With an argument at this place among values without names, if it is given.
    #[must_use]
    pub fn given_at(self, index: usize, argument: Option<Argument<'a>>) -> Self {
        match argument {
            Some(argument) => self.at(index, argument),
            None => self,
        }
    }

    fn with(mut self, place: Place, argument: Argument<'a>) -> Self {
        let free = self.0.iter_mut().find(|slot| slot.is_none());
        *free.expect("a fault has at most eight arguments") = Some((place, argument));
        self
    }

    /// Each with its place.
    pub fn iter(&self) -> impl Iterator<Item = (Place, Argument<'a>)> {
        self.0.iter().copied().flatten()
    }
}

/// Where an argument stands in the parentheses of its fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Behind this name.
    Field(&'static str),
    /// At this place, from 0.
    Index(usize),
}

/// An argument of a fault.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Argument<'a> {
    /// To whom.
    Target(&'a Target),
    /// Groups that are set apart.
    Groups(&'a [Target]),
    /// A kind of message.
    Kind(&'a str),
    /// What it waits for.
    Occasion(&'a Occasion),
    /// A distribution.
    Delay(&'a Delay),
    /// A probability.
    Ratio(Ratio),
    /// A length of time.
    Duration(Duration),
    /// The length of time after which the fault has ended by itself.
    Within(Duration),
    /// How far a clock jumps.
    Offset(Offset),
    /// How fast a clock runs.
    Drift(Drift),
    /// What a cut does to messages in flight.
    Cut(Cut),
    /// What becomes of a disk.
    Disk(DiskLoss),
    /// What is handled first.
    First(First),
    /// How many effects take place.
    Inside(Inside),
    /// What strikes the victims.
    Strike(Strike),
    /// Which of several, from 1.
    Ordinal(u32),
    /// How many.
    Count(u32),
    /// Whether something is so.
    Flag(bool),
    /// Settings of the protocol.
    Settings,
}

/// Whom a fault sets apart from whom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sides<'a> {
    /// Nobody from anybody, or groups, which are an argument.
    None,
    /// These from the other servers. With fewer of those, it has no effect.
    Rest(&'a Target, usize),
    /// The first from the second, in this direction.
    Pair(&'a Target, &'a Target),
}

impl<'a> Sides<'a> {
    /// Of a fault of the links from some nodes to some. Who is not given is everybody, from whom
    /// nobody is set apart.
    pub(crate) fn of_links(from: Option<&'a Target>, to: Option<&'a Target>) -> Self {
        match (from, to) {
            (Some(from), Some(to)) => Self::Pair(from, to),
            _ => Self::None,
        }
    }
}

/// The part of the world that a fault changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part<'a> {
    /// Nodes: whether they are up, whether they make steps, and how long these take.
    Nodes,
    /// Who reaches whom.
    Reach,
    /// The parameters of links: the draws for them are those of the links.
    Links {
        /// In the place of the link's delay.
        delay: Option<&'a Delay>,
        /// In the place of the link's loss.
        loss: Option<Ratio>,
        /// In the place of the link's duplication.
        duplication: Option<Ratio>,
    },
    /// Single messages, at the sender, on the link or at the receiver.
    Messages,
    /// Disks. A sync that takes another time draws it as it draws its own.
    Disks(Option<&'a Delay>),
    /// What a sync makes durable.
    Syncs,
    /// The rate at which clocks run.
    ClockRate(Drift),
    /// What wall clocks show.
    WallClocks,
}

/// How a fault makes messages late.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Late<'a> {
    /// Not at all.
    Never,
    /// They travel so long.
    Travel(&'a Delay),
    /// They are kept for as long as it holds.
    Kept,
    /// Their receiver handles nothing for as long as it holds.
    Unhandled,
    /// Their receiver takes so much longer to handle them.
    Longer(&'a Delay),
}

/// Where a fault strikes when a step sets it off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum InStep<'a> {
    /// Behind the step, or between its effects where the occasion says so.
    After,
    /// The same, and the node that makes it crashes: inside it if between its effects.
    CrashesAfter(CrashInStep),
    /// Inside the step: the node that makes it crashes.
    Crashes(CrashInStep),
    /// Inside each step in which the occasion comes up, at the node that makes it.
    Each {
        /// The occasion.
        on: &'a Occasion,
        /// How many effects get out before.
        inside: Inside,
        /// What strikes the node.
        strike: Strike,
    },
}

/// How a node crashes inside a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrashInStep {
    /// How many effects get out before.
    pub inside: Inside,
    /// What becomes of its disk.
    pub disk: DiskLoss,
    /// How long it stays down; for good when `None`.
    pub down: Option<Duration>,
}

/// Why a fault can have no effect, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// What it should do is not given: what is wrong, in a sentence, and what is missing.
    Lacks(&'static str, &'static str),
    /// An argument makes it do nothing: its place, and what follows, in a sentence.
    Useless(Place, &'static str),
}
