//! From what a validator finds to what the service says about it.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::LocationSegment;
use jsonschema::{JsonType, JsonTypeSet, ValidationError, Validator};
use serde_json::{Value, json};

use crate::problem::Violation;

/// Adds every violation of `value`, which stands at `location` of the request.
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

/// Turns every `[]` that should be an object into `{}`: the official PHP SDK writes
/// empty objects so, and the service takes them.
pub(super) fn mend_empty_objects(validator: &Validator, value: &mut Value) {
    // Each round mends at least one place, and no place is mended twice.
    loop {
        let wrong: Vec<String> = validator
            .iter_errors(value)
            .flat_map(|error| {
                let causes = causes(&error).into_iter();
                let empty = causes.filter(|it| is_empty_array_for_object(it));
                empty
                    .map(|it| it.instance_path().to_string())
                    .collect::<Vec<_>>()
            })
            .collect();
        if wrong.is_empty() {
            return;
        }
        for pointer in wrong {
            if let Some(place) = value.pointer_mut(&pointer) {
                *place = json!({});
            }
        }
    }
}

fn is_empty_array_for_object(error: &ValidationError<'_>) -> bool {
    let empty = error.instance().as_array().is_some_and(Vec::is_empty);
    let wanted = wanted_types(error);
    empty && wanted.is_some_and(|it| it.contains(JsonType::Object))
}

/// Goes through combinations down to the violations that the sender can mend.
///
/// Where a value may be one thing or another, only the alternative that it was meant
/// for is of interest: the one whose type it has, or else the one that is not null.
fn causes<'e>(error: &'e ValidationError<'_>) -> Vec<&'e ValidationError<'e>> {
    let (ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }) =
        error.kind()
    else {
        return vec![error];
    };
    let mistyped = |branch: &&Vec<ValidationError<'static>>| wrong_type(branch, error).is_some();
    let wants_null = |branch: &&Vec<ValidationError<'static>>| {
        wrong_type(branch, error).is_some_and(|wanted| wanted == JsonType::Null.into())
    };
    let mut meant: Vec<_> = context.iter().filter(|it| !mistyped(it)).collect();
    if meant.is_empty() {
        meant = context.iter().filter(|it| !wants_null(it)).collect();
    }
    match meant.as_slice() {
        [branch] => branch.iter().flat_map(causes).collect(),
        _ => vec![error],
    }
}

/// Gives the types that an alternative wants, where the value has none of them.
fn wrong_type(branch: &[ValidationError<'_>], whole: &ValidationError<'_>) -> Option<JsonTypeSet> {
    branch
        .iter()
        .filter(|error| error.instance_path() == whole.instance_path())
        .find_map(wanted_types)
}

fn wanted_types(error: &ValidationError<'_>) -> Option<JsonTypeSet> {
    match error.kind() {
        ValidationErrorKind::Type {
            kind: TypeKind::Single(wanted),
        } => Some((*wanted).into()),
        ValidationErrorKind::Type {
            kind: TypeKind::Multiple(wanted),
        } => Some(*wanted),
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
    let (message, rule) = words(error);
    Violation {
        location,
        message,
        rule,
    }
}

/// Words and rule of a violation.
fn words(error: &ValidationError<'_>) -> (String, &'static str) {
    use ValidationErrorKind as Kind;
    match error.kind() {
        Kind::Required { .. } => ("this member is required".to_owned(), "missing"),
        Kind::Type { .. } => wrong_type_words(wanted_types(error).unwrap_or_default()),
        Kind::Enum { options } => (format!("must be one of {options}"), "enum"),
        Kind::Minimum { limit } => (format!("must be {limit} or more"), "greater_than_equal"),
        Kind::Maximum { limit } => (format!("must be {limit} or less"), "less_than_equal"),
        Kind::ExclusiveMinimum { limit } => (format!("must be above {limit}"), "greater_than"),
        Kind::ExclusiveMaximum { limit } => (format!("must be below {limit}"), "less_than"),
        Kind::MinItems { limit } => (format!("must have {limit} items or more"), "too_short"),
        Kind::MaxItems { limit } => (format!("must have {limit} items or fewer"), "too_long"),
        Kind::MinLength { limit } => (
            format!("must have {limit} characters or more"),
            "string_too_short",
        ),
        Kind::MaxLength { limit } => (
            format!("must have {limit} characters or fewer"),
            "string_too_long",
        ),
        Kind::Pattern { pattern } => (
            format!("must match the pattern {pattern}"),
            "string_pattern_mismatch",
        ),
        _ => (error.masked().to_string(), "value_error"),
    }
}

fn wrong_type_words(wanted: JsonTypeSet) -> (String, &'static str) {
    let names: Vec<_> = wanted.iter().map(JsonType::as_str).collect();
    let message = format!("must be of type {}", names.join(" or "));
    let rule = match wanted.remove(JsonType::Null).iter().next() {
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
