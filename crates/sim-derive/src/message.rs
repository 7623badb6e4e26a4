//! `#[derive(Message)]`: the kinds of a message and their classes.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::meta::ParseNestedMeta;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, ExprPath, Fields, Ident, LitStr, Result, Token,
    Variant, parenthesized,
};

/// A kind of message: its name, and the class in which it is counted.
#[derive(Clone)]
struct Kind {
    name: String,
    class: String,
}

/// What `#[message(...)]` says of a variant, or of a struct.
#[derive(Default)]
struct Attributes {
    name: Option<String>,
    class: Option<String>,
    /// The kinds of a variant that has several, and what tells which it is, as a number.
    by: Option<ExprPath>,
    kinds: Vec<Kind>,
    /// Whether each of its kinds follows its counterpart of the variant before.
    interleave: bool,
    /// Of a type: what makes another message of one.
    mutate: Option<ExprPath>,
}

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let of_type = Attributes::read(&input.attrs)?;
    let (kinds, body) = match &input.data {
        Data::Enum(data) => of_variants(data.variants.iter())?,
        Data::Struct(_) => (vec![of_type.single(&input.ident)], quote!(0)),
        Data::Union(_) => return Err(Error::new_spanned(input, "a message is no union")),
    };
    let name = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    let names = kinds.iter().map(|kind| &kind.name);
    let classes = kinds.iter().map(|kind| Ident::new(&kind.class, name.span()));
    let mutate = of_type.mutate.map(|mutate| {
        quote! {
            fn mutate(&self, mutation: &mut ::sim_node::Mutation<'_>) -> Option<Self> {
                #mutate(self, mutation)
            }
        }
    });
    Ok(quote! {
        impl #generics ::sim_node::Message for #name #arguments #bounds {
            const KINDS: &'static [(&'static str, ::sim_node::Class)] =
                &[#((#names, ::sim_node::Class::#classes)),*];

            fn kind(&self) -> usize {
                #body
            }

            #mutate
        }
    })
}

/// All kinds in order, and the expression for the index of one.
fn of_variants<'a>(
    variants: impl Iterator<Item = &'a Variant>,
) -> Result<(Vec<Kind>, TokenStream)> {
    let mut kinds: Vec<Kind> = Vec::new();
    let mut arms: Vec<(TokenStream, TokenStream)> = Vec::new();
    // Where the kinds of the variant before begin, and how many they are.
    let mut before = (0, 0);
    for variant in variants {
        let attributes = Attributes::read(&variant.attrs)?;
        let name = &variant.ident;
        let Some(by) = &attributes.by else {
            before = (kinds.len(), 1);
            let index = kinds.len();
            kinds.push(attributes.single(name));
            arms.push((quote!(Self::#name { .. }), quote!(#index)));
            continue;
        };
        if !matches!(&variant.fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1) {
            return Err(Error::new_spanned(variant, "`by` is asked of the only value"));
        }
        let count = attributes.kinds.len();
        let (first, step) = if attributes.interleave {
            if before.1 != count {
                return Err(Error::new_spanned(variant, "as many kinds as the variant before"));
            }
            let first = before.0;
            for (place, kind) in attributes.kinds.into_iter().enumerate() {
                kinds.insert(first + 2 * place + 1, kind);
            }
            // What belongs to the variant before is twice as far apart now.
            if let Some((_, index)) = arms.last_mut() {
                *index = spread(index, first);
            }
            (first + 1, 2_usize)
        } else {
            let first = kinds.len();
            kinds.extend(attributes.kinds);
            before = (first, count);
            (first, 1)
        };
        let value = quote!(#by(value));
        arms.push((quote!(Self::#name(value)), quote!(#first + (#value) * #step)));
    }
    if kinds.is_empty() {
        return Ok((kinds, quote!(match *self {})));
    }
    let arms = arms.into_iter().map(|(pattern, index)| quote!(#pattern => #index));
    Ok((kinds, quote!(match self { #(#arms),* })))
}

/// The index of a kind whose counterparts moved in between.
fn spread(index: &TokenStream, first: usize) -> TokenStream {
    quote!(#first + (#index - #first) * 2)
}

impl Attributes {
    fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut read = Self::default();
        for attribute in attributes.iter().filter(|one| one.path().is_ident("message")) {
            attribute.parse_nested_meta(|meta| read.add(&meta))?;
        }
        Ok(read)
    }

    fn add(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let path = &meta.path;
        if path.is_ident("name") {
            self.name = Some(meta.value()?.parse::<LitStr>()?.value());
        } else if path.is_ident("by") {
            self.by = Some(meta.value()?.parse()?);
        } else if path.is_ident("kinds") {
            let inner;
            parenthesized!(inner in meta.input);
            let list = Punctuated::<Expr, Token![,]>::parse_terminated(&inner)?;
            self.kinds = list.iter().map(kind).collect::<Result<_>>()?;
        } else if path.is_ident("mutate") {
            self.mutate = Some(meta.value()?.parse()?);
        } else if path.is_ident("interleave") {
            self.interleave = true;
        } else if CLASSES.iter().any(|class| path.is_ident(class)) {
            self.class = path.get_ident().map(Ident::to_string);
        } else {
            return Err(meta.error("name, by, kinds, interleave, mutate, or one of the classes"));
        }
        Ok(())
    }

    /// The only kind of a variant, or of a struct.
    fn single(&self, name: &Ident) -> Kind {
        Kind {
            name: self.name.clone().unwrap_or_else(|| name.to_string()),
            class: self.class.clone().unwrap_or_else(|| USUAL.to_owned()),
        }
    }
}

/// One of several kinds: `Append`, or with its class `Heartbeat(Beat)`.
fn kind(expr: &Expr) -> Result<Kind> {
    match expr {
        Expr::Path(name) => {
            Ok(Kind { name: name.to_token_stream().to_string(), class: USUAL.to_owned() })
        }
        Expr::Call(call) if call.args.len() == 1 => Ok(Kind {
            name: call.args[0].to_token_stream().to_string(),
            class: call.func.to_token_stream().to_string(),
        }),
        other => Err(Error::new_spanned(other, "a name, or a class with a name")),
    }
}

/// The class of a message that says nothing else.
const USUAL: &str = "Protocol";
const CLASSES: [&str; 3] = [USUAL, "Client", "Heartbeat"];
