//! Every name of the language, taken from the types that read it: the reference is held against it.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use sim_engine::{
    ClockSpec, Cut, Delay, DiskLoss, DiskSpec, Failures, Fault, First, Inside, Model, NodeSet,
    Occasion, Strike, Target, Ties, Timing, Trigger,
};

use crate::costs::{ClassText, CostText};
use crate::draft::FIELDS;
use crate::language::{
    ExpectText, LatencyText, LinkText, NetworkText, Order, Plan, ReachText, ServiceText, WorkText,
    WorkloadText,
};
use crate::usage;

/// A construct of the language: something that has a name, or fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Construct {
    /// What it belongs to: `fault`, `target`, `entry of disks`.
    pub family: &'static str,
    /// Its name; `None` for what stands in parentheses alone.
    pub name: Option<&'static str>,
    /// Its fields, when its values have names.
    pub fields: Vec<&'static str>,
    /// How it is written, where errors show an example.
    pub example: Option<&'static str>,
}

/// Every construct of the language but those of the protocols, by family.
#[must_use]
pub fn vocabulary() -> Vec<Construct> {
    let fields = FIELDS.iter().map(|(name, _)| *name).collect();
    let mut all =
        vec![Construct { family: "scenario", name: Some("Scenario"), fields, example: None }];
    all.extend(variants::<NetworkText>("Transport"));
    all.extend(variants::<Order>("Order"));
    all.extend(variants::<LatencyText>("Latency"));
    all.extend(group::<LinkText>("entry of links"));
    all.extend(variants::<Delay>("Delay"));
    all.extend(variants::<NodeSet>("NodeSet"));
    all.extend(group::<DiskSpec>("entry of disks"));
    all.extend(group::<ClockSpec>("entry of clocks"));
    all.extend(group::<ServiceText>("entry of service"));
    all.extend(variants::<WorkText>("Work"));
    all.extend(variants::<WorkloadText<'_>>("Workload"));
    all.extend(variants::<Plan>("Plan"));
    all.extend(group::<Trigger>("trigger"));
    all.extend(variants::<Occasion>("Occasion"));
    all.extend(variants::<Fault>("Fault"));
    all.extend(variants::<Target>("Target"));
    all.extend(variants::<Cut>("Cut"));
    all.extend(variants::<DiskLoss>("DiskLoss"));
    all.extend(variants::<First>("First"));
    all.extend(variants::<Inside>("Inside"));
    all.extend(variants::<Strike>("Strike"));
    all.extend(group::<Model>("model"));
    all.extend(variants::<Timing>("Timing"));
    all.extend(variants::<Failures>("Failures"));
    all.extend(variants::<Ties>("Ties"));
    all.extend(variants::<ReachText>("Reach"));
    all.extend(variants::<CostText>("Cost"));
    all.extend(variants::<ClassText>("Class"));
    all.extend(variants::<ExpectText>("Expect"));
    all
}

/// The variants of an enum. `family` is its name as `serde` knows it.
fn variants<T: Deserialize<'static>>(family: &'static str) -> Vec<Construct> {
    let variants = match names_of::<T>(None) {
        Names::Variants(names) => names,
        other => unreachable!("{family} is an enum: {other:?}"),
    };
    let construct = |name: &'static str| Construct {
        family: usage::noun(family),
        name: Some(name),
        fields: match names_of::<T>(Some(name)) {
            Names::Fields(fields) => fields.to_vec(),
            _ => Vec::new(),
        },
        example: usage::of(family, name),
    };
    variants.iter().copied().map(construct).collect()
}

/// The fields of a struct that stands in parentheses without a name.
fn group<T: Deserialize<'static>>(family: &'static str) -> Option<Construct> {
    match names_of::<T>(None) {
        Names::Fields(fields) => {
            Some(Construct { family, name: None, fields: fields.to_vec(), example: None })
        }
        other => unreachable!("{family} is a struct: {other:?}"),
    }
}

/// Asks a type for its names: it is given a reader that has nothing to read and only notes what the
/// type asks for. With a variant, the type is told that this one stands there.
fn names_of<T: Deserialize<'static>>(variant: Option<&'static str>) -> Names {
    match T::deserialize(Asker { variant }) {
        Ok(_) => Names::Nothing,
        Err(names) => names,
    }
}

/// What a type asked for; it travels as the error of the reader.
#[derive(Clone, Copy, Debug)]
enum Names {
    Variants(&'static [&'static str]),
    Fields(&'static [&'static str]),
    Nothing,
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there was nothing to read")
    }
}

impl std::error::Error for Names {}

impl de::Error for Names {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Nothing
    }
}

#[derive(Clone, Copy)]
struct Asker {
    variant: Option<&'static str>,
}

impl<'de> Deserializer<'de> for Asker {
    type Error = Names;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Names> {
        Err(Names::Nothing)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Names> {
        Err(Names::Fields(fields))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Names> {
        match self.variant {
            None => Err(Names::Variants(variants)),
            Some(_) => visitor.visit_enum(self),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for Asker {
    type Error = Names;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Names> {
        let name = self.variant.unwrap_or_default();
        let value = seed.deserialize(de::value::StrDeserializer::<Names>::new(name))?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for Asker {
    type Error = Names;

    fn unit_variant(self) -> Result<(), Names> {
        Err(Names::Nothing)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Names> {
        Err(Names::Nothing)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Names> {
        Err(Names::Nothing)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Names> {
        Err(Names::Fields(fields))
    }
}
