import { hmacSha256 } from './sha256.js';
import { bytesOf, hexOf, isEqualInConstantTime } from './text.js';

const PREFIX = 'sha256=';

/**
 * Whether a webhook's delivery comes from Wallgent: whether its header `Wallgent-Signature` is the signature of its body.
 * It takes the same time wherever two signatures differ, never throws, and is done when it returns, on every platform.
 *
 * Old deliveries stay valid for ever. Use {@link Webhooks.unwrap} to refuse those, or remember the events' IDs.
 *
 * @param rawBody the body as it arrived, before anything has parsed it: parsed JSON is `false`
 * @param signature the header, `sha256=<hex>`; where there are several, separated by commas, one must fit
 * @param secret the webhook's, `whsec_…`, as it was shown; without one nothing is valid
 * @example
 * ```ts
 * const body = '{"type":"wallet.funded"}';
 * const { 'wallgent-signature': signature } = wg.webhooks.sign(body, webhook.secret);
 * console.log(verifyWebhookSignature(body, signature, webhook.secret)); // true
 * console.log(verifyWebhookSignature(`${body} `, signature, webhook.secret)); // false
 * ```
 */
export function verifyWebhookSignature(
  rawBody: string | Uint8Array,
  signature: string | readonly string[] | null | undefined,
  secret: string,
): boolean {
  try {
    const body = bytesOf(rawBody);
    // Anybody can sign with an empty secret, which is what a forgotten setting looks like.
    if (body === undefined || typeof secret !== 'string' || secret === '') return false;
    const expected = wallgentSignature(body, secret);
    const given = Array.isArray(signature) ? signature.join() : signature;
    if (typeof given !== 'string') return false;
    return given.split(',').some((one) => isEqualInConstantTime(one.trim(), expected));
  } catch {
    // Callers without a compiler pass anything, and a throw would answer the sender with a page about it.
    return false;
  }
}

/** The header `Wallgent-Signature` of a body. Its key is the secret as it is shown, prefix included. */
export function wallgentSignature(body: Uint8Array, secret: string): string {
  return PREFIX + hexOf(hmacSha256(new TextEncoder().encode(secret), body));
}
