//! Other members: an administrator's wish becomes a value of the log.

use sim_node::Context;

use super::node::{Standing, Timer};
use super::{Admin, Leader, Message, Record, Server, Value, Wish};

impl Server {
    /// An administrator wants other members. The wish gets a number that no other of this server
    /// has, so that it is done once however often it is passed on.
    pub(super) fn wish(&mut self, wish: &Admin, cx: &mut Context<'_, Self>) {
        self.wished += 1;
        cx.write(Record::Wished(self.wished));
        Self::persist(cx);
        let wish = Wish { asker: cx.id(), number: self.wished, members: wish.members() };
        self.wishes.push_back(wish);
        self.pass_wishes_on(cx);
    }

    /// Passes on what is not done yet, to whoever leads now.
    pub(super) fn pass_wishes_on(&mut self, cx: &mut Context<'_, Self>) {
        let configurations = &self.configurations;
        self.wishes.retain(|wish| !configurations.is_done(wish));
        if self.wishes.is_empty() {
            return;
        }
        cx.set_timer(Timer::Wish, cx.config().retry);
        let leader = match cx.config().leader {
            Leader::Omega => self.trusted(),
            Leader::Everybody => cx.id(),
        };
        self.reconsider(cx);
        for wish in self.wishes.clone() {
            if leader == cx.id() {
                self.hear_wish(wish, cx);
            } else {
                cx.send(leader, Message::Wish(wish));
            }
        }
    }

    /// A leader proposes a wish, unless it does so already.
    pub(super) fn hear_wish(&mut self, wish: Wish, cx: &mut Context<'_, Self>) {
        let (Standing::Candidate(proposer) | Standing::Leader(proposer)) = &self.standing else {
            return;
        };
        let value = Value::Reconfigure(wish.clone());
        let proposed = proposer.proposals.values().any(|proposal| proposal.value == value)
            || proposer.reported.values().any(|(_, reported)| *reported == value);
        if !proposed && !self.changes.contains(&wish) && !self.configurations.is_done(&wish) {
            self.changes.push_back(wish);
            self.advance(cx);
        }
    }
}
