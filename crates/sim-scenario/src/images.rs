//! The disks at the first start, read with the protocol's own types and checked by its nodes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ron::value::RawValue;
use sim_engine::Configs;
use sim_node::{ImageError, Node, NodeId};
use sim_protocol::{Protocol, WrongImage};

use crate::Diagnostic;
use crate::check::{Cast, check_node};
use crate::draft::Draft;
use crate::outline::Item;
use crate::reader::unshown;
use crate::sheet::{Sheet, options};

/// Disks at the first start.
pub(crate) type Images<N> = BTreeMap<NodeId, <N as Node>::Stable>;

/// The images of a scenario. What is wrong with them is told to the sheet.
pub(crate) fn images<'a, P: Protocol>(
    sheet: &mut Sheet<'a>,
    draft: &Draft<'a>,
    cast: &Cast<'_>,
    configs: &Configs<P::Node>,
) -> Option<Images<P::Node>> {
    let Some(text) = draft.images else { return Some(BTreeMap::new()) };
    let field = sheet.field("images");
    if !cast.has_disk {
        let message = format!("the nodes of `{}` write nothing", cast.facts.name);
        let place = field.span.clone();
        sheet.push(Diagnostic::error(place, message).label("there are no disks"));
        return None;
    }
    let raws: BTreeMap<u32, &RawValue> = sheet.read(text, "the images")?;
    let mut images = BTreeMap::new();
    let mut items = BTreeMap::new();
    let mut all_read = true;
    let mut all_possible = true;
    for ((node, raw), part) in raws.into_iter().zip(in_order(sheet.text, field)) {
        let place = part.key.as_ref().map_or_else(|| part.span(), |key| key.span.clone());
        check_node(sheet, node, &place, cast);
        let image: Option<<P::Node as Node>::Stable> = sheet.read_own(raw.get_ron(), "the image");
        let Some(image) = image else {
            all_read = false;
            continue;
        };
        let id = NodeId::new(node);
        if node < cast.nodes()
            && let Err(error) = P::Node::check_image(&image, id, configs.of(id))
        {
            sheet.push(impossible(sheet.text, &part.value, &error));
            all_possible = false;
        }
        items.insert(id, &part.value);
        images.insert(id, image);
    }
    if all_read
        && all_possible
        && let Err(WrongImage { node, error }) = check_together::<P>(&images, configs)
        && let Some(item) = items.get(&node)
    {
        sheet.push(impossible(sheet.text, item, &error));
    }
    all_read.then_some(images)
}

/// Refuses disks that contradict each other, whichever node's settings hold: a node with a known
/// bug may have left behind what the others never do.
fn check_together<P: Protocol>(
    images: &Images<P::Node>,
    configs: &Configs<P::Node>,
) -> Result<(), WrongImage> {
    P::check_images(images, &configs.usual).or_else(|wrong| {
        let mut own = configs.own.values();
        let is_possible = own.any(|config| P::check_images(images, config).is_ok());
        if is_possible { Ok(()) } else { Err(wrong) }
    })
}

/// The parts of a map whose keys are numbers, by these numbers.
pub(crate) fn in_order<'i>(text: &str, map: &'i Item) -> Vec<&'i crate::outline::Part> {
    let number = |part: &&crate::outline::Part| {
        let key = part.key.as_ref()?;
        options().from_str::<u32>(&text[key.span.clone()]).ok()
    };
    let mut parts: Vec<_> = map.parts().iter().collect();
    parts.sort_by_key(number);
    parts
}

/// What no run leaves behind, at the innermost part of the image that the error names.
fn impossible(text: &str, image: &Item, error: &ImageError) -> Diagnostic {
    let place = place_of(text, image, &error.path);
    Diagnostic::error(place, format!("impossible image: {}", error.message))
        .label("no run leaves this behind")
}

fn place_of(text: &str, image: &Item, path: &[String]) -> Range<usize> {
    let mut item = image;
    for step in path {
        let by_name = item.field(text, step).map(|_| item.at_field(text, step));
        let by_place = step.parse().ok().map(|place| item.within_value().at_index(place));
        let found = by_name.or(by_place.filter(|found| found.span != item.span));
        match found {
            Some(found) => item = found,
            None => break,
        }
    }
    item.span.clone()
}

/// The fields and variants of the disks that none of the protocol's examples shows.
///
/// # Panics
/// When an example cannot be read.
pub(crate) fn unshown_in_examples<P: Protocol>() -> BTreeSet<String> {
    let texts: Vec<&'static str> = P::IMAGES.iter().map(|example| example.images).collect();
    let mut images = Vec::new();
    for text in texts {
        let raws: Result<BTreeMap<u32, &RawValue>, _> = options().from_str(text);
        let raws = raws.unwrap_or_else(|error| panic!("an image of {}: {error}", P::NAME));
        images.extend(raws.into_values().map(RawValue::get_ron));
    }
    unshown::<<P::Node as Node>::Stable>(&images, &options())
        .unwrap_or_else(|error| panic!("an image of {}: {error}", P::NAME))
}
