//! One answer of the server, with assertions that show the whole exchange when they fail.

use serde_json::Value;

use super::shapes::assert_fields;

/// A status, headers and a body, with the question they answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) asked: String,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Answer {
    /// The answer has this status, else the test fails with the exchange printed.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert!(self.status == status, "expected {status}\n{}", self.story());
        self
    }

    /// 200, and the body.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        self.expect(200).json
    }

    /// 201, and the body.
    #[track_caller]
    pub(crate) fn created(self) -> Value {
        self.expect(201).json
    }

    /// A refusal with this status and code in the one envelope; gives `details` (null when there are none).
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) -> Value {
        let story = self.story();
        assert!(self.status == status && self.code() == code, "expected {status} {code}\n{story}");
        self.assert_envelope();
        self.json["error"]["details"].clone()
    }

    /// The body is the error envelope and nothing else.
    #[track_caller]
    pub(crate) fn assert_envelope(&self) {
        let story = self.story();
        assert_fields(&self.json, &["error"], &[]);
        let error = &self.json["error"];
        assert_fields(error, &["code", "message", "requestId"], &["details"]);
        assert!(error["message"].as_str().is_some_and(|m| !m.is_empty()), "a message\n{story}");
        assert!(
            self.header("content-type").is_some_and(|t| t.starts_with("application/json")),
            "JSON\n{story}"
        );
        let request_id = self.header("x-request-id").unwrap_or_default();
        assert!(!request_id.is_empty(), "an X-Request-Id\n{story}");
        if !self.replayed() {
            assert_eq!(
                error["requestId"], request_id,
                "one request ID in header and body\n{story}"
            );
        }
    }

    /// A 400 `VALIDATION_ERROR` that names exactly these paths, in any order.
    #[track_caller]
    pub(crate) fn refused_fields(&self, paths: &[&str]) {
        let details = self.refused(400, "VALIDATION_ERROR");
        let mut named: Vec<&str> = details["fields"]
            .as_array()
            .unwrap_or_else(|| panic!("details.fields\n{}", self.story()))
            .iter()
            .map(|field| {
                assert_fields(field, &["path", "message"], &[]);
                field["path"].as_str().expect("a path is text")
            })
            .collect();
        let mut expected = paths.to_vec();
        named.sort_unstable();
        expected.sort_unstable();
        assert_eq!(named, expected, "the named fields\n{}", self.story());
    }

    /// The error's code, or an empty string.
    pub(crate) fn code(&self) -> &str {
        self.json["error"]["code"].as_str().unwrap_or_default()
    }

    /// The first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let wanted = name.to_ascii_lowercase();
        self.headers.iter().find(|(n, _)| *n == wanted).map(|(_, value)| value.as_str())
    }

    /// Whether the answer says that it repeats an earlier one.
    pub(crate) fn replayed(&self) -> bool {
        self.header("idempotent-replayed") == Some("true")
    }

    /// This answer repeats `first`, byte for byte, and says so.
    #[track_caller]
    pub(crate) fn assert_replay_of(&self, first: &Answer) {
        let story = format!("first: {}\nthen: {}", first.story(), self.story());
        assert!(!first.replayed(), "the first answer is no replay\n{story}");
        assert!(self.replayed(), "expected Idempotent-Replayed: true\n{story}");
        assert_eq!((self.status, &self.text), (first.status, &first.text), "{story}");
    }

    /// This answer has the status and the body of another, byte for byte.
    #[track_caller]
    pub(crate) fn assert_same_as(&self, other: &Answer) {
        let story = format!("one: {}\nother: {}", other.story(), self.story());
        assert_eq!((self.status, &self.text), (other.status, &other.text), "{story}");
    }

    /// The exchange as a person would want to read it.
    pub(crate) fn story(&self) -> String {
        let headers: Vec<String> =
            self.headers.iter().map(|(n, v)| format!("  {n}: {v}")).collect();
        format!("{}\n→ {}\n{}\n  {}", self.asked, self.status, headers.join("\n"), self.text)
    }
}
