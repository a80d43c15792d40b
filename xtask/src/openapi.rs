//! `cargo xtask openapi`: the document that the binary prints, and whether it is
//! a document that generators and readers can use.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::process::{capture, cargo, command};
use crate::{Result, paths};

/// The keys of a path item that are operations.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Prints the document, checked, to the standard output.
pub(crate) fn run_check() -> Result {
    // Quiet: what is printed here must be the document and nothing else.
    capture(cargo().args(["build", "--quiet", "--workspace", "--bin", "wallgent"]))?;
    let text = print(&paths::binary("debug"))?;
    let facts = check(&text)?;
    println!("{text}");
    eprintln!("{facts}");
    Ok(())
}

/// The document as the binary prints it.
pub(crate) fn print(binary: &Path) -> Result<String> {
    capture(command(binary).arg("openapi"))
}

/// Says how much the document holds, or what is wrong with it: not version 3.1,
/// an operation without answers or with an ID that another one has, a path
/// parameter that is not declared, a reference to nothing.
pub(crate) fn check(text: &str) -> Result<String> {
    let document: Value =
        serde_json::from_str(text).map_err(|error| format!("the document is not JSON: {error}"))?;
    let mut faults = Vec::new();
    if !document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")) {
        faults.push("not OpenAPI 3.1".to_owned());
    }
    for field in ["title", "version"] {
        if !document["info"][field].is_string() {
            faults.push(format!("info has no {field}"));
        }
    }
    let operations = check_operations(&document, &mut faults);
    check_references(&document, &document, &mut faults);
    if operations == 0 {
        faults.push("no operations".to_owned());
    }
    if faults.is_empty() {
        Ok(format!("OpenAPI 3.1, {operations} operations, every reference resolves"))
    } else {
        Err(faults.join("; "))
    }
}

fn check_operations(document: &Value, faults: &mut Vec<String>) -> usize {
    let mut ids = BTreeSet::new();
    let mut count = 0;
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if !METHODS.contains(&method.as_str()) {
                continue;
            }
            count += 1;
            let name = format!("{} {path}", method.to_uppercase());
            match operation["operationId"].as_str() {
                None => faults.push(format!("{name} has no operationId")),
                Some(id) if !ids.insert(id) => {
                    faults.push(format!("{name} repeats the operationId {id}"));
                }
                Some(_) => {}
            }
            if operation["responses"].as_object().is_none_or(|answers| answers.is_empty()) {
                faults.push(format!("{name} has no responses"));
            }
            for parameter in path_parameters(path) {
                let declared = [&operation["parameters"], &item["parameters"]];
                if !declared.iter().any(|list| declares(document, list, parameter)) {
                    faults.push(format!("{name} does not declare {{{parameter}}}"));
                }
            }
        }
    }
    count
}

/// The names in braces of `/wallets/{id}/policies/{pid}`.
fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn declares(document: &Value, list: &Value, name: &str) -> bool {
    list.as_array().into_iter().flatten().any(|parameter| {
        let parameter = parameter["$ref"]
            .as_str()
            .and_then(|reference| resolve(document, reference))
            .unwrap_or(parameter);
        parameter["in"] == "path" && parameter["name"] == name
    })
}

fn check_references(document: &Value, value: &Value, faults: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for item in items {
                check_references(document, item, faults);
            }
        }
        Value::Object(fields) => {
            if let Some(reference) = fields.get("$ref").and_then(Value::as_str)
                && resolve(document, reference).is_none()
            {
                faults.push(format!("{reference} refers to nothing"));
            }
            for field in fields.values() {
                check_references(document, field, faults);
            }
        }
        _ => {}
    }
}

/// The value that `#/components/schemas/Wallet` names.
fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r##"{
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/wallets/{id}": {"get": {
            "operationId": "getWallet",
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "responses": {"200": {"$ref": "#/components/responses/Wallet"}}
        }}},
        "components": {
            "parameters": {"Id": {"in": "path", "name": "id"}},
            "responses": {"Wallet": {"description": "A wallet."}}
        }
    }"##;

    #[test]
    fn a_good_document_passes() {
        let facts = check(GOOD).unwrap();
        assert_eq!(facts, "OpenAPI 3.1, 1 operations, every reference resolves");
    }

    #[test]
    fn each_fault_is_named() {
        let faults = [
            ("3.1.0", "3.0.3", "not OpenAPI 3.1"),
            (r#""title": "T","#, "", "info has no title"),
            ("operationId", "id", "GET /wallets/{id} has no operationId"),
            (r#""responses": {"200""#, r#""x": {"200""#, "GET /wallets/{id} has no responses"),
            (r#""name": "id""#, r#""name": "key""#, "GET /wallets/{id} does not declare {id}"),
            (r#""Wallet": {"#, r#""Purse": {"#, "#/components/responses/Wallet refers to nothing"),
            (r#""get""#, r#""fetch""#, "no operations"),
        ];
        for (part, replacement, fault) in faults {
            let broken = GOOD.replacen(part, replacement, 1);
            assert_eq!(check(&broken).unwrap_err(), fault);
        }
    }

    #[test]
    fn an_operation_id_belongs_to_one_operation() {
        let twice = GOOD.replacen(
            r#""paths": {"#,
            r#""paths": {"/me": {"get": {"operationId": "getWallet", "responses": {"200": {}}}}, "#,
            1,
        );
        assert_eq!(
            check(&twice).unwrap_err(),
            "GET /wallets/{id} repeats the operationId getWallet"
        );
    }
}
