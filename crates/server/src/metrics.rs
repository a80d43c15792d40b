//! What the server tells Prometheus.

use std::sync::atomic::AtomicI64;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// Where the time of a request goes, and how much there is of everything.
pub struct Metrics {
    registry: Registry,
    /// Reading and splitting the body.
    pub parse: Stage,
    /// Recognizing the caller.
    pub auth: Stage,
    /// Waiting for the engine.
    pub queue: Stage,
    /// Deciding, for a whole batch.
    pub decide: Stage,
    /// Writing rows, for a whole batch.
    pub store: Stage,
    /// Committing, for a whole batch.
    pub sync: Stage,
    /// Waking those who wait, for a whole batch.
    pub answer: Stage,
    requests: Family<RequestLabels, Counter>,
    batch_size: Histogram,
    writer: Gauge<i64, AtomicI64>,
}

/// The time that one stage takes.
#[derive(Clone)]
pub struct Stage(Histogram);

impl Stage {
    /// Records one duration.
    pub fn observe(&self, duration: Duration) {
        self.0.observe(duration.as_secs_f64());
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StageLabels {
    stage: &'static str,
}

fn stage_buckets() -> Histogram {
    // From 2 microseconds to half a second.
    Histogram::new(exponential_buckets(2e-6, 2.0, 19))
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Registers everything.
    #[must_use]
    fn new() -> Self {
        let mut registry = Registry::with_prefix("wallgent");
        let stages: Family<StageLabels, Histogram> = Family::new_with_constructor(stage_buckets);
        registry.register("stage_seconds", "Time spent in each stage", stages.clone());
        let stage = |stage| Stage(stages.get_or_create(&StageLabels { stage }).clone());
        let requests = Family::<RequestLabels, Counter>::default();
        registry.register("requests", "Requests answered", requests.clone());
        let batch_size = Histogram::new(exponential_buckets(1.0, 2.0, 10));
        registry.register("batch_commands", "Commands in one commit", batch_size.clone());
        let writer = Gauge::default();
        registry.register("writer", "1 while this process is the writer", writer.clone());
        Self {
            parse: stage("parse"),
            auth: stage("auth"),
            queue: stage("queue"),
            decide: stage("decide"),
            store: stage("store"),
            sync: stage("sync"),
            answer: stage("answer"),
            registry,
            requests,
            batch_size,
            writer,
        }
    }

    /// Counts an answer.
    pub fn request(&self, route: &'static str, status: u16) {
        self.requests.get_or_create(&RequestLabels { route, status }).inc();
    }

    /// Counts a commit.
    pub fn batch(&self, commands: usize) {
        let commands = u32::try_from(commands).unwrap_or(u32::MAX);
        self.batch_size.observe(f64::from(commands));
    }

    /// Notes whether this process is the writer.
    pub fn writer_alive(&self, alive: bool) {
        self.writer.set(i64::from(alive));
    }

    /// Whether this process is the writer.
    #[must_use]
    pub fn is_writer_alive(&self) -> bool {
        self.writer.get() == 1
    }

    /// Everything in Prometheus' text format.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        if text::encode(&mut text, &self.registry).is_err() {
            tracing::error!("metrics could not be written");
        }
        text
    }
}
