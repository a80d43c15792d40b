/** Causes nest; platforms go two or three deep. */
const DEEPEST_CAUSE = 5;

/**
 * What a failed `fetch` tells, in words and as a plain error. A copy of message and code only: the original may
 * come from a `fetch` of the caller's that keeps the request, and with it the key, on its errors.
 */
export function causeOf(thrown: unknown, secret: string): { message: string; cause: Error } {
  const layers = layersOf(thrown);
  const words = layers.map(wordsOf).join(': ').replaceAll(secret, '[key]') || 'unknown';
  const cause = new Error(words);
  const code = layers.map(codeOf).find((found) => found !== undefined);
  if (code !== undefined) Object.assign(cause, { code });
  return { message: `No answer from the server: ${words}`, cause };
}

function layersOf(thrown: unknown): Error[] {
  const layers: Error[] = [];
  let layer: unknown = thrown;
  while (layer instanceof Error && layers.length < DEEPEST_CAUSE) {
    layers.push(layer);
    layer = layer.cause;
  }
  return layers;
}

/** A connection tried on several addresses fails with an error that has a code and no message. */
function wordsOf(layer: Error): string {
  return layer.message !== '' ? layer.message : (codeOf(layer) ?? layer.name);
}

function codeOf(layer: Error): string | undefined {
  const { code } = layer as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
