//! [`Trace`]: what a type expected where reading failed.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

/// What a type expected to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// One of these names.
    Enum {
        /// What `serde` calls it.
        name: &'static str,
        /// The names.
        variants: &'static [&'static str],
    },
    /// The values of this variant.
    Variant(&'static str),
    /// Values by name, in parentheses.
    Struct {
        /// The names.
        fields: &'static [&'static str],
    },
    /// The value of this field.
    Field(&'static str),
    /// Something else: a number, a text, a list.
    Other,
}

/// Where reading failed, and what was being read there. It is written on the way out of a failure
/// only, so that nothing is kept of what could be read.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    expected: RefCell<Vec<Expected>>,
    /// The name that was read last, out of those that could stand there.
    name: Cell<Option<&'static str>>,
    /// Names that could stand somewhere, with what they are names of, and whether they did stand
    /// there; `None` where nobody asks.
    shown: Option<RefCell<BTreeMap<(&'static str, &'static str), bool>>>,
}

impl Trace {
    /// Notes what was expected, if reading it failed.
    pub(crate) fn note<T, E>(&self, expected: Expected, read: Result<T, E>) -> Result<T, E> {
        if read.is_err() {
            self.expected.borrow_mut().push(expected);
        }
        read
    }

    /// What was expected: the innermost first.
    pub(crate) fn expected(&self) -> Vec<Expected> {
        self.expected.borrow().clone()
    }

    /// A trace that notes which names there are, and which of them stand in the text.
    pub(crate) fn of_names() -> Self {
        Self { shown: Some(RefCell::default()), ..Self::default() }
    }

    /// Names that can stand here.
    pub(crate) fn offer(&self, of: &'static str, names: &[&'static str]) {
        if let Some(shown) = &self.shown {
            let mut shown = shown.borrow_mut();
            for name in names {
                shown.entry((of, name)).or_default();
            }
        }
    }

    /// A name was read; `None` when it is none of those that could stand there.
    pub(crate) fn read_name(&self, of: &'static str, name: Option<&'static str>) {
        self.name.set(name);
        if let (Some(shown), Some(name)) = (&self.shown, name) {
            shown.borrow_mut().insert((of, name), true);
        }
    }

    /// The names that could stand somewhere and stand nowhere, with what they are names of.
    pub(crate) fn unshown(&self) -> BTreeSet<String> {
        let shown = self.shown.as_ref().map(RefCell::borrow);
        let all = shown.iter().flat_map(|shown| shown.iter());
        let missing = all.filter(|(_, is_shown)| !**is_shown);
        missing.map(|((of, name), _)| format!("{name} of {of}")).collect()
    }

    /// The name that was read last.
    pub(crate) fn name(&self) -> Option<&'static str> {
        self.name.get()
    }
}
