//! Cursors of lists, and the meaning of a plain request.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use wallgent_api::ApiError;
use wallgent_core::idempotency::Fingerprint;

use super::call::Call;

/// Marks our cursors, so that chance text is not taken for one.
const MARK: [u8; 2] = *b"w1";

/// The cursor behind a row.
pub(super) fn encode(number: i64) -> String {
    let bytes = [MARK.as_slice(), &number.to_be_bytes()].concat();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The row that a cursor stands behind.
pub(super) fn decode(text: &str) -> Option<i64> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let number = bytes.strip_prefix(MARK.as_slice())?;
    let number = i64::from_be_bytes(number.try_into().ok()?);
    (number > 0).then_some(number)
}

/// What a request means: its path and its body, however the body is written.
/// For requests whose body has no field that can be written in two ways.
pub(super) fn meaning(call: &Call) -> Result<i64, ApiError> {
    let mut fingerprint = Fingerprint::new(call.route);
    for (name, value) in &call.params {
        fingerprint = fingerprint.text(name).text(value);
    }
    if call.body.is_empty() {
        return Ok(fingerprint.text("{}").finish());
    }
    let body: Value = serde_json::from_slice(&call.body)
        .map_err(|error| ApiError::invalid_field("body", format!("must be JSON: {error}")))?;
    let body = match body {
        Value::Object(mut map) => {
            map.remove("idempotencyKey");
            Value::Object(map)
        }
        other => other,
    };
    // Objects are kept in the order of their keys, so equal ones read equal.
    Ok(fingerprint.text(&body.to_string()).finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_cursors_are_read() {
        assert_eq!(decode(&encode(77)), Some(77));
        for text in ["", "77", "w1", "AAAA", "d2VsbA", &encode(-1), &"A".repeat(1_000)] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
