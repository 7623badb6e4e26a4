//! `#[derive(Names)]`: the names of marks or roles, in words.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, LitStr, Result, Variant};

use crate::text;

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(input, "names are the variants of an enum"));
    };
    let texts = data.variants.iter().map(name_of).collect::<Result<Vec<_>>>()?;
    let variants = data.variants.iter().map(|variant| &variant.ident);
    let (name, visible) = (&input.ident, &input.vis);
    Ok(quote! {
        impl #name {
            /// Every name, in order.
            #visible const ALL: &'static [&'static str] = &[#(#texts),*];

            /// This one, in words.
            #[must_use]
            #visible const fn name(self) -> &'static str {
                match self { #(Self::#variants => #texts),* }
            }
        }

        impl ::std::convert::From<#name> for &'static str {
            fn from(name: #name) -> Self {
                name.name()
            }
        }
    })
}

fn name_of(variant: &Variant) -> Result<String> {
    if !matches!(variant.fields, Fields::Unit) {
        return Err(Error::new_spanned(variant, "a name has no values"));
    }
    let mut given = None;
    for attribute in variant.attrs.iter().filter(|one| one.path().is_ident("name")) {
        given = Some(attribute.parse_args::<LitStr>()?.value());
    }
    Ok(given.unwrap_or_else(|| text::words(&variant.ident.to_string())))
}
