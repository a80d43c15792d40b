//! What only a sandbox has: money for nothing, and a clock that can be moved.

use std::time::Duration;

use wallgent_api::types::clock::{ClockReading, MoveClock};
use wallgent_api::types::wallets::{SandboxFund, SandboxFunding};
use wallgent_core::id::WalletId;
use wallgent_core::{Amount, Timestamp};

use crate::{Call, Client};

/// The sandbox. With a live key: `SANDBOX_ONLY`.
#[derive(Clone, Copy, Debug)]
pub struct Sandbox<'a> {
    client: &'a Client,
}

impl<'a> Sandbox<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Puts money in: at most 10,000.00 at once, 100,000.00 in a wallet's life.
    pub fn fund(&self, wallet: WalletId, amount: Amount) -> Call<SandboxFunding> {
        let request = SandboxFund { wallet_id: wallet.to_string(), amount };
        self.client.post("/sandbox/fund", &request)
    }

    /// Moves the clock of `wallgent dev --test-clock` forward, by whole seconds.
    /// A server that has no such clock: `NOT_FOUND`.
    pub fn advance_clock(&self, by: Duration) -> Call<ClockReading> {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        self.move_clock(&MoveClock { advance: Some(seconds), to: None })
    }

    /// Moves the clock of `wallgent dev --test-clock` to a moment that is not in
    /// its past. A server that has no such clock: `NOT_FOUND`.
    pub fn set_clock(&self, to: Timestamp) -> Call<ClockReading> {
        self.move_clock(&MoveClock { advance: None, to: Some(to) })
    }

    fn move_clock(&self, change: &MoveClock) -> Call<ClockReading> {
        self.client.post("/sandbox/clock", change)
    }
}
