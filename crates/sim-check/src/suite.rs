//! [`Properties`]: a protocol's claims, composed statically.

use std::cell::Cell;
use std::collections::BTreeMap;

use sim_node::{Effect, Event, Node, NodeId};

use crate::{Claim, Found, HistoryLines, Judge, Obligation, Property, View, Wait};

/// A property with its judgement.
#[derive(Clone, Debug)]
pub struct Checked<P> {
    property: P,
    judge: Judge,
    /// Where it panicked, if it did.
    panicked: Cell<Option<Found>>,
}

/// Notes that a hook panicked, when it is dropped: a hook that returns forgets it and pays nothing.
struct Watch<'a> {
    panicked: &'a Cell<Option<Found>>,
    found: Found,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.panicked.set(Some(self.found));
    }
}

/// Calls a hook of a property.
#[inline(always)]
fn watched<T>(panicked: &Cell<Option<Found>>, found: Found, hook: impl FnOnce() -> T) -> T {
    let watch = Watch { panicked, found };
    let done = hook();
    std::mem::forget(watch);
    done
}

impl<P> Checked<P> {
    /// The property, with its ghost state.
    #[must_use]
    pub fn property(&self) -> &P {
        &self.property
    }
}

/// One claim and its judgement so far.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// The claim.
    pub claim: &'static Claim,
    /// Its judgement.
    pub judge: &'a Judge,
}

/// All claims about a protocol: a [`Checked`] property, or a [`suite!`](crate::suite) of them. See
/// [`Property`] for what each hook means.
pub trait Properties<N: Node>: Clone + 'static {
    /// All claims, in order.
    fn claims() -> Vec<&'static Claim>;
    /// The suite at the beginning of a run.
    fn new(config: &N::Config, servers: u32) -> Self;
    /// See [`Property::images`].
    fn images(&mut self, _: &BTreeMap<NodeId, N::Stable>) {}
    /// See [`Property::before`].
    fn before(&mut self, view: &View<'_, N>, node: NodeId, event: &Event<N>);
    /// See [`Property::after`].
    fn after(&mut self, view: &View<'_, N>, node: NodeId, effects: &[Effect<N>]);
    /// See [`Property::indicated`].
    fn indicated(&mut self, view: &View<'_, N>, node: NodeId, indication: &N::Indication);
    /// See [`Property::crash`].
    fn crash(&mut self, view: &View<'_, N>, node: NodeId);
    /// See [`Property::restart`].
    fn restart(&mut self, view: &View<'_, N>, node: NodeId);
    /// See [`Property::calm`].
    fn calm(&mut self, view: &View<'_, N>);
    /// See [`Property::end`].
    fn end(&mut self, view: &View<'_, N>);
    /// Whether any claim has been violated.
    fn violated(&self) -> bool;
    /// The unmet obligations, each with its claim, in order of the claims.
    fn unmet(&self, view: &View<'_, N>, obligations: &mut Vec<(&'static Claim, Obligation)>);
    /// Every claim and its judgement, in order.
    fn judged<'a>(&'a self, all: &mut Vec<Judged<'a>>);
    /// Every claim whose property keeps something, and how many bytes; see [`Property::kept`].
    fn kept(&self, _each: &mut dyn FnMut(&'static Claim, u64)) {}
    /// The first history that a property keeps; see [`Property::history`].
    fn history(&self) -> Option<HistoryLines> {
        None
    }
    /// When the operations of the clients were under way; see [`Property::waits`].
    fn waits(&self, _each: &mut dyn FnMut(Wait)) {}
    /// The first claim one of whose hooks panicked, and where that was found, if one did.
    fn panicked(&self) -> Option<(&'static Claim, Found)> {
        None
    }
}

impl<N: Node, P: Property<N>> Properties<N> for Checked<P> {
    fn claims() -> Vec<&'static Claim> {
        vec![&P::CLAIM]
    }

    fn new(config: &N::Config, servers: u32) -> Self {
        let (property, judge) = (P::new(config, servers), Judge::default());
        Self { property, judge, panicked: Cell::new(None) }
    }

    fn images(&mut self, images: &BTreeMap<NodeId, N::Stable>) {
        self.property.images(images);
    }

    #[inline]
    fn before(&mut self, view: &View<'_, N>, node: NodeId, event: &Event<N>) {
        self.found(Found::BeforeStep, |property, judge| property.before(view, node, event, judge));
    }

    #[inline]
    fn after(&mut self, view: &View<'_, N>, node: NodeId, effects: &[Effect<N>]) {
        let Self { property, judge, panicked } = self;
        watched(panicked, Found::AtStep, || property.after(view, node, effects, judge));
    }

    #[inline]
    fn indicated(&mut self, view: &View<'_, N>, node: NodeId, indication: &N::Indication) {
        let Self { property, judge, panicked } = self;
        watched(panicked, Found::AtStep, || property.indicated(view, node, indication, judge));
    }

    fn crash(&mut self, view: &View<'_, N>, node: NodeId) {
        self.found(Found::BetweenSteps, |property, judge| property.crash(view, node, judge));
    }

    fn restart(&mut self, view: &View<'_, N>, node: NodeId) {
        self.found(Found::BetweenSteps, |property, judge| property.restart(view, node, judge));
    }

    fn calm(&mut self, view: &View<'_, N>) {
        self.found(Found::BetweenSteps, |property, judge| property.calm(view, judge));
    }

    fn end(&mut self, view: &View<'_, N>) {
        let Self { property, judge, panicked } = self;
        judge.find(Found::AtEnd);
        watched(panicked, Found::AtEnd, || property.end(view, judge));
    }

    #[inline]
    fn violated(&self) -> bool {
        self.judge.violation().is_some()
    }

    fn unmet(&self, view: &View<'_, N>, obligations: &mut Vec<(&'static Claim, Obligation)>) {
        let unmet = watched(&self.panicked, Found::AtEnd, || self.property.unmet(view));
        obligations.extend(unmet.map(|obligation| (&P::CLAIM, obligation)));
    }

    fn judged<'a>(&'a self, all: &mut Vec<Judged<'a>>) {
        all.push(Judged { claim: &P::CLAIM, judge: &self.judge });
    }

    fn kept(&self, each: &mut dyn FnMut(&'static Claim, u64)) {
        let kept = watched(&self.panicked, Found::BetweenSteps, || self.property.kept());
        if kept > 0 {
            each(&P::CLAIM, kept);
        }
    }

    fn history(&self) -> Option<HistoryLines> {
        watched(&self.panicked, Found::AtEnd, || self.property.history())
    }

    fn waits(&self, each: &mut dyn FnMut(Wait)) {
        watched(&self.panicked, Found::AtEnd, || self.property.waits(each));
    }

    fn panicked(&self) -> Option<(&'static Claim, Found)> {
        self.panicked.get().map(|found| (&P::CLAIM, found))
    }
}

impl<P> Checked<P> {
    /// Calls a hook whose violations are found so, and not at a step as usual.
    #[inline]
    fn found(&mut self, found: Found, hook: impl FnOnce(&mut P, &mut Judge)) {
        let Self { property, judge, panicked } = self;
        judge.find(found);
        watched(panicked, found, || hook(property, judge));
        judge.find(Found::AtStep);
    }
}

/// The type of a suite of properties, in order; there is no greatest number of them:
/// `suite![Agreement, Validity, Termination]`.
#[macro_export]
macro_rules! suite {
    () => { () };
    ($first:ty $(, $rest:ty)* $(,)?) => {
        ($crate::Checked<$first>, $crate::suite!($($rest),*))
    };
}

/// The empty suite claims nothing.
impl<N: Node> Properties<N> for () {
    fn claims() -> Vec<&'static Claim> {
        Vec::new()
    }

    fn new(_: &N::Config, _: u32) -> Self {}

    #[inline]
    fn before(&mut self, _: &View<'_, N>, _: NodeId, _: &Event<N>) {}

    #[inline]
    fn after(&mut self, _: &View<'_, N>, _: NodeId, _: &[Effect<N>]) {}

    #[inline]
    fn indicated(&mut self, _: &View<'_, N>, _: NodeId, _: &N::Indication) {}

    fn crash(&mut self, _: &View<'_, N>, _: NodeId) {}

    fn restart(&mut self, _: &View<'_, N>, _: NodeId) {}

    fn calm(&mut self, _: &View<'_, N>) {}

    fn end(&mut self, _: &View<'_, N>) {}

    #[inline]
    fn violated(&self) -> bool {
        false
    }

    fn unmet(&self, _: &View<'_, N>, _: &mut Vec<(&'static Claim, Obligation)>) {}

    fn judged<'a>(&'a self, _: &mut Vec<Judged<'a>>) {}
}

/// Two suites claim what the first claims, and then what the second claims.
impl<N: Node, A: Properties<N>, B: Properties<N>> Properties<N> for (A, B) {
    fn claims() -> Vec<&'static Claim> {
        let mut claims = A::claims();
        claims.extend(B::claims());
        claims
    }

    fn new(config: &N::Config, servers: u32) -> Self {
        (A::new(config, servers), B::new(config, servers))
    }

    fn images(&mut self, images: &BTreeMap<NodeId, N::Stable>) {
        self.0.images(images);
        self.1.images(images);
    }

    #[inline]
    fn before(&mut self, view: &View<'_, N>, node: NodeId, event: &Event<N>) {
        self.0.before(view, node, event);
        self.1.before(view, node, event);
    }

    #[inline]
    fn after(&mut self, view: &View<'_, N>, node: NodeId, effects: &[Effect<N>]) {
        self.0.after(view, node, effects);
        self.1.after(view, node, effects);
    }

    #[inline]
    fn indicated(&mut self, view: &View<'_, N>, node: NodeId, indication: &N::Indication) {
        self.0.indicated(view, node, indication);
        self.1.indicated(view, node, indication);
    }

    fn crash(&mut self, view: &View<'_, N>, node: NodeId) {
        self.0.crash(view, node);
        self.1.crash(view, node);
    }

    fn restart(&mut self, view: &View<'_, N>, node: NodeId) {
        self.0.restart(view, node);
        self.1.restart(view, node);
    }

    fn calm(&mut self, view: &View<'_, N>) {
        self.0.calm(view);
        self.1.calm(view);
    }

    fn end(&mut self, view: &View<'_, N>) {
        self.0.end(view);
        self.1.end(view);
    }

    #[inline]
    fn violated(&self) -> bool {
        self.0.violated() || self.1.violated()
    }

    fn unmet(&self, view: &View<'_, N>, obligations: &mut Vec<(&'static Claim, Obligation)>) {
        self.0.unmet(view, obligations);
        self.1.unmet(view, obligations);
    }

    fn judged<'a>(&'a self, all: &mut Vec<Judged<'a>>) {
        self.0.judged(all);
        self.1.judged(all);
    }

    fn kept(&self, each: &mut dyn FnMut(&'static Claim, u64)) {
        self.0.kept(each);
        self.1.kept(each);
    }

    fn history(&self) -> Option<HistoryLines> {
        self.0.history().or_else(|| self.1.history())
    }

    fn waits(&self, each: &mut dyn FnMut(Wait)) {
        self.0.waits(each);
        self.1.waits(each);
    }

    fn panicked(&self) -> Option<(&'static Claim, Found)> {
        self.0.panicked().or_else(|| self.1.panicked())
    }
}
