//! A caller of the API: an address, a key, and verbs.

use serde_json::Value;

use super::answer::Answer;
use super::http::{RawAnswer, exchange};

/// Where to call, and as whom.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    address: String,
    headers: Vec<(String, String)>,
}

impl Api {
    /// A caller without a key.
    pub(crate) fn anonymous(address: &str) -> Self {
        Self { address: address.to_owned(), headers: Vec::new() }
    }

    /// The same place, as the holder of this key.
    pub(crate) fn with_key(&self, key: &str) -> Self {
        self.with_header("Authorization", &format!("Bearer {key}"))
    }

    /// The same caller with this header on every request, in place of one of that name.
    pub(crate) fn with_header(&self, name: &str, value: &str) -> Self {
        let mut headers = self.headers.clone();
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        headers.push((name.to_owned(), value.to_owned()));
        Self { address: self.address.clone(), headers }
    }

    /// The same caller, sending this `Idempotency-Key`.
    pub(crate) fn once(&self, key: &str) -> Self {
        self.with_header("Idempotency-Key", key)
    }

    /// Where the caller calls.
    pub(crate) fn place(&self) -> &str {
        &self.address
    }

    /// The secret that the caller shows, if it has one.
    pub(crate) fn secret(&self) -> Option<&str> {
        let shown = self.headers.iter().find(|(name, _)| name == "Authorization");
        shown.and_then(|(_, value)| value.strip_prefix("Bearer "))
    }

    /// The same caller at another address.
    pub(crate) fn at(&self, address: &str) -> Self {
        Self { address: address.to_owned(), headers: self.headers.clone() }
    }

    /// Another caller's key at this caller's address, which is another one after a restart.
    pub(crate) fn as_holder_of(&self, other: &Self) -> Self {
        self.with_key(other.secret().expect("a caller with a key"))
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body))
    }

    /// A POST without a body.
    #[track_caller]
    pub(crate) fn act(&self, path: &str) -> Answer {
        self.send("POST", path, None)
    }

    #[track_caller]
    pub(crate) fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send("PATCH", path, Some(body))
    }

    #[track_caller]
    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None)
    }

    /// Any method, with a JSON body or none. `path` is below `/v1`, unless it begins with `//`: then it is absolute.
    #[track_caller]
    pub(crate) fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let text = body.map(Value::to_string);
        match text {
            Some(text) => self.send_bytes(method, path, "application/json", text.as_bytes()),
            None => self.finish(method, path, "", self.attempt(method, path, None)),
        }
    }

    /// A JSON body by its own text, for what a JSON library would not write.
    #[track_caller]
    pub(crate) fn post_text(&self, path: &str, text: &str) -> Answer {
        self.send_bytes("POST", path, "application/json", text.as_bytes())
    }

    /// Any bytes under any content type.
    #[track_caller]
    pub(crate) fn send_bytes(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: &[u8],
    ) -> Answer {
        let shown = String::from_utf8_lossy(&body[..body.len().min(2_000)]).into_owned();
        self.finish(method, path, &shown, self.attempt(method, path, Some((content_type, body))))
    }

    /// As `send`, for a server that may die meanwhile: `None` when no complete answer came.
    pub(crate) fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Option<Answer> {
        let text = body.map(Value::to_string);
        let sent = text.as_ref().map(|text| ("application/json", text.as_bytes()));
        let raw = self.attempt(method, path, sent).ok()?;
        Some(answer(format!("{method} {path} {}", text.unwrap_or_default()), raw))
    }

    fn attempt(
        &self,
        method: &str,
        path: &str,
        body: Option<(&str, &[u8])>,
    ) -> Result<RawAnswer, String> {
        let path = match path.strip_prefix('/') {
            Some(absolute) if absolute.starts_with('/') => absolute.to_owned(),
            _ => format!("/v1{path}"),
        };
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for (name, value) in &self.headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some((content_type, body)) = body {
            request.push_str(&format!(
                "Content-Type: {content_type}\r\nContent-Length: {}\r\n",
                body.len()
            ));
        } else if method != "GET" {
            request.push_str("Content-Length: 0\r\n");
        }
        request.push_str("\r\n");
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body.map_or(&[][..], |(_, body)| body));
        exchange(&self.address, &bytes)
    }

    /// No test ever expects a 500, so none goes by unseen.
    #[track_caller]
    fn finish(
        &self,
        method: &str,
        path: &str,
        body: &str,
        raw: Result<RawAnswer, String>,
    ) -> Answer {
        let shown: Vec<String> = self.headers.iter().map(|(n, v)| format!("  {n}: {v}")).collect();
        let asked = format!("{method} {path}\n{}\n  {body}", shown.join("\n"));
        let raw = raw.unwrap_or_else(|error| panic!("no complete answer, {error}, to {asked}"));
        let answer = answer(asked, raw);
        assert!(answer.status != 500, "an internal error\n{}", answer.story());
        answer
    }
}

fn answer(asked: String, raw: RawAnswer) -> Answer {
    let text = String::from_utf8_lossy(&raw.body).into_owned();
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    Answer { asked, status: raw.status, headers: raw.headers, text, json }
}
