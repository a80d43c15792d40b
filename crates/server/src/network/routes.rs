//! The agent network over HTTP.

use wallgent_api::types::network::{DirectoryEntry, NetworkPayment, PayAgent};
use wallgent_api::types::wallets::NAME_CHARS_MAX;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{PaymentsWrite, WalletsRead};
use wallgent_core::directory;
use wallgent_core::id::AddressId;
use wallgent_core::idempotency::Fingerprint;

use super::store::{self, Listed, Place, Search};
use crate::http::{Answer, Call, Lasting, Route};
use crate::network;

const PAYS: &[ErrorCode] = &[
    ErrorCode::InvalidAmount,
    ErrorCode::WalletNotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::Conflict,
    ErrorCode::WalletFrozen,
    ErrorCode::PolicyDenied,
    ErrorCode::InsufficientFunds,
];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new("POST /v1/network/pay", PaymentsWrite, "Pay a wallet by its address", pay)
            .takes::<PayAgent>()
            .gives::<NetworkPayment>(200)
            .gives::<NetworkPayment>(202)
            .or(PAYS),
        Route::new("GET /v1/network/directory", WalletsRead, "Find agents to pay", directory)
            .paged()
            .filter("search", "The beginning of a word of a name, or of an address")
            .lists::<DirectoryEntry>(),
    ]
}

async fn pay(call: Call) -> Result<Answer, ApiError> {
    let mut request = PayAgent::decode(&call.body)?;
    request.idempotency_key = call.agreed_key(request.idempotency_key.take())?;
    let meaning = Fingerprint::new("network-payment")
        .text(&request.to_address)
        .maybe(request.from_wallet_id.as_deref())
        .number(request.amount.units())
        .maybe(request.description.as_deref())
        .finish();
    let claim = call.claim(request.idempotency_key.clone(), meaning, Lasting::Forever);
    call.run(claim, move |tx, caller| network::pay_in(tx, caller, &request)).await
}

async fn directory(call: Call) -> Result<Answer, ApiError> {
    let page = call.keyed_page(Place::read)?;
    let text = call.query("search").unwrap_or_default().trim();
    if text.chars().count() > NAME_CHARS_MAX {
        let message = format!("must have at most {NAME_CHARS_MAX} characters");
        return Err(ApiError::invalid_field("search", message));
    }
    let words = directory::searched(text);
    if words.is_empty() && !text.is_empty() {
        // Nothing in it is part of a word.
        return Ok(Answer::ok(&page.list(Vec::new(), Listed::place, tell)));
    }
    let search = Search {
        environment: call.caller.environment,
        words,
        after: page.after.clone(),
        limit: page.limit + 1,
    };
    let rows = call.read(move |connection| store::search(connection, &search)).await?;
    Ok(Answer::ok(&page.list(rows, Listed::place, tell)))
}

fn tell(row: Listed) -> DirectoryEntry {
    DirectoryEntry {
        wallet_id: row.wallet,
        name: row.name,
        agent_name: row.agent_name,
        wallgent_address: AddressId::from(row.wallet),
    }
}
