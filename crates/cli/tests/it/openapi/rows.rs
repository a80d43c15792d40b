//! One row for each route: a good request, the permission it needs, and what a stranger gets.

use std::fmt;

use serde_json::{Value, json};

use super::{cards, control, invoices, links, rails, told};
use crate::delegations::{self, grant};
use crate::support::receiver::Answering;
use crate::support::{Answer, Api, Receiver, id};

/// What the rows' requests are about.
#[derive(Debug)]
pub(super) struct Things {
    pub(super) wallet: String,
    pub(super) other: String,
    pub(super) empty: String,
    pub(super) frozen: String,
    pub(super) policy: String,
    pub(super) payment: String,
    pub(super) key: String,
    pub(super) agent: String,
    pub(super) paused: String,
    pub(super) template: String,
    pub(super) approval: String,
    pub(super) delegation: String,
    pub(super) address: String,
    pub(super) event: String,
    pub(super) webhook: String,
    pub(super) delivery: String,
    pub(super) dead_letter: String,
    pub(super) bank: String,
    pub(super) on_its_way: String,
    pub(super) completed: String,
    pub(super) card: String,
    pub(super) approved: String,
    pub(super) captured: String,
    pub(super) link: String,
    pub(super) slug: String,
    pub(super) bills: invoices::Bills,
}

impl Things {
    pub(super) fn make(owner: &Api) -> Self {
        let (wallet, other, empty) =
            (owner.funded(100), owner.wallet("Other"), owner.wallet("Empty"));
        let frozen = owner.wallet("Frozen");
        owner.act(&format!("/wallets/{frozen}/freeze")).ok();
        let policy = owner.policy(&wallet, &json!({ "dailySpendingLimit": "1000000.00" }));
        let payment = owner.paid(&wallet, &other, "10.00");
        let key = id(&owner
            .post("/api-keys", &json!({ "name": "Made", "permissions": ["wallets:read"] }))
            .created());
        let (agent, paused) = (owner.funded_agent(10).id, owner.agent("Paused").id);
        owner.act(&format!("/agents/{paused}/pause")).ok();
        let templates = owner.get("/agents/templates").ok();
        let approval = owner.ask(&owner.guarded(10), &other, "1.00").approval;
        let delegation = grant(owner, &wallet, &delegations::key(&key), &["wallets:read"]);
        let address = owner.address(&other);
        let template = id(&templates["data"][0]);
        let event = id(&owner.get("/events?limit=1").ok()["data"][0]);
        let (webhook, _) = owner.webhook(&Receiver::start(), &["wallet.funded"]);
        let (gone, _) =
            owner.webhook(&Receiver::answering(Answering::status(410)), &["wallet.funded"]);
        owner.fund(&other, 1);
        let delivery = id(&owner.attempts(&webhook, 1)[0]);
        owner.attempts(&gone, 1);
        let dead_letter = id(&owner.get("/webhooks/dlq").ok()["data"][0]);
        let (bank, on_its_way, completed) = rails::make(owner, &wallet);
        let card = owner.card(&wallet);
        let (link, slug) = owner.link(&other, "1.00");
        let bills = invoices::Bills::make(owner, &other);
        let (approved, captured) = (owner.approved(&card, "2.00"), owner.captured(&card, "1.00"));
        Self {
            wallet,
            other,
            empty,
            frozen,
            policy,
            payment,
            key,
            agent,
            paused,
            template,
            approval,
            delegation,
            address,
            event,
            webhook,
            delivery,
            dead_letter,
            bank,
            on_its_way,
            completed,
            card,
            approved,
            captured,
            link,
            slug,
            bills,
        }
    }
}

/// One route and a request that it answers with success.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) method: &'static str,
    /// The path below `/v1` with `{}` for each parameter.
    pub(super) template: &'static str,
    pub(super) path: String,
    pub(super) permission: &'static str,
    /// The code of the 404 for another organization, where the request names something.
    pub(super) foreign: Option<&'static str>,
    pub(super) body: Option<Value>,
    /// Whether the route answers without a key too.
    pub(super) open: bool,
}

impl Row {
    #[track_caller]
    pub(super) fn ask(&self, caller: &Api) -> Answer {
        caller.send(self.method, &self.path, self.body.as_ref())
    }

    pub(super) fn reading(mut self) -> Self {
        self.body = None;
        self
    }

    /// A route that asks for no key.
    pub(super) fn open(mut self) -> Self {
        self.open = true;
        self
    }

    pub(super) fn with(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.template)
    }
}

/// A row whose parameters are filled with these IDs, in order.
pub(super) fn row(
    method: &'static str,
    template: &'static str,
    ids: &[&str],
    permission: &'static str,
    foreign: &'static str,
) -> Row {
    let mut path = template.to_owned();
    for id in ids {
        path = path.replacen("{}", id, 1);
    }
    let foreign = (!foreign.is_empty()).then_some(foreign);
    Row { method, template, path, permission, foreign, body: Some(json!({})), open: false }
}

/// Every route of this server.
pub(super) fn rows(things: &Things) -> Vec<Row> {
    [
        wallets(things),
        policies(things),
        payments(things),
        keys_and_organization(things),
        sandbox(things),
        control::agents(things),
        control::approvals(things),
        control::network(things),
        control::delegations(things),
        control::audit(),
        rails::bank_accounts(things),
        rails::transfers(things),
        told::events(things),
        told::webhooks(things),
        cards::cards(things),
        cards::simulator(things),
        links::payment_links(things),
        invoices::customers(things),
        invoices::invoices(things),
        invoices::paying(things),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn wallets(things: &Things) -> Vec<Row> {
    let (read, write, unknown) = ("wallets:read", "wallets:write", "WALLET_NOT_FOUND");
    let wallet: &[&str] = &[&things.wallet];
    vec![
        row("POST", "/wallets", &[], write, "").with(json!({ "name": "New" })),
        row("GET", "/wallets", &[], read, "").reading(),
        row("GET", "/wallets/{}", wallet, read, unknown).reading(),
        row("PATCH", "/wallets/{}", wallet, write, unknown).with(json!({ "name": "Renamed" })),
        row("GET", "/wallets/{}/balance", wallet, read, unknown).reading(),
        row("POST", "/wallets/{}/fund", wallet, write, unknown).with(json!({ "amount": "1.00" })),
        row("POST", "/wallets/{}/freeze", wallet, write, unknown),
        row("POST", "/wallets/{}/unfreeze", &[&things.frozen], write, unknown),
        row("POST", "/wallets/{}/close", &[&things.empty], write, unknown),
        row("GET", "/wallets/{}/transactions", wallet, read, unknown).reading(),
        row("GET", "/wallets/{}/holds", wallet, read, unknown).reading(),
    ]
}

fn policies(things: &Things) -> Vec<Row> {
    let (read, write) = ("policies:read", "policies:write");
    let (no_wallet, unknown) = ("WALLET_NOT_FOUND", "POLICY_NOT_FOUND");
    let wallet: &[&str] = &[&things.wallet];
    let both: &[&str] = &[&things.wallet, &things.policy];
    let policy: &[&str] = &[&things.policy];
    vec![
        row("POST", "/wallets/{}/policies", wallet, write, no_wallet)
            .with(json!({ "name": "New" })),
        row("GET", "/wallets/{}/policies", wallet, read, no_wallet).reading(),
        row("GET", "/wallets/{}/policies/{}", both, read, no_wallet).reading(),
        row("PATCH", "/wallets/{}/policies/{}", both, write, no_wallet)
            .with(json!({ "enabled": false })),
        row("DELETE", "/wallets/{}/policies/{}", both, write, no_wallet).reading(),
        row("GET", "/policies/{}", policy, read, unknown).reading(),
        row("PATCH", "/policies/{}", policy, write, unknown).with(json!({ "enabled": false })),
        row("DELETE", "/policies/{}", policy, write, unknown).reading(),
        row("POST", "/wallets/{}/policies/check", wallet, read, no_wallet)
            .with(json!({ "to": things.other, "amount": "1.00" })),
        row("GET", "/wallets/{}/limits", wallet, read, no_wallet).reading(),
        row("GET", "/wallets/{}/policy-evaluations", wallet, "wallets:read", no_wallet).reading(),
    ]
}

fn payments(things: &Things) -> Vec<Row> {
    let (read, write) = ("payments:read", "payments:write");
    let pay = json!({ "from": things.wallet, "to": things.other, "amount": "1.00" });
    vec![
        row("POST", "/payments", &[], write, "WALLET_NOT_FOUND").with(pay.clone()),
        row("GET", "/payments", &[], read, "").reading(),
        row("GET", "/payments/{}", &[&things.payment], read, "NOT_FOUND").reading(),
        row("POST", "/payments/{}/reverse", &[&things.payment], write, "NOT_FOUND")
            .with(json!({ "amount": "1.00" })),
        row("POST", "/payments/batch", &[], write, "").with(json!({ "payments": [pay] })),
    ]
}

fn keys_and_organization(things: &Things) -> Vec<Row> {
    let (read, write) = ("api_keys:read", "api_keys:write");
    let key: &[&str] = &[&things.key];
    vec![
        row("POST", "/api-keys", &[], write, "").with(json!({ "permissions": ["wallets:read"] })),
        row("GET", "/api-keys", &[], read, "").reading(),
        row("GET", "/api-keys/{}", key, read, "NOT_FOUND").reading(),
        row("PATCH", "/api-keys/{}", key, write, "NOT_FOUND").with(json!({ "name": "Renamed" })),
        row("DELETE", "/api-keys/{}", key, write, "NOT_FOUND").reading(),
        row("GET", "/organizations/me", &[], "organizations:read", "").reading(),
        row("PATCH", "/organizations/me", &[], "organizations:write", "")
            .with(json!({ "name": "Renamed" })),
    ]
}

fn sandbox(things: &Things) -> Vec<Row> {
    vec![
        row("POST", "/sandbox/fund", &[], "wallets:write", "WALLET_NOT_FOUND")
            .with(json!({ "walletId": things.wallet, "amount": "1.00" })),
        row("POST", "/sandbox/clock", &[], "organizations:write", "")
            .with(json!({ "advance": "PT1S" })),
    ]
}
