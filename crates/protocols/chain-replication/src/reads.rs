//! Reads: at the tail, or in CRAQ at any replica (Terrace and Freedman 2009, section 2).

use std::sync::Arc;

use service::{Answer, Key, Output, Request};
use sim_node::Context;

use crate::{Consistency, Indication, Message, Mutant, Position, Reads, Replica, Version};

impl Replica {
    /// A client reads.
    pub(crate) fn read(&mut self, request: Arc<Request>, cx: &mut Context<'_, Self>) {
        let reads = cx.config().reads;
        let is_tail = self.configuration.tail().is_some_and(|tail| tail.node == cx.id());
        if self.place.is_none() || reads == Reads::Tail && !is_tail {
            let tail = self.configuration.tail().map(|member| member.node);
            return Self::answer(request.operation, Answer::Redirect(tail), cx);
        }
        if !self.complete {
            self.waiting.insert(request.operation, request);
            return;
        }
        let key = request.command.key();
        let dirty = self.versions.dirty(key);
        match reads {
            // At the tail, the newest is committed.
            Reads::Any(Consistency::Eventual) if self.is_acting_tail() => {
                self.answer_committed(&request, self.committed, cx);
            }
            Reads::Any(Consistency::Eventual) => self.answer_newest(&request, cx),
            _ if !self.may_read(cx) => {
                self.waiting.insert(request.operation, request);
            }
            Reads::Any(Consistency::Bounded(most)) if dirty <= most as usize => {
                self.answer_newest(&request, cx);
            }
            Reads::Any(_) if dirty > 0 && cx.config().has(Mutant::DirtyRead) => {
                self.answer_committed(&request, self.last, cx);
            }
            Reads::Any(_) if dirty > 0 && !self.is_acting_tail() => self.ask_version(request, cx),
            _ => self.answer_committed(&request, self.committed, cx),
        }
    }

    /// The key has versions that may or may not be committed: the tail knows.
    fn ask_version(&mut self, request: Arc<Request>, cx: &mut Context<'_, Self>) {
        if let Some(tail) = self.configuration.tail() {
            cx.send(tail.node, Message::VersionQuery(Arc::clone(&request)));
            self.asked.insert(request.operation, request);
        }
    }

    /// The tail has said which version is committed. A replica that was left behind since it
    /// asked may have another version there, which no tail ever committed; then its lease is over.
    pub(crate) fn learn_version(
        &mut self,
        request: Arc<Request>,
        position: Position,
        cx: &mut Context<'_, Self>,
    ) {
        if self.asked.remove(&request.operation).is_none() {
            return;
        }
        if !self.may_read(cx) {
            self.waiting.insert(request.operation, request);
            return;
        }
        self.answer_committed(&request, position.max(self.committed), cx);
    }

    /// What reads waited for has come.
    pub(crate) fn read_waiting(&mut self, cx: &mut Context<'_, Self>) {
        for (_, request) in std::mem::take(&mut self.waiting) {
            self.read(request, cx);
        }
    }

    /// The chain has changed, and with it perhaps the tail.
    pub(crate) fn ask_again(&mut self, cx: &mut Context<'_, Self>) {
        for (_, request) in std::mem::take(&mut self.asked) {
            self.read(request, cx);
        }
    }

    /// Answers with the version that was the last as of a committed update.
    fn answer_committed(&self, request: &Request, upto: Position, cx: &mut Context<'_, Self>) {
        let key = request.command.key();
        let value = self.versions.at(key, upto).unwrap_or_else(|| self.store.get(key));
        let is_newest = cx.config().has(Mutant::NewestRead);
        let value = if is_newest { self.store.get(key) } else { value };
        self.answer_read(request, key, value, Version::Committed(upto), cx);
    }

    /// Answers with the newest version, committed or not.
    fn answer_newest(&self, request: &Request, cx: &mut Context<'_, Self>) {
        let key = request.command.key();
        self.answer_read(request, key, self.store.get(key), Version::Newest(self.last), cx);
    }

    fn answer_read(
        &self,
        request: &Request,
        key: Key,
        value: Option<&str>,
        version: Version,
        cx: &mut Context<'_, Self>,
    ) {
        cx.indicate(Indication::Read(key, version));
        let answer = Answer::Done(Output::Value(value.map(str::to_owned)));
        Self::answer(request.operation, answer, cx);
    }
}
