// What most stories begin with.
import type { Wallet, Wallgent } from '@wallgent/sdk';

/** A new wallet with test money in it: at most 10,000.00. */
export async function fundedWallet(wg: Wallgent, amount: string, name = 'Buyer'): Promise<Wallet> {
  const wallet = await wg.wallets.create({ name });
  await wg.wallets.fund(wallet.id, { amount });
  return wallet;
}

/** What a wallet can spend. */
export async function available(wg: Wallgent, walletId: string): Promise<string> {
  return (await wg.wallets.getBalance(walletId)).available;
}
