//! [`json`]: a value as JSON, whatever its keys are.
//!
//! JSON takes texts as keys alone. A map whose keys are texts, numbers or names of variants becomes
//! an object; any other becomes a list of pairs, each a key and its value. The rest is as
//! `serde_json` writes it.

use std::fmt::{self, Display, Write};

use serde::ser::{self, Serialize, Serializer};

/// The value as JSON. `None` when the value refuses to be serialised.
pub(crate) fn json(value: &impl Serialize) -> Option<String> {
    value.serialize(Json).ok()
}

/// Text in quotes, with escapes.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c < ' ' => {
                write!(quoted, "\\u{:04x}", u32::from(c)).expect("a text takes everything");
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

struct Json;

/// A value refused to be serialised.
#[derive(Debug)]
struct Refused(String);

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

type Written = Result<String, Refused>;

/// `{"Variant":value}`.
fn tagged(variant: &str, value: &str) -> String {
    format!("{{{}:{value}}}", quoted(variant))
}

macro_rules! numbers {
    ($($method:ident: $type:ty),* $(,)?) => {
        $(fn $method(self, number: $type) -> Written {
            Ok(number.to_string())
        })*
    };
}

impl Serializer for Json {
    type Ok = String;
    type Error = Refused;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = List;
    type SerializeTupleVariant = List;
    type SerializeMap = Map;
    type SerializeStruct = Map;
    type SerializeStructVariant = Map;

    numbers! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_i128: i128,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_u128: u128,
    }

    fn serialize_f32(self, number: f32) -> Written {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Written {
        Ok(if number.is_finite() { format!("{number:?}") } else { "null".to_owned() })
    }

    fn serialize_char(self, c: char) -> Written {
        Ok(quoted(c.encode_utf8(&mut [0; 4])))
    }

    fn serialize_str(self, text: &str) -> Written {
        Ok(quoted(text))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Written {
        bytes.serialize(self)
    }

    fn serialize_none(self) -> Written {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written {
        Ok("null".to_owned())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Written {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        Ok(quoted(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, it: &T) -> Written {
        it.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Written {
        Ok(tagged(variant, &value.serialize(self)?))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List, Refused> {
        Ok(List::default())
    }

    fn serialize_tuple(self, _: usize) -> Result<List, Refused> {
        Ok(List::default())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List, Refused> {
        Ok(List::default())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<List, Refused> {
        Ok(List { variant: Some(variant), ..List::default() })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Map, Refused> {
        Ok(Map::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Map, Refused> {
        Ok(Map::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Map, Refused> {
        Ok(Map { variant: Some(variant), ..Map::default() })
    }
}

/// A list under way.
#[derive(Default)]
struct List {
    variant: Option<&'static str>,
    items: Vec<String>,
}

impl List {
    fn push<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Refused> {
        self.items.push(item.serialize(Json)?);
        Ok(())
    }

    fn written(self) -> Written {
        let list = format!("[{}]", self.items.join(","));
        Ok(self.variant.map_or_else(|| list.clone(), |variant| tagged(variant, &list)))
    }
}

/// A map or a struct under way: keys and values as JSON.
#[derive(Default)]
struct Map {
    variant: Option<&'static str>,
    entries: Vec<(String, String)>,
}

impl Map {
    fn push<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Refused> {
        self.entries.push((quoted(name), value.serialize(Json)?));
        Ok(())
    }

    fn written(self) -> Written {
        // A key that is no text, number or truth value needs a form of its own.
        let fits = |key: &str| !key.starts_with(['[', '{']) && key != "null";
        let map = if self.entries.iter().all(|(key, _)| fits(key)) {
            let name = |key: &str| match key.starts_with('"') {
                true => key.to_owned(),
                false => format!("\"{key}\""),
            };
            let entries = self.entries.iter().map(|(key, value)| format!("{}:{value}", name(key)));
            format!("{{{}}}", entries.collect::<Vec<String>>().join(","))
        } else {
            let entries = self.entries.iter().map(|(key, value)| format!("[{key},{value}]"));
            format!("[{}]", entries.collect::<Vec<String>>().join(","))
        };
        Ok(self.variant.map_or_else(|| map.clone(), |variant| tagged(variant, &map)))
    }
}

macro_rules! lists {
    ($($trait:ident::$method:ident),* $(,)?) => {
        $(impl ser::$trait for List {
            type Ok = String;
            type Error = Refused;

            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Refused> {
                self.push(item)
            }

            fn end(self) -> Written {
                self.written()
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

impl ser::SerializeMap for Map {
    type Ok = String;
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        self.entries.push((key.serialize(Json)?, String::new()));
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        let value = value.serialize(Json)?;
        let entry = self.entries.last_mut().ok_or_else(|| Refused("a value without key".into()))?;
        entry.1 = value;
        Ok(())
    }

    fn end(self) -> Written {
        self.written()
    }
}

macro_rules! structs {
    ($($trait:ident),* $(,)?) => {
        $(impl ser::$trait for Map {
            type Ok = String;
            type Error = Refused;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Refused> {
                self.push(name, value)
            }

            fn end(self) -> Written {
                self.written()
            }
        })*
    };
}

structs! { SerializeStruct, SerializeStructVariant }

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde::Serialize;

    use super::json;

    #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
    struct Index(u64);

    #[derive(Serialize)]
    enum Word {
        Plain,
        Number(Index),
        Pair(u8, u8),
        Named { index: Index, more: Option<u8> },
    }

    fn written(value: &impl Serialize) -> String {
        let text = json(value).expect("it can be serialised");
        serde_json::from_str::<serde_json::Value>(&text).expect("it is JSON");
        text
    }

    /// What `serde_json` can write is written as it does.
    #[test]
    fn common_values_are_as_usual() {
        fn same(value: &impl Serialize) {
            assert_eq!(written(value), serde_json::to_string(value).expect("JSON"));
        }
        same(&Word::Plain);
        same(&Word::Number(Index(u64::MAX)));
        same(&Word::Pair(1, 2));
        same(&Word::Named { index: Index(1), more: None });
        same(&vec![Some(1), None]);
        same(&BTreeMap::from([("a \"b\" \\ \u{1} \u{7f}\n", 1.5), ("é", -0.0)]));
        same(&BTreeMap::from([(-1, true), (2, false)]));
        same(&BTreeMap::from([(Index(3), BTreeSet::from(["x"]))]));
        same(&(1_u8, 'c', "text", ()));
        same(&BTreeMap::<u8, u8>::new());
    }

    #[test]
    fn a_map_with_larger_keys_is_a_list_of_pairs() {
        let map = BTreeMap::from([((1, "a"), 10), ((2, "b"), 20)]);
        assert_eq!(written(&map), r#"[[[1,"a"],10],[[2,"b"],20]]"#);
        let map = BTreeMap::from([(None, 1), (Some(2), 3)]);
        assert_eq!(written(&map), "[[null,1],[2,3]]");
    }
}
