//! [`Properties`]: a protocol's claims, composed statically.

use sim_node::{Effect, Event, Node, NodeId};

use crate::{Claim, Judge, Obligation, Property, View};

/// A property with its judgement.
#[derive(Clone, Debug)]
pub struct Checked<P> {
    property: P,
    judge: Judge,
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

/// All claims about a protocol: a [`Checked`] property, or a tuple of suites. See [`Property`] for
/// what each hook means.
pub trait Properties<N: Node>: Clone + 'static {
    /// All claims, in order.
    fn claims() -> Vec<&'static Claim>;
    /// The suite at the beginning of a run.
    fn new(config: &N::Config, servers: u32) -> Self;
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
}

impl<N: Node, P: Property<N>> Properties<N> for Checked<P> {
    fn claims() -> Vec<&'static Claim> {
        vec![&P::CLAIM]
    }

    fn new(config: &N::Config, servers: u32) -> Self {
        Self { property: P::new(config, servers), judge: Judge::default() }
    }

    #[inline]
    fn before(&mut self, view: &View<'_, N>, node: NodeId, event: &Event<N>) {
        self.property.before(view, node, event, &mut self.judge);
    }

    #[inline]
    fn after(&mut self, view: &View<'_, N>, node: NodeId, effects: &[Effect<N>]) {
        self.property.after(view, node, effects, &mut self.judge);
    }

    #[inline]
    fn indicated(&mut self, view: &View<'_, N>, node: NodeId, indication: &N::Indication) {
        self.property.indicated(view, node, indication, &mut self.judge);
    }

    fn crash(&mut self, view: &View<'_, N>, node: NodeId) {
        self.property.crash(view, node, &mut self.judge);
    }

    fn restart(&mut self, view: &View<'_, N>, node: NodeId) {
        self.property.restart(view, node, &mut self.judge);
    }

    fn calm(&mut self, view: &View<'_, N>) {
        self.property.calm(view, &mut self.judge);
    }

    fn end(&mut self, view: &View<'_, N>) {
        self.property.end(view, &mut self.judge);
    }

    #[inline]
    fn violated(&self) -> bool {
        self.judge.violation().is_some()
    }

    fn unmet(&self, view: &View<'_, N>, obligations: &mut Vec<(&'static Claim, Obligation)>) {
        obligations.extend(self.property.unmet(view).map(|obligation| (&P::CLAIM, obligation)));
    }

    fn judged<'a>(&'a self, all: &mut Vec<Judged<'a>>) {
        all.push(Judged { claim: &P::CLAIM, judge: &self.judge });
    }
}

/// The empty suite claims nothing; tuples claim what their members claim, in order.
macro_rules! tuple_of_suites {
    ($($suite:ident $index:tt),*) => {
        impl<N: Node, $($suite: Properties<N>),*> Properties<N> for ($($suite,)*) {
            fn claims() -> Vec<&'static Claim> {
                let all: [Vec<&'static Claim>; tuple_of_suites!(@count $($suite)*)] =
                    [$($suite::claims()),*];
                all.concat()
            }
            #[allow(clippy::unused_unit, reason = "the empty suite is the unit")]
            fn new(_config: &N::Config, _servers: u32) -> Self {
                ($($suite::new(_config, _servers),)*)
            }
            #[inline]
            fn before(&mut self, _view: &View<'_, N>, _node: NodeId, _event: &Event<N>) {
                $(self.$index.before(_view, _node, _event);)*
            }
            #[inline]
            fn after(&mut self, _view: &View<'_, N>, _node: NodeId, _effects: &[Effect<N>]) {
                $(self.$index.after(_view, _node, _effects);)*
            }
            #[inline]
            fn indicated(
                &mut self,
                _view: &View<'_, N>,
                _node: NodeId,
                _indication: &N::Indication,
            ) {
                $(self.$index.indicated(_view, _node, _indication);)*
            }
            fn crash(&mut self, _view: &View<'_, N>, _node: NodeId) {
                $(self.$index.crash(_view, _node);)*
            }
            fn restart(&mut self, _view: &View<'_, N>, _node: NodeId) {
                $(self.$index.restart(_view, _node);)*
            }
            fn calm(&mut self, _view: &View<'_, N>) {
                $(self.$index.calm(_view);)*
            }
            fn end(&mut self, _view: &View<'_, N>) {
                $(self.$index.end(_view);)*
            }
            #[inline]
            fn violated(&self) -> bool {
                false $(|| self.$index.violated())*
            }
            fn unmet(&self, _view: &View<'_, N>, _obligations: &mut Vec<(&'static Claim, Obligation)>) {
                $(self.$index.unmet(_view, _obligations);)*
            }
            fn judged<'a>(&'a self, _all: &mut Vec<Judged<'a>>) {
                $(self.$index.judged(_all);)*
            }
        }
    };
    (@count) => { 0 };
    (@count $head:ident $($tail:ident)*) => { 1 + tuple_of_suites!(@count $($tail)*) };
}

tuple_of_suites!();
tuple_of_suites!(A 0);
tuple_of_suites!(A 0, B 1);
tuple_of_suites!(A 0, B 1, C 2);
tuple_of_suites!(A 0, B 1, C 2, D 3);
tuple_of_suites!(A 0, B 1, C 2, D 3, E 4);
tuple_of_suites!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple_of_suites!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple_of_suites!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
