//! [`Inbox`]: what has come to a node and waits, first in, first out, and what it works on.

use std::collections::VecDeque;

use sim_node::NodeId;

use super::agenda::Parcel;

/// Something that has come to a node and waits, or is handled at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrival<T> {
    pub(super) what: What<T>,
    /// The step that caused it.
    pub(super) step: Option<u64>,
}

/// Of a timer `T`, its key; of messages, their parcels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What<T> {
    Message {
        id: u64,
        from: NodeId,
        sent: u64,
        copied: bool,
        parcel: Parcel,
    },
    Own(Parcel),
    Timer(T),
    /// An index into the workload.
    Request(u32),
    /// A sync of the disk has completed.
    Synced,
}

/// The queue of one node, and the event that it works on, if events take it time.
#[derive(Clone, Debug)]
pub(super) struct Inbox<T> {
    queue: VecDeque<Arrival<T>>,
    /// How many of them are timers.
    timers: u32,
    /// What it works on, and whether that is finished but for a pause.
    work: Option<(Arrival<T>, bool)>,
}

/// What a node turns to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn<T> {
    /// It works, and that takes more time.
    AtWork,
    /// What it worked on was finished during a pause.
    Finished(Arrival<T>),
    /// The next of its queue.
    Next(Arrival<T>),
    /// Nothing is left.
    Free,
}

impl<T: Copy + PartialEq> Inbox<T> {
    pub(super) fn new() -> Self {
        Self { queue: VecDeque::new(), timers: 0, work: None }
    }

    /// Something has come and waits.
    pub(super) fn push(&mut self, arrival: Arrival<T>) {
        self.timers += u32::from(matches!(arrival.what, What::Timer(_)));
        self.queue.push_back(arrival);
    }

    /// The messages that wait, and the one that it works on.
    pub(super) fn parcels(&self) -> impl Iterator<Item = Parcel> {
        let work = self.work.iter().map(|(arrival, _)| arrival);
        work.chain(&self.queue).filter_map(|arrival| match arrival.what {
            What::Message { parcel, .. } | What::Own(parcel) => Some(parcel),
            What::Timer(_) | What::Request(_) | What::Synced => None,
        })
    }

    /// The node works on something for a while.
    pub(super) fn begin_work(&mut self, arrival: Arrival<T>) {
        self.work = Some((arrival, false));
    }

    /// The work has taken its time. During a pause its result waits for the end of the pause, and
    /// `None` is returned.
    pub(super) fn end_work(&mut self, paused: bool) -> Option<Arrival<T>> {
        if paused {
            if let Some((_, finished)) = &mut self.work {
                *finished = true;
            }
            return None;
        }
        self.work.take().map(|(arrival, _)| arrival)
    }

    /// What the node would turn to now.
    pub(super) fn peek(&self) -> Turn<T> {
        match (self.work, self.queue.front()) {
            (Some((_, false)), _) => Turn::AtWork,
            (Some((arrival, true)), _) => Turn::Finished(arrival),
            (None, Some(arrival)) => Turn::Next(*arrival),
            (None, None) => Turn::Free,
        }
    }

    /// The node turns to what is next, which is taken out.
    pub(super) fn turn(&mut self) -> Turn<T> {
        let turn = self.peek();
        match turn {
            Turn::Finished(_) => self.work = None,
            Turn::Next(arrival) => {
                self.queue.pop_front();
                self.timers -= u32::from(matches!(arrival.what, What::Timer(_)));
            }
            Turn::AtWork | Turn::Free => {}
        }
        turn
    }

    /// A timer that was due and waits is cancelled or replaced. (What the node works on stays.)
    pub(super) fn cancel_timer(&mut self, timer: T) {
        if self.timers == 0 {
            return;
        }
        let of_key = |arrival: &Arrival<T>| matches!(arrival.what, What::Timer(t) if t == timer);
        if let Some(place) = self.queue.iter().position(of_key) {
            self.queue.remove(place);
            self.timers -= 1;
        }
    }

    /// Timers that wait come before everything else; otherwise the order stays.
    pub(super) fn put_timers_first(&mut self) {
        let is_timer = |arrival: &Arrival<T>| matches!(arrival.what, What::Timer(_));
        self.queue.make_contiguous().sort_by_key(|arrival| !is_timer(arrival));
    }

    /// A crash: nothing is left of what waited or was worked on. Returns it, in order.
    pub(super) fn crash(&mut self) -> impl Iterator<Item = Arrival<T>> + use<T> {
        self.timers = 0;
        let work = self.work.take().map(|(arrival, _)| arrival);
        work.into_iter().chain(std::mem::take(&mut self.queue))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timer(key: u8) -> Arrival<u8> {
        Arrival { what: What::Timer(key), step: None }
    }

    fn request(index: u32) -> Arrival<u8> {
        Arrival { what: What::Request(index), step: None }
    }

    fn inbox(arrivals: &[Arrival<u8>]) -> Inbox<u8> {
        let mut inbox = Inbox::new();
        arrivals.iter().for_each(|arrival| inbox.push(*arrival));
        inbox
    }

    #[test]
    fn what_waits_has_its_turn_first_in_first_out() {
        let mut inbox = inbox(&[request(1), timer(7), request(2)]);
        assert_eq!(inbox.peek(), Turn::Next(request(1)), "a look takes nothing out");
        for expected in [request(1), timer(7), request(2)] {
            assert_eq!(inbox.turn(), Turn::Next(expected));
        }
        assert_eq!(inbox.turn(), Turn::Free);
    }

    #[test]
    fn nothing_has_its_turn_while_the_node_works() {
        let mut inbox = inbox(&[request(2)]);
        inbox.begin_work(request(1));
        assert_eq!(inbox.turn(), Turn::AtWork);
        assert_eq!(inbox.end_work(false), Some(request(1)));
        assert_eq!(inbox.turn(), Turn::Next(request(2)));
    }

    #[test]
    fn work_that_ends_in_a_pause_is_the_first_thing_after_it() {
        let mut inbox = inbox(&[request(2)]);
        inbox.begin_work(request(1));
        assert_eq!(inbox.end_work(true), None);
        assert_eq!(inbox.turn(), Turn::Finished(request(1)));
        assert_eq!(inbox.turn(), Turn::Next(request(2)));
    }

    #[test]
    fn a_timer_that_waits_can_be_cancelled() {
        let mut inbox = inbox(&[timer(1), timer(2), request(1)]);
        inbox.cancel_timer(1);
        inbox.cancel_timer(3);
        assert_eq!(inbox.turn(), Turn::Next(timer(2)));
        inbox.cancel_timer(2);
        assert_eq!(inbox.turn(), Turn::Next(request(1)));
    }

    #[test]
    fn timers_can_be_put_first() {
        let mut inbox = inbox(&[request(1), timer(7), request(2), timer(3)]);
        inbox.put_timers_first();
        for expected in [timer(7), timer(3), request(1), request(2)] {
            assert_eq!(inbox.turn(), Turn::Next(expected));
        }
    }

    #[test]
    fn a_crash_leaves_nothing() {
        let mut inbox = inbox(&[timer(1), request(2)]);
        inbox.begin_work(request(1));
        assert_eq!(inbox.crash().collect::<Vec<_>>(), [request(1), timer(1), request(2)]);
        assert_eq!(inbox.turn(), Turn::Free);
        inbox.cancel_timer(1);
    }
}
