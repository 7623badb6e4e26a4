//! Derives, so that a protocol's author says each thing once. The traits and their documentation
//! are in `sim-node` and `sim-protocol`, which export each derive beside its trait.

mod asks;
mod default;
mod message;
mod mutant;
mod names;
mod needs;
mod parties;
mod range;
mod setting_value;
mod settings;
mod text;

use proc_macro::TokenStream;
use syn::{DeriveInput, Result, parse_macro_input};

/// See `sim_protocol::Settings`.
#[proc_macro_derive(Settings, attributes(setting))]
pub fn settings(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(settings::derive(&input))
}

/// See `sim_protocol::SettingValue`.
#[proc_macro_derive(SettingValue)]
pub fn setting_value(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(setting_value::derive(&input))
}

/// See `sim_protocol::Mutant`.
#[proc_macro_derive(Mutant, attributes(mutant))]
pub fn mutant(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(mutant::derive(&input))
}

/// See `sim_protocol::Ask`.
#[proc_macro_derive(Asks, attributes(ask))]
pub fn asks(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(asks::derive(&input))
}

/// See `sim_node::Message`.
#[proc_macro_derive(Message, attributes(message))]
pub fn message(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(message::derive(&input))
}

/// See `sim_node::Context::mark`.
#[proc_macro_derive(Names, attributes(name))]
pub fn names(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(names::derive(&input))
}

/// A world of several parties as one node type; documented in `sim_node::HasParty`.
#[proc_macro_derive(Parties)]
pub fn parties(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(parties::expand(&input))
}

/// What a derive generates, or its error at the place that is wrong.
fn expand(derived: Result<proc_macro2::TokenStream>) -> TokenStream {
    derived.unwrap_or_else(|error| error.to_compile_error()).into()
}
