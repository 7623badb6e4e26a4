//! [`Client`]: makes operations, asks again, follows redirects, gives up.

mod address;
mod config;
mod draw;
mod lane;
mod words;

use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde::Serialize;
use sim_node::{Context, Duration, ImageError, Never, Node, NodeId, Role, Span};

pub use self::config::{ClientConfig, Routing};
pub use self::words::{ClientIndication, ClientRecord, ClientStable, ClientTimer};

use self::address::Address;
use self::draw::{draw_command, learn};
use self::lane::{Lane, Lanes};
use crate::workload::{Contact, Loop};
use crate::{Answer, ClientId, Command, Key, Request, Routes, ServiceMessage};

/// A client of the service. It asks the server that answered last, follows redirects, and asks the
/// next server when an answer is overdue. A retry is the same operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(bound = "")]
pub struct Client<M: ServiceMessage> {
    /// How many operations are left to begin.
    left: u32,
    /// How many it has begun; makes values unique.
    begun: u32,
    /// The next session's number.
    next_session: u64,
    /// Operations under way, and idle sessions. A closed loop has one lane, an open one as many as
    /// there are operations under way at once.
    lanes: Lanes,
    /// How many operations of the script are still to come.
    #[serde(skip_serializing_if = "is_zero")]
    scripted: u32,
    /// What it last knew of each key, which its compare-and-sets expect.
    known: BTreeMap<Key, Option<String>>,
    /// Whom it asks for updates, and for reads unless they have a server of their own.
    updates: Address,
    /// Whom it asks for reads, where they have a server of their own.
    reads: Address,
    #[serde(skip)]
    message: PhantomData<fn() -> M>,
}

impl<M: ServiceMessage> Node for Client<M> {
    type Config = ClientConfig;
    type Message = M;
    type Timer = ClientTimer;
    type Request = Never;
    type Indication = ClientIndication;
    type Stable = ClientStable;

    fn start(stable: &ClientStable, cx: &mut Context<'_, Self>) -> Self {
        cx.write(ClientRecord::Started);
        cx.barrier();
        let workload = &cx.config().workload;
        let place = cx.id().number() - cx.config().first;
        let address = Address::first(place, cx.servers());
        let scripted = plan_script(place, stable, cx);
        let client = Self {
            left: workload.share(place).saturating_sub(stable.begun),
            begun: stable.begun,
            next_session: ClientId::first_session(stable.starts),
            lanes: Lanes::default(),
            scripted,
            known: BTreeMap::new(),
            updates: address.clone(),
            reads: address,
            message: PhantomData,
        };
        client.plan_next(cx);
        client
    }

    fn on_message(&mut self, from: NodeId, message: M, cx: &mut Context<'_, Self>) {
        let reply = match message.into_reply() {
            Ok(reply) => reply,
            Err(other) => {
                if let Ok(routes) = other.into_routes() {
                    self.turn_to(routes, cx);
                }
                return;
            }
        };
        let Some(number) = self.lanes.find(cx.id(), reply.operation) else { return };
        let Some(lane) = self.lanes.get_mut(number) else { return };
        let is_read = lane.is_read();
        match reply.answer {
            Answer::Done(output) => {
                if let Some(under_way) = self.lanes.end(number) {
                    learn(&mut self.known, &under_way.command, &output);
                }
                if is_read || cx.config().routing == Routing::Single {
                    self.address(is_read, cx.config()).server = from;
                }
                cx.cancel_timer(ClientTimer::Overdue(number));
                cx.indicate(ClientIndication::Answered { operation: reply.operation, output });
                if let Loop::Closed { .. } = cx.config().workload.arrivals {
                    self.plan_next(cx);
                }
            }
            // Without a better address, the same server is asked again when the answer is overdue.
            Answer::Redirect(None) => {}
            Answer::Redirect(Some(server)) => {
                if server != from && server.number() < cx.servers() && lane.may_follow(cx.servers())
                {
                    self.address(is_read, cx.config()).server = server;
                    self.send(number, true, cx);
                }
            }
        }
    }

    fn on_timer(&mut self, timer: ClientTimer, cx: &mut Context<'_, Self>) {
        match timer {
            ClientTimer::Next => {
                self.begin(cx);
                if let Loop::Open { .. } = cx.config().workload.arrivals {
                    self.plan_next(cx);
                }
            }
            ClientTimer::Overdue(number) => self.overdue(number, cx),
            ClientTimer::Scripted(place) => self.follow_script(place, cx),
        }
    }

    fn role(&self) -> Option<Role> {
        Some(Role::new("client", 0))
    }

    fn check_image(image: &ClientStable, _: NodeId, _: &ClientConfig) -> Result<(), ImageError> {
        ImageError::check_small_counter("starts", image.starts)?;
        ImageError::check_small_counter("begun", image.begun)?;
        if image.starts == 0 && image.begun > 0 {
            let message = "a client that has never started has begun nothing; give `starts: 1`";
            return Err(ImageError::new(message).within("begun"));
        }
        Ok(())
    }
}

/// Sets a timer for each operation of the script that is still to come. Returns how many.
fn plan_script<M: ServiceMessage>(
    client: u32,
    stable: &ClientStable,
    cx: &mut Context<'_, Client<M>>,
) -> u32 {
    let config = cx.config();
    // Whatever its clock shows at first, that is the beginning of the run.
    let now = if stable.starts == 0 { 0 } else { cx.now().as_nanos() };
    let mut planned = 0;
    for (place, scripted) in config.workload.script_of(client) {
        if let Some(span) = scripted.time().as_nanos().checked_sub(now) {
            cx.set_timer(ClientTimer::Scripted(place), Duration::from_nanos(span));
            planned += 1;
        }
    }
    planned
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl<M: ServiceMessage> Client<M> {
    /// Whether all its operations have begun and none is under way.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.left == 0 && self.scripted == 0 && self.lanes.are_idle()
    }

    fn address(&mut self, is_read: bool, config: &ClientConfig) -> &mut Address {
        match config.routing {
            Routing::Split if is_read => &mut self.reads,
            _ => &mut self.updates,
        }
    }

    /// Asks somebody else from now on, also for what is under way.
    fn turn_to(&mut self, routes: Routes, cx: &mut Context<'_, Self>) {
        let config = cx.config();
        for (server, is_read) in [(routes.updates, false), (routes.reads, true)] {
            let Some(server) = server.filter(|server| server.number() < cx.servers()) else {
                continue;
            };
            let address = self.address(is_read, config);
            if address.server == server {
                continue;
            }
            address.server = server;
            let of_kind = self.lanes.under_way().filter(|(_, lane)| lane.is_read() == is_read);
            for number in of_kind.map(|(number, _)| number).collect::<Vec<_>>() {
                self.send(number, true, cx);
            }
        }
    }

    fn plan_next(&self, cx: &mut Context<'_, Self>) {
        if self.left > 0 {
            let span: Span = match cx.config().workload.arrivals {
                Loop::Closed { think } => think,
                Loop::Open { every } => every,
            };
            cx.set_timer(ClientTimer::Next, span);
        }
    }

    fn begin(&mut self, cx: &mut Context<'_, Self>) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        self.begun += 1;
        cx.write(ClientRecord::Began);
        cx.barrier();
        let command = draw_command(self.begun, &self.known, cx);
        self.invoke(command, None, cx);
    }

    /// An operation of the script begins.
    fn follow_script(&mut self, place: u32, cx: &mut Context<'_, Self>) {
        let workload = &cx.config().workload;
        let scripted = workload.script.get(place as usize).expect("the timer was set for it");
        self.scripted -= 1;
        self.invoke(scripted.command().clone(), scripted.server(), cx);
    }

    /// Begins an operation, and asks this server first if one is given.
    fn invoke(&mut self, command: Command, server: Option<NodeId>, cx: &mut Context<'_, Self>) {
        let number = self.lanes.begin(command.clone(), &mut self.next_session);
        let operation = self.lanes.get(number).expect("it has begun").operation(cx.id());
        let is_read = command.is_read();
        cx.indicate(ClientIndication::Invoked { operation, command });
        if let Some(server) = server {
            self.address(is_read, cx.config()).server = server;
        } else if cx.config().workload.contact == Contact::Any {
            let drawn = u32::try_from(cx.choose(cx.servers().into())).expect("a server's number");
            self.address(is_read, cx.config()).server = NodeId::new(drawn);
        }
        self.ask(number, false, cx);
    }

    /// Sends an operation, and waits for its answer.
    fn ask(&mut self, number: u32, again: bool, cx: &mut Context<'_, Self>) {
        let lane = self.lanes.get_mut(number);
        if let Some(under_way) = lane.and_then(|lane| lane.under_way.as_mut()) {
            under_way.attempts += 1;
            under_way.redirects = 0;
            self.send(number, again, cx);
            cx.set_timer(ClientTimer::Overdue(number), cx.config().workload.timeout);
        }
    }

    fn send(&mut self, number: u32, again: bool, cx: &mut Context<'_, Self>) {
        let Some(lane) = self.lanes.get(number) else { return };
        let operation = lane.operation(cx.id());
        let Some(under_way) = &lane.under_way else { return };
        let command = under_way.command.clone();
        let server = self.address(command.is_read(), cx.config()).server;
        let request = M::request(Request { operation, command });
        if again {
            cx.resend(server, request);
        } else {
            cx.send(server, request);
        }
    }

    /// No answer came in time: asks the next server, or gives up and goes on under a new identity.
    fn overdue(&mut self, number: u32, cx: &mut Context<'_, Self>) {
        let limit = cx.config().workload.attempts;
        let is_read = self.lanes.get(number).is_some_and(Lane::is_read);
        self.address(is_read, cx.config()).next(cx.servers());
        let Some(lane) = self.lanes.get_mut(number) else { return };
        let attempts = lane.under_way.as_ref().map_or(0, |under_way| under_way.attempts);
        if limit == 0 || attempts < limit {
            return self.ask(number, true, cx);
        }
        let operation = lane.operation(cx.id());
        self.lanes.renew(number, self.next_session);
        self.next_session += 1;
        cx.indicate(ClientIndication::GivenUp { operation });
        if let Loop::Closed { .. } = cx.config().workload.arrivals {
            self.plan_next(cx);
        }
    }
}
