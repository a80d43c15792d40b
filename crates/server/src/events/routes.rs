//! Events over HTTP.

use wallgent_api::types::List;
use wallgent_api::types::events::{Event, EventType};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::WebhooksRead;
use wallgent_core::id::EventId;

use super::{Books, Feed, Interest, Told, catalogue, event_at, place_of, read_after};
use crate::engine::ScopeId;
use crate::http::{Answer, Call, Route};
use crate::{error, organizations};

/// Changes that one request looks through. Where more are left, its answer says
/// where to go on.
const EXAMINED_MAX: usize = 20_000;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new("GET /v1/events", WebhooksRead, "List events, oldest first", list)
            .paged()
            .filter("after", "Only events behind this sequence")
            .filter("type", "Only this type, or a family, as payment.*")
            .lists::<Event>(),
        Route::new("GET /v1/events/{id}", WebhooksRead, "Get an event", get)
            .gives::<Event>(200)
            .or(&[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch]),
        Route::new("GET /v1/webhooks/event-types", WebhooksRead, "List types of events", types)
            .lists::<EventType>(),
    ]
}

async fn types(_: Call) -> Result<Answer, ApiError> {
    Ok(Answer::ok(&List::whole(catalogue::all())))
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let page = call.rising_page()?;
    let after = match call.query("after").map(str::parse::<i64>) {
        None => 0,
        Some(Ok(after)) if after >= 0 => after,
        Some(_) => return Err(ApiError::invalid_field("after", "must be a sequence, 0 or more")),
    };
    let interest = match call.query("type") {
        None => Interest::everything(),
        Some(name) => Interest::of(&[name.to_owned()]).map_err(|name| {
            ApiError::invalid_field("type", format!("{name} is no type of event"))
        })?,
    };
    let feed = Feed {
        books: Books::of(&call.caller),
        after: after.max(page.after),
        interest,
        wallets: call.caller.wallets.clone(),
        limit: page.limit + 1,
        examined_max: EXAMINED_MAX,
    };
    let found = call.read(move |connection| read_after(connection, &feed)).await?;
    let events: Vec<Event> = found.events.into_iter().map(|told| told.event).collect();
    Ok(Answer::ok(&page.list(events, found.examined_to, |event| event.sequence)))
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    Ok(Answer::ok(&find(&call).await?.event))
}

/// The event in the path.
pub(crate) async fn find(call: &Call) -> Result<Told, ApiError> {
    let missing = || ApiError::not_found("event");
    let id: EventId = call.param("id").parse().map_err(|_| missing())?;
    let (scope, sequence) = place_of(id);
    if scope != call.caller.scope {
        return Err(elsewhere(call, scope).await);
    }
    let books = Books::of(&call.caller);
    let told = call.read(move |connection| event_at(connection, books, sequence)).await?;
    let told = told.filter(|told| told.concerns(&call.caller));
    told.ok_or_else(missing)
}

/// Why an event of other books is not told: it may be the caller's, in the
/// other environment.
async fn elsewhere(call: &Call, scope: ScopeId) -> ApiError {
    let owner = call.read(move |it| organizations::find_owner(it, scope)).await;
    match owner {
        Ok(Some(owner)) if owner == call.caller.organization => error::environment_mismatch(),
        Ok(_) => ApiError::not_found("event"),
        Err(error) => error,
    }
}
