//! `#[derive(Mutant)]`: known bugs with their codes and what they are.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, LitStr, Result, Variant};

use crate::text;

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(input, "known bugs are the variants of an enum"));
    };
    let name = &input.ident;
    let rows = data.variants.iter().map(row).collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        impl ::sim_protocol::Mutant for #name {
            const ALL: &'static [::sim_protocol::KnownBug<Self>] = &[#(#rows),*];
        }

        impl ::sim_protocol::SettingValue for #name {
            const KIND: &'static str = "code";
        }

        impl<'de> ::sim_protocol::setting::Deserialize<'de> for #name {
            fn deserialize<D: ::sim_protocol::setting::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                ::sim_protocol::setting::known_bug(deserializer)
            }
        }
    })
}

fn row(variant: &Variant) -> Result<TokenStream> {
    let mut code = None;
    for attribute in variant.attrs.iter().filter(|one| one.path().is_ident("mutant")) {
        code = Some(attribute.parse_args::<LitStr>()?);
    }
    let code = code.ok_or_else(|| {
        Error::new_spanned(variant, "give its code, as in `#[mutant(\"R-one-ack\")]`")
    })?;
    let (name, meaning) = (&variant.ident, text::summary(&variant.attrs));
    Ok(quote! {
        ::sim_protocol::KnownBug { code: #code, bug: Self::#name, meaning: #meaning }
    })
}
