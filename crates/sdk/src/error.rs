//! What can go wrong with a call, by kind and by code.

use serde::Deserialize;
use serde_json::{Map, Value};
use wallgent_api::ErrorCode;

/// Why a call has no result.
///
/// No variant holds the API key or any other secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server refused.
    #[error("{}: {message}", code.as_str())]
    Api {
        /// What happened.
        code: ErrorCode,
        /// The HTTP status.
        status: u16,
        /// The same for people.
        message: String,
        /// Numbers and names that explain it.
        details: Map<String, Value>,
        /// What the server's log knows the request by.
        request_id: Option<String>,
    },
    /// An error that this version does not know: a newer server's, or that of
    /// something between it and the client.
    #[error("the server answered {status}, {}", code.as_deref().unwrap_or("without a known error"))]
    Unrecognized {
        /// The HTTP status.
        status: u16,
        /// Its code, if it has one.
        code: Option<String>,
        /// The same for people.
        message: Option<String>,
        /// What the server's log knows the request by.
        request_id: Option<String>,
    },
    /// No complete answer came, in none of the attempts. Whether a change was
    /// made is not known: repeat it with the same key.
    #[error("no answer from the server: {}", root(&**source))]
    Transport {
        /// What the change was sent with.
        idempotency_key: Option<String>,
        /// What the network says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No answer came in time, in none of the attempts. Whether a change was
    /// made is not known: repeat it with the same key.
    #[error("no answer from the server in time")]
    Timeout {
        /// What the change was sent with.
        idempotency_key: Option<String>,
    },
    /// The server did what was asked, but its answer cannot be read.
    #[error("the answer with status {status} cannot be read: {reason}")]
    Decode {
        /// The HTTP status.
        status: u16,
        /// Where it stops to make sense.
        reason: String,
        /// What the server's log knows the request by.
        request_id: Option<String>,
        /// What the change was sent with.
        idempotency_key: Option<String>,
    },
    /// Nothing was sent, because of something the client was given.
    #[error("{what} {problem}")]
    Invalid {
        /// What it is about.
        what: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

impl Error {
    /// The code, when the server refused.
    #[must_use]
    pub const fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Api { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// What the server's log knows the request by.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Api { request_id, .. }
            | Self::Unrecognized { request_id, .. }
            | Self::Decode { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    /// The key to repeat a change with whose outcome is not known.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&str> {
        match self {
            Self::Transport { idempotency_key, .. }
            | Self::Timeout { idempotency_key }
            | Self::Decode { idempotency_key, .. } => idempotency_key.as_deref(),
            _ => None,
        }
    }

    pub(crate) fn invalid(what: &'static str, problem: impl Into<String>) -> Self {
        Self::Invalid { what, problem: problem.into() }
    }

    /// What an attempt without an answer ends with.
    pub(crate) fn from_network(error: reqwest::Error, key: Option<&str>) -> Self {
        let idempotency_key = key.map(str::to_owned);
        if error.is_timeout() {
            return Self::Timeout { idempotency_key };
        }
        // The address is the caller's own, and may have been given in confidence.
        let source = error.without_url().into();
        Self::Transport { idempotency_key, source }
    }

    /// What a connection ends with that is none.
    pub(crate) fn broken(reason: &str) -> Self {
        Self::Transport { idempotency_key: None, source: reason.into() }
    }

    /// What an answer with an error status says.
    pub(crate) fn from_answer(status: u16, request_id: Option<String>, body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        Self::from_body(status, request_id, &body["error"])
    }

    /// What an event that cannot be read ends a stream with.
    pub(crate) fn from_event(error: &serde_json::Error) -> Self {
        Self::Decode {
            status: 101,
            reason: unreadable(error),
            request_id: None,
            idempotency_key: None,
        }
    }

    /// Why one payment of a batch failed. It has the status that it would have
    /// had alone.
    pub(crate) fn from_batch_item(body: &Value) -> Self {
        let mut error = Self::from_body(207, None, body);
        if let Self::Api { code, status, .. } = &mut error {
            *status = code.status();
        }
        error
    }

    /// What stands inside an envelope, or beside an answer that is not final.
    pub(crate) fn from_body(status: u16, request_id: Option<String>, body: &Value) -> Self {
        let body = Body::deserialize(body).unwrap_or_default();
        let request_id = body.request_id.or(request_id);
        match ErrorCode::from_text(&body.code) {
            Some(code) => {
                Self::Api { code, status, message: body.message, details: body.details, request_id }
            }
            None => Self::Unrecognized {
                status,
                code: (!body.code.is_empty()).then_some(body.code),
                message: (!body.message.is_empty()).then_some(body.message),
                request_id,
            },
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    code: String,
    message: String,
    details: Map<String, Value>,
    request_id: Option<String>,
}

/// The innermost reason, which is the one that tells something.
fn root<'a>(error: &'a (dyn std::error::Error + 'static)) -> &'a (dyn std::error::Error + 'static) {
    let mut root = error;
    while let Some(source) = root.source() {
        root = source;
    }
    root
}

/// What is wrong with an answer. The parser's own words may quote the answer,
/// and an answer may hold a secret: they are told only where they do not.
pub(crate) fn unreadable(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if text.starts_with("missing field") {
        return text;
    }
    format!("line {} column {}", error.line(), error.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_is_read() {
        let body = br#"{"error":{"code":"INSUFFICIENT_FUNDS","message":"No","details":{"fee":"0.25"},"requestId":"r"}}"#;
        let error = Error::from_answer(402, None, body);
        assert_eq!(error.code(), Some(ErrorCode::InsufficientFunds));
        assert_eq!(error.request_id(), Some("r"));
        assert_eq!(error.to_string(), "INSUFFICIENT_FUNDS: No");
        let Error::Api { details, .. } = error else {
            panic!("a refusal");
        };
        assert_eq!(details["fee"], "0.25");
    }

    #[test]
    fn what_is_no_envelope_is_told_by_its_status() {
        for body in [&b"<html>Bad Gateway</html>"[..], b"", b"[]", b"{\"error\":7}"] {
            let error = Error::from_answer(502, Some("r".to_owned()), body);
            assert_eq!(error.code(), None);
            assert_eq!(error.request_id(), Some("r"));
            assert!(error.to_string().contains("502"));
        }
        let newer = Error::from_answer(409, None, br#"{"error":{"code":"NEWER","message":"m"}}"#);
        assert_eq!(newer.to_string(), "the server answered 409, NEWER");
    }

    #[test]
    fn an_unreadable_answer_is_not_quoted() {
        let quoting = serde_json::from_str::<u8>("\"whsec_1\"").expect_err("no number");
        assert!(quoting.to_string().contains("whsec_1"));
        assert_eq!(unreadable(&quoting), "line 1 column 9");
    }
}
