//! Spend policies: what a wallet may pay, to whom, when, and who must agree.

use wallgent_api::types::policies::{CheckPolicies, Policy, PolicyChange, PolicyCheck};
use wallgent_core::id::{PolicyId, WalletId};

use crate::call::Answer;
use crate::{Call, Client};

/// Spend policies. All enabled policies of a wallet must allow what it pays.
///
/// ```no_run
/// # async fn example(client: wallgent::Client, wallet: wallgent::id::WalletId) -> Result<(), wallgent::Error> {
/// use wallgent::Patch;
/// use wallgent::types::policies::PolicyChange;
///
/// let guard = PolicyChange {
///     name: Patch::Set("Spending Guard".to_owned()),
///     daily_spending_limit: Patch::Set("500.00".parse().expect("an amount")),
///     ..PolicyChange::default()
/// };
/// let policy = client.policies().create(wallet, &guard).await?;
/// let without_limit = PolicyChange {
///     daily_spending_limit: Patch::Clear,
///     ..PolicyChange::default()
/// };
/// client.policies().update(policy.id, &without_limit).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Policies<'a> {
    client: &'a Client,
}

impl<'a> Policies<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Adds a policy to a wallet. It needs a name.
    pub fn create(&self, wallet: WalletId, policy: &PolicyChange) -> Call<Policy> {
        self.client.post(format!("/wallets/{wallet}/policies"), policy)
    }

    /// All policies of a wallet.
    pub fn list(&self, wallet: WalletId) -> Call<Vec<Policy>> {
        let call = self.client.get::<()>(format!("/wallets/{wallet}/policies"));
        call.read_by(Answer::rows)
    }

    /// One policy; `POLICY_NOT_FOUND` when there is none.
    pub fn get(&self, id: PolicyId) -> Call<Policy> {
        self.client.get(format!("/policies/{id}"))
    }

    /// Changes a policy; what is cleared is enforced no more.
    pub fn update(&self, id: PolicyId, change: &PolicyChange) -> Call<Policy> {
        self.client.patch(format!("/policies/{id}"), change)
    }

    /// Removes a policy.
    pub fn delete(&self, id: PolicyId) -> Call<()> {
        self.client.delete(format!("/policies/{id}"))
    }

    /// What the policies of a wallet would say to a payment; moves nothing.
    pub fn check(&self, wallet: WalletId, payment: &CheckPolicies) -> Call<PolicyCheck> {
        self.client.post(format!("/wallets/{wallet}/policies/check"), payment).that_only_asks()
    }
}
