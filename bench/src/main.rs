//! Load tests of Wallgent, and the limits of the machine beside them.
//!
//! A crate of its own because its servers, loops and clients belong into no
//! binary that anybody installs. `cargo xtask bench` builds and runs it; the
//! result is a page, `docs/benchmarks.md`.
//!
//! An absolute figure from a shared machine means little; a ratio within one run
//! holds. So each round measures, one after another: a **null handler** that
//! parses the same requests and does nothing, the server on both stores under
//! several loads, and **bare loops** that write the same rows with nothing around
//! them. The first is the limit of HTTP here, the last the limit of the store.
#![expect(clippy::float_arithmetic, reason = "measurements are ratios; no money is counted here")]

mod bare;
mod http;
mod installation;
mod load;
mod machine;
mod null;
mod plan;
mod process;
mod report;
mod results;
mod stages;
mod telling;
mod world;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use std::{fs, io};

use clap::{Args, Parser, Subcommand};

use crate::installation::{Workshop, folder};
use crate::load::{Load, Requests, Spread, Work};
use crate::machine::Machine;
use crate::plan::Settings;
use crate::results::Results;

/// The same allocator as the server's, so that the null handler has no handicap.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Wallets that the loads are spread over.
const WALLETS: usize = 1_000;

#[derive(Parser)]
#[command(about = "Load tests of Wallgent")]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Measure everything.
    Run(Run),
    /// Measure how events are told, once, and print it.
    Telling(Telling),
    /// Load one running server, to look at it meanwhile.
    Probe(Probe),
    /// Be the null handler.
    Null { listen: SocketAddr },
}

#[derive(Args)]
struct Probe {
    /// Where the server listens.
    address: SocketAddr,
    /// A sandbox key that may do everything; without it, the server is taken to
    /// be a null handler, which has no wallets.
    key: Option<String>,
    /// How many connections are open.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// How long it is loaded.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Payments a second; as many as possible unless told.
    #[arg(long)]
    rate: Option<u32>,
    /// How payments are spread over wallets.
    #[arg(long, value_enum, default_value_t = Spread::Uniform)]
    spread: Spread,
}

impl Probe {
    fn run(&self) -> io::Result<()> {
        let key = self.key.as_deref().unwrap_or("none");
        let wallets = match self.key {
            None => (0..WALLETS).map(|index| format!("wal_{index:026}")).collect(),
            Some(_) => world::wallets(self.address, key, WALLETS)?,
        };
        // Another probe of the same server must not repeat our idempotency keys.
        let run = u64::from(std::process::id());
        let load = Load {
            address: self.address,
            requests: &Requests::new(Work::Pay(self.spread), key, &wallets, run),
            connections: self.connections,
            warm_up: Duration::ZERO,
            duration: Duration::from_secs(self.seconds),
            rate: self.rate,
        };
        println!("{}", load.run()?);
        Ok(())
    }
}

#[derive(Args)]
struct Telling {
    /// The binary to measure, built for release.
    #[arg(long)]
    server: PathBuf,
    /// How many seconds each load is measured for.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
}

impl Telling {
    fn run(&self) -> io::Result<()> {
        let binary = self.server.canonicalize()?;
        let workshop = Workshop { binary, postgres: None, folder: folder()? };
        let (duration, mut results) = (Duration::from_secs(self.seconds), Results::default());
        telling::measure(workshop.develop("telling", WALLETS)?, duration, 1, &mut results)?.remove()
    }
}

#[derive(Args)]
struct Run {
    /// The binary to measure, built for release.
    #[arg(long)]
    server: PathBuf,
    /// Where the superuser of a PostgreSQL server connects; without it,
    /// PostgreSQL is left out.
    #[arg(long, env = "WALLGENT_TEST_POSTGRES", hide_env_values = true)]
    postgres: Option<String>,
    /// One short round on small stores, printed only: to see whether it works,
    /// not how fast it is.
    #[arg(long)]
    quick: bool,
    /// How many rounds.
    #[arg(long)]
    rounds: Option<usize>,
    /// How many seconds each load is measured for.
    #[arg(long)]
    seconds: Option<u64>,
    /// How many payments the grown store holds.
    #[arg(long)]
    grown: Option<u64>,
    /// Where the page is written; printed only unless told.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Run {
    fn settings(&self) -> Settings {
        let (rounds, seconds, grown, bare) =
            if self.quick { (1, 1, 20_000, 5_000) } else { (5, 5, 2_000_000, 50_000) };
        let duration = Duration::from_secs(self.seconds.unwrap_or(seconds));
        Settings {
            rounds: self.rounds.unwrap_or(rounds),
            duration,
            // Long enough for the engine to have met every wallet.
            warm_up: duration / 2,
            wallets: WALLETS,
            grown: self.grown.unwrap_or(grown),
            bare,
        }
    }

    fn run(&self) -> io::Result<()> {
        let folder = folder()?;
        let machine = Machine::look(&folder, self.postgres.as_deref())?;
        let workshop = Workshop {
            binary: self.server.canonicalize()?,
            postgres: self.postgres.clone(),
            folder,
        };
        let settings = self.settings();
        let results = plan::measure(&workshop, &settings)?;
        let page = report::page(&machine, &settings, &results);
        println!("{page}");
        self.out.as_ref().map_or(Ok(()), |path| fs::write(path, page))
    }
}

fn main() -> io::Result<()> {
    match Command::parse().what {
        What::Run(run) => run.run(),
        What::Telling(telling) => telling.run(),
        What::Probe(probe) => probe.run(),
        What::Null { listen } => null::serve(listen),
    }
}
