import type { RequestOptions } from '../options.js';
import type { AnswerPromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type {
  AdvanceClockParams,
  SandboxClock,
  SandboxFunding,
  SandboxFundParams,
} from '../types/sandbox.js';

/** What only the sandbox can do. A live key gets {@link SandboxOnlyError}. */
export class Sandbox {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Puts test money into a wallet: at most 10,000.00 a call and 100,000.00 a wallet in total. Needs `wallets:write`.
   *
   * @throws SandboxOnlyError, InvalidAmountError, WalletNotFoundError, WalletFrozenError
   * @example
   * ```ts
   * const funding = await wg.sandbox.fund({ walletId: wallet.id, amount: '500.00' });
   * console.log(funding.newBalance); // 1500.00
   * ```
   */
  fund(params: SandboxFundParams, options?: RequestOptions): AnswerPromise<SandboxFunding> {
    return this.#transport.request(
      { method: 'POST', path: ['sandbox', 'fund'], body: params },
      options,
    );
  }

  /**
   * Moves the clock of a server that was started with `--test-clock`. Answers when everything that fell due has run.
   *
   * @throws SandboxOnlyError, ValidationError, and WallgentError with code `NOT_FOUND` when the server has no such clock
   * @example
   * ```ts
   * const clock = await wg.sandbox.advanceClock({ advance: 'PT24H' });
   * console.log(clock.now);
   * ```
   */
  advanceClock(params: AdvanceClockParams, options?: RequestOptions): AnswerPromise<SandboxClock> {
    return this.#transport.request(
      { method: 'POST', path: ['sandbox', 'clock'], body: params },
      options,
    );
  }
}
