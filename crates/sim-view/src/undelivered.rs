//! [`Undelivered`]: messages that never arrived, summed up, the most important first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use sim_check::SimTime;
use sim_node::NodeId;

use crate::impairment::Impairment;
use crate::trace::{Sending, Texts, Trace};
use crate::words;

/// How many different contents of one sum are told.
const CONTENTS: usize = 3;
/// How much of a content is told.
const WIDTH: usize = 90;

/// Messages from one node to another that were lost, or did not arrive in time, for one reason.
pub(crate) struct Undelivered {
    from: Vec<NodeId>,
    to: Vec<NodeId>,
    why: String,
    /// Contents that the receiver never received come first; otherwise in order of time.
    sendings: Vec<(bool, Sending)>,
}

impl Undelivered {
    /// The messages that were lost, and those that were still in flight when the run ended although
    /// they had arrived or had been sent before `due`. Contents that the receiver never received
    /// come first, and among them those from or to `near`.
    pub(crate) fn of(
        trace: &Trace,
        near: Option<NodeId>,
        due: Option<SimTime>,
        counts: impl Fn(&Sending) -> bool,
    ) -> Vec<Self> {
        let mut sums: BTreeMap<(NodeId, NodeId, String), Vec<(bool, Sending)>> = BTreeMap::new();
        // What came to a node that had crashed is told with the crash.
        let lost = trace.losses.iter().filter(|loss| !loss.why.is_receiver_down());
        for loss in lost.filter(|loss| counts(&loss.sending)) {
            let Sending { from, to, .. } = loss.sending;
            let known = loss.no_news || loss.made_up_for;
            let sum = sums.entry((from, to, loss.why.to_string())).or_default();
            sum.push((known, loss.sending));
        }
        let end = trace.steps.last().map_or(SimTime::ZERO, |step| step.at);
        for sending in trace.under_way.values().filter(|sending| counts(sending)) {
            let came = sending.arrives.is_some_and(|arrives| arrives < end);
            let why = match (due, sending.held) {
                _ if came => "it arrived, but its receiver never handled it".to_owned(),
                (_, Some(fault)) => format!("fault {fault} holds it to the end"),
                (Some(due), _) if due < end && sending.sent <= due => {
                    "still in flight at the end".to_owned()
                }
                _ => continue,
            };
            let sum = sums.entry((sending.from, sending.to, why)).or_default();
            sum.push((false, *sending));
        }
        let sum = |((from, to, why), mut sendings): ((NodeId, NodeId, String), Vec<_>)| {
            sendings.sort_by_key(|(known, sending): &(bool, Sending)| (*known, sending.sent));
            Self { from: vec![from], to: vec![to], why, sendings }
        };
        let undelivered: Vec<Self> = sums.into_iter().map(sum).collect();
        let mut undelivered = merged(undelivered, |one| (one.from.clone(), one.why.clone()));
        undelivered = merged(undelivered, |one| (one.to.clone(), one.why.clone()));
        undelivered.sort_by_key(|undelivered| {
            let (known, first) = undelivered.sendings[0];
            let is_near = |near| undelivered.from.contains(&near) || undelivered.to.contains(&near);
            let far = near.is_some_and(|near| !is_near(near));
            (known, far, Reverse(undelivered.sendings.len()), first.sent)
        });
        undelivered
    }

    /// How much was lost on its way to nodes that were down in the end, since they were: "3 messages
    /// from n3 to it were lost".
    pub(crate) fn to_crashed(
        trace: &Trace,
        impairments: &[Impairment],
    ) -> BTreeMap<NodeId, String> {
        let mut lost = BTreeMap::new();
        for impairment in impairments {
            let Impairment::Down { node, since } = impairment else { continue };
            let to_it = trace.losses.iter().map(|loss| loss.sending);
            let to_it: Vec<Sending> =
                to_it.filter(|sending| sending.to == *node && sending.sent >= *since).collect();
            let senders: BTreeSet<NodeId> = to_it.iter().map(|sending| sending.from).collect();
            if !to_it.is_empty() {
                let verb = if to_it.len() == 1 { "was" } else { "were" };
                let messages = words::count(to_it.len() as u64, "message");
                let senders = words::nodes(&senders.into_iter().collect::<Vec<NodeId>>());
                lost.insert(*node, format!("{messages} from {senders} to it {verb} lost"));
            }
        }
        lost
    }

    /// The steps whose texts are needed.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = u64> {
        self.sendings.iter().take(CONTENTS).map(|(_, sending)| sending.step)
    }

    pub(crate) fn messages(&self) -> impl Iterator<Item = u64> {
        self.sendings.iter().map(|(_, sending)| sending.message)
    }

    /// A sentence for each of the first so many, and one for the rest.
    pub(crate) fn told(undelivered: &[Self], texts: &Texts, most: usize) -> Vec<String> {
        let mut lines: Vec<String> =
            undelivered.iter().take(most).map(|undelivered| undelivered.sentence(texts)).collect();
        let hidden = undelivered.len().saturating_sub(most);
        if hidden > 0 {
            lines.push(format!("and messages on {}.", words::count(hidden as u64, "other link")));
        }
        lines
    }

    fn sentence(&self, texts: &Texts) -> String {
        let Self { from, to, why, sendings } = self;
        let mut contents: Vec<String> = Vec::new();
        for (_, sending) in sendings {
            let text = texts.message(sending.message).unwrap_or_default();
            let content = match sendings.len() {
                0..=CONTENTS if !text.is_empty() => words::content(sending.kind, text, WIDTH),
                _ => sending.kind.to_owned(),
            };
            if !contents.contains(&content) {
                contents.push(content);
            }
        }
        let messages = words::count(sendings.len() as u64, "message");
        let contents = words::list(&contents);
        let last = sendings.iter().map(|(_, sending)| sending.sent).max().unwrap_or_default();
        let sent = if sendings.len() > 1 { "the last sent" } else { "sent" };
        let (at, from, to) = (words::instant(last), words::nodes(from), words::nodes(to));
        format!("{messages} from {from} to {to} ({contents}), {sent} at {at}: {why}.")
    }
}

/// Sums of many messages that share this are one.
fn merged<K: PartialEq>(
    sums: Vec<Undelivered>,
    key: impl Fn(&Undelivered) -> K,
) -> Vec<Undelivered> {
    let mut merged: Vec<Undelivered> = Vec::new();
    for mut one in sums {
        // Of few messages it is told what they say.
        let is_many = |sum: &Undelivered| sum.sendings.len() > CONTENTS;
        let alike = |other: &&mut Undelivered| is_many(other) && key(other) == key(&one);
        match merged.iter_mut().find(alike).filter(|_| is_many(&one)) {
            Some(other) => {
                other.from.append(&mut one.from);
                other.to.append(&mut one.to);
                for nodes in [&mut other.from, &mut other.to] {
                    nodes.sort_unstable();
                    nodes.dedup();
                }
                other.sendings.append(&mut one.sendings);
                other.sendings.sort_by_key(|(known, sending)| (*known, sending.sent));
            }
            None => merged.push(one),
        }
    }
    merged
}
