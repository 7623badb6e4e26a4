//! Signatures are tokens: only the node whose step it is makes one, and a change makes it invalid.

use serde::{Deserialize, Serialize};
use sim_node::{Context, Harness, Message, Mutation, Never, Node, NodeId, RoundMessage, Signed};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Message)]
#[message(mutate = Vote::lie)]
struct Vote(Signed<u64>);

impl Vote {
    fn lie(&self, mutation: &mut Mutation<'_>) -> Option<Self> {
        self.0.mutate(mutation, |vote, choices| choices.other_than(*vote, 3)).map(Self)
    }
}

/// Signs 1 and sends it to node 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Voter;

impl Node for Voter {
    type Config = ();
    type Message = Vote;
    type Timer = Never;
    type Request = Never;
    type Indication = Never;
    type Stable = ();

    fn start(_: &(), cx: &mut Context<'_, Self>) -> Self {
        let vote = Vote(cx.sign(1));
        cx.send(NodeId::new(0), vote);
        Self
    }

    fn on_message(&mut self, _: NodeId, _: Vote, _: &mut Context<'_, Self>) {}
}

/// The vote of node 2.
fn vote() -> Vote {
    let (_, mut sent) = Harness::<Voter>::new((), NodeId::new(2), 3);
    sent.pop().expect("it has voted").1
}

fn mutated(signer: Option<u32>, choice: u64) -> Signed<u64> {
    let mut choose = |alternatives: u64| choice % alternatives;
    let signer = signer.map(NodeId::new);
    vote().mutate(&mut Mutation::new(signer, &mut choose)).expect("there are other votes").0
}

#[test]
fn a_signature_is_that_of_the_node_whose_step_it_is() {
    let Vote(vote) = vote();
    assert_eq!((vote.signer(), vote.verified(NodeId::new(2))), (NodeId::new(2), Some(&1)));
    assert_eq!(vote.verified(NodeId::new(1)), None);
    assert_eq!(format!("{vote:?}"), "1 signed by n2");
}

#[test]
fn changed_content_is_not_what_was_signed() {
    for liar in [None, Some(0), Some(1)] {
        let vote = mutated(liar, 0);
        assert_eq!((vote.signer(), *vote.unverified()), (NodeId::new(2), 2));
        assert_eq!(vote.verified(NodeId::new(2)), None, "{liar:?}");
        assert_eq!(format!("{vote:?}"), "2 with a false signature of n2");
    }
    assert_eq!(mutated(Some(2), 0).verified(NodeId::new(2)), Some(&2), "it signs its own lies");
    assert_eq!(mutated(Some(2), 1).verified(NodeId::new(2)), Some(&0));
}

#[test]
fn a_message_of_a_round_lies_about_its_content() {
    let mut choose = |_: u64| 0;
    let message = RoundMessage { round: 3, message: vote() };
    let lie = message.mutate(&mut Mutation::new(None, &mut choose)).expect("there are others");
    assert_eq!((lie.round, *lie.message.0.unverified()), (3, 2));
}

#[test]
fn another_number_is_another_for_every_choice() {
    for value in 0..5 {
        let others: Vec<u64> = (0..4)
            .filter_map(|choice| {
                let mut choose = |alternatives: u64| choice % alternatives;
                Mutation::new(None, &mut choose).other_than(value, 5)
            })
            .collect();
        let mut sorted = others.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..5).filter(|other| *other != value).collect::<Vec<_>>());
    }
    let mut none = |_: u64| -> u64 { unreachable!("there is nothing to choose") };
    assert_eq!(Mutation::new(None, &mut none).other_than(0, 1), None);
    assert_eq!(Mutation::new(None, &mut none).other_than(7, 1), Some(0));
}
