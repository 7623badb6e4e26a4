//! Disks with changed numbers: where the numbers stand, and what else stays as it is.

use xtask::images::{changed, examples, images};

const PAGE: &str = "\
Text with images: {no example}.

```ron fields Raft(nodes: 3)
workload: KeyValue(),
images: {
    0: (server: (term: 3, log: (noops: [1, 3]))),
},
```

```ron fields Bully(nodes: 3)
calm: \"5s\",
```
";

#[test]
fn the_examples_with_images_become_scenarios() {
    let found = examples(PAGE);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("protocol: Raft(nodes: 3),\nworkload: KeyValue(),\nimages: {"));
}

#[test]
fn images_end_with_their_brace() {
    let text = "a: 1, images: {0: (server: {1: [2]})}, calm: \"5s\"";
    assert_eq!(images(text).map(|place| &text[place]), Some("{0: (server: {1: [2]})}"));
    assert_eq!(images("faults: []"), None);
    assert_eq!(images("images: {0: (1)"), None);
}

/// Nothing but numbers of the images changes, and a seed is a scenario.
#[test]
fn only_numbers_of_the_images_change() {
    let original = vec![
        "Scenario(nodes: 7, images: {0: (noops2: [11, 12], text: \"13\")}, budget: 14)".to_owned(),
    ];
    let mut different = std::collections::BTreeSet::new();
    for seed in 0..300 {
        let text = changed(&original, seed);
        assert_eq!(text, changed(&original, seed));
        assert!(text.starts_with("Scenario(nodes: 7, images: {"), "{text}");
        assert!(text.ends_with(", text: \"13\")}, budget: 14)"), "{text}");
        assert!(text.contains("(noops2: ["), "{text}");
        different.insert(text);
    }
    assert!(different.len() > 100, "only {} different scenarios", different.len());
}
