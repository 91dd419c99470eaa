//! Rewrite of query parameters that are arrays.

use quote::ToTokens;
use syn::visit_mut::VisitMut;
use syn::{Expr, ImplItemFn, ItemImpl, parse_quote};

use crate::lower::ArrayParameter;
use crate::syntax::string_literal;

/// Rewrites array parameters of the client or of its mocks.
///
/// - The client joins the items of arrays that are not exploded: progenitor repeats the parameter.
/// - Mocks compare item by item, or joined: progenitor calls `to_string`, which arrays do not have.
pub(super) fn rewrite(file: &mut syn::File, arrays: &[ArrayParameter]) {
    let (ty, function) = Default::default();
    let mut rewrite = RewriteArrays {
        arrays,
        ty,
        function,
    };
    rewrite.visit_file_mut(file);
}

struct RewriteArrays<'a> {
    arrays: &'a [ArrayParameter],
    /// The type and the function that are visited.
    ty: String,
    function: String,
}

impl RewriteArrays<'_> {
    /// Returns the array parameter with this name.
    fn find(&self, name: Option<&Expr>) -> Option<&ArrayParameter> {
        let name = string_literal(name?)?;
        self.arrays.iter().find(|array| {
            let is_here = array.operation == self.function || array.mock() == self.ty;
            is_here && array.name == name
        })
    }

    fn rewritten(&self, expression: &Expr) -> Option<Expr> {
        match expression {
            Expr::Call(call) if is_query(&call.func) => {
                let array = self.find(call.args.first())?;
                let (name, Expr::Reference(value)) = (&array.name, call.args.last()?) else {
                    return None;
                };
                let value = &value.expr;
                (!array.exploded).then(|| parse_quote! { ::basalam_chat_api::query::CommaSeparated::new(#name, #value) })
            }
            Expr::MethodCall(call) if call.method == "query_param" => {
                let ArrayParameter { name, exploded, .. } = self.find(call.args.first())?;
                let when = &call.receiver;
                Some(match exploded {
                    true => parse_quote! {
                        value.iter().fold(#when, |when, item| when.query_param(#name, item.to_string()))
                    },
                    false => parse_quote! {
                        #when.query_param(#name, ::basalam_chat_api::query::join(value))
                    },
                })
            }
            _ => None,
        }
    }
}

impl VisitMut for RewriteArrays<'_> {
    fn visit_item_impl_mut(&mut self, item: &mut ItemImpl) {
        self.ty = item.self_ty.to_token_stream().to_string();
        syn::visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        self.function = function.sig.ident.to_string();
        syn::visit_mut::visit_impl_item_fn_mut(self, function);
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        syn::visit_mut::visit_expr_mut(self, expression);
        if let Some(rewritten) = self.rewritten(expression) {
            *expression = rewritten;
        }
    }
}

/// Matches `progenitor_client::QueryParam::new`.
fn is_query(function: &Expr) -> bool {
    let function = function.to_token_stream().to_string();
    function.ends_with("QueryParam :: new")
}
