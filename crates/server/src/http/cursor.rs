//! Cursors of lists, and the meaning of a plain request.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use wallgent_api::ApiError;
use wallgent_core::idempotency::Fingerprint;

use super::call::Call;

/// Marks our cursors, so that chance text is not taken for one.
const MARK: [u8; 2] = *b"w1";

/// What tells one list from another: its route and its path.
pub(super) fn tag(route: &str, params: &[(String, String)]) -> [u8; 4] {
    let mut fingerprint = Fingerprint::new(route);
    for (_, value) in params {
        fingerprint = fingerprint.text(value);
    }
    let mut tag = [0; 4];
    tag.copy_from_slice(&fingerprint.finish_wide()[..4]);
    tag
}

/// The cursor behind a row of a list.
pub(super) fn encode(number: i64, tag: [u8; 4]) -> String {
    let bytes = [MARK.as_slice(), &tag, &number.to_be_bytes()].concat();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The row that a cursor of this list stands behind.
pub(super) fn decode(text: &str, tag: [u8; 4]) -> Option<i64> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let number = bytes.strip_prefix(MARK.as_slice())?.strip_prefix(&tag)?;
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
        let (tag, other) = (tag("GET /a", &[]), tag("GET /b", &[]));
        assert_eq!(decode(&encode(77, tag), tag), Some(77));
        let (negative, foreign) = (encode(-1, tag), encode(77, other));
        for text in ["", "77", "w1", "AAAA", "d2VsbA", &negative, &foreign, &"A".repeat(1_000)] {
            assert_eq!(decode(text, tag), None, "{text}");
        }
    }
}
