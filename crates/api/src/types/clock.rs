//! The test clock of `wallgent dev --test-clock`.

use serde::{Deserialize, Serialize, Serializer};
use wallgent_core::{Timestamp, time};

use super::wallets::NAME_CHARS_MAX;
use crate::{ApiError, Fields};

/// `POST /sandbox/clock`: exactly one of both.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MoveClock {
    /// An ISO 8601 duration, in seconds once read.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "duration")]
    #[schema(value_type = Option<String>, example = "PT24H")]
    pub advance: Option<i64>,
    /// A moment that is not in the past of the clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
}

impl MoveClock {
    /// Reads the request.
    ///
    /// # Errors
    /// `VALIDATION_ERROR`.
    pub fn decode(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body)?;
        let text = fields.text("advance", NAME_CHARS_MAX);
        let advance = text.as_deref().and_then(time::parse_duration_seconds);
        if text.is_some() && advance.is_none() {
            fields.refuse("advance", "must be an ISO 8601 duration like PT24H, of whole seconds");
        }
        let to = fields.time("to");
        if fields.has("advance") == fields.has("to") {
            fields.refuse("advance", "exactly one of advance and to is required");
        }
        fields.finish(Self { advance, to })
    }
}

fn duration<S: Serializer>(seconds: &Option<i64>, to: S) -> Result<S::Ok, S::Error> {
    seconds.map(|it| format!("PT{it}S")).serialize(to)
}

/// What the clock shows.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClockReading {
    /// The server's time.
    #[schema(value_type = String, format = DateTime)]
    pub now: Timestamp,
}
