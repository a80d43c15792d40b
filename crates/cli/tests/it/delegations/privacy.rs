//! Whose private fields a payment tells: those who may use the wallet that pays, and nobody else.

use serde_json::{Value, json};

use super::{LOOK_AND_PAY, grant, key, organization};
use crate::support::{Api, Server, Store, id, stories};

stories!(
    a_delegate_of_the_receiver_sees_nothing_private,
    a_scoped_key_of_the_receiver_sees_nothing_private,
    a_reversal_tells_the_receiver_nothing_private,
    a_receiver_does_not_search_by_the_senders_keys,
    those_who_may_use_the_payer_see_everything,
    a_delegate_whom_the_lent_wallet_pays_is_its_sender_too,
);

const PRIVATE: &[&str] =
    &["balanceAfter", "availableAfter", "fee", "idempotencyKey", "approvalId", "batchId"];

/// A wallet that paid another one in every way there is, and pays once more when somebody agrees.
struct Paid {
    server: Server,
    payer: String,
    receiver: String,
    plain: String,
    batched: String,
    approved: String,
    waiting: String,
}

impl Paid {
    fn new(store: Store) -> Self {
        let server = Server::start(store);
        let owner = server.owner();
        let (payer, receiver) = (owner.funded(1_000), owner.wallet("Receiver"));
        owner.policy(&payer, &json!({ "approvalThreshold": "50.00" }));
        let plain = id(&owner.once("order-1").pay(&payer, &receiver, "1.00").ok());
        let item = json!({ "from": payer, "to": receiver, "amount": "2.00" });
        let batch = owner.post("/payments/batch", &json!({ "payments": [item] })).ok();
        let batched = batch["results"][0]["transactionId"].as_str().expect("text").to_owned();
        let asked = owner.ask(&payer, &receiver, "60.00");
        owner.approve(&asked.approval).ok();
        let waiting = owner.ask(&payer, &receiver, "70.00").payment;
        Self { server, payer, receiver, plain, batched, approved: asked.payment, waiting }
    }

    fn all(&self) -> [&String; 4] {
        [&self.plain, &self.batched, &self.approved, &self.waiting]
    }

    /// Whatever the caller reads of the payments, by their IDs and in these lists, tells nothing private.
    #[track_caller]
    fn assert_nothing_private(&self, caller: &Api, lists: &[String]) {
        for payment in [&self.plain, &self.batched, &self.approved] {
            let read = caller.get(&format!("/payments/{payment}")).ok();
            assert_eq!(read["status"], "POSTED");
            assert_hidden(&read);
        }
        let waiting = caller.get(&format!("/payments/{}", self.waiting));
        if waiting.status != 404 {
            assert_hidden(&waiting.ok());
        }
        for list in lists {
            let rows = caller.get(list).ok()["data"].as_array().expect("data").clone();
            for row in &rows {
                assert_hidden(row);
            }
            let seen: Vec<String> = rows.iter().map(id).collect();
            assert!(seen.contains(&self.plain), "{list}: {seen:?}");
        }
    }

    /// The caller reads the payments as the owner does.
    #[track_caller]
    fn assert_everything(&self, caller: &Api, list: &str) {
        let owner = self.server.owner();
        let rows = caller.get(list).ok()["data"].as_array().expect("data").clone();
        for payment in self.all() {
            let path = format!("/payments/{payment}");
            let whole = owner.get(&path).ok();
            assert_eq!(caller.get(&path).ok(), whole);
            let row = rows.iter().find(|row| row["id"] == json!(payment));
            assert_eq!(row, Some(&whole), "in {list}");
        }
        let read = |payment: &str| caller.get(&format!("/payments/{payment}")).ok();
        let plain = read(&self.plain);
        for field in ["balanceAfter", "availableAfter", "fee", "idempotencyKey"] {
            assert!(plain[field].is_string(), "{field} in {plain:#}");
        }
        assert!(read(&self.batched)["batchId"].is_string());
        assert!(read(&self.approved)["approvalId"].is_string());
    }
}

#[track_caller]
fn assert_hidden(payment: &Value) {
    for field in PRIVATE {
        assert!(payment[*field].is_null(), "{field} is the sender's: {payment:#}");
    }
}

fn a_delegate_of_the_receiver_sees_nothing_private(store: Store) {
    let paid = Paid::new(store);
    let owner = paid.server.owner();
    let partner = paid.server.organization("Partner");
    let agent = partner.owner.agent_with(&["*"]);
    grant(&owner, &paid.receiver, &organization(&partner.id), &["payments:read"]);
    grant(&owner, &paid.receiver, &key(&agent.key_id), &["payments:read"]);
    let lists = [
        format!("/payments?walletId={}", paid.receiver),
        format!("/payments?walletId={}&status=POSTED", paid.receiver),
    ];
    for caller in [&partner.owner, &agent.api] {
        paid.assert_nothing_private(caller, &lists);
        let payer = format!("/payments?walletId={}", paid.payer);
        caller.get(&payer).refused(404, "WALLET_NOT_FOUND");
    }
}

fn a_scoped_key_of_the_receiver_sees_nothing_private(store: Store) {
    let paid = Paid::new(store);
    let scoped = paid.server.scoped(&["*"], &[&paid.receiver]);
    let lists = [
        "/payments".to_owned(),
        "/payments?status=POSTED".to_owned(),
        format!("/payments?walletId={}", paid.receiver),
    ];
    paid.assert_nothing_private(&scoped, &lists);
}

fn a_reversal_tells_the_receiver_nothing_private(store: Store) {
    let paid = Paid::new(store);
    let owner = paid.server.owner();
    let scoped = paid.server.scoped(&["payments:read", "payments:write"], &[&paid.receiver]);
    for (payment, request) in [
        (&paid.plain, json!({ "amount": "0.50" })),
        (&paid.plain, json!({})),
        (&paid.batched, json!({})),
        (&paid.approved, json!({})),
    ] {
        let path = format!("/payments/{payment}/reverse");
        let keyed = scoped.once(&format!("{payment}-{request}"));
        let back = keyed.post(&path, &request).expect(200);
        assert!(back.json["reversalId"].is_string(), "{}", back.story());
        assert_hidden(&back.json);
        keyed.post(&path, &request).assert_replay_of(&back);
        assert_hidden(&scoped.get(&format!("/payments/{payment}")).ok());
    }
    let paid_back = id(&owner.pay(&paid.payer, &paid.receiver, "3.00").ok());
    let own = owner.act(&format!("/payments/{paid_back}/reverse")).ok();
    assert_eq!(own["fee"], "0.25", "whose both wallets are sees all of it");
}

/// As for the receiver in another organization: to find a payment by its key would tell the key.
fn a_receiver_does_not_search_by_the_senders_keys(store: Store) {
    let paid = Paid::new(store);
    let owner = paid.server.owner();
    let receiver = paid.server.scoped(&["*"], &[&paid.receiver]);
    let search = "/payments?idempotencyKey=order-1";
    assert_eq!(receiver.all_ids(search), Vec::<String>::new());
    for caller in [&owner, &paid.server.scoped(&["*"], &[&paid.payer])] {
        assert_eq!(caller.all_ids(search), std::slice::from_ref(&paid.plain));
    }
}

fn those_who_may_use_the_payer_see_everything(store: Store) {
    let paid = Paid::new(store);
    let owner = paid.server.owner();
    let partner = paid.server.organization("Partner");
    let agent = partner.owner.agent_with(&["*"]);
    grant(&owner, &paid.payer, &organization(&partner.id), LOOK_AND_PAY);
    grant(&owner, &paid.payer, &key(&agent.key_id), &["payments:read"]);
    let list = format!("/payments?walletId={}", paid.payer);
    for caller in [&partner.owner, &agent.api] {
        paid.assert_everything(caller, &list);
    }
    grant(&owner, &paid.receiver, &organization(&partner.id), LOOK_AND_PAY);
    paid.assert_everything(&partner.owner, &list);
    let scoped = paid.server.scoped(&["payments:read"], &[&paid.payer]);
    paid.assert_everything(&scoped, "/payments");
    let both = paid.server.scoped(&["payments:read"], &[&paid.payer, &paid.receiver]);
    paid.assert_everything(&both, &format!("/payments?walletId={}", paid.receiver));
}

fn a_delegate_whom_the_lent_wallet_pays_is_its_sender_too(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.funded(100);
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let sent = partner.owner.pay(&wallet, &partner.wallet, "1.00").ok();
    assert_eq!((&sent["fee"], &sent["balanceAfter"]), (&json!("0.25"), &json!("98.75")));
    let list = partner.owner.get(&format!("/payments?walletId={wallet}")).ok();
    let read = partner.owner.get(&format!("/payments/{}", id(&sent))).ok();
    for seen in [&list["data"][0], &read] {
        assert_eq!(seen["fee"], "0.25", "the wallet that pays is lent to it: {seen:#}");
    }
}
