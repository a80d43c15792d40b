import type { WallgentEvent } from '../types/events.js';

/** The event that a message holds, or `undefined` when it holds something else. */
export function readEvent(text: string): WallgentEvent | undefined {
  let event: Partial<WallgentEvent> | null;
  try {
    event = JSON.parse(text) as Partial<WallgentEvent> | null;
  } catch {
    return undefined;
  }
  const isEvent =
    Number.isSafeInteger(event?.sequence) &&
    typeof event?.type === 'string' &&
    typeof event.data === 'object' &&
    event.data !== null;
  // What `data` holds is trusted, as in every other answer.
  return isEvent ? (event as WallgentEvent) : undefined;
}
