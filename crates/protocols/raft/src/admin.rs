//! Admin commands: any server accepts them and forwards them to the leader (thesis, 4.1 and 3.10).
//!
//! The thesis' AddServer and RemoveServer are RPCs to the leader, which replies. Here a server
//! keeps a command until a committed configuration shows that it is done, sends it to the leader it
//! knows again and again until then (a transfer once), and replies nothing. So a leader may drop a
//! command while another change is under way: it comes again. A change that was refused is kept and
//! tried again as well, since a later configuration may allow it. `cx.done` and `cx.refuse` only
//! tell the run's report what became of a command; they send no message.
//!
//! What became of it is told by the numbers of the requests for it ([`Requested`]), which go where
//! the command goes: two requests may ask for the same at different times.

use sim_node::{Context, NodeId, Requested};

use crate::common::CommonState;
use crate::leader::leads_already;
use crate::server::Timer;
use crate::types::Mark;
use crate::{Admin, Configuration, Index, Message, Server};

impl Admin {
    /// Whether it is a change that is done, in this configuration.
    pub(crate) fn is_done(&self, configuration: &Configuration) -> bool {
        match self {
            Self::Transfer(_) => false,
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

impl Admin {
    /// Why a change changes nothing, where it is done before it is asked for.
    fn done_already(&self) -> Option<String> {
        match self {
            Self::AddVoter(node) => Some(format!("{node} has a vote already")),
            Self::AddLearner(node) => Some(format!("{node} is a learner already")),
            Self::Remove(node) => Some(format!("{node} is no member")),
            Self::Joint(_) => Some("the members are so already".to_owned()),
            Self::Transfer(_) => None,
        }
    }
}

impl Server {
    /// A request of an administrator. One that changes nothing is refused; that is told and has no
    /// other effect, as such a command is forgotten at once.
    pub(crate) fn on_admin_request(&mut self, command: Admin, cx: &mut Context<'_, Self>) {
        let is_sure = self.common.is_configuration_committed() && !self.keeps(&command);
        let exists = |node: &NodeId| node.number() < cx.servers();
        match command.done_already() {
            Some(why)
                if is_sure
                    && command.servers().iter().all(exists)
                    && command.is_done(self.common.configuration()) =>
            {
                cx.refuse(cx.request(), why);
                self.retry_admin(cx);
            }
            _ => self.on_admin(Requested::new(command, cx.request()), cx),
        }
    }

    /// Whether it keeps an equal command.
    fn keeps(&self, command: &Admin) -> bool {
        self.admin.iter().any(|kept| kept.what == *command)
    }

    /// A request of an administrator, or a command that another server forwards. A leader executes
    /// it at once; every server keeps it, and executes or forwards it until it is done:
    ///
    /// ```text
    /// server 2, a follower    AddVoter(3) arrives: keeps it, sends it to leader 0
    /// server 0, the leader    AddVoter(3) arrives: keeps it, appends {0 1 2} learners {3}, ...
    ///                         crashes before {0 1 2 3} is committed
    /// server 2                its timer fires, 3 is no voter: sends it to leader 1
    /// server 1, the leader    ... commits {0 1 2 3}
    /// servers 1 and 2         know that this is committed: they forget the command
    /// ```
    ///
    /// Executing a command twice does no harm: a leader ignores it while a change is under way, and
    /// once it is done.
    pub(crate) fn on_admin(&mut self, command: Requested<Admin>, cx: &mut Context<'_, Self>) {
        // A configuration with a server that does not exist would wait for it for ever.
        if command.what.servers().iter().any(|node| node.number() >= cx.servers()) {
            cx.refuse(command.by, "there is no such server");
            return cx.mark(Mark::ChangeRefused);
        }
        if let Some(mut leader) = self.leader(cx) {
            leader.execute_admin(&command);
            if matches!(command.what, Admin::Transfer(_)) {
                return;
            }
        }
        if let Some(kept) = self.admin.iter_mut().find(|kept| kept.what == command.what) {
            kept.by.extend(command.by);
        } else {
            self.admin.push_back(command);
            self.retry_admin(cx);
        }
    }

    /// Configurations have been committed since this index: forgets the commands that one of them
    /// shows to be done, whatever a later one says. Otherwise two commands that contradict each
    /// other would be carried out in turns, for ever:
    ///
    /// ```text
    /// server 2    keeps Remove(2), which is done; nobody tells a removed server
    /// server 1    keeps AddVoter(2): {0 1 2} is committed, and it forgets the command
    /// server 2    is told of all that it has missed, {0 1} among it, and forgets its command
    /// ```
    pub(crate) fn forget_admin_done_since(&mut self, since: Index, cx: &mut Context<'_, Self>) {
        let CommonState { configurations, commit_index, .. } = &self.common;
        self.admin.retain(|command| {
            let mut committed = configurations.between(since, *commit_index);
            let is_done = committed.any(|configuration| command.what.is_done(configuration));
            if is_done {
                cx.done(command.by.iter().copied());
            }
            !is_done
        });
    }

    /// Executes, or sends to the leader, the commands that are not done yet.
    pub(crate) fn retry_admin(&mut self, cx: &mut Context<'_, Self>) {
        let (id, known) = (cx.id(), self.known_leader(cx.id()));
        let mut commands = std::mem::take(&mut self.admin);
        if self.common.is_configuration_committed() {
            commands.retain(|command| match command.what {
                Admin::Transfer(target) if known == Some(target) => {
                    cx.refuse(command.by.iter().copied(), leads_already(target));
                    false
                }
                _ if command.what.is_done(self.common.configuration()) => {
                    cx.done(command.by.iter().copied());
                    false
                }
                _ => true,
            });
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
        // A transfer is sent once, and forgotten as soon as it was sent (a leader was known); if it
        // were sent again, it would depose a leader elected in the meantime. All other commands
        // stay until they are done.
        commands.retain(|command| known.is_none() || !matches!(command.what, Admin::Transfer(_)));
        self.admin = commands;
    }
}
