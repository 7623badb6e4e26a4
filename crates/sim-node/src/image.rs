//! [`ImageError`]: why a disk cannot hold what a scenario says that it holds at the first start.

use std::fmt;

/// The greatest number that a counter of 64 bits may begin with in an image. A run counts on from
/// there: it makes at most 2^32 steps, so no counter that began within the bound overflows.
pub const COUNTER_MAX: u64 = 1_000_000_000_000_000;

/// As [`COUNTER_MAX`], of a counter of 32 bits that counts what seldom happens, such as starts.
pub const SMALL_COUNTER_MAX: u32 = 1_000_000_000;

/// The greatest place in a log, and the greatest number of updates, that an image may begin with.
/// What is before it may be gone from the disk, but others fetch it, and claims count through it.
pub const PLACE_MAX: u64 = 1_000_000;

/// Why an image of a disk is impossible: no run of the protocol leaves such a disk behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageError {
    /// Where in the image, from the outside in: names of fields, keys of maps, and places in lists
    /// from 0. What does not stand in the image ends the way at what is around it.
    pub path: Vec<String>,
    /// What is wrong and what would be right, one sentence without a full stop.
    pub message: String,
}

impl ImageError {
    /// An error about the image as a whole.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { path: Vec::new(), message: message.into() }
    }

    /// The same error of a part of the image: a field, a key, or a place.
    #[must_use]
    pub fn within(mut self, part: impl fmt::Display) -> Self {
        self.path.insert(0, part.to_string());
        self
    }

    /// Refuses a counter from which ordinary use would overflow.
    ///
    /// # Errors
    /// When it is above [`COUNTER_MAX`], at this field.
    pub fn check_counter(field: &str, count: u64) -> Result<(), Self> {
        Self::check_most(field, count, COUNTER_MAX)
    }

    /// As [`ImageError::check_counter`], of a counter of 32 bits.
    ///
    /// # Errors
    /// When it is above [`SMALL_COUNTER_MAX`], at this field.
    pub fn check_small_counter(field: &str, count: u32) -> Result<(), Self> {
        Self::check_most(field, u64::from(count), u64::from(SMALL_COUNTER_MAX))
    }

    /// Refuses a place in a log that is so far that a run would not come to an end with what is
    /// before it.
    ///
    /// # Errors
    /// When it is beyond [`PLACE_MAX`], at this field.
    pub fn check_place(field: &str, place: u64) -> Result<(), Self> {
        if place <= PLACE_MAX {
            return Ok(());
        }
        let message = format!("{place} is too far; an image has places up to {PLACE_MAX}");
        Err(Self::new(message).within(field))
    }

    fn check_most(field: &str, count: u64, most: u64) -> Result<(), Self> {
        if count <= most {
            return Ok(());
        }
        let message = format!("{count} leaves no room to count on; an image has at most {most}");
        Err(Self::new(message).within(field))
    }

    /// Refuses a part of the disk that belongs to another party, or that is not read as things are:
    /// it must be as on an empty disk.
    ///
    /// # Errors
    /// When it is not, at this field, with this message.
    pub fn check_unused<T: Default + PartialEq>(
        field: &str,
        part: &T,
        message: impl Into<String>,
    ) -> Result<(), Self> {
        if *part == T::default() { Ok(()) } else { Err(Self::new(message).within(field)) }
    }
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.path {
            write!(f, "{part}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ImageError {}
