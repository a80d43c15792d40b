//! The audit log over HTTP.

use wallgent_api::ApiError;
use wallgent_api::types::List;
use wallgent_api::types::audit::AuditEntry;
use wallgent_core::Permission::AuditRead;
use wallgent_core::id::KeyId;

use super::Entries;
use crate::audit;
use crate::events::{Books, Change, Search};
use crate::http::{Answer, Call, Page, Route};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new("GET /v1/audit-logs", AuditRead, "See who changed what", list)
            .paged()
            .filter("action", "Only this action, as wallet.created")
            .filter("resource", "Only this kind of resource, or the one with this ID")
            .filter("resourceType", "The same as resource, for older clients")
            .filter("actorId", "Only what this key did")
            .filter("from", "Only entries of this time or later")
            .filter("to", "Only entries of this time or earlier")
            .lists::<AuditEntry>(),
    ]
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let Some(search) = search(&call, &page)? else {
        return Ok(Answer::ok(&List::<AuditEntry>::whole(Vec::new())));
    };
    let books = Books::of(&call.caller);
    let found = call.read(move |connection| audit::find(connection, books, &search)).await?;
    let Entries { rows, examined_to } = found;
    Ok(Answer::ok(&page.list_examined(rows, examined_to, |row| row.0, |row| row.1)))
}

/// What the query asks for; nothing when no entry can be meant.
fn search(call: &Call, page: &Page) -> Result<Option<Search>, ApiError> {
    let mut search = Search {
        scope: call.caller.scope,
        wallets: call.caller.wallets.as_ref().map(|wallets| wallets.to_vec()),
        from: call.query_time("from")?,
        to: call.query_time("to")?,
        before: page.before,
        limit: page.limit + 1,
        ..Search::default()
    };
    let mut changes = Change::ALL.to_vec();
    if let Some(action) = call.query("action") {
        changes.retain(|change| change.action() == action);
    }
    for wanted in [call.query("resource"), call.query("resourceType")].into_iter().flatten() {
        let of_kind = |change: &Change| change.resource() == wanted;
        let named = changes.iter().find_map(|change| change.about().number(wanted));
        match named {
            Some(number) => {
                changes.retain(|change| change.about().number(wanted).is_some());
                search.subject = Some(number);
            }
            None => changes.retain(of_kind),
        }
    }
    if let Some(actor) = call.query("actorId") {
        let Ok(key) = actor.parse::<KeyId>() else { return Ok(None) };
        search.actor = Some(key.key());
    }
    let possible = !changes.is_empty();
    search.changes = (changes.len() < Change::ALL.len()).then_some(changes);
    Ok(possible.then_some(search))
}
