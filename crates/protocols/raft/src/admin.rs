//! Admin commands, from the server that is asked to the leader (thesis, 4.1 and 3.10).

use sim_node::{Context, NodeId};

use crate::server::Timer;
use crate::types::Mark;
use crate::{Admin, Configuration, Message, Server};

impl Admin {
    /// Whether it is done, in this configuration and under this leader.
    pub(crate) fn is_done(&self, configuration: &Configuration, leader: Option<NodeId>) -> bool {
        match self {
            Self::Transfer(target) => leader == Some(*target),
            _ if configuration.is_joint() => false,
            Self::AddVoter(node) => configuration.is_voter(*node),
            Self::AddLearner(node) => configuration.is_learner(*node),
            Self::Remove(node) => !configuration.is_member(*node),
            // Changes may contradict each other; then the last one of each server counts.
            Self::Joint(changes) => {
                let joint = configuration.enter_joint(true, changes);
                let after = joint.and_then(|joint| joint.leave_joint());
                after.is_ok_and(|after| after == *configuration)
            }
        }
    }
}

impl Server {
    /// An administrator asks this server, or another server passes a command on. A leader executes
    /// it; the others send it to the leader until it is done.
    pub(crate) fn on_admin(&mut self, command: Admin, cx: &mut Context<'_, Self>) {
        // A configuration with a server that does not exist would wait for it for ever.
        if command.servers().iter().any(|node| node.number() >= cx.servers()) {
            return cx.mark(Mark::ChangeRefused);
        }
        if let Some(mut leader) = self.leader(cx) {
            leader.execute_admin(&command);
            if matches!(command, Admin::Transfer(_)) {
                return;
            }
        }
        if !self.admin.contains(&command) {
            self.admin.push_back(command);
            self.retry_admin(cx);
        }
    }

    /// Executes, or sends to the leader, the commands that are not done yet.
    pub(crate) fn retry_admin(&mut self, cx: &mut Context<'_, Self>) {
        let (id, known) = (cx.id(), self.known_leader(cx.id()));
        let mut commands = std::mem::take(&mut self.admin);
        if self.core.is_configuration_committed() {
            commands.retain(|command| !command.is_done(self.core.configuration(), known));
        }
        if !commands.is_empty() {
            cx.set_timer(Timer::Admin, cx.config().election_timeout);
        }
        for command in &commands {
            if let Some(mut leader) = self.leader(cx) {
                leader.execute_admin(command);
            } else if let Some(other) = known.filter(|other| *other != id) {
                cx.send(other, Message::Admin(command.clone()));
            }
        }
        // A transfer is sent once: a second one would take leadership from a leader that was
        // elected in the meantime.
        commands.retain(|command| known.is_none() || !matches!(command, Admin::Transfer(_)));
        self.admin = commands;
    }
}
