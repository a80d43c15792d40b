//! An installation of the server with a store of its own, from its creation to
//! its removal.

use std::io::{self, Error};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs, thread};

use postgres::{Client, NoTls};
use serde_json::Value;

use crate::process::{Running, free_address};
use crate::world;

/// Any key will do; every run has a store of its own.
const ENCRYPTION_KEY: &str = "5f3a7c1e9b2d4f6081a3c5e7092b4d6f5f3a7c1e9b2d4f6081a3c5e7092b4d6f";

/// Which store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A file.
    Sqlite,
    /// A database of the given server.
    Postgres,
}

/// What installations are made of.
pub(crate) struct Workshop {
    /// The binary.
    pub(crate) binary: PathBuf,
    /// Where the superuser of PostgreSQL connects; none to leave it out.
    pub(crate) postgres: Option<String>,
    /// Where the folders of the installations are.
    pub(crate) folder: PathBuf,
}

/// A store that nobody else uses.
pub(crate) struct Place {
    pub(crate) kind: Kind,
    /// As the server wants it to be named.
    pub(crate) database: String,
    /// The file of an SQLite store.
    pub(crate) path: PathBuf,
    folder: PathBuf,
    /// For PostgreSQL: where to ask for the database's removal, and its name.
    drop: Option<(String, String)>,
}

/// A server on its store, with wallets to pay from.
pub(crate) struct Installation {
    pub(crate) server: Running,
    pub(crate) place: Place,
    pub(crate) key: String,
    pub(crate) wallets: Arc<[String]>,
}

impl Workshop {
    /// Makes an empty store with one organization in it. Gives a key of it.
    pub(crate) fn place(&self, kind: Kind, name: &str) -> io::Result<(Place, String)> {
        let folder = self.folder.join(name);
        fs::create_dir_all(&folder)?;
        let path = folder.join("wallgent.db");
        let (database, drop) = match kind {
            Kind::Sqlite => (format!("sqlite:{}", path.display()), None),
            Kind::Postgres => {
                let admin = self.postgres.as_ref().ok_or_else(|| Error::other("no PostgreSQL"))?;
                let name = format!("bench_{name}").replace('-', "_");
                sql(admin, &format!("DROP DATABASE IF EXISTS {name}"))?;
                sql(admin, &format!("CREATE DATABASE {name}"))?;
                let server = admin.rsplit_once('/').map_or(admin.as_str(), |(server, _)| server);
                (format!("{server}/{name}"), Some((admin.clone(), name)))
            }
        };
        let place = Place { kind, database, path, folder, drop };
        let key = self.create_organization(&place)?;
        Ok((place, key))
    }

    fn create_organization(&self, place: &Place) -> io::Result<String> {
        let mut create = self.command(place);
        create.args(["org", "create", "--json", "--name", "Bench"]);
        create.args(["--email", "bench@example.com", "--database", &place.database]);
        let output = create.stderr(Stdio::inherit()).output()?;
        let answer: Value = serde_json::from_slice(&output.stdout)?;
        let key = answer["sandboxKey"].as_str().map(str::to_owned);
        key.ok_or_else(|| Error::other("org create printed no sandboxKey"))
    }

    /// Starts a server on a store.
    pub(crate) fn serve(&self, place: &Place) -> io::Result<Running> {
        let address = free_address()?;
        let log = fs::File::create(place.folder.join("log"))?;
        let mut serve = self.command(place);
        serve.args(["serve", "--database", &place.database]);
        serve.args(["--listen", &address.to_string()]);
        serve.stdout(log.try_clone()?).stderr(log);
        Running::start(&mut serve, address).map_err(|error| {
            let log = fs::read_to_string(place.folder.join("log")).unwrap_or_default();
            Error::other(format!("{error}: {log}"))
        })
    }

    /// A server that may deliver to this machine, on a new store.
    pub(crate) fn develop(&self, name: &str, wallets: usize) -> io::Result<Installation> {
        let folder = self.folder.join(name);
        fs::create_dir_all(&folder)?;
        let path = folder.join("wallgent.db");
        let database = format!("sqlite:{}", path.display());
        let place = Place { kind: Kind::Sqlite, database, path, folder, drop: None };
        let address = free_address()?;
        let mut develop = self.command(&place);
        develop.args(["dev", "--data", ".", "--listen", &address.to_string()]);
        let server = Running::start(develop.stdout(Stdio::null()), address)?;
        let file = place.folder.join("dev.json");
        // It is written as soon as the server is ready.
        while !file.exists() {
            thread::sleep(Duration::from_millis(1));
        }
        let told: Value = serde_json::from_slice(&fs::read(file)?)?;
        let key = told["sandboxKey"].as_str().map(str::to_owned);
        let key = key.ok_or_else(|| Error::other("dev.json has no sandboxKey"))?;
        let wallets = world::wallets(server.address, &key, wallets)?;
        Ok(Installation { server, place, key, wallets })
    }

    fn command(&self, place: &Place) -> Command {
        let mut command = Command::new(&self.binary);
        command.current_dir(&place.folder);
        command.env("WALLGENT_ENCRYPTION_KEY", ENCRYPTION_KEY);
        command
    }
}

impl Place {
    /// How much room it takes, in bytes.
    pub(crate) fn size(&self) -> io::Result<u64> {
        if self.kind == Kind::Sqlite {
            let files = ["wallgent.db", "wallgent.db-wal"].map(|name| self.folder.join(name));
            return Ok(files.iter().map(|path| length(path)).sum());
        }
        let mut client = Client::connect(&self.database, NoTls).map_err(Error::other)?;
        let row = client.query_one("SELECT pg_database_size(current_database())", &[]);
        let size: i64 = row.map_err(Error::other)?.get(0);
        Ok(size.unsigned_abs())
    }

    /// How many transactions and purchases by card are in it.
    pub(crate) fn transactions(&self) -> io::Result<i64> {
        const COUNT: &str = "SELECT (SELECT COUNT(*) FROM transactions) + \
                             (SELECT COUNT(*) FROM card_authorizations)";
        if self.kind == Kind::Sqlite {
            let store = rusqlite::Connection::open(&self.path).map_err(Error::other)?;
            let count = store.query_row(COUNT, [], |row| row.get(0));
            return count.map_err(Error::other);
        }
        let mut client = Client::connect(&self.database, NoTls).map_err(Error::other)?;
        let row = client.query_one(COUNT, &[]).map_err(Error::other)?;
        Ok(row.get(0))
    }

    /// Removes it.
    pub(crate) fn remove(self) -> io::Result<()> {
        if let Some((admin, name)) = &self.drop {
            sql(admin, &format!("DROP DATABASE {name} WITH (FORCE)"))?;
        }
        fs::remove_dir_all(self.folder)
    }
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

fn sql(url: &str, statement: &str) -> io::Result<()> {
    let mut client = Client::connect(url, NoTls).map_err(Error::other)?;
    client.batch_execute(statement).map_err(Error::other)
}

/// A folder for everything that a run makes, beside the build so that it is on
/// the same disk.
pub(crate) fn folder() -> io::Result<PathBuf> {
    let program = env::current_exe()?;
    let target = program.parent().and_then(Path::parent);
    let target = target.ok_or_else(|| Error::other("the program is in no target folder"))?;
    let folder = target.join("bench");
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::create_dir_all(&folder)?,
    }
    Ok(folder)
}
