//! [`Digest`]: a run in 64 bits. It covers every event and effect with their content, and states at
//! checkpoints and at the end.
//!
//! Content goes in through its `Serialize` form, integer by integer as 64-bit words: a derived
//! `Hash` is not portable, since usize, discriminants and slices of integers differ between
//! targets.

use std::fmt;

use serde::ser::{self, Serialize, Serializer};

/// A running digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digest(u64);

// Digits of pi behind the point (the first 128 bits), made odd.
const K0: u64 = 0x243f_6a88_85a3_08d3;
const K1: u64 = 0x1319_8a2e_0370_7345;

impl Digest {
    pub(crate) fn new() -> Self {
        Self(K1)
    }

    pub(crate) fn value(self) -> u64 {
        // One more round, so that the last word reaches every bit.
        let mut end = self;
        end.word(K1);
        end.0
    }

    /// Mixes one word in: a full multiplication, folded.
    #[inline]
    pub(crate) fn word(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(K0);
        self.0 = (product as u64 ^ (product >> 64) as u64).wrapping_add(K1);
    }

    /// Mixes two words in at the price of one.
    #[inline]
    pub(crate) fn pair(&mut self, first: u64, second: u64) {
        let product = u128::from(self.0 ^ first) * u128::from(second.rotate_left(32) ^ K0);
        self.0 = (product as u64 ^ (product >> 64) as u64).wrapping_add(K1 ^ first);
    }

    /// Mixes a value in.
    #[inline]
    pub(crate) fn value_of<T: Serialize + ?Sized>(&mut self, value: &T) {
        if value.serialize(&mut *self).is_err() {
            // Only a hand-written Serialize can refuse; that it did is its content.
            self.word(K0);
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.word(text.len() as u64);
        for chunk in text.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
    }
}

#[derive(Debug)]
pub(crate) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value refused to be serialised")
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

macro_rules! integers {
    ($($method:ident: $type:ty),* $(,)?) => {
        $(#[inline]
        fn $method(self, value: $type) -> Result<(), Refused> {
            // Signed integers are sign-extended first, so their width does not matter.
            self.word(i64::from(value) as u64);
            Ok(())
        })*
    };
}

type Done = Result<(), Refused>;

/// A sequence or map on its way: its length is mixed in at the end when it was not known before.
pub(crate) struct Sequence<'a> {
    digest: &'a mut Digest,
    uncounted: Option<u64>,
}

impl<'a> Serializer for &'a mut Digest {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Sequence<'a>;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Sequence<'a>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    integers! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
    }

    #[inline]
    fn serialize_u64(self, value: u64) -> Done {
        self.word(value);
        Ok(())
    }

    fn serialize_i128(self, value: i128) -> Done {
        self.serialize_u128(value as u128)
    }

    fn serialize_u128(self, value: u128) -> Done {
        self.word(value as u64);
        self.word((value >> 64) as u64);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Done {
        self.word(u64::from(value.to_bits()));
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Done {
        self.word(value.to_bits());
        Ok(())
    }

    fn serialize_char(self, value: char) -> Done {
        self.word(u64::from(u32::from(value)));
        Ok(())
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_str(self, text: &str) -> Done {
        self.text(text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Done {
        self.word(bytes.len() as u64);
        for byte in bytes {
            self.word(u64::from(*byte));
        }
        Ok(())
    }

    #[inline]
    fn serialize_none(self) -> Done {
        self.word(0);
        Ok(())
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        self.word(1);
        value.serialize(self)
    }

    #[inline]
    fn serialize_unit(self) -> Done {
        Ok(())
    }

    #[inline]
    fn serialize_unit_struct(self, _: &'static str) -> Done {
        Ok(())
    }

    #[inline]
    fn serialize_unit_variant(self, _: &'static str, variant: u32, _: &'static str) -> Done {
        self.word(u64::from(variant));
        Ok(())
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    #[inline]
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        value: &T,
    ) -> Done {
        self.word(u64::from(variant));
        value.serialize(self)
    }

    #[inline]
    fn serialize_seq(self, length: Option<usize>) -> Result<Sequence<'a>, Refused> {
        if let Some(length) = length {
            self.word(length as u64);
        }
        Ok(Sequence { digest: self, uncounted: length.is_none().then_some(0) })
    }

    #[inline]
    fn serialize_tuple(self, _: usize) -> Result<Self, Refused> {
        Ok(self)
    }

    #[inline]
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Refused> {
        Ok(self)
    }

    #[inline]
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Refused> {
        self.word(u64::from(variant));
        Ok(self)
    }

    #[inline]
    fn serialize_map(self, length: Option<usize>) -> Result<Sequence<'a>, Refused> {
        self.serialize_seq(length)
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Refused> {
        Ok(self)
    }

    #[inline]
    fn serialize_struct_variant(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Refused> {
        self.word(u64::from(variant));
        Ok(self)
    }
}

impl Sequence<'_> {
    #[inline]
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        if let Some(count) = &mut self.uncounted {
            *count += 1;
        }
        value.serialize(&mut *self.digest)
    }

    #[inline]
    fn finish(self) -> Done {
        if let Some(count) = self.uncounted {
            self.digest.word(count);
        }
        Ok(())
    }
}

impl ser::SerializeSeq for Sequence<'_> {
    type Ok = ();
    type Error = Refused;
    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.item(value)
    }
    #[inline]
    fn end(self) -> Done {
        self.finish()
    }
}

impl ser::SerializeMap for Sequence<'_> {
    type Ok = ();
    type Error = Refused;
    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        self.item(key)
    }
    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(&mut *self.digest)
    }
    #[inline]
    fn end(self) -> Done {
        self.finish()
    }
}

macro_rules! fields {
    ($($trait:ident::$method:ident($($key:ty)?)),* $(,)?) => {
        $(impl ser::$trait for &mut Digest {
            type Ok = ();
            type Error = Refused;
            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, $(_: $key,)? value: &T) -> Done {
                value.serialize(&mut **self)
            }
            #[inline]
            fn end(self) -> Done {
                Ok(())
            }
        })*
    };
}

fields! {
    SerializeTuple::serialize_element(),
    SerializeTupleStruct::serialize_field(),
    SerializeTupleVariant::serialize_field(),
    SerializeStruct::serialize_field(&'static str),
    SerializeStructVariant::serialize_field(&'static str),
}
