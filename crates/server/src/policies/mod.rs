//! Spend policies: keeping them, asking them, noting what they decided.

pub mod routes;
mod store;

use std::fmt;

use wallgent_api::types::policies::{Policy as Wire, PolicyChange, PolicyViolation};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Amount;
use wallgent_core::id::{AddressId, BankAccountId, EvaluationId, PolicyId, WalletId};
use wallgent_core::idempotency::Fingerprint;
use wallgent_core::policy::{
    Decision, Evaluation, Policy, RecipientNames, Rules, SpendRequest, Violation, evaluate,
};

use crate::caller::Caller;
use crate::engine::{Denial, EvaluationRow, ScopeId, Stop, Tx, Wallet};
use crate::error;
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;

pub use store::{load_hot, load_spent};

/// Policies on one wallet. Each is evaluated on every payment.
const POLICIES_MAX: usize = 50;
/// Within this time, repeats of one denial are counted, not recorded again.
const REPEAT_MICROS: i64 = 1_000_000;

/// Who gets the money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// A wallet of any organization.
    Wallet(WalletId),
    /// A linked bank account.
    BankAccount(BankAccountId),
    /// An address outside.
    Address(String),
    /// Somebody whom no list can name; this is what is shown.
    Unnamed(String),
}

impl Recipient {
    /// Every name that a list of recipients may call it by.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Wallet(id) => names_of(*id),
            Self::BankAccount(id) => vec![id.to_string()],
            Self::Address(address) => vec![address.clone()],
            Self::Unnamed(_) => Vec::new(),
        }
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wallet(id) => fmt::Display::fmt(id, formatter),
            Self::BankAccount(id) => fmt::Display::fmt(id, formatter),
            Self::Address(text) | Self::Unnamed(text) => formatter.write_str(text),
        }
    }
}

/// Whether the owner has named the recipient in a list of those allowed, which
/// is more than not having forbidden it.
#[must_use]
pub fn approves(wallet: &Wallet, to: &Recipient) -> bool {
    let names = to.names();
    let enabled = wallet.policies.iter().filter(|policy| policy.enabled);
    let mut approved = enabled.filter_map(|policy| policy.rules.approved_recipients.as_deref());
    approved.any(|list| list.iter().any(|name| names.contains(name)))
}

/// What a wallet's policies say about money that is to leave it.
pub fn decide(
    tx: &mut Tx<'_>,
    from: WalletId,
    wallet: &Wallet,
    to: &Recipient,
    amount: Amount,
) -> Result<Evaluation, Stop> {
    let names = if names_recipients(&wallet.policies) { names_in(tx, to)? } else { Vec::new() };
    decide_named(tx, from, wallet, amount, |_| RecipientNames::proven(names))
}

/// Every name of a recipient, and for the wallet that a merchant is paid into the
/// merchant's too: it is the same, however it is paid.
fn names_in(tx: &mut Tx<'_>, to: &Recipient) -> Result<Vec<String>, Stop> {
    let mut names = to.names();
    if let Recipient::Wallet(id) = to {
        let wallet = tx.wallet(*id)?;
        names.extend(wallet.and_then(|wallet| wallet.merchant).map(|id| id.to_string()));
    }
    Ok(names)
}

/// The same for a recipient that is no wallet; `names` tells every name that the
/// policies' lists may call it by, and is asked only where there are lists.
pub fn decide_named(
    tx: &mut Tx<'_>,
    from: WalletId,
    wallet: &Wallet,
    amount: Amount,
    names: impl FnOnce(&[Policy]) -> RecipientNames,
) -> Result<Evaluation, Stop> {
    if wallet.policies.is_empty() {
        let allowed =
            Evaluation { decision: Decision::Allow, violations: Vec::new(), approval_policy: None };
        return Ok(allowed);
    }
    let spent = tx.spent(from)?.totals;
    let policies = &wallet.policies;
    let recipient =
        if names_recipients(policies) { names(policies) } else { RecipientNames::default() };
    let request = SpendRequest { amount, recipient: &recipient, now: tx.now() };
    Ok(evaluate(policies, &request, &spent))
}

fn names_recipients(policies: &[Policy]) -> bool {
    policies.iter().any(|policy| {
        policy.rules.approved_recipients.is_some() || policy.rules.blocked_recipients.is_some()
    })
}

/// Every name that a list of recipients may call a wallet by.
#[must_use]
pub fn names_of(wallet: WalletId) -> Vec<String> {
    vec![wallet.to_string(), AddressId::from(wallet).to_string()]
}

/// The refusal of a payment that breaks a policy.
#[must_use]
pub fn denied(violations: &[Violation]) -> ApiError {
    let all: Vec<PolicyViolation> = violations.iter().map(Into::into).collect();
    let first = violations.first();
    let message = first.map_or_else(|| "A policy denies the payment".to_owned(), explain);
    ApiError::new(ErrorCode::PolicyDenied, message)
        .with("policyId", first.map(|it| it.policy_id))
        .with("rule", first.map(|it| it.rule.as_str()))
        .with("violations", all)
        .with("hint", first.map(hint))
}

fn explain(violation: &Violation) -> String {
    let (name, rule) = (&violation.policy_name, violation.rule.as_str());
    let observed = violation.observed.as_deref().unwrap_or_default();
    match &violation.limit {
        Some(limit) => {
            format!("Policy \"{name}\" denies: {rule} is {limit}, this makes {observed}")
        }
        None => format!("Policy \"{name}\" denies: {rule} does not allow {observed}"),
    }
}

fn hint(violation: &Violation) -> String {
    match (&violation.remaining, violation.resets_at) {
        (Some(remaining), Some(resets_at)) => {
            format!(
                "{remaining} is left until {resets_at}; wait, or ask the owner to raise the limit"
            )
        }
        (Some(remaining), None) => {
            format!("at most {remaining} may be moved at once; ask the owner to raise the limit")
        }
        (None, _) => {
            "choose another recipient or time, or ask the owner to change the policy".to_owned()
        }
    }
}

/// Records a denial. The same one again within a second is counted.
pub fn note_denial(
    tx: &mut Tx<'_>,
    wallet: WalletId,
    scope: ScopeId,
    amount: Amount,
    recipient: &str,
    violations: &[Violation],
) -> Result<(), Stop> {
    let all: Vec<PolicyViolation> = violations.iter().map(Into::into).collect();
    let mut fingerprint = Fingerprint::new("denial").number(amount.units()).text(recipient);
    for violation in violations {
        fingerprint = fingerprint.number(violation.policy_id.key()).text(violation.rule.as_str());
    }
    let fingerprint = fingerprint.finish();
    let now = tx.now();
    let repeated = tx.denial(wallet).filter(|denial| {
        denial.fingerprint == fingerprint
            && now.micros().saturating_sub(denial.since.micros()) < REPEAT_MICROS
    });
    let denial = match repeated {
        Some(denial) => Denial { repeats: denial.repeats + 1, ..denial },
        None => Denial { id: tx.next_id(), fingerprint, since: now, repeats: 1 },
    };
    tx.put_denial(wallet, denial);
    tx.add_evaluation(EvaluationRow {
        id: denial.id,
        scope,
        wallet,
        decision: Decision::Deny.as_str(),
        amount,
        recipient: recipient.to_owned(),
        violations: text_of(&all),
        repeats: denial.repeats,
        created_at: denial.since,
        last_at: now,
    });
    Ok(())
}

/// Records that a human was asked.
pub fn note_approval(
    tx: &mut Tx<'_>,
    wallet: WalletId,
    scope: ScopeId,
    amount: Amount,
    recipient: &str,
) -> Result<(), Stop> {
    let id: EvaluationId = tx.next_id();
    let now = tx.now();
    tx.add_evaluation(EvaluationRow {
        id,
        scope,
        wallet,
        decision: Decision::RequireApproval.as_str(),
        amount,
        recipient: recipient.to_owned(),
        violations: "[]".to_owned(),
        repeats: 1,
        created_at: now,
        last_at: now,
    });
    Ok(())
}

fn text_of(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("violations have text keys")
}

/// Adds a policy to a wallet.
pub fn create_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    wallet_id: &str,
    change: PolicyChange,
) -> Result<Reply, Stop> {
    let (wallet_id, wallet) = caller.usable_wallet(tx, wallet_id)?;
    caller.require_owner_of(&wallet)?;
    let (policy, wire) = add(tx, caller, wallet_id, change)?;
    Ok(Reply::json(201, &wire, policy))
}

/// Gives a policy to a wallet that is known to be the caller's.
pub fn attach(
    tx: &mut Tx<'_>,
    caller: &Caller,
    wallet_id: WalletId,
    change: PolicyChange,
) -> Result<PolicyId, Stop> {
    add(tx, caller, wallet_id, change).map(|(policy, _)| policy)
}

fn add(
    tx: &mut Tx<'_>,
    caller: &Caller,
    wallet_id: WalletId,
    change: PolicyChange,
) -> Result<(PolicyId, Wire), Stop> {
    let wallet = tx.wallet(wallet_id)?;
    let wallet = wallet.ok_or_else(|| error::wallet_not_found(&wallet_id.to_string()))?;
    if wallet.policies.len() >= POLICIES_MAX {
        let message = format!("A wallet has at most {POLICIES_MAX} policies");
        return Err(error::conflict(message, wallet.status.as_str()).into());
    }
    let id: PolicyId = tx.next_id();
    let mut policy = Policy { id, name: String::new(), enabled: true, rules: Rules::default() };
    change.apply(&mut policy);
    store::insert(tx, wallet.scope, wallet_id, &policy)?;
    let now = tx.now();
    let wire = wire(wallet_id, &policy, now, now);
    replace(tx, wallet_id, wallet, |policies| policies.push(policy));
    note(tx, caller, Change::PolicyCreated, wallet_id, &wire)?;
    Ok((id, wire))
}

/// Changes a policy.
pub fn update_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    wallet_id: Option<&str>,
    policy_id: &str,
    change: PolicyChange,
) -> Result<Reply, Stop> {
    let found = find(tx, caller, wallet_id, policy_id)?;
    caller.require_owner_of(&found.wallet)?;
    let mut policy = found.policy;
    change.apply(&mut policy);
    let now = tx.now();
    store::update(tx, &policy)?;
    let wire = wire(found.wallet_id, &policy, found.created_at, now);
    let changed = policy.clone();
    replace(tx, found.wallet_id, found.wallet, |policies| {
        for policy in policies.iter_mut().filter(|it| it.id == changed.id) {
            *policy = changed.clone();
        }
    });
    note(tx, caller, Change::PolicyUpdated, found.wallet_id, &wire)?;
    Ok(Reply::json(200, &wire, policy.id))
}

/// Removes a policy.
pub fn delete_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    wallet_id: Option<&str>,
    policy_id: &str,
) -> Result<Reply, Stop> {
    let found = find(tx, caller, wallet_id, policy_id)?;
    caller.require_owner_of(&found.wallet)?;
    let id = found.policy.id;
    store::delete(tx, id)?;
    let wire = wire(found.wallet_id, &found.policy, found.created_at, tx.now());
    replace(tx, found.wallet_id, found.wallet, |policies| policies.retain(|it| it.id != id));
    note(tx, caller, Change::PolicyDeleted, found.wallet_id, &wire)?;
    Ok(Reply::empty(id))
}

struct Found {
    wallet_id: WalletId,
    wallet: Wallet,
    policy: Policy,
    created_at: wallgent_core::Timestamp,
}

/// A policy of the caller's, named with or without its wallet.
fn find(
    tx: &mut Tx<'_>,
    caller: &Caller,
    wallet_text: Option<&str>,
    policy_text: &str,
) -> Result<Found, Stop> {
    if let Some(text) = wallet_text {
        caller.usable_wallet(tx, text)?;
    }
    let missing = || not_found(policy_text);
    let id: PolicyId = policy_text.parse().map_err(|_| missing())?;
    let (wallet_id, created_at) = store::home(tx.reader()?, id)?.ok_or_else(missing)?;
    if wallet_text.is_some_and(|text| text != wallet_id.to_string()) {
        return Err(missing().into());
    }
    let wallet = tx.wallet(wallet_id)?.ok_or_else(missing)?;
    caller.may_use(tx, wallet_id, &wallet, missing)?;
    let policy = crate::engine::state::policy_of(&wallet, id).cloned().ok_or_else(missing)?;
    Ok(Found { wallet_id, wallet, policy, created_at })
}

fn not_found(text: &str) -> ApiError {
    ApiError::new(ErrorCode::PolicyNotFound, "No such policy").with("policyId", text)
}

fn replace(
    tx: &mut Tx<'_>,
    id: WalletId,
    mut wallet: Wallet,
    change: impl FnOnce(&mut Vec<Policy>),
) {
    let mut policies = wallet.policies.to_vec();
    change(&mut policies);
    wallet.policies = policies.into();
    tx.put_wallet(id, wallet);
}

fn note(
    tx: &mut Tx<'_>,
    caller: &Caller,
    change: Change,
    wallet: WalletId,
    wire: &Wire,
) -> Result<(), Stop> {
    let data = serde_json::to_value(wire).unwrap_or_default();
    // A wallet that was lent is another organization's.
    let scope = tx.wallet(wallet)?.map_or(caller.scope, |wallet| wallet.scope);
    let subject = Subject { scope, id: wire.id.key(), wallet: Some(wallet) };
    events::record(tx, Actor::Key(caller), change, subject, Some(&data))
}

fn wire(
    wallet_id: WalletId,
    policy: &Policy,
    created_at: wallgent_core::Timestamp,
    updated_at: wallgent_core::Timestamp,
) -> Wire {
    Wire {
        id: policy.id,
        wallet_id,
        name: policy.name.clone(),
        enabled: policy.enabled,
        rules: (&policy.rules).into(),
        created_at,
        updated_at,
    }
}
