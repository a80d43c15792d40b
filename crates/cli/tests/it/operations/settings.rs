//! What an operator may change: fees, windows, proxies, origins.

use serde_json::json;

use crate::support::{Server, Store, stories};

stories!(
    fees_are_a_setting,
    windows_are_settings,
    a_trusted_proxy_is_believed,
    an_allowed_origin_is_told_so,
);

fn fees_are_a_setting(store: Store) {
    let server =
        Server::start_with(store, &["--payment-fee-ppm", "10000", "--payment-fee-minimum", "0.10"]);
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    for (amount, fee) in [("1.00", "0.10"), ("10.00", "0.10"), ("33.33", "0.3333")] {
        assert_eq!(owner.pay(&from, &to, amount).ok()["fee"], fee, "{amount}");
    }
}

fn windows_are_settings(store: Store) {
    let server = Server::start_with(
        store,
        &[
            "--test-clock",
            "2026-03-02T09:00:00Z",
            "--approval-seconds",
            "60",
            "--reversal-window-days",
            "1",
        ],
    );
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    let paid = owner.paid(&from, &to, "10.00");
    owner.policy(&from, &json!({ "requireHumanApproval": true }));
    let waiting = owner.pay(&from, &to, "1.00").expect(202);
    assert_eq!(waiting.json["error"]["details"]["expiresAt"], "2026-03-02T09:01:00.000Z");
    server.advance("PT61S");
    owner.assert_balances(&from, "989.75", "0.00", "989.75");
    server.advance("PT24H");
    owner.act(&format!("/payments/{paid}/reverse")).refused(422, "REVERSAL_NOT_ALLOWED");
}

fn a_trusted_proxy_is_believed(store: Store) {
    let server = Server::start_with(store, &["--trusted-proxies", "127.0.0.0/8"]);
    let key =
        server.key(&json!({ "permissions": ["wallets:read"], "allowedIps": ["203.0.113.7"] }));
    key.get("/wallets").refused(403, "PERMISSION_DENIED");
    key.with_header("X-Forwarded-For", "203.0.113.7").get("/wallets").ok();
    key.with_header("Forwarded", "for=203.0.113.7;proto=https").get("/wallets").ok();
    for forged in ["203.0.113.8", "203.0.113.7, 198.51.100.1", "nonsense", ""] {
        key.with_header("X-Forwarded-For", forged)
            .get("/wallets")
            .refused(403, "PERMISSION_DENIED");
    }
}

fn an_allowed_origin_is_told_so(store: Store) {
    let server = Server::start_with(store, &["--cors-origins", "https://app.example"]);
    let from =
        |origin: &str| server.owner().with_header("Origin", origin).get("/wallets").expect(200);
    assert_eq!(
        from("https://app.example").header("access-control-allow-origin"),
        Some("https://app.example")
    );
    assert_eq!(from("https://evil.example").header("access-control-allow-origin"), None);
}
