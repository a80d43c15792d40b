//! Reading a request body field by field.
//!
//! The body is split into its fields without interpreting them; each is then
//! read by what the request expects. So an amount is read from its literal
//! text, never through a float, and every bad field is named at once.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use wallgent_core::{Amount, AmountError, Timestamp};

use crate::{ApiError, ErrorCode, FieldError};

/// Texts in a list that only names something have at most this many characters.
const NAME_CHARS_MAX: usize = 256;

/// Fields of one object. No request has a tenth as many; each is compared with
/// those before it.
const FIELDS_MAX: usize = 256;

/// The fields of a JSON object, and what was wrong with those read so far.
pub struct Fields<'a> {
    object: Object<'a>,
    path: String,
    bad: Vec<FieldError>,
    bad_amount: Option<ApiError>,
}

/// A change to one field of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The field was not sent.
    #[default]
    Keep,
    /// The field was sent as `null`.
    Clear,
    /// The field was sent with a value.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether the field is left as it is, and so is not sent.
    #[must_use]
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// The change with its value in other terms.
    pub fn map_ref<U>(&self, tell: impl FnOnce(&T) -> U) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(tell(value)),
        }
    }

    /// Applies the change to a field that may be empty.
    pub fn apply(self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }
}

/// `null` or the value. A field that is kept is left out by its struct.
impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep | Self::Clear => serializer.serialize_none(),
            Self::Set(value) => value.serialize(serializer),
        }
    }
}

impl<'a> Fields<'a> {
    /// Splits a body into its fields. An empty body is an empty object.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` when the body is not one JSON object in UTF-8, or
    /// names a field twice.
    pub fn parse(body: &'a [u8]) -> Result<Self, ApiError> {
        let text = std::str::from_utf8(body)
            .map_err(|_| ApiError::invalid_field("body", "must be valid UTF-8"))?;
        let text = if text.trim_ascii().is_empty() { "{}" } else { text };
        let object: Object<'a> = serde_json::from_str(text).map_err(|error| {
            let message = format!("must be a JSON object: {error}");
            ApiError::invalid_field("body", message)
        })?;
        Ok(Self::of(object, String::new()))
    }

    const fn of(object: Object<'a>, path: String) -> Self {
        Self { object, path, bad: Vec::new(), bad_amount: None }
    }

    /// Refuses fields that are not among `known`.
    #[must_use]
    pub fn only(mut self, known: &[&str]) -> Self {
        let unknown = self.object.0.iter().filter(|(name, _)| !known.contains(&name.as_ref()));
        let names: Vec<String> = unknown.map(|(name, _)| name.to_string()).collect();
        for name in names {
            self.refuse(&name, "is not a known field");
        }
        self
    }

    /// Ends the reading: `value` if nothing was wrong.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` with every bad field, else `INVALID_AMOUNT`.
    pub fn finish<T>(self, value: T) -> Result<T, ApiError> {
        if !self.bad.is_empty() {
            return Err(ApiError::validation(&self.bad));
        }
        self.bad_amount.map_or(Ok(value), Err)
    }

    /// Notes that a field is bad.
    pub fn refuse(&mut self, name: &str, message: impl Into<String>) {
        let path = format!("{}{name}", self.path);
        self.bad.push(FieldError { path, message: message.into() });
    }

    /// Notes that a field is missing, unless it was already found bad.
    pub fn require<T: Default>(&mut self, name: &str, value: Option<T>) -> T {
        let path = format!("{}{name}", self.path);
        let noted =
            self.bad.iter().any(|it| it.path.starts_with(&path)) || self.has_bad_amount(name);
        if value.is_none() && !noted {
            self.refuse(name, "is required");
        }
        value.unwrap_or_default()
    }

    /// Notes why a field is missing, unless it was already found bad.
    pub fn require_noted(&mut self, name: &str, message: &str) {
        let path = format!("{}{name}", self.path);
        if !self.bad.iter().any(|it| it.path.starts_with(&path)) {
            self.refuse(name, message);
        }
    }

    fn has_bad_amount(&self, name: &str) -> bool {
        let field = self.bad_amount.as_ref().and_then(|error| error.details.get("field"));
        field.and_then(Value::as_str) == Some(&format!("{}{name}", self.path))
    }

    /// The field's raw text; `null` counts as absent.
    fn raw(&self, name: &str) -> Option<&'a str> {
        let found = self.object.0.iter().find(|(it, _)| it == name);
        found.map(|(_, raw)| raw.get()).filter(|text| *text != "null")
    }

    /// Whether the field was sent, `null` included.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.object.0.iter().any(|(it, _)| it == name)
    }

    /// Whether the field was sent as an object, for fields that have several
    /// forms.
    #[must_use]
    pub fn is_object(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|raw| raw.starts_with('{'))
    }

    /// A field that a `PATCH` may leave out, clear or set.
    pub fn patch<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self, &str) -> Option<T>,
    ) -> Patch<T> {
        if !self.has(name) {
            return Patch::Keep;
        }
        if self.raw(name).is_none() {
            return Patch::Clear;
        }
        read(self, name).map_or(Patch::Keep, Patch::Set)
    }

    /// A text of 1 to `chars_max` characters.
    pub fn text(&mut self, name: &str, chars_max: usize) -> Option<String> {
        let text = self.text_or_empty(name, chars_max)?;
        if text.is_empty() {
            self.refuse(name, "must not be empty");
            return None;
        }
        Some(text)
    }

    /// A text of at most `chars_max` characters.
    pub fn text_or_empty(&mut self, name: &str, chars_max: usize) -> Option<String> {
        let raw = self.raw(name)?;
        let problem = match read_text(raw) {
            Ok(text) if text.chars().count() <= chars_max => return Some(text),
            Ok(_) => format!("must have at most {chars_max} characters"),
            Err(problem) => problem.to_owned(),
        };
        self.refuse(name, problem);
        None
    }

    /// `true` or `false`.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        match self.raw(name)? {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                self.refuse(name, "must be true or false");
                None
            }
        }
    }

    /// A whole number that is not negative.
    pub fn count(&mut self, name: &str) -> Option<i64> {
        let parsed = self.raw(name)?.parse::<i64>();
        match parsed {
            Ok(number) if number >= 0 => Some(number),
            _ => {
                self.refuse(name, "must be a whole number, 0 or more");
                None
            }
        }
    }

    /// A moment, as `2026-01-31T09:00:00.000Z`.
    pub fn time(&mut self, name: &str) -> Option<Timestamp> {
        let raw = self.raw(name)?;
        let time = read_text(raw).ok().and_then(|text| Timestamp::parse(&text));
        if time.is_none() {
            self.refuse(name, "must be an ISO 8601 time with a zone");
        }
        time
    }

    /// An amount above zero.
    pub fn amount(&mut self, name: &str) -> Option<Amount> {
        let amount = self.amount_literal(name, |text| text.parse())?;
        if amount.is_positive() {
            return Some(amount);
        }
        self.refuse_amount(name, "must be greater than zero");
        None
    }

    /// An amount of zero or more: a policy's limit.
    pub fn limit(&mut self, name: &str) -> Option<Amount> {
        self.amount_literal(name, |text| text.parse())
    }

    /// An amount above or below zero.
    pub fn signed_amount(&mut self, name: &str) -> Option<Amount> {
        let amount = self.amount_literal(name, Amount::parse_signed)?;
        if !amount.is_zero() {
            return Some(amount);
        }
        self.refuse_amount(name, "must not be zero");
        None
    }

    /// The field as it was sent, for an answer that repeats it.
    #[must_use]
    pub fn verbatim(&self, name: &str) -> Option<Box<RawValue>> {
        RawValue::from_string(self.raw(name)?.to_owned()).ok()
    }

    fn amount_literal(
        &mut self,
        name: &str,
        parse: fn(&str) -> Result<Amount, AmountError>,
    ) -> Option<Amount> {
        let literal = self.amount_text(name)?;
        match parse(&literal) {
            Ok(amount) => Some(amount),
            Err(error) => {
                self.refuse_amount(name, &error.to_string());
                None
            }
        }
    }

    /// The amount as it was sent: the text, or the number's digits.
    pub fn amount_text(&mut self, name: &str) -> Option<Cow<'a, str>> {
        let raw = self.raw(name)?;
        let numeric = raw.starts_with(|it: char| it == '-' || it.is_ascii_digit());
        if numeric {
            return Some(Cow::Borrowed(raw));
        }
        if raw.starts_with('"') {
            return match read_text(raw) {
                Ok(text) => Some(Cow::Owned(text)),
                Err(problem) => {
                    self.refuse(name, problem);
                    None
                }
            };
        }
        self.refuse(name, "must be a decimal string or a number");
        None
    }

    fn refuse_amount(&mut self, name: &str, problem: &str) {
        let path = format!("{}{name}", self.path);
        let message = format!("{path} must be a decimal with at most 8 places: {problem}");
        let error = ApiError::new(ErrorCode::InvalidAmount, message).with("field", path);
        self.bad_amount.get_or_insert(error);
    }

    /// A list of names, each of 1 to 256 characters.
    pub fn names(&mut self, name: &str, items_max: usize) -> Option<Vec<String>> {
        let items = self.items(name, items_max)?;
        let mut names = Vec::with_capacity(items.len());
        for (at, item) in items.into_iter().enumerate() {
            let length_fits = |text: &String| (1..=NAME_CHARS_MAX).contains(&text.chars().count());
            match read_text(item.get()) {
                Ok(text) if length_fits(&text) => names.push(text),
                Ok(_) => self.refuse(&format!("{name}[{at}]"), "must have 1 to 256 characters"),
                Err(problem) => self.refuse(&format!("{name}[{at}]"), problem),
            }
        }
        Some(names)
    }

    /// A list of amounts above zero.
    pub fn amounts(&mut self, name: &str, items_max: usize) -> Option<Vec<Amount>> {
        let items = self.items(name, items_max)?;
        let mut amounts = Vec::with_capacity(items.len());
        for (at, item) in items.into_iter().enumerate() {
            let name = format!("{name}[{at}]");
            let object = Object(vec![(Cow::Owned(name.clone()), item)]);
            let mut inner = Fields::of(object, self.path.clone());
            let amount = inner.amount(&name);
            amounts.push(inner.require(&name, amount));
            self.take_in(inner);
        }
        Some(amounts)
    }

    /// Takes over what was wrong with a part.
    fn take_in(&mut self, mut part: Fields<'_>) {
        self.bad.append(&mut part.bad);
        if let Some(error) = part.bad_amount {
            self.bad_amount.get_or_insert(error);
        }
    }

    /// The items of a list, unread.
    fn items(&mut self, name: &str, items_max: usize) -> Option<Vec<&'a RawValue>> {
        let raw = self.raw(name)?;
        match serde_json::from_str::<Vec<&'a RawValue>>(raw) {
            Ok(items) if items.len() <= items_max => Some(items),
            Ok(_) => {
                self.refuse(name, format!("must have at most {items_max} items"));
                None
            }
            Err(_) => {
                self.refuse(name, "must be a list");
                None
            }
        }
    }

    /// A list of objects, each read by `read`.
    pub fn objects<T>(
        &mut self,
        name: &str,
        items_max: usize,
        mut read: impl FnMut(&mut Fields<'a>) -> T,
    ) -> Option<Vec<T>> {
        let items = self.items(name, items_max)?;
        let mut values = Vec::with_capacity(items.len());
        for (at, item) in items.into_iter().enumerate() {
            let path = format!("{}{name}[{at}]", self.path);
            if let Some(value) = self.nested(item.get(), &path, &mut read) {
                values.push(value);
            }
        }
        Some(values)
    }

    /// An object inside the object, read by `read`.
    pub fn object<T>(
        &mut self,
        name: &str,
        mut read: impl FnMut(&mut Fields<'a>) -> T,
    ) -> Option<T> {
        let raw = self.raw(name)?;
        let path = format!("{}{name}", self.path);
        self.nested(raw, &path, &mut read)
    }

    fn nested<T>(
        &mut self,
        raw: &'a str,
        path: &str,
        read: &mut impl FnMut(&mut Fields<'a>) -> T,
    ) -> Option<T> {
        match serde_json::from_str::<Object<'a>>(raw) {
            Ok(object) => {
                let mut inner = Fields::of(object, format!("{path}."));
                let value = read(&mut inner);
                self.take_in(inner);
                Some(value)
            }
            Err(_) => {
                self.bad.push(FieldError {
                    path: path.to_owned(),
                    message: "must be an object".to_owned(),
                });
                None
            }
        }
    }

    /// Refuses fields of a nested object that are not among `known`.
    pub fn refuse_others(&mut self, known: &[&str]) {
        let unknown = self.object.0.iter().filter(|(name, _)| !known.contains(&name.as_ref()));
        let names: Vec<String> = unknown.map(|(name, _)| name.to_string()).collect();
        for name in names {
            self.refuse(&name, "is not a known field");
        }
    }

    /// A free JSON object of at most `bytes_max` bytes.
    pub fn document(&mut self, name: &str, bytes_max: usize) -> Option<Map<String, Value>> {
        let raw = self.raw(name)?;
        let problem = match serde_json::from_str::<Map<String, Value>>(raw) {
            Ok(map) if raw.len() > bytes_max => {
                let _ = map;
                format!("must have at most {bytes_max} bytes")
            }
            Ok(map) if map.iter().any(|(key, value)| key.contains('\0') || has_nul(value)) => {
                "must not contain U+0000".to_owned()
            }
            Ok(map) => return Some(map),
            Err(_) => "must be a JSON object".to_owned(),
        };
        self.refuse(name, problem);
        None
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn read_text(raw: &str) -> Result<String, &'static str> {
    if !raw.starts_with('"') {
        return Err("must be a string");
    }
    match serde_json::from_str::<String>(raw) {
        Ok(text) if text.contains('\0') => Err("must not contain U+0000"),
        Ok(text) => Ok(text),
        Err(_) => Err("must be a valid string"),
    }
}

/// The fields of an object in their order, unread.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Object<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut fields: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::with_capacity(8);
                while let Some((Name(name), raw)) = map.next_entry::<Name<'de>, &RawValue>()? {
                    if fields.len() == FIELDS_MAX {
                        let message = format!("more than {FIELDS_MAX} fields");
                        return Err(serde::de::Error::custom(message));
                    }
                    if fields.iter().any(|(it, _)| *it == name) {
                        let message = format!("field {name:?} stands there twice");
                        return Err(serde::de::Error::custom(message));
                    }
                    fields.push((name, raw));
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}

/// A field's name, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a field name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(body: &str) -> Result<Option<Amount>, ErrorCode> {
        let mut fields = Fields::parse(body.as_bytes()).map_err(|error| error.code)?;
        let amount = fields.amount("amount");
        fields.require("amount", amount.map(|_| ()));
        fields.finish(amount).map_err(|error| error.code)
    }

    #[test]
    fn amounts_are_read_from_their_literal_text() {
        let cents = |cents| Ok(Some(Amount::from_cents(cents)));
        assert_eq!(amount(r#"{"amount":"50.00"}"#), cents(5_000));
        assert_eq!(amount(r#"{"amount":25.00}"#), cents(2_500));
        let exact = "92233720368.54775807";
        assert_eq!(amount(&format!(r#"{{"amount":{exact}}}"#)), Ok(Some(Amount::MAX)));
        for literal in ["0", "-1", "1e2", "\"1e2\"", "\"\"", "0.000000001", "99999999999999"] {
            let body = format!(r#"{{"amount":{literal}}}"#);
            assert_eq!(amount(&body), Err(ErrorCode::InvalidAmount), "{literal}");
        }
        for literal in ["true", "[]", "{}", "null"] {
            let body = format!(r#"{{"amount":{literal}}}"#);
            assert_eq!(amount(&body), Err(ErrorCode::ValidationError), "{literal}");
        }
        assert_eq!(amount("{}"), Err(ErrorCode::ValidationError));
    }

    #[test]
    fn every_bad_field_is_named_and_outranks_a_bad_amount() {
        let body = br#"{"amount":"x","name":7,"flag":"yes","deep":{"at":"noon"}}"#;
        let mut fields = Fields::parse(body).expect("an object");
        fields.amount("amount");
        fields.text("name", 10);
        fields.flag("flag");
        fields.object("deep", |deep| deep.time("at"));
        let error = fields.finish(()).expect_err("bad fields");
        assert_eq!(error.code, ErrorCode::ValidationError);
        let paths: Vec<&str> = error.details["fields"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|field| field["path"].as_str())
            .collect();
        assert_eq!(paths, ["name", "flag", "deep.at"]);
    }

    #[test]
    fn hostile_bodies_are_refused() {
        let deep = "[".repeat(100_000);
        let twice = r#"{"a":1,"a":2}"#.to_owned();
        let tail = r#"{"a":1} x"#.to_owned();
        let names: Vec<String> = (0..=FIELDS_MAX).map(|at| format!("\"f{at}\":0")).collect();
        let many = format!("{{{}}}", names.join(","));
        for body in [deep, twice, tail, many, "[]".into(), "\"x\"".into(), "{".into(), "nul".into()]
        {
            assert!(Fields::parse(body.as_bytes()).is_err());
        }
        assert!(Fields::parse(b"{\"a\":\"\xff\"}").is_err());
        assert!(Fields::parse(b"  ").is_ok());
        let mut fields = Fields::parse(br#"{"name":"a\u0000b","lone":"\ud800"}"#).expect("object");
        assert_eq!(fields.text("name", 10), None);
        assert_eq!(fields.text("lone", 10), None);
        assert!(fields.finish(()).is_err());
    }
}
