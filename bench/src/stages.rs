//! Where the time of a request goes inside the server, as its metrics tell.

use std::collections::BTreeMap;

/// The stages in the order in which a request passes them.
pub(crate) const STAGES: [&str; 7] =
    ["parse", "auth", "queue", "decide", "store", "sync", "answer"];

const STAGE: &str = "wallgent_stage_seconds";
const BATCH: &str = "wallgent_batch_commands";

/// Sums since the server started, or between two moments.
#[derive(Clone, Default)]
pub(crate) struct Stages {
    stages: BTreeMap<String, Sum>,
    batch: Sum,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    sum: f64,
    count: f64,
}

impl Stages {
    /// Reads the metrics of a server.
    pub(crate) fn parse(metrics: &str) -> Self {
        let mut stages = Self::default();
        for line in metrics.lines() {
            let Some((name, value)) = line.rsplit_once(' ') else {
                continue;
            };
            let Ok(value) = value.parse() else { continue };
            let (name, labels) = name.split_once('{').unwrap_or((name, ""));
            let stage = labels.strip_prefix("stage=\"").and_then(|rest| rest.split('"').next());
            match (name.strip_prefix(STAGE), stage) {
                (Some("_sum"), Some(stage)) => stages.stage(stage).sum = value,
                (Some("_count"), Some(stage)) => stages.stage(stage).count = value,
                _ if name.strip_prefix(BATCH) == Some("_sum") => stages.batch.sum = value,
                _ if name.strip_prefix(BATCH) == Some("_count") => stages.batch.count = value,
                _ => {}
            }
        }
        stages
    }

    fn stage(&mut self, name: &str) -> &mut Sum {
        self.stages.entry(name.to_owned()).or_default()
    }

    /// What was added since an earlier moment.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let stages = self.stages.iter().map(|(name, sum)| {
            let before = earlier.stages.get(name).copied().unwrap_or_default();
            (name.clone(), sum.minus(before))
        });
        Self { stages: stages.collect(), batch: self.batch.minus(earlier.batch) }
    }

    /// The mean of a stage in microseconds: of one request, or of one batch for
    /// the stages that a batch passes together. None when the server does not
    /// tell.
    pub(crate) fn mean_us(&self, stage: &str) -> Option<f64> {
        self.stages.get(stage)?.mean().map(|seconds| seconds * 1e6)
    }

    /// Commands a second while the engine's thread was busy: what it would reach
    /// if it never waited for requests.
    pub(crate) fn engine_throughput(&self) -> Option<f64> {
        let busy_us: Option<f64> =
            ["decide", "store", "sync", "answer"].iter().map(|stage| self.mean_us(stage)).sum();
        Some(self.batch_size()? * 1e6 / busy_us?)
    }

    /// How many commands one commit held.
    pub(crate) fn batch_size(&self) -> Option<f64> {
        self.batch.mean()
    }
}

impl Sum {
    fn minus(self, other: Self) -> Self {
        Self { sum: self.sum - other.sum, count: self.count - other.count }
    }

    fn mean(self) -> Option<f64> {
        (self.count > 0.0).then(|| self.sum / self.count)
    }
}

#[test]
fn means_are_taken_between_two_moments() {
    let text = |sum: u32, count: u32| {
        let labels = r#"{stage="sync"}"#;
        format!(
            "# TYPE x\nwallgent_stage_seconds_sum{labels} 0.{sum}\n\
             wallgent_stage_seconds_bucket{{stage=\"sync\",le=\"1.0\"}} 9\n\
             wallgent_stage_seconds_count{labels} {count}\n\
             wallgent_batch_commands_sum {sum}\nwallgent_batch_commands_count {count}\n"
        )
    };
    let stages = Stages::parse(&text(5, 20)).since(&Stages::parse(&text(1, 10)));
    assert_eq!(stages.mean_us("sync").map(f64::round), Some(40_000.0));
    assert_eq!(stages.batch_size(), Some(0.4));
    assert_eq!(stages.mean_us("parse"), None);
}
