//! The operation table, which the transport uses, and the names of all fields.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::error::Error;
use crate::lower::{Authorization, Lowered, LoweredOperation, OAuthEndpoints};
use crate::{doc_comment, format, names};

/// Writes `operations.rs`: a constant for each operation, and lists of all operations and field names.
pub(crate) fn generate(lowered: &Lowered) -> Result<String, Error> {
    let constants = lowered.operations.iter().map(constant);
    let all = lowered.operations.iter().map(constant_name);
    let count = lowered.operations.len();
    let field_names = &lowered.field_names;
    let field_count = field_names.len();
    let oauth = lowered.oauth_endpoints.as_ref().map(oauth_items);
    let tokens = quote! {
        use ::basalam_chat_api::operation::{Authorization, Operation};

        #(#constants)*

        #oauth

        /// All operations of the document, ordered by path and method.
        pub static ALL: [&Operation; #count] = [#(&#all),*];

        /// Names of all object properties and parameters of the document, in alphabetical order.
        pub static FIELD_NAMES: [&str; #field_count] = [#(#field_names),*];

    };
    Ok(format::format(&format::parse(tokens)?))
}

/// Returns the items for the OAuth endpoints. The token endpoint is on another host, so the document does not
/// describe it as an operation. It is not idempotent: a refresh token may be valid only once.
fn oauth_items(endpoints: &OAuthEndpoints) -> TokenStream {
    let OAuthEndpoints {
        authorization_url,
        token_base_url,
        token_path,
    } = endpoints;
    quote! {
        /// Issue an access token.
        pub static OAUTH_TOKEN: Operation = Operation {
            id: "oauth_token",
            method: ::reqwest::Method::POST,
            path: #token_path,
            idempotent: false,
            authorization: Authorization::None,
            success: 200u16,
            secret_path: false,
        };

        /// OAuth authorization endpoint: a user logs in there and grants scopes.
        pub const AUTHORIZATION_URL: &str = #authorization_url;

        /// Base URL of the OAuth token endpoint. Its path is that of [`OAUTH_TOKEN`].
        pub const TOKEN_BASE_URL: &str = #token_base_url;
    }
}

fn constant_name(operation: &LoweredOperation) -> syn::Ident {
    format_ident!("{}", names::constant_name(&operation.id))
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
        "" => doc_comment::lines(&format!("`{id}`.")),
        summary => doc_comment::lines(summary),
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
