//! Cursors of lists.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use wallgent_core::idempotency::Fingerprint;

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
    encode_place(&number.to_be_bytes(), tag)
}

/// The row that a cursor of this list stands behind.
pub(super) fn decode(text: &str, tag: [u8; 4]) -> Option<i64> {
    let place = decode_place(text, tag)?;
    let number = i64::from_be_bytes(place.try_into().ok()?);
    (number > 0).then_some(number)
}

/// The cursor of a list that is not in the order of numbers.
pub(super) fn encode_place(place: &[u8], tag: [u8; 4]) -> String {
    URL_SAFE_NO_PAD.encode([MARK.as_slice(), &tag, place].concat())
}

/// The place that a cursor of this list stands behind.
pub(super) fn decode_place(text: &str, tag: [u8; 4]) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let place = bytes.strip_prefix(MARK.as_slice())?.strip_prefix(&tag)?;
    Some(place.to_vec())
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
