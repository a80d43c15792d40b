//! Acceptance tests: the real binary, over HTTP and on the command line, on both stores.

mod concurrency;
mod crash;
mod edge;
mod funding;
mod idempotency;
mod keys;
mod model;
mod openapi;
mod operations;
mod organizations;
mod payments;
mod policies;
mod support;
mod wallets;
