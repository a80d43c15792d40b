//! What a request is called.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::HeaderMap;

/// Characters that a caller's own request ID may have.
const CHARS_MAX: usize = 128;

/// The caller's `X-Request-Id` if it is usable, else a new one.
pub(super) fn of(headers: &HeaderMap) -> Arc<str> {
    let sent = headers.get("x-request-id").and_then(|value| value.to_str().ok());
    let visible = |text: &&str| text.bytes().all(|byte| byte.is_ascii_graphic());
    match sent.filter(|text| (1..=CHARS_MAX).contains(&text.len())).filter(visible) {
        Some(text) => text.into(),
        None => fresh(),
    }
}

/// Unique across processes by chance, within one by counting.
fn fresh() -> Arc<str> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    static PROCESS: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
    let process = PROCESS.get_or_init(|| {
        let mut bytes = [0; 8];
        // Without randomness the names only repeat after a restart.
        let _ = getrandom::fill(&mut bytes);
        u64::from_be_bytes(bytes)
    });
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("req_{process:016x}{number:x}").into()
}
