//! Transfers: money that comes in and goes out over a rail, or moves between two
//! wallets of the organization.

use wallgent_api::types::transfers::{
    InternalTransfer, MoveInternally, RequestDeposit, RequestWithdrawal, Transfer,
};
use wallgent_core::id::{TransferId, WalletId};
use wallgent_core::transfer::{Direction, TransferStatus};

use crate::call::Answer;
use crate::{Call, Client, Error, Listing, Sent};

/// What became of a wish to cancel a transfer that was not refused.
#[derive(Clone, Debug)]
pub enum Cancellation {
    /// It is cancelled, and the money is back where it was.
    Done(Transfer),
    /// A person, or a rail that does not answer now, has the last word; until then
    /// the transfer is `PROCESSING`.
    Asked(Transfer),
}

impl Cancellation {
    /// The transfer, whatever became of it.
    #[must_use]
    pub const fn transfer(&self) -> &Transfer {
        match self {
            Self::Done(transfer) | Self::Asked(transfer) => transfer,
        }
    }

    fn read(answer: Answer) -> Result<Self, Error> {
        let waits = answer.status == 202;
        let transfer = answer.read()?;
        Ok(if waits { Self::Asked(transfer) } else { Self::Done(transfer) })
    }
}

/// Which transfers to list; all by default.
#[derive(Clone, Debug, Default)]
pub struct TransferFilter {
    /// Only transfers of this wallet; internal ones from or to it.
    pub wallet_id: Option<WalletId>,
    /// Only transfers that go this way.
    pub direction: Option<Direction>,
    /// Only transfers in this state.
    pub status: Option<TransferStatus>,
    /// Only transfers asked for with this key: what a client that crashed has done.
    pub idempotency_key: Option<String>,
}

/// Transfers. Another organization's, or one outside the key's scope, is
/// `TRANSFER_NOT_FOUND`. What travels over a rail takes its time: `get`, or the
/// events `transfer.completed` and `transfer.failed`, tell how it ended.
///
/// ```no_run
/// # async fn example(client: wallgent::Client, wallet: wallgent::id::WalletId) -> Result<(), wallgent::Error> {
/// use wallgent::types::bank_accounts::LinkBankAccount;
/// use wallgent::types::transfers::{RequestDeposit, RequestWithdrawal};
/// use wallgent::{AccountNumber, Sent};
///
/// let bank = LinkBankAccount {
///     routing_number: "021000021".to_owned(),
///     account_number: AccountNumber::parse("000123456789").expect("a number"),
///     account_holder_name: "Acme Inc.".to_owned(),
///     ..LinkBankAccount::default()
/// };
/// let bank = client.bank_accounts().link(&bank).await?;
/// let deposit = RequestDeposit {
///     wallet_id: wallet.to_string(),
///     amount: "1000.00".parse().expect("an amount"),
///     bank_account_id: Some(bank.id.to_string()),
///     ..RequestDeposit::default()
/// };
/// let deposit = client.transfers().deposit(&deposit).idempotency_key("top-up-7").await?;
/// println!("{} is {} over {}", deposit.id, deposit.status, deposit.rail);
///
/// let withdrawal = RequestWithdrawal {
///     wallet_id: wallet.to_string(),
///     amount: "100.00".parse().expect("an amount"),
///     bank_account_id: Some(bank.id.to_string()),
///     ..RequestWithdrawal::default()
/// };
/// match client.transfers().withdraw(&withdrawal).await? {
///     Sent::Posted(transfer) => println!("{} is on its way", transfer.id),
///     Sent::PendingApproval(transfer) => println!("{} waits for a human", transfer.id),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Transfers<'a> {
    client: &'a Client,
}

impl<'a> Transfers<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Asks for money to come in, 25.00 at least (else `INVALID_AMOUNT`, with
    /// `details.minimum`), of which the fee is taken. It counts as `pending` in
    /// the wallet's balance until the transfer is completed.
    pub fn deposit(&self, deposit: &RequestDeposit) -> Call<Transfer> {
        let call = self.client.post("/transfers/deposit", deposit);
        call.keyed(deposit.idempotency_key.as_deref())
    }

    /// Asks for money to go out, under the wallet's policies. Amount and fee leave
    /// the wallet at once, and come back if it fails. A key that is bound to
    /// wallets pays only whom a policy's `approvedRecipients` lists, else
    /// `PERMISSION_DENIED`; an account that is not verified is a `CONFLICT`.
    pub fn withdraw(&self, withdrawal: &RequestWithdrawal) -> Call<Sent<Transfer>> {
        let call = self.client.post::<()>("/transfers/withdraw", withdrawal);
        call.keyed(withdrawal.idempotency_key.as_deref()).read_by(read_withdrawal)
    }

    /// Moves money between two wallets of the organization, at once and free of
    /// charge, under the policies of the one that pays.
    pub fn internal(&self, transfer: &MoveInternally) -> Call<Sent<InternalTransfer>> {
        let call = self.client.post::<()>("/transfers/internal", transfer);
        call.keyed(transfer.idempotency_key.as_deref()).read_by(Sent::read)
    }

    /// Transfers, newest first.
    pub fn list(&self, filter: &TransferFilter) -> Listing<Transfer> {
        Listing::of(self.client, "/transfers")
            .query("walletId", filter.wallet_id)
            .query("direction", filter.direction.map(Direction::as_str))
            .query("status", filter.status.map(TransferStatus::as_str))
            .query("idempotencyKey", filter.idempotency_key.as_deref())
    }

    /// One transfer.
    pub fn get(&self, id: TransferId) -> Call<Transfer> {
        self.client.get(format!("/transfers/{id}"))
    }

    /// Calls a transfer back that is `PENDING` or `PROCESSING`. Too late:
    /// `CONFLICT`, with the state in `details.status`.
    pub fn cancel(&self, id: TransferId) -> Call<Cancellation> {
        let call = self.client.act::<()>(format!("/transfers/{id}/cancel"));
        call.read_by(Cancellation::read)
    }
}

/// A withdrawal is never done when it is answered, so that the status of the
/// answer says nothing of a human.
fn read_withdrawal(answer: Answer) -> Result<Sent<Transfer>, Error> {
    let transfer: Transfer = answer.read()?;
    let waits = transfer.status == TransferStatus::PendingApproval.as_str();
    Ok(if waits { Sent::PendingApproval(transfer) } else { Sent::Posted(transfer) })
}
