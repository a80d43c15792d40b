//! What the figures depend on: machine, versions, disk, date.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use postgres::{Client, NoTls};

use crate::load::histogram;

/// One line for each thing that the figures depend on.
pub(crate) struct Machine {
    pub(crate) facts: Vec<(&'static str, String)>,
    /// How long the disk takes to keep one small write, in microseconds.
    pub(crate) sync: Histogram<u64>,
}

impl Machine {
    /// Looks around. The folder is where the stores will be.
    pub(crate) fn look(folder: &Path, postgres: Option<&str>) -> io::Result<Self> {
        let cores = thread::available_parallelism()?;
        let processor = field("/proc/cpuinfo", "model name").unwrap_or_default();
        let memory = field("/proc/meminfo", "MemTotal").unwrap_or_default();
        let kibibytes: u64 = memory.trim_end_matches(" kB").parse().unwrap_or(0);
        let mut facts = vec![
            ("date", output("date", &["-u", "+%Y-%m-%d"])),
            ("processor", format!("{processor}, {cores} cores")),
            ("memory", format!("{} GiB", kibibytes / 1024 / 1024)),
            ("system", output("uname", &["-srm"])),
            ("commit", output("git", &["rev-parse", "--short", "HEAD"])),
            ("rust", output("rustc", &["--version"])),
            ("sqlite", rusqlite::version().to_owned()),
        ];
        if let Some(url) = postgres {
            facts.push(("postgresql", postgres_version(url).map_err(io::Error::other)?));
        }
        Ok(Self { facts, sync: sync_times(folder)? })
    }
}

/// Appends and syncs, as a log does at each commit.
fn sync_times(folder: &Path) -> io::Result<Histogram<u64>> {
    const PAGE: [u8; 4096] = [7; 4096];
    const DURATION: Duration = Duration::from_secs(2);
    let path = folder.join("sync");
    let mut file = File::create(&path)?;
    let mut times = histogram();
    let started = Instant::now();
    while started.elapsed() < DURATION {
        file.write_all(&PAGE)?;
        let before = Instant::now();
        file.sync_data()?;
        times.saturating_record(u64::try_from(before.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    fs::remove_file(path)?;
    Ok(times)
}

fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(
        |error| error.to_string(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

fn postgres_version(url: &str) -> Result<String, postgres::Error> {
    let mut client = Client::connect(url, NoTls)?;
    Ok(client.query_one("SHOW server_version", &[])?.get(0))
}
