//! Rewrite of progenitor's mocks.

use syn::visit_mut::VisitMut;
use syn::{ExprMethodCall, FnArg, ImplItemFn, ItemUse, Pat, Type, parse_quote};

/// Imports the types from the parent module, and fixes mocks of bodies and responses that are passed by value: numbers, booleans and nullable values.
///
/// progenitor passes `value` to httpmock unchanged, but httpmock accepts references only.
pub(super) fn rewrite(file: &mut syn::File) {
    RewriteMocks.visit_file_mut(file);
}

struct RewriteMocks;

impl VisitMut for RewriteMocks {
    /// progenitor imports everything of the client's crate.
    fn visit_item_use_mut(&mut self, item: &mut ItemUse) {
        *item = parse_quote! {
            #[allow(unused_imports)]
            use super::super::types;
        };
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        if function.sig.inputs.iter().any(is_owned_value) {
            BorrowJsonBody.visit_block_mut(&mut function.block);
        }
    }
}

fn is_owned_value(argument: &FnArg) -> bool {
    let FnArg::Typed(argument) = argument else {
        return false;
    };
    let is_value = matches!(&*argument.pat, Pat::Ident(name) if name.ident == "value");
    is_value && !matches!(&*argument.ty, Type::Reference(_))
}

/// Borrows the argument of `json_body_obj`.
struct BorrowJsonBody;

impl VisitMut for BorrowJsonBody {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        if call.method == "json_body_obj" {
            for argument in &mut call.args {
                *argument = parse_quote! { &#argument };
            }
        }
        syn::visit_mut::visit_expr_method_call_mut(self, call);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn borrows_owned_values_and_keeps_references() {
        let mut file: syn::File = syn::parse_quote! {
            impl GetNoteThen {
                pub fn ok(self, value: i64) -> Self {
                    Self(self.0.status(200u16).json_body_obj(value))
                }
                pub fn accepted(self, value: &types::Note) -> Self {
                    Self(self.0.status(202u16).json_body_obj(value))
                }
                pub fn success(self, status: u16, value: Option<&types::Note>) -> Self {
                    Self(self.0.status(status).json_body_obj(value))
                }
            }
        };
        super::rewrite(&mut file);
        let source = prettyplease::unparse(&file);
        for expected in [
            "status(200u16).json_body_obj(&value)",
            "status(202u16).json_body_obj(value)",
            "status(status).json_body_obj(&value)",
        ] {
            assert!(source.contains(expected), "{source}");
        }
    }
}
