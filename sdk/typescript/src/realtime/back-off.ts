import { WallgentConnectionError } from '../errors/connection.js';
import { UNEXPECTED_ANSWER } from '../errors/from-answer.js';
import type { WallgentError } from '../errors/wallgent-error.js';

/** After ten attempts in a row, some two minutes, somebody has to look at it. */
export const ATTEMPTS_MAX = 10;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/**
 * How long to wait before connecting again, in milliseconds: twice as long each time, up to half a minute.
 *
 * @param failures how many attempts in a row have failed
 * @param random a number from 0 up to 1, which spreads clients that lost the same server
 */
export function reconnectDelayMs(failures: number, random: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** failures, LONGEST_DELAY_MS) * (0.5 + random / 2);
}

/**
 * Whether connecting again could help. What the server itself refuses it would refuse again; what is out of order, or
 * answers in the server's place, passes.
 */
export function isPassing(error: WallgentError | WallgentConnectionError): boolean {
  if (error instanceof WallgentConnectionError) return true;
  return error.statusCode === 429 || error.statusCode >= 500 || error.code === UNEXPECTED_ANSWER;
}
