//! One node, in a test harness: how it starts, and what it receives.

use std::collections::VecDeque;
use std::sync::Arc;

use primary_backup::{Config, Forward, Header, Message, ViewNumber};
use service::{ClientId, Command, Key, Operation, Request};
use sim_node::{Duration, Harness, Node, NodeId, Ratio};

/// A message and its receiver.
pub(crate) type Sent = (NodeId, Message);

pub(crate) const fn node(number: u32) -> NodeId {
    NodeId::new(number)
}

pub(crate) const fn view(number: u64) -> ViewNumber {
    ViewNumber(number)
}

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A client.
pub(crate) const CLIENT: NodeId = NodeId::new(100);

/// So many replicas; all but one are backups.
pub(crate) fn config(replicas: u32) -> Config {
    Config { lease_drift: Ratio::from_percent(10), chunk: 1, batch: 8, ..Config::new(replicas) }
}

/// A node that starts for the first time, in a test harness, and what it sends then.
pub(crate) fn start<N>(id: u32, config: Config) -> (Harness<N>, Vec<Sent>)
where
    N: Node<Config = Config, Message = Message>,
{
    let replicas = config.nodes;
    let (mut harness, messages) = Harness::new(config, node(id), replicas);
    // Nobody makes choices.
    harness.choices = Some(VecDeque::new());
    (harness, messages)
}

/// A client's update; each has a session of its own.
pub(crate) fn put(number: u64) -> Arc<Request> {
    request(number, Command::Put(Key(0), format!("v{number}")))
}

pub(crate) fn get(number: u64) -> Arc<Request> {
    request(number, Command::Get(Key(0)))
}

fn request(number: u64, command: Command) -> Arc<Request> {
    let client = ClientId { node: CLIENT, session: number };
    Arc::new(Request { operation: Operation { client, sequence: 1 }, command })
}

/// Updates of a view, as its primary sends them; the numbers are those of the puts.
pub(crate) fn forward(epoch: u64, since: u64, after: u64, puts: &[u64]) -> Message {
    let header = Header { view: view(epoch), epoch: view(epoch), since: view(since) };
    let after = primary_backup::Number(after);
    let updates = puts.iter().map(|number| put(*number)).collect();
    Message::Forward(Forward { header, after, updates, stable: primary_backup::Number(0) })
}

/// The kinds of what is sent, without pings and pongs, and to whom.
pub(crate) fn kinds(messages: &[Sent]) -> Vec<(u32, &'static str)> {
    let kind = |message: &Message| {
        <Message as sim_node::Message>::KINDS[sim_node::Message::kind(message)].0
    };
    let all = messages.iter().map(|(to, message)| (to.number(), kind(message)));
    all.filter(|(_, kind)| !["Ping", "Pong"].contains(kind)).collect()
}
