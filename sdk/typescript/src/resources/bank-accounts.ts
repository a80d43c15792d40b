import type { RequestOptions } from '../options.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type {
  BankAccount,
  CreateBankAccountParams,
  RemovedBankAccount,
  VerifyBankAccountParams,
} from '../types/bank-accounts.js';

/**
 * Bank accounts of the organization, where deposits come from and withdrawals go. Their numbers are stored encrypted and
 * never answered.
 */
export class BankAccounts {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Links a bank account. In the sandbox it is verified at once; otherwise it receives two small deposits, which
   * {@link verify} tells. Needs `payments:write` and a key that is not bound to wallets.
   *
   * @throws ValidationError, and WallgentError with code `PERMISSION_DENIED` or `CONFLICT` (too many)
   * @example
   * ```ts
   * const linked = await wg.bankAccounts.create({
   *   routingNumber: '021000021',
   *   accountNumber: '000123456789',
   *   accountHolderName: 'Acme Inc.',
   *   accountType: 'CHECKING',
   *   nickname: 'Operating account',
   * });
   * console.log(linked.status, linked.accountNumberLast4); // VERIFIED 6789
   * ```
   */
  create(params: CreateBankAccountParams, options?: RequestOptions): AnswerPromise<BankAccount> {
    const path = ['bank-accounts'];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }

  /** The same as {@link create}. */
  link(params: CreateBankAccountParams, options?: RequestOptions): AnswerPromise<BankAccount> {
    return this.create(params, options);
  }

  /**
   * All bank accounts, on one page. Needs `payments:read`.
   *
   * @example
   * ```ts
   * for (const item of (await wg.bankAccounts.list()).data) console.log(item.nickname, item.status);
   * ```
   */
  list(options?: RequestOptions): PagePromise<BankAccount> {
    return this.#transport.list({ method: 'GET', path: ['bank-accounts'] }, options);
  }

  /**
   * Reads a bank account. Needs `payments:read`.
   *
   * @throws WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * const found = await wg.bankAccounts.retrieve(bankAccount.id);
   * console.log(found.accountHolderName, found.accountType); // Acme Inc. CHECKING
   * ```
   */
  retrieve(bankAccountId: string, options?: RequestOptions): AnswerPromise<BankAccount> {
    const path = ['bank-accounts', bankAccountId];
    return this.#transport.request({ method: 'GET', path }, options);
  }

  /** The same as {@link retrieve}. */
  get(bankAccountId: string, options?: RequestOptions): AnswerPromise<BankAccount> {
    return this.retrieve(bankAccountId, options);
  }

  /**
   * Tells what the two small deposits brought, which proves that the account is yours. There are three tries; an account
   * that is verified stays so. Needs `payments:write` and a key that is not bound to wallets.
   *
   * @throws ValidationError (not those amounts: `details.triesLeft`), and WallgentError with code `NOT_FOUND` or `CONFLICT`
   * (no try left, or removed: `details.status`)
   * @example
   * ```ts
   * const verified = await wg.bankAccounts.verify(bankAccount.id, { amounts: ['0.32', '0.45'] });
   * console.log(verified.status); // VERIFIED
   * ```
   */
  verify(
    bankAccountId: string,
    params: VerifyBankAccountParams,
    options?: RequestOptions,
  ): AnswerPromise<BankAccount> {
    const path = ['bank-accounts', bankAccountId, 'verify'];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }

  /**
   * Removes a bank account, and its number with it. What is on its way to it goes on. Needs `payments:write` and a key that
   * is not bound to wallets.
   *
   * @throws WallgentError with code `NOT_FOUND`, or `CONFLICT` when it was removed before
   * @example
   * ```ts
   * const removed = await wg.bankAccounts.delete(bankAccount.id);
   * console.log(removed.deleted); // true
   * ```
   */
  delete(bankAccountId: string, options?: RequestOptions): AnswerPromise<RemovedBankAccount> {
    const path = ['bank-accounts', bankAccountId];
    return this.#transport.request({ method: 'DELETE', path }, options);
  }

  /** The same as {@link delete}. */
  remove(bankAccountId: string, options?: RequestOptions): AnswerPromise<RemovedBankAccount> {
    return this.delete(bankAccountId, options);
  }
}
