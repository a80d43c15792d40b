//! Bank accounts: what transfers come from and go to.

use wallgent_api::types::bank_accounts::{
    BankAccount, LinkBankAccount, RemovedBankAccount, VerifyBankAccount,
};
use wallgent_core::Amount;
use wallgent_core::id::BankAccountId;

use crate::call::Answer;
use crate::{Call, Client};

/// Bank accounts. Linking, verifying and removing them is out of reach of keys
/// that are bound to wallets. Nobody gets to see more of a number than its last
/// four digits.
///
/// ```no_run
/// # async fn example(client: wallgent::Client) -> Result<(), wallgent::Error> {
/// use wallgent::types::bank_accounts::LinkBankAccount;
/// use wallgent::{AccountNumber, AccountType};
///
/// let savings = LinkBankAccount {
///     routing_number: "021000021".to_owned(),
///     account_number: AccountNumber::parse("000123456789").expect("4 to 17 digits"),
///     account_holder_name: "Acme Inc.".to_owned(),
///     account_type: AccountType::Savings,
///     nickname: Some("Treasury".to_owned()),
///     ..LinkBankAccount::default()
/// };
/// let linked = client.bank_accounts().link(&savings).await?;
/// println!("{}, ending in {}: {}", linked.id, linked.account_number_last4, linked.status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BankAccounts<'a> {
    client: &'a Client,
}

impl<'a> BankAccounts<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Links an account: `VERIFIED` at once in the sandbox, else `PENDING` until
    /// [`verify`](Self::verify).
    pub fn link(&self, account: &LinkBankAccount) -> Call<BankAccount> {
        let call = self.client.post("/bank-accounts", account);
        call.keyed(account.idempotency_key.as_deref())
    }

    /// All accounts.
    pub fn list(&self) -> Call<Vec<BankAccount>> {
        self.client.get::<()>("/bank-accounts").read_by(Answer::rows)
    }

    /// One account; `NOT_FOUND` when there is none.
    pub fn get(&self, id: BankAccountId) -> Call<BankAccount> {
        self.client.get(format!("/bank-accounts/{id}"))
    }

    /// Tells what the two micro-deposits brought, in any order. Not those:
    /// `VALIDATION_ERROR`, with `details.triesLeft` of three.
    pub fn verify(&self, id: BankAccountId, amounts: [Amount; 2]) -> Call<BankAccount> {
        let request = VerifyBankAccount { amounts };
        self.client.post(format!("/bank-accounts/{id}/verify"), &request)
    }

    /// Removes an account, and its number with it. What is on its way goes on.
    pub fn remove(&self, id: BankAccountId) -> Call<RemovedBankAccount> {
        self.client.delete(format!("/bank-accounts/{id}")).read_by(Answer::read)
    }
}
