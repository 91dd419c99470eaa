//! The pass over progenitor's requests.

use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{
    Block, Expr, ExprCall, ExprMethodCall, ImplItem, ItemImpl, Macro, Pat, Path, Stmt, Token,
    UseGroup, UseTree,
};

/// Makes every request of a generated client what it should be on the wire.
///
/// Percent-encoding comes from the client's crate instead of from progenitor, whose set leaves out the
/// backslash, which URL parsers read as a slash. The header `api-version`, which only servers built
/// with progenitor's sister library read, goes, and so does the constructor that can panic.
pub(super) fn shape(file: &mut syn::File) {
    Requests.visit_file_mut(file);
}

/// progenitor's name for the headers of a request, which no argument may have.
const HEADERS: &str = "header_map";

struct Requests;

impl VisitMut for Requests {
    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        if let Expr::Path(function) = call.func.as_mut() {
            if function.path.is_ident("encode_path") {
                function.path = syn::parse_quote!(crate::path::encode_segment);
            } else if is_room_for_headers(&function.path) {
                function.path = syn::parse_quote!(::reqwest::header::HeaderMap::new);
                call.args.clear();
            }
        }
        syn::visit_mut::visit_expr_call_mut(self, call);
    }

    fn visit_macro_mut(&mut self, invocation: &mut Macro) {
        // `format!("{}/v1/…/{}", base, encode_path(…))`: the arguments are expressions in a list.
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
            .filter(|item| !matches!(item, UseTree::Name(name) if is_unused(&name.ident)))
            .collect();
    }

    fn visit_item_impl_mut(&mut self, item: &mut ItemImpl) {
        item.items.retain(|item| !is_panicking_constructor(item));
        syn::visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        if block.stmts.iter().any(makes_headers) {
            let mut appended = Appended::default();
            appended.visit_block_mut(block);
            block.stmts.retain(|statement| {
                !is_api_version(statement) && (appended.own || !makes_headers(statement))
            });
            if !appended.own {
                WithoutHeaders.visit_block_mut(block);
            }
        }
        syn::visit_mut::visit_block_mut(self, block);
    }
}

/// `Client::new`, which makes an HTTP client of its own and panics where that fails.
fn is_panicking_constructor(item: &ImplItem) -> bool {
    matches!(item, ImplItem::Fn(function) if function.sig.ident == "new"
        && function.block.to_token_stream().to_string().contains("unwrap"))
}

/// What is taken out of the requests, or of the operations after them.
fn is_unused(name: &syn::Ident) -> bool {
    ["encode_path", "ClientHooks", "OperationInfo"]
        .iter()
        .any(|unused| name == unused)
}

/// `HeaderMap::with_capacity`, which makes room for headers that are hardly ever given.
fn is_room_for_headers(function: &Path) -> bool {
    let mut last = function.segments.iter().rev();
    last.next().is_some_and(|it| it.ident == "with_capacity")
        && last.next().is_some_and(|it| it.ident == "HeaderMap")
}

/// `let mut header_map = …;`
fn makes_headers(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Local(local)
        if matches!(&local.pat, Pat::Ident(pattern) if pattern.ident == HEADERS))
}

/// `header_map.append(HeaderName::from_static("api-version"), …);`. The headers that the document
/// describes are appended by their name alone.
fn is_api_version(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(Expr::MethodCall(call), _)
        if appends(call) && matches!(call.args.first(), Some(Expr::Call(_))))
}

fn appends(call: &ExprMethodCall) -> bool {
    call.method == "append" && is_headers(&call.receiver)
}

fn is_headers(expression: &Expr) -> bool {
    matches!(expression, Expr::Path(path) if path.path.is_ident(HEADERS))
}

/// Finds out whether a request has headers that the document describes.
#[derive(Default)]
struct Appended {
    own: bool,
}

impl VisitMut for Appended {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        self.own |= appends(call) && matches!(call.args.first(), Some(Expr::Lit(_)));
        syn::visit_mut::visit_expr_method_call_mut(self, call);
    }
}

/// Takes `.headers(header_map)` out of a chain of calls.
struct WithoutHeaders;

impl VisitMut for WithoutHeaders {
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

    /// Shapes a method that is built as progenitor builds it, around the given parts.
    fn shaped(own_headers: proc_macro2::TokenStream, query: proc_macro2::TokenStream) -> String {
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
                    #own_headers
                    let mut request = self.client.get(url)#query.headers(header_map).build()?;
                    match status {
                        200u16 => { ResponseValue::from_response(response).await }
                        _ => Err(Error::UnexpectedResponse(response)),
                    }
                }
            }
        };
        super::shape(&mut file);
        prettyplease::unparse(&file)
    }

    #[test]
    fn the_header_of_the_sister_library_and_the_panicking_constructor_go() {
        let text = shaped(quote! {}, quote! {});
        for gone in ["api-version", "header_map", "encode_path", "unwrap"] {
            assert!(!text.contains(gone), "{gone} is in\n{text}");
        }
        assert!(text.contains("path::encode_segment(& append"), "{text}");
        assert!(text.contains("self.client.get(url).build()?"));
    }

    #[test]
    fn parameters_of_the_same_names_stay() {
        let query = quote! { .query(&QueryParam::new("api-version", &append)) };
        let text = shaped(quote! {}, query);
        assert!(text.contains(r#".query(&QueryParam::new("api-version", &append))"#));
        assert!(!text.contains("header_map"), "{text}");

        let own = quote! { header_map.append("api-version", append.to_string().try_into()?); };
        let text = shaped(own, quote! {});
        assert!(
            text.contains(r#"header_map.append("api-version", append"#),
            "{text}"
        );
        let room = "let mut header_map = ::reqwest::header::HeaderMap::new();";
        assert!(text.contains(room) && text.contains(".headers(header_map)"));
    }

    #[test]
    fn an_optional_header_keeps_the_headers() {
        let own = quote! {
            if let Some(value) = append {
                header_map.append("X-Language", value.to_string().try_into()?);
            }
        };
        let text = shaped(own, quote! {});
        assert!(text.contains(r#"header_map.append("X-Language""#), "{text}");
        assert!(text.contains(".headers(header_map)"));
        assert!(!text.contains("api-version"));
    }
}
