//! The pass over progenitor's requests.

use quote::{ToTokens, quote};
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, ExprCall, ImplItem, ItemImpl, Macro, Stmt, UseGroup, UseTree};

/// Makes every request of a generated client what it should be on the wire.
///
/// Percent-encoding comes from the client's crate instead of from progenitor, whose set leaves out the
/// backslash, which URL parsers read as a slash. The header `api-version`, which only servers built
/// with progenitor's sister library read, goes, and so does the constructor that can panic.
pub(super) fn shape(file: &mut syn::File) {
    Requests.visit_file_mut(file);
}

struct Requests;

impl VisitMut for Requests {
    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        if let Expr::Path(function) = call.func.as_mut()
            && function.path.is_ident("encode_path")
        {
            function.path = syn::parse_quote!(crate::path::encode_segment);
        }
        syn::visit_mut::visit_expr_call_mut(self, call);
    }

    fn visit_macro_mut(&mut self, invocation: &mut Macro) {
        // `format!("{}/v1/…/{}", base, encode_path(…))`: the arguments are expressions in a list.
        let parser = syn::punctuated::Punctuated::<Expr, syn::Token![,]>::parse_terminated;
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
            .filter(|item| !matches!(item, UseTree::Name(name) if name.ident == "encode_path"))
            .collect();
    }

    fn visit_item_impl_mut(&mut self, item: &mut ItemImpl) {
        item.items.retain(|item| !is_panicking_constructor(item));
        syn::visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        let has_headers = block.stmts.iter().any(appends_own_header);
        block.stmts.retain(|statement| {
            let text = statement.to_token_stream().to_string();
            !text.contains(r#""api-version""#)
                && (has_headers || !text.starts_with("let mut header_map ="))
        });
        if !has_headers {
            WithoutHeaderMap.visit_block_mut(block);
        }
        syn::visit_mut::visit_block_mut(self, block);
    }
}

/// `Client::new`, which makes an HTTP client of its own and panics where that fails.
fn is_panicking_constructor(item: &ImplItem) -> bool {
    matches!(item, ImplItem::Fn(function) if function.sig.ident == "new"
        && function.block.to_token_stream().to_string().contains("unwrap"))
}

/// Whether a statement puts a header parameter into the map.
fn appends_own_header(statement: &Stmt) -> bool {
    let text = statement.to_token_stream().to_string();
    text.contains("header_map") && text.contains("append") && !text.contains(r#""api-version""#)
}

/// Takes `.headers(header_map)` out of a chain of calls.
struct WithoutHeaderMap;

impl VisitMut for WithoutHeaderMap {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if let Expr::MethodCall(call) = expression
            && call.method == "headers"
            && call.args.to_token_stream().to_string() == "header_map"
        {
            let receiver = (*call.receiver).clone();
            *expression = receiver;
        }
        syn::visit_mut::visit_expr_mut(self, expression);
    }
}
