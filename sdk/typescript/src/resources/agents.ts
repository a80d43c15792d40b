import type { RequestOptions } from '../options.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type {
  AdjustBudgetParams,
  AgentBudget,
  AgentFromTemplate,
  AgentFromTemplateParams,
  AgentStanding,
  AgentTemplate,
  BudgetAdjustment,
  CreateAgentParams,
  CreatedAgent,
  DeletedAgent,
  ListAgentsParams,
  RotatedAgentKey,
} from '../types/agents.js';

/**
 * Agents: each has a wallet and a key that is bound to it, and the wallet's ID is the agent's. What it may spend is up to
 * the policies of the wallet. Every call on one agent throws {@link WalletNotFoundError} when there is no such agent.
 */
export class Agents {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Makes an agent: an empty wallet and a key for it. The `apiKey` is in this answer and nowhere else. Needs
   * `wallets:write`, `api_keys:write` and a key that is not bound to wallets; permissions that the calling key lacks
   * cannot be given.
   *
   * @throws ValidationError, WalletLimitExceededError, and WallgentError with code `PERMISSION_DENIED`
   * @example
   * ```ts
   * const created = await wg.agents.create({
   *   name: 'Research Bot',
   *   permissions: ['wallets:read', 'payments:write'],
   * });
   * const itself = new Wallgent(created.apiKey, { baseUrl });
   * console.log((await itself.wallets.get(created.id)).balance); // 0.00
   * ```
   */
  create(params: CreateAgentParams, options?: RequestOptions): AnswerPromise<CreatedAgent> {
    return this.#transport.request({ method: 'POST', path: ['agents'], body: params }, options);
  }

  /**
   * Lists agents, newest first. Needs `wallets:read`.
   *
   * @throws ValidationError
   * @example
   * ```ts
   * for await (const item of wg.agents.list({ status: 'ACTIVE', limit: 50 })) {
   *   console.log(item.name, item.balance, item.spentToday);
   * }
   * ```
   */
  list(params?: ListAgentsParams, options?: RequestOptions): PagePromise<AgentBudget> {
    return this.#transport.list({ method: 'GET', path: ['agents'], query: params }, options);
  }

  /**
   * Reads an agent. Needs `wallets:read`.
   *
   * @throws WalletNotFoundError
   * @example
   * ```ts
   * const found = await wg.agents.retrieve(agent.id);
   * console.log(found.status, found.balance); // ACTIVE 125.00
   * ```
   */
  retrieve(agentId: string, options?: RequestOptions): AnswerPromise<AgentBudget> {
    return this.#transport.request({ method: 'GET', path: ['agents', agentId] }, options);
  }

  /** The same as {@link retrieve}. */
  get(agentId: string, options?: RequestOptions): AnswerPromise<AgentBudget> {
    return this.retrieve(agentId, options);
  }

  /**
   * Moves money between the organization's wallet and the agent: to the agent when positive, back when negative. Without
   * a fee, outside its policies, and also while it is paused. Needs `wallets:write` and a key that is not bound to wallets.
   *
   * @throws WalletNotFoundError, InsufficientFundsError (whoever gives has too little available), InvalidAmountError
   * @example
   * ```ts
   * const given = await wg.agents.adjustBudget(agent.id, { amount: 50 });
   * console.log(given.adjustment, given.newBalance); // 50 175.00
   * const taken = await wg.agents.adjustBudget(agent.id, { amount: '-25.00' });
   * console.log(taken.adjustment, taken.newBalance); // -25.00 150.00
   * ```
   */
  adjustBudget(
    agentId: string,
    params: AdjustBudgetParams,
    options?: RequestOptions,
  ): AnswerPromise<BudgetAdjustment> {
    return this.#act(agentId, 'adjust-budget', params, options);
  }

  /**
   * Stops everything the agent would pay; it still receives. Needs `wallets:write`; the agent's own key may do it too.
   *
   * @throws WalletNotFoundError
   * @example
   * ```ts
   * const paused = await wg.agents.pause(agent.id);
   * console.log(paused.status); // FROZEN
   * ```
   */
  pause(agentId: string, options?: RequestOptions): AnswerPromise<AgentStanding> {
    return this.#act(agentId, 'pause', {}, options);
  }

  /**
   * Lets a paused agent pay again. Needs `wallets:write` and a key that is not bound to wallets.
   *
   * @throws WalletNotFoundError
   * @example
   * ```ts
   * await wg.agents.pause(agent.id);
   * const resumed = await wg.agents.resume(agent.id);
   * console.log(resumed.status); // ACTIVE
   * ```
   */
  resume(agentId: string, options?: RequestOptions): AnswerPromise<AgentStanding> {
    return this.#act(agentId, 'resume', {}, options);
  }

  /**
   * Gives the agent a new key and revokes the old one, both at once. The `apiKey` is in this answer and nowhere else.
   * Needs `wallets:write`, `api_keys:write` and a key that is not bound to wallets.
   *
   * @throws WalletNotFoundError
   * @example
   * ```ts
   * const rotated = await wg.agents.rotateKey(agent.id);
   * console.log(rotated.revokedKeyId === agent.apiKeyId); // true
   * ```
   */
  rotateKey(agentId: string, options?: RequestOptions): AnswerPromise<RotatedAgentKey> {
    return this.#act(agentId, 'rotate-key', {}, options);
  }

  /**
   * Ends an agent for good: what waits for approval is rejected, what it has goes back to the organization's wallet, its
   * keys are revoked and its wallet is closed. Needs `wallets:write`, `api_keys:write` and a key that is not bound to
   * wallets.
   *
   * @throws WalletNotFoundError
   * @example
   * ```ts
   * const ended = await wg.agents.delete(agent.id);
   * console.log(ended.deleted, ended.sweptAmount); // true 125.00
   * ```
   */
  delete(agentId: string, options?: RequestOptions): AnswerPromise<DeletedAgent> {
    return this.#transport.request({ method: 'DELETE', path: ['agents', agentId] }, options);
  }

  /**
   * The kinds of agents that {@link fromTemplate} can make, all on one page. Needs `wallets:read`.
   *
   * @example
   * ```ts
   * for (const template of (await wg.agents.templates()).data) {
   *   console.log(template.id, template.name, template.policy.dailySpendingLimit);
   * }
   * ```
   */
  templates(options?: RequestOptions): PagePromise<AgentTemplate> {
    return this.#transport.list({ method: 'GET', path: ['agents', 'templates'] }, options);
  }

  /**
   * Makes an agent together with the policy of a template. Needs what {@link create} needs, and `policies:write`.
   *
   * @throws ValidationError, WalletLimitExceededError, and WallgentError with code `NOT_FOUND` when there is no such
   * template
   * @example
   * ```ts
   * const [template] = (await wg.agents.templates()).data;
   * if (template) {
   *   const made = await wg.agents.fromTemplate({ templateId: template.id, name: 'Scout' });
   *   console.log(made.id, made.policyId); // wal_… pol_…
   * }
   * ```
   */
  fromTemplate(
    params: AgentFromTemplateParams,
    options?: RequestOptions,
  ): AnswerPromise<AgentFromTemplate> {
    const path = ['agents', 'from-template'];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }

  #act<T>(
    agentId: string,
    action: string,
    body: object,
    options?: RequestOptions,
  ): AnswerPromise<T> {
    const path = ['agents', agentId, action];
    return this.#transport.request({ method: 'POST', path, body }, options);
  }
}
