//! The claims about primary-backup replication.

mod in_service;
mod nothing_lost;
mod one_at_a_time;
mod one_primary;
mod succession;
mod update_order;

pub use in_service::InService;
pub use nothing_lost::NothingLost;
pub use one_at_a_time::OneAtATime;
pub use one_primary::OnePrimary;
use service::{Completion, Linearizability};
use sim_check::{View, suite};
use sim_node::{HasParty, NodeId};
pub use succession::Succession;
pub use update_order::UpdateOrder;

use crate::{Party, Replica, ViewService};

/// All claims about replicas, their view service and their clients.
pub type Suite = suite![
    OnePrimary,
    UpdateOrder,
    NothingLost,
    Succession,
    OneAtATime,
    InService,
    Linearizability,
    Completion,
];

/// A node that is a replica and up.
fn replica<'a>(view: &View<'a, Party>, node: NodeId) -> Option<&'a Replica> {
    view.state(node)?.party()
}

/// A node that is the view service and up.
fn view_service<'a>(view: &View<'a, Party>, node: NodeId) -> Option<&'a ViewService> {
    view.state(node)?.party()
}
