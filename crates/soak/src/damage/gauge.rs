//! [`Gauge`]: how much memory one thread holds.

#![expect(unsafe_code, reason = "an allocator that counts is unsafe by its nature")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Bytes that this thread has taken and not given back.
    static HELD: Cell<isize> = const { Cell::new(0) };
    /// The most that it held since it was last asked.
    static MOST: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, which counts for each thread what it holds. A program that asks
/// [`most_held`] names it as its global allocator.
pub struct Gauge;

/// The most bytes that this thread held while it did this, beyond what it held before; 0 in a
/// program whose allocator is another one. What another thread gives back counts there.
pub fn most_held<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.get();
    MOST.set(before);
    let done = work();
    (done, usize::try_from(MOST.get() - before).unwrap_or(0))
}

fn count(taken: usize, given: usize) {
    let of = |bytes: usize| isize::try_from(bytes).unwrap_or(isize::MAX);
    // A thread that is about to end counts no more.
    let _ = HELD.try_with(|held| {
        held.set(held.get().saturating_add(of(taken)).saturating_sub(of(given)));
        let _ = MOST.try_with(|most| most.set(most.get().max(held.get())));
    });
}

// SAFETY: every call is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Gauge {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, layout.size());
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
