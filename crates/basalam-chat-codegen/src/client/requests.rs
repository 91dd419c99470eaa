//! Rewrite of progenitor's requests.

use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{
    Block, Expr, ExprCall, ImplItem, ItemImpl, Macro, Pat, Path, Stmt, Token, UseGroup, UseTree,
};

/// Rewrites how the client builds requests.
///
/// - Percent-encoding in paths uses the client's crate: progenitor does not encode the backslash, which
///   URL parsers treat as a slash.
/// - The header `api-version` is removed: only servers built with dropshot read it.
/// - The constructor that can panic is removed.
pub(super) fn rewrite(file: &mut syn::File) {
    RewriteRequests.visit_file_mut(file);
}

/// The variable that progenitor uses for the headers of a request; the name is reserved.
const HEADERS: &str = "header_map";

struct RewriteRequests;

impl VisitMut for RewriteRequests {
    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        if let Expr::Path(function) = call.func.as_mut() {
            if function.path.is_ident("encode_path") {
                function.path = syn::parse_quote!(::basalam_chat_api::path::encode_segment);
            } else if is_with_capacity(&function.path) {
                function.path = syn::parse_quote!(::reqwest::header::HeaderMap::new);
                call.args.clear();
            }
        }
        syn::visit_mut::visit_expr_call_mut(self, call);
    }

    fn visit_macro_mut(&mut self, invocation: &mut Macro) {
        // `format!("{}/v1/…/{}", base, encode_path(…))`: the arguments are comma-separated expressions.
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(mut arguments) = invocation.parse_body_with(parser) {
            for argument in &mut arguments {
                self.visit_expr_mut(argument);
            }
            invocation.tokens = quote! { #arguments };
        }
    }

    fn visit_use_group_mut(&mut self, group: &mut UseGroup) {
        group.items = std::mem::take(&mut group.items)
            .into_iter()
            .filter(|item| !matches!(item, UseTree::Name(name) if is_unused_import(&name.ident)))
            .collect();
    }

    fn visit_item_impl_mut(&mut self, item: &mut ItemImpl) {
        item.items.retain(|item| !is_panicking_constructor(item));
        syn::visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        if block.stmts.iter().any(declares_headers) {
            // The names of documented headers are string literals, in which quotes are escaped.
            let code = block.to_token_stream().to_string();
            let has_documented = code.contains(&format!("{HEADERS} . append (\""));
            block.stmts.retain(|statement| {
                !is_api_version(statement) && (has_documented || !declares_headers(statement))
            });
            if !has_documented {
                RemoveHeadersCall.visit_block_mut(block);
            }
        }
        syn::visit_mut::visit_block_mut(self, block);
    }
}

/// Matches `Client::new`, which builds an HTTP client and panics on failure.
fn is_panicking_constructor(item: &ImplItem) -> bool {
    matches!(item, ImplItem::Fn(function) if function.sig.ident == "new"
        && function.block.to_token_stream().to_string().contains("unwrap"))
}

/// Matches imports whose uses are removed here or by the rewrite of operations.
fn is_unused_import(name: &syn::Ident) -> bool {
    name == "encode_path" || name == "ClientHooks" || name == "OperationInfo"
}

/// Matches `HeaderMap::with_capacity`, which allocates although most headers are optional.
fn is_with_capacity(function: &Path) -> bool {
    let mut last = function.segments.iter().rev();
    last.next().is_some_and(|it| it.ident == "with_capacity")
        && last.next().is_some_and(|it| it.ident == "HeaderMap")
}

/// Matches `let mut header_map = …;`.
fn declares_headers(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Local(local)
        if matches!(&local.pat, Pat::Ident(pattern) if pattern.ident == HEADERS))
}

/// Matches `header_map.append(HeaderName::from_static("api-version"), …);`. The names of documented
/// headers are string literals.
fn is_api_version(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(Expr::MethodCall(call), _)
        if call.method == "append" && is_headers(&call.receiver) && matches!(call.args.first(), Some(Expr::Call(_))))
}

fn is_headers(expression: &Expr) -> bool {
    matches!(expression, Expr::Path(path) if path.path.is_ident(HEADERS))
}

/// Removes `.headers(header_map)` from method chains.
struct RemoveHeadersCall;

impl VisitMut for RemoveHeadersCall {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if let Expr::MethodCall(call) = expression
            && call.method == "headers"
            && call.args.first().is_some_and(is_headers)
        {
            let receiver = (*call.receiver).clone();
            *expression = receiver;
        }
        syn::visit_mut::visit_expr_mut(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    /// Rewrites a method of progenitor's form with these parts.
    fn rewritten(headers: proc_macro2::TokenStream, query: proc_macro2::TokenStream) -> String {
        let mut file: syn::File = syn::parse_quote! {
            use progenitor_client::{encode_path, ClientHooks};
            impl Client {
                pub fn new(baseurl: &str) -> Self {
                    Self { client: reqwest::ClientBuilder::new().build().unwrap() }
                }
                pub async fn get_note<'a>(&'a self, append: &'a str) -> Result<()> {
                    let url = format!("{}/v1/{}", self.baseurl, encode_path(&append.to_string()),);
                    let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
                    header_map.append(
                        ::reqwest::header::HeaderName::from_static("api-version"),
                        ::reqwest::header::HeaderValue::from_static(Self::api_version()),
                    );
                    #headers
                    let mut request = self.client.get(url)#query.headers(header_map).build()?;
                    match status {
                        200u16 => { ResponseValue::from_response(response).await }
                        _ => Err(Error::UnexpectedResponse(response)),
                    }
                }
            }
        };
        super::rewrite(&mut file);
        prettyplease::unparse(&file)
    }

    #[test]
    fn removes_the_api_version_header_and_the_panicking_constructor() {
        let source = rewritten(quote! {}, quote! {});
        for removed in ["api-version", "header_map", "encode_path", "unwrap"] {
            assert!(!source.contains(removed), "{removed} is in\n{source}");
        }
        assert!(source.contains("path::encode_segment(& append"), "{source}");
        assert!(source.contains("self.client.get(url).build()?"));
    }

    #[test]
    fn keeps_parameters_with_the_names_of_removed_headers() {
        let query = quote! { .query(&QueryParam::new("api-version", &append)) };
        let source = rewritten(quote! {}, query);
        assert!(source.contains(r#".query(&QueryParam::new("api-version", &append))"#));
        assert!(!source.contains("header_map"), "{source}");

        let documented =
            quote! { header_map.append("api-version", append.to_string().try_into()?); };
        let source = rewritten(documented, quote! {});
        assert!(
            source.contains(r#"header_map.append("api-version", append"#),
            "{source}"
        );
        let declaration = "let mut header_map = ::reqwest::header::HeaderMap::new();";
        assert!(source.contains(declaration) && source.contains(".headers(header_map)"));
    }

    #[test]
    fn keeps_optional_documented_headers() {
        let documented = quote! {
            if let Some(value) = append {
                header_map.append("X-Language", value.to_string().try_into()?);
            }
        };
        let source = rewritten(documented, quote! {});
        assert!(
            source.contains(r#"header_map.append("X-Language""#),
            "{source}"
        );
        assert!(source.contains(".headers(header_map)"));
        assert!(!source.contains("api-version"));
    }
}
