//! Proving whose a domain is, by a DNS record.

use serde_json::json;

use crate::support::dns::NameServer;
use crate::support::{Server, Store, stories};

stories!(
    a_record_proves_a_domain,
    somebody_elses_record_proves_nothing,
    in_the_sandbox_there_is_nothing_to_prove,
    others_prove_nothing,
    a_name_server_that_is_silent_is_said_so,
);

fn start(store: Store) -> (Server, NameServer) {
    let names = NameServer::start();
    let server = Server::start_with(store, &["--dns-server", &names.address()]);
    (server, names)
}

fn a_record_proves_a_domain(store: Store) {
    let (server, names) = start(store);
    let live = server.live();
    let merchant = live.merchant("shop.example.com");
    let verify = || live.once("proof").act(&format!("/merchants/{merchant}/verify"));
    let details = verify().refused(409, "CONFLICT");
    let wanted = live.get(&format!("/merchants/{merchant}")).ok()["domainVerification"].clone();
    for field in ["recordType", "recordName", "recordValue"] {
        assert_eq!(details[field], wanted[field], "{field}");
    }
    assert_eq!(details["status"], "UNVERIFIED");
    let text = |field: &str| wanted[field].as_str().expect("text");
    names.publish(text("recordName"), text("recordValue"));
    let proven = verify().expect(200);
    assert_eq!(
        (&proven.json["domainVerified"], &proven.json["domainVerification"]),
        (&json!(true), &json!(null))
    );
    verify().assert_replay_of(&proven);
    names.publish("elsewhere.example.com", "");
    let path = format!("/merchants/{merchant}/verify");
    assert_eq!(live.act(&path).ok()["domainVerified"], true, "it stays proven");
    let told = live.get("/events?type=merchant.updated").ok();
    assert_eq!(told["data"].as_array().map(Vec::len), Some(1));
    let stranger = server.organization("Stranger");
    let paid = stranger.live.pay_domain(&stranger.live_wallet, "shop.example.com", "1.00");
    paid.refused(402, "INSUFFICIENT_FUNDS");
}

fn somebody_elses_record_proves_nothing(store: Store) {
    let (server, names) = start(store);
    let live = server.live();
    let merchant = live.merchant("shop.example.com");
    let other = server.organization("Other").live.merchant("other.example.com");
    let path = format!("/merchants/{merchant}/verify");
    names.publish("_wallgent.shop.example.com", &format!("wallgent-merchant={other}"));
    live.act(&path).refused(409, "CONFLICT");
    names.publish("shop.example.com", &format!("wallgent-merchant={merchant}"));
    live.act(&path).refused(409, "CONFLICT");
    names.publish("_wallgent.shop.example.com", &format!("wallgent-merchant={merchant}"));
    live.act(&path).ok();
}

fn in_the_sandbox_there_is_nothing_to_prove(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let merchant = owner.merchant("shop.example.com");
    assert_eq!(owner.act(&format!("/merchants/{merchant}/verify")).ok()["domainVerified"], true);
}

fn others_prove_nothing(store: Store) {
    let (server, _) = start(store);
    let live = server.live();
    let merchant = live.merchant("shop.example.com");
    let path = format!("/merchants/{merchant}/verify");
    server.organization("Stranger").live.act(&path).refused(404, "MERCHANT_NOT_FOUND");
    server.owner().act(&path).refused(403, "ENVIRONMENT_MISMATCH");
    live.act("/merchants/mer_x/verify").refused(404, "MERCHANT_NOT_FOUND");
    let wallet = server.account("liveWalletId");
    let request = json!({ "permissions": ["merchants:write"], "walletScope": [wallet] });
    let (_, agent) = live.new_key(&request);
    assert_eq!(agent.act(&path).refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
}

fn a_name_server_that_is_silent_is_said_so(store: Store) {
    // Nobody listens on the port that a name server has just left.
    let left = std::net::UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let address = left.local_addr().expect("a bound port").to_string();
    drop(left);
    let server = Server::start_with(store, &["--dns-server", &address]);
    let live = server.live();
    let merchant = live.merchant("shop.example.com");
    live.act(&format!("/merchants/{merchant}/verify")).refused(503, "SERVICE_UNAVAILABLE");
}
