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
        what: "the day of each payment, withdrawal, internal transfer and card purchase is counted",
        count: "SELECT COUNT(*) FROM transactions \
                WHERE kind IN ('PAYMENT', 'WITHDRAWAL', 'INTERNAL_TRANSFER')",
        wrong: "SELECT t.id, CAST(1 AS BIGINT), CAST(0 AS BIGINT) FROM transactions t \
                LEFT JOIN wallet_days d ON d.wallet_id = t.from_wallet_id \
                AND d.day = COALESCE(t.settled_at, t.created_at) / 86400000000 \
                WHERE t.kind IN ('PAYMENT', 'WITHDRAWAL', 'INTERNAL_TRANSFER') AND d.day IS NULL \
                UNION ALL SELECT a.id, CAST(1 AS BIGINT), CAST(0 AS BIGINT) \
                FROM card_authorizations a LEFT JOIN wallet_days d ON d.wallet_id = a.wallet_id \
                AND d.day = a.created_at / 86400000000 \
                WHERE a.status <> 'DECLINED' AND d.day IS NULL",
    },
    Check {
        what: "spending of each day equals what was sent that day",
        count: "SELECT COUNT(*) FROM wallet_days",
        wrong: "SELECT d.wallet_id, d.spent, CAST(COALESCE(p.total, 0) AS BIGINT) \
                FROM wallet_days d LEFT JOIN (SELECT wallet_id, day, SUM(counted) AS total FROM ( \
                SELECT from_wallet_id AS wallet_id, \
                COALESCE(settled_at, created_at) / 86400000000 AS day, \
                CASE WHEN status IN ('REJECTED', 'EXPIRED') THEN 0 \
                ELSE amount - reversed_amount END AS counted FROM transactions \
                WHERE kind IN ('PAYMENT', 'WITHDRAWAL', 'INTERNAL_TRANSFER') UNION ALL \
                SELECT wallet_id, created_at / 86400000000, amount - released \
                FROM card_authorizations WHERE status <> 'DECLINED') s GROUP BY wallet_id, day) p \
                ON p.wallet_id = d.wallet_id AND p.day = d.day \
                WHERE d.spent <> COALESCE(p.total, 0)",
    },
    Check {
        what: "payments, withdrawals, internal transfers and card purchases of each day are counted",
        count: "SELECT COUNT(*) FROM wallet_days",
        wrong: "SELECT d.wallet_id, d.spent_count, CAST(COALESCE(p.sent, 0) AS BIGINT) \
                FROM wallet_days d LEFT JOIN (SELECT wallet_id, day, COUNT(*) AS sent FROM ( \
                SELECT from_wallet_id AS wallet_id, \
                COALESCE(settled_at, created_at) / 86400000000 AS day FROM transactions \
                WHERE kind IN ('PAYMENT', 'WITHDRAWAL', 'INTERNAL_TRANSFER') UNION ALL \
                SELECT wallet_id, created_at / 86400000000 FROM card_authorizations \
                WHERE status <> 'DECLINED') s GROUP BY wallet_id, day) p \
                ON p.wallet_id = d.wallet_id AND p.day = d.day \
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
        what: "transfers agree with their first ledger transactions",
        count: "SELECT COUNT(*) FROM transfers",
        wrong: "SELECT x.id, x.amount, CAST(COALESCE(t.amount, 0) AS BIGINT) FROM transfers x \
                LEFT JOIN transactions t ON t.id = x.id \
                WHERE t.id IS NULL OR t.amount <> x.amount OR t.fee <> x.fee \
                OR t.scope_id <> x.scope_id \
                OR t.kind <> CASE x.direction WHEN 'DEPOSIT' THEN 'DEPOSIT_PENDING' \
                WHEN 'WITHDRAWAL' THEN 'WITHDRAWAL' ELSE 'INTERNAL_TRANSFER' END \
                OR t.status <> CASE WHEN x.status IN ('PENDING_APPROVAL', 'REJECTED', 'EXPIRED') \
                THEN x.status WHEN x.direction = 'WITHDRAWAL' \
                AND x.status IN ('FAILED', 'CANCELLED', 'RETURNED') THEN 'REVERSED' \
                ELSE 'POSTED' END",
    },
    Check {
        what: "ledger transactions of requests have their transfers",
        count: "SELECT COUNT(*) FROM transfers",
        wrong: "SELECT t.id, CAST(1 AS BIGINT), CAST(0 AS BIGINT) FROM transactions t \
                LEFT JOIN transfers x ON x.id = t.id WHERE x.id IS NULL \
                AND t.kind IN ('DEPOSIT_PENDING', 'WITHDRAWAL', 'INTERNAL_TRANSFER')",
    },
    Check {
        what: "Deposits pending equals the deposits on their way",
        count: "SELECT COUNT(*) FROM transfers WHERE direction = 'DEPOSIT'",
        wrong: "SELECT a.id, a.posted, CAST(COALESCE(x.total, 0) AS BIGINT) FROM accounts a \
                LEFT JOIN (SELECT scope_id, SUM(amount) AS total FROM transfers \
                WHERE direction = 'DEPOSIT' AND status IN ('PENDING', 'PROCESSING') \
                GROUP BY scope_id) x ON x.scope_id = a.scope_id \
                WHERE a.kind = 'DEPOSITS_PENDING' AND a.posted <> COALESCE(x.total, 0)",
    },
    Check {
        what: "Withdrawals in transit equals the withdrawals on their way",
        count: "SELECT COUNT(*) FROM transfers WHERE direction = 'WITHDRAWAL'",
        wrong: "SELECT a.id, a.posted, CAST(COALESCE(x.total, 0) AS BIGINT) FROM accounts a \
                LEFT JOIN (SELECT scope_id, SUM(amount + fee) AS total FROM transfers \
                WHERE direction = 'WITHDRAWAL' AND status IN ('PENDING', 'PROCESSING') \
                GROUP BY scope_id) x ON x.scope_id = a.scope_id \
                WHERE a.kind = 'WITHDRAWALS_IN_TRANSIT' AND a.posted <> COALESCE(x.total, 0)",
    },
    Check {
        what: "Receivables equals what returned deposits left owing",
        count: "SELECT COUNT(*) FROM transfers WHERE status = 'RETURNED'",
        // An asset: what is owed to the organization stands below zero.
        wrong: "SELECT a.id, a.posted, CAST(-COALESCE(x.total, 0) AS BIGINT) FROM accounts a \
                LEFT JOIN (SELECT scope_id, SUM(shortfall) AS total FROM transfers \
                GROUP BY scope_id) x ON x.scope_id = a.scope_id \
                WHERE a.kind = 'RECEIVABLES' AND a.posted <> -COALESCE(x.total, 0)",
    },
    Check {
        what: "each wallet's pending money equals the deposits on their way to it",
        count: "SELECT COUNT(*) FROM wallets",
        wrong: "SELECT w.id, w.pending, CAST(COALESCE(x.total, 0) AS BIGINT) FROM wallets w \
                LEFT JOIN (SELECT wallet_id, SUM(amount) AS total FROM transfers \
                WHERE direction = 'DEPOSIT' AND status IN ('PENDING', 'PROCESSING') \
                GROUP BY wallet_id) x ON x.wallet_id = w.id \
                WHERE w.pending <> COALESCE(x.total, 0)",
    },
    Check {
        what: "transfers that have ended keep no number and are not due",
        count: "SELECT COUNT(*) FROM transfers",
        wrong: "SELECT id, CAST(1 AS BIGINT), CAST(0 AS BIGINT) FROM transfers \
                WHERE status NOT IN ('PENDING_APPROVAL', 'PENDING', 'PROCESSING') \
                AND (account_number IS NOT NULL OR due_at IS NOT NULL)",
    },
    Check {
        what: "remembered payments and transfers exist",
        count: "SELECT COUNT(*) FROM idempotency",
        wrong: "SELECT i.resource_id, CAST(1 AS BIGINT), CAST(0 AS BIGINT) FROM idempotency i \
                LEFT JOIN transactions t ON t.id = i.resource_id \
                WHERE i.answer_id IS NULL AND t.id IS NULL",
    },
    Check {
        what: "card authorizations are held, captured or released, to the last unit",
        count: "SELECT COUNT(*) FROM card_authorizations",
        wrong: "SELECT id, held, amount - captured - released FROM card_authorizations \
                WHERE held < 0 OR captured < 0 OR released < 0 OR refunded < 0 \
                OR refunded > captured OR (status = 'DECLINED' AND (held <> 0 OR captured <> 0 \
                OR released <> 0)) OR (status <> 'DECLINED' AND held + captured + released <> amount)",
    },
    Check {
        what: "what cards hold is on their holds",
        count: "SELECT COUNT(*) FROM holds WHERE reason = 'CARD_AUTHORIZATION'",
        wrong: "SELECT a.id, CAST(COALESCE(h.amount, 0) AS BIGINT), a.held \
                FROM card_authorizations a LEFT JOIN holds h ON h.id = a.hold_id \
                AND h.reference_id = a.id AND h.wallet_id = a.wallet_id \
                WHERE a.status <> 'DECLINED' AND (h.id IS NULL OR NOT ( \
                (a.held > 0 AND h.status = 'PENDING' AND h.amount = a.held) \
                OR (a.held = 0 AND a.captured > 0 AND h.status = 'CAPTURED' \
                AND h.amount = a.captured) OR (a.held = 0 AND a.captured = 0 \
                AND h.status IN ('RELEASED', 'REVERSED') AND h.amount = a.amount)))",
    },
    Check {
        what: "holds of cards belong to an authorization",
        count: "SELECT COUNT(*) FROM holds WHERE reason = 'CARD_AUTHORIZATION'",
        wrong: "SELECT h.id, h.amount, CAST(0 AS BIGINT) FROM holds h \
                LEFT JOIN card_authorizations a ON a.id = h.reference_id AND a.hold_id = h.id \
                WHERE h.reason = 'CARD_AUTHORIZATION' AND a.id IS NULL",
    },
    Check {
        what: "captures and refunds add up to their postings",
        count: "SELECT COUNT(*) FROM card_postings",
        wrong: "SELECT a.id, a.captured - a.refunded, CAST(COALESCE(p.net, 0) AS BIGINT) \
                FROM card_authorizations a LEFT JOIN (SELECT authorization_id, \
                SUM(amount) AS net, SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS taken \
                FROM card_postings GROUP BY authorization_id) p ON p.authorization_id = a.id \
                WHERE a.captured <> COALESCE(p.taken, 0) \
                OR a.captured - a.refunded <> COALESCE(p.net, 0)",
    },
    Check {
        what: "captures and refunds are ledger transactions",
        count: "SELECT COUNT(*) FROM transactions WHERE kind IN ('CARD_CAPTURE', 'CARD_REFUND')",
        wrong: "SELECT t.id, CASE WHEN t.kind = 'CARD_REFUND' THEN -t.amount ELSE t.amount END, \
                CAST(COALESCE(p.amount, 0) AS BIGINT) FROM transactions t \
                LEFT JOIN card_postings p ON p.id = t.id \
                WHERE t.kind IN ('CARD_CAPTURE', 'CARD_REFUND') AND COALESCE(p.amount, 0) <> \
                CASE WHEN t.kind = 'CARD_REFUND' THEN -t.amount ELSE t.amount END",
    },
    Check {
        what: "card settlement is what was captured, less refunds and what was settled",
        count: "SELECT COUNT(*) FROM accounts WHERE kind = 'CARD_SETTLEMENT'",
        wrong: "SELECT c.id, c.posted, CAST(COALESCE(a.owed, 0) + COALESCE(s.settled, 0) AS BIGINT) \
                FROM accounts c LEFT JOIN (SELECT scope_id, SUM(captured - refunded) AS owed \
                FROM card_authorizations GROUP BY scope_id) a ON a.scope_id = c.scope_id \
                LEFT JOIN (SELECT e.account_id, SUM(e.amount) AS settled FROM transactions t \
                JOIN entries e ON e.transaction_id = t.id WHERE t.kind = 'CARD_SETTLEMENT' \
                GROUP BY e.account_id) s ON s.account_id = c.id \
                WHERE c.kind = 'CARD_SETTLEMENT' \
                AND c.posted <> COALESCE(a.owed, 0) + COALESCE(s.settled, 0)",
    },
    Check {
        what: "what card settlement owes, or is owed, is due some day",
        count: "SELECT COUNT(*) FROM card_settlements_due",
        wrong: "SELECT c.id, c.posted, CAST(0 AS BIGINT) FROM accounts c \
                LEFT JOIN card_settlements_due d ON d.id = c.scope_id \
                WHERE c.kind = 'CARD_SETTLEMENT' AND c.posted <> 0 AND d.id IS NULL",
    },
    Check {
        what: "what counts against cards' limits equals what was authorized",
        count: "SELECT COUNT(*) FROM card_spending",
        wrong: "SELECT s.card_id, s.amount, CAST(COALESCE(SUM(a.counted), 0) AS BIGINT) \
                FROM card_spending s LEFT JOIN (SELECT card_id, category, \
                created_at / 86400000000 AS day, SUM(amount - released) AS counted \
                FROM card_authorizations WHERE status <> 'DECLINED' \
                GROUP BY card_id, category, created_at / 86400000000) a ON a.card_id = s.card_id \
                AND s.starts <= a.day AND a.day < s.ends \
                AND (s.category = '' OR s.category = a.category) \
                GROUP BY s.card_id, s.category, s.starts, s.ends, s.amount \
                HAVING s.amount <> COALESCE(SUM(a.counted), 0)",
    },
    Check {
        what: "each card purchase counts in its five periods, in all and in its category",
        count: "SELECT COUNT(*) FROM card_authorizations WHERE status <> 'DECLINED'",
        wrong: "SELECT a.id, COUNT(s.card_id), CAST(10 AS BIGINT) FROM card_authorizations a \
                LEFT JOIN card_spending s ON s.card_id = a.card_id \
                AND s.category IN ('', a.category) AND s.starts <= a.created_at / 86400000000 \
                AND a.created_at / 86400000000 < s.ends WHERE a.status <> 'DECLINED' \
                GROUP BY a.id HAVING COUNT(s.card_id) <> 10",
    },
    Check {
        what: "payment links were used as often as they were paid",
        count: "SELECT COUNT(*) FROM payment_links",
        wrong: "SELECT l.id, l.uses, CAST(COALESCE(p.n, 0) AS BIGINT) FROM payment_links l \
                LEFT JOIN (SELECT related_id, COUNT(*) AS n FROM transactions \
                WHERE rail = 'PAYMENT_LINK' AND settled_at IS NOT NULL \
                AND kind IN ('PAYMENT', 'TEST_PAYMENT') GROUP BY related_id) p \
                ON p.related_id = l.id WHERE l.uses <> COALESCE(p.n, 0) OR l.uses > l.uses_max \
                OR (l.uses = l.uses_max) <> (l.status = 'CLAIMED')",
    },
    Check {
        what: "payments of links pay what the link says, into its wallet",
        count: "SELECT COUNT(*) FROM transactions WHERE rail = 'PAYMENT_LINK'",
        wrong: "SELECT t.id, t.amount, CAST(COALESCE(l.amount, 0) AS BIGINT) FROM transactions t \
                LEFT JOIN payment_links l ON l.id = t.related_id WHERE t.rail = 'PAYMENT_LINK' \
                AND (l.id IS NULL OR t.amount <> l.amount OR t.to_wallet_id <> l.wallet_id)",
    },
    Check {
        what: "each paid invoice has one posted payment, others have none",
        count: "SELECT COUNT(*) FROM invoices",
        wrong: "SELECT i.id, CAST(CASE WHEN i.status IN ('PAID', 'REFUNDED') THEN 1 ELSE 0 END \
                AS BIGINT), CAST(COALESCE(p.n, 0) AS BIGINT) FROM invoices i \
                LEFT JOIN (SELECT related_id, COUNT(*) AS n FROM transactions \
                WHERE rail = 'INVOICE' AND settled_at IS NOT NULL \
                AND kind IN ('PAYMENT', 'TEST_PAYMENT') GROUP BY related_id) p \
                ON p.related_id = i.id WHERE COALESCE(p.n, 0) <> \
                CASE WHEN i.status IN ('PAID', 'REFUNDED') THEN 1 ELSE 0 END",
    },
    Check {
        what: "payments of invoices pay their totals, into their wallets",
        count: "SELECT COUNT(*) FROM invoices WHERE payment_id IS NOT NULL",
        wrong: "SELECT i.id, i.total, CAST(COALESCE(t.amount, 0) AS BIGINT) FROM invoices i \
                LEFT JOIN transactions t ON t.id = i.payment_id \
                WHERE (i.payment_id IS NOT NULL) <> (i.status IN ('PAID', 'REFUNDED')) \
                OR (i.payment_id IS NOT NULL AND (t.id IS NULL OR t.amount <> i.total \
                OR t.to_wallet_id <> i.wallet_id OR t.related_id <> i.id \
                OR t.settled_at <> i.paid_at))",
    },
    Check {
        what: "what invoices gave back equals the reversals of their payments",
        count: "SELECT COUNT(*) FROM invoices WHERE refunded <> 0",
        wrong: "SELECT i.id, i.refunded, CAST(COALESCE(r.total, 0) AS BIGINT) FROM invoices i \
                LEFT JOIN (SELECT related_id, SUM(amount) AS total FROM transactions \
                WHERE kind IN ('REVERSAL', 'TEST_REFUND') GROUP BY related_id) r \
                ON r.related_id = i.payment_id WHERE i.refunded <> COALESCE(r.total, 0) \
                OR (i.status = 'REFUNDED') <> (i.refunded = i.total)",
    },
    Check {
        what: "charges have a payment when they succeeded, of their invoice",
        count: "SELECT COUNT(*) FROM charges",
        wrong: "SELECT c.id, CAST(COALESCE(c.payment_id, 0) AS BIGINT), \
                CAST(COALESCE(i.payment_id, 0) AS BIGINT) FROM charges c \
                LEFT JOIN invoices i ON i.id = c.invoice_id WHERE i.id IS NULL \
                OR (c.status = 'SUCCEEDED') <> (c.payment_id IS NOT NULL) \
                OR (c.status = 'SUCCEEDED' AND c.payment_id <> COALESCE(i.payment_id, 0))",
    },
    Check {
        what: "charges that repeat were made for each occurrence",
        count: "SELECT COUNT(*) FROM recurring_charges",
        wrong: "SELECT r.id, r.occurrences, CAST(COALESCE(c.n, 0) AS BIGINT) \
                FROM recurring_charges r LEFT JOIN (SELECT recurring_id, \
                COUNT(DISTINCT occurrence) AS n, MAX(occurrence) AS last FROM charges \
                WHERE recurring_id IS NOT NULL GROUP BY recurring_id) c ON c.recurring_id = r.id \
                WHERE r.occurrences <> COALESCE(c.n, 0) OR r.occurrences <> c.last + 1",
    },
    Check {
        what: "test methods pay in the sandbox alone",
        count: "SELECT COUNT(*) FROM transactions WHERE kind IN ('TEST_PAYMENT', 'TEST_REFUND')",
        wrong: "SELECT t.id, CAST(1 AS BIGINT), CAST(0 AS BIGINT) FROM transactions t \
                JOIN scopes s ON s.id = t.scope_id WHERE s.environment <> 'SANDBOX' \
                AND t.kind IN ('TEST_PAYMENT', 'TEST_REFUND')",
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
