//! Other members: an administrator's command becomes a value of the log.
//!
//! Any server takes it, numbers it and passes it on to the leader until it is executed: the leader
//! may crash, or may not be one any more. By its number it is executed once, however often it was
//! passed on and proposed.

use std::collections::VecDeque;

use sim_node::Context;

use super::node::Timer;
use super::proposer::Proposer;
use super::replica::persist;
use super::{Admin, AdminCommand, Leader, Members, Message, Record, Server};

impl Server {
    /// An administrator asks for other members.
    pub(super) fn on_admin_request(&mut self, request: &Admin, cx: &mut Context<'_, Self>) {
        self.replica.numbered += 1;
        let (server, number) = (cx.id(), self.replica.numbered);
        cx.write(Record::Numbered(number));
        persist(cx);
        self.pending.commands.push_back(AdminCommand {
            server,
            number,
            members: request.members(),
            request: cx.request(),
        });
        self.pass_commands_on(cx);
    }

    /// Passes on the commands that are not executed yet, to the server that leads now.
    pub(super) fn pass_commands_on(&mut self, cx: &mut Context<'_, Self>) {
        let configurations = &self.replica.configurations;
        self.pending.commands.retain(|command| {
            let is_done = configurations.is_done(command);
            // It may have been executed in a snapshot of another server.
            if is_done && command.server == cx.id() && configurations.had(command.members) {
                cx.done(command.request);
            }
            !is_done
        });
        if self.pending.commands.is_empty() {
            return;
        }
        cx.set_timer(Timer::Admin, cx.config().retry);
        let receivers = self.command_receivers(cx);
        self.reconsider(cx);
        let commands: VecDeque<AdminCommand> = self.pending.commands.clone();
        for command in commands {
            for receiver in receivers {
                if receiver == cx.id() {
                    self.on_admin_command(command, cx);
                } else {
                    cx.send(receiver, Message::Admin(command));
                }
            }
        }
    }

    /// The leader. Where everybody may lead, this server, or all members if it is not one of them.
    fn command_receivers(&self, cx: &Context<'_, Self>) -> Members {
        let members = self.replica.configurations.at(self.replica.executed.next());
        match cx.config().leader {
            Leader::Omega => Members::from([self.trusted()]),
            Leader::Everybody if members.contains(cx.id()) => Members::from([cx.id()]),
            Leader::Everybody => members,
        }
    }

    /// A command reaches a server that may lead.
    pub(super) fn on_admin_command(&mut self, command: AdminCommand, cx: &mut Context<'_, Self>) {
        if self.replica.configurations.is_done(&command) {
            return;
        }
        match &self.proposer {
            Proposer::Idle => self.adopt_command(command, cx),
            proposer => {
                let is_proposed = proposer.proposes(&command)
                    || self.pending.commands_to_propose.contains(&command);
                if !is_proposed {
                    self.pending.commands_to_propose.push_back(command);
                    self.advance(cx);
                }
            }
        }
    }

    /// Where everybody may lead, a command of a server that is no member is a reason for a member
    /// to lead: it takes the command for its own. Where Omega chooses the leader, this server is
    /// not it, and the command will be passed on again.
    fn adopt_command(&mut self, command: AdminCommand, cx: &mut Context<'_, Self>) {
        let may_lead =
            cx.config().leader == Leader::Everybody && self.command_receivers(cx).contains(cx.id());
        if may_lead && !self.pending.commands.contains(&command) {
            self.pending.commands.push_back(command);
            self.pass_commands_on(cx);
        }
    }
}
