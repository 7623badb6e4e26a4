//! Leader elections: one process is told apart from the others, and all agree which.
//!
//! | module | graph | model | messages |
//! |---|---|---|---|
//! | [`chang_roberts`] | unidirectional ring | asynchronous, nothing fails | `n H_n` on average, `n(n+1)/2` at worst |
//! | [`flood_max`] | any, strongly connected | synchronous rounds, nothing fails | the diameter times the directed edges |
//! | [`hirschberg_sinclair`] | bidirectional ring | asynchronous, nothing fails | at most `8n(1 + ceil(log2 n))` |
//! | [`peterson_ring`] | unidirectional ring | asynchronous, nothing fails, links in order | at most `2n log2 n + O(n)` or `1.44 n log2 n + O(n)` |
//! | [`itai_rodeh`] | anonymous unidirectional ring of known size | asynchronous, nothing fails | expected `O(n log n)` |
//! | [`bully`] | complete | synchronous, crash and recovery | `m^2 + n - 2` when `m` identifiers are above the detector's |
//! | [`invitation`] | complete | asynchronous, crash and recovery, omissions; agreement inside groups | `3(n - 1)` for a merge |
//!
//! Each module opens with its box: requests, indications, properties with their codes, the model,
//! the source. Counts follow one convention: a message is one point-to-point send that leaves a
//! node, sends to crashed nodes included; self-sends are free; heartbeats stand in a column of
//! their own.

pub mod bully;
pub mod chang_roberts;
pub mod flood_max;
pub mod hirschberg_sinclair;
pub mod invitation;
pub mod itai_rodeh;
pub mod peterson_ring;
pub mod ring;

pub use bully::Bully;
pub use chang_roberts::ChangRoberts;
pub use flood_max::FloodMax;
pub use hirschberg_sinclair::HirschbergSinclair;
pub use invitation::Invitation;
pub use itai_rodeh::ItaiRodeh;
pub use peterson_ring::PetersonRing;
