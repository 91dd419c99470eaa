//! The table of operations: the facts that the transport goes by.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::lower::{Accounts, Authorization, Lowered, LoweredOperation};
use crate::{Error, names, prose, source};

/// Writes the table: a constant for each operation, and the list of all.
pub(crate) fn generate(lowered: &Lowered) -> Result<String, Error> {
    let constants = lowered.operations.iter().map(constant);
    let all = lowered.operations.iter().map(constant_name);
    let count = lowered.operations.len();
    let accounts = lowered.accounts.as_ref().map(accounts);
    let tokens = quote! {
        use crate::operation::{Authorization, Operation};

        #(#constants)*

        #accounts

        /// Every operation of the document, in the order of path and method.
        pub static ALL: [&Operation; #count] = [#(&#all),*];

    };
    Ok(source::format(&source::parse(tokens)?))
}

/// What is known of the service that gives tokens. Its operation is none of the document's paths, as it
/// has another host, and it is never repeated: a refresh token may be used up by the first request.
fn accounts(accounts: &Accounts) -> TokenStream {
    let Accounts {
        authorization_url,
        token_base_url,
        token_path,
    } = accounts;
    quote! {
        /// Give a token.
        pub static OAUTH_TOKEN: Operation = Operation {
            id: "oauth_token",
            method: ::reqwest::Method::POST,
            path: #token_path,
            idempotent: false,
            authorization: Authorization::None,
            success: 200u16,
            secret_path: false,
        };

        /// Where a person logs in and grants scopes.
        pub const AUTHORIZATION_URL: &str = #authorization_url;

        /// The service that gives tokens; the path is that of [`OAUTH_TOKEN`].
        pub const TOKEN_BASE_URL: &str = #token_base_url;
    }
}

fn constant_name(operation: &LoweredOperation) -> syn::Ident {
    format_ident!("{}", names::constant(&operation.id))
}

fn constant(operation: &LoweredOperation) -> TokenStream {
    let name = constant_name(operation);
    let LoweredOperation {
        id,
        summary,
        method,
        path,
        idempotent,
        authorization,
        success,
        secret_path,
    } = operation;
    let method = format_ident!("{}", method.as_str());
    let authorization = match authorization {
        Authorization::None => quote! { Authorization::None },
        Authorization::Bearer(scopes) => {
            quote! { Authorization::Bearer { scopes: &[#(#scopes),*] } }
        }
    };
    let docs = match summary.trim() {
        "" => prose::lines(&format!("`{id}`.")),
        summary => prose::lines(summary),
    };
    quote! {
        #(#[doc = #docs])*
        pub static #name: Operation = Operation {
            id: #id,
            method: ::reqwest::Method::#method,
            path: #path,
            idempotent: #idempotent,
            authorization: #authorization,
            success: #success,
            secret_path: #secret_path,
        };
    }
}
