//! What settings are made of: the table of their fields, and how `#[derive(Settings)]` reads and
//! checks them.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

pub use serde::de::{Deserialize, Deserializer, Error, MapAccess};
use serde::de::{DeserializeSeed, Visitor};
use serde::{Serialize, Serializer};

use crate::{KnownBug, Mutant, SettingValue};
pub use crate::{Settings, SettingsError};

/// A field of a protocol's settings, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its name in the scenario.
    pub name: &'static str,
    /// What may stand there: `duration`, `number`, `true or false`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What it is when left out.
    pub default: Default,
    /// Which values may stand there, when not all that are of the kind.
    pub range: Option<Range>,
    /// The other field without which it has no effect, as a scenario would write it with its value:
    /// `reads: Lease`; the name alone where anything but zero, nothing or `false` will do.
    pub needs: Option<&'static str>,
    /// Whether nodes may differ in it: `nodes: {2: (pre_vote: true)}`.
    pub per_node: bool,
    /// What it means.
    pub meaning: &'static str,
}

impl Field {
    /// Whether a scenario has to give it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.default == Default::Required
    }
}

/// The kind and, where there is one, the range: `number, 1 to 99`.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.range {
            Some(range) => write!(f, "{}, {}", self.kind, range.text),
            None => f.write_str(self.kind),
        }
    }
}

/// What a field is when a scenario leaves it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// It must be given.
    Required,
    /// This, as it would be written.
    Value(&'static str),
    /// Nothing; what follows from that, in words: `all servers`.
    Words(&'static str),
}

impl Default {
    /// The value or the words; `None` when it must be given.
    #[must_use]
    pub const fn text(self) -> Option<&'static str> {
        match self {
            Self::Required => None,
            Self::Value(text) | Self::Words(text) => Some(text),
        }
    }
}

impl Serialize for Default {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text().serialize(serializer)
    }
}

/// Which values may stand in a field: both ends included, in base units (a number itself,
/// nanoseconds, parts per billion). A span lies in it when both of its ends do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The least.
    pub least: u64,
    /// The greatest.
    pub most: u64,
    /// In words, as they follow "it must be".
    pub text: &'static str,
}

impl Serialize for Range {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

/// The field `mutant`, in words.
pub const MUTANT: Field = Field {
    name: "mutant",
    kind: "code",
    default: Default::Words("none"),
    range: None,
    needs: None,
    per_node: false,
    meaning: "run a mutant: the protocol with a known bug, by its code",
};

const NOTHING: Field = Field {
    name: "",
    kind: "",
    default: Default::Required,
    range: None,
    needs: None,
    per_node: false,
    meaning: "",
};

/// The field of this name.
#[doc(hidden)]
#[must_use]
pub fn field<S: Settings>(name: &str) -> Option<&'static Field> {
    S::FIELDS.iter().find(|field| field.name == name)
}

/// Several lists of fields as one.
#[doc(hidden)]
#[must_use]
pub const fn join<const N: usize>(lists: &[&[Field]]) -> [Field; N] {
    let mut all = [NOTHING; N];
    let (mut list, mut at) = (0, 0);
    while list < lists.len() {
        let mut index = 0;
        while index < lists[list].len() {
            all[at] = lists[list][index];
            (index, at) = (index + 1, at + 1);
        }
        list += 1;
    }
    all
}

/// The names of fields.
#[doc(hidden)]
#[must_use]
pub const fn names<const N: usize>(fields: &[Field]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut index = 0;
    while index < N {
        names[index] = fields[index].name;
        index += 1;
    }
    names
}

/// The range of the field `nodes`; any number from 1 on when there is none.
#[must_use]
pub const fn range_of_nodes(fields: &[Field]) -> (u32, u32) {
    let mut index = 0;
    while index < fields.len() {
        if let (b"nodes", Some(range)) = (fields[index].name.as_bytes(), fields[index].range) {
            let most = if range.most > u32::MAX as u64 { u32::MAX } else { range.most as u32 };
            return (range.least as u32, most);
        }
        index += 1;
    }
    (1, u32::MAX)
}

/// A default that is written as a quantity.
///
/// # Panics
/// When it is none: a test over the whole catalogue writes every default out.
#[doc(hidden)]
#[must_use]
pub fn quantity<T: FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("the default `{text}` cannot be read"))
}

/// Whether a value lies in the range of its field.
#[doc(hidden)]
pub fn in_range<T: SettingValue>(
    value: &T,
    field: &'static str,
    range: &Range,
) -> Result<(), SettingsError> {
    match value.ends() {
        Some((least, most)) if least < range.least || most > range.most => {
            Err(SettingsError::new(field, format!("it must be {}", range.text)))
        }
        _ => Ok(()),
    }
}

/// Reads a field, which is to stand there once.
#[doc(hidden)]
pub fn put<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    part: &mut Option<T>,
    name: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    if part.is_some() {
        return Err(A::Error::duplicate_field(name));
    }
    *part = Some(map.next_value()?);
    Ok(())
}

/// A field that has no default.
#[doc(hidden)]
pub fn required<T, E: Error>(part: Option<T>, name: &'static str) -> Result<T, E> {
    part.ok_or_else(|| E::missing_field(name))
}

/// What is given, and without it what there was.
#[doc(hidden)]
#[must_use]
pub fn given<T: Clone>(part: &Option<T>, old: &T) -> T {
    part.as_ref().unwrap_or(old).clone()
}

/// Some of the fields of settings, as they are read by themselves: `(pre_vote: true)`. They
/// [change](Settings::with) other settings.
pub struct Changes<S: Settings>(pub S::Parts);

impl<'de, S: Settings> Deserialize<'de> for Changes<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Settings", S::NAMES, SomeFields::<S>(PhantomData))
    }
}

/// Reads settings.
#[doc(hidden)]
pub fn deserialize<'de, S: Settings, D: Deserializer<'de>>(
    deserializer: D,
    name: &'static str,
) -> Result<S, D::Error> {
    deserializer.deserialize_struct(name, S::NAMES, Fields(PhantomData))
}

struct Fields<S>(PhantomData<S>);

impl<'de, S: Settings> Visitor<'de> for Fields<S> {
    type Value = S;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("settings")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<S, A::Error> {
        S::make(read_parts::<S, A>(map)?)
    }
}

struct SomeFields<S>(PhantomData<S>);

impl<'de, S: Settings> Visitor<'de> for SomeFields<S> {
    type Value = Changes<S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("settings")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Changes<S>, A::Error> {
        read_parts::<S, A>(map).map(Changes)
    }
}

fn read_parts<'de, S: Settings, A: MapAccess<'de>>(mut map: A) -> Result<S::Parts, A::Error> {
    let mut parts = S::Parts::default();
    while let Some(index) = map.next_key_seed(Name(S::NAMES))? {
        S::read(&mut parts, index, &mut map)?;
    }
    Ok(parts)
}

/// Reads the name of a field: its place among all.
struct Name(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, found: &str) -> Result<usize, E> {
        let place = self.0.iter().position(|name| *name == found);
        place.ok_or_else(|| E::unknown_field(found, self.0))
    }
}

/// Reads a known bug by its code.
#[doc(hidden)]
pub fn known_bug<'de, M: Mutant, D: Deserializer<'de>>(deserializer: D) -> Result<M, D::Error> {
    let code = String::deserialize(deserializer)?;
    of_code(&code, M::ALL).map_err(D::Error::custom)
}

pub(crate) fn of_code<M: Copy>(code: &str, all: &[KnownBug<M>]) -> Result<M, String> {
    if let Some(known) = all.iter().find(|known| known.code == code) {
        return Ok(known.bug);
    }
    let codes: Vec<&str> = all.iter().map(|known| known.code).collect();
    Err(format!("there is no such bug; there are {}", codes.join(", ")))
}
