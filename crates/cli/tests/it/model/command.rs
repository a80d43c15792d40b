//! What can be asked of the server, and of the model.

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Caller {
    /// The organization's sandbox key with every right.
    Owner,
    /// A key with rights on the first wallet only.
    Scoped,
    /// The key of the agent that was made first among those that live, of the first when none does.
    Agent,
    /// A key that may read.
    Reader,
    /// A revoked key.
    Revoked,
    /// No key.
    Nobody,
    /// The organization's live key.
    Live,
    /// Another organization's key.
    Stranger,
}

/// A wallet, as a command names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Any wallet of the case, by number modulo how many there are. Number 0 is the stranger's.
    Wallet(usize),
    /// Any agent of the case, by number modulo how many there are.
    Agent(usize),
    /// The wallet of any delegation of the case, by number modulo how many there are.
    Delegated(usize),
    /// The organization's wallet in the other environment.
    Live,
    /// An ID that nothing has.
    Unknown,
}

/// An amount as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    Text(String),
    /// `true` in place of an amount.
    Mistyped,
}

/// One payment asked for.
#[derive(Clone, Debug)]
pub(super) struct Pay {
    pub(super) from: Place,
    pub(super) to: Place,
    pub(super) amount: Sent,
}

/// The rules of a policy; amounts in cents.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub(super) enabled: bool,
    pub(super) maximum: Option<u32>,
    pub(super) daily: Option<u32>,
    pub(super) weekly: Option<u32>,
    pub(super) monthly: Option<u32>,
    pub(super) count: Option<u32>,
    pub(super) approved: Option<Vec<usize>>,
    pub(super) blocked: Option<Vec<usize>>,
    pub(super) hours: Option<Hours>,
    pub(super) approval: bool,
    pub(super) threshold: Option<u32>,
}

/// Minutes since midnight UTC, and days from Monday; no days are all days.
#[derive(Clone, Debug)]
pub(super) struct Hours {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) days: Vec<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Switch {
    Freeze,
    Unfreeze,
    Close,
}

/// To whom a wallet is delegated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grantee {
    /// The stranger's organization.
    Stranger,
    /// The key with rights on the first wallet only.
    Scoped,
}

/// One request, or one step of time.
#[derive(Clone, Debug)]
pub(super) enum Command {
    CreateWallet {
        caller: Caller,
        named: bool,
    },
    Fund {
        caller: Caller,
        wallet: Place,
        amount: Sent,
        key: Option<u8>,
    },
    Switch {
        caller: Caller,
        wallet: Place,
        switch: Switch,
    },
    AddPolicy {
        caller: Caller,
        wallet: Place,
        rules: Rules,
        misspelt: bool,
    },
    ChangePolicy {
        caller: Caller,
        policy: usize,
        rules: Rules,
    },
    DropPolicy {
        caller: Caller,
        policy: usize,
    },
    Pay {
        caller: Caller,
        pay: Pay,
        key: Option<u8>,
    },
    Batch {
        caller: Caller,
        pays: Vec<Pay>,
        atomic: bool,
        key: Option<u8>,
    },
    Reverse {
        caller: Caller,
        payment: usize,
        amount: Option<Sent>,
        key: Option<u8>,
    },
    Check {
        wallet: Place,
        to: Place,
        amount: Sent,
    },
    CreateAgent {
        caller: Caller,
        named: bool,
    },
    /// The amount is taken back from the agent when `back` puts a sign before it.
    Adjust {
        caller: Caller,
        agent: Place,
        amount: Sent,
        back: bool,
        key: Option<u8>,
    },
    Pause {
        caller: Caller,
        agent: Place,
        pause: bool,
    },
    DeleteAgent {
        caller: Caller,
        agent: Place,
    },
    Decide {
        caller: Caller,
        approval: usize,
        approve: bool,
    },
    NetworkPay {
        caller: Caller,
        from: Option<Place>,
        to: Place,
        amount: Sent,
        key: Option<u8>,
    },
    Grant {
        caller: Caller,
        wallet: Place,
        grantee: Grantee,
        paying: bool,
        minutes: Option<i64>,
    },
    Revoke {
        caller: Caller,
        delegation: usize,
    },
    Advance {
        minutes: i64,
    },
}

impl Command {
    /// Who asks; time is moved by the owner, and only the owner asks beforehand.
    pub(super) fn caller(&self) -> Caller {
        match self {
            Self::CreateWallet { caller, .. }
            | Self::Fund { caller, .. }
            | Self::Switch { caller, .. }
            | Self::AddPolicy { caller, .. }
            | Self::ChangePolicy { caller, .. }
            | Self::DropPolicy { caller, .. }
            | Self::Pay { caller, .. }
            | Self::Batch { caller, .. }
            | Self::Reverse { caller, .. }
            | Self::CreateAgent { caller, .. }
            | Self::Adjust { caller, .. }
            | Self::Pause { caller, .. }
            | Self::DeleteAgent { caller, .. }
            | Self::Decide { caller, .. }
            | Self::NetworkPay { caller, .. }
            | Self::Grant { caller, .. }
            | Self::Revoke { caller, .. } => *caller,
            Self::Check { .. } | Self::Advance { .. } => Caller::Owner,
        }
    }

    /// Its idempotency key, for commands that can have one.
    pub(super) fn key(&self) -> Option<u8> {
        match self {
            Self::Fund { key, .. }
            | Self::Pay { key, .. }
            | Self::Batch { key, .. }
            | Self::Reverse { key, .. }
            | Self::Adjust { key, .. }
            | Self::NetworkPay { key, .. } => *key,
            _ => None,
        }
    }

    /// Whether it can change who is an agent, what waits, or what is delegated.
    pub(super) fn concerns_lists(&self) -> bool {
        matches!(
            self,
            Self::CreateAgent { .. }
                | Self::Pause { .. }
                | Self::DeleteAgent { .. }
                | Self::Decide { .. }
                | Self::NetworkPay { .. }
                | Self::Grant { .. }
                | Self::Revoke { .. }
                | Self::Advance { .. }
        )
    }

    /// What it is called where its answers are counted.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::CreateWallet { .. } => "create wallet",
            Self::Fund { .. } => "fund",
            Self::Switch { .. } => "switch",
            Self::AddPolicy { .. } | Self::ChangePolicy { .. } | Self::DropPolicy { .. } => {
                "policy"
            }
            Self::Pay { .. } => "pay",
            Self::Batch { .. } => "batch",
            Self::Reverse { .. } => "reverse",
            Self::Check { .. } => "check",
            Self::CreateAgent { .. } => "create agent",
            Self::Adjust { back: false, .. } => "give",
            Self::Adjust { back: true, .. } => "take",
            Self::Pause { pause: true, .. } => "pause",
            Self::Pause { pause: false, .. } => "resume",
            Self::DeleteAgent { .. } => "delete agent",
            Self::Decide { approve: true, .. } => "approve",
            Self::Decide { approve: false, .. } => "reject",
            Self::NetworkPay { .. } => "network pay",
            Self::Grant { .. } => "grant",
            Self::Revoke { .. } => "revoke",
            Self::Advance { .. } => "advance",
        }
    }
}
