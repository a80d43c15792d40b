import { setTimeout as wait } from 'node:timers/promises';

/** As for a delivery: tens of milliseconds are usual. */
const DEADLINE_MS = 20_000;
const PAUSE_MS = 25;

/** What a look finds once it finds something. For what follows a delivery with nobody to tell of it: that it was noted. */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Nothing was found in ${DEADLINE_MS} ms`);
    await wait(PAUSE_MS);
  }
}
