//! The default of a setting: what it is, and how it is written in a scenario.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, ExprLit, Lit, Member, Result, bracketed, token};

/// What stands in a `default = ...`.
pub(crate) enum Default {
    /// `[]`.
    EmptyList,
    /// Everything else.
    Value(Expr),
}

impl Parse for Default {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if !input.peek(token::Bracket) {
            return Ok(Self::Value(input.parse()?));
        }
        let inner;
        bracketed!(inner in input);
        if inner.is_empty() { Ok(Self::EmptyList) } else { Err(inner.error(WRONG)) }
    }
}

impl Default {
    /// The value that it stands for.
    pub(crate) fn value(&self) -> Result<TokenStream> {
        match self {
            Self::EmptyList => Ok(quote!(::std::vec::Vec::new())),
            Self::Value(expr) => value(expr),
        }
    }

    /// How it is written in a scenario.
    pub(crate) fn text(&self) -> Result<String> {
        match self {
            Self::EmptyList => Ok("[]".to_owned()),
            Self::Value(expr) => text(expr),
        }
    }
}

/// The value that an expression stands for. Texts are quantities, which are parsed.
fn value(expr: &Expr) -> Result<TokenStream> {
    Ok(match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            quote!(::sim_protocol::setting::quantity(#text))
        }
        Expr::Lit(_) | Expr::Path(_) => expr.to_token_stream(),
        Expr::Call(call) => {
            let (name, values) = (&call.func, call.args.iter().map(value));
            let values = values.collect::<Result<Vec<_>>>()?;
            quote!(#name(#(#values),*))
        }
        Expr::Struct(group) => {
            let name = &group.path;
            let members = group.fields.iter().map(|field| &field.member);
            let values = group.fields.iter().map(|field| value(&field.expr));
            let values = values.collect::<Result<Vec<_>>>()?;
            quote!(#name { #(#members: #values),* })
        }
        other => return Err(Error::new_spanned(other, WRONG)),
    })
}

/// How it is written in a scenario.
fn text(expr: &Expr) -> Result<String> {
    Ok(match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => format!("\"{}\"", text.value()),
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_digits().to_owned(),
        Expr::Lit(ExprLit { lit: Lit::Bool(truth), .. }) => truth.value.to_string(),
        Expr::Path(path) => match path.path.segments.last() {
            Some(last) => last.ident.to_string(),
            None => return Err(Error::new_spanned(path, WRONG)),
        },
        Expr::Call(call) => {
            let values = call.args.iter().map(text).collect::<Result<Vec<_>>>()?;
            format!("{}({})", text(&call.func)?, values.join(", "))
        }
        Expr::Struct(group) => {
            let field = |field: &syn::FieldValue| match &field.member {
                Member::Named(name) => Ok(format!("{name}: {}", text(&field.expr)?)),
                Member::Unnamed(_) => Err(Error::new_spanned(field, WRONG)),
            };
            let fields = group.fields.iter().map(field).collect::<Result<Vec<_>>>()?;
            // A variant is written with its name, a struct without.
            let is_variant = group.path.segments.len() > 1;
            let name = group.path.segments.last().filter(|_| is_variant);
            let name = name.map(|last| last.ident.to_string()).unwrap_or_default();
            format!("{name}({})", fields.join(", "))
        }
        other => return Err(Error::new_spanned(other, WRONG)),
    })
}

const WRONG: &str = "a number, true or false, a quantity in quotes, `[]`, or a variant with such \
                     values";
