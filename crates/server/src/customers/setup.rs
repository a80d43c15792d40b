//! Pages on which a customer saves a payment method.
//!
//! Whoever has the address of such a page may use it, once and for a day; nobody
//! guesses its token. What it takes is a test method, as long as there is no
//! acquirer that keeps real ones.

use wallgent_api::ApiError;
use wallgent_api::types::customers::SetUpPaymentMethod;
use wallgent_core::test_method::TestMethod;

use super::store::{self, SetupRow};
use super::{CustomerRow, MethodRow, find_in, methods};
use crate::caller::Caller;
use crate::db::{Connection, DbError, DbResult};
use crate::engine::{Stop, Tx};
use crate::events::Actor;
use crate::rails::acquirer;
use crate::{error, slug};

/// How long a page can be used, in seconds.
const GOOD_SECONDS: i64 = 86_400;

/// A page and whom it is for.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The page.
    pub session: SetupRow,
    /// Whose payment method it saves.
    pub customer: CustomerRow,
}

/// Begins a page; answers what it is called and where it is.
pub fn set_up_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    request: SetUpPaymentMethod,
) -> Result<(SetupRow, String), Stop> {
    let customer = find_in(tx, caller, id)?;
    acquirer::serving(customer.environment)?;
    let session = SetupRow {
        id: tx.next_id(),
        customer: customer.id,
        token: slug::generate().map_err(|error| DbError::Layout(error.to_string()))?,
        return_url: request.return_url,
        used_at: None,
        expires_at: tx.now().plus_seconds(GOOD_SECONDS),
    };
    store::insert_setup(tx, &session)?;
    let url = format!("{}/setup/{}", tx.rules().public_url, session.token);
    Ok((session, url))
}

/// The page with this token; nothing when there is none, or its customer was
/// deleted. Whether it can still be used is for [`complete_setup_in`] to say.
pub fn find_setup(connection: &mut Connection, token: &str) -> DbResult<Option<Setup>> {
    let Some(session) = store::setup(connection, token)? else { return Ok(None) };
    let customer = store::get(connection, session.customer)?;
    Ok(customer.map(|customer| Setup { session, customer }))
}

/// Saves the payment method that was chosen on a page. Two that are sent at once
/// save one.
///
/// # Errors
/// `NOT_FOUND` for an unknown token; `CONFLICT` with the status `USED` or `EXPIRED`.
#[expect(dead_code, reason = "for the page that saves a payment method")]
pub fn complete_setup_in(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    token: &str,
    method: TestMethod,
) -> Result<MethodRow, Stop> {
    let setup = find_setup(tx.reader()?, token)?;
    let Setup { session, customer } = setup.ok_or_else(|| ApiError::not_found("setup"))?;
    if session.used_at.is_some() {
        let message = "A payment method was saved on this page already";
        return Err(error::conflict(message, "USED").into());
    }
    if session.expires_at <= tx.now() {
        return Err(error::conflict("The time of this page is over", "EXPIRED").into());
    }
    store::use_setup(tx, session.id)?;
    methods::add(tx, actor, &customer, method)
}
