//! A PostgreSQL cluster that lives as long as one command: made in a temporary
//! folder, on a free port of the loopback address, removed at the end.
//!
//! Its settings are those of a new installation, `fsync` included, because the
//! benchmarks run on it too.

use std::fs::{self, File};
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, process, thread};

use crate::process::{capture, command, exists};
use crate::{Result, apt};

/// The oldest major version the server supports.
const OLDEST_VERSION: u32 = 15;
/// Enough for every test of a run at once, each with its pool and its writer.
const CONNECTIONS_MAX: u32 = 400;
/// A cold disk takes seconds to start a new cluster; more means it will not.
const START_DEADLINE: Duration = Duration::from_secs(60);

/// A running cluster. Dropping it stops the server and removes the folder.
pub(crate) struct Cluster {
    server: Child,
    programs: Programs,
    folder: PathBuf,
    url: String,
}

impl Cluster {
    /// Makes a cluster and starts its server.
    pub(crate) fn start() -> Result<Self> {
        let programs = Programs::find_or_install()?;
        let folder = env::temp_dir().join(format!("wallgent-postgres-{}", process::id()));
        let port = free_port()?;
        let password = random_hex()?;
        let server = create(&programs, &folder, &password).and_then(|()| {
            println!("$ postgres -p {port} (throw-away, in {})", folder.display());
            serve(&programs, &folder, port)
        });
        let server = server.inspect_err(|_| remove(&folder))?;
        let mut cluster = Self {
            server,
            programs,
            folder,
            url: format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres"),
        };
        cluster.wait_until_ready(port)?;
        Ok(cluster)
    }

    /// Where the superuser connects.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn wait_until_ready(&mut self, port: u16) -> Result {
        let started = Instant::now();
        let mut probe = self.programs.command("pg_isready", &self.folder);
        probe.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
        while started.elapsed() < START_DEADLINE {
            if self.server.try_wait().is_ok_and(|ended| ended.is_some()) {
                break;
            }
            if probe.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let last = log.trim().lines().next_back().unwrap_or("no log");
        Err(format!("PostgreSQL did not start: {last}"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        let mut stop = self.programs.command("pg_ctl", &self.folder);
        stop.args(["stop", "-s", "-m", "fast", "-D"]).arg(data);
        if capture(&mut stop).is_err() {
            // Already gone when the developer pressed Ctrl-C.
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
        remove(&self.folder);
    }
}

/// The server's programs, and the account that may run them.
struct Programs {
    folder: PathBuf,
    account: Option<Account>,
}

/// PostgreSQL refuses to run as root, so root lends it another account.
struct Account {
    uid: u32,
    gid: u32,
}

impl Programs {
    fn find_or_install() -> Result<Self> {
        let mut folder = newest_folder();
        if folder.is_none() && apt::available() {
            apt::install(&["postgresql-15", "postgresql"])?;
            folder = newest_folder();
        }
        let folder = folder.ok_or_else(|| {
            format!("missing: PostgreSQL {OLDEST_VERSION} or later (initdb, postgres, pg_ctl); on Debian: apt-get install postgresql")
        })?;
        let account = if apt::is_root() { Some(Account::find()?) } else { None };
        Ok(Self { folder, account })
    }

    fn command(&self, program: &str, folder: &Path) -> Command {
        let mut command = command(self.folder.join(program));
        command.current_dir(folder).env("LC_ALL", "C");
        if let Some(account) = &self.account {
            command.uid(account.uid).gid(account.gid);
        }
        command
    }
}

impl Account {
    fn find() -> Result<Self> {
        let number = |option| {
            let text = capture(command("id").args([option, "postgres"]))?;
            text.parse().map_err(|_| format!("not a number: {text}"))
        };
        let account = number("-u").and_then(|uid| Ok(Self { uid, gid: number("-g")? }));
        account.map_err(|_| {
            "missing: a user named postgres (PostgreSQL refuses to run as root)".to_owned()
        })
    }
}

/// The folder with the newest server programs: what `pg_config` names, or where
/// Debian puts them beside each other.
fn newest_folder() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    if exists("pg_config") {
        folders.extend(capture(command("pg_config").arg("--bindir")).map(PathBuf::from));
    }
    let versioned = folders.into_iter().filter_map(|folder| {
        let version = major_version(&folder)?;
        (version >= OLDEST_VERSION).then_some((version, folder))
    });
    versioned.max().map(|(_, folder)| folder)
}

/// The major version of the server in a folder; none when one of the programs
/// we need is not there.
fn major_version(folder: &Path) -> Option<u32> {
    let needed = ["initdb", "postgres", "pg_ctl", "pg_isready"];
    if !needed.iter().all(|name| folder.join(name).is_file()) {
        return None;
    }
    let text = capture(command(folder.join("postgres")).arg("--version")).ok()?;
    let number = text.split_whitespace().nth(2)?;
    number.split('.').next()?.parse().ok()
}

fn create(programs: &Programs, folder: &Path, password: &str) -> Result {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir(folder).map_err(failed)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(failed)?;
    let password_file = folder.join("password");
    fs::write(&password_file, password).map_err(failed)?;
    File::create(folder.join("log")).map_err(failed)?;
    if let Some(account) = &programs.account {
        for path in [folder, &password_file] {
            chown(path, Some(account.uid), Some(account.gid)).map_err(failed)?;
        }
    }
    let mut initdb = programs.command("initdb", folder);
    initdb
        .args(["--username=postgres", "--auth=scram-sha-256"])
        .args(["--encoding=UTF8", "--locale=C", "--no-sync"])
        .args(["--pwfile=password", "--pgdata=data"]);
    capture(&mut initdb).map(drop)
}

fn serve(programs: &Programs, folder: &Path, port: u16) -> Result<Child> {
    let log = |_| File::options().append(true).open(folder.join("log"));
    let failed = |error| format!("postgres: {error}");
    let mut postgres = programs.command("postgres", folder);
    postgres
        .args(["-D", "data", "-p", &port.to_string()])
        .args(["-c", "listen_addresses=127.0.0.1"])
        .args(["-c", "unix_socket_directories="])
        .args(["-c", &format!("max_connections={CONNECTIONS_MAX}")])
        .stdout(Stdio::from(log(()).map_err(failed)?))
        .stderr(Stdio::from(log(()).map_err(failed)?));
    postgres.spawn().map_err(failed)
}

fn free_port() -> Result<u16> {
    let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    address.map(|address| address.port()).map_err(|error| format!("no free port: {error}"))
}

/// A password, so that nobody else on the machine becomes superuser of it.
fn random_hex() -> Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .map_err(|error| format!("/dev/urandom: {error}"))?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

/// Removing can only fail when something else removes as well; a folder that
/// stays behind harms nobody.
fn remove(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
}
