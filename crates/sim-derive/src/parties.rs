//! `#[derive(Parties)]`: an enum of parties is a node, and so are its alphabets.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Error, Fields, Result, Type, Visibility};

/// What the derive adds to the enum.
pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let world = World::read(input)?;
    let parts = [
        world.config(),
        world.stable(),
        world.alphabet("Timer", "The key of a timer", quote!(Copy)),
        world.alphabet("Request", "A request", quote!(::serde::Deserialize)),
        world.alphabet("Indication", "An indication", quote!()),
        world.alphabet("Record", "A write", quote!(::serde::Deserialize)),
        world.requests(),
        world.debug(&world.name),
        world.node(),
        world.parties(),
    ];
    Ok(parts.into_iter().collect())
}

/// The enum, as it was written.
struct World<'a> {
    visibility: &'a Visibility,
    name: Ident,
    parties: Vec<Party<'a>>,
}

/// One of its variants.
struct Party<'a> {
    variant: &'a Ident,
    /// The variant's name as that of a field.
    field: Ident,
    node: &'a Type,
}

impl<'a> World<'a> {
    fn read(input: &'a DeriveInput) -> Result<Self> {
        let Data::Enum(data) = &input.data else {
            return Err(Error::new_spanned(&input.ident, "parties are the variants of an enum"));
        };
        if !input.generics.params.is_empty() {
            let message = "give the parties' types in full: an enum of parties has no parameters";
            return Err(Error::new_spanned(&input.generics, message));
        }
        if data.variants.is_empty() {
            return Err(Error::new_spanned(&input.ident, "a world has at least one party"));
        }
        let mut parties = Vec::<Party<'_>>::new();
        for variant in &data.variants {
            let node = match &variant.fields {
                Fields::Unnamed(fields) if fields.unnamed.len() == 1 => &fields.unnamed[0].ty,
                _ => {
                    let message = "a party holds its node and nothing else: `Replica(Replica)`";
                    return Err(Error::new_spanned(variant, message));
                }
            };
            let text = |node: &Type| quote!(#node).to_string();
            if parties.iter().any(|party| text(party.node) == text(node)) {
                let message = "another party has this node type; nobody could tell them apart";
                return Err(Error::new_spanned(node, message));
            }
            let field = Ident::new(&snake_case(&variant.ident.to_string()), Span::call_site());
            parties.push(Party { variant: &variant.ident, field, node });
        }
        Ok(Self { visibility: &input.vis, name: input.ident.clone(), parties })
    }

    fn named(&self, suffix: &str) -> Ident {
        format_ident!("{}{suffix}", self.name)
    }

    fn variants(&self) -> Vec<&Ident> {
        self.parties.iter().map(|party| party.variant).collect()
    }

    fn fields(&self) -> Vec<&Ident> {
        self.parties.iter().map(|party| &party.field).collect()
    }

    fn nodes(&self) -> Vec<&Type> {
        self.parties.iter().map(|party| party.node).collect()
    }

    /// How many of each party there are, and what they know.
    fn config(&self) -> TokenStream {
        let (visibility, config) = (self.visibility, self.named("Config"));
        let (fields, nodes, variants) = (self.fields(), self.nodes(), self.variants());
        let doc = format!("The configuration of a world of [`{}`].", self.name);
        let party_docs = variants
            .iter()
            .map(|name| format!("How many nodes are a `{name}`, and their configuration."));
        quote! {
            #[doc = #doc]
            #[derive(Clone, Debug)]
            #visibility struct #config {
                #(
                    #[doc = #party_docs]
                    pub #fields: ::sim_node::Share<<#nodes as ::sim_node::Node>::Config>,
                )*
            }

            impl #config {
                /// How many nodes there are.
                #[must_use]
                pub fn nodes(&self) -> u32 {
                    0 #(+ self.#fields.count)*
                }
            }
        }
    }

    /// The disk: a part for each party.
    fn stable(&self) -> TokenStream {
        let (visibility, stable, record) =
            (self.visibility, self.named("Stable"), self.named("Record"));
        let (fields, nodes, variants) = (self.fields(), self.nodes(), self.variants());
        let doc = format!(
            "The disk of a [`{}`]: it writes the part of its own party only, and an image needs to \
             give no other.",
            self.name
        );
        let party_docs = variants.iter().map(|name| format!("What a `{name}` keeps."));
        quote! {
            #[doc = #doc]
            #[derive(
                Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize,
                ::serde::Deserialize,
            )]
            #[serde(default, deny_unknown_fields)]
            #visibility struct #stable {
                #(#[doc = #party_docs] pub #fields: <#nodes as ::sim_node::Node>::Stable,)*
            }

            impl ::sim_node::Stable for #stable {
                type Record = #record;

                fn apply(&mut self, record: &#record) {
                    match record {
                        #(#record::#variants(record) => {
                            ::sim_node::Stable::apply(&mut self.#fields, record)
                        })*
                    }
                }
            }
        }
    }

    /// The timers, requests, indications or records of all parties as one type.
    fn alphabet(&self, kind: &str, what: &str, also: TokenStream) -> TokenStream {
        let (visibility, name) = (self.visibility, self.named(kind));
        let variants = self.variants();
        let doc = format!("{what} of a [`{}`], by its party.", self.name);
        let party_docs = variants.iter().map(|name| format!("Of a `{name}`."));
        let types = self.nodes().into_iter().map(|node| match kind {
            "Record" => quote! {
                <<#node as ::sim_node::Node>::Stable as ::sim_node::Stable>::Record
            },
            _ => {
                let kind = Ident::new(kind, Span::call_site());
                quote!(<#node as ::sim_node::Node>::#kind)
            }
        });
        let debug = self.debug(&name);
        quote! {
            #[doc = #doc]
            #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, #also)]
            #visibility enum #name {
                #(#[doc = #party_docs] #variants(#types),)*
            }
            #debug
        }
    }

    /// A request without a party is for the first.
    fn requests(&self) -> TokenStream {
        let request = self.named("Request");
        let Party { variant, node, .. } = &self.parties[0];
        quote! {
            impl ::core::convert::From<<#node as ::sim_node::Node>::Request> for #request {
                fn from(request: <#node as ::sim_node::Node>::Request) -> Self {
                    Self::#variant(request)
                }
            }
        }
    }

    /// The debug form of what is inside alone: stories and traces speak of that.
    fn debug(&self, name: &Ident) -> TokenStream {
        let variants = self.variants();
        quote! {
            impl ::core::fmt::Debug for #name {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    match self {
                        #(Self::#variants(inner) => ::core::fmt::Debug::fmt(inner, f),)*
                    }
                }
            }
        }
    }

    fn node(&self) -> TokenStream {
        let name = &self.name;
        let (fields, nodes, variants) = (self.fields(), self.nodes(), self.variants());
        let [config, timer, request, indication, stable] =
            ["Config", "Timer", "Request", "Indication", "Stable"].map(|kind| self.named(kind));
        let first = nodes[0];
        let keys: Vec<String> = fields.iter().map(ToString::to_string).collect();
        let not_own = keys.iter().map(|key| {
            let party = key.replace('_', " ");
            format!("{{id}} is no {party}, and keeps nothing of one")
        });
        quote! {
            impl ::sim_node::Node for #name {
                type Config = #config;
                type Message = <#first as ::sim_node::Node>::Message;
                type Timer = #timer;
                type Request = #request;
                type Indication = #indication;
                type Stable = #stable;

                fn start(stable: &#stable, cx: &mut ::sim_node::Context<'_, Self>) -> Self {
                    let (id, config) = (cx.id().number(), cx.config());
                    let mut end = 0;
                    #(
                        end += config.#fields.count;
                        if id < end {
                            return Self::#variants(::sim_node::as_party::<Self, #nodes, _>(
                                cx,
                                |cx| <#nodes as ::sim_node::Node>::start(&stable.#fields, cx),
                            ));
                        }
                    )*
                    unreachable!("n{id} is of no party: there are {end} nodes")
                }

                fn on_message(
                    &mut self,
                    from: ::sim_node::NodeId,
                    message: Self::Message,
                    cx: &mut ::sim_node::Context<'_, Self>,
                ) {
                    match self {
                        #(Self::#variants(node) => ::sim_node::as_party::<Self, #nodes, _>(
                            cx,
                            |cx| ::sim_node::Node::on_message(node, from, message, cx),
                        ),)*
                    }
                }

                fn on_timer(&mut self, timer: #timer, cx: &mut ::sim_node::Context<'_, Self>) {
                    match (self, timer) {
                        #((Self::#variants(node), #timer::#variants(timer)) => {
                            ::sim_node::as_party::<Self, #nodes, _>(
                                cx,
                                |cx| ::sim_node::Node::on_timer(node, timer, cx),
                            )
                        })*
                        #[allow(unreachable_patterns, reason = "a world may have one party")]
                        _ => unreachable!("a party sets timers of its own kind only"),
                    }
                }

                fn on_request(
                    &mut self,
                    request: #request,
                    cx: &mut ::sim_node::Context<'_, Self>,
                ) {
                    match (self, request) {
                        #((Self::#variants(node), #request::#variants(request)) => {
                            ::sim_node::as_party::<Self, #nodes, _>(
                                cx,
                                |cx| ::sim_node::Node::on_request(node, request, cx),
                            )
                        })*
                        #[allow(unreachable_patterns, reason = "a world may have one party")]
                        _ => ::sim_node::refuse_for_other_party(cx),
                    }
                }

                fn role(&self) -> ::core::option::Option<::sim_node::Role> {
                    match self {
                        #(Self::#variants(node) => ::sim_node::Node::role(node),)*
                    }
                }

                fn check_image(
                    image: &#stable,
                    id: ::sim_node::NodeId,
                    config: &#config,
                ) -> ::core::result::Result<(), ::sim_node::ImageError> {
                    let mut end = 0;
                    let mut is_own;
                    #(
                        is_own = (end..end + config.#fields.count).contains(&id.number());
                        end += config.#fields.count;
                        if is_own {
                            <#nodes as ::sim_node::Node>::check_image(
                                &image.#fields,
                                id,
                                &config.#fields.config,
                            )
                            .map_err(|error| error.within(#keys))?;
                        } else {
                            ::sim_node::ImageError::check_unused(
                                #keys,
                                &image.#fields,
                                ::std::format!(#not_own),
                            )?;
                        }
                    )*
                    ::core::result::Result::Ok(())
                }

                fn check(&self, config: &#config) {
                    match self {
                        #(Self::#variants(node) => {
                            ::sim_node::Node::check(node, &config.#fields.config)
                        })*
                    }
                }
            }
        }
    }

    /// How each party's alphabet is part of the world's, and back.
    fn parties(&self) -> TokenStream {
        let name = &self.name;
        let [config, timer, indication, record] =
            ["Config", "Timer", "Indication", "Record"].map(|kind| self.named(kind));
        let parties = self.parties.iter().map(|Party { variant, field, node }| {
            quote! {
                impl ::sim_node::PartyOf<#name> for #node {
                    type Node = Self;

                    fn config(config: &#config) -> &<Self as ::sim_node::Node>::Config {
                        &config.#field.config
                    }
                    fn timer(timer: <Self as ::sim_node::Node>::Timer) -> #timer {
                        #timer::#variant(timer)
                    }
                    fn record(
                        record: <<Self as ::sim_node::Node>::Stable as ::sim_node::Stable>::Record,
                    ) -> #record {
                        #record::#variant(record)
                    }
                    fn indication(
                        indication: <Self as ::sim_node::Node>::Indication,
                    ) -> #indication {
                        #indication::#variant(indication)
                    }
                }

                impl ::sim_node::HasParty<#node> for #name {
                    fn party(&self) -> ::core::option::Option<&#node> {
                        match self {
                            Self::#variant(node) => ::core::option::Option::Some(node),
                            #[allow(unreachable_patterns, reason = "a world may have one party")]
                            _ => ::core::option::Option::None,
                        }
                    }

                    fn indicated_by(
                        indication: &#indication,
                    ) -> ::core::option::Option<&<#node as ::sim_node::Node>::Indication> {
                        match indication {
                            #indication::#variant(inner) => ::core::option::Option::Some(inner),
                            #[allow(unreachable_patterns, reason = "a world may have one party")]
                            _ => ::core::option::Option::None,
                        }
                    }
                }
            }
        });
        quote!(#(#parties)*)
    }
}

/// `ViewService` as `view_service`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::{expand, snake_case};

    fn refused(input: &str) -> String {
        let input = syn::parse_str(input).expect("it is an item");
        expand(&input).expect_err("it is refused").to_string()
    }

    #[test]
    fn what_is_no_world_of_parties_is_refused_with_what_would_be_one() {
        assert_eq!(refused("struct Party(Replica);"), "parties are the variants of an enum");
        assert_eq!(refused("enum Party {}"), "a world has at least one party");
        let parameters = "give the parties' types in full: an enum of parties has no parameters";
        assert_eq!(refused("enum Party<R> { Replica(R) }"), parameters);
        let fields = "a party holds its node and nothing else: `Replica(Replica)`";
        assert_eq!(refused("enum Party { Replica(Replica), Nobody }"), fields);
        assert_eq!(refused("enum Party { Replica { replica: Replica } }"), fields);
        assert_eq!(refused("enum Party { Replica(Replica, u32) }"), fields);
        let twice = "another party has this node type; nobody could tell them apart";
        assert_eq!(refused("enum Party { First(Replica), Second(Replica) }"), twice);
    }

    #[test]
    fn fields_are_named_for_the_variants() {
        assert_eq!(snake_case("Replica"), "replica");
        assert_eq!(snake_case("ViewService"), "view_service");
    }
}
