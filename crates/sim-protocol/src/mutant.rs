//! [`Mutant`]: the known bugs of a protocol, by their codes.

use crate::{Field, SettingsError};

/// A bug that real systems or textbooks had, and that the tester must find.
///
/// A protocol with such bugs has a setting `mutant`, which it accepts only in a build with its
/// cargo feature `mutants`.
pub trait Mutant: Copy + 'static {
    /// Every bug with its code, such as `R-vote2`.
    const ALL: &'static [(&'static str, Self)];

    /// The bug that the setting `mutant` asks for.
    ///
    /// # Errors
    /// When there is no such bug, or none is in this build.
    fn of_setting(code: Option<&str>, is_built: bool) -> Result<Option<Self>, SettingsError> {
        let Some(code) = code else { return Ok(None) };
        let wrong = |message: String| Err(SettingsError::new(MUTANT.name, message));
        if !is_built {
            return wrong("known bugs are only in a build with the feature `mutants`".to_owned());
        }
        if let Some((_, found)) = Self::ALL.iter().find(|(name, _)| *name == code) {
            return Ok(Some(*found));
        }
        let codes: Vec<&str> = Self::ALL.iter().map(|(name, _)| *name).collect();
        wrong(format!("there is no such bug; there are {}", codes.join(", ")))
    }
}

/// The setting `mutant`, in words.
pub const MUTANT: Field = Field {
    name: "mutant",
    kind: "code",
    default: Some("none"),
    meaning: "the code of a known bug that the tester must find; only in a build with the feature \
              `mutants`",
};
