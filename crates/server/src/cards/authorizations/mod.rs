//! Authorizations: what a card spends.
//!
//! [`authorize`] decides whether a merchant may have an amount, and holds it.
//! [`capture`] gives it to the merchant, and takes refunds back. What nobody
//! captures is released: here by its merchant, after seven days by the clock, or
//! when its wallet ends. [`settle`] pays what is owed to the card network.

mod authorize;
mod capture;
mod render;
pub mod routes;
mod settle;
mod spending;
mod store;

use serde_json::json;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Amount;
use wallgent_core::card::{AuthorizationStatus, ReleaseCause, StepRefusal};
use wallgent_core::hold::HoldStatus;
use wallgent_core::id::{CardAuthorizationId, WalletId};

use crate::app::App;
use crate::caller::Caller;
use crate::engine::{Stop, Tx, Wallet};
use crate::error;
use crate::events::{self, Actor, Change, Subject};
use crate::holds::{self, Hold};
use crate::idempotency::Reply;
use spending::Purchases;
use store::AuthorizationRow;

pub use authorize::authorize_in;
pub use capture::{capture_in, refund_in};
pub use settle::{any_unsettled, settle_in};

/// How long an authorization can be captured, in seconds.
const GOOD_SECONDS: i64 = 7 * 86_400;
/// Authorizations that expire in one commit. More wait for the next, so that no
/// payment waits long behind them.
const EXPIRED_AT_ONCE: i64 = 50;
/// Authorizations of one wallet that still hold something. All of them end in the
/// commit that ends the wallet.
const OPEN_MAX: i64 = 1_000;

/// Whether an authorization is due to end.
pub async fn any_ending(app: &App) -> bool {
    let now = app.clock.now();
    let due = app.reads.read(move |connection| store::ending(connection, now, 1)).await;
    matches!(due, Ok(Ok(due)) if !due.is_empty())
}

/// Releases what nobody captured in time; answers how much of it there was. Each
/// is read again inside the command, so that it ends once.
pub fn expire_in(tx: &mut Tx<'_>) -> Result<usize, Stop> {
    let now = tx.now();
    let due = store::ending(tx.reader()?, now, EXPIRED_AT_ONCE)?;
    Ok(release(tx, due.into_iter().map(Release::expiry))?.len())
}

/// Releases what a merchant does not want to capture.
pub fn reverse_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    amount: Option<Amount>,
) -> Result<Reply, Stop> {
    let (row, _) = find_held(tx, caller, id)?;
    let id = row.id;
    let actor = Actor::Key(caller);
    let reversal = Release { row, asked: amount, actor, cause: ReleaseCause::Reversed };
    let released = release(tx, [reversal])?;
    let row = released.first().map(render::authorization);
    Ok(Reply::json(200, &row, id))
}

/// Releases everything that cards hold on a wallet, which is about to end.
pub fn release_all_of(tx: &mut Tx<'_>, caller: &Caller, wallet: WalletId) -> Result<(), Stop> {
    let open = store::open(tx.reader()?, wallet, None)?;
    end(tx, caller, open)
}

/// Releases authorizations of a card that is used up, or of a wallet that ends.
fn end(tx: &mut Tx<'_>, caller: &Caller, open: Vec<AuthorizationRow>) -> Result<(), Stop> {
    let now = tx.now();
    let ending = open.into_iter().map(|row| {
        if row.is_late(now) {
            return Release::expiry(row);
        }
        Release { row, asked: None, actor: Actor::Key(caller), cause: ReleaseCause::Ended }
    });
    release(tx, ending).map(drop)
}

/// What is to be released, of which authorization, for whom and why.
struct Release<'a> {
    row: AuthorizationRow,
    /// How much; nothing for all that is held.
    asked: Option<Amount>,
    actor: Actor<'a>,
    cause: ReleaseCause,
}

impl Release<'_> {
    fn expiry(row: AuthorizationRow) -> Self {
        Self { row, asked: None, actor: Actor::System, cause: ReleaseCause::Expired }
    }
}

/// Frees held funds, and gives them back to the windows in which they were
/// counted: the policies' and the card's own. The purchases keep their places among
/// the day's. Many take as many statements as one.
fn release<'a>(
    tx: &mut Tx<'_>,
    releases: impl IntoIterator<Item = Release<'a>>,
) -> Result<Vec<AuthorizationRow>, Stop> {
    let (mut rows, mut held) = (Vec::new(), Vec::new());
    let mut given_back = Purchases::default();
    for Release { mut row, asked, actor, cause } in releases {
        let stepped = row.amounts.release(asked);
        let (amounts, released) = stepped.map_err(|refusal| refused(&row, refusal))?;
        holds::free(tx, row.wallet, released)?;
        let back = released.checked_neg().ok_or_else(error::balance_too_large)?;
        tx.count_spending(row.wallet, row.created_at, back, 0)?;
        given_back.add(row.card, &row.merchant.category, row.created_at.day(), back);
        row.amounts = amounts;
        held.extend(step(tx, &mut row, Some(cause)));
        let more = json!({ "releasedNow": released, "releaseReason": cause.as_str() });
        note(tx, actor, Change::CardReversed, &row, &more)?;
        rows.push(row);
    }
    store::update(tx, &rows)?;
    holds::change_all(tx, &held)?;
    spending::count(tx, &given_back)?;
    Ok(rows)
}

/// Takes over where an authorization stands after a step; answers where that
/// leaves its hold.
fn step(
    tx: &Tx<'_>,
    row: &mut AuthorizationRow,
    cause: Option<ReleaseCause>,
) -> Option<(Hold, HoldStatus)> {
    row.status = row.amounts.status(cause);
    row.updated_at = tx.now();
    let (status, amount) = row.amounts.hold(cause);
    Some((Hold { amount, ..row.hold()? }, status))
}

/// Writes where an authorization and its hold stand after a step that releases
/// nothing.
fn save(tx: &mut Tx<'_>, row: &mut AuthorizationRow) -> Result<(), Stop> {
    let hold = step(tx, row, None);
    store::update(tx, std::slice::from_ref(row))?;
    holds::change_all(tx, hold.as_slice())
}

/// The refusal of a step that there is not enough left for.
fn refused(row: &AuthorizationRow, refusal: StepRefusal) -> ApiError {
    let error = match refusal {
        StepRefusal::NothingLeft => {
            let message = "Nothing of the authorization is left for this";
            error::conflict(message, row.status.as_str())
        }
        StepRefusal::Exceeds { maximum } => {
            let message = format!("At most {maximum} of the authorization is left for this");
            ApiError::new(ErrorCode::InvalidAmount, message).with("maximum", maximum)
        }
    };
    error
        .with("authorizationId", row.id)
        .with("authorized", row.amounts.authorized)
        .with("captured", row.amounts.captured)
        .with("refunded", row.amounts.refunded)
}

fn note(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    change: Change,
    row: &AuthorizationRow,
    more: &serde_json::Value,
) -> Result<(), Stop> {
    let data = render::told(row, more);
    let subject = Subject { scope: row.scope, id: row.id.key(), wallet: Some(row.wallet) };
    events::record(tx, actor, change, subject, Some(&data))
}

/// An authorization on whose wallet the caller may act, with that wallet.
fn find(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<(AuthorizationRow, Wallet), Stop> {
    caller.require_sandbox()?;
    let missing = || ApiError::not_found("card_authorization").with("authorizationId", text);
    let id: CardAuthorizationId = text.parse().map_err(|_| missing())?;
    let row = store::get(tx.reader()?, id)?.ok_or_else(missing)?;
    let wallet = tx.wallet(row.wallet)?.ok_or_else(missing)?;
    caller.may_use(tx, row.wallet, &wallet, missing)?;
    Ok((row, wallet))
}

/// The same for what needs held funds, whose time must not be over: the clock
/// may not have come to it yet.
fn find_held(
    tx: &mut Tx<'_>,
    caller: &Caller,
    text: &str,
) -> Result<(AuthorizationRow, Wallet), Stop> {
    let (row, wallet) = find(tx, caller, text)?;
    if row.is_late(tx.now()) {
        let message = "The authorization was not captured in time";
        let error = error::conflict(message, AuthorizationStatus::Expired.as_str());
        return Err(error.with("authorizationId", row.id).into());
    }
    Ok((row, wallet))
}
