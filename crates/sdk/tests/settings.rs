//! What a client is made with, and what its requests look like, without a server.

use std::process::Command;

use serde_json::json;
use wallgent::types::keys::{CreateKey, UpdateKey};
use wallgent::types::policies::PolicyChange;
use wallgent::types::wallets::UpdateWallet;
use wallgent::{Client, Environment, Error, Options, Patch, Permission, Schedule};

const KEY: &str = "wg_test_0123456789abcdef";

fn client_of(base_url: &str) -> Result<Client, Error> {
    let base_url = base_url.to_owned();
    Client::with_options(KEY, Options { base_url, ..Options::default() })
}

#[test]
fn the_key_tells_the_environment() {
    let environment = |key| Client::new(key).map(|it| it.environment()).ok();
    assert_eq!(environment(KEY), Some(Environment::Sandbox));
    assert_eq!(environment("wg_live_x"), Some(Environment::Production));
    for key in ["", "sk_test_secret", "wg_secret", "wg_live_se\ncret"] {
        let error = Client::new(key).expect_err("no key");
        assert!(!format!("{error} {error:?}").contains("cret"), "{error:?}");
    }
}

#[test]
fn a_client_keeps_its_key_to_itself() {
    let client = Client::new(KEY).unwrap();
    let call = client.organizations().me();
    let told = format!("{client:?} {:?} {call:?}", client.wallets());
    assert!(told.contains("http://localhost:3000"));
    assert!(!told.contains("0123456789"));
}

#[test]
fn the_base_url_is_an_address_and_at_most_a_path() {
    for good in ["http://10.0.0.7:3000", "http://localhost:3000/v1", "http://host/behind/a/proxy/"]
    {
        assert!(client_of(good).is_ok(), "{good}");
    }
    assert_eq!(client_of("https://host").is_ok(), cfg!(feature = "rustls"));
    for bad in [
        "",
        "localhost",
        "localhost:3000",
        "ftp://host",
        "http://user:password@host",
        "http://host?x=1",
        "http://host#x",
    ] {
        let error = client_of(bad).expect_err("no base URL");
        assert!(matches!(error, Error::Invalid { .. }), "{bad}: {error:?}");
        assert!(!error.to_string().contains("password"));
    }
}

/// Runs itself again, because a process cannot safely change its own environment.
#[test]
fn settings_come_from_the_environment() {
    let told = |client: Result<Client, Error>| format!("{client:?}");
    if std::env::var("WALLGENT_BASE_URL").as_deref() == Ok("http://10.9.8.7") {
        let client = Client::from_env().unwrap();
        assert_eq!(client.environment(), Environment::Production);
        assert!(told(Ok(client)).contains("http://10.9.8.7"));
        return;
    }
    let test = std::env::current_exe().unwrap();
    let ran = Command::new(test)
        .args(["--exact", "settings_come_from_the_environment"])
        .env("WALLGENT_API_KEY", "wg_live_x")
        .env("WALLGENT_BASE_URL", "http://10.9.8.7")
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && output.contains("1 passed"), "{output}");
}

#[test]
fn a_change_says_what_it_keeps_clears_and_sets() {
    let text = |change: &UpdateWallet| serde_json::to_value(change).unwrap();
    assert_eq!(text(&UpdateWallet::default()), json!({}));
    let change = UpdateWallet {
        name: Patch::Set("New".to_owned()),
        agent_name: Patch::Clear,
        discoverable: Patch::Set(false),
        ..UpdateWallet::default()
    };
    let expected = json!({"name": "New", "agentName": null, "discoverable": false});
    assert_eq!(text(&change), expected);
    let decoded = UpdateWallet::decode(expected.to_string().as_bytes()).unwrap();
    assert_eq!(text(&decoded), expected);
}

#[test]
fn policies_and_keys_are_read_as_they_were_sent() {
    let policy = json!({
        "name": "Guard",
        "enabled": true,
        "maxTransactionAmount": "100.00",
        "dailySpendingLimit": "0.00",
        "weeklySpendingLimit": null,
        "maxTransactionsPerDay": 3,
        "approvedRecipients": [],
        "timeRestrictions": {"start": "09:00", "end": "17:00", "timezone": "Europe/Berlin", "days": ["MON"]},
        "requireHumanApproval": false,
        "approvalThreshold": "0.61725",
    });
    let decoded = PolicyChange::decode(policy.to_string().as_bytes()).unwrap();
    assert_eq!(serde_json::to_value(&decoded).unwrap(), policy);
    let hours = Schedule::new("22:00", "06:00", "UTC", None).unwrap();
    let change = PolicyChange { time_restrictions: Patch::Set(hours), ..PolicyChange::default() };
    let expected =
        json!({"timeRestrictions": {"start": "22:00", "end": "06:00", "timezone": "UTC"}});
    assert_eq!(serde_json::to_value(&change).unwrap(), expected);

    let key = CreateKey {
        permissions: [Permission::WalletsRead].into_iter().collect(),
        environment: Some(Environment::Sandbox),
        ..CreateKey::default()
    };
    let expected = json!({"permissions": ["wallets:read"], "environment": "SANDBOX"});
    assert_eq!(serde_json::to_value(&key).unwrap(), expected);
    let update =
        json!({"permissions": ["*"], "allowedIps": null, "expiresAt": "2999-01-01T00:00:00.000Z"});
    let decoded = UpdateKey::decode(update.to_string().as_bytes()).unwrap();
    assert_eq!(serde_json::to_value(&decoded).unwrap(), update);
}
