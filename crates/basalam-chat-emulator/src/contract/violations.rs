//! Conversion of validation errors to the service's violations.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::LocationSegment;
use jsonschema::{JsonType, JsonTypeSet, ValidationError, Validator};
use serde_json::{Value, json};

use crate::service_error::Violation;

/// Appends all violations of `value`, which is at `location` of the request.
pub(super) fn collect(
    validator: &Validator,
    value: &Value,
    location: &[&str],
    violations: &mut Vec<Violation>,
) {
    for error in validator.iter_errors(value) {
        for error in causes(&error) {
            violations.push(violation(error, location));
        }
    }
}

/// Replaces `[]` by `{}` wherever an object is required: the official PHP SDK serializes
/// empty objects as `[]`, and the service accepts them.
pub(super) fn coerce_empty_arrays(validator: &Validator, value: &mut Value) {
    // Terminates, since each round replaces at least one array.
    loop {
        let pointers: Vec<String> = validator
            .iter_errors(value)
            .flat_map(|error| {
                let causes = causes(&error).into_iter();
                let empty = causes.filter(|it| is_empty_array_for_object(it));
                empty
                    .map(|it| it.instance_path().to_string())
                    .collect::<Vec<_>>()
            })
            .collect();
        if pointers.is_empty() {
            return;
        }
        for pointer in pointers {
            if let Some(array) = value.pointer_mut(&pointer) {
                *array = json!({});
            }
        }
    }
}

fn is_empty_array_for_object(error: &ValidationError<'_>) -> bool {
    let is_empty = error.instance().as_array().is_some_and(Vec::is_empty);
    let expected = expected_types(error);
    is_empty && expected.is_some_and(|it| it.contains(JsonType::Object))
}

/// Returns the violations behind an `anyOf` or `oneOf`.
///
/// These are the violations of the alternative that matches the type of the value, or else of the
/// only alternative that does not expect null. If that is ambiguous, the error itself is returned.
fn causes<'e>(error: &'e ValidationError<'_>) -> Vec<&'e ValidationError<'e>> {
    let (ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }) =
        error.kind()
    else {
        return vec![error];
    };
    let is_mistyped =
        |branch: &&Vec<ValidationError<'static>>| type_mismatch(branch, error).is_some();
    let expects_null = |branch: &&Vec<ValidationError<'static>>| {
        type_mismatch(branch, error).is_some_and(|expected| expected == JsonType::Null.into())
    };
    let mut candidates: Vec<_> = context.iter().filter(|it| !is_mistyped(it)).collect();
    if candidates.is_empty() {
        candidates = context.iter().filter(|it| !expects_null(it)).collect();
    }
    match candidates.as_slice() {
        [branch] => branch.iter().flat_map(causes).collect(),
        _ => vec![error],
    }
}

/// Returns the types that an alternative expects if the value has none of them.
fn type_mismatch(
    branch: &[ValidationError<'_>],
    whole: &ValidationError<'_>,
) -> Option<JsonTypeSet> {
    branch
        .iter()
        .filter(|error| error.instance_path() == whole.instance_path())
        .find_map(expected_types)
}

fn expected_types(error: &ValidationError<'_>) -> Option<JsonTypeSet> {
    match error.kind() {
        ValidationErrorKind::Type {
            kind: TypeKind::Single(expected),
        } => Some((*expected).into()),
        ValidationErrorKind::Type {
            kind: TypeKind::Multiple(expected),
        } => Some(*expected),
        _ => None,
    }
}

fn violation(error: &ValidationError<'_>, location: &[&str]) -> Violation {
    let mut location: Vec<Value> = location.iter().copied().map(Value::from).collect();
    location.extend(error.instance_path().iter().map(|segment| match segment {
        LocationSegment::Property(name) => Value::from(name.into_owned()),
        LocationSegment::Index(index) => Value::from(index),
    }));
    if let ValidationErrorKind::Required { property } = error.kind() {
        location.push(property.clone());
    }
    let (message, rule) = message_and_rule(error);
    Violation {
        location,
        message,
        rule,
    }
}

fn message_and_rule(error: &ValidationError<'_>) -> (String, &'static str) {
    use ValidationErrorKind as Kind;
    match error.kind() {
        Kind::Required { .. } => ("this field is required".to_owned(), "missing"),
        Kind::Type { .. } => type_message_and_rule(expected_types(error).unwrap_or_default()),
        Kind::Enum { options } => (format!("must be one of {options}"), "enum"),
        Kind::Minimum { limit } => (format!("must be at least {limit}"), "greater_than_equal"),
        Kind::Maximum { limit } => (format!("must be at most {limit}"), "less_than_equal"),
        Kind::ExclusiveMinimum { limit } => {
            (format!("must be greater than {limit}"), "greater_than")
        }
        Kind::ExclusiveMaximum { limit } => (format!("must be less than {limit}"), "less_than"),
        Kind::MinItems { limit } => (format!("must have at least {limit} items"), "too_short"),
        Kind::MaxItems { limit } => (format!("must have at most {limit} items"), "too_long"),
        Kind::MinLength { limit } => (
            format!("must have at least {limit} characters"),
            "string_too_short",
        ),
        Kind::MaxLength { limit } => (
            format!("must have at most {limit} characters"),
            "string_too_long",
        ),
        Kind::Pattern { pattern } => (
            format!("must match the pattern {pattern}"),
            "string_pattern_mismatch",
        ),
        _ => (error.masked().to_string(), "value_error"),
    }
}

fn type_message_and_rule(expected: JsonTypeSet) -> (String, &'static str) {
    let names: Vec<_> = expected.iter().map(JsonType::as_str).collect();
    let message = format!("must be of type {}", names.join(" or "));
    let rule = match expected.remove(JsonType::Null).iter().next() {
        Some(JsonType::Integer) => "int_type",
        Some(JsonType::Number) => "float_type",
        Some(JsonType::String) => "string_type",
        Some(JsonType::Boolean) => "bool_type",
        Some(JsonType::Array) => "list_type",
        Some(JsonType::Object) => "dict_type",
        Some(JsonType::Null) | None => "none_required",
    };
    (message, rule)
}
