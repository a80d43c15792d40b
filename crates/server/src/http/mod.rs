//! The edge: from bytes to a call, and from an answer to bytes.
//!
//! [`router`] lists every route on one screen. [`edge`] takes a request
//! through the same ladder each time: request ID, version, caller, permission,
//! rate limit, body, handler, answer. Every failure leaves as the envelope.

mod address;
mod call;
mod cursor;
mod edge;
mod openapi;
mod rate_limits;
mod request_id;
mod route;
mod router;
mod server;
mod socket;

pub use call::{Answer, Call, Lasting, OpenCall, Page, Part};
pub use openapi::document;
pub use rate_limits::RateLimits;
pub use route::Route;
pub use server::{bind, listen};
pub use socket::{Close, Gone, Heard, Socket, Unsent};
