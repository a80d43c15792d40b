//! Schemas as people read them: a list of fields, and an example.

use maud::{Markup, html};
use serde_json::{Map, Value, json};

use crate::docs::markdown;

/// Schemas refer to each other. Deeper than this nobody reads.
const DEPTH_MAX: usize = 4;

/// All schemas of the document.
#[derive(Debug)]
pub(super) struct Schemas(Value);

/// A field of an object.
struct Field<'a> {
    name: &'a str,
    schema: &'a Value,
    is_required: bool,
}

impl Schemas {
    pub(super) const fn new(schemas: Value) -> Self {
        Self(schemas)
    }

    /// What a schema is, with references and the alternative `null` out of the way.
    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        if let Some(name) = reference(schema) {
            return self.resolve(&self.0[name]);
        }
        let choices = schema["oneOf"].as_array();
        let real = choices.and_then(|all| all.iter().find(|it| it["type"] != "null"));
        real.map_or(schema, |it| self.resolve(it))
    }

    /// The fields of an object, those that must be there first.
    fn fields_of<'a>(&'a self, schema: &'a Value) -> Vec<Field<'a>> {
        let schema = self.resolve(schema);
        let parts = schema["allOf"].as_array().into_iter().flatten();
        let mut fields: Vec<Field<'_>> = parts.flat_map(|part| self.fields_of(part)).collect();
        let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            let is_required = required.iter().any(|it| it == name.as_str());
            fields.push(Field { name, schema, is_required });
        }
        fields.sort_by_key(|field| !field.is_required);
        fields
    }

    /// The fields of an object, with those of the objects in it.
    pub(super) fn fields(&self, schema: &Value) -> Markup {
        self.fields_to(schema, DEPTH_MAX)
    }

    fn fields_to(&self, schema: &Value, depth: usize) -> Markup {
        let fields = self.fields_of(schema);
        html! {
            @if !fields.is_empty() && depth > 0 {
                dl.fields { @for field in &fields { (self.field(field, depth)) } }
            }
        }
    }

    fn field(&self, field: &Field<'_>, depth: usize) -> Markup {
        let inner = element(self.resolve(field.schema));
        html! {
            dt {
                code { (field.name) }
                span.kind { (self.kind(field.schema)) }
                @if field.is_required { span.required { "required" } }
            }
            dd {
                (markdown::inline(self.about(field.schema)))
                @if depth > 1 && !self.fields_of(inner).is_empty() {
                    details { summary { "Its fields" } (self.fields_to(inner, depth - 1)) }
                }
            }
        }
    }

    /// What is said of a schema where it is used, else of itself.
    fn about<'a>(&'a self, schema: &'a Value) -> &'a str {
        let choices = schema["oneOf"].as_array().into_iter().flatten();
        let mut places = std::iter::once(schema).chain(choices).chain([self.resolve(schema)]);
        places.find_map(|place| place["description"].as_str()).unwrap_or_default()
    }

    /// The type in words: `string`, `list of Payment`, `date-time or null`.
    pub(super) fn kind(&self, schema: &Value) -> String {
        if let Some(choices) = schema["oneOf"].as_array() {
            let kinds: Vec<String> = choices.iter().map(|it| self.kind(it)).collect();
            return kinds.join(" or ");
        }
        if let Some(name) = reference(schema) {
            let is_word = self.0[name].get("enum").is_some();
            return if is_word { self.kind(&self.0[name]) } else { name.to_owned() };
        }
        if let Some(words) = schema["enum"].as_array() {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            return words.join(" or ");
        }
        let names = match &schema["type"] {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            name => name.as_str().into_iter().collect::<Vec<_>>(),
        };
        let word = |name: &str| match name {
            "array" => format!("list of {}", self.kind(&schema["items"])),
            "string" => schema["format"].as_str().unwrap_or(name).to_owned(),
            _ => name.to_owned(),
        };
        names.into_iter().map(word).collect::<Vec<_>>().join(" or ")
    }

    /// A request with the fields that it needs, and those that have an example.
    pub(super) fn request_example(&self, schema: &Value) -> Value {
        let fields = self.fields_of(schema).into_iter();
        let shown =
            fields.filter(|it| it.is_required || self.resolve(it.schema)["example"] != Value::Null);
        let values = shown.map(|it| (it.name.to_owned(), self.example(it.schema, DEPTH_MAX)));
        Value::Object(values.collect())
    }

    /// An answer with all its fields.
    pub(super) fn answer_example(&self, schema: &Value) -> String {
        format!("{:#}", self.example(schema, DEPTH_MAX))
    }

    fn example(&self, schema: &Value, depth: usize) -> Value {
        let about = self.about(schema);
        let schema = self.resolve(schema);
        if let Some(example) = schema.get("example") {
            return example.clone();
        }
        if let Some(word) = schema["enum"].as_array().and_then(|words| words.first()) {
            return word.clone();
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds.first().and_then(Value::as_str),
            kind => kind.as_str(),
        };
        match kind {
            Some("string") if schema["format"] == "date-time" => json!("2026-01-31T09:00:00.000Z"),
            Some("string") => json!(word_in(about).unwrap_or("…")),
            Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
            Some("boolean") => json!(false),
            Some("array") if depth > 0 => json!([self.example(&schema["items"], depth - 1)]),
            Some("array") => json!([]),
            _ if depth > 0 => {
                let fields = self.fields_of(schema).into_iter();
                let value =
                    |it: Field<'_>| (it.name.to_owned(), self.example(it.schema, depth - 1));
                Value::Object(fields.map(value).collect())
            }
            _ => Value::Object(Map::new()),
        }
    }
}

fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str().and_then(|path| path.rsplit('/').next())
}

/// What a list is a list of; anything else is itself.
fn element(schema: &Value) -> &Value {
    schema.get("items").unwrap_or(schema)
}

/// The first word in backquotes: descriptions of words name them all.
fn word_in(about: &str) -> Option<&str> {
    about.split('`').nth(1)
}
