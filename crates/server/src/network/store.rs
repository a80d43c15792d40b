//! Rows of the directory: one for each word that a wallet is found by.

use wallgent_core::Environment;
use wallgent_core::id::WalletId;

use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::Tx;

pub(super) fn insert_words(
    tx: &mut Tx<'_>,
    environment: Environment,
    id: WalletId,
    words: &[String],
) -> DbResult<()> {
    let text = "INSERT INTO directory_words (environment, word, newest) VALUES ($1, $2, $3)";
    for word in words {
        let values = [
            Value::from(environment.as_str()),
            Value::Bytes(word.clone().into_bytes()),
            Value::Int(newest(id)),
        ];
        tx.execute(text, &values)?;
    }
    Ok(())
}

/// Takes a wallet out of the directory.
pub fn delist(tx: &mut Tx<'_>, id: WalletId) -> DbResult<()> {
    let text = "DELETE FROM directory_words WHERE newest = $1";
    tx.execute(text, &[Value::Int(newest(id))]).map(drop)
}

/// Newer wallets have smaller numbers here, so that they come first.
const fn newest(id: WalletId) -> i64 {
    -id.key()
}

/// Where a list of the directory goes on.
#[derive(Clone, Debug)]
pub(super) struct Place {
    word: Vec<u8>,
    newest: i64,
}

impl Place {
    /// The place in a cursor.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (newest, word) = bytes.split_first_chunk::<8>()?;
        Some(Self { word: word.to_vec(), newest: i64::from_be_bytes(*newest) })
    }
}

/// A wallet in the directory.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) wallet: WalletId,
    pub(super) name: String,
    pub(super) agent_name: Option<String>,
    word: Vec<u8>,
}

impl Listed {
    /// Its place, for a cursor.
    pub(super) fn place(&self) -> Vec<u8> {
        [newest(self.wallet).to_be_bytes().as_slice(), &self.word].concat()
    }
}

/// What is looked for: wallets each of whose words begins so. No words find all.
#[derive(Clone, Debug)]
pub(super) struct Search {
    pub(super) environment: Environment,
    pub(super) words: Vec<String>,
    pub(super) after: Option<Place>,
    pub(super) limit: i64,
}

/// The words that begin with one, as the first of them and the first behind
/// them. No byte of UTF-8 is the last there is.
fn range(word: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut end = word.to_vec();
    match end.last_mut() {
        Some(last) => *last += 1,
        None => end.push(0),
    }
    (word.to_vec(), end)
}

/// Finds wallets in the order of the words that begin with the longest word
/// asked for, newest first. Where several words of a wallet do, the first counts.
pub(super) fn search(connection: &mut Connection, search: &Search) -> DbResult<Vec<Listed>> {
    let mut words: Vec<&[u8]> = search.words.iter().map(String::as_bytes).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let (low, high) = range(words.first().copied().unwrap_or_default());
    let after = search.after.clone().unwrap_or(Place { word: low.clone(), newest: i64::MIN });
    let mut values = vec![
        Value::from(search.environment.as_str()),
        Value::Bytes(low),
        Value::Bytes(high),
        Value::Bytes(after.word),
        Value::Int(after.newest),
        Value::Int(search.limit),
    ];
    let mut further = String::new();
    for word in words.iter().skip(1) {
        let (low, high) = range(word);
        values.extend([Value::Bytes(low), Value::Bytes(high)]);
        let (low, high) = (values.len() - 1, values.len());
        further.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM directory_words f WHERE f.newest = d.newest \
             AND f.word >= ${low} AND f.word < ${high})"
        ));
    }
    let text = format!(
        "SELECT d.word, w.id, w.name, w.agent_name FROM directory_words d \
         CROSS JOIN wallets w WHERE d.environment = $1 AND d.word >= $2 AND d.word < $3 \
         AND (d.word, d.newest) > ($4, $5) AND w.id = -d.newest \
         AND NOT EXISTS (SELECT 1 FROM directory_words s WHERE s.newest = d.newest \
         AND s.word >= $2 AND s.word < d.word){further} \
         ORDER BY d.word, d.newest LIMIT $6"
    );
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> DbResult<Listed> {
    let broken = || DbError::Layout("a directory's row cannot be read".to_owned());
    Ok(Listed {
        word: row.bytes(0)?.to_vec(),
        wallet: WalletId::from_key(row.int(1)?).ok_or_else(broken)?,
        name: row.text(2)?.to_owned(),
        agent_name: row.maybe_text(3)?.map(str::to_owned),
    })
}
