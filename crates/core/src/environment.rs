//! The two isolated worlds of an organization.

use std::fmt;

/// Sandbox money is play money; production money is real. Nothing crosses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Environment {
    /// Reached with `wg_test_` keys.
    Sandbox,
    /// Reached with `wg_live_` keys.
    Production,
}

impl Environment {
    /// Both, in the order in which they are created.
    pub const ALL: [Self; 2] = [Self::Sandbox, Self::Production];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "SANDBOX",
            Self::Production => "PRODUCTION",
        }
    }

    /// The environment with this name on the wire.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// What a secret key of this environment begins with.
    #[must_use]
    pub const fn key_prefix(self) -> &'static str {
        match self {
            Self::Sandbox => "wg_test_",
            Self::Production => "wg_live_",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
