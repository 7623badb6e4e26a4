//! The invitation algorithm: elections where messages may be lost or late without a bound
//! (Garcia-Molina 1982).
//!
//! No process can tell a crashed process from a slow one here, so there is no leader of all:
//! processes form *groups*, each with a coordinator, and agree inside their group only. A
//! coordinator looks for other coordinators from time to time and invites them, with their groups,
//! into a new group of its own. A member asks its coordinator from time to time whether it is still
//! there; if not, it founds a group of its own, alone, and waits to be invited.
//!
//! | | |
//! |---|---|
//! | requests | [`Request::Check`]: look for other coordinators now |
//! | indications | [`Indication::Joined`]: this process is a member of that group, which has that coordinator and that view |
//! | IV1 agreement | any two processes in one group name the same coordinator (by construction) |
//! | IV2 view | all processes that have joined a group have the same view of it, which contains each of them and the coordinator |
//! | IV3 unique | no founder uses an identifier for a second group, even after crashes |
//! | IV4 one-group | all live processes are members of one group with a live coordinator, once messages are in time |
//! | model | asynchronous; processes crash and recover with a stable counter; links lose, duplicate, delay and cut off messages. IV4 needs that in the end messages and syncs keep within the timeouts |
//! | source | H. Garcia-Molina, "Elections in a distributed computing system", IEEE TC C-31(1), 1982: the assertions and the algorithm for the environment with communication failures |
//!
//! **Groups.** A group is known by its founder and a number, which the founder counts up. The count
//! is on disk before any other process learns of the group, so that a process that has crashed does
//! not use a number again ([`Settings::barrier`]). Several groups, and so several coordinators, are
//! legal at any time: two sides of a partition have one each.
//!
//! **Procedures**, by the paper's names: a coordinator's *check* ([`Message::AreYouCoordinator`]),
//! the delay by *priority* before it acts on what it found, so that higher ones come first, and the
//! *merge* ([`Message::Invitation`], [`Message::Accept`], [`Message::Ready`]); a member's *timeout*
//! ([`Message::AreYouThere`]) and *recovery*. What is a remote call with a timeout in the paper is
//! a message and a timer here:
//! * An acceptance is not acknowledged. A process that has accepted and receives no
//!   [`Message::Ready`] recovers.
//! * Readiness is not acknowledged either: the coordinator is in its new group at once, and a
//!   member that missed it recovers.
//! * Messages may come late and twice here. An invitation into the group in which one is, or into a
//!   former group of one's own, is passed over; other late ones do no harm but a recovery.
//!
//! The paper leaves open what members do together: its *task*, given out with [`Message::Ready`].
//! Here it is the **view**: who has accepted when the group was made ready. No process is removed
//! from a view; the next merge makes a new one.
//!
//! **Messages.** A merge that brings `n` processes together, in whatever groups they were, costs
//! `3(n - 1)`: every process but the founder is invited once (coordinators and the founder's own
//! members by it, the others by their coordinator), accepts once and is told once to be ready.
//! Heartbeats are counted apart: `2(n - 1)` for a check of a coordinator, 2 for a member's
//! question.

mod agreement;
mod message;
mod node;
mod one_group;
mod settings;
mod unique;
mod view;

pub use agreement::Agreement;
pub use message::{Group, Indication, Mark, Message, Part, Request, Timer};
pub use node::{Counter, Process, Record, Stage};
pub use one_group::OneGroup;
pub use settings::{Invitation, Settings};
pub use unique::Unique;
pub use view::SameView;

/// IV1 to IV4.
pub type Properties = sim_check::suite![Agreement, SameView, Unique, OneGroup];

const PAPER: &str = "Garcia-Molina 1982, elections with communication failures";
