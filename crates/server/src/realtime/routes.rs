//! The realtime stream over HTTP.

use std::sync::Arc;

use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::WebhooksRead;

use super::Subscriber;
use crate::events::Books;
use crate::http::{Answer, Call, Route};
use crate::{error, keys, organizations};

pub(crate) fn routes() -> Vec<Route> {
    let summary = "Follow events over a WebSocket, each message an event";
    vec![
        Route::new("GET /v1/realtime", WebhooksRead, summary, connect)
            .filter("after", "First everything behind this sequence; only what is new when absent")
            .filter("apiKey", "The key, for clients that cannot send Authorization")
            .streams()
            .or(&[ErrorCode::ServiceUnavailable]),
    ]
}

async fn connect(mut call: Call) -> Result<Answer, ApiError> {
    let after = call.query_number("after", UNSAID, 0..=i64::MAX)?;
    let Some(upgrade) = call.upgrade.take() else {
        let message = "must be websocket: this route is a stream";
        return Err(ApiError::invalid_field("Upgrade", message));
    };
    let place = Arc::clone(&call.app.sockets).try_acquire_owned();
    let place = place.map_err(|_| error::unavailable())?;
    let opened = opened(&call).await?;
    let after = if after == UNSAID { opened } else { after };
    let subscriber = Subscriber {
        // Also a client that wants less hears of what becomes of its key.
        events: call.app.hub.follow(Books::of(&call.caller), after.min(opened)),
        after,
        opened,
        looked: None,
        stop: call.app.stopped.clone(),
        app: Arc::clone(&call.app),
        caller: call.caller,
        _place: place,
    };
    let background = call.app.background.clone();
    Ok(Answer::Switched(upgrade.serve(async move |socket| {
        background.spawn(subscriber.run(socket));
    })))
}

/// The latest sequence, up to which the caller's key is known to be good. What
/// becomes of the key later is an event behind it; so the key is looked at after
/// the sequence.
async fn opened(call: &Call) -> Result<i64, ApiError> {
    let (scope, key) = (call.caller.scope, call.caller.key);
    let read = move |connection: &mut _| {
        let opened = organizations::load_sequence(connection, scope)?;
        Ok((opened, keys::load_hot(connection, key)?))
    };
    let (opened, key) = call.read(read).await?;
    let key = key.ok_or_else(keys::unknown_key)?;
    keys::still_valid(key.revoked_at, key.expires_at, call.app.clock.now())?;
    call.caller.may_follow(key.permissions)?;
    Ok(opened)
}

/// No sequence, where none was asked for.
const UNSAID: i64 = -1;
