//! Wallets: what holds the money.

use wallgent_api::types::policies::{PolicyEvaluation, PolicyLimit};
use wallgent_api::types::wallets::{
    ChangeStatus, CreateWallet, FundWallet, Funding, UpdateWallet, Wallet, WalletBalance,
    WalletHold, WalletTransaction,
};
use wallgent_core::Amount;
use wallgent_core::hold::HoldStatus;
use wallgent_core::id::WalletId;
use wallgent_core::policy::Decision;
use wallgent_core::wallet::{WalletStatus, WalletType};

use crate::call::Answer;
use crate::{Call, Client, Listing};

/// Which wallets to list; all by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct WalletFilter {
    /// Only wallets in this state.
    pub status: Option<WalletStatus>,
    /// Only wallets of this type.
    pub wallet_type: Option<WalletType>,
}

/// Which holds of a wallet to list; all by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct HoldFilter {
    /// Only holds in this state.
    pub status: Option<HoldStatus>,
}

/// Which evaluations of a wallet's policies to list; all by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct EvaluationFilter {
    /// Only those that denied, or those that asked for a human.
    pub result: Option<Decision>,
}

/// Wallets. Another organization's wallet, or one outside the key's scope, is
/// `WALLET_NOT_FOUND`; one of the other environment `ENVIRONMENT_MISMATCH`.
#[derive(Clone, Copy, Debug)]
pub struct Wallets<'a> {
    client: &'a Client,
}

impl<'a> Wallets<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Creates a wallet. Past the plan: `WALLET_LIMIT_EXCEEDED`.
    pub fn create(&self, wallet: &CreateWallet) -> Call<Wallet> {
        self.client.post("/wallets", wallet)
    }

    /// One wallet.
    pub fn get(&self, id: WalletId) -> Call<Wallet> {
        self.client.get(format!("/wallets/{id}"))
    }

    /// Wallets, newest first.
    pub fn list(&self, filter: &WalletFilter) -> Listing<Wallet> {
        Listing::of(self.client, "/wallets")
            .query("status", filter.status.map(WalletStatus::as_str))
            .query("type", filter.wallet_type.map(WalletType::as_str))
    }

    /// Changes a wallet's name, its agent's name, metadata or visibility.
    pub fn update(&self, id: WalletId, change: &UpdateWallet) -> Call<Wallet> {
        self.client.patch(format!("/wallets/{id}"), change)
    }

    /// What a wallet holds, and how much of it can be spent.
    pub fn balance(&self, id: WalletId) -> Call<WalletBalance> {
        self.client.get(format!("/wallets/{id}/balance"))
    }

    /// Puts sandbox money in, at most 10,000.00 at once. With a live key: `SANDBOX_ONLY`.
    pub fn fund(&self, id: WalletId, amount: Amount) -> Call<Funding> {
        let request = FundWallet { amount };
        self.client.post(format!("/wallets/{id}/fund"), &request)
    }

    /// Stops a wallet from paying; money may still arrive.
    pub fn freeze(&self, id: WalletId, change: &ChangeStatus) -> Call<Wallet> {
        self.client.post(format!("/wallets/{id}/freeze"), change)
    }

    /// Lets a frozen wallet pay again.
    pub fn unfreeze(&self, id: WalletId, change: &ChangeStatus) -> Call<Wallet> {
        self.client.post(format!("/wallets/{id}/unfreeze"), change)
    }

    /// Closes a wallet for good. With money or holds on it: `CONFLICT`.
    pub fn close(&self, id: WalletId, change: &ChangeStatus) -> Call<Wallet> {
        self.client.post(format!("/wallets/{id}/close"), change)
    }

    /// The entries of a wallet's account, newest first.
    pub fn transactions(&self, id: WalletId) -> Listing<WalletTransaction> {
        Listing::of(self.client, format!("/wallets/{id}/transactions"))
    }

    /// All funds reserved on a wallet.
    pub fn holds(&self, id: WalletId, filter: &HoldFilter) -> Call<Vec<WalletHold>> {
        let call = self.client.get::<()>(format!("/wallets/{id}/holds"));
        call.query("status", filter.status.map(HoldStatus::as_str)).read_by(Answer::rows)
    }

    /// What the wallet's policies denied, or asked a human about, newest first.
    pub fn policy_evaluations(
        &self,
        id: WalletId,
        filter: &EvaluationFilter,
    ) -> Listing<PolicyEvaluation> {
        Listing::of(self.client, format!("/wallets/{id}/policy-evaluations"))
            .query("result", filter.result.map(Decision::as_str))
    }

    /// What is left of every limit on a wallet.
    pub fn limits(&self, id: WalletId) -> Call<Vec<PolicyLimit>> {
        let call = self.client.get::<()>(format!("/wallets/{id}/limits"));
        call.read_by(Answer::rows)
    }
}
