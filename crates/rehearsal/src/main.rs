//! The binary `rehearse`.

fn main() {}
