//! The OpenAPI document, made from the routes themselves.
//!
//! Paths, permissions, bodies, answers and error codes come from the same
//! table that serves requests, so the document cannot say anything else.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use wallgent_api::ErrorCode;

use super::route::{Route, Shape};
use super::router::routes;

/// What every route can answer.
const COMMON: &[ErrorCode] = &[
    ErrorCode::ValidationError,
    ErrorCode::Unauthorized,
    ErrorCode::ApiKeyRevoked,
    ErrorCode::PermissionDenied,
    ErrorCode::RateLimitExceeded,
    ErrorCode::InternalError,
    ErrorCode::ServiceUnavailable,
];
/// What every route that changes something can answer.
const WRITES: &[ErrorCode] =
    &[ErrorCode::IdempotencyKeyReuse, ErrorCode::PayloadTooLarge, ErrorCode::UnsupportedMediaType];

/// The document as JSON.
#[must_use]
pub fn document() -> String {
    let routes = routes();
    let mut schemas = Map::new();
    schemas.insert("Error".to_owned(), error_schema());
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in &routes {
        let method = route.method.as_str().to_lowercase();
        let operation = operation(route, &mut schemas);
        paths.entry(route.path).or_default().insert(method, operation);
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Wallgent",
            "version": "2026-03-01",
            "description": "Financial infrastructure for AI agents: wallets, policies and \
                            payments on a double-entry ledger.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "This server" }],
        "security": [{ "key": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "wg_test_… for the sandbox, wg_live_… for production",
                },
            },
        },
    });
    serde_json::to_string_pretty(&document).expect("the document has text keys")
}

fn operation(route: &Route, schemas: &mut Map<String, Value>) -> Value {
    let mut operation = json!({
        "operationId": operation_id(route),
        "tags": [tag(route)],
        "summary": route.summary,
        "description": needs(route),
        "x-permission": route.needs.as_str(),
        "parameters": parameters(route),
        "responses": responses(route, schemas),
    });
    if route.is_open {
        operation["security"] = json!([{}, { "key": [] }]);
    }
    if let Some(request) = &route.request {
        operation["requestBody"] = json!({
            "required": !route.optional_body,
            "content": { "application/json": { "schema": reference(request, schemas) } },
        });
    }
    operation
}

fn needs(route: &Route) -> String {
    if route.is_open {
        return format!("Works without a key; a key needs the permission `{}`.", route.needs);
    }
    format!("Needs the permission `{}`.", route.needs)
}

fn tag(route: &Route) -> &'static str {
    let path = route.path.trim_start_matches("/v1/");
    path.split('/').next().unwrap_or(path)
}

/// `POST /v1/wallets/{id}/fund` is `postWalletsFund`, with `By…` for a
/// parameter that ends a path.
fn operation_id(route: &Route) -> String {
    let mut id = route.method.as_str().to_lowercase();
    for part in route.path.trim_start_matches("/v1/").split(['/', '-']) {
        let by = part.starts_with('{');
        let word = part.trim_matches(['{', '}']);
        let mut letters = word.chars();
        let first = letters.next().map(|it| it.to_ascii_uppercase());
        id.push_str(if by { "By" } else { "" });
        id.extend(first);
        id.push_str(letters.as_str());
    }
    id
}

fn parameters(route: &Route) -> Value {
    let mut parameters = Vec::new();
    for part in route.path.split('/').filter(|part| part.starts_with('{')) {
        let name = part.trim_matches(['{', '}']);
        parameters.push(json!({
            "name": name, "in": "path", "required": true, "schema": { "type": "string" },
        }));
    }
    for parameter in &route.query {
        parameters.push(json!({
            "name": parameter.name, "in": "query", "required": false,
            "description": parameter.about, "schema": { "type": "string" },
        }));
    }
    if route.is_write() {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Makes a retry safe; 1 to 255 visible characters",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
        }));
    }
    Value::Array(parameters)
}

fn responses(route: &Route, schemas: &mut Map<String, Value>) -> Value {
    let mut responses: BTreeMap<String, Value> = BTreeMap::new();
    for (status, shape) in &route.answers {
        let mut response = json!({ "description": reason(*status) });
        if let Some(shape) = shape {
            let schema = reference(shape, schemas);
            response["content"] = json!({ "application/json": { "schema": schema } });
        }
        responses.insert(status.to_string(), response);
    }
    for (status, codes) in errors_by_status(route) {
        if responses.contains_key(&status) {
            continue;
        }
        let list = codes.join(", ");
        let examples = codes.iter().map(|code| (code.clone(), example(code)));
        let examples: Map<String, Value> = examples.collect();
        responses.insert(
            status,
            json!({
                "description": list,
                "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Error" },
                    "examples": examples,
                } },
            }),
        );
    }
    json!(responses)
}

fn errors_by_status(route: &Route) -> BTreeMap<String, Vec<String>> {
    let writes: &[ErrorCode] = if route.is_write() { WRITES } else { &[] };
    let mut by_status: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for code in COMMON.iter().chain(writes).chain(route.errors) {
        let codes = by_status.entry(code.status().to_string()).or_default();
        if !codes.contains(&code.as_str().to_owned()) {
            codes.push(code.as_str().to_owned());
        }
    }
    by_status
}

fn example(code: &str) -> Value {
    let error = json!({ "code": code, "message": "What happened, in words", "requestId": "req_…" });
    json!({ "value": { "error": error } })
}

const fn reason(status: u16) -> &'static str {
    match status {
        101 => "From here on the connection is a WebSocket",
        201 => "Created",
        202 => {
            "Accepted: it is carried out later, or a human has to agree first (APPROVAL_REQUIRED)"
        }
        204 => "Done",
        207 => "Some payments failed (BATCH_PARTIAL_FAILURE)",
        _ => "Success",
    }
}

/// Puts a schema among the components and refers to it.
fn reference(shape: &Shape, schemas: &mut Map<String, Value>) -> Value {
    schemas.insert(shape.name.clone(), json!(shape.schema));
    for (name, schema) in &shape.others {
        schemas.insert(name.clone(), json!(schema));
    }
    json!({ "$ref": format!("#/components/schemas/{}", shape.name) })
}

fn error_schema() -> Value {
    let codes: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    json!({
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message", "requestId"],
                "properties": {
                    "code": { "type": "string", "enum": codes },
                    "message": { "type": "string", "description": "For people; may change" },
                    "details": { "type": "object", "additionalProperties": true },
                    "requestId": { "type": "string" },
                },
            },
        },
    })
}
