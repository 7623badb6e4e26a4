//! Scenarios that are refused, and what people read then, in golden files.
#![allow(dead_code, reason = "each test file uses some of it")]

use std::fmt::Write;

use sim_scenario::{LoadError, load_text};

use crate::toy;

/// A scenario of `Ping` with these fields besides the required ones.
pub(crate) fn with(fields: &str) -> String {
    format!(
        "Scenario(\n    title: \"a toy\",\n    protocol: Ping(nodes: 5),\n    {fields},\n    \
         deadline: \"20s\",\n    expect: Holds,\n)\n"
    )
}

pub(crate) fn with_fault(fault: &str) -> String {
    with(&format!("faults: [{fault}]"))
}

fn refused(text: &str) -> LoadError {
    match load_text("toy.ron", text, &toy::catalogue()) {
        Ok(_) => panic!("this should not load:\n{text}"),
        Err(error) => error,
    }
}

/// Every case is refused, with a place in the file; all of them together are one golden file.
pub(crate) fn golden(name: &str, cases: impl IntoIterator<Item = (&'static str, String)>) {
    let mut told = String::new();
    for (what, text) in cases {
        let rendered = refused(&text).render(false);
        assert!(rendered.contains("error: ") && rendered.contains("--> toy.ron:"), "{rendered}");
        writeln!(told, "# {what}\n{rendered}\n").expect("writing to a text cannot fail");
    }
    insta::with_settings!({
        snapshot_path => "../snapshots",
        omit_expression => true,
        prepend_module_to_snapshot => false,
    }, {
        insta::assert_snapshot!(name, told);
    });
}
