//! Time on the processor.

/// Nanoseconds that this thread has spent on a processor: what others do on the machine is not in
/// it.
#[cfg(unix)]
pub fn thread_nanos() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// Where there is no such clock, wall time since the first call.
#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "a measurement, outside of any run")]
pub fn thread_nanos() -> u64 {
    static FIRST: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    FIRST.get_or_init(std::time::Instant::now).elapsed().as_nanos() as u64
}
