//! What exists only for trying things out.

pub mod routes;
