//! Derives, so that a protocol's author says each thing once. The traits and their documentation are
//! in `sim-node` and `sim-protocol`, which export each derive beside its trait.

mod parties;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// A world of several parties as one node type; documented in `sim_node::HasParty`.
#[proc_macro_derive(Parties)]
pub fn parties(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    parties::expand(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}
