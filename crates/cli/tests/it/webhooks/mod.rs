//! Webhooks: setting them up, what arrives, and what happens when it does not.

mod by_hand;
mod delivering;
mod failing;
mod managing;
mod surviving;
