//! A small JSON Schema check, strict about fields: what the document does not name must not be answered.

use serde_json::Value;

/// Checks values against schemas of one document.
#[derive(Debug)]
pub(super) struct Checker<'a> {
    document: &'a Value,
}

impl<'a> Checker<'a> {
    pub(super) fn new(document: &'a Value) -> Self {
        Self { document }
    }

    /// What is wrong with the value, in words.
    pub(super) fn faults(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.check(schema, value, "$", &mut faults);
        faults
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let schema = self.resolve(schema);
        self.check_type(schema, value, at, faults);
        self.check_choice(schema, value, at, faults);
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.check_fields(self.resolve(part), value, at, faults);
        }
        self.check_fields(schema, value, at, faults);
        self.check_unknown_fields(schema, value, at, faults);
        if let (Some(items), true) = (value.as_array(), schema["items"].is_object()) {
            for (index, item) in items.iter().enumerate() {
                self.check(&schema["items"], item, &format!("{at}[{index}]"), faults);
            }
        }
    }

    fn check_type(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let types: Vec<&str> = match &schema["type"] {
            Value::String(one) => vec![one],
            Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if !types.is_empty() && !types.iter().any(|name| has_type(value, name)) {
            faults.push(format!("{at} is {value}, not {types:?}"));
        }
        let options = schema["enum"].as_array();
        if options.is_some_and(|options| !options.contains(value)) {
            faults.push(format!("{at} is {value}, not one of {}", schema["enum"]));
        }
        if !schema["const"].is_null() && schema["const"] != *value {
            faults.push(format!("{at} is {value}, not {}", schema["const"]));
        }
    }

    fn check_choice(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        for keyword in ["oneOf", "anyOf"] {
            let Some(options) = schema[keyword].as_array() else {
                continue;
            };
            let tried: Vec<Vec<String>> =
                options.iter().map(|option| self.faults(option, value)).collect();
            if !tried.iter().any(Vec::is_empty) {
                faults.push(format!("{at} fits no option of {keyword}: {tried:?}"));
            }
        }
    }

    fn check_fields(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let Some(fields) = value.as_object() else {
            return;
        };
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                faults.push(format!("{at}.{name} is required and missing"));
            }
        }
        for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(field) = fields.get(name) {
                self.check(inner, field, &format!("{at}.{name}"), faults);
            }
        }
    }

    fn check_unknown_fields(
        &self,
        schema: &Value,
        value: &Value,
        at: &str,
        faults: &mut Vec<String>,
    ) {
        let mut known = Vec::new();
        let open = self.collect_names(schema, &mut known);
        if open || known.is_empty() {
            return;
        }
        for name in value.as_object().into_iter().flatten().map(|(name, _)| name) {
            if !known.contains(&name.as_str()) {
                faults.push(format!("{at}.{name} is not in the document"));
            }
        }
    }

    /// The property names of a schema and its parts; whether it is open to others.
    fn collect_names<'b>(&'b self, schema: &'b Value, known: &mut Vec<&'b str>) -> bool {
        let schema = self.resolve(schema);
        known.extend(
            schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()),
        );
        let additional = &schema["additionalProperties"];
        let mut open = additional.is_object() || *additional == true;
        for keyword in ["allOf", "oneOf", "anyOf"] {
            for part in schema[keyword].as_array().into_iter().flatten() {
                open |= self.collect_names(part, known);
            }
        }
        open
    }

    fn resolve<'b>(&'b self, schema: &'b Value) -> &'b Value {
        match schema["$ref"].as_str() {
            Some(reference) => {
                self.document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null)
            }
            None => schema,
        }
    }
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}
