//! The wire of Wallgent: what requests ask, what answers say, how errors read.
//!
//! Requests are decoded by [`Fields`], which reads amounts from their literal
//! text and names every bad field at once. Answers are plain structs. Both
//! carry their OpenAPI schema.

pub mod error;
pub mod fields;
pub mod types;

pub use error::{ApiError, ErrorCode, FieldError};
pub use fields::{Fields, Patch};
