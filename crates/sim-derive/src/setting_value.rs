//! `#[derive(SettingValue)]`: what may stand where one of several variants is asked for, in words.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Data, DeriveInput, Error, Fields, GenericArgument, PathArguments, Result, Type, Variant,
};

use crate::text;

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(input, "only an enum has variants to choose from"));
    };
    let forms: Vec<String> = data.variants.iter().map(form).collect();
    let (name, kind) = (&input.ident, text::alternatives(&forms));
    Ok(quote! {
        impl ::sim_protocol::SettingValue for #name {
            const KIND: &'static str = #kind;
        }
    })
}

/// How a variant is written: `Log`, `Bounded(number)`, `Flexible(prepare: number)`.
fn form(variant: &Variant) -> String {
    let values: Vec<String> = match &variant.fields {
        Fields::Unit => return variant.ident.to_string(),
        Fields::Unnamed(values) => values.unnamed.iter().map(|field| kind(&field.ty)).collect(),
        Fields::Named(values) => {
            let named = values.named.iter().filter_map(|field| {
                Some(format!("{}: {}", field.ident.as_ref()?, kind(&field.ty)))
            });
            named.collect()
        }
    };
    format!("{}({})", variant.ident, values.join(", "))
}

/// The kind of a value within a variant, by the name of its type.
fn kind(of: &Type) -> String {
    match of {
        Type::Tuple(tuple) => {
            let parts: Vec<String> = tuple.elems.iter().map(kind).collect();
            format!("({})", parts.join(", "))
        }
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else { return String::new() };
            let inner: Vec<String> = match &last.arguments {
                PathArguments::AngleBracketed(arguments) => {
                    let types = arguments.args.iter().filter_map(|argument| match argument {
                        GenericArgument::Type(inner) => Some(kind(inner)),
                        _ => None,
                    });
                    types.collect()
                }
                _ => Vec::new(),
            };
            match (last.ident.to_string().as_str(), inner.as_slice()) {
                ("u8" | "u16" | "u32" | "u64" | "usize" | "NodeId", _) => "number".to_owned(),
                ("bool", _) => "true or false".to_owned(),
                ("Vec" | "BTreeSet", [one]) => format!("[{one}, ...]"),
                ("BTreeMap", [key, value]) => format!("{{{key}: {value}, ...}}"),
                ("Option", [one]) => one.clone(),
                (name, _) => text::words(name),
            }
        }
        _ => "value".to_owned(),
    }
}
