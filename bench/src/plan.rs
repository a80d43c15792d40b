//! What is measured, in which order: everything once in each round, several
//! rounds, so that what the machine does beside us falls on all alike.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{env, thread};

use crate::bare::{self, Rows};
use crate::installation::{Installation, Kind, Place, Workshop};
use crate::load::{Load, Requests, Spread, Work};
use crate::process::{Running, free_address, get, processor_time};
use crate::results::{Results, Sample};
use crate::stages::Stages;
use crate::{telling, world};

/// How long and how much.
pub(crate) struct Settings {
    pub(crate) rounds: usize,
    pub(crate) duration: Duration,
    pub(crate) warm_up: Duration,
    /// Wallets that the loads are spread over.
    pub(crate) wallets: usize,
    /// Payments in the grown store.
    pub(crate) grown: u64,
    /// Payments that the bare loops write.
    pub(crate) bare: u32,
}

/// Who is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Null,
    Sqlite,
    Postgres,
    Grown,
}

/// One measurement of a round.
struct Case {
    name: &'static str,
    target: Target,
    work: Work,
    connections: usize,
    offered: Offered,
}

/// How many requests a second are made.
#[derive(Clone, Copy)]
enum Offered {
    /// As many as are answered.
    Most,
    /// Half of what another case of the same round reached.
    HalfOf(&'static str),
    /// So many.
    Rate(u32),
}

const fn case(name: &'static str, target: Target, work: Work, connections: usize) -> Case {
    Case { name, target, work, connections, offered: Offered::Most }
}

const fn half(name: &'static str, target: Target, of: &'static str) -> Case {
    Case { offered: Offered::HalfOf(of), ..case(name, target, UNIFORM, 64) }
}

const fn purchases(name: &'static str, target: Target) -> Case {
    Case { offered: Offered::Rate(PURCHASES), ..case(name, target, Work::Authorize, 64) }
}

/// Purchases by card a second.
const PURCHASES: u32 = 500;

const UNIFORM: Work = Work::Pay(Spread::Uniform);

/// What is compared stands close together. Reads come first, while the store of
/// the round is still small.
const CASES: [Case; 23] = [
    case("null read", Target::Null, Work::Balance, 64),
    case("sqlite balance", Target::Sqlite, Work::Balance, 64),
    case("sqlite payment", Target::Sqlite, Work::Payment, 64),
    case("sqlite list", Target::Sqlite, Work::List, 64),
    case("grown list", Target::Grown, Work::List, 64),
    case("null", Target::Null, UNIFORM, 64),
    case("sqlite", Target::Sqlite, UNIFORM, 64),
    case("sqlite hot", Target::Sqlite, Work::Pay(Spread::Hot), 64),
    case("grown", Target::Grown, UNIFORM, 64),
    case("postgres", Target::Postgres, UNIFORM, 64),
    case("postgres hot", Target::Postgres, Work::Pay(Spread::Hot), 64),
    case("sqlite zipf", Target::Sqlite, Work::Pay(Spread::Zipf), 64),
    case("postgres zipf", Target::Postgres, Work::Pay(Spread::Zipf), 64),
    half("sqlite half", Target::Sqlite, "sqlite"),
    half("postgres half", Target::Postgres, "postgres"),
    purchases("sqlite cards", Target::Sqlite),
    purchases("postgres cards", Target::Postgres),
    case("null 1024", Target::Null, UNIFORM, 1024),
    case("sqlite 1024", Target::Sqlite, UNIFORM, 1024),
    case("postgres 1024", Target::Postgres, UNIFORM, 1024),
    case("null 1", Target::Null, UNIFORM, 1),
    case("sqlite 1", Target::Sqlite, UNIFORM, 1),
    case("postgres 1", Target::Postgres, UNIFORM, 1),
];

/// The sizes of the commits that the bare loops make.
pub(crate) const BARE_BATCHES: [usize; 2] = [64, 256];
/// Payments that are read again by their ID.
const READ_PAYMENTS: usize = 1_000;
/// Growing goes fastest with full batches.
const GROW_CONNECTIONS: usize = 256;
/// A server that has just started is still busy with itself.
const SETTLE: Duration = Duration::from_millis(500);

/// Measures everything.
pub(crate) fn measure(workshop: &Workshop, settings: &Settings) -> io::Result<Results> {
    let mut plan = Plan { workshop, settings, results: Results::default(), runs: 0 };
    let null = start_null()?;
    let grown = plan.grow()?;
    for round in 1..=settings.rounds {
        eprintln!("round {round} of {}", settings.rounds);
        plan.round(round, &null, &grown)?;
    }
    plan.leave(grown, "grown")?.remove()?;
    Ok(plan.results)
}

struct Plan<'a> {
    workshop: &'a Workshop,
    settings: &'a Settings,
    results: Results,
    /// Runs so far, so that no idempotency key comes twice.
    runs: u64,
}

/// Everything that is asked during a round.
struct Sites<'a> {
    null: &'a Running,
    sqlite: &'a Installation,
    grown: &'a Installation,
    postgres: Option<&'a Installation>,
    /// Payments of the SQLite installation.
    payments: Arc<[String]>,
}

impl Plan<'_> {
    /// An installation whose store holds many payments already.
    fn grow(&mut self) -> io::Result<Installation> {
        eprintln!("growing a store to {} payments", self.settings.grown);
        let mut grown = self.install(Kind::Sqlite, "grown")?;
        let mut payments = 0;
        while payments < self.settings.grown {
            self.runs += 1;
            let requests = Requests::new(UNIFORM, &grown.key, &grown.wallets, self.runs);
            let load = Load {
                address: grown.server.address,
                requests: &requests,
                connections: GROW_CONNECTIONS,
                warm_up: Duration::ZERO,
                duration: Duration::from_secs(2),
                rate: None,
            };
            payments += load.run()?.latency.len();
        }
        let (wallets, key) = (Arc::clone(&grown.wallets), grown.key.clone());
        let place = self.leave(grown, "grown")?;
        self.results.note("grown payments", payments as f64);
        let mut server = self.workshop.serve(&place)?;
        for _ in 0..3 {
            self.results.note("grown start s", server.started_in.as_secs_f64());
            thread::sleep(SETTLE);
            server.stop()?;
            server = self.workshop.serve(&place)?;
        }
        grown = Installation { server, place, key, wallets };
        Ok(grown)
    }

    /// A new installation; what it costs before it has anything to do is noted.
    fn install(&mut self, kind: Kind, name: &str) -> io::Result<Installation> {
        let (place, key) = self.workshop.place(kind, name)?;
        let server = self.workshop.serve(&place)?;
        thread::sleep(SETTLE);
        if kind == Kind::Sqlite {
            self.results.note("start s", server.started_in.as_secs_f64());
            self.results.note("idle bytes", server.memory()?.resident as f64);
        }
        let wallets = world::wallets(server.address, &key, self.settings.wallets)?;
        Ok(Installation { server, place, key, wallets })
    }

    /// Stops an installation; what it has cost is noted.
    fn leave(&mut self, installation: Installation, name: &str) -> io::Result<Place> {
        let Installation { server, place, .. } = installation;
        self.results.note(&format!("{name} peak bytes"), server.memory()?.peak as f64);
        server.stop()?;
        let bytes = place.size()? as f64 / place.transactions()? as f64;
        self.results.note(&format!("{name} bytes per payment"), bytes);
        Ok(place)
    }

    fn round(&mut self, round: usize, null: &Running, grown: &Installation) -> io::Result<()> {
        let name = |kind: &str| format!("{kind}-{round}");
        let sqlite = self.install(Kind::Sqlite, &name("sqlite"))?;
        let postgres = match self.workshop.postgres {
            None => None,
            Some(_) => Some(self.install(Kind::Postgres, &name("postgres"))?),
        };
        let (address, key) = (sqlite.server.address, &sqlite.key);
        let payments = world::payments(address, key, &sqlite.wallets, READ_PAYMENTS)?;
        let sites = Sites { null, sqlite: &sqlite, grown, postgres: postgres.as_ref(), payments };
        for case in &CASES {
            self.case(case, &sites)?;
        }
        self.telling(&name("telling"))?;
        let sqlite = self.leave(sqlite, "sqlite")?;
        let postgres = postgres.map(|it| self.leave(it, "postgres")).transpose()?;
        self.bare(&sqlite.path)?;
        sqlite.remove()?;
        postgres.map_or(Ok(()), Place::remove)
    }

    fn case(&mut self, case: &Case, sites: &Sites<'_>) -> io::Result<()> {
        let (server, installation) = match case.target {
            Target::Null => (sites.null, sites.sqlite),
            Target::Sqlite => (&sites.sqlite.server, sites.sqlite),
            Target::Grown => (&sites.grown.server, sites.grown),
            Target::Postgres => match sites.postgres {
                None => return Ok(()),
                Some(installation) => (&installation.server, installation),
            },
        };
        let names = match case.work {
            Work::Payment => &sites.payments,
            Work::Authorize => {
                &world::cards(server.address, &installation.key, &installation.wallets)?
            }
            _ => &installation.wallets,
        };
        self.runs += 1;
        let requests = Requests::new(case.work, &installation.key, names, self.runs);
        let load = Load {
            address: server.address,
            requests: &requests,
            connections: case.connections,
            warm_up: self.settings.warm_up,
            duration: self.settings.duration,
            rate: match case.offered {
                Offered::Most => None,
                Offered::HalfOf(of) => Some(self.results.last_throughput(of) as u32 / 2),
                Offered::Rate(rate) => Some(rate),
            },
        };
        let sample = observe(server, &load, case.target != Target::Null)?;
        eprintln!("  {:<16}{sample}", case.name);
        self.results.add(case.name, sample);
        Ok(())
    }

    fn telling(&mut self, name: &str) -> io::Result<()> {
        let installation = self.workshop.develop(name, self.settings.wallets)?;
        self.runs += 2;
        let run = self.runs;
        telling::measure(installation, self.settings.duration, run, &mut self.results)?.remove()
    }

    fn bare(&mut self, filled: &Path) -> io::Result<()> {
        let rows = Rows::read(filled, self.settings.bare)?;
        let kinds = [("sqlite", Kind::Sqlite), ("postgres", Kind::Postgres)];
        for (name, kind) in kinds {
            if kind == Kind::Postgres && self.workshop.postgres.is_none() {
                continue;
            }
            for batch in BARE_BATCHES {
                let (place, _) = self.workshop.place(kind, &format!("bare-{name}"))?;
                let throughput = bare::run(&place, &rows, batch)?;
                eprintln!("  bare {name} {batch}: {throughput:.0}/s");
                self.results.note(&format!("bare {name} {batch}"), throughput);
                place.remove()?;
            }
        }
        Ok(())
    }
}

/// Runs a load and sees what it cost on both sides.
fn observe(server: &Running, load: &Load<'_>, has_metrics: bool) -> io::Result<Sample> {
    let stages = || {
        if has_metrics {
            get(server.address, "/metrics").map(|text| Stages::parse(&text))
        } else {
            Ok(Stages::default())
        }
    };
    let stages_before = stages()?;
    let server_before = server.processor_time()?;
    let generator_before = processor_time("self")?;
    let measured = load.run()?;
    let requests = measured.throughput * (load.warm_up + load.duration).as_secs_f64();
    let each = |used: Duration| used.as_secs_f64() * 1e6 / requests;
    Ok(Sample {
        measured,
        server_us: each(server.processor_time()? - server_before),
        generator_us: each(processor_time("self")? - generator_before),
        stages: stages()?.since(&stages_before),
    })
}

/// The null handler is this program, started once more.
fn start_null() -> io::Result<Running> {
    let address = free_address()?;
    let mut null = Command::new(env::current_exe()?);
    null.args(["null", &address.to_string()]);
    Running::start(null.stdout(Stdio::null()), address)
}
