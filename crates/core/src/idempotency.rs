//! What makes two requests the same.

use sha2::{Digest, Sha256};

/// A digest of the meaning of a request: its parsed fields, not its bytes.
///
/// ```
/// use wallgent_core::idempotency::Fingerprint;
/// let a = Fingerprint::new("payment").text("wal_1").number(50).finish();
/// let b = Fingerprint::new("payment").text("wal_1").number(50).finish();
/// assert_eq!(a, b);
/// ```
#[derive(Clone)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// Begins a fingerprint for one kind of request.
    #[must_use]
    pub fn new(kind: &str) -> Self {
        Self(Sha256::new()).text(kind)
    }

    /// Adds a text. Its length goes first, so that neighbours cannot flow into
    /// each other.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, number: i64) -> Self {
        self.0.update(number.to_be_bytes());
        self
    }

    /// Adds a text that may be absent; absent differs from empty.
    #[must_use]
    pub fn maybe(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.number(1).text(text),
            None => self.number(0),
        }
    }

    /// The first 8 bytes of the digest as a number.
    #[must_use]
    pub fn finish(self) -> i64 {
        let digest = self.0.finalize();
        let mut head = [0; 8];
        head.copy_from_slice(&digest[..8]);
        i64::from_be_bytes(head)
    }

    /// The first 16 bytes of the digest, for the key itself.
    #[must_use]
    pub fn finish_wide(self) -> [u8; 16] {
        let digest = self.0.finalize();
        let mut head = [0; 16];
        head.copy_from_slice(&digest[..16]);
        head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_do_not_flow_into_each_other() {
        let of = |a: &str, b: &str| Fingerprint::new("x").text(a).text(b).finish();
        assert_ne!(of("ab", "c"), of("a", "bc"));
        let absent = Fingerprint::new("x").maybe(None).finish();
        let empty = Fingerprint::new("x").maybe(Some("")).finish();
        assert_ne!(absent, empty);
    }
}
