import type { PageParams } from '../pagination.js';
import type { AmountInput } from './values.js';

/** Days as `timeRestrictions` names them. */
export type Weekday = 'MON' | 'TUE' | 'WED' | 'THU' | 'FRI' | 'SAT' | 'SUN';

/** When a wallet may pay. An end before the start means across midnight. */
export interface TimeRestrictions {
  /** `HH:MM`, included. */
  start: string;
  /** `HH:MM`, excluded. */
  end: string;
  /** IANA name, for instance `America/New_York`. */
  timezone: string;
  /** Every day by default. */
  days?: Weekday[] | null | undefined;
}

/** A spend policy of a wallet. A rule that is `null` is not enforced; amounts are decimal strings. */
export interface Policy {
  /** `pol_…` */
  id: string;
  walletId: string;
  name: string;
  enabled: boolean;
  maxTransactionAmount: string | null;
  /** A calendar day in UTC. */
  dailySpendingLimit: string | null;
  /** Monday to Sunday in UTC. */
  weeklySpendingLimit: string | null;
  /** A calendar month in UTC. */
  monthlySpendingLimit: string | null;
  maxTransactionsPerDay: number | null;
  /** Only these; an empty list is nobody. */
  approvedRecipients: string[] | null;
  blockedRecipients: string[] | null;
  timeRestrictions: TimeRestrictions | null;
  requireHumanApproval: boolean;
  /** Approval only above this amount. */
  approvalThreshold: string | null;
  /** Whether the key that asked may not approve. */
  requireDifferentApprover: boolean;
  createdAt: string;
  updatedAt: string;
}

/** The rules of a policy as they are sent: `null` or left out means not enforced, `'0'` means nothing allowed. */
export interface PolicyRules {
  /** `false` suspends the policy. */
  enabled?: boolean | undefined;
  maxTransactionAmount?: AmountInput | null | undefined;
  dailySpendingLimit?: AmountInput | null | undefined;
  weeklySpendingLimit?: AmountInput | null | undefined;
  monthlySpendingLimit?: AmountInput | null | undefined;
  maxTransactionsPerDay?: number | null | undefined;
  /** Wallet IDs, network addresses, merchant IDs or bank account IDs. */
  approvedRecipients?: string[] | null | undefined;
  blockedRecipients?: string[] | null | undefined;
  timeRestrictions?: TimeRestrictions | null | undefined;
  requireHumanApproval?: boolean | null | undefined;
  /** The other way to write `requireHumanApproval: true`. */
  approvalMode?: 'HUMAN_IN_THE_LOOP' | undefined;
  approvalThreshold?: AmountInput | null | undefined;
  requireDifferentApprover?: boolean | null | undefined;
}

/** Parameters of `policies.create`. */
export interface CreatePolicyParams extends PolicyRules {
  name: string;
  idempotencyKey?: string | undefined;
}

/** Parameters of `policies.update`: what is left out stays, `null` clears. */
export interface UpdatePolicyParams extends PolicyRules {
  name?: string | undefined;
}

/** A rule that a payment breaks. Amounts and counts are strings. */
export interface PolicyViolation {
  policyId: string;
  policyName: string;
  /** The field of the policy, for instance `dailySpendingLimit`. */
  rule: string;
  limit: string | null;
  /** What the payment would make of it. */
  observed: string | null;
  remaining: string | null;
  /** When the window of the limit begins anew. */
  resetsAt: string | null;
}

/** What is left of a limit. */
export interface PolicyLimit {
  policyId: string;
  /** The field of the policy, for instance `dailySpendingLimit`. */
  rule: string;
  limit: string;
  /** `null` for a limit on a single payment. */
  used: string | null;
  remaining: string;
  resetsAt: string | null;
}

/** What policies say of a payment. */
export type PolicyDecision = 'ALLOW' | 'DENY' | 'REQUIRE_APPROVAL';

/** Parameters of `policies.check`: a payment that is not made. */
export interface CheckPolicyParams {
  /** The receiving wallet, or whatever else a list of recipients may name. */
  to: string;
  amount: AmountInput;
}

/** Answer of `policies.check`. */
export interface PolicyCheck {
  decision: PolicyDecision;
  violations: PolicyViolation[];
  limits: PolicyLimit[];
}

/** A recorded evaluation that denied a payment or asked for approval. */
export interface PolicyEvaluation {
  /** `pev_…` */
  id: string;
  walletId: string;
  result: 'DENY' | 'REQUIRE_APPROVAL';
  /** What was to be paid: a decimal string. */
  amount: string;
  /** To whom. */
  to: string;
  /** Every rule that failed. */
  violations: PolicyViolation[];
  /** How often the same was asked within a second. */
  count: number;
  /** When it was first asked. */
  createdAt: string;
  /** When it was last asked. */
  lastAt: string;
}

/** Filters of `wallets.listPolicyEvaluations`. */
export interface ListPolicyEvaluationsParams extends PageParams {
  result?: 'DENY' | 'REQUIRE_APPROVAL' | undefined;
}
