//! The OpenAPI document, read as a test wants to read it.

use std::fmt;

use serde_json::Value;

use super::schema::Checker;
use crate::support::{Answer, Server};

/// The document as served.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) json: Value,
}

/// One method of one path, named as a row names it: below `/v1`, with `{}` for each parameter.
#[derive(Debug)]
pub(super) struct Operation {
    method: String,
    path: String,
    parameters: Value,
    pub(super) json: Value,
}

impl Document {
    pub(super) fn served(server: &Server) -> Self {
        Self { json: server.nobody().get("//openapi.json").expect(200).json }
    }

    pub(super) fn operations(&self) -> Vec<Operation> {
        let mut found = Vec::new();
        for (path, item) in self.json["paths"].as_object().expect("paths") {
            for (method, operation) in item.as_object().expect("a path item") {
                if ["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                    let (method, path) = (method.to_uppercase(), path.clone());
                    found.push(Operation {
                        method,
                        path,
                        parameters: item["parameters"].clone(),
                        json: operation.clone(),
                    });
                }
            }
        }
        assert!(!found.is_empty(), "a document without operations");
        found
    }

    #[track_caller]
    pub(super) fn operation(&self, name: &str) -> Operation {
        let found = self.operations().into_iter().find(|operation| operation.to_string() == name);
        found.unwrap_or_else(|| panic!("{name} is not in the document"))
    }

    /// The answer's status is documented for this operation, and its body has the documented shape.
    #[track_caller]
    pub(super) fn assert_describes(&self, name: &str, answer: &Answer) {
        let operation = self.operation(name);
        let status = answer.status.to_string();
        let responses = operation.json["responses"]
            .as_object()
            .unwrap_or_else(|| panic!("responses of {name}"));
        let response = responses.get(&status).unwrap_or_else(|| {
            panic!(
                "{name} answers {status}, and the document knows {:?}\n{}",
                responses.keys(),
                answer.story()
            )
        });
        let response = self.resolve(response);
        let schema = &response["content"]["application/json"]["schema"];
        if answer.status == 204 {
            assert!(schema.is_null(), "{name}: a 204 has no body");
            return;
        }
        assert!(!schema.is_null(), "{name}: the document gives {status} a schema");
        let faults = Checker::new(&self.json).faults(schema, &answer.json);
        assert!(
            faults.is_empty(),
            "{name}: the answer is not as documented: {faults:#?}\n{}",
            answer.story()
        );
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self
                .json
                .pointer(reference.trim_start_matches('#'))
                .expect("the reference resolves"),
            None => value,
        }
    }

    /// Every `$ref` leads somewhere in the document.
    pub(super) fn assert_references_resolve(&self) {
        let mut waiting = vec![&self.json];
        while let Some(value) = waiting.pop() {
            match value {
                Value::Object(fields) => {
                    if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                        let target = reference
                            .strip_prefix('#')
                            .and_then(|pointer| self.json.pointer(pointer));
                        assert!(target.is_some(), "{reference} leads nowhere");
                    }
                    waiting.extend(fields.values());
                }
                Value::Array(items) => waiting.extend(items),
                _ => {}
            }
        }
    }
}

impl Operation {
    /// Outside `/v1` there is no key: health, metrics, the document itself.
    pub(super) fn is_public(&self) -> bool {
        ["/healthz", "/readyz", "/metrics", "/openapi.json"].contains(&self.path.as_str())
    }

    /// Each `{name}` in the path is a described parameter.
    pub(super) fn assert_path_parameters_are_described(&self) {
        let described: Vec<&str> = [&self.json["parameters"], &self.parameters]
            .into_iter()
            .filter_map(Value::as_array)
            .flatten()
            .filter(|parameter| parameter["in"] == "path")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        for part in self.path.split('/').filter_map(|part| part.strip_prefix('{')) {
            let name = part.trim_end_matches('}');
            assert!(described.contains(&name), "{name} of {self} is described");
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.strip_prefix("/v1").unwrap_or(&self.path);
        let parts: Vec<&str> =
            path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect();
        write!(f, "{} {}", self.method, parts.join("/"))
    }
}
