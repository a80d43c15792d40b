//! Deciding whether a card may spend.

use serde_json::{Value, json};
use wallgent_api::types::card_authorizations::AuthorizeCard;
use wallgent_api::types::policies::PolicyViolation;
use wallgent_core::card::{
    Amounts, AuthorizationStatus, CardStatus, DeclineReason, LimitRefusal, Merchant, check_limits,
    listed_names,
};
use wallgent_core::policy::{Decision, Policy, Violation};
use wallgent_core::wallet::WalletStatus;

use super::spending::{self, Purchases};
use super::store::{self, AuthorizationRow};
use super::{GOOD_SECONDS, OPEN_MAX, note, render};
use crate::caller::Caller;
use crate::cards;
use crate::cards::store::CardRow;
use crate::engine::{Stop, Tx, Wallet};
use crate::events::{Actor, Change};
use crate::idempotency::Reply;
use crate::{holds, ledger, payments, policies};

/// Why a purchase is declined.
struct Declined {
    reason: DeclineReason,
    message: String,
    violations: Vec<Violation>,
}

impl Declined {
    fn because(reason: DeclineReason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), violations: Vec::new() }
    }
}

/// What comes of asking: the purchase may go on, or it is declined.
type Verdict = Result<(), Declined>;

/// Decides a merchant's question in one command: it is answered, and its amount
/// held, or it is declined. Both are answers; neither is an error.
pub fn authorize_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    card: &str,
    request: &AuthorizeCard,
) -> Result<Reply, Stop> {
    caller.require_sandbox()?;
    let (card, wallet) = cards::find(tx, caller, card)?;
    let asked = Asked { card: &card, wallet: &wallet, request };
    let row = match decide(tx, &asked)? {
        Ok(()) => approve(tx, caller, &asked)?,
        Err(declined) => decline(tx, caller, &asked, &declined)?,
    };
    Ok(Reply::json(201, &render::authorization(&row), row.id))
}

/// What is asked for, of which card and wallet.
struct Asked<'a> {
    card: &'a CardRow,
    wallet: &'a Wallet,
    request: &'a AuthorizeCard,
}

/// The checks, in the order that is part of the API.
fn decide(tx: &mut Tx<'_>, asked: &Asked<'_>) -> Result<Verdict, Stop> {
    let checks = [by_standing, by_limits, by_policies, by_funds, by_number];
    for check in checks {
        if let Err(declined) = check(tx, asked)? {
            return Ok(Err(declined));
        }
    }
    Ok(Ok(()))
}

/// Whether card and wallet can spend at all.
fn by_standing(tx: &mut Tx<'_>, asked: &Asked<'_>) -> Result<Verdict, Stop> {
    let (card, wallet) = (asked.card, asked.wallet);
    let reason = match (card.status, wallet.status) {
        (CardStatus::Cancelled, _) => (DeclineReason::CardCancelled, "The card is cancelled"),
        (CardStatus::Inactive, _) => (DeclineReason::CardInactive, "The card is frozen"),
        _ if card.expiry.is_past(tx.now().day()) => {
            (DeclineReason::CardExpired, "The card's last month is over")
        }
        (_, WalletStatus::Closed) => (DeclineReason::WalletClosed, "The wallet is closed"),
        (_, WalletStatus::Frozen) => (DeclineReason::WalletFrozen, "The wallet is frozen"),
        (CardStatus::Active, WalletStatus::Active) => return Ok(Ok(())),
    };
    Ok(Err(Declined::because(reason.0, reason.1)))
}

/// Whether the card's own limits allow it.
fn by_limits(tx: &mut Tx<'_>, asked: &Asked<'_>) -> Result<Verdict, Stop> {
    let (card, amount) = (asked.card, asked.request.amount);
    let category = &asked.request.merchant.category;
    let day = tx.now().day();
    let spent = spending::of(tx, card, category, amount)?;
    let refusal = match check_limits(&card.limits, category, amount, day, &spent) {
        Ok(()) => return Ok(Ok(())),
        Err(refusal) => refusal,
    };
    Ok(Err(match refusal {
        LimitRefusal::CategoryNotAllowed => {
            let message = format!("No spending limit of the card covers the category {category}");
            Declined::because(DeclineReason::CategoryNotAllowed, message)
        }
        LimitRefusal::Exceeded { limit, remaining, resets_at } => {
            let (most, interval) = (limit.amount, limit.interval.as_str());
            let until = resets_at.map_or(String::new(), |at| format!(" until {at}"));
            let message =
                format!("Of the card's {interval} limit of {most}, {remaining} is left{until}");
            Declined::because(DeclineReason::SpendingLimit, message)
        }
    }))
}

/// Whether the wallet's policies allow it. A human is not waited for: a merchant
/// wants an answer now.
fn by_policies(tx: &mut Tx<'_>, asked: &Asked<'_>) -> Result<Verdict, Stop> {
    let (request, card) = (asked.request, asked.card);
    let merchant = Merchant::from(&request.merchant);
    let names = |policies: &[Policy]| listed_names(&merchant, policies.iter().flat_map(listed));
    let verdict = policies::decide_named(tx, card.wallet, asked.wallet, request.amount, names)?;
    match verdict.decision {
        Decision::Allow => Ok(Ok(())),
        Decision::Deny => {
            let message = policies::denied(&verdict.violations).message;
            let reason = DeclineReason::PolicyDenied;
            Ok(Err(Declined { reason, message, violations: verdict.violations }))
        }
        Decision::RequireApproval => {
            let message = "A policy asks for a human's approval, which a card cannot wait for";
            Ok(Err(Declined::because(DeclineReason::ApprovalRequired, message)))
        }
    }
}

/// Every name that a policy lists.
fn listed(policy: &Policy) -> impl Iterator<Item = &String> {
    let (rules, enabled) = (&policy.rules, policy.enabled);
    let lists = [&rules.approved_recipients, &rules.blocked_recipients];
    lists.into_iter().filter(move |_| enabled).flatten().flatten()
}

/// Whether the wallet's free funds cover it.
fn by_funds(tx: &mut Tx<'_>, asked: &Asked<'_>) -> Result<Verdict, Stop> {
    let (wallet, amount) = (asked.card.wallet, asked.request.amount);
    let balance = tx.account(ledger::account_of(wallet))?.balance;
    if balance.available() >= amount {
        return Ok(Ok(()));
    }
    let requested = amount.to_string();
    let error =
        payments::insufficient(wallet, amount, &requested, wallgent_core::Amount::ZERO, balance);
    Ok(Err(Declined::because(DeclineReason::InsufficientFunds, error.message)))
}

/// Whether its hold would be one too many for the commit that ends them all.
fn by_number(tx: &mut Tx<'_>, asked: &Asked<'_>) -> Result<Verdict, Stop> {
    if store::count_open(tx, asked.card.wallet, OPEN_MAX)? < OPEN_MAX {
        return Ok(Ok(()));
    }
    let message = format!(
        "{OPEN_MAX} authorizations of the wallet are neither captured nor released; that is the most"
    );
    Ok(Err(Declined::because(DeclineReason::TooManyAuthorizations, message)))
}

/// Holds the amount, and counts it against policies and limits.
fn approve(tx: &mut Tx<'_>, caller: &Caller, asked: &Asked<'_>) -> Result<AuthorizationRow, Stop> {
    let (card, amount) = (asked.card, asked.request.amount);
    let mut row = draft(tx, asked);
    let expires_at = tx.now().plus_seconds(GOOD_SECONDS);
    row.status = AuthorizationStatus::Approved;
    row.amounts = Amounts::approved(amount);
    (row.hold, row.expires_at) = (Some(tx.next_id()), Some(expires_at));
    if let Some(hold) = row.hold() {
        holds::place(tx, &hold)?;
    }
    store::insert(tx, &row)?;
    tx.count_spending(row.wallet, row.created_at, amount, 1)?;
    let mut purchases = Purchases::default();
    purchases.add(card.id, &row.merchant.category, row.created_at.day(), amount);
    spending::count(tx, &purchases)?;
    note(tx, Actor::Key(caller), Change::CardAuthorized, &row, &json!({}))?;
    Ok(row)
}

fn draft(tx: &mut Tx<'_>, asked: &Asked<'_>) -> AuthorizationRow {
    let (id, now) = (tx.next_id(), tx.now());
    AuthorizationRow {
        id,
        scope: asked.card.scope,
        card: asked.card.id,
        wallet: asked.card.wallet,
        status: AuthorizationStatus::Declined,
        amount: asked.request.amount,
        amounts: Amounts::default(),
        merchant: asked.request.merchant.clone(),
        decline_reason: None,
        decline_message: None,
        hold: None,
        created_at: now,
        expires_at: None,
        updated_at: now,
    }
}

/// Notes a decline: in the card's list, in its event, and where policies decided
/// it among their evaluations.
fn decline(
    tx: &mut Tx<'_>,
    caller: &Caller,
    asked: &Asked<'_>,
    declined: &Declined,
) -> Result<AuthorizationRow, Stop> {
    let mut row = draft(tx, asked);
    row.decline_reason = Some(declined.reason);
    row.decline_message = Some(declined.message.clone());
    store::insert(tx, &row)?;
    let (wallet, scope, amount, to) = (row.wallet, row.scope, row.amount, &row.merchant.name);
    let (change, more) = match declined.reason {
        DeclineReason::PolicyDenied => {
            policies::note_denial(tx, wallet, scope, amount, to, &declined.violations)?;
            (Change::CardDenied, denial(&declined.violations, to))
        }
        DeclineReason::ApprovalRequired => {
            policies::note_approval(tx, wallet, scope, amount, to)?;
            (Change::CardDeclined, json!({}))
        }
        _ => (Change::CardDeclined, json!({})),
    };
    note(tx, Actor::Key(caller), change, &row, &more)?;
    Ok(row)
}

/// What `policy.denied` says of any spending.
fn denial(violations: &[Violation], to: &str) -> Value {
    let all: Vec<PolicyViolation> = violations.iter().map(Into::into).collect();
    json!({ "policyId": violations.first().map(|it| it.policy_id), "violations": all, "to": to })
}
