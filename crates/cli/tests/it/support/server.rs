//! The real binary, running: started, stopped, killed and checked.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;
use tempfile::TempDir;

use super::api::Api;
use super::store::{Database, Store};

/// The longest a server may take to start, and to stop.
const START_TIMEOUT: Duration = Duration::from_secs(60);
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
/// How often the harness looks whether the server has started or stopped.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// One server with its own data folder and database. Dropping it stops it and checks its books.
#[derive(Debug)]
pub(crate) struct Server {
    store: Store,
    folder: TempDir,
    database: Database,
    flags: Vec<String>,
    /// What it logs, when not the usual.
    logs: Option<&'static str>,
    process: Option<Child>,
    account: Value,
    checked_at_end: bool,
}

impl Server {
    /// `wallgent dev` on a fresh store.
    pub(crate) fn start(store: Store) -> Self {
        Self::start_with(store, &[])
    }

    /// `wallgent dev` whose clock stands at this time until it is moved.
    pub(crate) fn start_at(store: Store, time: &str) -> Self {
        Self::start_with(store, &["--test-clock", time])
    }

    /// `wallgent dev` with more flags.
    pub(crate) fn start_with(store: Store, flags: &[&str]) -> Self {
        Self::start_as(store, flags, None)
    }

    /// `wallgent dev` that logs all that this filter lets through.
    pub(crate) fn start_logging(store: Store, filter: &'static str) -> Self {
        Self::start_as(store, &[], Some(filter))
    }

    fn start_as(store: Store, flags: &[&str], logs: Option<&'static str>) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let database = Database::fresh(store, folder.path());
        let flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let mut server = Self {
            store,
            folder,
            database,
            flags,
            logs,
            process: None,
            account: Value::Null,
            checked_at_end: true,
        };
        server.launch();
        server
    }

    /// Starts the server again on what is there.
    pub(crate) fn launch(&mut self) {
        let written_before = modified(&self.account_file());
        let mut command = self.command(&["dev", "--listen", "127.0.0.1:0"]);
        command.arg("--data").arg(self.folder.path()).args(&self.flags);
        if self.store == Store::Postgres {
            command.args(["--database", &self.database.url]);
        }
        command.envs(self.logs.map(|filter| ("WALLGENT_LOG", filter)));
        self.process = Some(self.spawn(&mut command));
        let deadline = Instant::now() + START_TIMEOUT;
        while modified(&self.account_file()) == written_before || !self.is_ready() {
            self.fail_when_dead_or_late(deadline);
            thread::sleep(LOOK_EVERY);
        }
    }

    /// Starts a server with a test clock again, at this time or at its last, whichever is later.
    pub(crate) fn launch_at(&mut self, time: &str) {
        let clock = self.flags.iter().position(|flag| flag == "--test-clock");
        let at = clock.expect("a server that was started at a time") + 1;
        time.clone_into(&mut self.flags[at]);
        self.launch();
    }

    /// Starts the server again with other flags.
    pub(crate) fn launch_with(&mut self, flags: &[&str]) {
        self.flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
        self.launch();
    }

    /// Stops the server and starts it with more flags.
    pub(crate) fn restart_with(&mut self, flags: &[&str]) {
        assert!(self.stop().success());
        self.flags.extend(flags.iter().map(|flag| (*flag).to_owned()));
        self.launch();
    }

    fn is_ready(&mut self) -> bool {
        let Ok(text) = fs::read_to_string(self.account_file()) else {
            return false;
        };
        let Ok(account) = serde_json::from_str(&text) else {
            return false;
        };
        self.account = account;
        let ready =
            |path| self.nobody().try_send("GET", path, None).is_some_and(|a| a.status == 200);
        ready("//healthz") && ready("//readyz")
    }

    fn fail_when_dead_or_late(&mut self, deadline: Instant) {
        let exit = self
            .process
            .as_mut()
            .and_then(|process| process.try_wait().expect("a child to wait for"));
        if let Some(status) = exit {
            panic!("the server ended while starting, {status}\n{}", self.log());
        }
        assert!(Instant::now() < deadline, "the server did not start in time\n{}", self.log());
    }

    /// Starts a program with its output in the log.
    fn spawn(&self, command: &mut Command) -> Child {
        let log =
            OpenOptions::new().create(true).append(true).open(self.log_file()).expect("a log file");
        let copy: File = log.try_clone().expect("a second handle");
        command.stdin(Stdio::null()).stdout(log).stderr(copy).spawn().expect("the binary starts")
    }

    /// The binary with these arguments, shielded from the developer's own settings.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wallgent"));
        command.args(arguments).current_dir(self.folder.path());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("WALLGENT_")) {
            command.env_remove(name);
        }
        command
    }

    /// Sends a signal, as `kill` names it.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.process.as_ref().expect("a running server").id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().expect("kill runs");
        assert!(sent.success(), "{signal} was sent");
    }

    /// SIGTERM, and how the process ended.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        self.signal("-TERM");
        let mut process = self.process.take().expect("a running server");
        let deadline = Instant::now() + STOP_TIMEOUT;
        loop {
            if let Some(status) = process.try_wait().expect("a child to wait for") {
                return status;
            }
            if Instant::now() >= deadline {
                let _ = process.kill();
                let _ = process.wait();
                panic!("the server did not stop on SIGTERM\n{}", self.log());
            }
            thread::sleep(LOOK_EVERY);
        }
    }

    /// Stops in good order and starts again.
    pub(crate) fn restart(&mut self) {
        let status = self.stop();
        assert!(status.success(), "SIGTERM ends with exit code 0, not {status}\n{}", self.log());
        self.launch();
    }

    /// SIGKILL: no warning, no cleaning up.
    pub(crate) fn kill(&mut self) {
        let mut process = self.process.take().expect("a running server");
        process.kill().expect("SIGKILL was sent");
        process.wait().expect("a child to wait for");
    }

    /// The story has damaged the store on purpose, so its end proves nothing.
    pub(crate) fn expect_damage(&mut self) {
        self.checked_at_end = false;
    }

    /// `wallgent verify` passes on this store.
    #[track_caller]
    pub(crate) fn verify(&self) {
        let output = self
            .command(&["verify", "--database", &self.database.url])
            .output()
            .expect("verify runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success(),
            "verify: {}\n{text}{errors}\n{}",
            output.status,
            self.log()
        );
        assert!(!text.trim().is_empty(), "verify prints what it checked");
    }

    pub(crate) fn store(&self) -> Store {
        self.store
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where `dev` writes what it made.
    pub(crate) fn account_file(&self) -> PathBuf {
        self.folder.path().join("dev.json")
    }

    /// A field of `dev.json`.
    pub(crate) fn account(&self, field: &str) -> &str {
        self.account[field]
            .as_str()
            .unwrap_or_else(|| panic!("{field} in dev.json: {}", self.account))
    }

    /// A caller without a key.
    pub(crate) fn nobody(&self) -> Api {
        Api::anonymous(self.account("url").trim_start_matches("http://").trim_end_matches('/'))
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    /// The memory that the server holds, in KiB, where the system tells it.
    pub(crate) fn memory_kib(&self) -> Option<usize> {
        let id = self.process.as_ref().expect("a running server").id();
        let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let held = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        held.trim().strip_suffix(" kB")?.parse().ok()
    }

    /// Everything that the server wrote.
    pub(crate) fn whole_log(&self) -> String {
        fs::read_to_string(self.log_file()).expect("a log")
    }

    /// Everything that the server wrote, once it has written these words.
    #[track_caller]
    pub(crate) fn log_with(&self, words: &str) -> String {
        let until = Instant::now() + START_TIMEOUT;
        loop {
            let log = self.whole_log();
            if log.contains(words) {
                return log;
            }
            assert!(Instant::now() < until, "no {words} in\n{log}");
            thread::sleep(LOOK_EVERY);
        }
    }

    /// The last lines the server wrote.
    pub(crate) fn log(&self) -> String {
        let log = fs::read_to_string(self.log_file()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the server's last words:\n{}", self.log());
            if let Some(process) = self.process.as_mut() {
                let _ = process.kill();
                let _ = process.wait();
            }
            return;
        }
        if self.process.is_some() {
            let status = self.stop();
            assert!(
                status.success(),
                "SIGTERM ends with exit code 0, not {status}\n{}",
                self.log()
            );
        }
        if self.checked_at_end {
            self.verify();
        }
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}
