//! Worlds of several parties, such as replicas, a master and clients, as one node type.

use std::marker::PhantomData;

use crate::{Context, Effect, Node, NodeId, RequestId, RequestOutcome, Sink, Stable};

/// The mark of a request that was meant for another party than the one whose node was asked.
pub const WRONG_PARTY: &str = "request to the wrong party";

/// A request was meant for another party than that of the node that was asked.
pub fn refuse_for_other_party<World: Node>(cx: &mut Context<'_, World>) {
    cx.mark(WRONG_PARTY);
    cx.refuse(cx.request(), "a node of another party was asked");
}

/// A party of a world: how many nodes are of it, and what they know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share<C> {
    /// How many there are; their numbers follow those of the party before.
    pub count: u32,
    /// Their configuration.
    pub config: C,
}

/// How the alphabet of one party is part of the world's. `#[derive(Parties)]` implements it on the
/// party's node itself; [`crate::Either`], whose parties may be of one type, on names of its own.
pub trait PartyOf<World: Node> {
    /// The party's node.
    type Node: Node<Message = World::Message>;

    /// Its part of the world's configuration.
    fn config(config: &World::Config) -> &<Self::Node as Node>::Config;
    /// Its timer key as one of the world's.
    fn timer(timer: <Self::Node as Node>::Timer) -> World::Timer;
    /// Its record as one of the world's.
    fn record(
        record: <<Self::Node as Node>::Stable as Stable>::Record,
    ) -> <World::Stable as Stable>::Record;
    /// Its indication as one of the world's.
    fn indication(indication: <Self::Node as Node>::Indication) -> World::Indication;
}

/// A world that has this party, for claims that are about one party and fit many worlds.
///
/// `#[derive(Parties)]` makes a node of an enum, and implements this for each of its variants:
///
/// ```ignore
/// /// A node of the world.
/// #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Parties)]
/// pub enum Party {
///     Replica(Replica),
///     Master(Master),
///     Client(Client<Message>),
/// }
/// ```
///
/// * All parties have one type of messages.
/// * `PartyConfig { replica, master, client }` says how many nodes are of each party and what they
///   know, as a [`Share`]. By their numbers the replicas come first, then the master, then the
///   clients: `start` chooses by it.
/// * `PartyTimer`, `PartyRequest`, `PartyIndication` and `PartyRecord` are enums with the same
///   variants. A request without a party is for the first one.
/// * `PartyStable { replica, master, client }` is the disk, of which a node uses its own part: the
///   image of a disk in a scenario reads `replica: (...)`.
/// * The debug form of all of them is that of what is inside, since stories and traces speak of
///   that; so the enum itself does not derive `Debug`.
pub trait HasParty<P: Node>: Node {
    /// The node, if it is of this party.
    fn party(&self) -> Option<&P>;
    /// What this party has indicated, if it was this one.
    fn indicated_by(indication: &Self::Indication) -> Option<&P::Indication>;
}

/// Runs a handler of a party's node: its effects leave in the world's alphabet, without a buffer.
pub fn as_party<World: Node, P: PartyOf<World>, R>(
    cx: &mut Context<'_, World>,
    handler: impl FnOnce(&mut Context<'_, P::Node>) -> R,
) -> R {
    let (config, details, sink) = cx.parts();
    let mut sink = PartySink::<World, P> { sink, party: PhantomData };
    let mut inner = Context::new(P::config(config), details, &mut sink);
    let result = handler(&mut inner);
    let used = inner.clocks_used();
    cx.note_clocks(used);
    result
}

struct PartySink<'s, World: Node, P> {
    sink: &'s mut dyn Sink<World>,
    party: PhantomData<P>,
}

impl<World: Node, P: PartyOf<World>> Sink<P::Node> for PartySink<'_, World, P> {
    fn emit(&mut self, effect: Effect<P::Node>) {
        self.sink.emit(match effect {
            Effect::Send { to, message, resend, at_once } => {
                Effect::Send { to, message, resend, at_once }
            }
            Effect::SetTimer { timer, span } => Effect::SetTimer { timer: P::timer(timer), span },
            Effect::CancelTimer(timer) => Effect::CancelTimer(P::timer(timer)),
            Effect::Write(record) => Effect::Write(P::record(record)),
            Effect::Barrier => Effect::Barrier,
            Effect::Indicate(indication) => Effect::Indicate(P::indication(indication)),
            Effect::Mark(name) => Effect::Mark(name),
        });
    }

    fn send(&mut self, to: NodeId, message: World::Message, resend: bool) {
        self.sink.send(to, message, resend);
    }

    fn choose(&mut self, alternatives: u64) -> u64 {
        self.sink.choose(alternatives)
    }

    fn outcome(&mut self, request: RequestId, outcome: RequestOutcome) {
        self.sink.outcome(request, outcome);
    }
}
