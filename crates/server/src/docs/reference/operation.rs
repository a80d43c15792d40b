//! One operation: what it takes, what it answers, and how to call it.

use maud::{Markup, html};
use serde_json::Value;

use super::PATH;
use super::schema::Schemas;
use crate::docs::markdown;

/// Methods as they stand in the document, in the order in which they are shown.
const METHODS: [&str; 4] = ["get", "post", "patch", "delete"];
/// Where an error code is explained.
const ERRORS: &str = "/docs/errors";

/// A method of a path.
#[derive(Debug)]
pub(in crate::docs) struct Operation {
    /// Its anchor.
    pub(in crate::docs) id: String,
    /// In capitals.
    pub(in crate::docs) method: String,
    /// As `/v1/wallets/{id}`.
    pub(in crate::docs) path: String,
    /// What it does, in a line.
    pub(in crate::docs) summary: String,
    /// What it belongs to.
    pub(super) tag: String,
    json: Value,
}

/// All operations of the document.
pub(super) fn all(paths: Value) -> Vec<Operation> {
    let Value::Object(paths) = paths else { return Vec::new() };
    let mut operations = Vec::new();
    for (path, mut methods) in paths {
        for method in METHODS {
            if let Some(json) = methods.get_mut(method) {
                operations.push(Operation::read(&path, method, json.take()));
            }
        }
    }
    operations
}

impl Operation {
    fn read(path: &str, method: &str, json: Value) -> Self {
        Self {
            id: text(&json["operationId"]).to_owned(),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(&json["summary"]).to_owned(),
            tag: text(&json["tags"][0]).to_owned(),
            json,
        }
    }

    /// Tag by tag, path by path; what reads before what changes.
    pub(super) fn order(&self) -> (String, String, usize) {
        let method = self.method.to_lowercase();
        let rank = METHODS.iter().position(|it| *it == method).unwrap_or(METHODS.len());
        (self.tag.clone(), self.path.clone(), rank)
    }

    /// Where it is described.
    pub(in crate::docs) fn url(&self) -> String {
        format!("{PATH}/{}#{}", self.tag, self.id)
    }

    /// Method and path.
    pub(super) fn name(&self) -> Markup {
        html! {
            code.name { b.method data-method=(self.method) { (self.method) } " " (self.path) }
        }
    }

    /// Its part of the page.
    pub(super) fn render(&self, schemas: &Schemas) -> Markup {
        let body = &self.json["requestBody"];
        let request = &body["content"]["application/json"]["schema"];
        html! {
            section.operation {
                h2 id=(self.id) { (self.summary) " " a.anchor href={ "#" (self.id) } aria-label="Link" { "#" } }
                p { (self.name()) }
                p { (markdown::inline(text(&self.json["description"]))) }
                (self.parameters())
                @if !request.is_null() {
                    h3 { "Body" @if body["required"] != Value::Bool(true) { " (optional)" } }
                    (schemas.fields(request))
                }
                h3 { "Request" }
                pre tabindex="0" { code.language-sh { (self.call(request, schemas)) } }
                h3 { "Answers" }
                @for (status, answer) in self.answers() { (answer_of(status, answer, schemas)) }
                h3 { "Errors" }
                (self.errors())
            }
        }
    }

    fn parameters(&self) -> Markup {
        let parameters = self.json["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        html! {
            @if !parameters.is_empty() {
                h3 { "Parameters" }
                dl.fields {
                    @for parameter in parameters {
                        dt {
                            code { (text(&parameter["name"])) }
                            span.kind { "in the " (text(&parameter["in"])) }
                            @if parameter["required"] == Value::Bool(true) { span.required { "required" } }
                        }
                        dd { (markdown::inline(text(&parameter["description"]))) }
                    }
                }
            }
        }
    }

    /// The call as a shell makes it.
    fn call(&self, request: &Value, schemas: &Schemas) -> String {
        let path = self.path.replace('{', "$").replace('}', "");
        let mut call = format!("curl \"$URL{path}\" -H \"Authorization: Bearer $KEY\"");
        let has_body = !request.is_null();
        let implied = if has_body { "POST" } else { "GET" };
        if self.method != implied {
            call = call.replacen("curl", &format!("curl -X {}", self.method), 1);
        }
        if has_body {
            let example = schemas.request_example(request).to_string().replace('\'', "'\\''");
            call += &format!(" \\\n  --json '{example}'");
        }
        call
    }

    /// Answers that are no errors.
    fn answers(&self) -> impl Iterator<Item = (&str, &Value)> {
        let all = self.json["responses"].as_object().into_iter().flatten();
        all.filter(|(status, _)| !is_error(status))
            .map(|(status, answer)| (status.as_str(), answer))
    }

    fn errors(&self) -> Markup {
        let all = self.json["responses"].as_object().into_iter().flatten();
        html! {
            dl.errors {
                @for (status, answer) in all.filter(|(status, _)| is_error(status)) {
                    dt { (status) }
                    dd {
                        @for code in text(&answer["description"]).split(", ") {
                            a href={ (ERRORS) "#" (code.to_lowercase()) } { code { (code) } } " "
                        }
                    }
                }
            }
        }
    }
}

fn answer_of(status: &str, answer: &Value, schemas: &Schemas) -> Markup {
    let schema = &answer["content"]["application/json"]["schema"];
    html! {
        details.answer open[schema.is_null()] {
            summary { b { (status) } " " (text(&answer["description"])) " " span.kind { (schemas.kind(schema)) } }
            @if !schema.is_null() {
                (schemas.fields(schema))
                pre tabindex="0" { code.language-json { (schemas.answer_example(schema)) } }
            }
        }
    }
}

fn is_error(status: &str) -> bool {
    status.starts_with(['4', '5'])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
