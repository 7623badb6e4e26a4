//! Texts that share their beginnings: equal exactly if their characters are, however they were
//! made, and as small as what is new in each.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use proptest::prelude::*;
use sim_check::linearizability::{
    Budget, Command, KeyValue, Output, Report, Ruling, Text, TextRecorder, check,
};
use sim_check::{History, SimTime};

/// Short texts with letters of one and of several bytes, most of which begin alike.
fn characters() -> impl Strategy<Value = String> {
    "[abä€]{0,6}"
}

/// The same characters, in pieces that end elsewhere.
fn in_pieces(characters: &str, ends: &[usize]) -> Text {
    let mut ends: Vec<usize> = ends.iter().map(|end| end % (characters.len() + 1)).collect();
    ends.retain(|end| characters.is_char_boundary(*end));
    ends.extend([0, characters.len()]);
    ends.sort_unstable();
    ends.windows(2).fold(Text::default(), |text, ends| text.with(&characters[ends[0]..ends[1]]))
}

fn hash(text: &Text) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

proptest! {
    #[test]
    fn texts_are_equal_as_their_characters_are(
        one in characters(),
        other in characters(),
        ends in prop::collection::vec(0..32_usize, 0..5),
        more in prop::collection::vec(0..32_usize, 0..5),
    ) {
        let (a, b) = (in_pieces(&one, &ends), in_pieces(&other, &more));
        prop_assert_eq!(a.to_string(), one.clone());
        prop_assert_eq!(a.len(), one.len());
        prop_assert_eq!(a == b, one == other);
        prop_assert_eq!(a == *other.as_str(), one == other);
        prop_assert_eq!(a.cmp(&b).is_eq(), one == other);
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        let again = in_pieces(&one, &more);
        prop_assert_eq!(&a, &again);
        prop_assert_eq!(hash(&a), hash(&again));
        prop_assert_eq!(format!("{a:?}"), format!("{one:?}"));
    }

    #[test]
    fn what_is_recorded_is_what_was_told(
        told in prop::collection::vec(characters(), 0..12),
    ) {
        let mut recorder = TextRecorder::default();
        for characters in &told {
            let text = recorder.record(characters);
            prop_assert_eq!(text.to_string(), characters.clone());
            prop_assert_eq!(&text, &Text::from(characters.as_str()));
            prop_assert!(text.is_shared_with(&recorder.record(characters)));
        }
    }
}

/// One client that appends and reads; of the read of this number the answer is a lie.
fn appends_and_reads(count: u32, lie: Option<u32>) -> (History<(String, Command), Output>, u64) {
    let (mut history, mut recorder) = (History::new(), TextRecorder::default());
    let mut value = String::new();
    let now = SimTime::ZERO;
    for number in 0..count {
        let more = format!("5.{number},");
        value.push_str(&more);
        let append = history.invoke(5, ("k0".to_owned(), Command::Append(more)), now);
        history.returned(append, Output::Done, now);
        let read = history.invoke(6, ("k0".to_owned(), Command::Get), now);
        let told =
            if lie == Some(number) { value.replacen("5.0,", "5.1,", 1) } else { value.clone() };
        history.returned(read, Output::Value(Some(recorder.record(&told))), now);
    }
    (history, recorder.kept())
}

#[test]
fn a_value_that_grows_is_kept_once() {
    let count = 20_000;
    let (history, kept) = appends_and_reads(count, None);
    // Its length is 160 kB, so that copies of all of them would be 1.6 GB.
    assert!(kept < 100 * u64::from(count) + 400_000, "{kept} bytes");
    let Report { ruling, .. } = check(&KeyValue, &history, Budget::default());
    assert!(matches!(ruling, Ruling::Linearizable(order) if order.len() == history.len()));
}

#[test]
fn a_lie_of_the_same_length_at_the_far_end_of_a_value_is_found() {
    let (history, _) = appends_and_reads(300, Some(299));
    let Report { ruling, .. } = check(&KeyValue, &history, Budget::default());
    let Ruling::NotLinearizable(evidence) = ruling else { panic!("{ruling:?}") };
    assert_eq!(evidence.not_linearizable.get(), 599);
}
