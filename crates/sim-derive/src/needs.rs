//! What a setting needs of another one: without it, it has no effect.

use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{Ident, Result};

use crate::default::Default as Written;

/// What stands in a `needs(...)`: another setting, which is to be on, or to have a value.
pub(crate) struct Needs {
    field: Ident,
    value: Option<(Written, TokenStream)>,
}

impl Needs {
    pub(crate) fn read(meta: &ParseNestedMeta<'_>) -> Result<Self> {
        let mut read = None;
        meta.parse_nested_meta(|inner| {
            let field = inner.path.require_ident()?.clone();
            let value = match inner.value() {
                Ok(value) => {
                    let written: Written = value.parse()?;
                    let value = written.value()?;
                    Some((written, value))
                }
                Err(_) => None,
            };
            match read.replace(Self { field, value }) {
                None => Ok(()),
                Some(_) => Err(inner.error("a setting needs one other")),
            }
        })?;
        read.ok_or_else(|| meta.error("say which other setting it needs"))
    }

    /// As a scenario has it: `reads: Lease`, or the name alone.
    pub(crate) fn words(&self) -> Result<String> {
        let field = self.field.to_string();
        match &self.value {
            Some((written, _)) => Ok(format!("{field}: {}", written.text()?)),
            None => Ok(field),
        }
    }

    /// Whether the other setting is so.
    pub(crate) fn is_met(&self) -> TokenStream {
        let field = &self.field;
        match &self.value {
            Some((_, value)) => quote!((self.#field == #value)),
            None => quote!(::sim_protocol::SettingValue::is_on(&self.#field)),
        }
    }
}
