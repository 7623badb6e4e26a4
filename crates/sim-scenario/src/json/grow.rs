//! [`Grow`]: makes a value, beside an earlier one where there is one.

use std::fmt::{self, Display};

use serde::ser::{self, Serialize, Serializer};

use super::{Json, Shape};

/// Makes a value of what is the same in the earlier value, and of what is new.
pub(super) struct Grow<'e> {
    pub(super) beside: Option<&'e Json>,
}

/// A value refused to be serialised.
#[derive(Debug)]
pub(super) struct Refused(String);

impl Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

type Grown = Result<Json, Refused>;

impl<'e> Grow<'e> {
    /// What stands beside the value of a variant: `{"Variant":value}`.
    fn within(&self, variant: &str) -> Option<&'e Json> {
        let Shape::Object(object) = &self.beside?.0 else { return None };
        match object.fields.as_slice() {
            [(name, value)] if name.is_text(variant) => Some(value),
            _ => None,
        }
    }

    /// `{"Variant":value}`.
    fn tagged(&self, variant: &'static str, value: Json) -> Json {
        match (self.beside, self.within(variant)) {
            (Some(whole), Some(earlier)) if earlier.is(&value) => whole.clone(),
            _ => Json::map(vec![(Json::name(variant), value)]),
        }
    }

    fn list(self, variant: Option<&'static str>, length: Option<usize>) -> Items<'e> {
        let list = match variant {
            None => self.beside,
            Some(variant) => self.within(variant),
        };
        let earlier = match list.map(|list| &list.0) {
            Some(Shape::List(list)) => list.items.as_slice(),
            _ => &[],
        };
        let length = length.unwrap_or(0);
        Items { grow: self, variant, list, earlier, length, same: 0, items: None }
    }

    fn map(self, variant: Option<&'static str>) -> Fields<'e> {
        let map = match variant {
            None => self.beside,
            Some(variant) => self.within(variant),
        };
        Fields { grow: self, variant, earlier: Earlier(map), at: 0, fields: None, key: None }
    }
}

impl Json {
    fn is_text(&self, text: &str) -> bool {
        matches!(&self.0, Shape::Text(own) if own.as_str() == text)
    }
}

macro_rules! numbers {
    ($($method:ident: $type:ty => $shape:ident),* $(,)?) => {
        $(fn $method(self, number: $type) -> Grown {
            Ok(Json(Shape::$shape(number.into())))
        })*
    };
}

impl<'e> Serializer for Grow<'e> {
    type Ok = Json;
    type Error = Refused;
    type SerializeSeq = Items<'e>;
    type SerializeTuple = Items<'e>;
    type SerializeTupleStruct = Items<'e>;
    type SerializeTupleVariant = Items<'e>;
    type SerializeMap = Fields<'e>;
    type SerializeStruct = Fields<'e>;
    type SerializeStructVariant = Fields<'e>;

    numbers! {
        serialize_bool: bool => Bool,
        serialize_i8: i8 => Signed,
        serialize_i16: i16 => Signed,
        serialize_i32: i32 => Signed,
        serialize_i64: i64 => Signed,
        serialize_i128: i128 => LongSigned,
        serialize_u8: u8 => Unsigned,
        serialize_u16: u16 => Unsigned,
        serialize_u32: u32 => Unsigned,
        serialize_u64: u64 => Unsigned,
        serialize_u128: u128 => LongUnsigned,
        serialize_f32: f32 => Decimal,
    }

    fn serialize_f64(self, number: f64) -> Grown {
        Ok(Json(if number.is_finite() { Shape::Decimal(number) } else { Shape::Null }))
    }

    fn serialize_char(self, c: char) -> Grown {
        self.serialize_str(c.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Grown {
        let earlier = self.beside.filter(|earlier| earlier.is_text(text));
        Ok(earlier.cloned().unwrap_or_else(|| Json::text(text)))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Grown {
        bytes.serialize(self)
    }

    fn serialize_none(self) -> Grown {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Grown {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Grown {
        Ok(Json(Shape::Null))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Grown {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Grown {
        Ok(Json::name(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, it: &T) -> Grown {
        it.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Grown {
        let value = value.serialize(Grow { beside: self.within(variant) })?;
        Ok(self.tagged(variant, value))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items<'e>, Refused> {
        Ok(self.list(None, length))
    }

    fn serialize_tuple(self, length: usize) -> Result<Items<'e>, Refused> {
        Ok(self.list(None, Some(length)))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Items<'e>, Refused> {
        Ok(self.list(None, Some(len)))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Items<'e>, Refused> {
        Ok(self.list(Some(variant), Some(length)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields<'e>, Refused> {
        Ok(self.map(None))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields<'e>, Refused> {
        Ok(self.map(None))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Fields<'e>, Refused> {
        Ok(self.map(Some(variant)))
    }
}

/// A list under way.
pub(super) struct Items<'e> {
    grow: Grow<'e>,
    variant: Option<&'static str>,
    /// The list that it stands beside, and its items.
    list: Option<&'e Json>,
    earlier: &'e [Json],
    /// How long it is going to be, if that is known.
    length: usize,
    /// How many items are those of the earlier list, as long as all are.
    same: usize,
    /// The items from the first on, once one is another.
    items: Option<Vec<Json>>,
}

impl Items<'_> {
    fn push<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Refused> {
        let place = self.items.as_ref().map_or(self.same, Vec::len);
        let beside = self.earlier.get(place);
        let item = item.serialize(Grow { beside })?;
        match &mut self.items {
            Some(items) => items.push(item),
            None if beside.is_some_and(|earlier| earlier.is(&item)) => self.same += 1,
            None => {
                let mut items = Vec::with_capacity(self.length.max(place + 1));
                items.extend_from_slice(&self.earlier[..place]);
                items.push(item);
                self.items = Some(items);
            }
        }
        Ok(())
    }

    fn grown(self) -> Grown {
        let list = match (self.items, self.list) {
            (Some(items), _) => Json::list(items),
            (None, Some(list))
                if self.same == self.earlier.len() && matches!(list.0, Shape::List(_)) =>
            {
                list.clone()
            }
            (None, _) => Json::list(self.earlier[..self.same].to_vec()),
        };
        Ok(match self.variant {
            Some(variant) => self.grow.tagged(variant, list),
            None => list,
        })
    }
}

/// A map or a struct under way.
pub(super) struct Fields<'e> {
    grow: Grow<'e>,
    variant: Option<&'static str>,
    earlier: Earlier<'e>,
    /// The field of the earlier map that is beside the next one; as long as all are the same, so
    /// many are.
    at: usize,
    /// The fields from the first on, once one is another.
    fields: Option<Vec<(Json, Json)>>,
    /// The key of the value to come.
    key: Option<Json>,
}

/// The map that another stands beside.
struct Earlier<'e>(Option<&'e Json>);

impl<'e> Earlier<'e> {
    fn field(&self, place: usize) -> Option<(&'e Json, &'e Json)> {
        match &self.0?.0 {
            Shape::Object(object) => object.fields.get(place).map(|(key, value)| (key, value)),
            // A map whose keys are no texts.
            Shape::List(list) => match &list.items.get(place)?.0 {
                Shape::List(pair) => match pair.items.as_slice() {
                    [key, value] => Some((key, value)),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// All of it, if it has so many fields.
    fn whole(&self, fields: usize) -> Option<&'e Json> {
        let map = self.0?;
        let length = match &map.0 {
            Shape::Object(object) => object.fields.len(),
            // Without pairs it would not be a list.
            Shape::List(list) if !list.items.is_empty() => list.items.len(),
            _ => return None,
        };
        (length == fields).then_some(map)
    }

    fn first(&self, fields: usize) -> Vec<(Json, Json)> {
        let fields = (0..fields).map_while(|place| self.field(place));
        fields.map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}

impl Fields<'_> {
    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        let beside = self.earlier.field(self.at).map(|(key, _)| key);
        self.key = Some(key.serialize(Grow { beside })?);
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        let key = self.key.take().ok_or_else(|| Refused("a value without key".to_owned()))?;
        // One that is gone stands in between; of one that is new, the next is beside the same.
        let beside = |place| self.earlier.field(place).filter(|(earlier, _)| **earlier == key);
        let (place, beside) = match beside(self.at) {
            Some((_, value)) => (Some(self.at), Some(value)),
            None => match beside(self.at + 1) {
                Some((_, value)) => (Some(self.at + 1), Some(value)),
                None => (None, None),
            },
        };
        let value = value.serialize(Grow { beside })?;
        let is_same = place == Some(self.at) && beside.is_some_and(|earlier| earlier.is(&value));
        match &mut self.fields {
            None if is_same => {}
            None => {
                let mut fields = self.earlier.first(self.at);
                fields.push((key, value));
                self.fields = Some(fields);
            }
            Some(fields) => fields.push((key, value)),
        }
        self.at = place.map_or(self.at, |place| place + 1);
        Ok(())
    }

    fn grown(self) -> Grown {
        let map = match (self.fields, self.earlier.whole(self.at)) {
            (Some(fields), _) => Json::map(fields),
            (None, Some(map)) => map.clone(),
            (None, None) => Json::map(self.earlier.first(self.at)),
        };
        Ok(match self.variant {
            Some(variant) => self.grow.tagged(variant, map),
            None => map,
        })
    }
}

macro_rules! lists {
    ($($trait:ident::$method:ident),* $(,)?) => {
        $(impl ser::$trait for Items<'_> {
            type Ok = Json;
            type Error = Refused;

            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Refused> {
                self.push(item)
            }

            fn end(self) -> Grown {
                self.grown()
            }
        })*
    };
}

lists! {
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field,
}

impl ser::SerializeMap for Fields<'_> {
    type Ok = Json;
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.value(value)
    }

    fn end(self) -> Grown {
        self.grown()
    }
}

macro_rules! structs {
    ($($trait:ident),* $(,)?) => {
        $(impl ser::$trait for Fields<'_> {
            type Ok = Json;
            type Error = Refused;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Refused> {
                self.key = Some(Json::name(name));
                self.value(value)
            }

            fn end(self) -> Grown {
                self.grown()
            }
        })*
    };
}

structs! { SerializeStruct, SerializeStructVariant }
