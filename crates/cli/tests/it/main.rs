//! Acceptance tests: the real binary, over HTTP and on the command line, on both stores.

mod agents;
mod approvals;
mod audit;
mod concurrency;
mod crash;
mod delegations;
mod due;
mod edge;
mod escalation;
mod events;
mod funding;
mod idempotency;
mod keys;
mod model;
mod network;
mod openapi;
mod operations;
mod organizations;
mod payments;
mod policies;
mod races;
mod support;
mod surviving;
mod wallets;
mod webhooks;
