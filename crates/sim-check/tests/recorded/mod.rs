//! Readers for histories that others recorded, each in its own format.

pub(crate) mod edn;
pub(crate) mod etcd;
pub(crate) mod knossos;
pub(crate) mod porcupine_kv;

use std::collections::BTreeMap;

use sim_check::{CallId, History, SimTime};

/// Builds a history from lines that name processes, each with at most one operation under way. Line
/// numbers stand for time.
pub(crate) struct Recording<O, R> {
    history: History<O, R>,
    under_way: BTreeMap<u64, CallId>,
    line: u64,
}

impl<O: Clone, R> Recording<O, R> {
    pub(crate) fn new() -> Self {
        Self { history: History::new(), under_way: BTreeMap::new(), line: 0 }
    }

    /// The next line.
    pub(crate) fn at(&mut self) -> SimTime {
        self.line += 1;
        SimTime::from_nanos(self.line)
    }

    pub(crate) fn invoke(&mut self, process: u64, operation: O) {
        let at = self.at();
        let call = self.history.invoke(process, operation, at);
        let before = self.under_way.insert(process, call);
        assert!(
            before.is_none(),
            "process {process} has an operation under way, line {}",
            self.line
        );
    }

    /// The operation of this process ends in the way that the function records.
    pub(crate) fn end(
        &mut self,
        process: u64,
        end: impl FnOnce(&mut History<O, R>, CallId, O, SimTime),
    ) {
        let at = self.at();
        let call = self.under_way.remove(&process);
        let call = call.unwrap_or_else(|| panic!("line {} ends no operation", self.line));
        let operation = self.history.call(call).operation.clone();
        end(&mut self.history, call, operation, at);
    }

    pub(crate) fn done(self) -> History<O, R> {
        self.history
    }
}
