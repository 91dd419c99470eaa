//! Conversion of validation errors to the service's violations.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::LocationSegment;
use jsonschema::{JsonType, JsonTypeSet, ValidationError, Validator};
use serde_json::Value;

use super::body_shape::Shortened;
use crate::service_error::Violation;

/// The maximum number of violations in a response.
const MAX_VIOLATIONS: usize = 100;

/// Appends the violations of a body whose long arrays were shortened, up to [`MAX_VIOLATIONS`], and the number of
/// omitted ones.
pub(super) fn collect(
    validator: &Validator,
    body: &Value,
    shortened: &Shortened,
    violations: &mut Vec<Violation>,
) {
    let mut omitted = shortened.removed_invalid;
    for error in validator.iter_errors(body) {
        for error in causes(&error) {
            if violations.len() < MAX_VIOLATIONS {
                violations.push(violation(error, &["body"], shortened));
            } else {
                omitted += 1;
            }
        }
    }
    if omitted > 0 {
        let message = format!("has at least {omitted} more violations, which are omitted");
        violations.push(Violation::new(["body"], message, "value_error"));
    }
}

/// Appends all violations of a value that is not a body, which is at `location` of the request.
pub(super) fn collect_at(
    validator: &Validator,
    value: &Value,
    location: &[&str],
    violations: &mut Vec<Violation>,
) {
    let shortened = Shortened::default();
    for error in validator.iter_errors(value) {
        let causes = causes(&error).into_iter();
        violations.extend(causes.map(|it| violation(it, location, &shortened)));
    }
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

fn violation(error: &ValidationError<'_>, location: &[&str], shortened: &Shortened) -> Violation {
    let mut location: Vec<Value> = location.iter().copied().map(Value::from).collect();
    let mut pointer = String::new();
    for segment in error.instance_path() {
        location.push(match &segment {
            LocationSegment::Property(name) => Value::from(name.as_ref()),
            LocationSegment::Index(index) => shortened.original_index(&pointer, *index).into(),
        });
        pointer.push_str(&format!("/{segment}"));
    }
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
