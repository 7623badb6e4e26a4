//! How a fault is read: each kind is a struct of its own, which stands as a variant in the text.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::Fault;

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("Fault", Self::NAMES, AnyFault)
    }
}

struct AnyFault;

impl<'de> Visitor<'de> for AnyFault {
    type Value = Fault;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fault")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Fault, A::Error> {
        let (name, variant) = data.variant_seed(Name)?;
        let fault = Fault::read(name, variant)?;
        Ok(fault.expect("a name that was read is that of a kind"))
    }
}

/// Reads the name of a kind.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a fault")
    }

    fn visit_str<E: Error>(self, found: &str) -> Result<&'static str, E> {
        let known = Fault::NAMES.iter().copied().find(|name| *name == found);
        known.ok_or_else(|| E::unknown_variant(found, Fault::NAMES))
    }
}

/// Lets a struct read the variant of an enum: its fields, its values or nothing.
pub(super) struct Variant<A>(pub(super) A);

impl<'de, A: VariantAccess<'de>> Deserializer<'de> for Variant<A> {
    type Error = A::Error;

    fn deserialize_any<T: Visitor<'de>>(self, _: T) -> Result<T::Value, A::Error> {
        Err(Error::custom("a kind of fault is a struct"))
    }

    fn deserialize_unit_struct<T: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: T,
    ) -> Result<T::Value, A::Error> {
        self.0.unit_variant()?;
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<T: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: T,
    ) -> Result<T::Value, A::Error> {
        self.0.newtype_variant_seed(Inner(visitor))
    }

    fn deserialize_tuple_struct<T: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: T,
    ) -> Result<T::Value, A::Error> {
        self.0.tuple_variant(len, visitor)
    }

    fn deserialize_struct<T: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: T,
    ) -> Result<T::Value, A::Error> {
        self.0.struct_variant(fields, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit seq tuple map enum identifier ignored_any
    }
}

/// The one value of a struct of one value.
struct Inner<T>(T);

impl<'de, T: Visitor<'de>> DeserializeSeed<'de> for Inner<T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        self.0.visit_newtype_struct(deserializer)
    }
}
