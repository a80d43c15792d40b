//! Error codes and the envelope that carries them.

use serde::Serialize;
use serde_json::{Map, Value, json};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $text:literal $status:literal,)*) => {
        /// A stable, machine-readable error code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
        }

        impl ErrorCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The HTTP status it is answered with.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }
        }
    };
}

codes! {
    /// The wallet does not hold the amount and its fee.
    InsufficientFunds "INSUFFICIENT_FUNDS" 402,
    /// A spend policy forbids it.
    PolicyDenied "POLICY_DENIED" 403,
    /// Accepted; a human has to agree first.
    ApprovalRequired "APPROVAL_REQUIRED" 202,
    /// The wallet may not pay now.
    WalletFrozen "WALLET_FROZEN" 403,
    /// No such wallet, or not the caller's.
    WalletNotFound "WALLET_NOT_FOUND" 404,
    /// The plan allows no more wallets.
    WalletLimitExceeded "WALLET_LIMIT_EXCEEDED" 403,
    /// The amount is malformed, not positive, or out of range.
    InvalidAmount "INVALID_AMOUNT" 400,
    /// Fields are missing or malformed; `details.fields` names them.
    ValidationError "VALIDATION_ERROR" 400,
    /// The key is missing, malformed or unknown.
    Unauthorized "UNAUTHORIZED" 401,
    /// The key was revoked or has expired.
    ApiKeyRevoked "API_KEY_REVOKED" 401,
    /// The key lacks a right.
    PermissionDenied "PERMISSION_DENIED" 403,
    /// The key belongs to the other environment.
    EnvironmentMismatch "ENVIRONMENT_MISMATCH" 403,
    /// Too many calls; `details.retryAfter` is in seconds.
    RateLimitExceeded "RATE_LIMIT_EXCEEDED" 429,
    /// The idempotency key was used for another request.
    IdempotencyKeyReuse "IDEMPOTENCY_KEY_REUSE" 409,
    /// The first request with this key is still running.
    IdempotencyInFlight "IDEMPOTENCY_IN_FLIGHT" 409,
    /// No such merchant.
    MerchantNotFound "MERCHANT_NOT_FOUND" 404,
    /// The merchant is suspended.
    MerchantSuspended "MERCHANT_SUSPENDED" 403,
    /// The merchant cannot be paid inside the network.
    ClosedLoopUnavailable "CLOSED_LOOP_UNAVAILABLE" 400,
    /// No such transfer.
    TransferNotFound "TRANSFER_NOT_FOUND" 404,
    /// No such webhook.
    WebhookNotFound "WEBHOOK_NOT_FOUND" 404,
    /// No such policy.
    PolicyNotFound "POLICY_NOT_FOUND" 404,
    /// The payment cannot be reversed; `details.reason` says why.
    ReversalNotAllowed "REVERSAL_NOT_ALLOWED" 422,
    /// No such payment link.
    PaymentLinkNotFound "PAYMENT_LINK_NOT_FOUND" 404,
    /// Some payments of a batch failed.
    BatchPartialFailure "BATCH_PARTIAL_FAILURE" 207,
    /// Only sandbox keys can do this.
    SandboxOnly "SANDBOX_ONLY" 403,
    /// No such card.
    CardNotFound "CARD_NOT_FOUND" 404,
    /// No such resource or route.
    NotFound "NOT_FOUND" 404,
    /// The state forbids it; `details.status` names the state.
    Conflict "CONFLICT" 409,
    /// The route exists, the method does not.
    MethodNotAllowed "METHOD_NOT_ALLOWED" 405,
    /// The body is larger than 1 MiB.
    PayloadTooLarge "PAYLOAD_TOO_LARGE" 413,
    /// The body is not declared as JSON.
    UnsupportedMediaType "UNSUPPORTED_MEDIA_TYPE" 415,
    /// Something broke on our side.
    InternalError "INTERNAL_ERROR" 500,
    /// Not now; try again.
    ServiceUnavailable "SERVICE_UNAVAILABLE" 503,
}

impl ErrorCode {
    /// The code with this text.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// Whether the same request may succeed later without any change.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::RateLimitExceeded | Self::IdempotencyInFlight | Self::ServiceUnavailable
        )
    }
}

/// A refusal, as the caller reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiError {
    /// What happened.
    pub code: ErrorCode,
    /// The same for people.
    pub message: String,
    /// Numbers and names that explain it.
    pub details: Map<String, Value>,
}

/// One bad field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Where it stands, as `payments[2].amount`.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

impl ApiError {
    /// An error without details, but for `retryable` where it applies.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let mut details = Map::new();
        if code.is_retryable() {
            details.insert("retryable".to_owned(), Value::Bool(true));
        }
        Self { code, message: message.into(), details }
    }

    /// Adds one detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.details.insert(name.to_owned(), value);
        self
    }

    /// A request with bad fields.
    #[must_use]
    pub fn validation(fields: &[FieldError]) -> Self {
        let message = match fields {
            [only] => format!("{}: {}", only.path, only.message),
            many => format!("{} fields are invalid", many.len()),
        };
        Self::new(ErrorCode::ValidationError, message).with("fields", fields)
    }

    /// A request with one bad field.
    #[must_use]
    pub fn invalid_field(path: &str, message: impl Into<String>) -> Self {
        Self::validation(&[FieldError { path: path.to_owned(), message: message.into() }])
    }

    /// Some other resource that does not exist for the caller.
    #[must_use]
    pub fn not_found(resource: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("No such {resource}")).with("resource", resource)
    }

    /// The envelope: `{"error":{"code","message","details"?,"requestId"}}`.
    #[must_use]
    pub fn envelope(&self, request_id: &str) -> Value {
        json!({ "error": self.body(Some(request_id)) })
    }

    /// The error in an envelope.
    #[must_use]
    pub fn from_envelope(envelope: &[u8]) -> Self {
        let envelope: Value = serde_json::from_slice(envelope).unwrap_or_default();
        let error = &envelope["error"];
        let code = error["code"].as_str().and_then(ErrorCode::from_text);
        let message = error["message"].as_str().unwrap_or_default();
        let mut refusal = Self::new(code.unwrap_or(ErrorCode::InternalError), message);
        if let Some(details) = error["details"].as_object() {
            refusal.details = details.clone();
        }
        refusal
    }

    /// What stands inside the envelope.
    #[must_use]
    pub fn body(&self, request_id: Option<&str>) -> Value {
        let mut body = Map::new();
        body.insert("code".to_owned(), json!(self.code.as_str()));
        body.insert("message".to_owned(), json!(self.message));
        if !self.details.is_empty() {
            body.insert("details".to_owned(), Value::Object(self.details.clone()));
        }
        if let Some(request_id) = request_id {
            body.insert("requestId".to_owned(), json!(request_id));
        }
        Value::Object(body)
    }
}
