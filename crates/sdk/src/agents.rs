//! Agents: a wallet, a key bound to it, and an owner above both.

use wallgent_api::types::agents::{
    AdjustBudget, Agent, AgentStatus, AgentTemplate, BudgetAdjustment, CreateAgent,
    CreateFromTemplate, DeletedAgent, RotatedKey,
};
use wallgent_core::Amount;
use wallgent_core::id::{KeyId, WalletId};
use wallgent_core::wallet::WalletStatus;

use crate::call::Answer;
use crate::{Call, Client, Error, Listing, Secret};

/// A new agent and the secret of its key.
#[derive(Clone, Debug)]
pub struct CreatedAgent {
    /// The agent. Its own `api_key` is empty.
    pub agent: Agent,
    /// What the agent's [`Client`] is made with. The server shows it once: a
    /// repeated call with the same idempotency key answers it for a day, and then
    /// without.
    pub api_key: Option<Secret>,
}

impl CreatedAgent {
    fn read(answer: Answer) -> Result<Self, Error> {
        let mut agent: Agent = answer.read()?;
        let api_key = agent.api_key.take().map(Secret::new);
        Ok(Self { agent, api_key })
    }
}

/// A new key of an agent, in place of its old one.
#[derive(Clone, Debug)]
pub struct RotatedAgentKey {
    /// What the agent's [`Client`] is made with from now on; shown as in
    /// [`CreatedAgent`].
    pub api_key: Option<Secret>,
    /// The new key.
    pub api_key_id: KeyId,
    /// The old key, which is refused from now on.
    pub revoked_key_id: KeyId,
}

impl RotatedAgentKey {
    fn read(answer: Answer) -> Result<Self, Error> {
        let RotatedKey { api_key, api_key_id, revoked_key_id } = answer.read()?;
        Ok(Self { api_key: api_key.map(Secret::new), api_key_id, revoked_key_id })
    }
}

/// Which agents to list; all by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct AgentFilter {
    /// Only the agent of this wallet.
    pub wallet_id: Option<WalletId>,
    /// Only agents in this state.
    pub status: Option<WalletStatus>,
}

/// Agents. The ID of an agent is that of its wallet; a wallet that is no agent,
/// or another organization's, is `WALLET_NOT_FOUND`. An agent's own key reads and
/// pauses its agent; everything else is its owner's to do.
///
/// ```no_run
/// # async fn example(client: wallgent::Client) -> Result<(), wallgent::Error> {
/// use wallgent::types::agents::CreateAgent;
///
/// let bot = CreateAgent {
///     name: "Research Bot".to_owned(),
///     ..CreateAgent::default()
/// };
/// let created = client.agents().create(&bot).await?;
/// client.agents().adjust_budget(created.agent.id, "50.00".parse().expect("an amount")).await?;
/// let key = created.api_key.expect("a new agent has a key");
/// let itself = wallgent::Client::new(key.reveal())?;
/// println!("{}", itself.agents().get(created.agent.id).await?.available);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Agents<'a> {
    client: &'a Client,
}

impl<'a> Agents<'a> {
    pub(crate) const fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Creates an agent: an empty wallet and a key for it. Past the plan:
    /// `WALLET_LIMIT_EXCEEDED`.
    pub fn create(&self, agent: &CreateAgent) -> Call<CreatedAgent> {
        let call = self.client.post::<()>("/agents", agent);
        call.read_by(CreatedAgent::read)
    }

    /// One agent.
    pub fn get(&self, id: WalletId) -> Call<Agent> {
        self.client.get(format!("/agents/{id}"))
    }

    /// Agents, newest first.
    pub fn list(&self, filter: &AgentFilter) -> Listing<Agent> {
        Listing::of(self.client, "/agents")
            .query("walletId", filter.wallet_id)
            .query("status", filter.status.map(WalletStatus::as_str))
    }

    /// Moves money from the organization's own wallet to the agent or, below
    /// zero, back; free, also while the agent is paused. Whoever gives has too
    /// little: `INSUFFICIENT_FUNDS`.
    pub fn adjust_budget(&self, id: WalletId, amount: Amount) -> Call<BudgetAdjustment> {
        let request = AdjustBudget { amount, amount_sent: None };
        self.client.post(format!("/agents/{id}/adjust-budget"), &request)
    }

    /// Stops an agent from paying; money may still arrive.
    pub fn pause(&self, id: WalletId) -> Call<AgentStatus> {
        self.client.act(format!("/agents/{id}/pause"))
    }

    /// Lets a paused agent pay again.
    pub fn resume(&self, id: WalletId) -> Call<AgentStatus> {
        self.client.act(format!("/agents/{id}/resume"))
    }

    /// Gives an agent a new key and revokes its old one, both at once.
    pub fn rotate_key(&self, id: WalletId) -> Call<RotatedAgentKey> {
        let call = self.client.act::<()>(format!("/agents/{id}/rotate-key"));
        call.read_by(RotatedAgentKey::read)
    }

    /// Ends an agent for good: rejects what waits, gives its money to the
    /// organization's own wallet, revokes its keys and closes its wallet.
    pub fn delete(&self, id: WalletId) -> Call<DeletedAgent> {
        self.client.delete(format!("/agents/{id}")).read_by(Answer::read)
    }

    /// The kinds of agents that can be created ready to work.
    pub fn templates(&self) -> Call<Vec<AgentTemplate>> {
        self.client.get::<()>("/agents/templates").read_by(Answer::rows)
    }

    /// Creates an agent with the rights and the policy of a template; its
    /// `policy_id` names the policy. No such template: `NOT_FOUND`.
    pub fn from_template(&self, agent: &CreateFromTemplate) -> Call<CreatedAgent> {
        let call = self.client.post::<()>("/agents/from-template", agent);
        call.read_by(CreatedAgent::read)
    }
}
