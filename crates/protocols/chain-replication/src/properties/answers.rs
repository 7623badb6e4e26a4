//! [`answers`]: what replicas answer to reads, as it is sent and not as they describe it.

use service::{Answer, Key, Output};
use sim_node::Effect;

use super::of_replica;
use crate::{Indication, Message, Party, Version};

/// The reads that a replica has answered in a step: the key, which version the replica says it
/// is, and the value that goes to the client. A crash inside the step may have kept it back.
pub(super) fn answers(
    effects: &[Effect<Party>],
) -> impl Iterator<Item = (Key, Version, Option<&Option<String>>)> {
    effects.iter().enumerate().filter_map(|(place, effect)| {
        let Effect::Indicate(indication) = effect else { return None };
        let Some(Indication::Read(key, version)) = of_replica(indication) else { return None };
        Some((*key, *version, effects.get(place + 1).and_then(value)))
    })
}

/// The value that a reply carries.
fn value(effect: &Effect<Party>) -> Option<&Option<String>> {
    match effect {
        Effect::Send { message: Message::Reply(reply), .. } => match &reply.answer {
            Answer::Done(Output::Value(value)) => Some(value),
            _ => None,
        },
        _ => None,
    }
}
