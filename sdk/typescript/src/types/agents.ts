import type { PageParams } from '../pagination.js';
import type { Policy } from './policies.js';
import type { AmountInput, Environment, Metadata, Permission } from './values.js';

/** A frozen agent pays nothing and still receives. */
export type AgentStatus = 'ACTIVE' | 'FROZEN';

/**
 * An agent and what it has to spend: a wallet of its own, a key bound to it, and whatever policies the wallet has. The
 * wallet's ID is the agent's. Amounts are decimal strings, times ISO 8601 UTC.
 */
export interface AgentBudget {
  /** `wal_…` */
  id: string;
  /** The same as `id`. */
  walletId: string;
  name: string;
  /** The agent's name for itself. */
  agentName: string | null;
  status: AgentStatus;
  /** Everything posted. */
  balance: string;
  /** What can be spent: the balance less holds. */
  available: string;
  currency: string;
  /** What counts against its daily limits since midnight UTC: payments made and payments that wait, without fees. */
  spentToday: string;
  /** Its key, `key_…`; `null` when it has none. */
  apiKeyId: string | null;
  /** What that key may do. */
  permissions: Permission[];
  environment: Environment;
  /** Its address on the agent network, `wg_…`. */
  wallgentAddress: string;
  createdAt: string;
  updatedAt: string;
}

/** Parameters of `agents.create`. */
export interface CreateAgentParams {
  /** 1–256 characters. */
  name: string;
  /**
   * What its key may do, within what the calling key may. By default `wallets:read`, `wallets:write`, `payments:read` and
   * `payments:write`.
   */
  permissions?: Permission[] | undefined;
  /** The agent's name for itself, up to 256 characters. */
  agentName?: string | null | undefined;
  metadata?: Metadata | null | undefined;
  /** Whether the network directory shows it; it does by default. */
  discoverable?: boolean | undefined;
  idempotencyKey?: string | undefined;
}

/** Answer of `agents.create`. */
export interface CreatedAgent extends AgentBudget {
  /** The agent's key itself, `wg_test_…` or `wg_live_…`. Shown this once: save it now. */
  apiKey: string;
  apiKeyId: string;
}

/** Filters of `agents.list`. */
export interface ListAgentsParams extends PageParams {
  walletId?: string | undefined;
  status?: AgentStatus | undefined;
}

/** Parameters of `agents.adjustBudget`. */
export interface AdjustBudgetParams {
  /** Positive comes from the organization's wallet, negative goes back to it. */
  amount: AmountInput;
  idempotencyKey?: string | undefined;
}

/** Answer of `agents.adjustBudget`. */
export interface BudgetAdjustment {
  id: string;
  /** The amount as it was sent: a number for a number, a string for a string. */
  adjustment: AmountInput;
  /** The agent's balance after it. */
  newBalance: string;
  currency: string;
}

/** Answer of `agents.pause` and `agents.resume`. */
export interface AgentStanding {
  id: string;
  status: AgentStatus;
}

/** Answer of `agents.rotateKey`. */
export interface RotatedAgentKey {
  /** The new key itself. Shown this once: save it now. */
  apiKey: string;
  apiKeyId: string;
  /** The key that no longer works; `null` when the agent had none. */
  revokedKeyId: string;
}

/** Answer of `agents.delete`. */
export interface DeletedAgent {
  id: string;
  deleted: boolean;
  /** What went back to the organization's wallet. */
  sweptAmount: string;
}

/** A kind of agent that can be made in one call, with a key and a policy that suit it. */
export interface AgentTemplate {
  /** `tmpl_…` */
  id: string;
  name: string;
  description: string;
  /** What the agent's key may do. */
  permissions: Permission[];
  /** The policy that its wallet gets: a name and rules. */
  policy: Omit<Policy, 'id' | 'walletId' | 'enabled' | 'createdAt' | 'updatedAt'>;
}

/** Parameters of `agents.fromTemplate`. */
export interface AgentFromTemplateParams {
  /** `id` of a template. */
  templateId: string;
  /** 1–256 characters. */
  name: string;
  idempotencyKey?: string | undefined;
}

/** Answer of `agents.fromTemplate`. */
export interface AgentFromTemplate extends CreatedAgent {
  /** The policy that was made with it, `pol_…`. */
  policyId: string;
  templateId: string;
}
