//! What was measured, round by round.

use std::collections::BTreeMap;
use std::fmt;

use crate::load::Measurement;
use crate::stages::Stages;

/// Everything that was measured.
#[derive(Default)]
pub(crate) struct Results {
    cases: BTreeMap<&'static str, Vec<Sample>>,
    facts: BTreeMap<String, Vec<f64>>,
}

/// One case in one round.
pub(crate) struct Sample {
    pub(crate) measured: Measurement,
    /// Processor time of the server for each request, in microseconds.
    pub(crate) server_us: f64,
    /// The same for the load generator.
    pub(crate) generator_us: f64,
    pub(crate) stages: Stages,
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (server, generator) = (self.server_us, self.generator_us);
        write!(f, "{}  cpu {server:.1} + {generator:.1} µs", self.measured)
    }
}

impl Results {
    /// Adds a case of a round.
    pub(crate) fn add(&mut self, case: &'static str, sample: Sample) {
        self.cases.entry(case).or_default().push(sample);
    }

    /// Adds a figure that is no load.
    pub(crate) fn note(&mut self, fact: &str, value: f64) {
        self.facts.entry(fact.to_owned()).or_default().push(value);
    }

    /// The samples of a case; none when it was left out.
    pub(crate) fn samples(&self, case: &str) -> &[Sample] {
        self.cases.get(case).map_or(&[], Vec::as_slice)
    }

    /// A figure that is no load, over all rounds.
    pub(crate) fn fact(&self, fact: &str) -> Option<Spread> {
        Spread::of(self.facts.get(fact)?.iter().copied())
    }

    /// A figure of a case over all rounds.
    pub(crate) fn figure(&self, case: &str, figure: impl Fn(&Sample) -> f64) -> Option<Spread> {
        Spread::of(self.samples(case).iter().map(figure))
    }

    /// The same for a figure that a sample may lack.
    pub(crate) fn known_figure(
        &self,
        case: &str,
        figure: impl Fn(&Sample) -> Option<f64>,
    ) -> Option<Spread> {
        Spread::of(self.samples(case).iter().filter_map(figure))
    }

    /// The throughput of one case as a share of another's in the same round.
    pub(crate) fn share(&self, case: &str, of: &str) -> Option<Spread> {
        let pairs = self.samples(case).iter().zip(self.samples(of));
        Spread::of(pairs.map(|(case, of)| case.measured.throughput / of.measured.throughput))
    }

    /// The throughput of a case in the latest round.
    pub(crate) fn last_throughput(&self, case: &str) -> f64 {
        self.samples(case).last().map_or(0.0, |sample| sample.measured.throughput)
    }
}

/// The middle of several rounds, and how far they lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Spread {
    fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let median = if values.len().is_multiple_of(2) {
            (values.get(middle.wrapping_sub(1))? + values.get(middle)?) / 2.0
        } else {
            *values.get(middle)?
        };
        Some(Self { median, low: *values.first()?, high: *values.last()? })
    }

    /// The same in another unit.
    pub(crate) fn times(self, factor: f64) -> Self {
        Self { median: self.median * factor, low: self.low * factor, high: self.high * factor }
    }
}

#[test]
fn the_median_is_in_the_middle() {
    let spread = |values: &[f64]| Spread::of(values.iter().copied());
    let expected = |median, low, high| Some(Spread { median, low, high });
    assert_eq!(spread(&[3.0, 1.0, 2.0]), expected(2.0, 1.0, 3.0));
    assert_eq!(spread(&[4.0, 1.0]), expected(2.5, 1.0, 4.0));
    assert_eq!(spread(&[]), None);
}
