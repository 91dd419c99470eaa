//! Strings that mutations insert.

/// Keywords of OpenAPI 3.0 and 3.1 objects and of JSON Schema.
#[rustfmt::skip]
pub(crate) const KEYWORDS: &[&str] = &[
    "$anchor", "$comment", "$defs", "$dynamicAnchor", "$dynamicRef", "$id", "$ref", "$schema",
    "additionalProperties", "allOf", "allowEmptyValue", "allowReserved", "anyOf", "bearerFormat",
    "callbacks", "components", "const", "contains", "content", "contentEncoding",
    "contentMediaType", "default", "delete", "dependentRequired", "dependentSchemas", "deprecated",
    "description", "discriminator", "else", "encoding", "enum", "example", "examples",
    "exclusiveMaximum", "exclusiveMinimum", "explode", "externalDocs", "flows", "format", "get",
    "head", "headers", "if", "in", "info", "items", "links", "maxContains", "maxItems", "maxLength",
    "maxProperties", "maximum", "minContains", "minItems", "minLength", "minProperties", "minimum",
    "multipleOf", "name", "not", "nullable", "oneOf", "openapi", "operationId", "options",
    "parameters", "patch", "paths", "pattern", "patternProperties", "post", "prefixItems",
    "properties", "propertyNames", "put", "readOnly", "requestBody", "required", "responses",
    "schema", "schemas", "scheme", "security", "securitySchemes", "servers", "style", "summary",
    "tags", "then", "title", "trace", "type", "unevaluatedItems", "unevaluatedProperties",
    "uniqueItems", "version", "webhooks", "writeOnly", "x-boxed", "x-decode", "x-dropshot-pagination",
    "x-dropshot-websocket", "x-idempotent", "x-rust-type", "xml",
];

/// Names of components, properties, parameters, paths, operations, statuses and media types.
#[rustfmt::skip]
pub(crate) const NAMES: &[&str] = &[
    "", "+1", "-1", "/v1/notes/{id}", "/v1/{note_id}", "/{a}/{a}", "200", "201", "204", "209", "2XX",
    "404", "A", "Box", "Chat", "Error", "Extra", "Link", "Links", "Note", "NoteId", "Option", "Self",
    "String", "Vec", "X-Header", "a-b", "a.b", "a/b", "a_b", "all", "api-version", "application/json",
    "body", "client", "default", "e\u{301}", "extra", "get_note", "get_note1", "get_note_1",
    "header_map", "kind", "multipart/form-data", "new", "note_id", "plus1", "self", "text/plain",
    "type", "type_", "url", "value", "x-ours", "~", "نام",
];

/// Values of keywords.
#[rustfmt::skip]
pub(crate) const STRINGS: &[&str] = &[
    "2XX", "3.0.3", "3.1.0", "a,default,b", "apiKey", "array", "bearer", "binary", "boolean",
    "cookie", "date-time", "deepObject", "double", "file", "form", "header", "http", "int32",
    "int64", "integer", "null", "number", "oauth2", "object", "password", "path", "query", "simple",
    "string", "uuid", "```\nlet x", "*/ \r\n\"", "#/components/schemas/Note",
];

/// Component names of the small document and the chat document.
#[rustfmt::skip]
pub(crate) const COMPONENTS: &[&str] = &[
    "BotToken", "Chat", "ChatId", "Colour", "ErrorResponse", "Invalid", "Link", "Links", "Message",
    "MessageType", "NewNote", "Note", "NoteId", "NoteKind", "NotePage", "Nowhere", "ReceivedNoteId",
    "ShareToken", "UploadBody",
];
