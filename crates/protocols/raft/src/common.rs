//! [`CommonState`]: the state that a server has in every role (figure 2, "state on all servers"),
//! and the operations on it.

use std::sync::Arc;

use serde::Serialize;
use service::{Operation, Output, Store};
use sim_node::{Context, NodeId};

use crate::configurations::Configurations;
use crate::types::Mark;
use crate::{
    Configuration, Disk, Entry, Index, Log, Message, Mutant, Payload, Record, Server, Snapshot,
    Term,
};

/// The state that a server has in every role: the persistent state, as it will be once pending
/// writes are durable, and the volatile state that follows from it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct CommonState {
    /// The latest term this server has seen; never decreases.
    pub(crate) current_term: Term,
    /// The candidate that received this server's vote in this term; set at most once a term.
    pub(crate) voted_for: Option<NodeId>,
    pub(crate) log: Log,
    pub(crate) snapshot: Option<Arc<Snapshot>>,
    /// The highest index known to be committed; at most the last index. Never decreases.
    pub(crate) commit_index: Index,
    /// The highest index applied to the state machine; at most `commit_index`.
    pub(crate) last_applied: Index,
    pub(crate) state_machine: Store,
    /// The configurations in the log, and the one before them.
    pub(crate) configurations: Configurations,
}

impl CommonState {
    /// Recovers the state at a start: from disk, with the state machine of the snapshot.
    pub(crate) fn recover(disk: &Disk, cx: &Context<'_, Server>) -> Self {
        let snapshot = disk.snapshot.clone();
        let (index, first, state_machine) = match &snapshot {
            Some(snapshot) => {
                (snapshot.index, snapshot.configuration.clone(), snapshot.store.clone())
            }
            None => {
                let voters = cx.config().voters();
                (Index(0), Arc::new(Configuration::of_voters(voters)), Store::default())
            }
        };
        let mut configurations = Configurations::new(index, first);
        for (index, entry) in disk.log.from(index.next()) {
            if let Payload::Configuration(configuration) = &entry.payload {
                configurations.push(index, configuration.clone());
            }
        }
        Self {
            current_term: disk.term,
            voted_for: if cx.config().has(Mutant::ForgetVote) { None } else { disk.vote },
            log: disk.log.clone(),
            snapshot,
            commit_index: index,
            last_applied: index,
            state_machine,
            configurations,
        }
    }

    /// The configuration in effect: the latest in the log, committed or not (section 6).
    pub(crate) fn configuration(&self) -> &Arc<Configuration> {
        self.configurations.latest()
    }

    /// Whether the configuration in effect is committed.
    pub(crate) fn is_configuration_committed(&self) -> bool {
        self.configurations.latest_index() <= self.commit_index
    }

    /// Whether an entry of the current term is committed. A leader knows what is committed only
    /// from then on (section 8).
    pub(crate) fn has_committed_in_current_term(&self) -> bool {
        self.log.term_at(self.commit_index) == Some(self.current_term)
    }

    /// Replaces all entries after `after` by these, in memory and on disk.
    pub(crate) fn replace_suffix(
        &mut self,
        after: Index,
        entries: Arc<[Entry]>,
        cx: &mut Context<'_, Server>,
    ) {
        let after_term = self.log.term_at(after).expect("what the entries follow is there");
        self.log.truncate_after(after);
        self.configurations.truncate_after(after);
        for entry in entries.iter() {
            let index = self.log.push(entry.clone());
            if let Payload::Configuration(configuration) = &entry.payload {
                self.configurations.push(index, configuration.clone());
            }
        }
        cx.write(Record::Append { after, after_term, entries });
    }

    /// Raises `commit_index` to `index`, if that is higher, and applies the committed entries to
    /// the state machine, in order. `on_applied` is called for each client operation with its
    /// output, or `None` if a later operation of the same session was applied before.
    pub(crate) fn advance_commit_index(
        &mut self,
        index: Index,
        cx: &mut Context<'_, Server>,
        mut on_applied: impl FnMut(Operation, Option<Output>, &mut Context<'_, Server>),
    ) {
        self.commit_index = self.commit_index.max(index);
        while self.last_applied < self.commit_index {
            self.last_applied = self.last_applied.next();
            let Some(entry) = self.log.get(self.last_applied) else {
                unreachable!("what is committed and not applied is in the log")
            };
            match &entry.payload {
                Payload::Noop => {}
                Payload::Command(request) => {
                    let operation = request.operation;
                    let output = self.state_machine.execute(operation, &request.command);
                    on_applied(operation, output, cx);
                }
                Payload::Configuration(_) => cx.mark(Mark::ConfigurationCommitted),
            }
        }
        if self.is_snapshot_due(cx) {
            // Sent to itself, so that the snapshot is taken in a later step: properties look at the
            // applied entries in the log at the end of this step.
            cx.send(cx.id(), Message::TakeSnapshot);
        }
    }
}

/// Holds all later sends until the writes so far are durable.
pub(crate) fn hold_sends_until_durable(cx: &mut Context<'_, Server>) {
    if cx.config().barrier {
        cx.barrier();
    }
}
