//! What a load needs to exist: wallets with money in them and a policy with a
//! daily limit on each, made over the public API.

use std::io::{self, Error};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use serde_json::{Value, json};
use tokio::runtime::{self, Runtime};

use crate::http::{Connection, request};

/// Enough for tens of thousands of payments of a cent with their fees.
const FUNDINGS: usize = 1;
/// The first wallet pays in every payment of the hot load.
const FUNDINGS_HOT: usize = 60;
/// The most that one call brings.
const FUNDING: &str = "10000.00";
/// Far from being reached, but counted all the same.
const DAILY_LIMIT: &str = "1000000.00";
/// Callers at a time, so that the server can commit for several at once.
const CALLERS: usize = 16;

/// Makes this many wallets. Gives their IDs.
pub(crate) fn wallets(address: SocketAddr, key: &str, count: usize) -> io::Result<Arc<[String]>> {
    repeat(address, key, count, |caller, index| {
        let name = json!({"name": format!("Load {index}")});
        let id = caller.post_for_id("/v1/wallets", &name)?;
        let fundings = if index == 0 { FUNDINGS_HOT } else { FUNDINGS };
        for _ in 0..fundings {
            let path = format!("/v1/wallets/{id}/fund");
            caller.post(&path, &json!({"amount": FUNDING}))?;
        }
        let policy = json!({"name": "Daily", "dailySpendingLimit": DAILY_LIMIT});
        caller.post(&format!("/v1/wallets/{id}/policies"), &policy)?;
        Ok(id)
    })
}

/// Makes this many payments between the wallets. Gives their IDs.
pub(crate) fn payments(
    address: SocketAddr,
    key: &str,
    wallets: &[String],
    count: usize,
) -> io::Result<Arc<[String]>> {
    repeat(address, key, count, |caller, index| {
        let from = &wallets[index % wallets.len()];
        let to = &wallets[(index + 1) % wallets.len()];
        let body = json!({"from": from, "to": to, "amount": "0.01"});
        caller.post_for_id("/v1/payments", &body)
    })
}

/// Makes a card with a daily limit for each of the wallets. Gives their IDs.
pub(crate) fn cards(
    address: SocketAddr,
    key: &str,
    wallets: &[String],
) -> io::Result<Arc<[String]>> {
    repeat(address, key, wallets.len(), |caller, index| {
        let limits = json!([{"amount": DAILY_LIMIT, "interval": "daily"}]);
        let body = json!({"walletId": wallets[index], "spendingLimits": limits});
        caller.post_for_id("/v1/cards", &body)
    })
}

/// Does something once for each index, several at a time.
fn repeat(
    address: SocketAddr,
    key: &str,
    count: usize,
    each: impl Fn(&mut Caller<'_>, usize) -> io::Result<String> + Sync,
) -> io::Result<Arc<[String]>> {
    let share = |start: usize| {
        let mut caller = Caller::connect(address, key)?;
        let indexes = (start..count).step_by(CALLERS);
        indexes.map(|index| each(&mut caller, index)).collect()
    };
    let shares: Vec<Vec<String>> = thread::scope(|scope| {
        let share = &share;
        let callers: Vec<_> = (0..CALLERS).map(|start| scope.spawn(move || share(start))).collect();
        let joined = callers.into_iter().map(|caller| {
            let outcome = caller.join();
            outcome.unwrap_or_else(|_| Err(Error::other("a caller panicked")))
        });
        joined.collect::<io::Result<_>>()
    })?;
    let made = (0..count).map(|index| shares[index % CALLERS][index / CALLERS].clone());
    Ok(made.collect())
}

/// One connection that waits for each answer.
struct Caller<'a> {
    runtime: Runtime,
    connection: Connection,
    key: &'a str,
}

impl<'a> Caller<'a> {
    fn connect(address: SocketAddr, key: &'a str) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let connection = runtime.block_on(Connection::open(address))?;
        Ok(Self { runtime, connection, key })
    }

    fn post(&mut self, path: &str, body: &Value) -> io::Result<Value> {
        let bytes = request("POST", path, self.key, Some(&body.to_string()));
        let status = self.runtime.block_on(self.connection.exchange(&bytes))?;
        let answer = self.connection.body();
        if !matches!(status, 200 | 201) {
            let text = String::from_utf8_lossy(answer);
            return Err(Error::other(format!("{path}: {status} {text}")));
        }
        Ok(serde_json::from_slice(answer)?)
    }

    fn post_for_id(&mut self, path: &str, body: &Value) -> io::Result<String> {
        let answer = self.post(path, body)?;
        let id = answer["id"].as_str().map(str::to_owned);
        id.ok_or_else(|| Error::other(format!("{path}: an answer without an id")))
    }
}
