//! Kinds and states of wallets, and who may change them.

/// What a wallet is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalletType {
    /// The organization's own; one for each environment.
    Org,
    /// An agent's.
    Agent,
    /// Any other.
    Standard,
}

impl WalletType {
    /// All types.
    pub const ALL: [Self; 3] = [Self::Org, Self::Agent, Self::Standard];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Org => "ORG",
            Self::Agent => "AGENT",
            Self::Standard => "STANDARD",
        }
    }

    /// The type with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// What a wallet can do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalletStatus {
    /// Everything.
    Active,
    /// Receive, but not pay.
    Frozen,
    /// Nothing, for good.
    Closed,
}

impl WalletStatus {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Active, Self::Frozen, Self::Closed];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Frozen => "FROZEN",
            Self::Closed => "CLOSED",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}
