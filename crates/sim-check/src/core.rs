//! [`Core`]: the servers to which liveness applies.

/// Which servers are up and connected for good once the calm has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    /// A drawn majority of the servers: for protocols of majority quorums.
    Majority,
    /// At least this number of drawn servers: for protocols of other quorums.
    AtLeast(u32),
    /// All servers, the crashed restarted.
    All,
    /// The servers that are up when the calm begins: for protocols in whose model no crashed server
    /// returns.
    Live,
}
