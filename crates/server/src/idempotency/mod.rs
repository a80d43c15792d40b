//! One effect for one key, for all commands, in one place.
//!
//! [`once`] looks the key up, runs the command if it is new, and records the
//! answer in the command's own transaction. Commands run one after the other,
//! so a duplicate that arrives while the first is running waits behind it and
//! then finds its record.
//!
//! An answer that a payment's row can tell again is not stored, nor is that of a
//! transfer that waits for a human; every other is stored byte for byte.

mod store;
mod under_way;

use std::fmt;

use wallgent_api::ApiError;
use wallgent_core::id::{KeyId, TransactionId, TransferId};
use wallgent_core::idempotency::Fingerprint;

use crate::caller::{Asking, Caller};
use crate::crypto::{Place, SealedColumn};
use crate::db::DbError;
use crate::engine::{IdempotencyRow, Record, Stop, Tx};
use crate::{error, payments, transfers};

pub use store::{matching, prefetch};
pub use under_way::{Turn, UnderWay};

/// How long a key is remembered that moved no money.
const KEY_SECONDS: i64 = 30 * 86_400;
/// How long an answer with a secret can be repeated.
const SECRET_SECONDS: i64 = 86_400;

/// The claim that a request has not been made before.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The key in its namespace.
    pub hash: KeyHash,
    /// What is asked.
    pub fingerprint: i64,
    /// Whether it is remembered for ever, because money moves.
    pub forever: bool,
}

/// A key in its namespace, as the store orders keys: its scope, the beginning of
/// its text, a digest of its whole text, and one of where it counts. Keys that
/// begin with their time, as our SDKs make them, are so written side by side; a
/// digest alone would scatter them over the whole table.
pub type KeyHash = [u8; 40];

const SCOPE_BYTES: usize = 4;
const TEXT_BYTES: usize = 24;
const DIGEST_BYTES: usize = 8;
/// Scopes are numbered from 1.
const NO_SCOPE: i64 = 0;
/// What all uses of one key in one scope have in common.
const PREFIX_BYTES: usize = SCOPE_BYTES + TEXT_BYTES + DIGEST_BYTES;

/// The first part of every hash of this key in this scope.
#[must_use]
pub fn key_prefix(scope: i64, key: &str) -> [u8; PREFIX_BYTES] {
    let mut prefix = [0; PREFIX_BYTES];
    let (place, digest) = prefix.split_at_mut(SCOPE_BYTES + TEXT_BYTES);
    place[..SCOPE_BYTES].copy_from_slice(&scope.to_be_bytes()[8 - SCOPE_BYTES..]);
    for (to, from) in place[SCOPE_BYTES..].iter_mut().zip(key.bytes()) {
        *to = from;
    }
    let whole = Fingerprint::new("key").number(scope).text(key).finish();
    digest.copy_from_slice(&whole.to_be_bytes());
    prefix
}

/// Where a key counts: organization, environment, route, and for a
/// wallet-scoped key its wallets.
#[must_use]
pub fn hash(caller: &Caller, route: &str, key: &str) -> KeyHash {
    let mut namespace = Fingerprint::new("route").text(route);
    for wallet in caller.wallets.iter().flat_map(|wallets| wallets.iter()) {
        namespace = namespace.number(wallet.key());
    }
    let mut hash = [0; 40];
    let (prefix, place) = hash.split_at_mut(PREFIX_BYTES);
    prefix.copy_from_slice(&key_prefix(caller.scope, key));
    place.copy_from_slice(&namespace.finish().to_be_bytes()[..40 - PREFIX_BYTES]);
    hash
}

/// The same for a key of somebody who has no API key: it counts on its route, for
/// what the request is `about`, and meets nobody else's.
#[must_use]
pub fn hash_of_visitor(route: &str, about: &str, key: &str) -> KeyHash {
    let mut hash = [0; 40];
    let (prefix, place) = hash.split_at_mut(PREFIX_BYTES);
    prefix.copy_from_slice(&key_prefix(NO_SCOPE, &format!("{key}\0{about}")));
    let namespace = Fingerprint::new("open route").text(route).finish();
    place.copy_from_slice(&namespace.to_be_bytes()[..40 - PREFIX_BYTES]);
    hash
}

/// What a command answers.
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Body,
    /// What it is about, as `wal_…`.
    pub resource: Option<String>,
    /// The body with the secret that is shown once.
    pub secret: Option<Vec<u8>>,
    /// Whether this is the answer of an earlier request.
    pub replayed: bool,
}

/// The body of an answer.
pub enum Body {
    /// Nothing.
    Empty,
    /// JSON.
    Json(Vec<u8>),
    /// A payment, told from its row when the answer is sent.
    Payment(Box<payments::PaymentRow>),
    /// JSON about what a payment brought about; lists find the payment by its key.
    PaidFor(TransactionId, Vec<u8>),
    /// A transfer that waits for a human: repeated, it tells what came of it.
    Transfer(Box<transfers::TransferRow>),
}

impl fmt::Debug for Reply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, body, resource, secret: _, replayed } = self;
        let mut fields = formatter.debug_struct("Reply");
        fields.field("status", status).field("body", body).field("resource", resource);
        fields.field("replayed", replayed).finish_non_exhaustive()
    }
}

/// Some bodies tell what is secret: how long one is will do for a log.
impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => formatter.write_str("Empty"),
            Self::Json(bytes) => write!(formatter, "Json({} bytes)", bytes.len()),
            Self::Payment(row) => formatter.debug_tuple("Payment").field(&row.id).finish(),
            Self::PaidFor(payment, _) => formatter.debug_tuple("PaidFor").field(payment).finish(),
            Self::Transfer(row) => formatter.debug_tuple("Transfer").field(&row.id).finish(),
        }
    }
}

impl Reply {
    /// An answer with a body.
    pub fn json(status: u16, body: &impl serde::Serialize, resource: impl ToString) -> Self {
        Self {
            status,
            body: Body::Json(encode(body)),
            resource: Some(resource.to_string()),
            secret: None,
            replayed: false,
        }
    }

    /// An answer without a body.
    pub fn empty(resource: impl ToString) -> Self {
        let resource = Some(resource.to_string());
        Self { status: 204, body: Body::Empty, resource, secret: None, replayed: false }
    }

    /// A payment.
    pub fn payment(status: u16, row: payments::PaymentRow) -> Self {
        let body = Body::Payment(Box::new(row));
        Self { status, body, resource: None, secret: None, replayed: false }
    }

    /// A refusal that is remembered: it depends on money and rules.
    pub fn refused(error: &ApiError, asking: &impl Asking) -> Self {
        let body = Body::Json(encode(&error.envelope(asking.request_id())));
        let status = error.code.status();
        Self { status, body, resource: None, secret: None, replayed: false }
    }

    /// The body to send.
    pub fn bytes(self) -> Vec<u8> {
        match (self.secret, self.body) {
            (Some(secret), _) => secret,
            (None, Body::Empty) => Vec::new(),
            (None, Body::Json(bytes) | Body::PaidFor(_, bytes)) => bytes,
            (None, Body::Payment(row)) => payments::encode_reply(&row, self.status),
            (None, Body::Transfer(row)) => transfers::encode_reply(&row),
        }
    }
}

/// JSON of a value that always has one.
pub fn encode(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("answers have text keys and finite numbers")
}

/// Runs a command once for its key.
///
/// # Errors
/// `IDEMPOTENCY_KEY_REUSE` when the key was used for something else; else what
/// the command is refused with, which is not remembered.
pub fn once(
    tx: &mut Tx<'_>,
    caller: &Caller,
    claim: Option<&Claim>,
    run: impl FnOnce(&mut Tx<'_>) -> Result<Reply, Stop>,
) -> Result<Reply, Stop> {
    let Some(claim) = claim else { return run(tx) };
    if let Some(record) = tx.record(&claim.hash)
        && let Some(reply) = replay(tx, caller, claim, &record)?
    {
        return Ok(reply);
    }
    let reply = run(tx)?;
    remember(tx, Some(caller.key), claim, &reply)?;
    Ok(reply)
}

/// The same without an API key. What is answered then has no secrets, and is told
/// again as it was.
///
/// # Errors
/// As [`once`].
pub fn once_for_anybody(
    tx: &mut Tx<'_>,
    claim: Option<&Claim>,
    run: impl FnOnce(&mut Tx<'_>) -> Result<Reply, Stop>,
) -> Result<Reply, Stop> {
    let Some(claim) = claim else { return run(tx) };
    if let Some(record) = tx.record(&claim.hash)
        && let Some(id) = record.answer
        && let Some(reply) = repeat(tx, None, claim, &record, id)?
    {
        return Ok(reply);
    }
    let reply = run(tx)?;
    remember(tx, None, claim, &reply)?;
    Ok(reply)
}

/// The answer of an earlier request with this key; nothing when there was none.
///
/// # Errors
/// As [`once`].
pub fn earlier(tx: &mut Tx<'_>, caller: &Caller, claim: &Claim) -> Result<Option<Reply>, Stop> {
    match tx.record(&claim.hash) {
        Some(record) => replay(tx, caller, claim, &record),
        None => Ok(None),
    }
}

fn remember(tx: &mut Tx<'_>, key: Option<KeyId>, claim: &Claim, reply: &Reply) -> Result<(), Stop> {
    let (resource, answer) = match &reply.body {
        Body::Payment(row) => (row.id.key(), None),
        Body::Transfer(row) => (row.id.key(), None),
        Body::PaidFor(payment, bytes) => {
            (payment.key(), Some(store_answer(tx, key, claim, reply, bytes)?))
        }
        Body::Json(bytes) => (0, Some(store_answer(tx, key, claim, reply, bytes)?)),
        Body::Empty => (0, Some(store_answer(tx, key, claim, reply, &[])?)),
    };
    tx.add_record(IdempotencyRow {
        hash: claim.hash,
        fingerprint: claim.fingerprint,
        status: reply.status,
        resource,
        answer,
    });
    Ok(())
}

fn store_answer(
    tx: &mut Tx<'_>,
    key: Option<KeyId>,
    claim: &Claim,
    reply: &Reply,
    body: &[u8],
) -> Result<i64, Stop> {
    let id = tx.next_id::<wallgent_core::id::Entry>().key();
    let sealed = match key.zip(reply.secret.as_ref()) {
        None => None,
        Some((key, secret)) => {
            let sealed = tx.vault().seal(place(id), &for_key(key, secret));
            Some(sealed.map_err(|error| DbError::Layout(error.to_string()))?)
        }
    };
    let expires_at = (!claim.forever).then(|| tx.now().plus_seconds(KEY_SECONDS));
    let sealed_until = sealed.is_some().then(|| tx.now().plus_seconds(SECRET_SECONDS));
    let answer = store::Answer {
        resource: reply.resource.clone(),
        body: body.to_vec(),
        sealed,
        sealed_until,
        expires_at,
    };
    store::insert_answer(tx, id, &claim.hash, answer)?;
    Ok(id)
}

/// A secret that only the key that asked for it may be told again.
fn for_key(key: KeyId, secret: &[u8]) -> Vec<u8> {
    [key.key().to_be_bytes().as_slice(), secret].concat()
}

/// The secret, if it was this key that asked for it.
fn of_key(key: KeyId, opened: &[u8]) -> Option<Vec<u8>> {
    opened.strip_prefix(&key.key().to_be_bytes()).map(<[u8]>::to_vec)
}

const fn place(row: i64) -> Place {
    Place { column: SealedColumn::Answer, row }
}

/// The first answer again; nothing when the key has been forgotten.
fn replay(
    tx: &mut Tx<'_>,
    caller: &Caller,
    claim: &Claim,
    record: &Record,
) -> Result<Option<Reply>, Stop> {
    let Some(id) = record.answer else {
        let transaction = transaction_id(record)?;
        if record.fingerprint != claim.fingerprint {
            return Err(error::key_reuse(Some(&name_of(tx, transaction)?)).into());
        }
        let mut reply = match payments::replay(tx, caller, transaction)? {
            Some(reply) => reply,
            None => transfers::replay(tx, caller, transaction)?,
        };
        reply.replayed = true;
        return Ok(Some(reply));
    };
    repeat(tx, Some(caller.key), claim, record, id)
}

/// A stored answer again; nothing when it has been forgotten.
fn repeat(
    tx: &mut Tx<'_>,
    key: Option<KeyId>,
    claim: &Claim,
    record: &Record,
    id: i64,
) -> Result<Option<Reply>, Stop> {
    let answer = store::load_answer(tx, id)?;
    if answer.expires_at.is_some_and(|expires_at| expires_at <= tx.now()) {
        return Ok(None);
    }
    if record.fingerprint != claim.fingerprint {
        return Err(error::key_reuse(answer.resource.as_deref()).into());
    }
    let readable = answer.sealed_until.is_some_and(|until| tx.now() < until);
    let secret = match key.zip(answer.sealed.filter(|_| readable)) {
        None => None,
        Some((key, sealed)) => {
            let opened = tx.vault().open(place(id), &sealed);
            of_key(key, &opened.map_err(|error| DbError::Layout(error.to_string()))?)
        }
    };
    let body = if answer.body.is_empty() { Body::Empty } else { Body::Json(answer.body) };
    let (status, resource) = (record.status, answer.resource);
    Ok(Some(Reply { status, body, resource, secret, replayed: true }))
}

/// What a transaction is called outside: the transfer that it began, or itself.
fn name_of(tx: &mut Tx<'_>, transaction: TransactionId) -> Result<String, Stop> {
    let transfer = TransferId::from(transaction);
    let found = transfers::get(tx.reader()?, transfer)?;
    Ok(found.map_or_else(|| transaction.to_string(), |_| transfer.to_string()))
}

/// The payment, or the first ledger transaction of the transfer, that a record
/// names.
fn transaction_id(record: &Record) -> Result<TransactionId, Stop> {
    let id = TransactionId::from_key(record.resource);
    id.ok_or_else(|| DbError::Layout("a record names no transaction".to_owned()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_answered_is_not_printed() {
        let mut reply = Reply::json(200, &"4242", "crd_1");
        reply.secret = Some(b"4242".to_vec());
        let printed = format!("{reply:?}");
        let printed = format!("{printed} {:?}", crate::http::Answer::from(reply));
        assert!(printed.contains("Json(6 bytes)") && printed.contains("crd_1"), "{printed}");
        assert!(!printed.contains("52, 50, 52, 50"), "the bytes of 4242: {printed}");
    }
}
