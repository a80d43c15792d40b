//! What pages load: one stylesheet and one small script, ours both.
//!
//! Their addresses carry a digest of their content, so a browser keeps them for
//! good, and a new version is another address.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// Bytes of a digest in an address: nobody attacks it, two versions must differ.
const DIGEST_BYTES: usize = 8;

/// A file that pages load.
#[derive(Debug)]
pub struct Asset {
    /// Where it is.
    pub path: String,
    /// Its content type.
    pub kind: &'static str,
    /// Its text.
    pub text: &'static str,
}

impl Asset {
    fn new(ending: &str, kind: &'static str, text: &'static str) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        let digits: String =
            digest.iter().take(DIGEST_BYTES).map(|byte| format!("{byte:02x}")).collect();
        Self { path: format!("/assets/{digits}.{ending}"), kind, text }
    }
}

/// The stylesheet: what all pages of this server share, and what these need.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let text = concat!(include_str!("../docs/assets/theme.css"), include_str!("assets/pages.css"));
    Asset::new("css", "text/css; charset=utf-8", text)
});

/// The script.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("js", "text/javascript; charset=utf-8", include_str!("assets/pages.js"))
});
