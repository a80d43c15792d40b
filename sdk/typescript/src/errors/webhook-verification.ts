/**
 * What arrived is not a delivery of this webhook, or is too old to be believed: answer it with 400 and do nothing else.
 * Thrown by `webhooks.unwrap`. It is not a {@link WallgentError}, because no server said it.
 *
 * @example
 * ```ts
 * const body = '{"type":"wallet.funded"}';
 * const headers = { ...wg.webhooks.sign(body, webhook.secret), 'webhook-id': 'evt_of_another' };
 * try {
 *   wg.webhooks.unwrap(body, headers, webhook.secret);
 * } catch (error) {
 *   if (!(error instanceof WebhookVerificationError)) throw error;
 *   console.log(error.message); // No signature fits: …
 * }
 * ```
 */
export class WebhookVerificationError extends Error {
  constructor(message: string) {
    super(message);
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true });
  }
}
