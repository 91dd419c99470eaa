//! Lookups in generated syntax trees.

use syn::{Expr, ExprLit, GenericArgument, Lit, PathArguments, Type};

/// Returns the `T` of a `::path::to::Wrapper<T>`.
pub(crate) fn argument_of<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    match &last.arguments {
        // A struct of the document may be called `Box`, but has no type arguments.
        PathArguments::AngleBracketed(arguments) if last.ident == wrapper => {
            match arguments.args.first()? {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Returns the value of a string literal.
pub(crate) fn string_literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(ExprLit {
            lit: Lit::Str(string),
            ..
        }) => Some(string.value()),
        _ => None,
    }
}
