//! A server as a process of its own, and what it costs the machine.

use std::fs;
use std::io::{self, Error};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::http::{Connection, request};

/// A store of millions of rows is opened in less.
const START_DEADLINE: Duration = Duration::from_secs(60);
/// The kernel counts processor time in these.
const TICKS_PER_SECOND: u64 = 100;

/// A server that answers.
pub(crate) struct Running {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From its start to its first answer that it is ready.
    pub(crate) started_in: Duration,
}

/// Memory of a process in bytes.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    /// Now.
    pub(crate) resident: u64,
    /// At most so far.
    pub(crate) peak: u64,
}

impl Running {
    /// Starts a server that will listen on an address, and waits until it is
    /// ready.
    pub(crate) fn start(command: &mut Command, address: SocketAddr) -> io::Result<Self> {
        let started = Instant::now();
        let child = command.stdin(Stdio::null()).spawn()?;
        let mut server = Self { child, address, started_in: Duration::ZERO };
        while started.elapsed() < START_DEADLINE {
            if get(address, "/readyz").is_ok() {
                server.started_in = started.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                return Err(Error::other(format!("the server ended by itself: {status}")));
            }
            thread::sleep(Duration::from_millis(2));
        }
        Err(Error::other("the server was not ready in time"))
    }

    /// Asks the server to finish and waits until it has.
    pub(crate) fn stop(mut self) -> io::Result<()> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        let status = self.child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(Error::other(format!("the server did not end well: {status}")))
        }
    }

    /// What it holds in memory.
    pub(crate) fn memory(&self) -> io::Result<Memory> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
            kibibytes.map_or(0, |kibibytes: u64| kibibytes * 1024)
        };
        Ok(Memory { resident: field("VmRSS:"), peak: field("VmHWM:") })
    }

    /// Processor time it has used.
    pub(crate) fn processor_time(&self) -> io::Result<Duration> {
        processor_time(&self.child.id().to_string())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After `stop` there is nothing left to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Processor time a process has used; `self` is this one.
pub(crate) fn processor_time(process: &str) -> io::Result<Duration> {
    let text = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name before may hold spaces; the fields after its parenthesis do not.
    let fields = text.rsplit(')').next().unwrap_or_default();
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || fields.next().and_then(|field| field.parse::<u64>().ok());
    let (user, system) = (ticks().unwrap_or(0), ticks().unwrap_or(0));
    Ok(Duration::from_millis((user + system) * 1_000 / TICKS_PER_SECOND))
}

/// What the server answers to a request without a key; other than 200 is an
/// error.
pub(crate) fn get(address: SocketAddr, path: &str) -> io::Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = Connection::open(address).await?;
        match connection.exchange(&request("GET", path, "none", None)).await? {
            200 => Ok(String::from_utf8_lossy(connection.body()).into_owned()),
            status => Err(Error::other(format!("{path}: {status}"))),
        }
    })
}

/// An address of this machine that nobody listens on.
pub(crate) fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}
