// What most stories begin with.
import {
  type CreateAgentParams,
  type CreateBankAccountParams,
  type CreatedAgent,
  type Wallet,
  Wallgent,
} from '@wallgent/sdk';
import type { Server } from './server.ts';

/** A bank account as somebody would link it. */
export const BANK_ACCOUNT: CreateBankAccountParams = {
  routingNumber: '021000021',
  accountNumber: '000123456789',
  accountHolderName: 'Acme Inc.',
  accountType: 'CHECKING',
};

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

/** A new agent with a budget from the organization's wallet (at most 10,000.00), and a client with the agent's key. */
export async function fundedAgent(
  { wg, url, sandboxWalletId }: Server,
  amount: string,
  params: Partial<CreateAgentParams> = {},
): Promise<{ agent: CreatedAgent; itself: Wallgent }> {
  const agent = await wg.agents.create({ name: 'Agent', ...params });
  await wg.wallets.fund(sandboxWalletId, { amount });
  await wg.agents.adjustBudget(agent.id, { amount });
  return { agent, itself: new Wallgent(agent.apiKey, { baseUrl: url }) };
}
