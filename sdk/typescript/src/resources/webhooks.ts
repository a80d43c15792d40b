import type { RequestOptions } from '../options.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import { sign, unwrap } from '../signatures/standard-webhooks.js';
import type { WallgentEvent } from '../types/events.js';
import type {
  CreateWebhookParams,
  DeadLetters,
  DiscardedDeadLetter,
  EventTypeDescription,
  ListDeadLettersParams,
  ListDeliveriesParams,
  RetriedDeadLetter,
  SignedWebhookHeaders,
  SignWebhookOptions,
  UnwrapWebhookOptions,
  UpdateWebhookParams,
  Webhook,
  WebhookDelivery,
  WebhookHeaders,
  WebhookTest,
  WebhookWithSecret,
} from '../types/webhooks.js';

/**
 * Webhooks: addresses of yours that events are sent to. A delivery that is not answered with 2xx is repeated over days; then
 * it is a dead letter. Each may come more than once: its event's `id` is always the same.
 */
export class Webhooks {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Makes a webhook, which hears of what happens from now on. The `secret` is in this answer and nowhere else. Needs
   * `webhooks:write` and a key that is not bound to wallets.
   *
   * @throws ValidationError (also for an event that does not exist)
   * @example
   * ```ts
   * const created = await wg.webhooks.create({
   *   url: 'https://your-app.example/webhooks/wallgent',
   *   events: ['payment.completed', 'wallet.funded', 'policy.denied'],
   * });
   * console.log(created.id, created.secret.slice(0, 6)); // hook_… whsec_
   * ```
   */
  create(params: CreateWebhookParams, options?: RequestOptions): AnswerPromise<WebhookWithSecret> {
    return this.#transport.request({ method: 'POST', path: ['webhooks'], body: params }, options);
  }

  /**
   * All webhooks, on one page. Needs `webhooks:read` and a key that is not bound to wallets.
   *
   * @example
   * ```ts
   * for (const item of (await wg.webhooks.list()).data) console.log(item.url, item.status);
   * ```
   */
  list(options?: RequestOptions): PagePromise<Webhook> {
    return this.#transport.list({ method: 'GET', path: ['webhooks'] }, options);
  }

  /**
   * Reads a webhook. Needs `webhooks:read` and a key that is not bound to wallets.
   *
   * @throws WebhookNotFoundError
   * @example
   * ```ts
   * const found = await wg.webhooks.retrieve(webhook.id);
   * console.log(found.status); // ENABLED
   * ```
   */
  retrieve(webhookId: string, options?: RequestOptions): AnswerPromise<Webhook> {
    return this.#transport.request({ method: 'GET', path: ['webhooks', webhookId] }, options);
  }

  /** The same as {@link retrieve}. */
  get(webhookId: string, options?: RequestOptions): AnswerPromise<Webhook> {
    return this.retrieve(webhookId, options);
  }

  /**
   * Changes what is given and leaves the rest. Needs `webhooks:write` and a key that is not bound to wallets.
   *
   * @throws WebhookNotFoundError, ValidationError
   * @example
   * ```ts
   * const paused = await wg.webhooks.update(webhook.id, { enabled: false });
   * console.log(paused.enabled, paused.status); // false DISABLED
   * ```
   */
  update(
    webhookId: string,
    params: UpdateWebhookParams,
    options?: RequestOptions,
  ): AnswerPromise<Webhook> {
    const path = ['webhooks', webhookId];
    return this.#transport.request({ method: 'PATCH', path, body: params }, options);
  }

  /**
   * Ends a webhook, and with it what is still to be delivered to it. Needs `webhooks:write` and a key that is not bound to
   * wallets.
   *
   * @throws WebhookNotFoundError
   * @example
   * ```ts
   * await wg.webhooks.delete(webhook.id);
   * ```
   */
  delete(webhookId: string, options?: RequestOptions): AnswerPromise<void> {
    return this.#transport.request({ method: 'DELETE', path: ['webhooks', webhookId] }, options);
  }

  /**
   * Delivers a sample once, at once, and answers what came of it: also a refusal is an answer. Needs `webhooks:write` and a
   * key that is not bound to wallets.
   *
   * @throws WebhookNotFoundError
   * @example
   * ```ts
   * const test = await wg.webhooks.test(webhook.id);
   * console.log(test.delivered, test.statusCode); // true 200
   * ```
   */
  test(webhookId: string, options?: RequestOptions): AnswerPromise<WebhookTest> {
    return this.#act(['webhooks', webhookId, 'test'], options);
  }

  /**
   * Gives a webhook a new secret. For 24 hours the old one signs as well. Needs `webhooks:write` and a key that is not
   * bound to wallets.
   *
   * @throws WebhookNotFoundError
   * @example
   * ```ts
   * const rotated = await wg.webhooks.rotateSecret(webhook.id);
   * console.log(rotated.secret !== webhook.secret); // true
   * ```
   */
  rotateSecret(webhookId: string, options?: RequestOptions): AnswerPromise<WebhookWithSecret> {
    return this.#act(['webhooks', webhookId, 'rotate-secret'], options);
  }

  /**
   * The last attempts to deliver to a webhook, newest first: at most 1,000. Needs `webhooks:read` and a key that is not
   * bound to wallets.
   *
   * @throws WebhookNotFoundError, ValidationError
   * @example
   * ```ts
   * for await (const attempt of wg.webhooks.listDeliveries(webhook.id)) {
   *   console.log(attempt.eventType, attempt.attempt, attempt.statusCode, attempt.error);
   * }
   * ```
   */
  listDeliveries(
    webhookId: string,
    params?: ListDeliveriesParams,
    options?: RequestOptions,
  ): PagePromise<WebhookDelivery> {
    const path = ['webhooks', webhookId, 'deliveries'];
    return this.#transport.list({ method: 'GET', path, query: params }, options);
  }

  /**
   * Delivers the event of an attempt once more, at once. Needs `webhooks:write` and a key that is not bound to wallets.
   *
   * @throws WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * for await (const attempt of wg.webhooks.listDeliveries(webhook.id)) {
   *   if (attempt.status === 'FAILED') await wg.webhooks.resendDelivery(attempt.id);
   * }
   * ```
   */
  resendDelivery(deliveryId: string, options?: RequestOptions): AnswerPromise<WebhookDelivery> {
    return this.#act(['webhooks', 'deliveries', deliveryId, 'resend'], options);
  }

  /**
   * What could not be delivered to any webhook in all attempts, newest first. Needs `webhooks:read` and a key that is not
   * bound to wallets.
   *
   * @throws ValidationError
   * @example
   * ```ts
   * const dead = await wg.webhooks.listDeadLetters({ limit: 50, offset: 0 });
   * for (const letter of dead.data) console.log(letter.eventType, letter.lastError);
   * console.log(dead.total); // 0
   * ```
   */
  listDeadLetters(
    params?: ListDeadLettersParams,
    options?: RequestOptions,
  ): AnswerPromise<DeadLetters> {
    const path = ['webhooks', 'dlq'];
    return this.#transport.request({ method: 'GET', path, query: params }, options);
  }

  /**
   * Tries a dead letter again, in as many attempts as at first. Needs `webhooks:write` and a key that is not bound to
   * wallets.
   *
   * @throws WallgentError with code `NOT_FOUND`, or `CONFLICT` when it is being tried already
   * @example
   * ```ts
   * for (const letter of (await wg.webhooks.listDeadLetters()).data) {
   *   await wg.webhooks.retryDeadLetter(letter.id);
   * }
   * ```
   */
  retryDeadLetter(
    deadLetterId: string,
    options?: RequestOptions,
  ): AnswerPromise<RetriedDeadLetter> {
    return this.#act(['webhooks', 'dlq', deadLetterId, 'retry'], options);
  }

  /**
   * Gives a dead letter up. Needs `webhooks:write` and a key that is not bound to wallets.
   *
   * @throws WallgentError with code `NOT_FOUND`, or `CONFLICT` when it is being tried again
   * @example
   * ```ts
   * for (const letter of (await wg.webhooks.listDeadLetters()).data) {
   *   if (letter.webhookId === webhook.id) await wg.webhooks.discardDeadLetter(letter.id);
   * }
   * ```
   */
  discardDeadLetter(
    deadLetterId: string,
    options?: RequestOptions,
  ): AnswerPromise<DiscardedDeadLetter> {
    return this.#act(['webhooks', 'dlq', deadLetterId, 'discard'], options);
  }

  /**
   * Every type of event that can happen, all on one page. Needs `webhooks:read`.
   *
   * @example
   * ```ts
   * for (const item of (await wg.webhooks.eventTypes()).data) {
   *   console.log(item.type, item.description, item.sample.data);
   * }
   * ```
   */
  eventTypes(options?: RequestOptions): PagePromise<EventTypeDescription> {
    return this.#transport.list({ method: 'GET', path: ['webhooks', 'event-types'] }, options);
  }

  /**
   * Checks a delivery and reads its event: signature and age by the headers `webhook-id`, `webhook-timestamp` and
   * `webhook-signature`, as https://www.standardwebhooks.com has them. Sends nothing.
   *
   * @param body as it arrived, before anything has parsed it
   * @param headers as they arrived
   * @param secret the webhook's, `whsec_…`
   * @throws WebhookVerificationError for what is no delivery of the webhook or too old, `TypeError` for a body that was
   * parsed and a secret that is none
   * @example
   * ```ts
   * const body = '{"type":"wallet.funded","data":{"amount":"50.00"}}'; // of the request
   * const headers = wg.webhooks.sign(body, webhook.secret); // of the request
   * const event = wg.webhooks.unwrap(body, headers, webhook.secret);
   * if (event.type === 'wallet.funded') console.log(event.data.amount); // 50.00
   * ```
   */
  unwrap(
    body: string | Uint8Array,
    headers: WebhookHeaders,
    secret: string,
    options?: UnwrapWebhookOptions,
  ): WallgentEvent {
    return unwrap(body, headers, secret, options);
  }

  /**
   * The headers that a delivery would have, to test a receiver with. Sends nothing.
   *
   * @throws TypeError for a secret that is none
   * @example
   * ```ts
   * const [type] = (await wg.webhooks.eventTypes()).data;
   * const body = JSON.stringify(type?.sample);
   * const headers = wg.webhooks.sign(body, webhook.secret);
   * const answer = await fetch(webhook.url, { method: 'POST', headers, body });
   * console.log(answer.status); // 200
   * ```
   */
  sign(
    body: string | Uint8Array,
    secret: string,
    options?: SignWebhookOptions,
  ): SignedWebhookHeaders {
    return sign(body, secret, options);
  }

  #act<T>(path: readonly string[], options?: RequestOptions): AnswerPromise<T> {
    return this.#transport.request({ method: 'POST', path, body: {} }, options);
  }
}
