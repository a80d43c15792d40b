//! The agent network: paying an address of any organization, and the directory that tells addresses.

mod bounds;
mod directory;
mod listing;
mod paying;
mod senders;
