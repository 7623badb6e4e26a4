//! [`Trace`]: what a type expected where reading failed.

use std::cell::{Cell, RefCell};

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

    /// A name was read; `None` when it is none of those that could stand there.
    pub(crate) fn read_name(&self, name: Option<&'static str>) {
        self.name.set(name);
    }

    /// The name that was read last.
    pub(crate) fn name(&self) -> Option<&'static str> {
        self.name.get()
    }
}
