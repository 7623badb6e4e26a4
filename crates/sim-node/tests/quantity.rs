//! Quantities: what is written can be read back, what cannot be meant is refused, and nothing
//! panics.

use proptest::prelude::*;
use sim_node::{Bandwidth, Bytes, Drift, Duration, Offset, Ratio, Span, wire_size};

const UNITS: [(&str, u64); 6] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Numbers of every magnitude: a uniform `u64` is hardly ever below a second.
fn magnitudes() -> impl Strategy<Value = u64> {
    prop_oneof![
        (any::<u64>(), 0_u32..64).prop_map(|(number, shift)| number >> shift),
        (1_u64..=9_999, 0_u32..16).prop_map(|(number, zeros)| number * 10_u64.pow(zeros.min(15))),
        Just(0),
        Just(u64::MAX),
    ]
}

proptest! {
    #[test]
    fn a_duration_reads_back(nanos in magnitudes()) {
        let duration = Duration::from_nanos(nanos);
        prop_assert_eq!(duration.to_string().parse(), Ok(duration));
    }

    #[test]
    fn a_span_reads_back(one in magnitudes(), other in magnitudes()) {
        let min = Duration::from_nanos(one.min(other));
        let max = Duration::from_nanos(one.max(other));
        let span = Span::between(min, max);
        prop_assert_eq!(span.to_string().parse(), Ok(span));
        prop_assert_eq!(format!("{max}..{min}").parse::<Span>().is_ok(), min == max);
    }

    #[test]
    fn a_ratio_reads_back(parts in 0..=1_000_000_000_u32) {
        let ratio = Ratio::from_parts_per_billion(parts);
        prop_assert_eq!(ratio.to_string().parse(), Ok(ratio));
    }

    #[test]
    fn a_drift_reads_back(ppm in -999_999..=999_000_000_i32) {
        let drift = Drift::from_ppm(ppm);
        prop_assert_eq!(drift.to_string().parse(), Ok(drift));
    }

    #[test]
    fn an_offset_reads_back(nanos in prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX)]) {
        let offset = Offset::from_nanos(nanos);
        prop_assert_eq!(offset.to_string().parse(), Ok(offset));
    }

    /// Every number of every unit is either exact or refused.
    #[test]
    fn a_unit_multiplies_exactly(number in magnitudes(), unit in 0..UNITS.len()) {
        let (name, nanos) = UNITS[unit];
        let read: Option<Duration> = format!("{number}{name}").parse().ok();
        prop_assert_eq!(read, number.checked_mul(nanos).map(Duration::from_nanos));
    }

    /// A fraction is exact to the nanosecond or refused; zeros at its end change nothing.
    #[test]
    fn a_fraction_is_exact(millionths in 0..1_000_000_u64, zeros in 0_usize..30) {
        let zeros = "0".repeat(zeros);
        let read = |unit| format!("3.{millionths:06}{zeros}{unit}").parse::<Duration>();
        prop_assert_eq!(read("ms"), Ok(Duration::from_nanos(3_000_000 + millionths)));
        let whole_nanos = millionths % 1_000 == 0;
        prop_assert_eq!(read("us").is_ok(), whole_nanos);
    }

    /// Text that no grammar has made: an error, never a panic, and the error is one short line.
    #[test]
    fn garbage_is_refused_without_a_panic(text in any::<String>()) {
        for why in refusals(&text) {
            prop_assert!(why.chars().count() < 400 && !why.contains('\n'), "{}", why);
        }
    }

    /// Text that is almost right is where parsers panic.
    #[test]
    fn nearly_right_is_refused_without_a_panic(
        text in "[ +-]{0,2}[0-9]{0,30}[.,]{0,3}[0-9]{0,30} ?(ns|us|µs|ms|s|min|h|%|ppm|d|e9|NaN|inf)?(\\.\\.)?[0-9]{0,3}(s|ms)?"
    ) {
        refusals(&text);
    }
}

/// Reads a text as every quantity; what the refusals say.
fn refusals(text: &str) -> Vec<String> {
    let all = [
        text.parse::<Duration>().err(),
        text.parse::<Span>().err(),
        text.parse::<Ratio>().err(),
        text.parse::<Drift>().err(),
        text.parse::<Offset>().err(),
    ];
    all.into_iter().flatten().map(|why| why.to_string()).collect()
}

#[test]
fn texts_mean_what_they_say() {
    let nanos = |text: &str| text.parse::<Duration>().map(Duration::as_nanos);
    assert_eq!(nanos("150ms"), Ok(150_000_000));
    assert_eq!(nanos("1.5s"), Ok(1_500_000_000));
    assert_eq!(nanos(" 2 min "), Ok(120_000_000_000));
    assert_eq!(nanos("0.5h"), Ok(1_800_000_000_000));
    assert_eq!(nanos("0s"), Ok(0));
    assert_eq!("1%".parse(), Ok(Ratio::from_percent(1)));
    assert_eq!("0.25".parse(), Ok(Ratio::from_percent(25)));
    assert_eq!("200ppm".parse(), Ok(Ratio::from_parts_per_billion(200_000)));
    assert_eq!("1".parse(), Ok(Ratio::ONE));
    assert_eq!("-50ppm".parse(), Ok(Drift::from_ppm(-50)));
    assert_eq!("1%".parse(), Ok(Drift::from_ppm(10_000)));
    assert_eq!("-20ms".parse(), Ok(Offset::from_nanos(-20_000_000)));
    assert_eq!("+5s".parse(), Ok(Offset::from_nanos(5_000_000_000)));
    let span = Span::between(Duration::from_millis(150), Duration::from_millis(300));
    assert_eq!("150ms..300ms".parse(), Ok(span));
    assert_eq!("150ms".parse(), Ok(Span::exactly(Duration::from_millis(150))));
}

#[test]
fn wrong_texts_are_refused_with_what_would_be_right() {
    let refused = |text: &str, with: &str| {
        let why = text.parse::<Duration>().expect_err(text).to_string();
        assert!(why.contains(with), "`{text}` is refused with: {why}");
    };
    refused("", "is not a duration");
    refused("ms", "is not a duration");
    refused("NaN", "is not a duration");
    refused("-5s", "is not a duration");
    refused(".5s", "is not a duration");
    refused("5.s", "is not a duration");
    refused("1.2.3s", "is not a duration");
    refused("١s", "is not a duration");
    refused("5", "has no unit");
    refused("5.5", "has no unit");
    refused("5m", "unknown unit `m`");
    refused("5S", "unknown unit `S`");
    refused("5e9s", "unknown unit `e9s`");
    refused("5µs", "unknown unit `µs`");
    refused("0.5ns", "finer");
    refused("0.0000000000000000000000001s", "finer");
    refused("18446744073709551616ns", "too large");
    refused("99999999999999999999999999999999999999999999h", "too large");
    refused("5124096h", "too large");

    let refused = |result: Result<Ratio, _>, with: &str| {
        let why: sim_node::QuantityError = result.expect_err("a refusal");
        assert!(why.to_string().contains(with), "refused with: {why}");
    };
    refused("101%".parse(), "is above 1");
    refused("1.000000001".parse(), "is above 1");
    refused("-1%".parse(), "is not a number");
    refused("1 percent".parse(), "unknown unit");
    refused("0.0000000001".parse(), "finer");
    refused("99999999999999999999".parse(), "too large");

    assert!("-100%".parse::<Drift>().is_err(), "a clock cannot stand still");
    assert!("999000001ppm".parse::<Drift>().is_err());
    assert!("200".parse::<Drift>().is_err(), "a drift needs a unit");
    assert!("0.5ppm".parse::<Drift>().is_err(), "finer than a part per million");
    assert!("--5s".parse::<Offset>().is_err());
    assert!("9223372036854775808ns".parse::<Offset>().is_err());
    assert!("300ms..150ms".parse::<Span>().is_err());
    assert!("1s..2s..3s".parse::<Span>().is_err());
    assert!("1s..".parse::<Span>().is_err());
    assert!("..".parse::<Span>().is_err());
}

#[test]
fn scenarios_read_quantities_as_text_only() {
    assert_eq!(ron::from_str("\"150ms\""), Ok(Duration::from_millis(150)));
    assert_eq!(ron::from_str::<Ratio>("\"1%\""), Ok(Ratio::from_percent(1)));
    let why = ron::from_str::<Duration>("150").expect_err("a number has no unit");
    assert!(why.to_string().contains("a duration in quotes"), "refused with: {why}");
    let why = ron::from_str::<Span>("(\"1s\", \"2s\")").expect_err("a pair is no span");
    assert!(why.to_string().contains("a span in quotes"), "refused with: {why}");
    for wrong in ["150ms", "ms", "[", "(((((", "1e999", "'x'", "", "true", "\"150ms\" \"1s\""] {
        assert!(ron::from_str::<Duration>(wrong).is_err(), "`{wrong}` is no duration");
    }
    assert_eq!(ron::to_string(&Duration::from_millis(1_500)).as_deref(), Ok("\"1.5s\""));
}

/// The digest of a run must not depend on how a quantity is spelt: there they are plain integers.
#[test]
fn outside_of_text_quantities_are_integers() {
    assert_eq!(wire_size(&Duration::from_secs(3)), 8);
    assert_eq!(wire_size(&Span::exactly(Duration::from_secs(3))), 16);
    assert_eq!(wire_size(&Ratio::from_percent(3)), 4);
    assert_eq!(wire_size(&Drift::from_ppm(-3)), 4);
    assert_eq!(wire_size(&Offset::from_nanos(-3)), 8);
}

#[test]
fn sums_stay_at_the_ends() {
    let most = Duration::MAX;
    assert_eq!(most + Duration::from_nanos(1), most);
    assert_eq!(most * 2, most);
    assert_eq!(Duration::ZERO - most, Duration::ZERO);
    assert_eq!(Duration::from_secs(u64::MAX), most);
    assert_eq!(Duration::from_millis(7) / 2, Duration::from_micros(3_500));
}

#[test]
fn a_part_less_is_rounded_down() {
    let duration = |nanos| Duration::from_nanos(nanos);
    assert_eq!(duration(1_000).less(Ratio::from_percent(10)), duration(900));
    assert_eq!(duration(9).less(Ratio::from_percent(50)), duration(4));
    assert_eq!(duration(u64::MAX).less(Ratio::from_percent(0)), duration(u64::MAX));
    assert_eq!(duration(u64::MAX).less(Ratio::ONE), Duration::ZERO);
}

#[test]
fn an_amount_of_memory_is_read_exactly_and_shown_to_a_tenth() {
    for (text, bytes, shown) in [
        ("0B", 0, "0B"),
        ("1023B", 1_023, "1023B"),
        ("1KiB", 1_024, "1KiB"),
        ("1.5GiB", 3 << 29, "1.5GiB"),
        (" 64 MiB ", 64 << 20, "64MiB"),
        ("1.05MiB", 0, ""),
        ("2TiB", 2 << 40, "2TiB"),
    ] {
        match text.parse::<Bytes>() {
            Ok(amount) => {
                assert_eq!((amount.get(), amount.to_string()), (bytes, shown.to_owned()), "{text}");
            }
            // A twentieth of 2^20 bytes is no whole number.
            Err(why) => assert!(shown.is_empty() && why.to_string().contains("finer"), "{why}"),
        }
    }
    for (text, why) in [
        ("64", "has no unit"),
        ("64MB", "has an unknown unit"),
        ("many", "is not a number"),
        ("99999999TiB", "is too large"),
    ] {
        let error = text.parse::<Bytes>().expect_err(text).to_string();
        assert!(error.contains(why) && error.contains("\"64MiB\""), "{error}");
    }
}

#[test]
fn a_bandwidth_is_read_and_shown_with_its_unit() {
    let read = |text: &str| text.parse::<Bandwidth>();
    assert_eq!(read("1KiB/s"), Ok(Bandwidth::per_second(1024)));
    assert_eq!(read("1.5MiB/s").expect("a bandwidth").to_string(), "1.5MiB/s");
    for wrong in ["10MiB", "0B/s", "fast/s", "10/s"] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_time_that_bytes_take_is_rounded_up() {
    let link = Bandwidth::per_second(3_000_000_000);
    assert_eq!([0, 1, 3, 4].map(|bytes| link.time_of(bytes)), [0, 1, 1, 2]);
    assert_eq!(Bandwidth::per_second(1).time_of(u64::MAX), u64::MAX);
}
