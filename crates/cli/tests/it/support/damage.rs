//! Behind the server's back: statements on the store itself, and what it holds.

use super::server::Server;
use super::store::Store;

impl Server {
    /// Runs one statement on the store and counts the rows it changed.
    pub(crate) fn execute(&self, statement: &str) -> Result<usize, String> {
        match self.store() {
            Store::Sqlite => {
                self.sqlite().execute(statement, []).map_err(|error| error.to_string())
            }
            Store::Postgres => {
                let changed = self.database().postgres().execute(statement, &[]);
                let rows = changed.map_err(|error| error.to_string())?;
                Ok(usize::try_from(rows).expect("few rows"))
            }
        }
    }

    /// The one number that a query answers.
    pub(crate) fn number(&self, query: &str) -> i64 {
        match self.store() {
            Store::Sqlite => {
                self.sqlite().query_row(query, [], |row| row.get(0)).expect("one number")
            }
            Store::Postgres => {
                self.database().postgres().query_one(query, &[]).expect("one number").get(0)
            }
        }
    }

    fn sqlite(&self) -> rusqlite::Connection {
        let path = self.database().url.trim_start_matches("sqlite:").to_owned();
        rusqlite::Connection::open(path).expect("the test's database opens")
    }

    /// Drops the triggers that guard a table.
    pub(crate) fn disarm(&mut self, table: &str) {
        self.expect_damage();
        let found = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?1";
        match self.store() {
            Store::Sqlite => {
                let sqlite = self.sqlite();
                let mut statement = sqlite.prepare(found).expect("a statement");
                let names: Vec<String> = statement
                    .query_map([table], |row| row.get(0))
                    .expect("rows")
                    .map(|name| name.expect("a name"))
                    .collect();
                for name in names {
                    sqlite.execute(&format!("DROP TRIGGER {name}"), []).expect("the trigger goes");
                }
            }
            Store::Postgres => {
                let disable = format!("ALTER TABLE {table} DISABLE TRIGGER USER");
                self.database().postgres().batch_execute(&disable).expect("the triggers go");
            }
        }
    }

    /// What the system accounts of a kind hold together, credits positive, in dollars and cents.
    pub(crate) fn posted(&self, kind: &str) -> String {
        let text = format!(
            "SELECT CAST(COALESCE(SUM(posted), 0) AS BIGINT) FROM accounts WHERE kind = '{kind}'"
        );
        let units: i64 = match self.store() {
            Store::Sqlite => self.sqlite().query_row(&text, [], |row| row.get(0)).expect("a sum"),
            Store::Postgres => {
                self.database().postgres().query_one(&text, &[]).expect("a sum").get(0)
            }
        };
        let cents = units / 1_000_000;
        let sign = if cents < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
    }

    /// Every row of every table of a PostgreSQL store, as text.
    pub(crate) fn all_rows(&self) -> Vec<String> {
        let mut client = self.database().postgres();
        let named =
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
        let tables = client.query(named, &[]).expect("a list of tables");
        let mut rows = Vec::new();
        for table in tables.iter().map(|row| row.get::<_, String>(0)) {
            let text = format!("SELECT CAST(it AS TEXT) FROM {table} it");
            let found = client.query(&text, &[]).expect("a table's rows");
            rows.extend(found.iter().map(|row| row.get::<_, String>(0)));
        }
        rows
    }

    /// Marks the store as written by a later version.
    pub(crate) fn make_store_newer(&mut self) {
        self.expect_damage();
        let changed =
            self.execute("UPDATE layout SET version = version + 1").expect("a version to raise");
        assert_eq!(changed, 1);
    }
}
