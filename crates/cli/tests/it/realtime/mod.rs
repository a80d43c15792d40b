//! The realtime stream: who may open it, what it tells, how it ends, and what it bears.

mod changed;
mod crowding;
mod ending;
mod following;
mod opening;
mod revoked;
mod scoped;
mod soaking;
