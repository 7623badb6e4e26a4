//! Signatures in a world with Byzantine nodes: a liar signs its own lies, cannot sign another's,
//! and what is tampered with has no valid signature.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sim_engine::{
    Delay, Fault, Link, Network, PlannedFault, Target, Transport, World, WorldSpec, faults,
};
use sim_node::{Context, Message, Mutation, Never, Node, NodeId, Ratio, Signed};

use crate::scene::{at, when};
use crate::toy::ms;

/// A number that somebody has signed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Message)]
#[message(mutate = Letter::lie)]
struct Letter(Signed<u64>);

impl Letter {
    fn lie(&self, mutation: &mut Mutation<'_>) -> Option<Self> {
        self.0.mutate(mutation, |number, choices| choices.other_than(*number, 10)).map(Self)
    }
}

/// Node 0 signs 7 and sends it to node 1, which passes on to node 2 what it receives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Post {
    received: Option<Letter>,
}

impl Node for Post {
    type Config = ();
    type Message = Letter;
    type Timer = Never;
    type Request = Never;
    type Indication = Never;
    type Stable = ();

    fn start(_: &(), cx: &mut Context<'_, Self>) -> Self {
        if cx.id() == NodeId::new(0) {
            let letter = Letter(cx.sign(7));
            cx.send(NodeId::new(1), letter);
        }
        Self { received: None }
    }

    fn on_message(&mut self, _: NodeId, letter: Letter, cx: &mut Context<'_, Self>) {
        if cx.id() == NodeId::new(1) {
            cx.send(NodeId::new(2), letter.clone());
        }
        self.received = Some(letter);
    }
}

/// The number that this node has received, and whether node 0 has signed it.
fn received(by: u32, fault: Option<Fault>) -> (u64, bool) {
    let delay = Delay::Constant(ms(1));
    let link = Link { delay, loss: Ratio::ZERO, duplication: Ratio::ZERO, fifo: false };
    let network = Network::new(Transport::Datagram, link);
    let mut spec: WorldSpec<Post> = WorldSpec::new((), 3, network, at(10));
    spec.faults = fault
        .into_iter()
        .map(|fault| PlannedFault {
            id: 0,
            label: String::new(),
            when: when(0),
            lasts: None,
            fault,
        })
        .collect();
    let mut world: World<Post, ()> = World::new(Arc::new(spec), 0);
    world.run();
    let state = world.state(NodeId::new(by)).expect("it is up");
    let Letter(letter) = state.received.as_ref().expect("a letter came");
    (*letter.unverified(), letter.verified(NodeId::new(0)).is_some())
}

#[test]
fn only_the_signer_can_sign_another_content() {
    let to = |number| Some(Target::Node(number));
    let equivocate = |who, whom| {
        Some(Fault::from(faults::Equivocate { who: Target::Node(who), to: to(whom), kind: None }))
    };
    let tamper = |who| {
        let (who, share) = (Target::Node(who), Ratio::ONE);
        Some(Fault::from(faults::Tamper { who, to: None, kind: None, share }))
    };
    assert_eq!(received(2, None), (7, true), "passed on as it is");
    let (number, is_signed) = received(1, equivocate(0, 1));
    assert!(number != 7 && is_signed, "it lies in its own name");
    let (number, is_signed) = received(2, equivocate(1, 2));
    assert!(number != 7 && !is_signed, "it cannot lie in the name of another");
    let (number, is_signed) = received(1, tamper(0));
    assert!(number != 7 && !is_signed, "nobody signs what is tampered with");
}
