//! Rewrite of progenitor's operations that reduces the code compiled in the crates that call them.

use quote::{ToTokens, format_ident};
use syn::{
    Block, Expr, FnArg, Ident, ImplItem, ImplItemFn, Item, ItemImpl, Lit, Pat, ReturnType, Stmt,
    Type, Visibility, parse_quote,
};

use crate::error::Error;
use crate::names;
use crate::syntax::{argument_of, string_literal};

/// Moves request building and response decoding out of each operation's `async fn`.
///
/// The body of an `async fn` is compiled in the crate that awaits it, with all generic functions that it
/// calls. Building the request moves to a function that is not `async`, and decoding the response to one
/// that is not generic, so both are compiled once, in the client's crate.
///
/// progenitor's hooks around the request are removed, because the client does not use them.
///
/// # Errors
///
/// Returns an error that names the first operation whose code does not have the expected form.
pub(super) fn rewrite(file: &mut syn::File) -> Result<(), Error> {
    file.items.retain(|item| !is_hooks_impl(item));
    let (mut requests, mut responses) = (Vec::new(), Vec::new());
    for item in &mut file.items {
        let Item::Impl(item) = item else { continue };
        for function in operations(item) {
            let Some([request, response]) = extract(function) else {
                let name = &function.sig.ident;
                return Err(Error::generator(format!(
                    "the generated method `{name}` has an unexpected form"
                )));
            };
            requests.push(request);
            responses.push(response);
        }
    }
    if !requests.is_empty() {
        let items: syn::File = parse_quote! {
            /// Builds the requests of the operations.
            struct Requests<'c> {
                baseurl: &'c str,
                client: &'c reqwest::Client,
            }

            fn requests(client: &Client) -> Requests<'_> {
                Requests { baseurl: &client.baseurl, client: &client.client }
            }

            #[allow(clippy::all)]
            impl Requests<'_> {
                #(#requests)*
            }

            /// Decodes the responses of the operations.
            struct Responses;

            #[allow(clippy::all)]
            impl Responses {
                #(#responses)*
            }
        };
        file.items.extend(items.items);
    }
    Ok(())
}

/// Matches `impl ClientHooks<…> for &Client {}`.
fn is_hooks_impl(item: &Item) -> bool {
    matches!(item, Item::Impl(item) if item.trait_.as_ref().is_some_and(|(name, _)| {
        name.segments.last().is_some_and(|last| last.ident == "ClientHooks")
    }))
}

fn operations(item: &mut ItemImpl) -> impl Iterator<Item = &mut ImplItemFn> {
    item.items.iter_mut().filter_map(|item| match item {
        ImplItem::Fn(function) if function.sig.asyncness.is_some() => Some(function),
        _ => None,
    })
}

/// Returns the functions that build the request and decode the response, and replaces the body of the
/// operation. Returns `None` if the operation has an unexpected form.
fn extract(function: &mut ImplItemFn) -> Option<[ImplItemFn; 2]> {
    let response_type = response_type(&function.sig.output)?;
    let statements = &function.block.stmts;
    let mut indexed = statements.iter().enumerate();
    let (end, operation_id) = indexed.find_map(|(index, it)| Some((index, operation_id(it)?)))?;
    if !decodes_response(statements.last()?) {
        return None;
    }
    let (building, _) = statements.split_at(end);
    let request = request_variable(building.last()?)?;
    let mut body = building.to_vec();
    body.push(Stmt::Expr(parse_quote! { Ok(#request) }, None));

    let mut request = function.clone();
    request.attrs.clear();
    request.vis = Visibility::Inherited;
    request.sig.asyncness = None;
    request.sig.output = parse_quote! { -> Result<::reqwest::Request, Error<()>> };
    request.block = Block {
        stmts: body,
        ..function.block.clone()
    };

    let (name, arguments) = (&function.sig.ident, arguments(function)?);
    let row = format_ident!("{}", names::constant_name(&operation_id));
    let read = match is_unit(&response_type) {
        true => format_ident!("read_empty"),
        false => format_ident!("read_json"),
    };
    let response = parse_quote! {
        fn #name(
            response: ::basalam_chat_api::response::RawResponse,
        ) -> Result<ResponseValue<#response_type>, Error<()>> {
            response.#read()
        }
    };
    // No argument can have these names: argument names never start with two underscores. The calls
    // do not use method syntax, for which a method of a trait could take precedence.
    function.block = parse_quote! {{
        let __requests = self::requests(self);
        let __build = || Requests::#name(&__requests, #(#arguments),*);
        Responses::#name(
            ::basalam_chat_api::response::send(&self.inner, &crate::operations::#row, &__build)
                .await?,
        )
    }};
    Some([request, response])
}

/// Returns the `T` of `-> Result<ResponseValue<T>, Error<()>>`.
fn response_type(output: &ReturnType) -> Option<Type> {
    let ReturnType::Type(_, result) = output else {
        return None;
    };
    argument_of(argument_of(result, "Result")?, "ResponseValue").cloned()
}

/// Returns the id in `let info = OperationInfo { operation_id: "…" };`.
fn operation_id(statement: &Stmt) -> Option<String> {
    match initializer(statement)? {
        Expr::Struct(info) if info.path.is_ident("OperationInfo") => {
            string_literal(&info.fields.first()?.expr)
        }
        _ => None,
    }
}

/// Returns the variable in `let mut request = ….build()?;`.
fn request_variable(statement: &Stmt) -> Option<&Ident> {
    let (Stmt::Local(local), Expr::Try(built)) = (statement, initializer(statement)?) else {
        return None;
    };
    match (&local.pat, &*built.expr) {
        (Pat::Ident(name), Expr::MethodCall(call)) if call.method == "build" => Some(&name.ident),
        _ => None,
    }
}

fn initializer(statement: &Stmt) -> Option<&Expr> {
    match statement {
        Stmt::Local(local) => Some(&*local.init.as_ref()?.expr),
        _ => None,
    }
}

/// Matches `match … { 200u16 => ResponseValue::from_response(…).await, _ => Err(…) }`.
fn decodes_response(statement: &Stmt) -> bool {
    let Stmt::Expr(Expr::Match(decoding), _) = statement else {
        return false;
    };
    let [success, other] = decoding.arms.as_slice() else {
        return false;
    };
    let is_status = matches!(&success.pat, Pat::Lit(status) if matches!(status.lit, Lit::Int(_)));
    let (success, is_other) = (code(&success.body), matches!(other.pat, Pat::Wild(_)));
    // The variable has another name if there is a parameter of the same name.
    let decodes = success.starts_with("ResponseValue :: from_response (")
        || success.starts_with("Ok (ResponseValue :: empty (");
    let fails = code(&other.body).starts_with("Err (Error :: UnexpectedResponse (");
    is_status && decodes && is_other && fails
}

/// Returns the tokens of an expression without braces around it.
fn code(expression: &Expr) -> String {
    let code = expression.to_token_stream().to_string();
    code.trim_matches(['{', '}', ' ']).to_owned()
}

fn is_unit(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// Returns the argument names of an operation, or `None` if an argument is a pattern.
fn arguments(function: &ImplItemFn) -> Option<Vec<&Ident>> {
    let arguments = function.sig.inputs.iter();
    let typed = arguments.filter_map(|argument| match argument {
        FnArg::Typed(argument) => Some(&*argument.pat),
        FnArg::Receiver(_) => None,
    });
    typed
        .map(|pattern| match pattern {
            Pat::Ident(name) => Some(&name.ident),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use quote::quote;

    fn rewritten(status: proc_macro2::TokenStream) -> Result<String, crate::Error> {
        let mut file: syn::File = syn::parse_quote! {
            impl Client {
                pub fn new_with_client(baseurl: &str) -> Self {
                    Self { baseurl: baseurl.to_string() }
                }
            }
            impl Client {
                /// Gets a note.
                pub async fn get_note<'a>(
                    &'a self, id: i64, request: Option<&'a str>,
                ) -> Result<ResponseValue<types::Note>, Error<()>> {
                    let url = format!("{}/notes/{}", self.baseurl, id);
                    #[allow(unused_mut)]
                    let mut _request = self.client.get(url).build()?;
                    let info = OperationInfo { operation_id: "get_note" };
                    self.pre(&mut _request, &info).await?;
                    let result = self.exec(_request, &info).await;
                    self.post(&result, &info).await?;
                    let response = result?;
                    match response.status().as_u16() {
                        #status => { ResponseValue::from_response(response).await }
                        _ => Err(Error::UnexpectedResponse(response)),
                    }
                }
                pub async fn delete_note<'a>(&'a self) -> Result<ResponseValue<()>, Error<()>> {
                    let mut request = self.client.delete(url).build()?;
                    let info = OperationInfo { operation_id: "delete_note" };
                    match response.status().as_u16() {
                        204u16 => { Ok(ResponseValue::empty(response)) }
                        _ => Err(Error::UnexpectedResponse(response)),
                    }
                }
                pub async fn find_note<'a>(
                    &'a self,
                ) -> Result<ResponseValue<types::Note>, Error<()>> {
                    let mut request = self.client.get(url).build()?;
                    let info = OperationInfo { operation_id: "find_note" };
                    match response.status().as_u16() {
                        201u16 => ResponseValue::from_response(response).await,
                        _ => Err(Error::UnexpectedResponse(response)),
                    }
                }
            }
        };
        super::rewrite(&mut file)?;
        let source = prettyplease::unparse(&file);
        Ok(source.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn moves_request_building_and_decoding_out_of_async_fns() {
        let source = rewritten(quote! { 200u16 }).unwrap();
        for expected in [
            "/// Gets a note. pub async fn get_note<'a>( &'a self, id: i64, request: Option<&'a str>, )",
            "let __requests = self::requests(self); \
             let __build = || Requests::get_note(&__requests, id, request);",
            "Responses::get_note( ::basalam_chat_api::response::send( &self.inner, \
             &crate::operations::GET_NOTE, &__build, ) .await?, )",
            " fn get_note<'a>( &'a self, id: i64, request: Option<&'a str>, ) -> Result<::reqwest::Request, \
             Error<()>> { let url =",
            "let mut _request = self.client.get(url).build()?; Ok(_request) }",
            "&crate::operations::FIND_NOTE,",
            "&crate::operations::DELETE_NOTE,",
        ] {
            assert!(source.contains(expected), "{expected} is not in {source}");
        }
        assert!(
            !source.contains("self.pre") && !source.contains("from_response"),
            "{source}"
        );
        assert!(source.contains("fn new_with_client(baseurl: &str) -> Self"));
    }

    #[test]
    fn decodes_responses_in_functions_that_are_not_generic() {
        let source = rewritten(quote! { 200u16 }).unwrap();
        for expected in [
            "fn find_note( response: ::basalam_chat_api::response::RawResponse, ) \
             -> Result<ResponseValue<types::Note>, Error<()>> { response.read_json() }",
            "Result<ResponseValue<()>, Error<()>> { response.read_empty() }",
        ] {
            assert!(source.contains(expected), "{expected} is not in {source}");
        }
    }

    #[test]
    fn reports_an_operation_of_unexpected_form() {
        let error = rewritten(quote! { 200..=299 }).unwrap_err();
        assert!(
            error.is_generator() && error.to_string().contains("`get_note`"),
            "{error}"
        );
    }
}
