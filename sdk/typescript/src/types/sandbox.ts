import type { AmountInput, TimeInput } from './values.js';

/** Parameters of `sandbox.fund`. */
export interface SandboxFundParams {
  walletId: string;
  /** At most 10,000.00 a call and 100,000.00 a wallet. */
  amount: AmountInput;
  idempotencyKey?: string | undefined;
}

/** Answer of `sandbox.fund`; amounts are decimal strings. */
export interface SandboxFunding {
  walletId: string;
  amount: string;
  newBalance: string;
}

/** Parameters of `sandbox.advanceClock`: by how much, or until when. Never backwards. */
export type AdvanceClockParams =
  | {
      /** An ISO 8601 duration, for instance `PT24H`. */
      advance: string;
      to?: undefined;
    }
  | { to: TimeInput; advance?: undefined };

/** Answer of `sandbox.advanceClock`. */
export interface SandboxClock {
  /** The server's time, ISO 8601 UTC. */
  now: string;
}
