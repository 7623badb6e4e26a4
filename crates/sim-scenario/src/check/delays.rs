//! Distributions: ends in the right order, shapes and weights in range.

use sim_engine::Delay;
use sim_node::Duration;

use super::check_time;
use crate::Diagnostic;
use crate::outline::Item;
use crate::sheet::Sheet;

/// The most parts of a mixture.
const PARTS_MAX: usize = 64;

/// A distribution makes sense. `item` is where it stands.
pub(crate) fn check_delay(sheet: &mut Sheet<'_>, delay: &Delay, item: &Item) {
    check_part(sheet, delay, item, 0);
}

fn check_part(sheet: &mut Sheet<'_>, delay: &Delay, item: &Item, depth: usize) {
    let text = sheet.text;
    match delay {
        Delay::Constant(length) => check_time(sheet, *length, item.at_index(0)),
        Delay::Uniform(min, max) => {
            check_time(sheet, *max, item.at_index(1));
            check_order(sheet, (*min, item.at_index(0)), (*max, item.at_index(1)));
        }
        Delay::Exponential { mean, min } => {
            check_time(sheet, *mean, item.at_field(text, "mean"));
            check_time(sheet, *min, item.at_field(text, "min"));
            if mean.is_zero() {
                let place = item.at_field(text, "mean").span.clone();
                sheet.push(
                    Diagnostic::error(place, "an exponential distribution has a mean above zero")
                        .label("zero")
                        .help("for a fixed length use `Constant`"),
                );
            }
        }
        Delay::Pareto { min, shape, max } => {
            check_time(sheet, *max, item.at_field(text, "max"));
            let (least, most) = (item.at_field(text, "min"), item.at_field(text, "max"));
            check_order(sheet, (*min, least), (*max, most));
            check_pareto(sheet, *min, *shape, item);
        }
        Delay::Mixture(parts) => check_mixture(sheet, parts, item, depth),
    }
}

fn check_order(sheet: &mut Sheet<'_>, min: (Duration, &Item), max: (Duration, &Item)) {
    if max.0 < min.0 {
        let message = format!("the greatest duration {} is below the least, {}", max.0, min.0);
        sheet.push(
            Diagnostic::error(max.1.span.clone(), message)
                .label("the greatest duration")
                .context(min.1.span.clone(), "the least")
                .help("the least duration comes first"),
        );
    }
}

fn check_pareto(sheet: &mut Sheet<'_>, min: Duration, shape: f64, item: &Item) {
    if min.is_zero() {
        let place = item.at_field(sheet.text, "min").span.clone();
        sheet.push(
            Diagnostic::error(place, "a Pareto distribution has a least duration above zero")
                .label("zero")
                .help("the least duration is also its scale: `min: \"1ms\"`"),
        );
    }
    // Written so that what is not a number is out of range too.
    if !(0.1..=100.0).contains(&shape) {
        let place = item.at_field(sheet.text, "shape").span.clone();
        sheet.push(
            Diagnostic::error(place, "the shape of a Pareto distribution is out of range")
                .label("not from 0.1 to 100")
                .help("1.2 has a very heavy tail, 3 a light one"),
        );
    }
}

fn check_mixture(sheet: &mut Sheet<'_>, parts: &[(u32, Delay)], item: &Item, depth: usize) {
    let example = "write it as in `Mixture([(99, Constant(\"1ms\")), (1, Constant(\"1s\"))])`";
    let wrong = if parts.iter().all(|(weight, _)| *weight == 0) {
        Some("a mixture needs a part whose weight is above zero".to_owned())
    } else if parts.len() > PARTS_MAX {
        Some(format!("a mixture of {} parts; at most {PARTS_MAX} are allowed", parts.len()))
    } else if depth >= Delay::DEPTH_MAX {
        Some(format!("mixtures are nested more than {} deep", Delay::DEPTH_MAX))
    } else {
        None
    };
    if let Some(wrong) = wrong {
        let place = item.name.clone().unwrap_or_else(|| item.span.clone());
        sheet.push(Diagnostic::error(place, wrong).label("this mixture").help(example));
        return;
    }
    for (index, (_, part)) in parts.iter().enumerate() {
        check_part(sheet, part, item.at_index(0).at_index(index).at_index(1), depth + 1);
    }
}
