//! Layers: a node inside a node, as links under a detector under an election under a consensus.

use std::marker::PhantomData;

use smallvec::SmallVec;

use crate::{Effect, Node, NodeId, Sink, Stable};

/// What a layer told its host during one handler, in order. Up to two fit without allocation.
pub type Indications<N> = SmallVec<[<N as Node>::Indication; 2]>;

/// How one layer of `Host` speaks in the host's alphabet.
///
/// Implement it on an empty type that names the layer, so that a host may have two layers of one
/// kind:
///
/// ```ignore
/// /// The failure detector below the election.
/// enum Detector {}
///
/// impl Layer<Omega> for Detector {
///     type Inner = EventuallyPerfect;
///     fn config(config: &omega::Config) -> &detector::Config { &config.detector }
///     fn message(message: detector::Message) -> omega::Message {
///         omega::Message::Detector(message)
///     }
///     fn timer(timer: detector::Timer) -> omega::Timer { omega::Timer::Detector(timer) }
///     fn record(record: Never) -> Never { record }
/// }
///
/// let indications = cx.layer::<Detector>(|cx| self.detector.on_timer(timer, cx));
/// ```
pub trait Layer<Host: Node> {
    /// The node that runs inside the host.
    type Inner: Node;

    /// Its part of the host's configuration.
    fn config(config: &Host::Config) -> &<Self::Inner as Node>::Config;
    /// Its message as one of the host's.
    fn message(message: <Self::Inner as Node>::Message) -> Host::Message;
    /// Its timer key as one of the host's.
    fn timer(timer: <Self::Inner as Node>::Timer) -> Host::Timer;
    /// Its record as one of the host's.
    fn record(
        record: <<Self::Inner as Node>::Stable as Stable>::Record,
    ) -> <Host::Stable as Stable>::Record;
}

/// Lifts the effects of an inner node as they pass, without a buffer.
pub(crate) struct Lift<'s, Host: Node, L: Layer<Host>> {
    sink: &'s mut dyn Sink<Host>,
    indications: &'s mut Indications<L::Inner>,
    layer: PhantomData<L>,
}

impl<'s, Host: Node, L: Layer<Host>> Lift<'s, Host, L> {
    pub(crate) fn new(
        sink: &'s mut dyn Sink<Host>,
        indications: &'s mut Indications<L::Inner>,
    ) -> Self {
        Self { sink, indications, layer: PhantomData }
    }
}

impl<Host: Node, L: Layer<Host>> Sink<L::Inner> for Lift<'_, Host, L> {
    fn emit(&mut self, effect: Effect<L::Inner>) {
        self.sink.emit(match effect {
            Effect::Send { to, message, resend, at_once } => {
                Effect::Send { to, message: L::message(message), resend, at_once }
            }
            Effect::SetTimer { timer, span } => Effect::SetTimer { timer: L::timer(timer), span },
            Effect::CancelTimer(timer) => Effect::CancelTimer(L::timer(timer)),
            Effect::Write(record) => Effect::Write(L::record(record)),
            Effect::Barrier => Effect::Barrier,
            Effect::Mark(name) => Effect::Mark(name),
            Effect::Indicate(indication) => return self.indications.push(indication),
        });
    }

    fn send(&mut self, to: NodeId, message: <L::Inner as Node>::Message, resend: bool) {
        self.sink.send(to, L::message(message), resend);
    }

    fn choose(&mut self, alternatives: u64) -> u64 {
        self.sink.choose(alternatives)
    }
}
