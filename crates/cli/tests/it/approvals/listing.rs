//! Lists of approvals that mix every status, wallet and reader, page by page, and whose names they tell.

use serde_json::{Value, json};

use crate::support::{Api, Server, Store, stories};

stories!(every_status_comes_in_pages, a_hidden_recipients_name_is_not_told);

fn every_status_comes_in_pages(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let wallets = [owner.guarded(100), owner.guarded(100), owner.guarded(100)];
    let to = owner.wallet("To");
    let mut made: Vec<(usize, &str, String)> = Vec::new();
    for number in 0..30 {
        if number == 8 {
            server.advance("PT23H");
        }
        let wallet = number % 3;
        let approval = owner.ask(&wallets[wallet], &to, "1.00").approval;
        let status = match number {
            0..8 => "EXPIRED",
            _ if number % 4 == 0 => "APPROVED",
            _ if number % 4 == 1 => "REJECTED",
            _ => "PENDING",
        };
        match status {
            "APPROVED" => drop(owner.approve(&approval).ok()),
            "REJECTED" => drop(owner.reject(&approval).ok()),
            _ => {}
        }
        made.insert(0, (wallet, status, approval));
    }
    server.advance("PT1H");
    let two = server.scoped(&["approvals:read"], &[&wallets[0], &wallets[2]]);
    let one = format!("&walletId={}", wallets[1]);
    let readers: [(&Api, &str, &[usize]); 4] =
        [(&owner, "", &[0, 1, 2]), (&owner, &one, &[1]), (&two, "", &[0, 2]), (&two, &one, &[])];
    for status in ["PENDING", "APPROVED", "REJECTED", "EXPIRED"] {
        for (reader, wallet, seen) in readers {
            let fits = |row: &&(usize, &str, String)| seen.contains(&row.0) && row.1 == status;
            let expected: Vec<String> = made.iter().filter(fits).map(|row| row.2.clone()).collect();
            for limit in [1, 3, 100] {
                let list = format!("/approvals?status={status}&limit={limit}{wallet}");
                if seen.is_empty() {
                    reader.get(&list).refused(404, "WALLET_NOT_FOUND");
                } else {
                    assert_eq!(reader.all_ids(&list), expected, "{list}");
                }
            }
        }
    }
}

/// The recipient's name that this reader is told, in the approval and in the list of its wallet.
#[track_caller]
fn told(reader: &Api, wallet: &str, approval: &str) -> Value {
    let name = |row: &Value| row["transactionDetails"]["recipientName"].clone();
    let read = name(&reader.get(&format!("/approvals/{approval}")).ok());
    let list = reader.get(&format!("/approvals?walletId={wallet}&limit=100")).ok();
    let rows = list["data"].as_array().expect("data");
    let row = rows.iter().find(|row| row["id"] == json!(approval)).expect("the approval");
    assert_eq!(name(row), read);
    read
}

fn a_hidden_recipients_name_is_not_told(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let payer = owner.guarded(100);
    let grant =
        json!({ "walletId": payer, "granteeOrgId": partner.id, "permissions": ["approvals:read"] });
    owner.post("/delegations", &grant).created();
    let scoped = server.scoped(&["approvals:read"], &[&payer]);
    let listed = owner.agent("Listed").id;
    let unlisted = owner.agent_of(&json!({ "name": "Unlisted agent", "discoverable": false })).id;
    let hidden = owner.wallet("Hidden");
    let known = server.scoped(&["approvals:read"], &[&payer, &hidden, &unlisted]);
    let ask = |to: &str| owner.ask(&payer, to, "1.00").approval;
    for (to, name) in [(&hidden, "Hidden"), (&unlisted, "Unlisted agent")] {
        let approval = ask(to);
        for reader in [&partner.owner, &scoped] {
            assert_eq!(told(reader, &payer, &approval), Value::Null);
        }
        for reader in [&owner, &known] {
            assert_eq!(told(reader, &payer, &approval), name);
        }
        owner.patch(&format!("/wallets/{to}"), &json!({ "discoverable": true })).ok();
        for reader in [&owner, &known, &partner.owner, &scoped] {
            assert_eq!(told(reader, &payer, &approval), name, "everybody finds it now");
        }
    }
    let (to_listed, abroad) = (ask(&listed), ask(&partner.wallet));
    for reader in [&owner, &partner.owner, &scoped] {
        assert_eq!(told(reader, &payer, &to_listed), "Listed");
    }
    for reader in [&owner, &scoped] {
        assert_eq!(told(reader, &payer, &abroad), Value::Null, "another organization's wallet");
    }
}
