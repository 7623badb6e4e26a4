//! [`Strict`]: a reader around another one, which refuses unknown fields and notes what a type
//! expects.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::trace::{Expected, Trace};

/// Something of `serde`'s, and what is passed on through it. One type serves as reader, visitor,
/// seed and access alike.
pub(crate) struct Strict<'t, I> {
    inner: I,
    trace: &'t Trace,
    /// The names of the fields, where a type with fields is being read.
    fields: Option<&'static [&'static str]>,
    /// The names that may stand here, where a name is being read.
    names: &'static [&'static str],
    /// What they are names of.
    of: &'static str,
}

impl<'t, I> Strict<'t, I> {
    pub(crate) fn new(inner: I, trace: &'t Trace) -> Self {
        Self { inner, trace, fields: None, names: &[], of: "" }
    }

    fn with_fields(self, of: &'static str, fields: &'static [&'static str]) -> Self {
        self.trace.offer(of, fields);
        Self { fields: Some(fields), of, ..self }
    }

    fn with_names(self, of: &'static str, names: &'static [&'static str]) -> Self {
        self.trace.offer(of, names);
        Self { names, of, ..self }
    }

    /// The same for something else, which is at the same place.
    fn around<J>(&self, inner: J) -> Strict<'t, J> {
        let Self { trace, fields, names, of, .. } = *self;
        Strict { inner, trace, fields, names, of }
    }
}

/// Methods of a reader that only pass the visitor on.
macro_rules! pass_on {
    ($($method:ident($($name:ident: $kind:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(
            self,
            $($name: $kind,)*
            visitor: V,
        ) -> Result<V::Value, D::Error> {
            let visitor = Strict::new(visitor, self.trace);
            self.trace.note(Expected::Other, self.inner.$method($($name,)* visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<'_, D> {
    type Error = D::Error;

    pass_on! {
        deserialize_any() deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32()
        deserialize_i64() deserialize_i128() deserialize_u8() deserialize_u16() deserialize_u32()
        deserialize_u64() deserialize_u128() deserialize_f32() deserialize_f64() deserialize_char()
        deserialize_str() deserialize_string() deserialize_bytes() deserialize_byte_buf()
        deserialize_unit() deserialize_seq() deserialize_map() deserialize_ignored_any()
        deserialize_unit_struct(name: &'static str) deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize)
    }

    /// Passes through what lies around a value: what is expected is the value.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_option(Strict::new(visitor, self.trace))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_newtype_struct(name, Strict::new(visitor, self.trace))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = Strict::new(visitor, self.trace).with_fields(name, fields);
        let read = self.inner.deserialize_struct(name, fields, visitor);
        self.trace.note(Expected::Struct { fields }, read)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = Strict::new(visitor, self.trace).with_names(name, variants);
        let read = self.inner.deserialize_enum(name, variants, visitor);
        self.trace.note(Expected::Enum { name, variants }, read)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let visitor = self.around(visitor);
        self.inner.deserialize_identifier(visitor)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

impl<V> Strict<'_, V> {
    /// A name was read. In a type with fields it must be one of them.
    fn meet<E: Error>(&self, found: &str) -> Result<(), E> {
        let names = self.fields.unwrap_or(self.names);
        let known = names.iter().find(|name| **name == found).copied();
        self.trace.read_name(self.of, known);
        match (known, self.fields) {
            (None, Some(fields)) => Err(E::unknown_field(found, fields)),
            _ => Ok(()),
        }
    }
}

/// Methods of a visitor that only pass a value on.
macro_rules! visit {
    ($($method:ident($kind:ty))*) => {$(
        fn $method<E: Error>(self, value: $kind) -> Result<V::Value, E> {
            self.inner.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Strict<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    visit! {
        visit_bool(bool) visit_i8(i8) visit_i16(i16) visit_i32(i32) visit_i64(i64) visit_i128(i128)
        visit_u8(u8) visit_u16(u16) visit_u32(u32) visit_u64(u64) visit_u128(u128) visit_f32(f32)
        visit_f64(f64) visit_char(char) visit_bytes(&[u8]) visit_borrowed_bytes(&'de [u8])
        visit_byte_buf(Vec<u8>)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<V::Value, E> {
        self.meet(value)?;
        self.inner.visit_str(value)
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<V::Value, E> {
        self.meet(value)?;
        self.inner.visit_borrowed_str(value)
    }

    fn visit_string<E: Error>(self, value: String) -> Result<V::Value, E> {
        self.meet(&value)?;
        self.inner.visit_string(value)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Strict::new(inner, self.trace))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Strict::new(inner, self.trace))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(Strict::new(inner, self.trace))
    }

    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let access = self.around(inner);
        self.inner.visit_map(access)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let access = self.around(inner);
        self.inner.visit_enum(access)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<S::Value, D::Error> {
        let reader = self.around(reader);
        self.inner.deserialize(reader)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.inner.next_element_seed(Strict::new(seed, self.trace))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.trace.read_name(self.of, None);
        let seed = self.around(seed);
        self.inner.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let field = self.trace.name().filter(|_| self.fields.is_some());
        let read = self.inner.next_value_seed(Strict::new(seed, self.trace));
        match field {
            Some(field) => self.trace.note(Expected::Field(field), read),
            None => read,
        }
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, 't, A: EnumAccess<'de>> EnumAccess<'de> for Strict<'t, A> {
    type Error = A::Error;
    type Variant = Strict<'t, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let trace = self.trace;
        let seed = self.around(seed);
        let (value, variant) = self.inner.variant_seed(seed)?;
        Ok((value, Strict::new(variant, trace)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Strict<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        let (trace, variant) = (self.trace, self.variant());
        trace.note(variant, self.inner.newtype_variant_seed(Strict::new(seed, trace)))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let (trace, variant) = (self.trace, self.variant());
        trace.note(variant, self.inner.tuple_variant(length, Strict::new(visitor, trace)))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let (trace, variant) = (self.trace, self.variant());
        let of = trace.name().unwrap_or_default();
        let visitor = Strict::new(visitor, trace).with_fields(of, fields);
        let read = self.inner.struct_variant(fields, visitor);
        trace.note(variant, trace.note(Expected::Struct { fields }, read))
    }
}

impl<A> Strict<'_, A> {
    fn variant(&self) -> Expected {
        self.trace.name().map_or(Expected::Other, Expected::Variant)
    }
}
