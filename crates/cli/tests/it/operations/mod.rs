//! Running it: `dev`, `serve`, and the operator's commands, beside a running server and without one.

mod commands;
mod running;
mod serving;
mod settings;
mod standby;
mod tampering;
