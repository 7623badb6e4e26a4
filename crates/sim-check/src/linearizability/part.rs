//! [`Part`]: the operations on one object, prepared for the search.

use std::collections::BTreeMap;

use super::Spec;
use crate::{Call, CallId, End, History};

/// The operations on one object that may have taken effect, in order of invocation. In the search
/// an operation goes by its index here.
pub(super) struct Part<'a, S: Spec> {
    pub(super) spec: &'a S,
    pub(super) history: &'a History<S::Operation, S::Output>,
    pub(super) key: S::Key,
    pub(super) items: Vec<Item<'a, S>>,
    /// How many of them have answered, and so must be placed.
    pub(super) answered: usize,
}

/// One operation of a part.
pub(super) struct Item<'a, S: Spec> {
    pub(super) id: CallId,
    pub(super) operation: &'a S::Operation,
    /// What it answered, if that is known.
    pub(super) output: Option<&'a S::Output>,
    pub(super) invoked: u64,
    /// The position of its response; `None` while it is open.
    pub(super) answered: Option<u64>,
    /// Whether it leaves every state as it is, given its answer.
    pub(super) only_reads: bool,
    /// Its number among those that have answered, or among the open ones.
    pub(super) number: u32,
    /// A twin that is to be placed before it, see [`Part::order_twins`].
    pub(super) after: Option<u32>,
}

impl<'a, S: Spec> Part<'a, S> {
    /// The parts of a history, in order of their keys.
    pub(super) fn split(spec: &'a S, history: &'a History<S::Operation, S::Output>) -> Vec<Self> {
        let mut parts = BTreeMap::new();
        for (id, call) in history.calls() {
            let key = spec.key(&call.operation);
            let items = parts.entry(key).or_insert_with(Vec::new);
            items.extend(Item::new(spec, id, call));
        }
        let parts = parts.into_iter();
        parts.map(|(key, items)| Self::new(spec, history, key, items)).collect()
    }

    /// How many operations may have taken effect.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn item(&self, call: u32) -> &Item<'a, S> {
        &self.items[call as usize]
    }

    pub(super) fn id(&self, call: u32) -> CallId {
        self.item(call).id
    }

    fn new(
        spec: &'a S,
        history: &'a History<S::Operation, S::Output>,
        key: S::Key,
        items: Vec<Item<'a, S>>,
    ) -> Self {
        let mut part = Self { spec, history, key, items, answered: 0 };
        let mut open = 0;
        for item in &mut part.items {
            let count = if item.answered.is_some() { &mut part.answered } else { &mut open };
            item.number = u32::try_from(*count).expect("as many as operations");
            *count += 1;
        }
        part.order_twins();
        part
    }

    /// Twins do the same and answer the same. If the earlier invoked one also answers no later,
    /// then whenever the two are placed the other way round they can change places. So only orders
    /// in which it comes first need to be tried.
    fn order_twins(&mut self) {
        let mut last_twin = BTreeMap::new();
        for call in 0..self.items.len() {
            let item = &self.items[call];
            let number = u32::try_from(call).expect("as many as operations");
            let twin =
                last_twin.insert((item.operation, item.output, item.answered.is_some()), number);
            let before = twin.filter(|&twin| self.item(twin).answered <= item.answered);
            self.items[call].after = before;
        }
    }
}

impl<'a, S: Spec> Item<'a, S> {
    /// An operation as the search sees it; `None` if it cannot matter: because it never happened,
    /// or because it changed nothing and told nobody.
    fn new(spec: &S, id: CallId, call: &'a Call<S::Operation, S::Output>) -> Option<Self> {
        let (answered, output) = match &call.end {
            End::Failed(_) => return None,
            End::Returned { at, output } => (Some(at.position), output.as_ref()),
            End::Open | End::Unknown(_) => (None, None),
        };
        let only_reads = spec.only_reads(&call.operation, output);
        if only_reads && answered.is_none() {
            return None;
        }
        let (operation, invoked) = (&call.operation, call.invoked.position);
        let (number, after) = (0, None);
        Some(Self { id, operation, output, invoked, answered, only_reads, number, after })
    }
}
