//! [`Configurations`]: which configuration is in effect, now and as of an earlier entry (section 6:
//! "a server always uses the latest configuration in its log, regardless of whether the entry is
//! committed").

use std::sync::Arc;

use serde::Serialize;
use sim_node::NodeId;

use crate::{Configuration, Index};

/// The configurations in the log, by index, and the one before them. The last is in effect.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Configurations(Vec<(Index, Arc<Configuration>)>);

impl Configurations {
    /// Creates the list with one configuration, in effect since `index`.
    pub(crate) fn new(index: Index, configuration: Arc<Configuration>) -> Self {
        Self(vec![(index, configuration)])
    }

    /// The configuration in effect.
    pub(crate) fn latest(&self) -> &Arc<Configuration> {
        self.0.last().map(|(_, configuration)| configuration).expect("there is always one")
    }

    /// The index of the configuration in effect.
    pub(crate) fn latest_index(&self) -> Index {
        self.0.last().map_or(Index(0), |(index, _)| *index)
    }

    /// The configuration as of an entry.
    pub(crate) fn as_of(&self, index: Index) -> &Arc<Configuration> {
        &self.0[self.position_as_of(index)].1
    }

    /// The configurations of the entries after the first index, up to the second one, in order.
    pub(crate) fn between(
        &self,
        after: Index,
        upto: Index,
    ) -> impl Iterator<Item = &Arc<Configuration>> {
        let within = move |(index, _): &&(Index, _)| *index > after && *index <= upto;
        self.0.iter().filter(within).map(|(_, configuration)| configuration)
    }

    /// Whether a server has a vote in the configuration as of an entry, or in a later one.
    pub(crate) fn is_voter_since(&self, index: Index, server: NodeId) -> bool {
        let since = &self.0[self.position_as_of(index)..];
        since.iter().any(|(_, configuration)| configuration.is_voter(server))
    }

    /// Records a configuration that was appended at `index`.
    pub(crate) fn push(&mut self, index: Index, configuration: Arc<Configuration>) {
        self.0.push((index, configuration));
    }

    /// Drops the configurations after `index`, whose entries were truncated.
    pub(crate) fn truncate_after(&mut self, index: Index) {
        self.0.retain(|(one, _)| *one <= index);
    }

    /// Forgets all configurations before the one as of an entry.
    pub(crate) fn forget_before(&mut self, index: Index) {
        self.0.drain(..self.position_as_of(index));
    }

    /// A snapshot up to `index` replaced that part of the log; entries up to `last` remain.
    pub(crate) fn replace_by(
        &mut self,
        index: Index,
        last: Index,
        configuration: Arc<Configuration>,
    ) {
        self.0.retain(|(one, _)| *one > index && *one <= last);
        self.0.insert(0, (index, configuration));
    }

    /// The position of the last configuration at or before `index`.
    fn position_as_of(&self, index: Index) -> usize {
        self.0.partition_point(|(one, _)| *one <= index).saturating_sub(1)
    }
}
