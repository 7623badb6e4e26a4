//! Histories of a register of small numbers, at first 0, that are made by hand.

use sim_check::linearizability::{Register, RegisterOperation, RegisterOutput};
use sim_check::{CallId, History, SimTime};

pub(crate) type Registers = History<RegisterOperation<u8>, RegisterOutput<u8>>;

pub(crate) const REGISTER: Register<u8> = Register { initial: 0 };
pub(crate) const READ: RegisterOperation<u8> = RegisterOperation::Read;

pub(crate) const fn at(millis: u64) -> SimTime {
    SimTime::from_nanos(millis * 1_000_000)
}

pub(crate) const fn write(value: u8) -> RegisterOperation<u8> {
    RegisterOperation::Write(value)
}

pub(crate) const fn value(value: u8) -> RegisterOutput<u8> {
    RegisterOutput::Value(value)
}

/// A read by this client that answers at once.
pub(crate) fn read(history: &mut Registers, client: u64, seen: u8) -> CallId {
    let now = history.last();
    let call = history.invoke(client, READ, now);
    history.returned(call, value(seen), now);
    call
}
