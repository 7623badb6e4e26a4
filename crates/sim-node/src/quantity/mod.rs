//! Quantities that carry their unit: [`Duration`], [`Span`], [`Ratio`], [`Drift`], [`Offset`],
//! [`Bytes`] and [`Bandwidth`], with the text form that scenario files use.
//!
//! All are integers underneath, so that no float decides an order. In a human-readable format (RON,
//! JSON) they are text; in any other, such as the digest of a run, they are plain integers.

mod bandwidth;
mod bytes;
mod counted;
mod drift;
mod duration;
mod offset;
mod ratio;
mod span;
mod text;

pub use bandwidth::Bandwidth;
pub use bytes::Bytes;
pub use counted::{counted, grouped};
pub use drift::Drift;
pub use duration::Duration;
pub use offset::Offset;
pub use ratio::Ratio;
pub use span::Span;
pub use text::QuantityError;
