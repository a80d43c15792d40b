//! Running it: `dev`, `serve`, and the operator's commands, beside a running server and without one.

mod commands;
mod listening;
mod losing;
mod resending;
mod retiring;
mod rotating;
mod running;
mod serving;
mod settings;
pub(crate) mod standby;
mod tampering;
