//! Other members: an administrator's wish becomes a value of the log.

use sim_node::{Context, NodeId};

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
        let leaders = self.who_takes_wishes(cx);
        self.reconsider(cx);
        for wish in self.wishes.clone() {
            for leader in &leaders {
                if *leader == cx.id() {
                    self.hear_wish(wish.clone(), cx);
                } else {
                    cx.send(*leader, Message::Wish(wish.clone()));
                }
            }
        }
    }

    /// Whoever leads; where everybody may, this server, or the members if it is none of them.
    fn who_takes_wishes(&self, cx: &Context<'_, Self>) -> Vec<NodeId> {
        let members = self.configurations.at(self.executed.next());
        match cx.config().leader {
            Leader::Omega => vec![self.trusted()],
            Leader::Everybody if members.contains(&cx.id()) => vec![cx.id()],
            Leader::Everybody => members.iter().copied().collect(),
        }
    }

    /// A leader proposes a wish, unless it does so already. Where everybody may lead, it is the
    /// reason to: the wish of somebody who is no member becomes one of its own.
    pub(super) fn hear_wish(&mut self, wish: Wish, cx: &mut Context<'_, Self>) {
        let (Standing::Candidate(proposer) | Standing::Leader(proposer)) = &self.standing else {
            let takes_it = cx.config().leader == Leader::Everybody
                && self.who_takes_wishes(cx).contains(&cx.id())
                && !self.wishes.contains(&wish);
            if takes_it && !self.configurations.is_done(&wish) {
                self.wishes.push_back(wish);
                self.pass_wishes_on(cx);
            }
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
