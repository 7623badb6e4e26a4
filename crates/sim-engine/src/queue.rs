//! What is going to happen, in the total order of (time, tie-break, sequence).
//!
//! In two parts, as their needs differ. Messages and the world's own events are only ever pushed
//! and popped: packed keys in a heap, payloads in a [`Slab`], never inline in the heap. Timers are
//! set, replaced and cancelled by key: they have a queue of their own (`timers`).

/// When something happens: time (64 bits), tie-break and sequence (40), slot of the payload (24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(u128);

/// The place among the events of one instant, 40 bits: a sequence number, or a drawn tie-break of 8
/// bits before the sequence number's lower 32.
pub(crate) type Order = u64;

pub(crate) const ORDER_BITS: u32 = 40;
pub(crate) const TIE_BITS: u32 = 8;
const SLOT_BITS: u32 = 24;

/// The most messages and events that can be pending: what the slots can number, with room to spare.
pub(crate) const PENDING_MAX: usize = 1 << 22;

impl Key {
    #[inline]
    pub(crate) fn new(time: u64, order: Order, slot: u32) -> Self {
        let low = (order << SLOT_BITS) | u64::from(slot);
        Self(u128::from(time) << 64 | u128::from(low))
    }

    #[inline]
    pub(crate) fn time(self) -> u64 {
        (self.0 >> 64) as u64
    }

    #[inline]
    pub(crate) fn order(self) -> Order {
        self.0 as u64 >> SLOT_BITS
    }

    #[inline]
    pub(crate) fn slot(self) -> u32 {
        self.0 as u32 & ((1 << SLOT_BITS) - 1)
    }
}

/// Payloads by slot: what happens, `E`, and the message that it is about, apart from each other, as
/// a message may be large. It is moved in once and out once. The list of free slots lies in the
/// empty ones.
#[derive(Clone, Debug)]
pub(crate) struct Slab<E, M> {
    slots: Vec<Slot<E>>,
    messages: Vec<Option<M>>,
    free: u32,
}

#[derive(Clone, Copy, Debug)]
enum Slot<E> {
    Full(E),
    /// There is a message, and nothing happens to it yet.
    Reserved,
    /// The next free slot.
    Empty(u32),
}

const NO_SLOT: u32 = u32::MAX;

impl<E: Copy, M> Slab<E, M> {
    pub(crate) fn new() -> Self {
        Self { slots: Vec::new(), messages: Vec::new(), free: NO_SLOT }
    }

    /// Puts what happens into a slot, unless [`PENDING_MAX`] are in use.
    #[inline]
    pub(crate) fn insert(&mut self, event: E) -> Option<u32> {
        let slot = self.occupy()?;
        self.slots[slot as usize] = Slot::Full(event);
        Some(slot)
    }

    /// Puts a message into a slot, unless [`PENDING_MAX`] are in use.
    #[inline(always)]
    pub(crate) fn reserve(&mut self, message: M) -> Option<u32> {
        let slot = self.occupy()?;
        self.slots[slot as usize] = Slot::Reserved;
        self.messages[slot as usize] = Some(message);
        Some(slot)
    }

    /// Says what happens to the message of a slot.
    #[inline(always)]
    pub(crate) fn fill(&mut self, slot: u32, event: E) {
        self.slots[slot as usize] = Slot::Full(event);
    }

    #[inline(always)]
    fn occupy(&mut self) -> Option<u32> {
        let slot = self.free;
        let Some(place) = self.slots.get(slot as usize) else { return self.grow() };
        let Slot::Empty(next) = *place else { unreachable!("a free slot is empty") };
        self.free = next;
        Some(slot)
    }

    #[cold]
    fn grow(&mut self) -> Option<u32> {
        let slot = self.slots.len();
        if slot >= PENDING_MAX {
            return None;
        }
        self.slots.push(Slot::Reserved);
        self.messages.push(None);
        Some(slot as u32)
    }

    /// What happens by a full slot.
    #[inline]
    pub(crate) fn get(&self, slot: u32) -> Option<E> {
        match self.slots.get(slot as usize)? {
            Slot::Full(event) => Some(*event),
            Slot::Reserved | Slot::Empty(_) => None,
        }
    }

    /// The message of a slot.
    #[inline]
    pub(crate) fn message(&self, slot: u32) -> Option<&M> {
        self.messages.get(slot as usize)?.as_ref()
    }

    /// Puts another message in the place of a slot's.
    pub(crate) fn replace_message(&mut self, slot: u32, message: M) {
        self.messages[slot as usize] = Some(message);
    }

    /// What happens, with the messages that it is about, by slot.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (E, Option<&M>)> {
        let slots = self.slots.iter().zip(&self.messages);
        slots.filter_map(|(slot, message)| match slot {
            Slot::Full(event) => Some((*event, message.as_ref())),
            Slot::Reserved | Slot::Empty(_) => None,
        })
    }

    /// All messages with their slots, and what happens to them last or next.
    pub(crate) fn parcels(&self) -> impl Iterator<Item = (u32, Option<E>, &M)> {
        let slots = self.slots.iter().zip(&self.messages).zip(0..);
        slots.filter_map(|((slot, message), number)| {
            let event = match slot {
                Slot::Full(event) => Some(*event),
                Slot::Reserved | Slot::Empty(_) => None,
            };
            Some((number, event, message.as_ref()?))
        })
    }

    /// All messages, those included to which nothing happens yet, in the order of their slots.
    pub(crate) fn messages(&self) -> impl Iterator<Item = &M> {
        self.messages.iter().flatten()
    }

    /// How many slots were in use at once so far.
    #[inline]
    pub(crate) fn most(&self) -> usize {
        self.slots.len()
    }

    /// How many slots are in use; looks at all of them.
    pub(crate) fn len(&self) -> usize {
        self.slots.iter().filter(|slot| !matches!(slot, Slot::Empty(_))).count()
    }

    /// What happens now. The slot is free, unless there is a message in it.
    #[inline(always)]
    pub(crate) fn take(&mut self, slot: u32) -> E {
        let Slot::Full(event) = self.slots[slot as usize] else {
            unreachable!("a key names a full slot")
        };
        if self.messages[slot as usize].is_none() {
            self.vacate(slot);
        }
        event
    }

    /// Takes the message out of its slot, which is free.
    #[inline(always)]
    pub(crate) fn take_message(&mut self, slot: u32) -> M {
        self.vacate(slot);
        self.messages[slot as usize].take().expect("the slot has a message")
    }

    #[inline(always)]
    fn vacate(&mut self, slot: u32) {
        self.slots[slot as usize] = Slot::Empty(self.free);
        self.free = slot;
    }
}
