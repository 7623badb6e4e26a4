//! `#[derive(Asks)]`: what a scenario can ask a node for, by example.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, LitStr, Result, Variant};

use crate::text;

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(input, "requests are the variants of an enum"));
    };
    let rows = data.variants.iter().map(row).collect::<Result<Vec<_>>>()?;
    let (name, visible) = (&input.ident, &input.vis);
    Ok(quote! {
        impl #name {
            /// What a scenario can ask for, by example.
            #visible const ASKS: &'static [::sim_protocol::Ask] = &[#(#rows),*];
        }
    })
}

fn row(variant: &Variant) -> Result<TokenStream> {
    let mut example = None;
    for attribute in variant.attrs.iter().filter(|one| one.path().is_ident("ask")) {
        example = Some(attribute.parse_args::<LitStr>()?.value());
    }
    let example = match (example, &variant.fields) {
        (Some(example), _) => example,
        (None, Fields::Unit) => variant.ident.to_string(),
        (None, _) => {
            let why = "give an example, as in `#[ask(\"Transfer(2)\")]`";
            return Err(Error::new_spanned(variant, why));
        }
    };
    let meaning = text::meaning(&variant.attrs);
    Ok(quote!(::sim_protocol::Ask::new(#example, #meaning)))
}
