//! What an organization's plan allows.

/// A plan: how many wallets, and how many calls a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// No limits; the default of software that you run yourself.
    SelfHosted,
    /// 3 wallets, 60 reads and 10 writes a minute, sandbox only.
    Free,
    /// 10 wallets, 200 reads and 50 writes a minute.
    Starter,
    /// 50 wallets, 500 reads and 100 writes a minute.
    Growth,
    /// Any number of wallets, 2,000 reads and 500 writes a minute.
    Enterprise,
}

/// Calls a minute, for one key; an organization has twice as many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallsPerMinute {
    /// Calls that read.
    pub reads: u32,
    /// Calls that change something.
    pub writes: u32,
}

impl Plan {
    /// All plans.
    pub const ALL: [Self; 5] =
        [Self::SelfHosted, Self::Free, Self::Starter, Self::Growth, Self::Enterprise];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SelfHosted => "SELF_HOSTED",
            Self::Free => "FREE",
            Self::Starter => "STARTER",
            Self::Growth => "GROWTH",
            Self::Enterprise => "ENTERPRISE",
        }
    }

    /// The plan with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plan| plan.as_str() == name)
    }

    /// Wallets it allows, ORG and closed wallets not counted.
    #[must_use]
    pub const fn wallet_limit(self) -> Option<i64> {
        match self {
            Self::SelfHosted | Self::Enterprise => None,
            Self::Free => Some(3),
            Self::Starter => Some(10),
            Self::Growth => Some(50),
        }
    }

    /// Calls a minute it allows, or `None` for any number.
    #[must_use]
    pub const fn calls_per_minute(self) -> Option<CallsPerMinute> {
        let (reads, writes) = match self {
            Self::SelfHosted => return None,
            Self::Free => (60, 10),
            Self::Starter => (200, 50),
            Self::Growth => (500, 100),
            Self::Enterprise => (2_000, 500),
        };
        Some(CallsPerMinute { reads, writes })
    }

    /// Whether it reaches production.
    #[must_use]
    pub const fn includes_production(self) -> bool {
        !matches!(self, Self::Free)
    }
}
