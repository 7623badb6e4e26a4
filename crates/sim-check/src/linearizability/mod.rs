//! Is a history linearizable (Herlihy and Wing 1990)? Each operation must seem to take effect at
//! one instant between its invocation and its response, so that one at a time they answer what the
//! object, a [`Spec`], would have answered.
//!
//! * The search is that of Wing and Gong (1993), with Lowe's memory of configurations (2017): which
//!   operations are placed, and the state they lead to. No configuration is searched twice.
//! * Objects are independent, so each key is judged alone (locality in Herlihy and Wing 1990; Horn
//!   and Kroening 2015).
//! * An operation without a response stays open: it may take effect at any later time, or never.
//!   One that failed never happened.
//! * The problem is NP-complete (Gibbons and Korach 1997), so a [`Budget`] bounds the
//!   configurations that are visited, and [`Ruling::Unknown`] is the ruling when it runs out, and
//!   only then.
//!
//! The ruling is a function of history and budget: nothing depends on hash order or on time.
//!
//! ```
//! use sim_check::linearizability::{
//!     Budget, Register, RegisterOperation, RegisterOutput, Ruling, check,
//! };
//! use sim_check::{History, SimTime};
//!
//! // While 1 is written over 0, one read sees it, and a later one does not.
//! let mut history = History::new();
//! history.invoke(0, RegisterOperation::Write(1), SimTime::ZERO);
//! for seen in [1, 0] {
//!     let read = history.invoke(1, RegisterOperation::Read, SimTime::ZERO);
//!     history.returned(read, RegisterOutput::Value(seen), SimTime::ZERO);
//! }
//! let report = check(&Register { initial: 0 }, &history, Budget::default());
//! let Ruling::NotLinearizable(evidence) = report.ruling else { panic!("a new-old inversion") };
//! assert_eq!(evidence.not_linearizable.get(), 2);
//! ```

mod cas_register;
mod configuration;
mod entries;
mod evidence;
mod key_value;
mod part;
mod register;
mod search;
mod spec;
mod states;
mod text;

pub use cas_register::{CasOperation, CasOutput, CasRegister};
pub use evidence::{Evidence, PartialLinearization};
pub use key_value::{Command, KeyValue, Output};
pub use register::{Register, RegisterOperation, RegisterOutput};
pub use spec::Spec;
pub use text::{Text, TextRecorder};

use self::part::Part;
use self::search::{Found, Search};
use crate::{CallId, History, Verdict};

/// How many configurations may be visited: together, by the objects of a history. One costs about a
/// hundred bytes, and each different state of an object costs its own size: long texts weigh more
/// than the configurations do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Budget(pub u64);

/// The ruling on a history, and its cost.
#[derive(Clone, Debug)]
pub struct Report {
    /// Whether it is linearizable.
    pub ruling: Ruling,
    /// How many configurations were visited, those of all objects together.
    pub visited: u64,
}

/// Whether a history is linearizable.
#[derive(Clone, Debug)]
pub enum Ruling {
    /// It is, with these operations in this order. Object follows object; those without a response
    /// are left out unless they must have taken effect.
    Linearizable(Vec<CallId>),
    /// It is not.
    NotLinearizable(Box<Evidence>),
    /// The budget ran out before the search was decided.
    Unknown,
}

impl Default for Budget {
    /// One million configurations.
    fn default() -> Self {
        Self(1_000_000)
    }
}

impl Ruling {
    /// The ruling on a history as a verdict on a property; vacuous when nothing was invoked.
    #[must_use]
    pub fn verdict<O, R>(&self, history: &History<O, R>) -> Verdict {
        match self {
            Self::Linearizable(_) if history.is_empty() => Verdict::Vacuous,
            Self::Linearizable(_) => Verdict::Held,
            Self::NotLinearizable(_) => Verdict::Violated,
            Self::Unknown => Verdict::Unknown,
        }
    }
}

/// Judges a history of operations on the objects that `spec` describes.
///
/// Objects with fewer operations come first, so that one hard object does not hide what the others
/// would have shown; the first that is not linearizable ends the search.
pub fn check<S: Spec>(
    spec: &S,
    history: &History<S::Operation, S::Output>,
    budget: Budget,
) -> Report {
    let mut parts = Part::split(spec, history);
    parts.sort_by_key(Part::len);

    let (mut order, mut visited, mut undecided) = (Vec::new(), 0, false);
    for part in &parts {
        let search = Search::new(part).run(budget.0 - visited);
        visited += search.visited;
        match search.found {
            Found::Order(placed) => order.extend(placed.into_iter().map(|call| part.id(call))),
            Found::Nothing(blocked) => {
                let evidence = Evidence::new(part, blocked);
                return Report { ruling: Ruling::NotLinearizable(Box::new(evidence)), visited };
            }
            Found::OutOfBudget => undecided = true,
        }
    }
    let ruling = if undecided { Ruling::Unknown } else { Ruling::Linearizable(order) };
    Report { ruling, visited }
}
