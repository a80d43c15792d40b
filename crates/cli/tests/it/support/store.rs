//! The two stores a story runs on.

use std::env;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Names the superuser URL of a throw-away PostgreSQL cluster.
const POSTGRES_VARIABLE: &str = "WALLGENT_TEST_POSTGRES";

/// Which database is under the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    Sqlite,
    Postgres,
}

/// Whether the PostgreSQL half of a story can run; says so in one line when it cannot.
pub(crate) fn postgres_is_there(story: &str) -> bool {
    let there = env::var(POSTGRES_VARIABLE).is_ok();
    if !there {
        println!("{story}: not run on PostgreSQL, {POSTGRES_VARIABLE} is not set");
    }
    there
}

/// One test's database, gone with it.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) url: String,
    postgres_name: Option<String>,
}

impl Database {
    /// A fresh database: a file in the data folder, or a new one in the cluster.
    pub(crate) fn fresh(store: Store, folder: &Path) -> Self {
        match store {
            Store::Sqlite => {
                let url = format!("sqlite:{}", folder.join("wallgent.db").display());
                Self { url, postgres_name: None }
            }
            Store::Postgres => {
                let name = fresh_name();
                execute_on_cluster(&format!("CREATE DATABASE {name} TEMPLATE template0"));
                Self { url: database_url(&name), postgres_name: Some(name) }
            }
        }
    }

    /// A connection to this PostgreSQL database, for looking and for tampering.
    pub(crate) fn postgres(&self) -> postgres::Client {
        postgres::Client::connect(&self.url, postgres::NoTls).expect("the test's database answers")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(name) = &self.postgres_name {
            execute_on_cluster(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn cluster_url() -> String {
    env::var(POSTGRES_VARIABLE).expect("postgres_is_there was asked first")
}

fn execute_on_cluster(statement: &str) {
    postgres::Client::connect(&cluster_url(), postgres::NoTls)
        .and_then(|mut client| client.batch_execute(statement))
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

fn fresh_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("wallgent_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The cluster's URL with another database in its path.
fn database_url(name: &str) -> String {
    let url = cluster_url();
    let (base, query) = url.split_once('?').map_or((url.as_str(), None), |(b, q)| (b, Some(q)));
    let scheme_end = base.find("://").expect("a URL") + 3;
    let host_end = base[scheme_end..].find('/').map_or(base.len(), |at| scheme_end + at);
    let query = query.map(|q| format!("?{q}")).unwrap_or_default();
    format!("{}/{name}{query}", &base[..host_end])
}
