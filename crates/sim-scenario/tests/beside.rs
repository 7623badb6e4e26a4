//! Tables of latencies in files beside a scenario.

mod toy;

use std::fmt::Write as _;
use std::path::Path;

use sim_scenario::{RunOptions, load_file, load_text, read_text, with_files};
use tempfile::TempDir;

const INLINE: &str = "Regions(sets: [\"eu\", \"us\"], table: [[\"1ms\", \"40ms\"], [\"41ms\", \
                      \"1.5ms\"]])";

/// A scenario with these latencies.
fn scenario(latency: &str) -> String {
    format!(
        "Scenario(\n    title: \"a toy\",\n    protocol: Ping(nodes: 5),\n    sets: {{\"eu\": \
         Nodes([0, 1]), \"us\": Nodes([2, 3, 4])}},\n    network: Datagram(delay: \
         Constant(\"1ms\"), latency: {latency}),\n    deadline: \"20s\",\n    expect: Holds,\n)\n"
    )
}

/// A folder with a scenario and a table beside it.
fn folder(latency: &str, table: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    std::fs::write(folder.path().join("toy.ron"), scenario(latency)).expect("written");
    std::fs::write(folder.path().join("wan.csv"), table).expect("written");
    folder
}

fn read(latency: &str, table: &str) -> String {
    let folder = folder(latency, table);
    read_text(&folder.path().join("toy.ron")).unwrap_or_else(|why| panic!("{why}"))
}

/// What a person reads.
fn refusal(latency: &str, table: &str) -> String {
    let folder = folder(latency, table);
    match load_file(&folder.path().join("toy.ron"), &toy::catalogue()) {
        Ok(_) => panic!("{latency} with {table:?} loads"),
        Err(error) => error.render(false).replace(&folder.path().display().to_string(), "DIR"),
    }
}

fn digest(text: &str) -> u64 {
    let loaded =
        load_text("toy.ron", text, &toy::catalogue()).unwrap_or_else(|why| panic!("{why}"));
    loaded.prepared.run(7, &RunOptions::default()).digest
}

#[test]
fn a_table_in_a_file_is_the_table_in_the_scenario() {
    let csv = "Csv(file: \"wan.csv\")";
    for table in [
        "ms,eu,us\neu,1,40\nus,41,1.5\n",
        // Units of their own, blanks, quotes, comments, no last line break, lines in any order.
        "# measured in March\r\n,  eu ,\"us\"\r\n\r\nus, 41ms, 1500us\r\n# and\r\neu, 1ms, 0.04s",
        "s,eu,us\neu,0.001,0.04\nus,0.041,1500us\n",
    ] {
        let text = read(csv, table);
        assert_eq!(text, scenario(INLINE), "{table:?}");
    }
    // Columns in another order are regions in another order.
    let turned = read(csv, "ms,us,eu\neu,40,1\nus,1.5,41\n");
    assert!(turned.contains("[\"us\", \"eu\"], table: [[\"1.5ms\", \"41ms\"]"), "{turned}");
    assert_eq!(digest(&turned), digest(&scenario(INLINE)));
}

#[test]
fn a_message_takes_half_of_a_round_trip() {
    let csv = "Csv(file: \"wan.csv\", round_trip: true)";
    assert_eq!(read(csv, "ms,eu,us\neu,2,80\nus,82,3\n"), scenario(INLINE));
}

#[test]
fn lines_keep_their_numbers() {
    let csv = "Csv(\n        file: \"wan.csv\", // measured\n        round_trip: false,\n    )";
    let text = read(csv, "ms,eu,us\neu,1,40\nus,41,1.5\n");
    assert_eq!(text.lines().count(), scenario(csv).lines().count());
    assert_eq!(digest(&text), digest(&scenario(INLINE)));
}

#[test]
fn other_texts_stay_as_they_are() {
    let nowhere = Path::new("/nowhere");
    for text in ["", "Csv(", "Scenario(title: \"Csv(file: 1)\")", &scenario(INLINE)] {
        assert_eq!(with_files("toy.ron", text, nowhere).as_deref(), Ok(text));
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let csv = "Csv(file: \"wan.csv\")";
    let good = "ms,eu,us\neu,1,40\nus,41,1.5\n";
    let rows: &[(&str, &str, &str)] = &[
        ("no such file", "Csv(file: \"wam.csv\")", good),
        ("a file elsewhere", "Csv(file: \"../wan.csv\")", good),
        ("an absolute path", "Csv(file: \"/etc/passwd\")", good),
        ("no name", "Csv(file: \"\")", good),
        ("no file", "Csv()", good),
        ("a number for a name", "Csv(file: 7)", good),
        ("another field", "Csv(file: \"wan.csv\", roundtrip: true)", good),
        ("an empty table", csv, ""),
        ("nothing but a comment", csv, "# to be measured\n"),
        ("another unit", csv, "miles,eu,us\neu,1,40\nus,41,1\n"),
        ("no region", csv, "ms\n"),
        ("a region without a name", csv, "ms,eu,\neu,1,40\n"),
        ("two columns", csv, "ms,eu,eu\neu,1,40\n"),
        ("two lines", csv, "ms,eu,us\neu,1,40\neu,1,40\nus,41,1\n"),
        ("a region without its line", csv, "ms,eu,us\neu,1,40\n"),
        ("a region without its column", csv, "# a comment\nms,eu,us\neu,1,40\nasia,41,1\n"),
        ("a short line", csv, "ms,eu,us\neu,1\nus,41,1\n"),
        ("a long line", csv, "ms,eu,us\neu,1,40,7\nus,41,1\n"),
        ("an empty cell", csv, "ms,eu,us\neu,,40\nus,41,1\n"),
        ("no number", csv, "ms,eu,us\neu,1,fast\nus,41,1\n"),
        ("no unit", csv, ",eu,us\neu,1ms,40\nus,41ms,1ms\n"),
        ("a negative time", csv, "ms,eu,us\neu,-1,40\nus,41,1\n"),
        ("a set that does not exist", csv, "ms,eu,su\neu,1,40\nsu,41,1\n"),
    ];
    let mut told = String::new();
    for (what, latency, table) in rows {
        write!(told, "# {what}\n{}\n\n", refusal(latency, table)).expect("a text grows");
    }
    let alone = load_text("toy.ron", &scenario(csv), &toy::catalogue()).err().expect("no file");
    write!(told, "# a text that is no file\n{alone}").expect("a text grows");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("beside", told);
    });
}

#[test]
fn a_table_that_is_no_text_or_too_large_is_refused() {
    let folder = folder("Csv(file: \"wan.csv\")", "");
    let tell = |bytes: &[u8]| {
        std::fs::write(folder.path().join("wan.csv"), bytes).expect("written");
        let error = load_file(&folder.path().join("toy.ron"), &toy::catalogue()).err();
        error.expect("it is refused").render(false)
    };
    let told = tell(b"ms,eu,us\neu,\xff,40\n");
    assert!(told.contains("not valid UTF-8") && told.contains("wan.csv:2"), "{told}");
    let told = tell(&vec![b'1'; sim_scenario::FILE_MAX + 1]);
    assert!(told.contains("larger than 1024 KiB") && told.contains("toy.ron:5"), "{told}");
}
