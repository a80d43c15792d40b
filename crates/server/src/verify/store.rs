//! The checks, each a query that finds what does not agree.

use super::Report;
use crate::db::{Connection, DbResult};

/// One thing that must hold.
pub(super) struct Check {
    /// What is checked.
    what: &'static str,
    /// Counts it.
    count: &'static str,
    /// Finds each that does not agree: its number, what is kept, what is
    /// derived.
    wrong: &'static str,
}

pub(super) const CHECKS: &[Check] = &[
    Check {
        what: "transactions balance to zero",
        count: "SELECT COUNT(*) FROM transactions",
        wrong: "SELECT transaction_id, CAST(0 AS BIGINT), CAST(SUM(amount) AS BIGINT) \
                FROM entries GROUP BY transaction_id HAVING SUM(amount) <> 0",
    },
    Check {
        what: "each organization's books balance in each transaction",
        count: "SELECT COUNT(*) FROM scopes",
        wrong: "SELECT e.transaction_id, CAST(0 AS BIGINT), CAST(SUM(e.amount) AS BIGINT) \
                FROM entries e JOIN accounts a ON a.id = e.account_id \
                GROUP BY e.transaction_id, a.scope_id HAVING SUM(e.amount) <> 0",
    },
    Check {
        what: "posted transactions have entries, others have none",
        count: "SELECT COUNT(*) FROM transactions",
        wrong: "SELECT t.id, CAST(CASE WHEN t.settled_at IS NULL THEN 0 ELSE 2 END AS BIGINT), \
                CAST(COALESCE(e.n, 0) AS BIGINT) FROM transactions t LEFT JOIN \
                (SELECT transaction_id, COUNT(*) AS n FROM entries GROUP BY transaction_id) e \
                ON e.transaction_id = t.id \
                WHERE (t.settled_at IS NULL AND COALESCE(e.n, 0) <> 0) \
                OR (t.settled_at IS NOT NULL AND COALESCE(e.n, 0) < 2)",
    },
    Check {
        what: "entries belong to a transaction and an account",
        count: "SELECT COUNT(*) FROM entries",
        wrong: "SELECT e.id, e.transaction_id, e.account_id FROM entries e \
                LEFT JOIN transactions t ON t.id = e.transaction_id \
                LEFT JOIN accounts a ON a.id = e.account_id WHERE t.id IS NULL OR a.id IS NULL",
    },
    Check {
        what: "balances equal the sum of their entries",
        count: "SELECT COUNT(*) FROM accounts",
        // Sums of dollars and of the rest: a sum of the amounts themselves
        // could pass the largest number on its way.
        wrong: "SELECT a.id, a.posted, CAST(COALESCE(e.whole * 100000000 + e.rest, 0) AS BIGINT) \
                FROM accounts a LEFT JOIN (SELECT account_id, SUM(amount / 100000000) AS whole, \
                SUM(amount % 100000000) AS rest FROM entries \
                GROUP BY account_id) e ON e.account_id = a.id \
                WHERE a.posted <> COALESCE(e.whole * 100000000 + e.rest, 0)",
    },
    Check {
        what: "each entry's balance continues the one before it",
        count: "SELECT COUNT(*) FROM entries",
        wrong: "SELECT e.id, e.balance_after, CAST(COALESCE(p.balance_after, 0) + e.amount AS BIGINT) \
                FROM entries e LEFT JOIN entries p ON p.id = e.previous_id \
                AND p.account_id = e.account_id \
                WHERE e.balance_after <> COALESCE(p.balance_after, 0) + e.amount \
                OR (e.previous_id <> 0 AND p.id IS NULL)",
    },
    Check {
        what: "each account's chain ends with its newest entry",
        count: "SELECT COUNT(*) FROM accounts",
        wrong: "SELECT a.id, a.last_entry_id, CAST(COALESCE(e.newest, 0) AS BIGINT) FROM accounts a \
                LEFT JOIN (SELECT account_id, MAX(id) AS newest FROM entries GROUP BY account_id) e \
                ON e.account_id = a.id WHERE a.last_entry_id <> COALESCE(e.newest, 0)",
    },
    Check {
        what: "wallets never owe, and hold no more than they have",
        count: "SELECT COUNT(*) FROM accounts WHERE kind = 'WALLET'",
        wrong: "SELECT id, posted, held FROM accounts WHERE kind = 'WALLET' \
                AND (posted < 0 OR held < 0 OR posted < held)",
    },
    Check {
        what: "held amounts equal the sum of pending holds",
        count: "SELECT COUNT(*) FROM holds",
        wrong: "SELECT a.id, a.held, CAST(COALESCE(h.total, 0) AS BIGINT) FROM accounts a \
                LEFT JOIN (SELECT wallet_id, SUM(amount) AS total FROM holds \
                WHERE status = 'PENDING' GROUP BY wallet_id) h ON h.wallet_id = a.id \
                WHERE a.held <> COALESCE(h.total, 0)",
    },
    Check {
        what: "pending approvals hold their funds, decided ones do not",
        count: "SELECT COUNT(*) FROM approvals",
        wrong: "SELECT p.id, h.amount, t.amount + t.fee FROM approvals p \
                JOIN holds h ON h.id = p.hold_id JOIN transactions t ON t.id = p.transaction_id \
                WHERE (p.status = 'PENDING') <> (h.status = 'PENDING') \
                OR h.amount <> t.amount + t.fee",
    },
    Check {
        what: "approvals, their payments and their holds agree",
        count: "SELECT COUNT(*) FROM approvals",
        wrong: "SELECT p.id, CAST(0 AS BIGINT), CAST(1 AS BIGINT) FROM approvals p \
                JOIN holds h ON h.id = p.hold_id JOIN transactions t ON t.id = p.transaction_id \
                WHERE NOT ((p.status = 'PENDING' AND t.status = 'PENDING_APPROVAL' \
                AND h.status = 'PENDING') OR (p.status IN ('REJECTED', 'EXPIRED') \
                AND t.status = p.status AND h.status = 'RELEASED') OR (p.status = 'APPROVED' \
                AND t.settled_at = p.decided_at AND h.status = 'CAPTURED'))",
    },
    Check {
        what: "daily roll-ups add up to the entries of each account",
        count: "SELECT COUNT(*) FROM wallet_days",
        wrong: "SELECT a.id, CAST(COALESCE(d.whole, 0) AS BIGINT), \
                CAST(COALESCE(e.whole, 0) AS BIGINT) FROM accounts a \
                LEFT JOIN (SELECT wallet_id, SUM(credits - debits) AS whole, \
                SUM(credits_rest - debits_rest) AS rest FROM wallet_days \
                GROUP BY wallet_id) d ON d.wallet_id = a.id \
                LEFT JOIN (SELECT account_id, SUM(amount / 100000000) AS whole, \
                SUM(amount % 100000000) AS rest FROM entries \
                GROUP BY account_id) e ON e.account_id = a.id WHERE a.kind = 'WALLET' \
                AND (COALESCE(d.whole, 0) <> COALESCE(e.whole, 0) \
                OR COALESCE(d.rest, 0) <> COALESCE(e.rest, 0))",
    },
    Check {
        what: "daily roll-ups equal the entries of each day",
        count: "SELECT COUNT(*) FROM wallet_days",
        wrong: "SELECT d.wallet_id, d.debits + d.credits, CAST(COALESCE(e.whole, 0) AS BIGINT) \
                FROM wallet_days d LEFT JOIN \
                (SELECT e.account_id, t.settled_at / 86400000000 AS day, \
                SUM(ABS(e.amount / 100000000)) AS whole, SUM(ABS(e.amount % 100000000)) AS rest \
                FROM entries e JOIN transactions t ON t.id = e.transaction_id \
                GROUP BY e.account_id, t.settled_at / 86400000000) e \
                ON e.account_id = d.wallet_id AND e.day = d.day \
                WHERE d.debits + d.credits <> COALESCE(e.whole, 0) \
                OR d.debits_rest + d.credits_rest <> COALESCE(e.rest, 0)",
    },
    Check {
        what: "each payment's day is counted",
        count: "SELECT COUNT(*) FROM transactions WHERE kind = 'PAYMENT'",
        wrong: "SELECT t.id, CAST(1 AS BIGINT), CAST(0 AS BIGINT) FROM transactions t \
                LEFT JOIN wallet_days d ON d.wallet_id = t.from_wallet_id \
                AND d.day = COALESCE(t.settled_at, t.created_at) / 86400000000 \
                WHERE t.kind = 'PAYMENT' AND d.day IS NULL",
    },
    Check {
        what: "spending of each day equals what was sent that day",
        count: "SELECT COUNT(*) FROM wallet_days",
        wrong: "SELECT d.wallet_id, d.spent, CAST(COALESCE(p.total, 0) AS BIGINT) \
                FROM wallet_days d LEFT JOIN (SELECT from_wallet_id, COALESCE(settled_at, created_at) / 86400000000 AS day, \
                SUM(CASE WHEN status IN ('REJECTED', 'EXPIRED') THEN 0 \
                ELSE amount - reversed_amount END) AS total FROM transactions \
                WHERE kind = 'PAYMENT' GROUP BY from_wallet_id, COALESCE(settled_at, created_at) / 86400000000) p \
                ON p.from_wallet_id = d.wallet_id AND p.day = d.day \
                WHERE d.spent <> COALESCE(p.total, 0)",
    },
    Check {
        what: "payments of each day are counted",
        count: "SELECT COUNT(*) FROM wallet_days",
        wrong: "SELECT d.wallet_id, d.spent_count, CAST(COALESCE(p.sent, 0) AS BIGINT) \
                FROM wallet_days d LEFT JOIN (SELECT from_wallet_id, COALESCE(settled_at, created_at) / 86400000000 AS day, \
                COUNT(*) AS sent FROM transactions \
                WHERE kind = 'PAYMENT' GROUP BY from_wallet_id, COALESCE(settled_at, created_at) / 86400000000) p \
                ON p.from_wallet_id = d.wallet_id AND p.day = d.day \
                WHERE d.spent_count <> COALESCE(p.sent, 0)",
    },
    Check {
        what: "reversed amounts equal the reversals",
        count: "SELECT COUNT(*) FROM transactions WHERE kind = 'REVERSAL'",
        wrong: "SELECT t.id, t.reversed_amount, CAST(COALESCE(r.total, 0) AS BIGINT) \
                FROM transactions t LEFT JOIN (SELECT related_id, SUM(amount) AS total \
                FROM transactions WHERE kind = 'REVERSAL' GROUP BY related_id) r \
                ON r.related_id = t.id WHERE t.kind = 'PAYMENT' \
                AND (t.reversed_amount <> COALESCE(r.total, 0) OR t.reversed_amount > t.amount)",
    },
    Check {
        what: "remembered payments exist",
        count: "SELECT COUNT(*) FROM idempotency",
        wrong: "SELECT i.resource_id, CAST(1 AS BIGINT), CAST(0 AS BIGINT) FROM idempotency i \
                LEFT JOIN transactions t ON t.id = i.resource_id \
                WHERE i.answer_id IS NULL AND t.id IS NULL",
    },
    Check {
        what: "event numbers end where the books say",
        count: "SELECT COUNT(*) FROM changes",
        wrong: "SELECT s.id, s.sequence, CAST(COALESCE(c.newest, 0) AS BIGINT) FROM scopes s \
                LEFT JOIN (SELECT scope_id, MAX(sequence) AS newest FROM changes \
                GROUP BY scope_id) c ON c.scope_id = s.id \
                WHERE s.sequence < COALESCE(c.newest, 0) OR s.sequence > COALESCE(c.newest, 0) + 1",
    },
];

/// Runs one check.
pub(super) fn run(connection: &mut Connection, check: &Check, report: &mut Report) -> DbResult<()> {
    let counted = connection.query_one(check.count, &[])?;
    let count = counted.map_or(Ok(0), |row| row.int(0))?;
    report.checked.push((check.what, count.unsigned_abs()));
    connection.stream(check.wrong, &mut |row| {
        let (id, kept, derived) = (row.int(0)?, row.int(1)?, row.int(2)?);
        report.differ(format!("{}: row {id} has {kept}, derived {derived}", check.what));
        Ok(())
    })
}

/// Whether the store answers.
pub fn is_readable(connection: &mut Connection) -> DbResult<()> {
    connection.query_one("SELECT CAST(1 AS BIGINT)", &[]).map(drop)
}
