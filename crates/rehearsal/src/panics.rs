//! A panic in a handler or a property is a finding of the report, without output on standard error.
//! Any other panic is a bug of the tool and is printed as usual.

use std::cell::{Cell, RefCell};
use std::panic::{self, PanicHookInfo};

use sim_scenario::{Detail, Form, Glance, Seen, Watcher};

use crate::output::tell;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Option<Noted>> = const { RefCell::new(None) };
}

struct Noted {
    place: String,
    whole: String,
}

/// Makes panics quiet while [`quietly`] is at work on their thread.
pub(crate) fn install() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if QUIET.try_with(Cell::get).unwrap_or(false) {
            note(info);
        } else {
            usual(info);
        }
    }));
}

fn note(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let noted = Noted { place, whole: info.to_string() };
    let _ = LAST.try_with(|last| last.replace(Some(noted)));
}

/// Does a run. Returns where its handler or a property panicked, if one did.
pub(crate) fn quietly<T>(run: impl FnOnce() -> T) -> (T, Option<String>) {
    LAST.with(RefCell::take);
    let guard = Quiet::begin(true);
    let done = run();
    drop(guard);
    (done, LAST.with(RefCell::take).map(|noted| noted.place))
}

/// Quiet or loud until it is dropped.
struct Quiet {
    before: bool,
}

impl Quiet {
    fn begin(quiet: bool) -> Self {
        Self { before: QUIET.replace(quiet) }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        let quiet = QUIET.replace(self.before);
        // A panic that leaves the run is the tool's own, and nothing else prints it.
        if quiet
            && std::thread::panicking()
            && let Some(noted) = LAST.with(RefCell::take)
        {
            tell(&noted.whole);
        }
    }
}

/// A watcher belongs to the tool: its panics are printed as usual.
pub(crate) struct Loud<'a>(pub(crate) &'a mut dyn Watcher);

impl Watcher for Loud<'_> {
    fn wants(&self, glance: &Glance) -> Detail {
        self.0.wants(glance)
    }

    fn form(&self) -> Form {
        self.0.form()
    }

    fn see(&mut self, seen: Seen) {
        let _loud = Quiet::begin(false);
        self.0.see(seen);
    }
}
