//! The edge: envelope, headers, hostile input, plans, pages, environments.

mod bad_input;
mod bad_requests;
mod envelope;
mod environments;
mod pagination;
mod plans;
