//! The pass over progenitor's mocks.

use syn::visit_mut::VisitMut;
use syn::{Expr, ExprMethodCall, FnArg, ImplItemFn, Pat, Type, parse_quote};

/// Makes mocks of bodies and answers compile whose type is given by value.
///
/// progenitor gives `value` to httpmock as it comes, and httpmock takes references alone, while a
/// number, a boolean or an answer that may be null comes by value.
pub(super) fn shape(file: &mut syn::File) {
    Mocks.visit_file_mut(file);
}

struct Mocks;

impl VisitMut for Mocks {
    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        if function.sig.inputs.iter().any(is_value_by_value) {
            Borrowed.visit_block_mut(&mut function.block);
        }
    }
}

fn is_value_by_value(argument: &FnArg) -> bool {
    let FnArg::Typed(argument) = argument else {
        return false;
    };
    let is_value = matches!(&*argument.pat, Pat::Ident(name) if name.ident == "value");
    is_value && !matches!(&*argument.ty, Type::Reference(_))
}

/// Borrows what is given to `json_body_obj`.
struct Borrowed;

impl VisitMut for Borrowed {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        if call.method == "json_body_obj" {
            for argument in &mut call.args {
                *argument = borrowed(argument);
            }
        }
        syn::visit_mut::visit_expr_method_call_mut(self, call);
    }
}

fn borrowed(argument: &Expr) -> Expr {
    parse_quote! { &#argument }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_comes_by_value_is_borrowed_and_what_is_borrowed_stays() {
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
        super::shape(&mut file);
        let text = prettyplease::unparse(&file);
        assert!(
            text.contains("status(200u16).json_body_obj(&value)"),
            "{text}"
        );
        assert!(
            text.contains("status(202u16).json_body_obj(value)"),
            "{text}"
        );
        assert!(
            text.contains("status(status).json_body_obj(&value)"),
            "{text}"
        );
    }
}
