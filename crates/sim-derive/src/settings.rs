//! `#[derive(Settings)]`: how a struct is read, what its fields are in words, and their ranges.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, Ident, LitStr, Result, Type};

use crate::default::Default as Written;
use crate::needs::Needs;
use crate::range::{Bounds, Range, range};
use crate::text;

/// A field as it is declared.
struct Declared {
    name: Ident,
    kind: Type,
    part: Part,
}

/// What a field is.
enum Part {
    /// A setting.
    Setting(Setting),
    /// Other settings, whose fields stand among these.
    Flat,
    /// The known bug to have, of this type, and whether nodes may differ in it.
    Mutant(Type, bool),
}

/// A setting as it is declared.
struct Setting {
    row: TokenStream,
    default: Option<TokenStream>,
    range: Option<TokenStream>,
    needs: Option<Needs>,
}

/// What stands in `#[setting(...)]`.
#[derive(Default)]
struct Attributes {
    default: Option<Written>,
    none: Option<LitStr>,
    kind: Option<LitStr>,
    range: Option<Bounds>,
    needs: Option<Needs>,
    positive: bool,
    per_node: bool,
    flatten: bool,
    mutant: bool,
}

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(input, "settings are a struct with named fields"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(input, "settings are a struct with named fields"));
    };
    let declared = fields.named.iter().map(declare).collect::<Result<Vec<_>>>()?;
    let new = constructor(input, &declared);
    let mutant = mutant(input, &declared);
    let trait_impl = settings(&input.ident, &declared);
    let name = &input.ident;
    let text = name.to_string();
    Ok(quote! {
        #new
        #mutant
        const _: () = {
            use ::sim_protocol::setting;
            #trait_impl
            impl<'de> setting::Deserialize<'de> for #name {
                fn deserialize<D: setting::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::std::result::Result<Self, D::Error> {
                    setting::deserialize(deserializer, #text)
                }
            }
        };
    })
}

fn declare(field: &syn::Field) -> Result<Declared> {
    let name = field.ident.clone().expect("the fields have names");
    let kind = field.ty.clone();
    let attributes = Attributes::read(field)?;
    let part = if attributes.flatten {
        Part::Flat
    } else if attributes.mutant {
        let bug = option_of(&kind).ok_or_else(|| {
            Error::new_spanned(&kind, "the known bug to have is an `Option` of a `Mutant`")
        })?;
        Part::Mutant(bug, attributes.per_node)
    } else {
        setting(field, &name, attributes)?
    };
    Ok(Declared { name, kind, part })
}

fn setting(field: &syn::Field, name: &Ident, attributes: Attributes) -> Result<Part> {
    let text = name.to_string();
    let kind_type = &field.ty;
    let meaning = text::meaning(&field.attrs);
    if meaning.is_empty() {
        return Err(Error::new_spanned(field, "say what it means, in a doc comment"));
    }
    let kind = match &attributes.kind {
        Some(words) => quote!(#words),
        None => quote!(<#kind_type as ::sim_protocol::SettingValue>::KIND),
    };
    let (default, default_row) = match (&attributes.default, &attributes.none) {
        (Some(default), None) => {
            let written = default.text()?;
            (Some(default.value()?), quote!(setting::Default::Value(#written)))
        }
        (None, Some(words)) => {
            (Some(quote!(::std::option::Option::None)), quote!(setting::Default::Words(#words)))
        }
        (None, None) => (None, quote!(setting::Default::Required)),
        (Some(_), Some(words)) => {
            return Err(Error::new_spanned(words, "the default is a value or none"));
        }
    };
    let range = range(attributes.range, attributes.positive);
    let range = range.map(|Range { least, most, text }| {
        quote!(setting::Range { least: #least, most: #most, text: #text })
    });
    let range_row = match &range {
        Some(range) => quote!(::std::option::Option::Some(#range)),
        None => quote!(::std::option::Option::None),
    };
    let needs_row = match &attributes.needs {
        Some(needs) => {
            let words = needs.words()?;
            quote!(::std::option::Option::Some(#words))
        }
        None => quote!(::std::option::Option::None),
    };
    let per_node = attributes.per_node;
    let row = quote! {
        setting::Field {
            name: #text,
            kind: #kind,
            default: #default_row,
            range: #range_row,
            needs: #needs_row,
            per_node: #per_node,
            meaning: #meaning,
        }
    };
    Ok(Part::Setting(Setting { row, default, range, needs: attributes.needs }))
}

impl Attributes {
    fn read(field: &syn::Field) -> Result<Self> {
        let mut read = Self::default();
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("setting"))
        {
            attribute.parse_nested_meta(|meta| {
                let path = &meta.path;
                if path.is_ident("default") {
                    read.default = Some(meta.value()?.parse()?);
                } else if path.is_ident("none") {
                    read.none = Some(meta.value()?.parse()?);
                } else if path.is_ident("kind") {
                    read.kind = Some(meta.value()?.parse()?);
                } else if path.is_ident("range") {
                    read.range = Some(meta.value()?.parse()?);
                } else if path.is_ident("needs") {
                    read.needs = Some(Needs::read(&meta)?);
                } else if path.is_ident("positive") {
                    read.positive = true;
                } else if path.is_ident("per_node") {
                    read.per_node = true;
                } else if path.is_ident("flatten") {
                    read.flatten = true;
                } else if path.is_ident("mutant") {
                    read.mutant = true;
                } else {
                    let known = "default, none, kind, range, needs, positive, per_node, flatten or \
                                 mutant";
                    return Err(meta.error(known));
                }
                Ok(())
            })?;
        }
        Ok(read)
    }
}

/// The `T` of an `Option<T>`.
fn option_of(kind: &Type) -> Option<Type> {
    let Type::Path(path) = kind else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        syn::GenericArgument::Type(inner) => Some(inner.clone()),
        _ => None,
    }
}

/// The implementation of the trait.
fn settings(name: &Ident, declared: &[Declared]) -> TokenStream {
    let rows = declared.iter().map(|field| match (&field.part, &field.kind) {
        (Part::Setting(Setting { row, .. }), _) => quote!(&[#row]),
        (Part::Flat, kind) => quote!(<#kind as setting::Settings>::FIELDS),
        (Part::Mutant(_, per_node), _) => {
            quote!(&[setting::Field { per_node: #per_node, ..setting::MUTANT }])
        }
    });
    let lengths = declared.iter().map(|field| match (&field.part, &field.kind) {
        (Part::Flat, kind) => quote!(<#kind as setting::Settings>::FIELDS.len()),
        _ => quote!(1),
    });
    let parts = declared.iter().map(|Declared { name, kind, part }| match part {
        Part::Flat => quote!(#name: <#kind as setting::Settings>::Parts),
        _ => quote!(#name: ::std::option::Option<#kind>),
    });
    let reads = declared.iter().map(read_part);
    let makes = declared.iter().map(make_part);
    let withs = declared.iter().map(|Declared { name, part, .. }| match part {
        Part::Flat => quote!(#name: setting::Settings::with(&self.#name, &parts.#name)),
        _ => quote!(#name: setting::given(&parts.#name, &self.#name)),
    });
    let checks = declared.iter().filter_map(|Declared { name, part, .. }| match part {
        Part::Setting(Setting { range: Some(range), .. }) => {
            let text = name.to_string();
            Some(quote!(setting::in_range(&self.#name, #text, &#range)?;))
        }
        Part::Flat => Some(quote!(setting::Settings::check_ranges(&self.#name)?;)),
        _ => None,
    });
    let idle = declared.iter().filter_map(idle_part);
    let nodes = declared.iter().filter_map(|Declared { name, part, .. }| match part {
        Part::Setting(_) if name == "nodes" => Some(quote!(.or(Some(self.nodes)))),
        Part::Flat => Some(quote!(.or(setting::Settings::nodes(&self.#name)))),
        _ => None,
    });
    quote! {
        #[derive(Clone, Default)]
        #[allow(missing_docs, unreachable_pub, reason = "nobody names it")]
        pub struct Parts { #(#parts),* }

        impl setting::Settings for #name {
            const FIELDS: &'static [setting::Field] =
                &setting::join::<{ 0 #(+ #lengths)* }>(&[#(#rows),*]);
            const NAMES: &'static [&'static str] =
                &setting::names::<{ <#name as setting::Settings>::FIELDS.len() }>(
                    <#name as setting::Settings>::FIELDS,
                );
            type Parts = Parts;

            fn read<'de, A: setting::MapAccess<'de>>(
                parts: &mut Parts,
                index: usize,
                map: &mut A,
            ) -> ::std::result::Result<(), A::Error> {
                let rest = index;
                #(#reads)*
                unreachable!("there is no field {rest}")
            }

            fn make<E: setting::Error>(parts: Parts) -> ::std::result::Result<Self, E> {
                Ok(Self { #(#makes),* })
            }

            fn with(&self, parts: &Parts) -> Self {
                Self { #(#withs),* }
            }

            fn check_ranges(&self) -> ::std::result::Result<(), setting::SettingsError> {
                #(#checks)*
                Ok(())
            }

            fn idle(&self) -> ::std::vec::Vec<&'static setting::Field> {
                let mut idle = ::std::vec::Vec::new();
                #(#idle)*
                idle
            }

            fn nodes(&self) -> ::std::option::Option<u32> {
                None #(#nodes)*
            }
        }
    }
}

/// Whether the field has no effect, as another one is not as it needs it.
fn idle_part(Declared { name, part, .. }: &Declared) -> Option<TokenStream> {
    let text = name.to_string();
    match part {
        Part::Setting(Setting { needs: Some(needs), .. }) => {
            let is_met = needs.is_met();
            Some(quote! {
                if !#is_met {
                    idle.extend(setting::field::<Self>(#text));
                }
            })
        }
        Part::Flat => Some(quote!(idle.extend(setting::Settings::idle(&self.#name));)),
        _ => None,
    }
}

/// Reads the field if it is the one whose turn it is; `rest` counts those still to pass over.
fn read_part(Declared { name, kind, part }: &Declared) -> TokenStream {
    if let Part::Flat = part {
        return quote! {
            if rest < <#kind as setting::Settings>::FIELDS.len() {
                return <#kind as setting::Settings>::read(&mut parts.#name, rest, map);
            }
            let rest = rest - <#kind as setting::Settings>::FIELDS.len();
        };
    }
    let text = name.to_string();
    quote! {
        if rest == 0 {
            return setting::put(&mut parts.#name, #text, map);
        }
        let rest = rest - 1;
    }
}

fn make_part(Declared { name, kind, part }: &Declared) -> TokenStream {
    let text = name.to_string();
    match part {
        Part::Flat => quote!(#name: <#kind as setting::Settings>::make(parts.#name)?),
        Part::Mutant(..) => quote!(#name: parts.#name.unwrap_or_default()),
        Part::Setting(Setting { default: None, .. }) => {
            quote!(#name: setting::required(parts.#name, #text)?)
        }
        Part::Setting(Setting { default: Some(default), .. }) => {
            quote!(#name: match parts.#name { Some(value) => value, None => #default })
        }
    }
}

/// The settings with what must be given, and the default of everything else.
fn constructor(input: &DeriveInput, declared: &[Declared]) -> TokenStream {
    let (name, visible) = (&input.ident, &input.vis);
    let is_given =
        |part: &Part| matches!(part, Part::Flat | Part::Setting(Setting { default: None, .. }));
    let given: Vec<_> = declared.iter().filter(|field| is_given(&field.part)).collect();
    let values = declared.iter().map(|Declared { name, part, .. }| match part {
        Part::Setting(Setting { default: Some(default), .. }) => quote!(#name: #default),
        Part::Mutant(..) => quote!(#name: ::std::option::Option::None),
        _ => quote!(#name),
    });
    if given.is_empty() {
        return quote! {
            impl ::std::default::Default for #name {
                fn default() -> Self {
                    Self { #(#values),* }
                }
            }
        };
    }
    let parameters = given.iter().map(|Declared { name, kind, .. }| quote!(#name: #kind));
    quote! {
        impl #name {
            /// What must be given, and the default of everything else.
            #[must_use]
            #[allow(dead_code, reason = "tests want it most")]
            #visible fn new(#(#parameters),*) -> Self {
                Self { #(#values),* }
            }
        }
    }
}

/// The question that a protocol with known bugs asks.
fn mutant(input: &DeriveInput, declared: &[Declared]) -> Option<TokenStream> {
    let (name, visible) = (&input.ident, &input.vis);
    declared.iter().find_map(|field| {
        let Part::Mutant(bug, _) = &field.part else { return None };
        let here = Ident::new(&field.name.to_string(), Span::call_site());
        Some(quote! {
            impl #name {
                /// Whether the protocol has this bug.
                #[must_use]
                #visible fn has(&self, bug: #bug) -> bool {
                    self.#here == Some(bug)
                }
            }
        })
    })
}
