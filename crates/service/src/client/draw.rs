//! What a client asks for next, drawn from the workload's mix.

use std::collections::BTreeMap;

use sim_node::Context;

use super::Client;
use crate::workload::Skew;
use crate::{Command, Key, KeyValue, Output, ServiceMessage};

/// The client's operation of this number. What it writes is its own, so that a history tells who
/// wrote what; what a compare-and-set expects is what the client last knew of the key.
pub(super) fn draw_command<M: ServiceMessage>(
    number: u32,
    known: &BTreeMap<Key, Option<String>>,
    cx: &mut Context<'_, Client<M>>,
) -> Command {
    let workload = &cx.config().workload;
    let mix = &workload.mix;
    let key = Key(draw_key(workload, cx));
    let value = format!("{}.{}", cx.id().number(), number);
    let mut pick = cx.choose(mix.total());
    let mut falls_on = |weight: u32| {
        let hit = pick < u64::from(weight);
        pick = pick.saturating_sub(u64::from(weight));
        hit
    };
    if falls_on(mix.get) {
        Command::Get(key)
    } else if falls_on(mix.put) {
        Command::Put(key, value)
    } else if falls_on(mix.append) {
        Command::Append(key, format!("{value},"))
    } else if falls_on(mix.cas) {
        let expected = known.get(&key).cloned().flatten();
        Command::CompareAndSet(key, expected, value)
    } else {
        Command::Delete(key)
    }
}

fn draw_key<M: ServiceMessage>(workload: &KeyValue, cx: &mut Context<'_, Client<M>>) -> u32 {
    let among = match workload.skew {
        Skew::Uniform => workload.keys,
        Skew::Hot { keys, share } => {
            let hot = cx.choose(1_000_000_000) < u64::from(share.parts_per_billion());
            if hot { keys } else { workload.keys }
        }
    };
    u32::try_from(cx.choose(u64::from(among))).expect("keys are 32 bits")
}

/// What an answer tells of its key's value.
pub(super) fn learn(known: &mut BTreeMap<Key, Option<String>>, command: &Command, output: &Output) {
    let value = match (command, output) {
        (_, Output::Value(value)) => value.clone(),
        (
            Command::Put(_, value) | Command::CompareAndSet(_, _, value),
            Output::Done | Output::Written(true),
        ) => Some(value.clone()),
        (Command::Delete(_), _) => None,
        _ => return,
    };
    known.insert(command.key(), value);
}
