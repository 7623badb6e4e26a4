//! [`SettingValue`]: what may stand in a field of settings.

use std::collections::BTreeMap;

pub use sim_derive::SettingValue;
use sim_node::{Duration, NodeId, Ratio, Span};

/// What may stand in a field of settings. Derive it on an enum whose variants a scenario names:
/// the kind is then `Log, ReadIndex or Lease`.
pub trait SettingValue {
    /// What it is, in words: `duration`, `number`, `true or false`.
    const KIND: &'static str;

    /// The least and the greatest of it in base units, to be held against a
    /// [`Range`](crate::setting::Range); `None` when there is no such thing.
    fn ends(&self) -> Option<(u64, u64)> {
        None
    }

    /// Whether it switches something on: it is anything but zero, `false` or nothing.
    fn is_on(&self) -> bool {
        self.ends() != Some((0, 0))
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl SettingValue for $number {
            const KIND: &'static str = "number";

            fn ends(&self) -> Option<(u64, u64)> {
                let value = u64::try_from(*self).unwrap_or(u64::MAX);
                Some((value, value))
            }
        })*
    };
}

numbers!(u8, u16, u32, u64, usize);

impl SettingValue for bool {
    const KIND: &'static str = "true or false";

    fn is_on(&self) -> bool {
        *self
    }
}

impl SettingValue for String {
    const KIND: &'static str = "text";
}

impl SettingValue for NodeId {
    const KIND: &'static str = "node";
}

impl SettingValue for Duration {
    const KIND: &'static str = "duration";

    fn ends(&self) -> Option<(u64, u64)> {
        Some((self.as_nanos(), self.as_nanos()))
    }
}

impl SettingValue for Span {
    const KIND: &'static str = "span";

    fn ends(&self) -> Option<(u64, u64)> {
        Some((self.shortest().as_nanos(), self.longest().as_nanos()))
    }
}

impl SettingValue for Ratio {
    const KIND: &'static str = "ratio";

    fn ends(&self) -> Option<(u64, u64)> {
        let parts = u64::from(self.parts_per_billion());
        Some((parts, parts))
    }
}

/// It may be left out; what that means is the field's default in words.
impl<T: SettingValue> SettingValue for Option<T> {
    const KIND: &'static str = T::KIND;

    fn ends(&self) -> Option<(u64, u64)> {
        self.as_ref().and_then(SettingValue::ends)
    }

    fn is_on(&self) -> bool {
        self.is_some()
    }
}

macro_rules! lists {
    ($($item:ty: $kind:literal),*) => {
        $(impl SettingValue for Vec<$item> {
            const KIND: &'static str = $kind;
        })*
    };
}

lists!(u32: "list of numbers", u64: "list of numbers", NodeId: "list of numbers");

impl<T> SettingValue for BTreeMap<u32, T> {
    const KIND: &'static str = "map by number";
}
