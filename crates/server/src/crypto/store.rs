//! Where ciphertexts are, and the row of the key of digests.

use crate::db::{Connection, DbResult, Value};
use crate::engine::Tx;

/// Names every column that holds ciphertexts, with the statements that a new key
/// needs.
macro_rules! sealed_columns {
    ($($(#[$doc:meta])* $name:ident: $table:literal, $column:literal, $what:literal;)+) => {
        /// A column that holds ciphertexts. Secrets are sealed for one of these
        /// and for nothing else, so that a change of key finds them all.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum SealedColumn {
            $($(#[$doc])* $name,)+
        }

        impl SealedColumn {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its table.
            pub const fn table(self) -> &'static str {
                match self { $(Self::$name => $table,)+ }
            }

            /// Its own name.
            pub const fn column(self) -> &'static str {
                match self { $(Self::$name => $column,)+ }
            }

            /// What it holds, in words.
            pub const fn what(self) -> &'static str {
                match self { $(Self::$name => $what,)+ }
            }

            const fn page(self) -> &'static str {
                match self {
                    $(Self::$name => concat!(
                        "SELECT id, ", $column, " FROM ", $table, " WHERE id > $1 AND ", $column,
                        " IS NOT NULL ORDER BY id LIMIT $2"
                    ),)+
                }
            }

            const fn replace(self) -> &'static str {
                match self {
                    $(Self::$name => concat!(
                        "UPDATE ", $table, " SET ", $column, " = $3 WHERE id = $1 AND ", $column,
                        " = $2"
                    ),)+
                }
            }
        }
    };
}

sealed_columns! {
    /// Answers that show a secret once.
    Answer: "answers", "sealed", "answers with a secret";
    /// What webhooks sign with.
    WebhookSecret: "webhooks", "secret", "webhook secrets";
    /// What they signed with before.
    WebhookOldSecret: "webhooks", "old_secret", "old webhook secrets";
    /// Numbers of linked bank accounts.
    BankAccountNumber: "bank_accounts", "account_number", "bank account numbers";
    /// Amounts that prove whose a bank account is.
    MicroDeposits: "bank_accounts", "micro_deposits", "micro-deposits";
    /// Numbers of bank accounts of transfers that are under way.
    TransferAccountNumber: "transfers", "account_number", "account numbers of transfers";
    /// Numbers of cards.
    CardNumber: "cards", "number", "card numbers";
    /// Their security codes.
    CardSecurityCode: "cards", "security_code", "card security codes";
    /// What digests of secrets are made with.
    DigestKey: "digest_keys", "sealed", "digest keys";
}

/// A ciphertext and its row.
pub(super) struct Sealed {
    pub(super) row: i64,
    pub(super) sealed: Vec<u8>,
}

/// The next ciphertexts of a column behind a row, in the order of their rows.
pub(super) fn page(
    connection: &mut Connection,
    column: SealedColumn,
    after: i64,
    limit: i64,
) -> DbResult<Vec<Sealed>> {
    let rows = connection.query(column.page(), &[Value::Int(after), Value::Int(limit)])?;
    let read =
        |row: &crate::db::Row| Ok(Sealed { row: row.int(0)?, sealed: row.bytes(1)?.to_vec() });
    rows.iter().map(read).collect()
}

/// Replaces a ciphertext, unless it is another one by now. Answers how many were
/// replaced.
pub(super) fn replace(
    tx: &mut Tx<'_>,
    column: SealedColumn,
    row: i64,
    old: Vec<u8>,
    new: Vec<u8>,
) -> DbResult<u64> {
    tx.execute(column.replace(), &[Value::Int(row), Value::Bytes(old), Value::Bytes(new)])
}

/// The only row of the keys of digests.
pub(super) const DIGEST_KEY_ROW: i64 = 1;

/// The key of digests, sealed.
pub(super) fn digest_key(connection: &mut Connection) -> DbResult<Option<Vec<u8>>> {
    let text = "SELECT sealed FROM digest_keys WHERE id = $1";
    let row = connection.query_one(text, &[Value::Int(DIGEST_KEY_ROW)])?;
    row.map(|row| row.bytes(0).map(<[u8]>::to_vec)).transpose()
}

/// Notes the key of digests, unless another process was faster.
pub(super) fn insert_digest_key(connection: &mut Connection, sealed: Vec<u8>) -> DbResult<()> {
    let text = "INSERT INTO digest_keys (id, sealed) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
    connection.execute(text, &[Value::Int(DIGEST_KEY_ROW), Value::Bytes(sealed)]).map(drop)
}

/// Replaces a key of digests that nobody can open any more.
pub(super) fn replace_digest_key(tx: &mut Tx<'_>, sealed: Vec<u8>) -> DbResult<()> {
    let text = "UPDATE digest_keys SET sealed = $2 WHERE id = $1";
    tx.execute(text, &[Value::Int(DIGEST_KEY_ROW), Value::Bytes(sealed)]).map(drop)
}

/// Whether the store remembers any request.
pub(super) fn remembers_requests(connection: &mut Connection) -> DbResult<bool> {
    Ok(connection.query_one("SELECT status FROM idempotency LIMIT 1", &[])?.is_some())
}
